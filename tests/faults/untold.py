"""Who was not told, though nothing but the hub's own doubts kept it from telling them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.evidence import accepts, answered_for
from tests.faults.witness import Evidence, Row, Violation

NOT_TOLD = frozenset({"failed", "refused", "expired"})
OWN = frozenset(
    "lost_worker timeout broken unknown unavailable exhausted too_old throttled".split()
)
"""Reasons for which no provider has said no."""


def nobody_ends_untold(evidence: Evidence) -> Iterator[Violation]:
    """Whoever an alert was for is told, has answered, stands on a list by hand, or has a named end
    that the provider itself gave."""
    if found := tuple(untold(evidence)):
        yield Violation("nobody untold", f"{len(found)} have nothing, and nobody knows", found)


def untold(evidence: Evidence) -> list[Row]:
    """Texts of alerts that ended without one, where the provider has nothing either."""
    rest, has = evidence.rest, {row.id for row, _ in accepts(evidence)}
    stopped = {line["id"] for line in evidence.said("stopped")}
    alerts = {line["id"] for line in answered_for(evidence)} - stopped
    helped = rest.answered | rest.listed
    return [
        row
        for row in rest.rows
        if row.incident in alerts
        and (row.stage, row.channel, row.wave) == ("alert", "sms", 0)
        and row.state in NOT_TOLD
        and row.reason in OWN
        and row.id not in has
        and (row.incident, row.recipient) not in helped
    ]
