"""Simulated robots: 200 with a code, twenty posts a minute, limits in bytes."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from channels.simulator import Entry, Simulator
from tests.channels.simulator.client import swift


async def _post(sim: Simulator, body: object, *, key: str = "k1") -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{sim.url}/cgi-bin/webhook/send",
            params={"key": key},
            data=data,
            headers={"X-Request-Id": "9.mac", "Content-Type": "application/json"},
        ) as response,
    ):
        return response.status, await response.json()


def _text(content: str) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": content}}


async def test_a_post_is_taken_and_in_the_ledger_with_its_attempt() -> None:
    async with Simulator(swift()) as sim:
        assert await _post(sim, _text("火警")) == (200, {"errcode": 0, "errmsg": "ok"})
        [entry] = sim.ledger()
    assert (entry.kind, entry.to, entry.accepted, entry.attempt) == ("wecom", "k1", True, 9)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not json", 40035),
        (b"[]", 40035),
        ({"msgtype": "text"}, 40035),
        ({"msgtype": "image", "image": {"content": "x"}}, 40008),
        (_text(""), 44004),
        (_text("火" * 683), 40058),
        ({"msgtype": "markdown", "markdown": {"content": "x" * 4097}}, 40058),
    ],
)
async def test_what_a_robot_refuses_is_a_200_with_a_code(body: object, code: int) -> None:
    async with Simulator(swift()) as sim:
        status, said = await _post(sim, body)
        await sim.world.ledger.write(Entry("mark"))
        assert not sim.ledger()[0].accepted
    assert (status, said["errcode"]) == (200, code)


async def test_a_text_of_just_the_limit_is_taken() -> None:
    async with Simulator(swift()) as sim:
        assert (await _post(sim, _text("x" * 2048)))[1]["errcode"] == 0


async def test_an_unknown_key_is_an_invalid_webhook() -> None:
    async with Simulator(swift(wecom_keys=("k1",))) as sim:
        assert (await _post(sim, _text("a"), key="k2"))[1]["errcode"] == 93000
        assert (await _post(sim, _text("a"), key=""))[1]["errcode"] == 93000
        assert (await _post(sim, _text("a")))[1]["errcode"] == 0


async def test_the_twenty_first_of_a_minute_is_too_many_for_this_robot() -> None:
    async with Simulator(swift()) as sim:
        codes = [(await _post(sim, _text(f"{n}")))[1]["errcode"] for n in range(21)]
        other = (await _post(sim, _text("x"), key="k2"))[1]["errcode"]
    assert codes == [0] * 20 + [45009]
    assert other == 0
