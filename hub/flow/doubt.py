"""Asking a provider what became of a call whose outcome is unknown, before the doubt is resolved.

Beside the sweep, a loop for each account that can be asked: a slow provider delays only its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from hub.decide.claim import Question
from hub.flow.bell import Bell
from hub.flow.parcels import Parcels
from hub.model import Outcome, Parcel, Verdict
from hub.ports import Channel, Findable, Wake
from hub.states import Reason

EVERY = 1.0  # seconds
CALL = 12.0  # seconds one question may take
MOST = 20  # questions under way at once for one account; the others wait for the next look
GIVE_BACK = 2.0  # seconds

log = structlog.get_logger(__name__)

_UNKNOWN = Outcome(Verdict.UNSURE, Reason.UNKNOWN)


class DoubtLedger(Protocol):
    """The rows of doubts; each method one transaction."""

    async def take(self, account: str, *, limit: int) -> Sequence[Question]: ...
    async def give_back(self, question: Question) -> None: ...
    async def found(self, question: Question, outcome: Outcome) -> tuple[tuple[int, int], ...]: ...


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
        self._ledger, self._parcels = ledger, parcels
        self._bell = Bell(wake)
        self._every = every
        self._mediums = {name: one.traits.channel for name, one in channels.items()}
        self._findable = {n: one for n, one in channels.items() if isinstance(one, Findable)}

    async def run(self) -> None:
        """Doubts are asked about for ever. Cancelled: what was not answered, another may ask."""
        async with asyncio.TaskGroup() as group:
            for account in self._findable:
                group.create_task(self._account(account), name=f"doubts:{account}")

    async def once(self) -> int:
        """Every doubt that is old enough has been asked about; how many."""
        asked = 0
        for account in self._findable:
            while questions := await self._ledger.take(account, limit=MOST):
                async with asyncio.TaskGroup() as group:
                    for question in questions:
                        group.create_task(self._ask(account, question))
                asked += len(questions)
        return asked

    async def _account(self, account: str) -> None:
        running: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                for question in await self._taken(account, MOST - len(running)):
                    task = group.create_task(self._ask(account, question))
                    running.add(task)
                    task.add_done_callback(running.discard)
                await asyncio.sleep(self._every)

    async def _taken(self, account: str, places: int) -> Sequence[Question]:
        """Nothing when the database is away: the next look is a second later."""
        try:
            async with asyncio.timeout(CALL):
                return await self._ledger.take(account, limit=places) if places else ()
        except Exception as error:  # noqa: BLE001 the loop must outlive any one look
            log.warning("doubts_not_read", account=account, error=type(error).__name__)
            return ()

    async def _ask(self, account: str, question: Question) -> None:
        """The provider's answer is on record; unanswered, it counts as unknown."""
        try:
            outcome = await self._outcome(account, question)
        except asyncio.CancelledError:
            await self._give_back(question)
            raise
        try:
            async with asyncio.timeout(CALL):
                self._bell.ring(await self._ledger.found(question, outcome))
        except Exception as error:  # noqa: BLE001 the doubt ends without it
            self._trouble("doubt_not_recorded", question, error)
        else:
            log.info("doubt_asked", delivery=question.claim.delivery, verdict=str(outcome.verdict))

    async def _outcome(self, account: str, question: Question) -> Outcome:
        try:
            async with asyncio.timeout(CALL):
                parcel = await self._parcel(account, question)
                if parcel is None:
                    return _UNKNOWN
                return await self._findable[account].find(parcel, since=question.since)
        except Exception as error:  # noqa: BLE001 a channel's own bug must harm no other doubt
            self._trouble("doubt_not_asked", question, error)
            return _UNKNOWN

    async def _parcel(self, account: str, question: Question) -> Parcel | None:
        await self._parcels.learn([question.claim])
        return self._parcels.parcel(question.claim, self._mediums[account])

    async def _give_back(self, question: Question) -> None:
        """Shielded by its own task: the worker is stopping, and waits for it no longer than 2 s."""
        task = asyncio.ensure_future(self._ledger.give_back(question))
        await asyncio.wait({task}, timeout=GIVE_BACK)
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            self._trouble("doubt_not_given_back", question, error)

    def _trouble(self, event: str, question: Question, error: BaseException) -> None:
        log.warning(event, delivery=question.claim.delivery, error=type(error).__name__)
