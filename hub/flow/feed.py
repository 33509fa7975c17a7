"""One incident's board as it goes on: loaded once, then folded, read once a ring for everybody."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import structlog

from hub.decide.boards import (
    Parts,
    Screens,
    event_frame,
    progress,
    snapshot,
    spoken_event,
    tally,
    waits,
)
from hub.decide.queue import Look, Queue, queues
from hub.decide.tally import Board, Changes, board, fold
from hub.decide.timeline import Known, Line, line
from hub.decide.views import Loaded, Since, moment
from hub.errors import Unready
from hub.events import COALESCED, Event
from hub.flow.queues import Queues
from hub.model import Lane, Words

TIMELINE = 50
SCREENS_EVERY = 2.0  # seconds after which presence is read again without an event
LOOK = 2.0  # seconds a look at the queues may take

log = structlog.get_logger(__name__)


class BoardLedger(Protocol):
    """Where boards are read."""

    async def load(self, incident: int) -> Loaded: ...
    async def since(self, incident: int, seq: int, *, screens: bool) -> Since: ...


class BoardFeed:
    """The state at event `seq`, and what each look at the database finds new, one at a time."""

    def __init__(self, ledger: BoardLedger, incident: int, *, queues: Queues | None = None):
        self._ledger, self._queues = ledger, queues
        self._waiting: tuple[Queue, ...] = ()
        self._looked: Look | None = None
        self._lane = Lane.URGENT
        self._incident = incident
        self._topic = f"incident:{incident}"
        self._lock = asyncio.Lock()
        self._state: Board | None = None
        self._parts: Parts
        self._zones: Mapping[str, str] = {}
        self._screens: Screens = {}
        self._places: Mapping[int, Words] = {}
        self._timeline: deque[Mapping[str, Any]] = deque(maxlen=TIMELINE)
        self._at: str | None = None
        self._screens_at = 0.0
        self._epoch = ""

    @property
    def epoch(self) -> str:
        """The life of this database: numbers are comparable within it. Empty before it is
        open."""
        return self._epoch

    @property
    def seq(self) -> int:
        """The last event the state holds; 0 before it is open."""
        return 0 if self._state is None else self._state.seq

    async def open(self) -> BoardFeed:
        """The state is read. Unknown: no such incident."""
        async with self._lock:
            if self._state is None:
                await self._load()
        return self

    async def news(self) -> Sequence[Mapping[str, Any]]:
        """Reads what came after `seq`: each event a watcher follows, then one progress frame with
        the sums; nothing if nothing changed."""
        async with self._lock:
            return await self._catch_up(self._known_state())

    def snapshot(self) -> Mapping[str, Any]:
        """The state as a frame."""
        frame = snapshot(
            self._known_state(),
            self._parts,
            self._screens,
            self._timeline,
            epoch=self._epoch,
            at=self._at or "",
            waiting=self._waiting,
        )
        return {**frame, "zones": dict(self._zones)}

    def incident(self) -> dict[str, Any]:
        """The incident as GET says it: counts alone, nothing that depends on the clock."""
        state = self._known_state()
        counts = tally(state, self._parts, self._screens)
        return {**self._parts.incident, "seq": state.seq, "epoch": self._epoch, "tally": counts}

    def line(self, event: Event) -> Line:
        """The event's line of the timeline."""
        return line(event, self._known())

    async def _load(self) -> None:
        found = await self._ledger.load(self._incident)
        # A city block's worth of people takes a tenth of a second: not on the loop.
        state = await asyncio.to_thread(_built, found)
        look = await self._look(state)
        # From here on nothing can fail or be cancelled: the state is there whole, or not at all.
        self._state = state
        self._parts, self._screens, self._places = found.parts, found.screens, found.places
        self._epoch, self._at, self._zones = found.epoch, moment(found.at), found.zones
        self._screens_at = asyncio.get_running_loop().time()
        self._lane = found.lane
        self._waiting = self._queue(state, look)
        for event in reversed(found.timeline):
            self._timeline.appendleft(spoken_event(event, self.line(event)))

    async def _catch_up(self, state: Board) -> list[Mapping[str, Any]]:
        now = asyncio.get_running_loop().time()
        again = now - self._screens_at >= SCREENS_EVERY
        found = await self._ledger.since(self._incident, state.seq, screens=again)
        look = await self._look(state, found.events)
        # All that can fail or be cancelled is done: an event that is folded is told.
        before = self._screens
        self._take(found, now)
        changes = Changes(seq=state.seq)
        for event in found.events:
            fold(state, event, changes)
        frames = [self._event(event) for event in found.events if event.kind not in COALESCED]
        waited, self._waiting = self._waiting, self._queue(state, look)
        if found.events or before != self._screens or waited != self._waiting:
            frames.append(
                progress(
                    state,
                    self._parts,
                    self._screens,
                    changes,
                    before,
                    epoch=self._epoch,
                    waiting=self._waiting,
                )
            )
        return frames

    async def _look(self, state: Board, events: Sequence[Event] = ()) -> Look | None:
        """How all queues stand; the database is not asked where nothing waits. One that cannot be
        had in time is the last one: it stands beside the board, and holds up nothing that has
        happened."""
        moved = any(event.data.get("moves") for event in events)
        if self._queues is None or not (moved or any(waits(state).values())):
            return None
        try:
            async with asyncio.timeout(LOOK):
                self._looked = await self._queues.look()
        except Exception as error:  # noqa: BLE001 whatever it is, the board goes on
            log.warning("queues_not_read", error=type(error).__name__)
        return self._looked

    def _queue(self, state: Board, look: Look | None) -> tuple[Queue, ...]:
        """What waits, and how long."""
        return () if look is None else queues(waits(state), self._lane, look)

    def _take(self, found: Since, now: float) -> None:
        self._at, self._places = moment(found.at), found.places
        if found.parts is not None:
            self._parts = found.parts
        if found.screens is not None:
            self._screens, self._screens_at = found.screens, now

    def _event(self, event: Event) -> Mapping[str, Any]:
        text = self.line(event)
        self._timeline.appendleft(spoken_event(event, text))
        return event_frame(event, text, topic=self._topic, epoch=self._epoch)

    def _known(self) -> Known:
        return Known(
            places=self._places,
            waves={wave["key"]: wave["name"] for wave in self._parts.waves},
            tasks={task["id"]: task["name"] for task in self._parts.tasks},
        )

    def _known_state(self) -> Board:
        if self._state is None:
            raise Unready("The board is being read; try again.")
        return self._state


def _built(found: Loaded) -> Board:
    return board(
        launched_ms=found.launched_ms,
        seq=found.seq,
        people=found.people,
        deliveries=found.deliveries,
        helps=found.helps,
        curves=found.curves,
        copies=found.copies,
    )
