"""What follows a launch, from a terminal: update, all-clear, correction, stop, close.

A command that is repeated because its answer was lost does nothing twice: what was said last is not
said again, and two at once use the same key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.commands.calls import reached
from hub.commands.client import Client, running
from hub.commands.launch import sent
from hub.commands.output import note, say
from hub.errors import Conflict, Problem, Unknown
from hub.settings import Settings

WRITTEN = re.compile(r"\d{1,18}|\w{1,20}-\d{1,10}", re.ASCII)
"""How an incident is named: its number, or its code (`FIRE-0417`)."""

STAGES: Mapping[str, str] = {
    "update": "The update",
    "all_clear": "The all-clear",
    "correction": "The correction",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be said. `texts` by language; `again`: also if it was the last thing said."""

    stage: str
    texts: Mapping[str, str]
    untranslated: bool = False
    confirm_help: int | None = None
    key: str = ""
    again: bool = False

    def body(self) -> dict[str, Any]:
        """As the hub is asked."""
        said: dict[str, Any] = {"stage": self.stage, "text": dict(self.texts)}
        return said | ({"untranslated": True} if self.untranslated else {})

    def is_said(self, last: Mapping[str, Any], *, cleared: bool) -> bool:
        """Whether the newest notice is this one; one that a restore cut short is not."""
        same = last.get("stage") == self.stage and last.get("texts", {}) == dict(self.texts)
        return same and not self.again and (self.stage == "update" or cleared)


async def incident_of(client: Client, written: str) -> int:
    """The number of the incident that is named so; Unknown if there is none."""
    if written.isdigit():
        return int(written)
    found = (await client.call("GET", f"/incidents?code={written}"))["items"]
    if not found:
        raise Unknown(f"There is no incident {written}.", code="unknown")
    return int(found[0]["id"])


async def run_say(settings: Settings, written: str, asked: Asked, *, json_: bool) -> int:
    """The notice is said; without a running hub what is due now is sent before this returns."""
    alone = not running(settings)
    async with reached(settings, work=True) as client:
        incident = await incident_of(client, written)
        made = await _said(client, incident, asked)
        if alone:
            await sent(client, incident)
            note("No hub is running: what is not sent yet goes out when `muster serve` runs.")
    say(
        {"incident": incident, "stage": asked.stage, **made}, json_=json_, words=_words(asked, made)
    )
    return 0


async def _said(client: Client, incident: int, asked: Asked) -> dict[str, Any]:
    board = await client.call("GET", f"/incidents/{incident}/board")
    last = board["notices"][-1] if board["notices"] else {}
    if not asked.key and asked.is_said(last, cleared=board["incident"]["cleared"]):
        return _again(board, last)
    key = asked.key or _key(incident, asked, int(last.get("revision", 0)))
    body = asked.body() | _given(asked.confirm_help)
    path = f"/incidents/{incident}/notices"
    made = await _ending(client.call("POST", path, body, key=key))
    return {**made, "repeated": False}


def _again(board: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
    """What the first time came to."""
    lines = (one for one in board["timeline"] if one["kind"] == "notice")
    event = next((one for one in lines if one["data"]["notice"] == last["id"]), None)
    deliveries = None if event is None else event["data"]["deliveries"]
    said = {"notice": last["id"], "revision": last["revision"], "deliveries": deliveries}
    return said | {"repeated": True}


def _key(incident: int, asked: Asked, revision: int) -> str:
    """The same for the same words after the same last notice: two at once are one."""
    said = json.dumps([incident, asked.body(), revision, asked.again], sort_keys=True)
    return f"cli-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _words(asked: Asked, made: Mapping[str, Any]) -> str:
    what = STAGES[asked.stage]
    if made["repeated"]:
        again = " Say it once more with --again." if asked.stage == "update" else ""
        return f"{what} was said already, as revision {made['revision']}: nothing is sent.{again}"
    return f"{what} is said, as revision {made['revision']}: {made['deliveries']} deliveries."


async def run_stop(settings: Settings, written: str, *, json_: bool) -> int:
    """Nothing more is sent."""
    async with reached(settings) as client:
        incident = await incident_of(client, written)
        found = await client.call("POST", f"/incidents/{incident}/stop", {})
    words = f"Sending is stopped. Not told, though they could have been: {found['untold']} people."
    say({"incident": incident, **found}, json_=json_, words=words)
    return 0


async def run_close(
    settings: Settings, written: str, *, confirm_help: int | None, json_: bool
) -> int:
    """The record is final."""
    async with reached(settings) as client:
        incident = await incident_of(client, written)
        path = f"/incidents/{incident}/close"
        found = await _ending(client.call("POST", path, _given(confirm_help)))
    say({"incident": incident, **found}, json_=json_, words=lambda: _closed(written, found))
    return 0


def _closed(written: str, found: Mapping[str, Any]) -> str:
    lines = [f"{written} is closed; its record is final."]
    if found["help_open"]:
        lines.append(f"Still in need of help: {found['help_open']} ({_by(found['help_by'])}).")
    if found["clear_until"]:
        until = str(found["clear_until"])[:16].replace("T", " ")
        lines.append(
            f"Nobody was told that it is over. Until {until} UTC that can still be done:"
            f" muster all-clear {written}"
        )
    return "\n".join(lines)


async def _ending(call: Any) -> dict[str, Any]:
    """The answer; where people need help, what would end it all the same."""
    try:
        made: dict[str, Any] = await call
    except Conflict as error:
        if error.code != "help_open":
            raise
        people = error.facts["help"]
        hint = f"enter what came of it, or repeat with --confirm-help {people}"
        where = Problem("help", f"{people} ({_by(error.facts['help_by'])})", hint)
        raise Conflict(error.what, [where], code=error.code, facts=error.facts) from error
    return made


def _by(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in kinds.items() if count)


def _given(confirm_help: int | None) -> dict[str, int]:
    return {} if confirm_help is None else {"confirm_help": confirm_help}
