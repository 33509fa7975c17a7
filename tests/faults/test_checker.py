"""The checker can fail: for each promise, evidence that breaks it, and it alone is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from channels.simulator.ledger import Entry
from tests.faults.checker import check
from tests.faults.evidence import in_flight
from tests.faults.witness import Evidence, Fact, Rest, Row, Try

T0 = 1_000_000
NUMBER, OTHER, STRANGER = "+447700900001", "+447700900002", "+447700900999"

ROW = Row(10, 1, "alert", "sms", 7, NUMBER, "delivered", "ok", T0 + 600_000, attempts=1)
SECOND = replace(ROW, id=11, recipient=8, address=OTHER)
TEXT = Entry("sms", T0, "100.mac", NUMBER, "", "SM1", accepted=True, status=201)
CALLBACK = Entry("callback", T0 + 900, "100.mac", "", "", "SM1", True, 204, "delivered")
ANSWER = Entry("answer", T0 + 2_000, to=NUMBER, accepted=True, status=303, detail="link:safe")
TRY = Try(100, 10, T0 - 50, T0 + 50, "accepted")
MOVES = [["sms", "", "planned", 2], ["sms", "planned", "accepted", 2]]
AROUND = {"began": T0 - 10, "until": T0 + 10}
TALLY = {"told": 2, "answered": 1}


def good() -> Evidence:
    """A launch to two people that went as it should."""
    ledger = (TEXT, replace(TEXT, callback="101.mac", to=OTHER, sid="SM2"), CALLBACK, ANSWER)
    facts = (
        Fact(1, 1, "launched", {"moves": MOVES[:1]}),
        Fact(1, 2, "progress", {"moves": [*MOVES[1:], ["sms", "accepted", "delivered", 2]]}),
        Fact(1, 3, "answered", {"recipient": 7}),
    )
    rest = Rest(
        incidents={1: 3},
        rows=(ROW, SECOND),
        tries=(TRY, replace(TRY, id=101, delivery=11)),
        facts=facts,
        audience={1: frozenset({7, 8})},
        numbers={7: frozenset({NUMBER}), 8: frozenset({OTHER})},
        answered=frozenset({(1, 7)}),
    )
    launched = (
        {"what": "asked", "ts": T0 - 200, "key": "a"},
        {"what": "launched", "ts": T0 - 100, "key": "a", "status": 202, "id": 1, "deliveries": 2},
        {
            "what": "fault",
            "ts": T0 + 10,
            "began": T0 - 10,
            "until": T0 + 10,
            "kind": "kill",
            "planned": False,
        },
        {"what": "quiet", "ts": T0 + 9_000, "id": 1, "tally": TALLY, "seq": 3, "watchers": ["w"]},
    )
    watched = (
        _sight("snapshot", 1, {"told": 0}),
        _sight("progress", 2, {"told": 2}),
        _sight("event", 3, None),
        _sight("progress", 3, TALLY),
    )
    return Evidence(ledger, watched, launched, rest)


def _sight(op: str, seq: int, tally: Mapping[str, Any] | None) -> dict[str, Any]:
    where = {"watcher": "w", "incident": 1, "epoch": "e", "ts": T0 + seq}
    return {**where, "op": op, "seq": seq, "tally": tally if tally is not None else {"told": 2}}


def _row(**changes: Any) -> Callable[[Evidence], Evidence]:
    return lambda was: _rest(was, rows=(replace(ROW, **changes), SECOND))


def _rest(was: Evidence, **changes: Any) -> Evidence:
    return replace(was, rest=replace(was.rest, **changes))


def _ledger(*more: Entry) -> Callable[[Evidence], Evidence]:
    return lambda was: replace(was, ledger=(*was.ledger, *more))


def _said(what: str, ts: int, **values: Any) -> Callable[[Evidence], Evidence]:
    line = {"what": what, "ts": ts, **values}
    return lambda was: replace(was, launched=(*was.launched, line))


def _copy(attempt: int) -> tuple[Entry, Try]:
    text = replace(TEXT, callback=f"{attempt}.mac", sid=f"SM{attempt}")
    return text, replace(TRY, id=attempt)


def _copies(*attempts: int, doubled: bool) -> Callable[[Evidence], Evidence]:
    made = [_copy(attempt) for attempt in attempts]

    def forge(was: Evidence) -> Evidence:
        tries = (*was.rest.tries, *(one for _, one in made))
        rows = (replace(ROW, doubled=doubled), SECOND)
        launched, moved, answered = was.rest.facts
        moved = replace(moved, data={**moved.data, "doubled": int(doubled)})
        found = _rest(_ledger(*(text for text, _ in made))(was), tries=tries, rows=rows)
        return _rest(found, facts=(launched, moved, answered))

    return forge


def _planned_only(was: Evidence) -> Evidence:
    lines = tuple({**x, "planned": True} if x["what"] == "fault" else x for x in was.launched)
    return replace(_copies(102, doubled=True)(was), launched=lines)


def _without_seq(was: Evidence) -> Evidence:
    return _rest(was, facts=was.rest.facts[:2])


def _passed_over(was: Evidence) -> Evidence:
    return replace(was, watched=tuple(x for x in was.watched if x["op"] != "event"))


def _fell(was: Evidence) -> Evidence:
    return replace(was, watched=(*was.watched[:2], _sight("progress", 1, {}), *was.watched[2:]))


def _stale(was: Evidence) -> Evidence:
    late = {**was.watched[-1], "ts": T0 + 9_000 + 5_001}
    return replace(was, watched=(*was.watched[:-1], late))


def _blind(was: Evidence) -> Evidence:
    return replace(was, watched=())


def _fact(data: Mapping[str, Any]) -> Callable[[Evidence], Evidence]:
    return lambda was: _rest(was, facts=(*was.rest.facts[:2], Fact(1, 3, "answered", data)))


BACK = {"moves": [["sms", "delivered", "planned", 1], ["sms", "planned", "delivered", 1]]}
LOST = "no loss"
COPY = "at most one extra copy"
FORGED: Mapping[str, tuple[Callable[[Evidence], Evidence], str, str]] = {
    "launch not on record": (
        _said("launched", T0, key="b", status=202, id=9, deliveries=2),
        LOST,
        "an acknowledged launch is not on record",
    ),
    "fewer deliveries": (
        _said("launched", T0, key="a", status=202, id=1, deliveries=3),
        LOST,
        "2 deliveries of 3 are on record",
    ),
    "no end": (_row(state="sending"), LOST, "1 deliveries have no end"),
    "no reason": (_row(reason=""), LOST, "1 deliveries end without a reason"),
    "a reason of nobody's": (_row(reason="dunno"), LOST, "1 deliveries end without a reason"),
    "told without a text": (
        lambda was: replace(was, ledger=was.ledger[1:]),
        LOST,
        "the hub says told, the provider never had it",
    ),
    "a call off the record": (
        _ledger(replace(TEXT, callback="555.mac", sid="SM5")),
        LOST,
        "the provider saw attempts that are not on record",
    ),
    "a lost receipt": (_row(state="accepted"), LOST, "a receipt was lost: delivered"),
    "a lost answer": (
        lambda was: _rest(was, answered=frozenset()),
        "an answer is never lost",
        "1 answers are not on record",
    ),
    "an unflagged double": (_copies(102, doubled=False), COPY, "a double is not flagged"),
    "three copies": (_copies(102, 103, doubled=True), COPY, "3 copies"),
    "a double after a planned restart": (
        _planned_only,
        COPY,
        "1 doubles, 0 calls were in doubt at the faults",
    ),
    "a doubt the board has not counted": (
        _row(unsure=1, state="failed"),
        "never backwards",
        "events and rows count doubts differently",
    ),
    "two incidents for a key": (
        _said("launched", T0, key="a", status=202, id=2, deliveries=0),
        "one launch, one incident",
        "key a made [1, 2]",
    ),
    "an incident of nobody's": (
        lambda was: _rest(was, incidents={1: 3, 2: 0}),
        "one launch, one incident",
        "2 incidents from 1 launches",
    ),
    "too old": (_row(expires_at=T0 - 1_000), "nothing after its expiry", "1 texts were too old"),
    "too young": (
        _row(state="expired", reason="too_late", expires_at=T0 + 60_000),
        LOST,
        "1 deliveries expired before their time",
    ),
    "after the stop": (
        _said("stopped", T0 - 5_001, id=1),
        "stop within 5 s",
        "2 texts went out after the stop",
    ),
    "a stranger's number": (
        _ledger(replace(TEXT, to=STRANGER)),
        "right people",
        "1 texts went to strangers",
    ),
    "a move back": (_fact(BACK), "never backwards", "sms: delivered to planned"),
    "moves that do not add up": (
        _fact({"moves": [["sms", "accepted", "failed", 1]]}),
        "never backwards",
        "(1, 'sms', 'accepted'): events add up to -1, 0 are on record",
    ),
    "a hole in the events": (_without_seq, "no gaps", "incident 1: last=3, missing [3]"),
    "an event passed over": (_passed_over, "no gaps", "watcher w of 1 never saw [3]"),
    "numbers that fall": (_fell, "no gaps", "numbers fall"),
    "a late screen": (_stale, "screens converge", "watcher w of 1 shows something else"),
    "a blind screen": (_blind, "screens converge", "watcher w of 1 shows something else"),
}


def test_what_went_as_it_should_breaks_no_promise() -> None:
    assert check(good()) == []


@pytest.mark.parametrize("name", FORGED)
def test_forged_evidence_is_named(name: str) -> None:
    forge, promise, what = FORGED[name]
    found = check(forge(good()))
    assert any(one.promise == promise and one.what.startswith(what) for one in found), found


def test_a_flagged_double_with_a_call_under_way_at_the_fault_is_allowed() -> None:
    assert check(_copies(102, doubled=True)(good())) == []


def test_a_stop_lets_the_last_word_through() -> None:
    said = _said("stopped", T0 - 60_000, id=1)(good())
    rows = tuple(replace(row, stage="all_clear") for row in said.rest.rows)
    launched = tuple(line for line in said.launched if line["what"] != "launched")
    assert check(_rest(replace(said, launched=launched), rows=rows)) == []


def test_a_provider_that_stood_still_may_take_late_what_it_heard_before_the_stop() -> None:
    heard = tuple(replace(one, arrived=T0 - 1_000) for one in good().ledger if one.kind == "sms")
    forged = replace(good(), ledger=(*heard, CALLBACK, ANSWER))
    assert check(_said("stopped", T0 - 5_500, id=1)(forged)) == []
    too_late = _said("stopped", T0 - 6_001, id=1)(forged)
    assert [one.promise for one in check(too_late)] == ["stop within 5 s"]


def _idle(
    seconds: float, *more: Callable[[Evidence], Evidence], tried: int | None = None
) -> Evidence:
    """A fault, and the second text so many seconds later; `tried`: when it was begun."""
    at = T0 + int(seconds * 1000)
    tried = at - 5 if tried is None else tried
    was, second = good(), replace(TEXT, callback="101.mac", to=OTHER, sid="SM2", ts=at)
    tries = (TRY, replace(TRY, id=101, delivery=11, started_at=tried, ended_at=at))
    forged = replace(_rest(was, tries=tries), ledger=(TEXT, second, CALLBACK, ANSWER))
    for one in (_said("up", T0 + 1, kind="kill", at=T0 + 1), *more):
        forged = one(forged)
    return forged


def test_work_that_was_due_and_did_not_go_on_is_named() -> None:
    assert check(_idle(30)) == []
    assert [one.promise for one in check(_idle(31))] == ["work goes on"]


def test_while_something_needed_is_away_nobody_waits_for_the_hub() -> None:
    away = {"kind": "kill_postgres", "planned": False, "began": T0 + 5_000, "until": T0 + 9_000}
    mode = {"kind": "provider_refuses", "began": T0 + 8_000, "until": T0 + 10_000}
    excused = (_said("fault", T0 + 9_000, **away), _said("mode", T0 + 10_000, **mode))
    assert check(_idle(35, *excused)) == []
    assert [one.promise for one in check(_idle(35.1, *excused))] == ["work goes on"]


def test_what_was_begun_waits_for_its_lease_and_the_callback_too() -> None:
    assert check(_idle(75, tried=T0 - 5)) == []
    assert [one.promise for one in check(_idle(76, tried=T0 - 5))] == ["work goes on"]


def test_what_a_later_fault_found_begun_waits_as_long() -> None:
    later = _said(
        "fault", T0 + 20_001, kind="freeze", planned=False, began=T0 + 20_000, until=T0 + 20_000
    )
    assert check(_idle(75, later, tried=T0 + 19_995)) == []
    assert [one.promise for one in check(_idle(31, tried=T0 + 19_995))] == ["work goes on"]


def test_other_work_that_goes_on_meanwhile_is_work_that_goes_on() -> None:
    other = replace(TEXT, ts=T0 + 20_000, accepted=False, status=429)
    assert check(_ledger(other)(_idle(45))) == []


def test_a_provider_that_took_a_text_and_answered_badly_counts_as_in_doubt() -> None:
    bad = replace(TEXT, callback="300.mac", detail="reset_after")
    lines = tuple(line for line in good().launched if line["what"] != "fault")
    quiet = replace(good(), launched=lines)
    assert in_flight(quiet) == 0
    assert in_flight(_ledger(bad)(quiet)) == 1
    assert in_flight(good()) == 2
