"""Every topic of this process, and the one listener that rings them."""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog

from hub.errors import NotAllowed, NotKnown, Refused, Unknown, Unready
from hub.flow.veiled import VeiledFeed
from hub.ports import Wake
from web.auth import DUTY, RANK
from web.live_client import STAFF, Client
from web.live_incident import Feed, IncidentTopic
from web.live_screens import ScreenRooms
from web.live_state import StateFeed, StateTopic

log = structlog.get_logger(__name__)

MOST = {"incident": 2_000, "me": 2_000, "site": 200, "place": 200, "replies": 1}
"""Topics of a kind in one process; more are refused until some are left. Each kind has its own
room: what strangers watch takes none from the duty desk, and places none from their sites. What
turns out not to exist takes none."""
PUBLIC_TOPICS = 2  # of one socket that has not said who it is
EVERYTHING = "*"
REPLIES = "replies"
VEILED = "#viewer"
"""Ends the key of an incident's topic as viewers watch it: its frames are not those of duty."""
COME_BACK = 1013
_INCIDENT = re.compile(r"incident:([1-9][0-9]{0,17})")
_SCREEN = re.compile(r"screen:([1-9][0-9]{0,17})")
_SITE = re.compile(r"site:([^\x00-\x20]{0,64})")


class Topics:
    """Who watches what. `start` puts a topic's own task into the live task group."""

    def __init__(
        self,
        *,
        wake: Wake,
        screens: ScreenRooms,
        incident: Callable[[int], Feed],
        site: Callable[[str], StateFeed],
        me: Callable[[str], StateFeed],
        replies: StateFeed,
        start: Callable[[IncidentTopic | StateTopic, str], None],
    ) -> None:
        self.screens = screens
        self._wake = wake
        self._incident = incident
        self._site = site
        self._me = me
        self._replies = replies
        self._start = start
        self._open: dict[str, IncidentTopic | StateTopic] = {}

    def watchers(self) -> int:
        """Sockets watching incidents, sites or their own page, each topic counted."""
        return sum(len(topic.room) for topic in self._open.values())

    async def watch(self, client: Client, topic: str, *, since: int | None, epoch: str) -> None:
        """The client has the topic's state and gets what comes.

        NotKnown, NotAllowed: close the socket. Unknown: there is no such topic. One that cannot be
        read now closes the socket, too: whoever stayed would wait for what nobody reads for him.
        """
        if topic in client.topics:
            self.unwatch(client, topic)
        if client.role == "public" and len(client.topics) >= PUBLIC_TOPICS:
            said = f"Who has not said who he is watches {PUBLIC_TOPICS} topics at most."
            raise Refused(said, code="topics")
        if found := _SCREEN.fullmatch(topic):
            await self._watch_screen(client, int(found[1]))
            return
        key, make = self._resolve(client, topic)
        opened = self._opened(key, make)
        try:
            await opened.greet(client, since=since, epoch=epoch)
        except (Unready, TimeoutError):
            client.wire.drop(COME_BACK, "not to be read now, come back")

    def unwatch(self, client: Client, topic: str) -> None:
        """The client gets nothing more of it."""
        if found := _SCREEN.fullmatch(topic):
            self.screens.unwatch(client, int(found[1]))
        elif room := client.topics.get(topic):
            room.leave(client)

    def forget(self, client: Client) -> None:
        """The client is gone: it watches nothing."""
        for topic in list(client.topics):
            self.unwatch(client, topic)

    def closed(self, key: str) -> None:
        """A topic's task has ended."""
        self._open.pop(key, None)

    async def listen(self) -> None:
        """Rings topics as the doorbell rings; a ring of `*` is for all. Ends when the bell does."""
        async for topic, _seq in self._wake.heard(""):
            if topic.startswith(("incident:", "screens")) or topic == EVERYTHING:
                self.screens.ring(cards=topic in {"screens", EVERYTHING})
            self._ring(topic)

    def _ring(self, topic: str) -> None:
        for key, opened in self._open.items():
            of_states = key != REPLIES and isinstance(opened, StateTopic)
            of_states = of_states and topic.startswith("incident:")
            if topic in {key.removesuffix(VEILED), EVERYTHING} or of_states:
                opened.rung.set()

    async def _watch_screen(self, client: Client, screen: int) -> None:
        staff = client.actor is not None and client.actor.role in STAFF
        if not staff and client.screen != screen:
            raise _closed_to(client)
        if staff and not await self.screens.exists(screen):
            raise Unknown(f"There is no screen {screen}.")
        self.screens.watch(client, screen)

    def _resolve(
        self, client: Client, topic: str
    ) -> tuple[str, Callable[[], IncidentTopic | StateTopic]]:
        """The key a topic is kept under, and how it is made."""
        found = _INCIDENT.fullmatch(topic)
        if found or topic == REPLIES:
            if client.actor is None or client.actor.role not in STAFF:
                raise _closed_to(client)
            if not found:
                return topic, lambda: StateTopic(topic, self._replies)
            return self._board(topic, int(found[1]), client.role)
        if found := _SITE.fullmatch(topic):
            site = found[1]
            return topic, lambda: StateTopic(topic, self._site(site))
        if topic == "me":
            token = client.token
            if not token:
                raise _closed_to(client)
            return f"me:{token}", lambda: StateTopic("me", self._me(token))
        raise Unknown(f"There is no topic {topic[:80]!r}.")

    def _board(self, topic: str, number: int, role: str) -> tuple[str, Callable[[], IncidentTopic]]:
        """Who only looks is told no needs, so those frames are made apart."""
        if RANK[role] < RANK[DUTY]:
            key = topic + VEILED
            return key, lambda: IncidentTopic(topic, VeiledFeed(self._incident(number)))
        return topic, lambda: IncidentTopic(topic, self._incident(number))

    def _opened(
        self, key: str, make: Callable[[], IncidentTopic | StateTopic]
    ) -> IncidentTopic | StateTopic:
        if key not in self._open:
            kind = _kind(key)
            held = sum(_kind(one) == kind and topic.known for one, topic in self._open.items())
            if held >= MOST[kind]:
                raise Unready("Too many topics are being watched just now; try again later.")
            self._open[key] = make()
            self._start(self._open[key], key)
        return self._open[key]


def _kind(key: str) -> str:
    kind, _, name = key.partition(":")
    return "place" if kind == "site" and ":" in name else kind


def _closed_to(client: Client) -> NotKnown | NotAllowed:
    if client.role == "public":
        return NotKnown("Say who you are in the hello to watch this.")
    return NotAllowed("This topic is not for you.")


async def run_topic(topic: IncidentTopic | StateTopic, ended: Callable[[], None]) -> None:
    """The topic's task, until it is no longer watched. One that breaks ends alone: its watchers
    are told to come back and make it anew."""
    try:
        await topic.run()
    except Exception as error:  # noqa: BLE001 - one topic harms no other
        log.error("live.topic_broke", kind=type(error).__name__, at=_where(error))
        topic.failed = Unready("This topic broke; watch it again.")
        topic.ready.set()
        for client in [*topic.room.clients, *topic.room.lagging]:
            client.wire.drop(COME_BACK, "come back")
    finally:
        ended()


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"


__all__ = ["Topics", "run_topic"]
