"""Making a parcel out of a claim: the frozen words, filled with this person's link and name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog

from hub.decide.claim import Claim
from hub.decide.marks import fill
from hub.decide.oneway import LINK_ONLY, as_sent
from hub.decide.tokens import answer_token, attempt_token
from hub.errors import Unready
from hub.model import Parcel, WordingId

KEPT = 2_000  # texts kept in memory (they never change); the longest unused is read again

log = structlog.get_logger(__name__)

Text = tuple[str, Mapping[str, str]]


def _answered(_medium: str, _address: str) -> bool:
    return True


class Parcels:
    """Fills in marks. Texts are read once each, not once per delivery.

    `answers` (medium, address): whether whoever gets it can answer by a digit."""

    def __init__(
        self,
        read: Callable[[WordingId], Awaitable[Text]],
        *,
        secret: bytes,
        public_url: str,
        answers: Callable[[str, str], bool] = _answered,
    ):
        self._read = read
        self._answers = answers
        self._secret = secret
        self._url = public_url.rstrip("/")
        self._texts: OrderedDict[WordingId, Text] = OrderedDict()

    async def learn(self, claims: Iterable[Claim]) -> None:
        """The texts of these claims are at hand."""
        for wording in {claim.wording for claim in claims}:
            if wording is None:
                continue
            if wording not in self._texts:
                self._texts[wording] = await self._read(wording)
            self._texts.move_to_end(wording)
        while len(self._texts) > KEPT:
            self._texts.popitem(last=False)

    async def at_hand(self, claims: Iterable[Claim]) -> bool:
        """Whether the texts of these claims are; not where the database has gone since."""
        try:
            await self.learn(claims)
        except Unready as error:
            log.error("texts_not_read", error=type(error).__name__)
            return False
        return True

    def parcel(self, claim: Claim, medium: str) -> Parcel | None:
        """What the channel is given; None if there is no text (a defect, recorded as such)."""
        text = None if claim.wording is None else self._texts.get(claim.wording)
        if text is None:
            return None
        language, parts = text
        parts = as_sent(
            parts, replies=LINK_ONLY not in parts or self._answers(medium, claim.address)
        )
        return Parcel(
            attempt=claim.attempt,
            delivery=claim.delivery,
            incident=claim.incident,
            notice=claim.notice,
            channel=medium,
            to=claim.address,
            language=language,
            parts=fill(parts, link=self._link(claim), name=claim.name),
            callback=attempt_token(self._secret, claim.attempt),
            expires_at=claim.expires_at,
            fence=claim.fence,
            kind=claim.kind,
            stage=claim.stage,
            revision=claim.revision,
        )

    def _link(self, claim: Claim) -> str:
        return f"{self._url}/a/{answer_token(self._secret, claim.incident, claim.recipient)}"
