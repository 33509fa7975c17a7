from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.marks import LINK, NAME, fill, has_unwanted, plain, spaced_link


def test_marks_are_filled_and_none_is_left():
    parts = {"body": f"{NAME}，回复1 {LINK}", "title": "起火"}
    filled = fill(parts, link="https://example.com/a/T", name="王女士")
    assert filled == {"body": "王女士，回复1 https://example.com/a/T", "title": "起火"}


def test_a_link_is_followed_by_a_space_or_the_end():
    filled = fill({"body": f"点{LINK}回复"}, link="https://example.com/a/T", name="")
    assert filled["body"] == "点 https://example.com/a/T 回复"
    assert spaced_link(f"x {LINK}") == f"x {LINK}"


def test_without_a_link_the_mark_goes_and_no_blank_stays():
    assert fill({"body": f"回复1 {LINK}"}, link="", name="")["body"] == "回复1"


def test_typed_text_loses_controls_marks_and_direction_changes():
    assert plain(f"  a\r\n\tb\x00{LINK}{NAME}\u202egpj.\u2066x\ufeff ") == "a b gpj.x"
    assert plain("👨‍👩‍👧 王") == "👨‍👩‍👧 王"


@given(st.text())
def test_no_typed_text_can_hold_a_mark(text: str):
    cleaned = plain(text)
    assert LINK not in cleaned
    assert NAME not in cleaned
    assert not has_unwanted(cleaned)
    assert plain(cleaned) == cleaned


@given(st.text(), st.text())
def test_a_name_cannot_bring_a_link(before: str, name: str):
    filled = fill({"body": f"{plain(before)}{NAME}"}, link="https://x.example", name=name + LINK)
    assert LINK not in filled["body"]
    assert NAME not in filled["body"]
