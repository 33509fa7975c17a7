"""What a peer may send is judged before it is parsed, whatever its bytes are cut into."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.peers import frame
from web import budget
from web.budget import BYTES, FRAGMENTS, FRAMES, HELLO_BYTES, HELLO_FRAMES, LARGEST, Meter

PING, PONG, EMPTY = frame(9), frame(10), frame(0, fin=False)


def greeted() -> Meter:
    meter = Meter(0.0)
    meter.greet(0.0)
    return meter


@pytest.mark.parametrize("one", [PING, PONG, frame(1, b"{}"), frame(9, b"p" * 125)])
def test_every_kind_of_frame_counts(one):
    most = int(FRAMES)
    assert greeted().judge(one * most, 0.0) is None
    assert greeted().judge(one * (most + 1), 0.0) is budget.TOO_MANY


def test_before_the_hello_there_is_less_and_it_does_not_fill_up():
    meter = Meter(0.0)
    assert meter.judge(PING * int(HELLO_FRAMES), 0.0) is None
    assert meter.judge(PING, 3600.0) is budget.TOO_MANY
    assert Meter(0.0).judge(frame(1, b"x" * int(HELLO_BYTES)), 0.0) is budget.TOO_MUCH


def test_after_it_the_budget_fills_up_at_its_rate():
    meter = greeted()
    assert meter.judge(PING * int(FRAMES), 0.0) is None
    assert meter.judge(PING * int(budget.FRAME_RATE), 1.0) is None
    assert meter.judge(PING, 1.0) is budget.TOO_MANY


def test_what_was_not_used_before_the_hello_is_not_lost_and_what_was_is():
    meter = Meter(0.0)
    meter.judge(PING * 10, 0.0)
    meter.greet(0.0)
    assert meter.judge(PING * (int(FRAMES) - 10), 0.0) is None
    assert meter.judge(PING, 0.0) is budget.TOO_MANY


def test_bytes_count_by_themselves():
    large = frame(1, b"x" * (LARGEST - 100))
    meter = greeted()
    assert meter.judge(large * int(BYTES // len(large)), 0.0) is None
    assert meter.judge(large, 0.0) is budget.TOO_MUCH


def test_a_text_in_too_many_pieces_is_refused_however_slowly_they_come():
    meter = greeted()
    said = [meter.judge(frame(1, fin=False), 0.0)]
    said += [meter.judge(EMPTY, float(n)) for n in range(1, FRAGMENTS + 1)]
    assert said == [None] * FRAGMENTS + [budget.TOO_MANY]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\x81\x00", 1002),  # no mask
        (b"\xc1\x80\0\0\0\0", 1002),  # a reserved bit
        (b"\x83\x80\0\0\0\0", 1002),  # reserved opcodes
        (b"\x8b\x80\0\0\0\0", 1002),
        (b"\x09\x80\0\0\0\0", 1002),  # a ping in pieces
        (b"\x89\xfe\x00\x80\0\0\0\0", 1002),  # a ping of 128 bytes
        (b"\x82\x80\0\0\0\0", 1003),
        (b"\x81\xff\0\0\0\0\0\x01\0\x01", 1009),  # 65,537 bytes, none of them here yet
        (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 1009),
    ],
)
def test_a_head_that_breaks_a_rule_has_its_code(raw, code):
    found = greeted().judge(raw, 0.0)
    assert found is not None
    assert found.code == code


@given(st.lists(st.integers(0, 70_000), max_size=4), st.integers(0, 2**32))
def test_it_sees_the_same_however_the_bytes_are_cut(sizes, seed):
    raw = b"".join(frame(1, b"x" * size) for size in sizes if size < 65_536)
    whole, cut, dice = greeted(), greeted(), random.Random(seed)
    wrong = whole.judge(raw, 0.0)
    at, found = 0, None
    while at < len(raw) and found is None:
        step = dice.choice((1, 2, 3, 5, 13, 40_000))
        found = cut.judge(raw[at : at + step], 0.0)
        at += step
    assert found == wrong
    if wrong is None:
        assert cut._frames == whole._frames


def test_a_read_full_of_tiny_frames_costs_no_more_than_its_budget(monkeypatch):
    meter, looked = greeted(), []
    count = meter._count
    monkeypatch.setattr(meter, "_count", lambda a, b: looked.append(1) or count(a, b))
    assert meter.judge(PING * 40_000, 0.0) is budget.TOO_MANY
    assert len(looked) == FRAMES + 1
