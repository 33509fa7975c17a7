"""Places as people write them in cells."""

from __future__ import annotations

import pytest

from hub.roster.place_words import NOTHING, Written, read_written


@pytest.mark.parametrize(
    ("text", "building", "entrance"),
    [
        ("3栋", "3", ""),
        ("3#", "3", ""),
        ("3#楼", "3", ""),
        ("３＃", "3", ""),
        ("03栋", "3", ""),
        ("3幢", "3", ""),
        ("A座", "A", ""),
        ("三号楼", "3", ""),
        ("十二栋", "12", ""),
        ("二十一号楼", "21", ""),
        ("第3栋", "3", ""),
        ("3楼", "3", ""),
        ("3号", "3", ""),
        ("3号楼2单元", "3", "2"),
        ("三号楼二单元", "3", "2"),
        ("3#2单元", "3", "2"),
        ("3-2", "3", "2"),
        ("Bldg 3", "3", ""),
        ("bldg. 3", "3", ""),
        ("Building No. 3", "3", ""),
        ("Tower 3", "3", ""),
        ("Block A", "A", ""),
        ("Tower 3 Entrance 2", "3", "2"),
        ("3", "3", ""),
        ("T3", "T3", ""),
        ("3A", "3A", ""),
        ("東棟", "", ""),
        ("东楼", "东", ""),
    ],
)
def test_a_building_column_is_read(text: str, building: str, entrance: str) -> None:
    found = read_written(text, column="building")
    assert (found.building, found.entrance) == (building, entrance)
    assert bool(found.unread) == (not building)


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("12", "12"),
        ("12层", "12"),
        ("12楼", "12"),
        ("十二层", "12"),
        ("12F", "12"),
        ("F12", "12"),
        ("12/F", "12"),
        ("Floor 12", "12"),
        ("12th floor", "12"),
        ("Level 3", "3"),
        ("12A", "12A"),
        ("B1", "B1"),
        ("-1", "B1"),
        ("负一层", "B1"),
        ("地下2层", "B2"),
        ("Basement 1", "B1"),
        ("G", "G"),
        ("Ground floor", "G"),
        ("100", ""),
        ("顶层", ""),
    ],
)
def test_a_floor_column_is_read(text: str, floor: str) -> None:
    found = read_written(text, column="floor")
    assert found.floor == floor
    assert bool(found.unread) == (not floor)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1203", Written(unit="1203")),
        ("1203室", Written(unit="1203")),
        ("1203号", Written(unit="1203")),
        ("#1203", Written(unit="1203")),
        ("０３０２", Written(unit="302")),
        ("Flat 1203", Written(unit="1203")),
        ("Apt. 12D", Written(unit="12D")),
        ("12F", Written(unit="12F")),
        ("12A03", Written(unit="12A03")),
        ("A", Written(unit="A")),
        ("12-1203", Written(unit="1203", lead="12")),
        ("12－1203", Written(unit="1203", lead="12")),
        ("3-2-1203", Written(building="3", middle="2", unit="1203")),
        ("3-2-12-1203", Written(building="3", entrance="2", floor="12", unit="1203")),
        ("2单元1203", Written(entrance="2", unit="1203")),
    ],
)
def test_a_flat_column_is_read(text: str, wanted: Written) -> None:
    assert read_written(text, column="unit") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3栋2单元1203室", Written(building="3", entrance="2", unit="1203")),
        ("3栋2单元12层1203室", Written(building="3", entrance="2", floor="12", unit="1203")),
        ("3#楼1203", Written(building="3", unit="1203")),
        ("3#2-1203", Written(building="3", unit="1203", lead="2")),
        ("3栋地下二层 B2-033", Written(building="3", floor="B2", unit="33")),
        ("3号楼 B1-101", Written(building="3", floor="B1", unit="101")),
        ("Tower 3 B1-12", Written(building="3", floor="B1", unit="12")),
        ("3号1203室", Written(building="3", unit="1203")),
        ("3座12楼A室", Written(building="3", floor="12", unit="A")),
        ("Tower 3, Flat 1203", Written(building="3", unit="1203")),
        ("Flat 1203, Tower 3", Written(building="3", unit="1203")),
        ("Flat B, 12/F, Block 3", Written(building="3", floor="12", unit="B")),
        ("3/12/1203", Written(building="3", floor="12", unit="1203")),
        ("3-1/12/1203", Written(building="3", entrance="1", floor="12", unit="1203")),
        ("3栋-12层-1203", Written(building="3", floor="12", unit="1203")),
        ("3栋 -1层", Written(building="3", floor="B1")),
        ("滨江花园3栋1203", Written(building="3", unit="1203", estate="滨江花园")),
    ],
)
def test_a_combined_place_is_read(text: str, wanted: Written) -> None:
    assert read_written(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["阁楼", "3栋-1层", "3栋4栋1203", "2026-03-02", "1-2-3-4-5", "???", "商铺A-1甲"],
)
def test_what_makes_no_sense_is_kept_as_unread(text: str) -> None:
    assert read_written(text).unread == text.upper()


@pytest.mark.parametrize("text", ["", " ", "-", "--", "/"])
def test_a_dash_says_nothing(text: str) -> None:
    assert read_written(text) == NOTHING
