"""Asking a provider what became of calls whose outcome is unknown, before the doubts are resolved.

Beside the sweep, a loop for each account that can be asked: a slow provider delays only its own. A
few doubts are asked about one by one; many at once, from the provider's list. That something stands
nowhere in it is believed if the list holds what was surely taken at the same time; else each is
asked about by itself. A provider that does not answer is left alone for a while, and asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from hub.decide.claim import Question
from hub.decide.unsure import Found, found_by
from hub.flow.bell import Bell
from hub.flow.parcels import Parcels
from hub.model import Outcome, Parcel, Verdict
from hub.ports import Channel, Findable, FindableTogether, Sought, Wake
from hub.states import Reason

EVERY = 1.0  # seconds
CALL = 12.0  # seconds one question may take
MOST = 20  # questions under way at once for one account; the others wait for their turn
IN_HAND = 60  # doubts a process holds for one account, asked about one by one
FEW = 20  # more than these are asked about together
TOGETHER = 1_000  # doubts asked about in one go
AT_ONCE = 200  # answers in one transaction
GIVE_BACK = 2.0  # seconds
REST = (2.0, 30.0)  # seconds a provider that does not answer is left alone: at first, and at most

log = structlog.get_logger(__name__)

_UNKNOWN = Outcome(Verdict.UNSURE, Reason.UNKNOWN)
_SILENT = Outcome(Verdict.UNSURE, Reason.TIMEOUT)


Answer = tuple[Question, Outcome]


class DoubtLedger(Protocol):
    """The rows of doubts; each method one transaction."""

    async def take(
        self, account: str, *, limit: int, again: bool = False
    ) -> Sequence[Question]: ...
    async def known(self, questions: Sequence[Question]) -> frozenset[str]: ...
    async def give_back(self, questions: Sequence[Question]) -> None: ...
    async def found(self, answers: Sequence[Answer]) -> tuple[tuple[int, int], ...]: ...


class AskDoubts:
    """Questions about doubtful sends, for the accounts whose provider can be asked."""

    def __init__(
        self,
        *,
        ledger: DoubtLedger,
        channels: Mapping[str, Channel],
        parcels: Parcels,
        wake: Wake,
        every: float = EVERY,
    ):
        """`channels`: by the name of the account their attempts are recorded under."""
        bell = Bell(wake)
        self._every = every
        self._askers = [
            Asker(name, one, ledger=ledger, parcels=parcels, bell=bell, medium=one.traits.channel)
            for name, one in channels.items()
            if isinstance(one, Findable)
        ]

    async def run(self) -> None:
        """Doubts are asked about for ever. Cancelled: what was not answered, another may ask."""
        async with asyncio.TaskGroup() as group:
            for one in self._askers:
                group.create_task(one.run(self._every), name=f"doubts:{one.account}")

    async def once(self) -> int:
        """Every doubt that is old enough has been asked about; how many."""
        return sum([await one.once() for one in self._askers])


class Asker:
    """One account's doubts. Bounded: it takes no more than it has places for."""

    def __init__(
        self,
        account: str,
        channel: Findable,
        *,
        ledger: DoubtLedger,
        parcels: Parcels,
        bell: Bell,
        medium: str,
    ):
        self.account = account
        self._channel, self._ledger, self._parcels = channel, ledger, parcels
        self._bell, self._medium = bell, medium
        self._slots = asyncio.Semaphore(MOST)
        self._running: set[asyncio.Task[None]] = set()
        self._list: asyncio.Task[None] | None = None  # the one that is being read
        self._rest = 0.0  # seconds it is left alone after the next silence
        self._resting_until = 0.0  # loop time

    async def run(self, every: float) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                full = await self._look(group)
                # Where there was more than places, as soon as one is free; else at the next look.
                waiting = self._running if full else ()
                if waiting:
                    await asyncio.wait(waiting, timeout=every, return_when="FIRST_COMPLETED")
                else:
                    await asyncio.sleep(every)

    async def once(self) -> int:
        asked = 0
        while questions := await self._due(TOGETHER):
            asked += len(questions)
            async with asyncio.TaskGroup() as group:
                self._begin(group, questions)
        return asked

    async def _look(self, group: asyncio.TaskGroup) -> bool:
        """What is due is being asked about; whether there may be more than places for it."""
        resting = asyncio.get_running_loop().time() < self._resting_until
        places = IN_HAND - len(self._running)
        if resting or self._list is not None or places <= 0:
            return places <= 0 and not resting
        together = self._together is not None
        questions = await self._taken(TOGETHER if together else places)
        self._begin(group, questions)
        return not together and len(questions) >= places

    async def _due(self, places: int) -> Sequence[Question]:
        """Those nobody has answered about first, then those the provider is asked about again."""
        first = await self._ledger.take(self.account, limit=places)
        left = places - len(first)
        again = await self._ledger.take(self.account, limit=left, again=True) if left > 0 else ()
        return [*first, *again]

    async def _taken(self, places: int) -> Sequence[Question]:
        """Nothing when the database is away: the next look is a second later."""
        try:
            async with asyncio.timeout(CALL):
                return await self._due(places)
        except Exception as error:  # noqa: BLE001 the loop must outlive any one look
            log.warning("doubts_not_read", account=self.account, error=type(error).__name__)
            return ()

    @property
    def _together(self) -> FindableTogether | None:
        return self._channel if isinstance(self._channel, FindableTogether) else None

    def _begin(self, group: asyncio.TaskGroup, questions: Sequence[Question]) -> None:
        many = self._together if len(questions) > FEW else None
        if many is not None:
            self._list = group.create_task(self._ask_together(group, many, questions))
            self._list.add_done_callback(self._read)
        else:
            self._ask_each(group, questions)

    def _ask_each(self, group: asyncio.TaskGroup, questions: Sequence[Question]) -> None:
        for question in questions:
            task = group.create_task(self._ask(question))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _read(self, _task: asyncio.Task[None]) -> None:
        self._list = None

    # ── asking ─────────────────────────────────────────────────────────────────────────────────

    async def _ask(self, question: Question) -> None:
        """The provider's answer is on record; without one it is asked again."""
        try:
            async with self._slots:
                outcome = await self._outcome(question)
        except asyncio.CancelledError:
            await self._give_back([question])
            raise
        await self._answered([(question, outcome)])

    async def _ask_together(
        self,
        group: asyncio.TaskGroup,
        channel: FindableTogether,
        questions: Sequence[Question],
    ) -> None:
        """The same for many at once; what its list may not hold is asked about one by one."""
        try:
            answers, unproven = await self._outcomes(channel, questions)
        except asyncio.CancelledError:
            await self._give_back(questions)
            raise
        for start in range(0, len(answers), AT_ONCE):
            await self._answered(answers[start : start + AT_ONCE])
        self._ask_each(group, unproven)

    async def _answered(self, answers: Sequence[Answer]) -> None:
        silent = [o for _, o in answers if found_by(o) is Found.UNASKED]
        self._heard(silent=len(silent) == len(answers))
        try:
            async with asyncio.timeout(CALL):
                self._bell.ring(await self._ledger.found(answers))
        except Exception as error:  # noqa: BLE001 it is asked about again
            self._trouble("doubts_not_recorded", len(answers), error)
        else:
            log.info("doubts_asked", account=self.account, number=len(answers), silent=len(silent))

    async def _outcome(self, question: Question) -> Outcome:
        try:
            async with asyncio.timeout(CALL):
                await self._parcels.learn([question.claim])
                parcel = self._parcel(question)
                if parcel is None:
                    return _UNKNOWN
                return await self._channel.find(parcel, since=question.since, until=question.until)
        except TimeoutError:
            return _SILENT
        except Exception as error:  # noqa: BLE001 a channel's own bug must harm no other doubt
            self._trouble("doubt_not_asked", 1, error)
            return _UNKNOWN

    async def _outcomes(
        self, channel: FindableTogether, questions: Sequence[Question]
    ) -> tuple[Sequence[Answer], Sequence[Question]]:
        """Answers; and those questions it seems to have nothing of, where its list is no proof."""
        try:
            async with asyncio.timeout(CALL):
                await self._parcels.learn([question.claim for question in questions])
                known = await self._ledger.known(questions)
                parcels = [(question, self._parcel(question)) for question in questions]
                sought = [(q, Sought(one, q.since, q.until)) for q, one in parcels if one]
                said = await channel.find_together([one for _, one in sought])
        except TimeoutError:
            return [(question, _SILENT) for question in questions], ()
        except Exception as error:  # noqa: BLE001 as above
            self._trouble("doubts_not_asked", len(questions), error)
            return [(question, _UNKNOWN) for question in questions], ()
        found = [(q, outcome) for (q, _), outcome in zip(sought, said.outcomes, strict=True)]
        wordless = [(question, _UNKNOWN) for question, one in parcels if one is None]
        proof = said.whole and bool(known) and known <= said.seen
        if proof:
            return [*found, *wordless], ()
        nothing = [one for one in found if one[1].verdict is Verdict.RETRY]
        others = [one for one in found if one[1].verdict is not Verdict.RETRY]
        return [*others, *wordless], [question for question, _ in nothing]

    def _parcel(self, question: Question) -> Parcel | None:
        return self._parcels.parcel(question.claim, self._medium)

    def _heard(self, *, silent: bool) -> None:
        """A provider that does not answer is left alone, each time longer."""
        if not silent:
            self._rest = 0.0
            return
        now = asyncio.get_running_loop().time()
        if now >= self._resting_until:
            self._rest = min(max(REST[0], self._rest * 2), REST[1])
            self._resting_until = now + self._rest

    async def _give_back(self, questions: Sequence[Question]) -> None:
        """Shielded by its own task: the worker is stopping, and waits for it no longer than 2 s."""
        task = asyncio.ensure_future(self._ledger.give_back(questions))
        await asyncio.wait({task}, timeout=GIVE_BACK)
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            self._trouble("doubts_not_given_back", len(questions), error)

    def _trouble(self, event: str, number: int, error: BaseException) -> None:
        log.warning(event, account=self.account, number=number, error=type(error).__name__)
