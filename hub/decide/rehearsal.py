"""What a rehearsal came to: the hub's own records against the provider's ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.states import ENDS, DeliveryState, Reason

_TAKEN = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.READ})
_GOT = frozenset({DeliveryState.DELIVERED, DeliveryState.READ})


@dataclass(frozen=True, slots=True)
class Record:
    """One delivery as the hub has it. `proof` names it in a ledger that knows no delivery ids:
    the robot key of a chat group, the recipient of a screen."""

    id: int
    channel: str
    state: DeliveryState
    reason: Reason
    proof: str = ""
    receipts: bool = True  # its channel reports delivery


@dataclass(frozen=True, slots=True)
class Figures:
    """`lost`: without a named end, or accepted here and unknown there. `doubled`: accepted there
    more than once. `faults` names up to ten of them, by delivery id, for whoever looks."""

    deliveries: int
    accepted: int
    delivered: int
    lost: int
    doubled: int
    faults: tuple[str, ...]


def ended(record: Record) -> bool:
    """Whether a delivery has a named end."""
    if record.state in ENDS or record.state is DeliveryState.DELIVERED:
        return True
    if record.state is not DeliveryState.ACCEPTED:
        return False
    return not record.receipts or record.reason is Reason.NO_RECEIPT


def compare(
    records: Sequence[Record], *, by_delivery: Mapping[int, int], by_proof: Mapping[str, int]
) -> Figures:
    """The figures of a rehearsal that has come to rest.

    `by_delivery`: acceptances in the ledger per delivery id. `by_proof`: acceptances per
    `channel:proof` for channels whose ledger knows no delivery ids; there as many are needed as
    deliveries went that way, and more are doubles.
    """
    faults: list[str] = []
    lost = doubled = 0
    expected: Counter[str] = Counter()
    for record in records:
        if not ended(record):
            lost += 1
            faults.append(f"delivery {record.id} ({record.channel}) has no end: {record.state}")
        if record.proof:
            expected[f"{record.channel}:{record.proof}"] += record.state in _proven(record)
            continue
        seen = by_delivery.get(record.id, 0)
        if record.state in _TAKEN and not seen:
            lost += 1
            faults.append(f"delivery {record.id} ({record.channel}) is not in the ledger")
        if seen > 1:
            doubled += 1
            faults.append(f"delivery {record.id} ({record.channel}) was accepted {seen} times")
    for key in sorted(expected.keys() | by_proof.keys()):
        short = expected[key] - by_proof.get(key, 0)
        lost += max(0, short)
        doubled += max(0, -short)
        if short:
            faults.append(
                f"{key.partition(':')[0]}: {expected[key]} here, {by_proof.get(key, 0)} there"
            )
    return Figures(
        deliveries=len(records),
        accepted=sum(r.state in _TAKEN for r in records),
        delivered=sum(r.state in _GOT for r in records),
        lost=lost,
        doubled=doubled,
        faults=tuple(faults[:10]),
    )


def _proven(record: Record) -> frozenset[DeliveryState]:
    """The states in which the other ledger must know of it: a screen's order is only proven when
    the screen said it shows it."""
    return _GOT if record.channel == "screen" else _TAKEN


def seconds_to(shares: Iterable[int], told_ms: Sequence[int], *, people: int) -> list[float | None]:
    """After how many seconds so many percent of `people` were told; None if never.

    `told_ms`: milliseconds from the launch, one for each person told.
    """
    ordered = sorted(told_ms)
    found: list[float | None] = []
    for share in shares:
        needed = max(1, -(-people * share // 100))
        reached = people > 0 and len(ordered) >= needed
        found.append(round(ordered[needed - 1] / 1000, 3) if reached else None)
    return found
