"""`muster watch`: an incident's events in a terminal, as they come."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import click

from hub.bus.backoff import Backoff
from hub.commands.client import Client, connected
from hub.commands.incident import incident_of
from hub.commands.output import note, say
from hub.errors import Refused, Unready
from hub.settings import Settings
from hub.times import stamp
from hub.zones import zone_of


async def run_watch(settings: Settings, written: str, *, json_: bool) -> int:
    """Prints the incident's events as they come, until it is closed. `--json`: its final state.

    Times are the site's, with their dates: whoever reads them may sit anywhere.

    A hub that goes away is asked again until it is back; what it did meanwhile is printed then.
    """
    zone = zone_of(settings.timezone)
    async with connected(settings) as client:
        incident = await incident_of(client, written)
        async with contextlib.aclosing(_frames(client, f"incident:{incident}")) as frames:
            async for frame in frames:
                if frame.get("op") == "welcome":  # the hub may stand elsewhere
                    zone = zone_of(str(frame.get("timezone") or settings.timezone))
                _print_frame(frame, zone, json_=json_)
                if _closed(frame):
                    break
        found = await client.call("GET", f"/incidents/{incident}")
    if json_:
        say(found, json_=True, words="")
    return 0


async def _frames(client: Client, topic: str) -> AsyncGenerator[dict[str, Any], None]:
    """A topic's frames, over as many connections as it takes; only the first one must succeed."""
    last: dict[str, Any] = {}  # where the next connection goes on
    waits = Backoff()
    said = False  # that the hub is away: once each time
    while True:
        with contextlib.suppress(*(_AWAY if last else ())):
            async with await client.live() as socket:
                await socket.send_json({"op": "watch", "topic": topic, **last})
                async for sent in socket:
                    if sent.type is not aiohttp.WSMsgType.TEXT:
                        continue
                    frame = json.loads(sent.data)
                    if frame.get("op") == "refused":
                        raise Refused(str(frame.get("what", "The hub refused.")))
                    if "seq" in frame:
                        last = {"since": frame["seq"], "epoch": frame["epoch"]}
                    if said:
                        said = False
                        note("The hub is back.")
                    yield frame
        if not said:
            said = True
            note("The connection to the hub is lost; trying again.")
        await asyncio.sleep(waits.next())


_AWAY = (Unready, aiohttp.ClientError, OSError)  # the hub; asking again may find it back


def _closed(frame: dict[str, Any]) -> bool:
    if frame.get("op") == "snapshot":
        return bool(frame["incident"]["status"] == "closed")
    return bool(frame.get("op") == "event" and frame["event"]["kind"] == "closed")


def _print_frame(frame: dict[str, Any], zone: ZoneInfo, *, json_: bool) -> None:
    if frame.get("op") == "event":
        event = frame["event"]
        words = event.get("text", {}).get("en", event["kind"])
        click.echo(f"{stamp(datetime.fromisoformat(event['at']), zone)}  {words}", err=json_)
    elif frame.get("op") in {"snapshot", "progress"} and "tally" in frame:
        tally = frame["tally"]
        shown = ("people", "told", "delivered", "answered", "not_told", "unreachable", "help")
        click.echo("  ".join(f"{name} {tally[name]}" for name in shown), err=json_)
