"""How long nothing was sent after a fault, though work was due and everything needed was there.

Due is a text of a launch that was answered for, from its answer until its first call arrives at the
provider. The hub may know of one as begun when a process died, and waits for its lease and for the
provider's callback before it sends it (again): that is `doubted`, and has that much longer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.evidence import answered_for, rows_by_try
from tests.faults.witness import Evidence, Violation

GOES_ON = 30.0  # seconds, promised
IN_DOUBT = 15.0 + 30.0  # seconds more: a lease, and the wait for a callback
Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Standstill:
    """After a fault of this kind the longest time without any call was `seconds`, while texts were
    due; `doubted`: texts the hub had on record as begun before."""

    kind: str
    doubted: bool
    seconds: float
    due: int

    @property
    def limit(self) -> float:
        return GOES_ON + IN_DOUBT * self.doubted


def work_goes_on(evidence: Evidence) -> Iterator[Violation]:
    """While work is due and everything is there, no more than 30 s pass without a call."""
    for found in standstills(evidence):
        if found.seconds > found.limit:
            what = f"{found.seconds:.1f} s without a call after {found.kind}, {found.due} were due"
            yield Violation("work goes on", what, (found,))


def standstills(evidence: Evidence) -> list[Standstill]:
    """The longest standstill after each fault that left work due."""
    first, away = _first_calls(evidence), _away(evidence)
    since = _due_since(evidence)
    begun, faults = _begun(evidence), evidence.said("fault")
    calls = sorted(_arrived(evidence))
    found = []
    for line in evidence.said("up"):
        waiting = {d for d, at in first.items() if since.get(d, line["at"]) < line["at"] < at}
        doubted = {d for d in waiting if _doubtful(begun.get(d), first[d], line["at"], faults)}
        for which, doubt in ((waiting - doubted, False), (doubted, True)):
            if which:
                last = max(first[one] for one in which)
                steps = [line["at"], *(at for at in calls if line["at"] < at <= last)]
                longest = max(_seconds(pair, away) for pair in itertools.pairwise(steps))
                found.append(Standstill(line["kind"], doubt, round(longest, 1), len(which)))
    return found


def _doubtful(begun: int | None, first: int, up: int, faults: Iterable[Mapping[str, Any]]) -> bool:
    """Whether this fault, or a later one, found it on record as begun, and its call not come."""
    if begun is None:
        return False
    return begun < up or any(begun <= one["until"] and one["began"] < first for one in faults)


def _arrived(evidence: Evidence) -> Iterator[int]:
    return (one.arrived or one.ts for one in evidence.ledger if one.kind in {"sms", "call"})


def _first_calls(evidence: Evidence) -> Mapping[int, int]:
    """When the first call of each delivery arrived, whatever the provider did with it."""
    by_try, found = rows_by_try(evidence), dict[int, int]()
    for one in evidence.ledger:
        row = by_try.get(one.attempt or 0)
        if one.kind == "sms" and row is not None:
            at = one.arrived or one.ts
            found[row.id] = min(at, found.get(row.id, at))
    return found


def _due_since(evidence: Evidence) -> Mapping[int, int]:
    """When each delivery of a launch was answered for: as many as were said, the first."""
    rows: dict[int, list[int]] = {}
    for row in evidence.rest.rows:
        if row.stage == "alert" and row.wave == 0:
            rows.setdefault(row.incident, []).append(row.id)
    found: dict[int, int] = {}
    for line in answered_for(evidence):
        for one in sorted(rows.get(line["id"], ()))[: line["deliveries"]]:
            found[one] = min(line["ts"], found.get(one, line["ts"]))
    return found


def _begun(evidence: Evidence) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for one in evidence.rest.tries:
        found[one.delivery] = min(one.started_at, found.get(one.delivery, one.started_at))
    return found


def _away(evidence: Evidence) -> list[Window]:
    """When something that is needed was away or misbehaved, one after the other without overlap."""
    ups = evidence.said("up")
    found = []
    for line in evidence.said("fault"):
        later = [up["at"] for up in ups if up["kind"] == line["kind"] and up["at"] >= line["began"]]
        found.append((line["began"], max(line["until"], min(later, default=line["until"]))))
    found += [(line["began"], line["until"]) for line in evidence.said("mode")]
    return _joined(found)


def _joined(windows: Iterable[Window]) -> list[Window]:
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _seconds(pair: tuple[Any, Any], away: Iterable[Window]) -> float:
    """The time between the two, without what fell into a window."""
    start, end = pair
    lost = sum(max(0, min(end, until) - max(start, began)) for began, until in away)
    return float(end - start - lost) / 1000
