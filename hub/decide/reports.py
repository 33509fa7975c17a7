"""Where a delivery stands after what its provider (or its screen) reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.model import Receipt
from hub.states import DeliveryState, Reason, advance

_OVER = frozenset({DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.FAILED})


@dataclass(frozen=True, slots=True)
class Reported:
    """`ended`: nothing more has to come. `changed`: the state is a new one."""

    state: DeliveryState
    reason: Reason
    changed: bool
    ended: bool


def reported(state: DeliveryState, reason: Reason, receipts: Iterable[Receipt]) -> Reported:
    """Forward or unchanged, whatever order the receipts took; the reason is that of the receipt
    that decided the state."""
    now, why = state, reason
    for receipt in receipts:
        further = advance(now, receipt.state)
        if further is not now:
            now, why = further, receipt.reason
    return Reported(now, why, changed=now is not state, ended=now in _OVER)
