"""Ways through the evidence: which text was which delivery's, and what a fault may have taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from channels.simulator.ledger import Entry
from tests.faults.witness import Evidence, Row

IN_DOUBT = frozenset("crash hang_after reset_after garbage huge slow".split())  # at the provider
CLOCK_MS = 250  # between two readings of one clock in two processes


def in_flight(evidence: Evidence) -> int:
    """Attempts whose outcome an unplanned fault may have taken: open while it lasted, or answered
    badly by a provider that had taken them."""
    windows = [
        (line["began"] - CLOCK_MS, line["until"] + CLOCK_MS)
        for line in evidence.said("fault")
        if not line["planned"]
    ]
    at_fault = {
        one.id
        for one in evidence.rest.tries
        for start, end in windows
        if one.started_at <= end and (one.ended_at is None or one.ended_at >= start)
    }
    at_provider = {
        entry.attempt
        for entry in evidence.ledger
        if entry.kind == "sms" and entry.accepted and entry.detail in IN_DOUBT
    }
    return len(at_fault | at_provider)


def answered_for(evidence: Evidence) -> list[Mapping[str, Any]]:
    return [line for line in evidence.said("launched") if 200 <= line["status"] < 300]


def rows_by_try(evidence: Evidence) -> dict[int, Row]:
    rows = {row.id: row for row in evidence.rest.rows}
    return {one.id: rows[one.delivery] for one in evidence.rest.tries if one.delivery in rows}


def accepts(evidence: Evidence) -> Iterator[tuple[Row, Entry]]:
    """Each text the provider took, with its delivery."""
    by_try = rows_by_try(evidence)
    for entry in evidence.ledger:
        row = by_try.get(entry.attempt or 0)
        if entry.kind == "sms" and entry.accepted and row is not None:
            yield row, entry


def copies(evidence: Evidence) -> dict[int, list[Entry]]:
    """The texts the provider took, by delivery."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for row, entry in accepts(evidence):
        found[row.id].append(entry)
    return found
