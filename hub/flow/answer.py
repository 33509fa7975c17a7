"""Taking answers, whatever channel they came by; and the page a resident gives them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hub.decide.answers import Answered, Given
from hub.decide.resident import Person, Real, ResidentPage, Said
from hub.decide.tokens import answer_token, read_token, tokens_in
from hub.errors import HubError, Problem, Refused, Unready
from hub.flow.gather import Gather
from hub.model import Actor, Answer, AnswerWord, IncidentId, RecipientId
from hub.ports import Wake

MOST = 64  # people one answer may speak for


class AnswerLedger(Protocol):
    """Where answers are kept."""

    async def take_all(self, given: Sequence[Given]) -> Sequence[Answered | HubError]: ...


class PageLedger(Protocol):
    """Where residents' pages are read."""

    async def page(self, incident: int, recipient: int) -> ResidentPage | None: ...


@dataclass(slots=True)
class _Waiting:
    """An answer that waits to be written, and what became of it."""

    given: Given
    found: Answered | HubError | None = None


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """The use-case of a human's acknowledgment. Answers that come while others are being written
    go into the next transaction together."""

    ledger: AnswerLedger
    pages: PageLedger
    wake: Wake
    secret: bytes
    _gather: Gather[_Waiting] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_gather", Gather(self._write))

    async def take(
        self,
        answer: Answer,
        *,
        who: Actor,
        once: str | None,
        others: Sequence[RecipientId] = (),
        yields: bool = False,
        bare: bool = False,
    ) -> Answered:
        """The answer is durable and stops the waves still to come for these people. `yields`: of
        the others, those who have spoken for themselves keep their words. `bare`: no more than a
        digit, which takes back no cry whose help is open still.

        A later answer replaces it, the history stays. `once` makes a repeat harmless. Unknown: no
        such incident, or it does not speak to this person; Conflict: it is closed."""
        if len(others) > MOST:
            where = Problem("others", f"names more than {MOST} people", "answer flat by flat")
            raise Refused("One answer cannot speak for so many.", [where], code="too_many_people")
        given = Given(
            incident=answer.incident,
            recipient=answer.recipient,
            word=answer.word,
            via=answer.via,
            actor=who.id,
            evidence=answer.evidence,
            once=once,
            others=tuple(others),
            yields=yields,
            bare=bare,
        )
        waiting = _Waiting(given)
        await self._gather.put(waiting)
        if not isinstance(waiting.found, Answered):
            raise waiting.found or Unready("The answer was not written; send it again.")
        return waiting.found

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        """Each of these stands or knows why it does not; watchers hear of it once an incident."""
        found = await self.ledger.take_all([one.given for one in batch])
        newest: dict[int, int] = {}
        for one, answered in zip(batch, found, strict=True):
            one.found = answered
            if isinstance(answered, Answered) and answered.seq:
                seen = newest.get(one.given.incident, 0)
                newest[one.given.incident] = max(seen, answered.seq)
        for incident, seq in newest.items():
            await self.wake.tell(f"incident:{incident}", seq)

    def whose(self, token: str) -> tuple[IncidentId, RecipientId] | None:
        """Which incident and person an answer link stands for; None if it is not ours. No I/O."""
        return read_token(self.secret, token)

    def meant(self, written: str) -> str | None:
        """The token in the end of a link, whatever a phone made of what stands around it."""
        ours = (token for token in tokens_in(written) if self.whose(token) is not None)
        return next(ours, None)

    def token(self, incident: int, recipient: int) -> str:
        """The token of a person's answer link."""
        return answer_token(self.secret, incident, recipient)

    def real_token(self, token: str, page: ResidentPage) -> str:
        """The token of the same person's link to what ended this drill; "" where there is none."""
        named = self.whose(token)
        mine = page.real is not None and page.real.mine
        return self.token(page.real.incident, named[1]) if page.real and mine and named else ""

    async def page(self, token: str) -> ResidentPage | None:
        """What the page of this link shows; None for a link that is not ours or speaks to nobody.
        Changes nothing."""
        named = read_token(self.secret, token)
        return None if named is None else await self.pages.page(*named)


def answer_word(said: object) -> AnswerWord:
    """The answer a form or a frame names; Refused with what is allowed for anything else."""
    try:
        return AnswerWord(str(said))
    except ValueError:
        allowed = ", ".join(word for word in AnswerWord)
        where = Problem("answer", "is not an answer we know", f"one of {allowed}")
        raise Refused("This answer is not known.", [where], code="unknown_answer") from None


__all__ = ["Person", "Real", "ResidentPage", "Said", "TakeAnswer", "answer_word"]
