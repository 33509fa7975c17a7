"""What numbers in front of a flat mean is decided by looking at the whole building."""

from __future__ import annotations

import pytest

from hub.roster.place_sense import join, sense_of, settle
from hub.roster.place_words import read_written
from hub.roster.problem_words import Code
from hub.roster.values import PlaceParts


def paths(building: str, *flats: str) -> list[str | Code]:
    """The places of flats written so in one building."""
    written = [
        join([read_written(building, column="building"), read_written(f, column="unit")])
        for f in flats
    ]
    clear = [w for w in written if not isinstance(w, Code)]
    assert len(clear) == len(written)
    settled = [settle(w, sense_of(clear)) for w in clear]
    return [p.path if isinstance(p, PlaceParts) else p for p in settled]


def test_the_building_repeated_in_front_is_dropped() -> None:
    assert paths("3", "3-1203", "3-101") == ["3/12/1203", "3/1/101"]


def test_the_floor_repeated_in_front_is_dropped() -> None:
    assert paths("3", "12-1203", "1-101") == ["3/12/1203", "3/1/101"]


def test_other_numbers_in_front_are_entrances() -> None:
    assert paths("3", "1-301", "2-301", "3-301") == ["3-1/3/301", "3-2/3/301", "3-3/3/301"]


def test_without_a_building_column_the_first_number_is_the_building() -> None:
    assert paths("", "12-1203", "3-2-1203") == ["12/12/1203", "3-2/12/1203"]


def test_a_number_between_is_the_entrance() -> None:
    assert paths("", "3-1-101", "3-1-201", "3-2-201") == ["3-1/1/101", "3-1/2/201", "3-2/2/201"]


def test_a_number_between_that_always_is_the_floor_is_the_floor() -> None:
    assert paths("", "3-1-101", "3-12-1203") == ["3/1/101", "3/12/1203"]


def test_a_room_number_and_a_floor_make_the_flat() -> None:
    assert paths("3", "12层3室") == ["3/12/1203"]
    assert paths("3", "12层A室") == ["3/12/12A"]


@pytest.mark.parametrize(
    ("building", "flat", "code"),
    [
        ("", "1203", Code.PLACE_NO_BUILDING),
        ("3", "7", Code.PLACE_NO_FLOOR),
        ("3", "10301", Code.PLACE_NO_FLOOR),
    ],
)
def test_what_is_missing_is_named(building: str, flat: str, code: Code) -> None:
    assert paths(building, flat) == [code]


def test_cells_that_contradict_each_other_do_not_join() -> None:
    cells = [read_written("3栋", column="building"), read_written("4栋1203")]
    assert join(cells) is Code.PLACE_MISMATCH


def test_an_unreadable_cell_spoils_the_place() -> None:
    assert join([read_written("3栋", column="building"), read_written("阁楼")]) is Code.PLACE_UNREAD
