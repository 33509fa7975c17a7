from __future__ import annotations

from dataclasses import replace

import pytest

from hub.decide.spoken import (
    choose_language,
    in_language,
    options_of,
    spoken_building,
    spoken_floor,
    spoken_minutes,
    spoken_place,
)
from hub.model import Place, PlaceId, PlaceKind, SiteId, Words


def place(kind: PlaceKind, path: str, *, name: Words | None = None, **fields: str) -> Place:
    return Place(PlaceId(1), SiteId(1), None, kind, path, name=name or {}, **fields)  # type: ignore[arg-type]


BUILDING = place(PlaceKind.BUILDING, "3", building="3")
FLOOR = place(PlaceKind.FLOOR, "3/12", building="3", floor="12")
UNIT = place(PlaceKind.UNIT, "3/12/1203", building="3", floor="12", unit="1203")
ENTRANCE = place(PlaceKind.ENTRANCE, "3-1", building="3", entrance="1")
DEEP = place(PlaceKind.UNIT, "3-2/12/1203", building="3", entrance="3-2", floor="12", unit="1203")
LOBBY = place(PlaceKind.LOBBY, "3/lobby", building="3")
LIFT = place(PlaceKind.LIFT, "3-1/lift-2", building="3", entrance="1")
SPOT = place(PlaceKind.SPOT, "gate", name={"zh-CN": "2号门", "en": "gate 2"})


@pytest.mark.parametrize(
    ("where", "chinese", "english"),
    [
        (None, "小区", "the estate"),
        (place(PlaceKind.SITE, ""), "小区", "the estate"),
        (BUILDING, "3栋", "Tower 3"),
        (ENTRANCE, "3栋1单元", "Tower 3, entrance 1"),
        (FLOOR, "3栋12层", "Tower 3, floor 12"),
        (UNIT, "3栋1203室", "Tower 3, flat 1203"),
        (DEEP, "3栋2单元1203室", "Tower 3, entrance 2, flat 1203"),
        (LOBBY, "3栋大堂", "Tower 3 lobby"),
        (LIFT, "3栋1单元2号梯", "Tower 3, entrance 1 lift 2"),
        (SPOT, "2号门", "gate 2"),
    ],
)
def test_a_place_is_said_as_people_say_it(where: Place | None, chinese: str, english: str):
    assert spoken_place(where, "zh-CN") == chinese
    assert spoken_place(where, "en") == english


def test_a_building_goes_by_its_own_name():
    named = place(PlaceKind.BUILDING, "A", building="A", name={"zh-CN": "紫荆阁", "en": "Bauhinia"})
    assert spoken_place(named, "zh-CN") == "紫荆阁"
    assert spoken_place(FLOOR, "en", building_name={"en": "Bauhinia"}) == "Bauhinia, floor 12"
    assert spoken_place(FLOOR, "zh-CN", building_name={"zh-CN": "紫荆阁"}) == "紫荆阁12层"


@pytest.mark.parametrize(
    ("building", "chinese", "english"),
    [
        ("3", "3栋", "Tower 3"),
        ("12A", "12A栋", "Tower 12A"),
        ("B", "B栋", "Tower B"),
        ("紫荆阁", "紫荆阁", "紫荆阁"),
        ("3号楼", "3号楼", "3号楼"),
        ("Rose House", "Rose House栋", "Rose House"),
        ("", "", ""),
    ],
)
def test_a_building_without_a_name_is_numbered(building: str, chinese: str, english: str):
    assert spoken_building(building, "zh-CN") == chinese
    assert spoken_building(building, "en") == english


def test_basements_are_said_as_such():
    assert spoken_floor("B1", "zh-CN") == "地下1层"
    assert spoken_floor("-2", "en") == "basement 2"
    assert spoken_floor("", "en") == ""


@pytest.mark.parametrize(
    ("wanted", "available", "site", "expected"),
    [
        ("zh-CN", ["zh-CN", "en"], [], "zh-CN"),
        ("zh-cn", ["zh-CN", "en"], [], "zh-CN"),
        ("zh-TW", ["zh-CN", "en"], [], "zh-CN"),
        ("zh_HK", ["en", "zh-CN"], [], "zh-CN"),
        ("en-GB", ["zh-CN", "en"], [], "en"),
        ("fr", ["zh-CN", "en"], ["zh-CN"], "en"),
        ("fr", ["zh-CN", "ko"], ["ko", "zh-CN"], "ko"),
        ("fr", ["ja", "ko"], ["zh-CN"], "ja"),
        ("", ["zh-CN", "en"], [], "en"),
    ],
)
def test_the_nearest_language_is_chosen(
    wanted: str, available: list[str], site: list[str], expected: str
):
    assert choose_language(wanted, available, site) == expected


def test_words_in_the_nearest_language_or_the_fallback():
    assert in_language({"zh-CN": "火警", "en": "Fire"}, "en-US") == "Fire"
    assert in_language({"zh-CN": "", "en": "Fire"}, "zh-CN") == "Fire"
    assert in_language({}, "en", "none") == "none"


def test_minutes_are_said_in_words():
    assert spoken_minutes("40", "zh-CN") == "40分钟"
    assert spoken_minutes("1", "en") == "1 minute"
    assert spoken_minutes("soon", "en") == "soon"


def test_options_come_from_the_settings_and_broken_ones_are_left_out():
    settings = {
        "assembly_points": [
            {"key": "lawn", "name": {"en": "the lawn"}}, {"key": "", "name": {}}, "x", {"key": "y"},
        ]
    }  # fmt: skip
    assert options_of("assembly_points", settings) == [("lawn", {"en": "the lawn"})]
    assert options_of("assembly_points", {"assembly_points": "lawn"}) == []
    assert options_of("assembly_points", {}) == []


@pytest.mark.parametrize(
    ("language", "floor", "lobby", "estate", "minutes"),
    [
        ("zh-HK", "3座12樓", "3座大堂", "屋苑", "5分鐘"),
        ("zh-TW", "3棟12樓", "3棟大廳", "社區", "5分鐘"),
        ("ja", "3号棟12階", "3号棟のロビー", "敷地内", "5分"),
        ("ko-KR", "3동 12층", "3동 로비", "단지", "5분"),
        ("ar", "البرج 3، الطابق 12", "البرج 3، البهو", "المجمّع السكني", "5 دقائق"),
        ("fr", "Tower 3, floor 12", "Tower 3 lobby", "the estate", "5 minutes"),
    ],
)
def test_other_languages_name_places_in_their_own_words(
    language: str, floor: str, lobby: str, estate: str, minutes: str
) -> None:
    here = Place(PlaceId(1), SiteId(1), None, PlaceKind.FLOOR, "3/12", building="3", floor="12")
    assert spoken_place(here, language) == floor
    hall = replace(here, kind=PlaceKind.LOBBY, path="3/lobby", floor="")
    assert spoken_place(hall, language) == lobby
    assert spoken_place(None, language) == estate
    assert spoken_minutes("5", language) == minutes


def test_a_building_with_a_name_is_not_numbered_in_any_script() -> None:
    assert spoken_building("翠華閣", "zh-HK") == "翠華閣"
    assert spoken_building("Maple House", "ar") == "Maple House"
    assert spoken_floor("B2", "zh-HK") == "地庫2樓"
    assert spoken_minutes("1", "ar") == "دقيقة واحدة"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "3栋12层"),
        ("en", "Building 3, Floor 12"),
        ("zh-HK", "3座12樓"),
        ("ja", "3号棟12階"),
        ("ar", "البرج 3، الطابق 12"),
    ],
)
def test_the_numbers_an_import_names_are_said_in_the_readers_words(
    language: str, said: str
) -> None:
    floor = place(
        PlaceKind.FLOOR,
        "3/12",
        name={"zh-CN": "12层", "en": "Floor 12"},
        building="3",
        floor="12",
    )
    building = {"zh-CN": "3栋", "en": "Building 3"}
    assert spoken_place(floor, language, building_name=building) == said
    cellar = replace(floor, floor="B1", name={"zh-CN": "地下1层", "en": "Basement 1"})
    assert spoken_place(cellar, "ja", building_name=building) == "3号棟地下1階"


def test_a_name_that_says_more_than_a_number_is_kept_in_every_language() -> None:
    garden = place(PlaceKind.UNIT, "3/1/101", name={"zh-CN": "花园", "en": "Garden"}, unit="101")
    assert spoken_place(garden, "ja") == "Garden"
    assert spoken_place(garden, "zh-HK") == "花园"
    own = {"zh-CN": "3栋", "zh-HK": "第三座"}
    assert spoken_building("3", "zh-HK", own) == "第三座"


SHOPS = {"zh-CN": "1期商铺", "en": "Phase 1, Shops"}


def test_a_shop_is_said_once_and_with_its_group() -> None:
    own = {"zh-CN": "商铺S03", "en": "Shop S03"}
    shop = place(PlaceKind.UNIT, "商铺/S03", building="商铺", unit="S03", name=own)
    bare = {"zh-CN": "商铺", "en": "Shops"}
    assert spoken_place(shop, "zh-CN", building_name=bare) == "商铺S03"
    assert spoken_place(shop, "en", building_name=bare) == "Shop S03"
    assert spoken_place(shop, "zh-CN", building_name=SHOPS) == "1期商铺S03"
    assert spoken_place(shop, "en", building_name=SHOPS) == "Phase 1, Shop S03"


def test_a_language_without_words_of_its_own_says_a_phase_in_english() -> None:
    name = {"zh-CN": "1期1栋", "en": "Phase 1, Building 1"}
    assert spoken_building("1期1", "es", name) == "Phase 1, Building 1"
    assert spoken_building("1期1", "zh-Hant", name) == "1期1棟"
