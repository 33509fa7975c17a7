"""Floods are written down now and then, and every one of them is counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.fold import FIRST, HOUR, LONGEST, ROWS, Folds, Row, again, counted, due

OTHERS = ("", "several", "")
ONE, TWO = ("user:1", "password", "203.0.113.7"), ("", "unknown", "203.0.113.8")


def _count(folds: Folds, kind: tuple[str, ...], now: float) -> Folds:
    return counted(folds, kind, others=OTHERS, now=now)


def test_the_first_is_due_at_once_and_each_kind_by_itself() -> None:
    folds = _count(_count(Folds(), ONE, 0.0), TWO, 0.0)
    folds, rows = due(folds, now=0.0)
    assert rows == (Row(ONE, 1), Row(TWO, 1))
    assert due(folds, now=FIRST)[1] == ()


def test_what_follows_is_due_later_and_ever_more_rarely() -> None:
    folds, _ = due(_count(Folds(), ONE, 0.0), now=0.0)
    for _ in range(9):
        folds = _count(folds, ONE, 1.0)
    assert due(folds, now=FIRST - 1)[1] == ()
    folds, rows = due(folds, now=FIRST)
    assert rows == (Row(ONE, 9),)
    waits = []
    now = FIRST
    for _ in range(10):
        folds = _count(folds, ONE, now)
        waits.append(folds.piles[ONE].due - now)
        now = folds.piles[ONE].due
        folds, rows = due(folds, now=now)
        assert rows == (Row(ONE, 1),)
    assert waits[:3] == [2 * FIRST, 4 * FIRST, 8 * FIRST]
    assert waits[-1] == LONGEST


def test_a_kind_that_has_ended_is_forgotten_and_begins_anew() -> None:
    folds, _ = due(_count(Folds(), ONE, 0.0), now=0.0)
    folds, rows = due(folds, now=FIRST)
    assert (folds.piles, rows) == ({}, ())
    assert due(_count(folds, ONE, FIRST + 1), now=FIRST + 1)[1] == (Row(ONE, 1),)


def test_kinds_without_number_become_one_and_an_hour_later_are_told_apart_again() -> None:
    folds = Folds()
    for number in range(ROWS + 500):
        folds = _count(folds, ("", "unknown", str(number)), 0.0)
    folds, rows = due(folds, now=0.0)
    assert len(rows) == ROWS
    folds, rows = due(folds, now=FIRST)
    assert rows == (Row(OTHERS, 500),)
    assert len(folds.piles) == 1
    folds = _count(folds, ("", "unknown", "x"), HOUR + 1)
    assert due(folds, now=HOUR + 1)[1] == (Row(("", "unknown", "x"), 1),)


def test_at_the_end_everything_is_written_and_what_could_not_be_stays() -> None:
    folds, _ = due(_count(Folds(), ONE, 0.0), now=0.0)
    folds = _count(_count(folds, ONE, 1.0), ONE, 1.0)
    folds, (row,) = due(folds, now=1.0, all_=True)
    folds = again(folds, row, now=1.0)
    assert due(folds, now=1.0, all_=True)[1] == (Row(ONE, 2),)
    assert again(Folds(), row, now=1.0).piles[ONE].count == 2


@given(st.lists(st.tuples(st.integers(0, 200), st.floats(0.0, 300.0)), max_size=300))
def test_not_one_is_lost_and_no_flood_makes_many_rows(events: list[tuple[int, float]]) -> None:
    folds, now, told = Folds(), 0.0, []
    for kind, pause in events:
        now += pause
        folds = _count(folds, ("", "unknown", str(kind)), now)
        folds, rows = due(folds, now=now)
        told += rows
    told += due(folds, now=now, all_=True)[1]
    assert sum(row.count for row in told) == len(events)
    assert len(folds.piles) <= 2 * ROWS + 61
