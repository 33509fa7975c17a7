"""Update, all-clear, correction, stop and close from a terminal, with a hub and without."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.commands.files import gbk
from tests.processes import MUSTER, embedded, free_port, muster, running, simulator, twilio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.processes import World

STAIR = ("--text", "zh-CN=A梯有烟，请走B梯。", "--text", "en=Smoke in stair A, use stair B.")


@dataclass(frozen=True)
class Told:
    """What a command said: its code, its one document, and what stands beside it."""

    code: int
    out: Any
    err: str


@dataclass(frozen=True)
class Terminal:
    """An estate with a fire under way, and a terminal beside it."""

    env: Mapping[str, str]
    world: World
    id: int
    code: str

    def __call__(self, *words: str) -> Told:
        done = muster(*words, "--json", env=self.env)
        assert done.stdout.count("\n") <= 1, "one document"
        return Told(done.returncode, json.loads(done.stdout or "null"), done.stderr)

    def texts(self) -> int:
        return len(self.world.accepted())


@contextmanager
def burning(folder: Path) -> Iterator[Terminal]:
    port = free_port()
    hub_url, slow = f"http://127.0.0.1:{port}", ("--speed", "0.001")  # nobody answers meanwhile
    with simulator(hub_url, folder=folder / "world", args=slow) as world:
        env = embedded(folder / "hub", port, **twilio(world, pace=200))
        assert muster("import", str(gbk(folder)), env=env).returncode == 0
        words = ("launch", "fire", "--place", "3/12", "--live", "--people", "4", "--json")
        made = json.loads(muster(*words, env=env).stdout)
        yield Terminal(env, world, made["id"], made["code"])


@pytest.mark.timeout(600)
def test_without_a_running_hub_each_is_done_once_and_sent_before_it_returns(tmp_path: Path) -> None:
    with burning(tmp_path) as terminal:
        before = terminal.texts()
        said = terminal("update", terminal.code.lower(), *STAIR)
        assert (said.code, said.out["incident"], said.out["repeated"]) == (0, terminal.id, False)
        assert said.out["deliveries"] == terminal.texts() - before > 0
        assert "muster serve" in said.err

        again = terminal("update", str(terminal.id), *STAIR)
        assert (again.code, again.out) == (0, said.out | {"repeated": True})
        more = terminal("update", terminal.code, *STAIR, "--again")
        assert (more.code, more.out["revision"]) == (0, said.out["revision"] + 1)

        stopped = [terminal("stop", terminal.code) for _ in range(2)]
        assert stopped[0].out == stopped[1].out
        assert (stopped[0].code, stopped[0].out["untold"] >= 0) == (0, True)

        closed = [terminal("close", terminal.code) for _ in range(2)]
        assert closed[0].out == closed[1].out
        assert (closed[0].out["status"], closed[0].out["cleared"]) == ("closed", False)
        assert closed[0].out["clear_until"]
        words = muster("close", terminal.code, env=terminal.env).stdout
        assert f"muster all-clear {terminal.code}" in words
        late = terminal("update", terminal.code, *STAIR, "--again")
        assert (late.code, late.out["code"]) == (1, "closed")

        cleared = [terminal("all-clear", terminal.code) for _ in range(2)]
        assert [one.code for one in cleared] == [0, 0], cleared
        assert cleared[0].out["deliveries"] == 3, "those who were told, after the close, too"
        assert cleared[1].out == cleared[0].out | {"repeated": True}
        withdrawn = [terminal("correction", terminal.code) for _ in range(2)]
        assert [one.out["repeated"] for one in withdrawn] == [False, True]
        assert terminal("all-clear", terminal.code).out["code"] == "corrected"


@pytest.mark.timeout(600)
def test_a_running_hub_is_asked_and_help_is_told_and_confirmed(tmp_path: Path) -> None:
    serve = [*MUSTER, "serve"]
    with ExitStack() as stack:
        terminal = stack.enter_context(burning(tmp_path))
        hub = running(serve, env=terminal.env, folder=tmp_path, name="hub")
        stack.enter_context(hub).says("Muster serves")
        _ask_for_help(terminal)
        refused = terminal("all-clear", terminal.code)
        assert (refused.code, refused.out["code"], refused.out["help"]) == (1, "help_open", 1)
        assert refused.out["help_by"] == {"asked": 0, "marked": 1, "cries": 0}
        words = muster("all-clear", terminal.code, env=terminal.env)
        assert words.returncode == 1
        assert "Still in need of help: 1" in words.stderr
        assert "--confirm-help 1" in words.stderr
        assert "marked 1" in words.stderr
        wrong = terminal("all-clear", terminal.code, "--confirm-help", "2")
        assert (wrong.code, wrong.out["help"]) == (1, 1)
        done = [terminal("all-clear", terminal.code, "--confirm-help", "1") for _ in range(2)]
        assert [(one.code, one.out["repeated"]) for one in done] == [(0, False), (0, True)]
        assert terminal("close", terminal.code).out["code"] in {"help_open", "leaving"}
        _until_said(terminal)
        assert terminal("close", terminal.code).out["code"] == "help_open"
        closed = terminal("close", terminal.code, "--confirm-help", "1")
        assert (closed.code, closed.out["help_open"], closed.out["cleared"]) == (0, 1, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("update", "1"), 2),
        (("update", "1", "--text", "no language"), 2),
        (("update", "1", "--text", "en=a", "--text", "en=b"), 2),
        (("update", "1", "--text", "en=a", "--text", "EN=b"), 2),
        (("update", "1", "--text", "jp=a"), 2),
        (("update", "1", "--text", "en=  "), 2),
        (("stop", "what is this"), 2),
        (("close", "1", "--confirm-help", "many"), 2),
        (("close", "4711"), 1),
        (("all-clear", "FIRE-4711"), 1),
    ],
)
def test_what_is_no_command_is_2_and_what_is_not_there_is_1(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    env = embedded(tmp_path / "hub", free_port())
    assert muster(*words, env=env).returncode == code


def _ask_for_help(terminal: Terminal) -> None:
    made = muster("token", "create", "--role", "duty", "--json", env=terminal.env)
    headers = {"Authorization": f"Bearer {json.loads(made.stdout)['token']}"}
    url = terminal.env["MUSTER_PUBLIC_URL"].rstrip("/") + "/api/v1"
    with httpx2.Client(headers=headers, timeout=30) as client:
        listed = client.get(f"{url}/recipients?kind=resident").json()["items"]
        one = next(r["id"] for r in listed if str(r["place"]).startswith("3/12"))
        answers = f"{url}/incidents/{terminal.id}/answers"
        said = client.post(answers, json={"recipient": one, "answer": "help"})
        assert said.status_code == 200, said.text


def _until_said(terminal: Terminal) -> None:
    """The all-clear has left: closing is refused for the help alone."""
    for _ in range(60):
        if terminal("close", terminal.code).out["code"] == "help_open":
            return
