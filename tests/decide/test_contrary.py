"""What is added against what its readers are told."""

from __future__ import annotations

import pytest

from hub.decide.contrary import Told, contrary, says, standing
from hub.model import Wording

LEAVE, STAY, RETURN = Told.LEAVE, Told.STAY, Told.RETURN


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("请全体住户立即撤离", {LEAVE}),
        ("请走楼梯下楼", {LEAVE}),
        ("Please evacuate now", {LEAVE}),
        ("Everybody leave by stair B", {LEAVE}),
        ("请大家留在家中", {STAY}),
        ("不要离开房间", {STAY}),
        ("请勿下楼", {STAY}),
        ("Do not leave your flat", {STAY}),
        ("Stay inside", {STAY}),
        ("所有人可以回家了", {RETURN}),
        ("Everybody may go back", {RETURN}),
        ("It is safe to return", {RETURN}),
        ("危险已过", {RETURN}),
        ("已下楼的请勿返回", set()),
        ("Do not go back in", set()),
        ("A梯有烟，请走B梯", set()),
        ("Stair A has smoke, use stair B", set()),
        ("消防队已到场", set()),
        ("The lift is stuck on floor 3", set()),
        ("Leave your door unlocked? No: leave the lights on", set()),
    ],
)
def test_what_words_tell_people_to_do(words: str, told: set[Told]) -> None:
    assert says(words) == told


def wording(band: str, text: str) -> Wording:
    return Wording(band, "sms", "en", {"body": text}, 1)


STANDS = standing(
    [
        wording("evacuate", "Take the stairs. Smoke outside: stay in."),
        wording("hold", "Stay inside for now. If told to, leave."),
        wording("screens", "Stay inside"),
        wording("staff", "Keep your post"),
    ]
)
BANDS = (
    ("evacuate", {"en": "Leave first"}, 118),
    ("hold", {"en": "Stay"}, 177),
    ("screens", {"en": "Screens"}, 0),
    ("staff", {"en": "Staff"}, 21),
)


def test_a_bands_own_words_say_what_it_is_told() -> None:
    assert STANDS == {"evacuate": LEAVE, "hold": STAY, "screens": STAY}


@pytest.mark.parametrize(
    ("added", "bands"),
    [
        ("Everybody may go back", {"evacuate": RETURN, "hold": RETURN}),
        ("Leave now", {"hold": LEAVE}),
        ("Stay inside", {"evacuate": STAY}),
        ("Leave now or stay inside", {}),
        ("Stair A has smoke", {}),
        ("", {}),
    ],
)
def test_the_bands_it_speaks_against(added: str, bands: dict[str, Told]) -> None:
    found = contrary({"en": added} if added else {}, STANDS, BANDS)
    assert {one.band: one.says for one in found} == bands
    assert all(one.to_json()["people"] > 0 for one in found)


def test_any_language_of_what_was_added_counts() -> None:
    (one,) = contrary({"zh-CN": "请立即撤离", "en": "See above"}, STANDS, BANDS)
    assert one.to_json() == {
        "band": "hold",
        "name": {"en": "Stay"},
        "people": 177,
        "told": "stay",
        "says": "leave",
    }
