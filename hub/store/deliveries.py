"""The rows behind sending, in one place for `flow.deliver`."""

from __future__ import annotations

from hub.store.claims import ClaimLedger
from hub.store.outcomes import OutcomeLedger


class DeliveryLedger(ClaimLedger, OutcomeLedger):
    """Claiming, giving back and recording deliveries; every method is one transaction."""
