"""What a client may say after its hello, one function an op."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.errors import NotAllowed, Refused
from web.auth import DUTY, RANK
from web.house import House
from web.live_client import TOPICS, Client
from web.live_topics import Topics
from web.resident.taking import take

LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Ops:
    """What the ops work on."""

    hub: House
    topics: Topics


async def watch(ops: Ops, client: Client, frame: Mapping[str, Any]) -> None:
    """The client watches a topic, from `since` of `epoch` if that can be."""
    topic = _text(frame, "topic", 128)
    if topic not in client.topics and len(client.topics) >= TOPICS:
        raise Refused(f"One socket watches {TOPICS} topics at most.", code="topics")
    since = frame.get("since")
    if since is not None and not _is_count(since):
        raise Refused("`since` is a number, 0 or more.", code="since")
    epoch = frame.get("epoch")
    known = epoch if isinstance(epoch, str) else ""
    await ops.topics.watch(client, topic, since=since, epoch=known)
    sees = client.actor is not None and RANK[client.actor.role] >= RANK[DUTY]
    if client.actor is not None and sees and topic.startswith("incident:"):
        await ops.hub.accounts.looked(client.actor, topic)


async def unwatch(ops: Ops, client: Client, frame: Mapping[str, Any]) -> None:
    """The client watches it no more."""
    ops.topics.unwatch(client, _text(frame, "topic", 128))


async def shown(ops: Ops, client: Client, frame: Mapping[str, Any]) -> None:
    """What the screen says it shows is on record: that is its receipt."""
    if not client.screen:
        raise NotAllowed("Only a screen says what it shows.")
    notice, revision = frame.get("notice"), frame.get("revision")
    if notice is None:
        await ops.hub.screens.shown(client.screen, notice=None, revision=None)
        return
    if not (_is_count(notice) and _is_count(revision)):
        raise Refused("`notice` and `revision` are numbers.", code="shown")
    await ops.hub.report.shown(client.screen, int(notice), int(revision or 0))


async def answer(ops: Ops, client: Client, frame: Mapping[str, Any]) -> None:
    """The resident's answer is on record; said back with what now stands."""
    if not client.token:
        raise NotAllowed("Only a resident's page answers here.")
    taken = await take(ops.hub, client.token, frame)
    ref = {"ref": frame["ref"]} if isinstance(frame.get("ref"), str | int) else {}
    client.tell({"op": "answered", "topic": "me", **taken, **ref})


async def ping(_ops: Ops, client: Client, frame: Mapping[str, Any]) -> None:
    """The client hears that we are here."""
    ref = {"ref": frame["ref"]} if isinstance(frame.get("ref"), str | int) else {}
    client.tell({"op": "pong", **ref})


OPS: Mapping[str, Callable[[Ops, Client, Mapping[str, Any]], Awaitable[None]]] = {
    "watch": watch,
    "unwatch": unwatch,
    "shown": shown,
    "answer": answer,
    "ping": ping,
}


def _text(frame: Mapping[str, Any], key: str, longest: int) -> str:
    value = frame.get(key)
    if not isinstance(value, str) or not value or len(value) > longest:
        raise Refused(f"`{key}` is a text of 1 to {longest} characters.", code=key)
    return value


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST
