"""`muster launch`: an incident started from a terminal, and what of it reaches anybody."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from dataclasses import dataclass
from typing import Any

from hub.commands.calls import reached
from hub.commands.client import Client, running
from hub.commands.output import REFUSED, note, say
from hub.decide.nobody import Nobody
from hub.errors import HubError
from hub.settings import Settings

OUTBOX = 120.0  # seconds a launch without a running hub stays to send what is due
LOUD = {"live": "LIVE", "drill": "DRILL"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What to launch. `people`: the head-count it is held to."""

    playbook: str
    place: str
    kind: str
    params: dict[str, str]
    people: int | None = None
    announce: bool = False
    again: bool = False

    def body(self) -> dict[str, Any]:
        """As the API takes it."""
        body: dict[str, Any] = {"playbook": self.playbook, "place": self.place, "kind": self.kind}
        body["params"] = self.params
        if self.people is not None:
            body["confirm_people"] = self.people
        switches = {"announce": self.announce, "again": self.again}
        return body | {name: True for name, on in switches.items() if on}


async def run_launch(settings: Settings, asked: Asked, *, key: str, json_: bool) -> int:
    """The incident runs; 1 if it reaches nobody. Without a running hub what is due now is sent
    before this returns."""
    alone = not running(settings)
    async with reached(settings, work=True) as client:
        found = await client.call("POST", "/incidents", asked.body(), key=key or uuid.uuid4().hex)
        silent = await _silent(client, asked)
        if alone:
            await sent(client, found["id"])
            note("No hub is running: later waves go out when `muster serve` runs.")
    say({**found, "nobody": str(silent)}, json_=json_, words=_words(found))
    return REFUSED if silent else 0


def _words(found: dict[str, Any]) -> str:
    return (
        f"{LOUD.get(found['kind'], found['kind'].upper())} {found['code']}:"
        f" {found['people']} people, {found['deliveries']} deliveries."
    )


async def _silent(client: Client, asked: Asked) -> Nobody:
    """Why nobody at all is reached, if so; said with what is to be done. The incident runs by now,
    whatever comes of this look."""
    with contextlib.suppress(HubError):
        seen = await client.call("POST", "/preview", asked.body())
        for warning in seen["warnings"]:
            if warning["code"] in set(Nobody):
                note(f"muster: {warning['text']['en']}")
                return Nobody(warning["code"])
    return Nobody.NONE


async def sent(client: Client, incident: int) -> None:
    """Everything due now has been handed to its provider, or two minutes have passed."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(OUTBOX):
            while True:
                found = await client.call("GET", f"/incidents/{incident}")
                by_channel = found["tally"]["deliveries"].values()
                if not any(states.get("planned") or states.get("sending") for states in by_channel):
                    return
                await asyncio.sleep(0.2)
