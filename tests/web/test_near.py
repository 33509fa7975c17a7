"""Who sees the figures of the hub itself."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.errors import Refused
from hub.settings import load
from tests.web.parts import House
from web.app import create_app
from web.server import Bind, serve

TOKEN = "0123456789abcdef0123456789abcdef"
AWAY = {"x-forwarded-for": "203.0.113.9"}


class Changed:
    """The hub of a test with some of its settings changed."""

    def __init__(self, hub: Any, **changes: Any) -> None:
        self._hub = hub
        self.settings = hub.settings.with_(**changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hub, name)


async def asked(
    web: House,
    path: str = "/metrics",
    *,
    host: str = "127.0.0.1",
    headers: Mapping[str, str] | None = None,
    trusted: tuple[str, ...] = (),
    **changes: Any,
) -> httpx2.Response:
    """The answer of such a hub, reached at this address of this machine."""
    app = create_app(Changed(web.hub, trusted_proxies=trusted, **changes))
    bind = Bind(host="0.0.0.0", port=0, trusted_proxies=trusted)
    async with serve(app, bind) as at, httpx2.AsyncClient() as client:
        return await client.get(f"http://{host}:{at.port}{path}", headers=dict(headers or {}))


def own_address() -> str:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no network")
        return str(probe.getsockname()[0])


async def test_the_figures_are_seen_on_the_same_machine(web: House) -> None:
    for host in ("127.0.0.1", "localhost"):
        answer = await asked(web, host=host)
        assert (answer.status_code, "muster_database_up 1.0" in answer.text) == (200, True)


async def test_a_stranger_is_told_what_to_send_and_sees_nothing(web: House) -> None:
    answer = await asked(web, host=own_address())
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "MUSTER_METRICS_TOKEN" in answer.json()["detail"]
    assert "muster_" not in answer.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer", 401),
        (f"Basic {TOKEN}", 401),
    ],
)
async def test_whoever_shows_the_token_sees_them_from_anywhere(
    web: House, sent: str, status: int
) -> None:
    for host in (own_address(), "127.0.0.1"):
        answer = await asked(
            web, host=host, headers={"authorization": sent, **AWAY}, metrics_token=TOKEN
        )
        assert answer.status_code == status


async def test_without_a_token_set_no_token_is_right(web: House) -> None:
    answer = await asked(web, headers={"authorization": "Bearer", **AWAY})
    assert answer.status_code == 401


async def test_no_login_and_no_api_token_is_the_operators_token(web: House) -> None:
    headers = await web.bearer("admin")
    assert (await asked(web, host=own_address(), headers=headers)).status_code == 401


@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)])
@pytest.mark.parametrize(
    "sent",
    [
        AWAY,
        {"x-forwarded-for": "127.0.0.1"},
        {"x-real-ip": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"host": "alerts.example.com"},
    ],
)
async def test_what_a_proxy_hands_on_does_not_come_from_its_machine(
    web: House, sent: dict[str, str], trusted: tuple[str, ...]
) -> None:
    assert (await asked(web, headers=sent, trusted=trusted)).status_code == 401


async def test_a_proxy_that_nobody_named_makes_nothing_near(web: House) -> None:
    """nginx as it comes changes the Host and marks nothing."""
    public = "https://alerts.example.com"
    assert (await asked(web, public_url=public)).status_code == 401
    named = await asked(web, public_url=public, trusted=("127.0.0.1",))
    assert named.status_code == 200


async def test_a_proxy_without_tls_that_nobody_named_makes_nothing_near_either(web: House) -> None:
    """nginx as it comes: it marks nothing as forwarded, and names 127.0.0.1 as the host."""
    assert (await asked(web, public_url="http://muster.example")).status_code == 401
    own = await asked(web, public_url="http://muster.example:8000", port=8000)
    assert own.status_code == 200


async def test_strangers_learn_of_readiness_only_which_part_is_away(web: House) -> None:
    await web.hub.db.close()
    here = await asked(web, "/readyz")
    there = await asked(web, "/readyz", headers=AWAY)
    await web.hub.db.open()
    assert (here.status_code, there.status_code) == (503, 503)
    assert "does not answer" in here.json()["reasons"][0]["what"]
    assert there.json()["reasons"][0]["part"] == "database"
    assert "Unready" not in there.text


async def test_readiness_is_looked_for_once_however_many_ask(web: House) -> None:
    looked = []
    read = web.hub.db.read

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(web.hub.db, name)

        async def read(self, question: Any) -> Any:
            looked.append(1)
            return await read(question)

    hub = Changed(web.hub)
    hub.db = Counting()
    async with (
        serve(create_app(hub), Bind(port=0)) as at,
        httpx2.AsyncClient(base_url=at.url) as client,
    ):
        looked.clear()
        answers = [await client.get("/readyz") for _ in range(20)]
    assert {one.status_code for one in answers} == {200}
    assert len(looked) < 10


def test_a_token_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    for wrong in ("short", "with a blank in it, and long"):
        with pytest.raises(Refused, match="METRICS_TOKEN"):
            load({"MUSTER_METRICS_TOKEN": wrong}, data=tmp_path)
    (tmp_path / "token").write_text(TOKEN + "\n")
    settings = load({"MUSTER_METRICS_TOKEN_FILE": str(tmp_path / "token")}, data=tmp_path)
    assert settings.metrics_token == TOKEN
    assert TOKEN not in repr(settings)
