"""`POST /live/poll`: the live channel where no socket can be had: a proxy forwards no Upgrade.

The same hello, ops and frames as on `/live`, and the same rules: a session stands for a socket. The
hello opens it; each later request waits until there is something to tell, or a bounded while.
Authority stands in the body, never in the address. docs/PROTOCOL.md has the whole.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from hub.errors import Refused, Unknown, Unready
from hub.events import iso
from web.api.reading import json_object
from web.auth import ANYONE, Door, prove
from web.house import house
from web.live_client import BURST, STAFF, Client
from web.live_hello import Hello, greet_back
from web.poll_wire import PollWire
from web.problems import problem

if TYPE_CHECKING:
    from web.live import Live

HELLO_SECONDS = 10.0
STAFF_HOLD = 2.5  # seconds a console's poll waits: its page says after 5 s that it is stale
HOLD = 8.0  # seconds other polls wait where few ask …
HOLD_MOST = 20.0  # … and where thousands do, so that asking costs no more than
EACH_SECOND = 250  # polls a second
GATHER = 0.03  # seconds in which what comes together is told together
AGAIN = 2.0  # seconds after which to ask again where too many wait already
IDLE_SECONDS = 20.0  # without a poll: the client is gone
SETTLED = 20.0  # seconds after which a client that still polls surely gets no socket …
REMEMBERED = 60.0  # … counted over sessions that follow one another within so long
MOST_SAID = int(BURST)  # frames of one request
MOST_WAITING = 8_000  # polls that wait at once, and never more than half of the file handles
MOST_STRANGERS = 500  # sessions that have not said who they are: they take nobody else's room
POLICY = 1008
HELD = "x-muster-hold"
"""How long the next poll may wait, in seconds: the client allows that and a little more."""


@dataclass(slots=True, eq=False)
class Session:
    """A client that asks. `turn`: of its polls only the newest waits."""

    client: Client
    wire: PollWire
    since: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)
    turn: int = 0
    waiting: int = 0


class Polls:
    """All sessions of this process. `run` ends those nobody asks for any more."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._sessions: dict[str, Session] = {}
        self._asked: dict[str, tuple[float, float]] = {}  # who polls: since when, and seen when
        self.waiting = 0
        self.most = min(MOST_WAITING, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)

    def __len__(self) -> int:
        return len(self._sessions)

    def knows(self, body: Mapping[str, Any]) -> bool:
        """Whether this is a session of somebody who has shown who they are."""
        session = self._sessions.get(str(body.get("session", "")))
        return session is not None and session.client.role != "public"

    async def ask(self, body: Mapping[str, Any]) -> Response:
        """One request: a hello, something said, or a wait for news."""
        said = _said(body.get("say"))
        if "session" not in body:
            return await self._begin(body.get("hello"), said)
        session = self._sessions.get(str(body["session"]))
        if session is None:
            raise Unknown("This session is over; say hello again.", code="session")
        session.seen = time.monotonic()
        if said:
            await self._obey(session, said)
            return Response(status_code=204, headers=self._headers(session))
        return await self._news(str(body["session"]), session)

    async def _begin(self, hello: object, said: list[str]) -> Response:
        """A new session, its welcome, and what its first ops are answered at once."""
        self._live.may_enter()
        if not isinstance(hello, dict):
            raise Refused("Begin with a `hello`, or give the `session`.", code="hello")
        key = secrets.token_urlsafe(24)
        wire = PollWire(lambda: self._closed(key))
        async with asyncio.timeout(HELLO_SECONDS):
            who = Hello.of(dict(hello, op="hello"))
            devices = self._live.devices
            client = await greet_back(who, wire, hub=self._live.hub, devices=devices)
        if client.role == "public" and self._strangers() >= MOST_STRANGERS:
            raise Unready("Too many ask without saying who they are.")
        session = self._sessions[key] = Session(client, wire, since=self._since(client))
        self._live.enter(client)
        await self._obey(session, said)
        return self._told(key, session, begun=True)

    async def _obey(self, session: Session, said: list[str]) -> None:
        for text in said:
            if not session.client.may_speak(time.monotonic()):
                session.wire.drop(POLICY, "too many frames")
            if session.wire.closed is not None:
                return
            await self._live.obey(session.client, text)

    async def _news(self, key: str, session: Session) -> Response:
        """What there is to tell, as soon as there is something; 204 if there was nothing."""
        session.turn += 1
        mine, hold = session.turn, self._hold(session)
        bell = session.wire.next_bell()
        session.waiting += 1
        self.waiting += 1
        try:
            async with asyncio.timeout(hold):
                await bell.wait()
            await asyncio.sleep(GATHER)
        except TimeoutError:
            pass
        finally:
            self.waiting -= 1
            session.waiting -= 1
            session.seen = time.monotonic()
        if session.turn != mine or not session.wire.news:
            return Response(status_code=204, headers=self._headers(session))
        return self._told(key, session)

    def _told(self, key: str, session: Session, *, begun: bool = False) -> Response:
        """The frames as they stand, encoded once for everybody who gets them."""
        head: dict[str, Any] = {"at": iso(self._live.hub.clock.now())}
        if begun:
            head["session"] = key
        frames = session.wire.take()
        if session.wire.closed is not None:
            head["close"] = session.wire.closed[0]
            self._sessions.pop(key, None)
        text = json.dumps(head).encode()[:-1] + b',"frames":[' + b",".join(frames) + b"]}"
        return Response(text, media_type="application/json", headers=self._headers(session))

    def _headers(self, session: Session) -> dict[str, str]:
        """For the next poll: how long it may wait, or after which pause it may come."""
        headers = {HELD: f"{self._longest(session) * 1.1:.1f}"}
        return headers | ({} if self._room() else {"retry-after": f"{AGAIN:.0f}"})

    def _hold(self, session: Session) -> float:
        """Not all for the same time: those who came together would ask together for ever."""
        if not self._room():
            return 0.0
        return self._longest(session) * random.uniform(0.9, 1.1)

    def _room(self) -> bool:
        return self.waiting < self.most

    def _longest(self, session: Session) -> float:
        if session.client.role in STAFF:
            return STAFF_HOLD
        return min(HOLD_MOST, max(HOLD, len(self._sessions) / EACH_SECOND))

    def _strangers(self) -> int:
        return sum(one.client.role == "public" for one in self._sessions.values())

    def _since(self, client: Client) -> float:
        """Since when this client polls, over all its sessions."""
        now, who = time.monotonic(), _name(client)
        first, _ = self._asked.get(who, (now, now))
        if who:
            self._asked[who] = (first, now)
        return first

    def _remember(self, now: float) -> None:
        """Who polls is remembered a while beyond the end of a session."""
        for session in self._sessions.values():
            if who := _name(session.client):
                self._asked[who] = (session.since, now)
        for who, (_, seen) in list(self._asked.items()):
            if now - seen > REMEMBERED:
                del self._asked[who]

    def _closed(self, key: str) -> None:
        """The hub closed it: it leaves at once, and its code is told with the next answer."""
        if (session := self._sessions.get(key)) is not None:
            self._live.leave(session.client)

    async def run(self) -> None:
        """Ends sessions nobody asks for, and counts those that surely get no socket; for ever."""
        while True:
            await asyncio.sleep(1.0)
            now = time.monotonic()
            for key, session in list(self._sessions.items()):
                if not session.waiting and now - session.seen > IDLE_SECONDS:
                    del self._sessions[key]
                    self._live.leave(session.client)
            self._remember(now)
            polling = sum(map(_settled, self._sessions.values()))
            sockets = len(self._live.clients) - len(self._sessions)
            self._live.hub.passage.count(self, polling=polling, sockets=max(0, sockets))


def _name(client: Client) -> str:
    """What stays the same over sessions of one client; nothing for a stranger."""
    return client.device or client.token or (client.actor.id if client.actor else "")


def _settled(session: Session) -> bool:
    known = session.client.role != "public" and session.wire.closed is None
    return known and time.monotonic() - session.since > SETTLED


def _said(say: object) -> list[str]:
    """The frames of a request, each as the text a socket would have sent."""
    if say is None:
        return []
    if not isinstance(say, list) or len(say) > MOST_SAID:
        raise Refused(f"`say` is a list of {MOST_SAID} frames at most.", code="say")
    return [json.dumps(frame) for frame in say]


async def poll(request: Request) -> Response:
    """POST /live/poll: says hello, says something, or waits for news."""
    polls: Polls = request.app.state.live.polls
    body = await json_object(request)
    if polls.knows(body):
        prove(request)
    try:
        return await polls.ask(body)
    except TimeoutError as error:
        raise Unready("The hub does not answer in time; try again.") from error


async def handshake(request: Request) -> Response:
    """GET /live without an Upgrade: no browser asks so, but a proxy makes it so."""
    if "sec-websocket-key" in request.headers:
        house(request).passage.stripped()
    said = (
        "Here is a websocket, and this request has no Upgrade header. If a browser sent it, a proxy"
        " took the header away: forward Upgrade and Connection for /live."
    )
    headers = {"upgrade": "websocket"}
    return problem(request.scope, 426, said, code="no_upgrade", headers=headers)


DOORS: tuple[Door, ...] = (
    Door("POST", "/live/poll", ANYONE, poll),
    Door("GET", "/live", ANYONE, handshake),
)
