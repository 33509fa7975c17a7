"""Screens: pairing by code, who a device is, who is connected, and what each one shows."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from hub.decide.showing import Candidate, Ordered, ScreenCard, ScreenRow, next_change, showing
from hub.errors import Problem, Refused, Unknown
from hub.events import iso
from hub.model import Actor, Stage
from hub.ports import Clock, Wake

PAIRING_LIFE = 600_000  # ms
CODE_TRIES = 20


class ScreenLedger(Protocol):
    """The rows behind screens."""

    async def add_pairing(self, code: str, claim: str, *, life_ms: int) -> bool: ...
    async def confirm(self, code: str, recipient: int, *, token: str, digest: str) -> str: ...
    async def claim(self, claim: str) -> tuple[str, int] | str: ...
    async def by_device(self, digests: Sequence[str]) -> dict[str, ScreenCard]: ...
    async def cards(self, recipients: Sequence[int]) -> dict[int, ScreenCard]: ...
    async def present(self, *, seen: Iterable[int], gone: Iterable[int]) -> None: ...
    async def shown(self, recipient: int, *, notice: int | None, revision: int | None) -> None: ...
    async def all(self, site: int | None) -> list[ScreenRow]: ...
    async def exists(self, recipient: int) -> bool: ...
    async def ordered(self, ids: Sequence[int]) -> list[Ordered]: ...
    async def unpair(self, recipient: int) -> bool: ...


class AuditTrail(Protocol):
    """Where deeds are recorded."""

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Show:
    """What a screen shows now, and until when if it changes by itself."""

    order: Ordered
    until: datetime | None
    base: Ordered | None = None  # the alert an update adds to: what it said beside still holds

    @property
    def key(self) -> tuple[int, int]:
        """Notice and revision: what the screen reports back as shown."""
        return self.order.candidate.notice, self.order.candidate.revision


@dataclass(frozen=True, slots=True)
class Screens:
    """The use-cases around displays."""

    ledger: ScreenLedger
    audit: AuditTrail
    clock: Clock
    wake: Wake
    # One card a screen that said hello here: as many as there are screens, and no more.
    cards: dict[int, ScreenCard] = field(default_factory=dict)

    async def pairing(self) -> tuple[str, str]:
        """A six-digit code to show on the screen, and the secret the screen claims its token with.

        The code works for ten minutes and only once, and only if a person confirms it.
        """
        claim = secrets.token_urlsafe(32)
        for _ in range(CODE_TRIES):
            code = f"{secrets.randbelow(1_000_000):06d}"
            if await self.ledger.add_pairing(code, device_hash(claim), life_ms=PAIRING_LIFE):
                return code, claim
        raise Refused("No pairing code is free just now; try again.", code="no_code")

    async def confirm(self, code: str, recipient: int, who: Actor) -> None:
        """The device that shows this code is that screen from now on; its old device is out."""
        token = secrets.token_urlsafe(32)
        said = await self.ledger.confirm(code, recipient, token=token, digest=device_hash(token))
        if said == "code":
            raise Unknown("This code is not waiting: it was used, or its ten minutes are over.")
        if said == "screen":
            where = Problem("recipient", "is no screen", "add the screen first, or choose another")
            raise Refused("There is no such screen.", [where])
        await self.audit.audit(who.id, "screen_pair", f"recipient:{recipient}", {})
        await self.wake.tell("screens")

    async def claim(self, claim: str) -> tuple[str, int] | None:
        """(device token, recipient) once a person has confirmed; None while waiting.

        Unknown when the code is over: the screen asks for a new one.
        """
        found = await self.ledger.claim(device_hash(claim))
        if found == "over":
            raise Unknown("This pairing code is over; ask for a new one.")
        return found if isinstance(found, tuple) else None

    async def by_devices(self, tokens: Sequence[str]) -> dict[str, int]:
        """Recipient ids by device token, in one query; unknown tokens are absent."""
        digests = {device_hash(token): token for token in tokens}
        found = await self.ledger.by_device(list(digests))
        self.cards.update((card.recipient, card) for card in found.values())
        return {digests[key]: card.recipient for key, card in found.items()}

    def card(self, recipient: int) -> ScreenCard | None:
        """What this screen has to know of itself, as of its last hello."""
        return self.cards.get(recipient)

    async def renewed(self, recipients: Sequence[int]) -> list[ScreenCard]:
        """The cards of these screens that are different from what they were told at their hello."""
        found = await self.ledger.cards(recipients)
        changed = [card for number, card in found.items() if self.cards.get(number) != card]
        self.cards.update((card.recipient, card) for card in changed)
        return changed

    async def by_device(self, token: str) -> int | None:
        """Which screen this device token is."""
        return (await self.by_devices([token])).get(token)

    async def present(self, *, seen: Iterable[int], gone: Iterable[int]) -> None:
        """Who is connected is on record; consoles hear of it."""
        await self.ledger.present(seen=seen, gone=gone)
        await self.wake.tell("presence")

    async def shown(self, recipient: int, *, notice: int | None, revision: int | None) -> None:
        """What the screen says it shows is on record (None: calm)."""
        await self.ledger.shown(recipient, notice=notice, revision=revision)

    async def list(self, site: int | None = None) -> list[dict[str, Any]]:
        """The screens of a site as the API lists them."""
        return [screen_json(row) for row in await self.ledger.all(site)]

    async def exists(self, recipient: int) -> bool:
        """Whether there is such a screen."""
        return await self.ledger.exists(recipient)

    async def showing(self, recipients: Sequence[int]) -> dict[int, Show | None]:
        """What each of these screens shows now; None is calm. One query for all."""
        orders: dict[int, list[Ordered]] = {recipient: [] for recipient in recipients}
        for order in await self.ledger.ordered(recipients):
            orders[order.recipient].append(order)
        now = self.clock.now()
        return {recipient: _show(found, now) for recipient, found in orders.items()}

    async def unpair(self, recipient: int, who: Actor) -> None:
        """The screen's device is out; its socket closes within seconds."""
        if not await self.ledger.unpair(recipient):
            raise Unknown("There is no such screen.")
        await self.audit.audit(who.id, "screen_unpair", f"recipient:{recipient}", {})
        await self.wake.tell("screens")


def _show(orders: Sequence[Ordered], now: datetime) -> Show | None:
    candidates = [order.candidate for order in orders]
    chosen = showing(candidates, now)
    if chosen is None:
        return None
    order = next(order for order in orders if order.candidate is chosen)
    alerts = (o for o in orders if _is_base(o.candidate, chosen))
    return Show(order, next_change(candidates, now), next(alerts, None))


def _is_base(candidate: Candidate, chosen: Candidate) -> bool:
    return (
        chosen.stage is Stage.UPDATE
        and candidate.stage is Stage.ALERT
        and candidate.incident == chosen.incident
    )


def device_hash(token: str) -> str:
    """What is stored of a device token (256 random bits)."""
    return hashlib.sha256(token.encode()).hexdigest()


def screen_json(row: ScreenRow) -> dict[str, Any]:
    """A screen as the API lists it."""
    connected = row.paired_at is not None and row.gone_at is None and row.seen_at is not None
    return {
        "recipient": row.recipient,
        "name": row.name,
        "kind": row.kind,
        "place": row.path,
        "paired": row.paired_at is not None,
        "connected": connected,
        "seen_at": _iso(row.seen_at),
        "gone_at": None if connected else _iso(row.gone_at),
        "showing": (
            {"notice": row.showing_notice, "revision": row.showing_revision}
            if row.showing_notice
            else None
        ),
        "shown_at": _iso(row.shown_at),
        "way": dict(row.way),
    }


def _iso(ms: int | None) -> str | None:
    return None if ms is None else iso(datetime.fromtimestamp(ms / 1000, UTC))


__all__ = ["PAIRING_LIFE", "ScreenCard", "Screens", "Show", "device_hash", "screen_json"]
