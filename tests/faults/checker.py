"""The verdict on one trial: each promise is a function that names what breaks it.

Nothing here asks the hub anything. An empty list says that every promise held.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from channels.simulator.ledger import Entry
from hub.decide.copies import Standing
from hub.states import MOVES, DeliveryState, Reason
from tests.faults.evidence import CLOCK_MS, accepts, answered_for, copies, in_flight, rows_by_try
from tests.faults.standstill import work_goes_on
from tests.faults.untold import nobody_ends_untold
from tests.faults.witness import Evidence, Violation

ENDED = frozenset("accepted delivered read refused failed expired cancelled suppressed".split())
ENDED_ALL = ENDED | {"unreachable"}
TAKEN = frozenset({"accepted", "delivered", "read"})
SPEAKS_AGAIN = frozenset({"all_clear", "correction"})
STOP_MS = 5_000
CALM_MS = 5_000  # within which a watcher shows what the API says
SMS = "sms"

Promise = Callable[[Evidence], Iterator[Violation]]


def check(evidence: Evidence) -> list[Violation]:
    """Every violation, promise by promise."""
    return [found for promise in PROMISES for found in promise(evidence)]


# ── nothing is lost ──


def launches_survive(evidence: Evidence) -> Iterator[Violation]:
    """An incident that was answered for is there, with as many deliveries as were said."""
    rows = Counter(row.incident for row in evidence.rest.rows if row.stage == "alert")
    for line in answered_for(evidence):
        if line["id"] not in evidence.rest.incidents:
            yield Violation("no loss", "an acknowledged launch is not on record", (line,))
        elif rows[line["id"]] < line["deliveries"]:
            what = f"{rows[line['id']]} deliveries of {line['deliveries']} are on record"
            yield Violation("no loss", what, (line,))


def deliveries_end(evidence: Evidence) -> Iterator[Violation]:
    """Each delivery ends in a named state with a reason of the closed list."""
    rows = evidence.rest.rows
    if open_ := tuple(row for row in rows if row.state not in ENDED_ALL):
        yield Violation("no loss", f"{len(open_)} deliveries have no end", open_)
    known = frozenset(str(reason) for reason in Reason)
    if unnamed := tuple(r for r in rows if not r.reason or r.reason not in known):
        yield Violation("no loss", f"{len(unnamed)} deliveries end without a reason", unnamed)


def told_is_true(evidence: Evidence) -> Iterator[Violation]:
    """What the hub calls accepted, delivered or read, the provider has taken."""
    taken = {row.id for row, _ in accepts(evidence)}
    rows = evidence.rest.rows
    claimed = [row for row in rows if row.channel == SMS and row.state in TAKEN]
    if untrue := tuple(row for row in claimed if row.id not in taken):
        yield Violation("no loss", "the hub says told, the provider never had it", untrue)


def ledger_is_on_record(evidence: Evidence) -> Iterator[Violation]:
    """Every call the provider saw is an attempt that was on record before it."""
    known = {one.id for one in evidence.rest.tries}
    texts = [entry for entry in evidence.ledger if entry.kind == "sms"]
    if strange := tuple(entry for entry in texts if entry.attempt not in known):
        yield Violation("no loss", "the provider saw attempts that are not on record", strange)


def receipts_survive(evidence: Evidence) -> Iterator[Violation]:
    """A receipt the hub answered 2xx is in the delivery's state."""
    by_try = rows_by_try(evidence)
    for entry in evidence.ledger:
        row = by_try.get(entry.attempt or 0)
        if entry.kind != "callback" or not entry.accepted or row is None:
            continue
        fits = {"delivered": {"delivered", "read"}, "undelivered": {"failed", "delivered", "read"}}
        if row.state not in fits.get(entry.detail, ENDED_ALL):
            yield Violation("no loss", f"a receipt was lost: {entry.detail}", (entry, row))


def answers_survive(evidence: Evidence) -> Iterator[Violation]:
    """A resident whose answer was taken with 2xx has one on record."""
    people = defaultdict(set)
    for recipient, numbers in evidence.rest.numbers.items():
        for number in numbers:
            people[number].add(recipient)
    answered = {recipient for _, recipient in evidence.rest.answered}
    given = [one for one in evidence.ledger if one.kind == "answer" and one.accepted]
    if lost := tuple(one for one in given if not people[one.to] & answered):
        yield Violation("an answer is never lost", f"{len(lost)} answers are not on record", lost)


# ── nothing is doubled ──


def copies_are_flagged(evidence: Evidence) -> Iterator[Violation]:
    """One copy; two only where `doubled` says so; three never."""
    rows = {row.id: row for row in evidence.rest.rows}
    for delivery, entries in copies(evidence).items():
        if len(entries) > 2:
            shown = (rows[delivery], *entries)
            yield Violation("at most one extra copy", f"{len(entries)} copies", shown)
        elif len(entries) == 2 and not rows[delivery].doubled:
            shown = (rows[delivery], *entries)
            yield Violation("at most one extra copy", "a double is not flagged", shown)


def copies_have_a_cause(evidence: Evidence) -> Iterator[Violation]:
    """No more doubles than calls were under way at faults; none after planned restarts alone."""
    doubles = [entries for entries in copies(evidence).values() if len(entries) > 1]
    allowed = in_flight(evidence)
    if len(doubles) > allowed:
        what = f"{len(doubles)} doubles, {allowed} calls were in doubt at the faults"
        yield Violation("at most one extra copy", what, tuple(map(tuple, doubles)))


def one_launch_one_incident(evidence: Evidence) -> Iterator[Violation]:
    """All answers to one Idempotency-Key name one incident, and no incident is nobody's."""
    named = defaultdict(set)
    for line in answered_for(evidence):
        named[line["key"]].add(line["id"])
    for key, ids in named.items():
        if len(ids) > 1:
            yield Violation("one launch, one incident", f"key {key} made {sorted(ids)}")
    asked = {line["key"] for line in evidence.said("asked")} | set(named)
    if len(evidence.rest.incidents) > len(asked):
        what = f"{len(evidence.rest.incidents)} incidents from {len(asked)} launches"
        yield Violation("one launch, one incident", what)


# ── nothing at the wrong time or to the wrong people ──


def nothing_after_expiry(evidence: Evidence) -> Iterator[Violation]:
    """No text was handed to the provider later than its notice holds."""
    late = tuple(
        (row, entry)
        for row, entry in accepts(evidence)
        if _arrived(entry) > row.expires_at + CLOCK_MS
    )
    if late:
        yield Violation("nothing after its expiry", f"{len(late)} texts were too old", late)


def nothing_expires_early(evidence: Evidence) -> Iterator[Violation]:
    """What is called expired had come to its expiry, whatever the clocks were set to meanwhile."""
    now = max((line["ts"] for line in evidence.launched), default=0)
    rows = evidence.rest.rows
    if early := tuple(r for r in rows if r.state == "expired" and r.expires_at > now + CLOCK_MS):
        yield Violation("no loss", f"{len(early)} deliveries expired before their time", early)


def _arrived(entry: Entry) -> int:
    """When the provider heard of it: one that stood still took it later."""
    return entry.arrived or entry.ts


def nothing_after_stop(evidence: Evidence) -> Iterator[Violation]:
    """Five seconds after an acknowledged stop nothing of the alert goes out."""
    stops = {line["id"]: line["ts"] + STOP_MS for line in evidence.said("stopped")}
    late = tuple(
        (_arrived(entry) - stops[row.incident], row, entry)
        for row, entry in accepts(evidence)
        if row.incident in stops
        and row.stage not in SPEAKS_AGAIN
        and _arrived(entry) > stops[row.incident]
    )
    if late:
        yield Violation("stop within 5 s", f"{len(late)} texts went out after the stop", late)


def right_people(evidence: Evidence) -> Iterator[Violation]:
    """Every number a text went to belongs to the audience, and is the one its delivery names."""
    rest = evidence.rest

    @cache
    def numbers(incident: int) -> frozenset[str]:
        people = rest.audience.get(incident, frozenset())
        return frozenset().union(*(rest.numbers.get(one, frozenset()) for one in people))

    wrong = tuple(
        (row, entry)
        for row, entry in accepts(evidence)
        if entry.to not in numbers(row.incident) or entry.to != row.address
    )
    if wrong:
        yield Violation("right people", f"{len(wrong)} texts went to strangers", wrong)


# ── nothing goes backwards; those who watch see it ──


def never_backwards(evidence: Evidence) -> Iterator[Violation]:
    """Each move on record is one that may be made, and the moves add up to the states at rest."""
    counts: Counter[tuple[int, str, str]] = Counter()
    for fact in evidence.rest.facts:
        for channel, before, after, count in fact.data.get("moves", ()):
            if before and after != before and not _may_move(before, after):
                yield Violation("never backwards", f"{channel}: {before} to {after}", (fact,))
            if before:
                counts[fact.incident, channel, before] -= count
            counts[fact.incident, channel, after] += count
    at_rest = Counter((row.incident, row.channel, row.state) for row in evidence.rest.rows)
    for key in sorted(set(counts) | set(at_rest)):
        if counts[key] != at_rest[key]:
            what = f"{key}: events add up to {counts[key]}, {at_rest[key]} are on record"
            yield Violation("never backwards", what)


def doubts_add_up(evidence: Evidence) -> Iterator[Violation]:
    """What events say is in doubt or may be doubled is so at rest: the board counts by them."""
    counts: Counter[tuple[int, str]] = Counter()
    for fact in evidence.rest.facts:
        for name in ("in_doubt", "doubled"):
            counts[fact.incident, name] += fact.data.get(name, 0)
    for row in evidence.rest.rows:
        at_rest = Standing(row.state, row.unsure, row.doubled)
        counts[row.incident, "in_doubt"] -= at_rest.in_doubt
        counts[row.incident, "doubled"] -= at_rest.maybe_twice
    if wrong := tuple((key, by) for key, by in sorted(counts.items()) if by):
        yield Violation("never backwards", "events and rows count doubts differently", wrong)


def events_have_no_gap(evidence: Evidence) -> Iterator[Violation]:
    """Event numbers of an incident run from 1 to its last without a hole."""
    seqs = defaultdict(list)
    for fact in evidence.rest.facts:
        seqs[fact.incident].append(fact.seq)
    for incident, last in evidence.rest.incidents.items():
        if sorted(seqs[incident]) != list(range(1, last + 1)):
            missing = sorted(set(range(1, last + 1)) - set(seqs[incident]))
            yield Violation("no gaps", f"incident {incident}: {last=}, missing {missing[:9]}")


def watchers_miss_nothing(evidence: Evidence) -> Iterator[Violation]:
    """Within an epoch a watcher's numbers never fall, and no event is passed over."""
    told = {(fact.incident, fact.seq) for fact in evidence.rest.facts if fact.kind != "progress"}
    for (watcher, incident, epoch), lines in _sights(evidence).items():
        seqs = [int(line["seq"]) for line in lines]
        if fell := [pair for pair in itertools.pairwise(seqs) if pair[1] < pair[0]]:
            what = f"watcher {watcher} of {incident} in {epoch}: {fell[0]}"
            yield Violation("no gaps", f"numbers fall: {what}", tuple(fell))
        missing = _passed_over(lines, {seq for one, seq in told if one == incident})
        if missing:
            what = f"watcher {watcher} of {incident} never saw {sorted(missing)[:9]}"
            yield Violation("no gaps", what)


def watchers_converge(evidence: Evidence) -> Iterator[Violation]:
    """Five seconds after quiet each watcher's folded tally is the API's."""
    for quiet in evidence.said("quiet"):
        last: dict[Any, Mapping[str, Any]] = {}
        for line in evidence.watched:
            if line["incident"] == quiet["id"] and line["ts"] <= quiet["ts"] + CALM_MS:
                last[line["watcher"]] = line
        for watcher in quiet["watchers"]:
            line = last.get(watcher, {})
            if (line.get("tally") or {}) != quiet["tally"]:
                what = f"watcher {watcher} of {quiet['id']} shows something else"
                parts = _differences(line.get("tally") or {}, quiet["tally"])
                yield Violation("screens converge", what, (parts, line.get("seq"), quiet["seq"]))


def _may_move(before: str, after: str) -> bool:
    """Some way of allowed moves leads there: one event may say several steps as one."""
    reached, edge = set[str](), {before}
    while edge:
        found = {str(to) for state in edge for to in MOVES[DeliveryState(state)]}
        edge, reached = found - reached, reached | found
    forward = before in {"planned", "sending", "unsure"} or after not in {"planned", "sending"}
    return after in reached and forward


def _sights(evidence: Evidence) -> dict[tuple[Any, ...], list[Mapping[str, Any]]]:
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for line in evidence.watched:
        if line.get("seq") is not None:
            found[line["watcher"], line["incident"], line["epoch"]].append(line)
    return found


def _passed_over(lines: list[Mapping[str, Any]], told: set[int]) -> set[int]:
    """Events after the first snapshot and up to the last number that came by no frame.

    A snapshot says everything up to its own number; its newest events stand in its timeline.
    """
    covered, known = set[int](), 0
    for line in lines:
        if line["op"] == "snapshot":
            known = int(line["seq"])
            covered |= {seq for seq in told if seq <= known}
        elif line["op"] == "event":
            covered.add(int(line["seq"]))
    last = max((int(line["seq"]) for line in lines), default=0)
    return {seq for seq in told if seq <= last} - covered


def _differences(shown: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    keys = sorted(set(shown) | set(said))
    return {key: (shown.get(key), said.get(key)) for key in keys if shown.get(key) != said.get(key)}


PROMISES: tuple[Promise, ...] = (
    launches_survive,
    deliveries_end,
    nobody_ends_untold,
    told_is_true,
    ledger_is_on_record,
    receipts_survive,
    answers_survive,
    copies_are_flagged,
    copies_have_a_cause,
    one_launch_one_incident,
    nothing_after_expiry,
    nothing_expires_early,
    nothing_after_stop,
    work_goes_on,
    right_people,
    never_backwards,
    doubts_add_up,
    events_have_no_gap,
    watchers_miss_nothing,
    watchers_converge,
)
