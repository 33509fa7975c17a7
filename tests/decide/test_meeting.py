"""Where people of each building meet, from the setting to the words everyone reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.decide.audience import audience
from hub.decide.ground import survey
from hub.decide.meeting import (
    OWN,
    base_band,
    divided,
    met,
    number_of,
    point_for,
    points_of,
    reached,
    settle_meeting,
    takes_place,
    used_points,
)
from hub.decide.told import Facts
from hub.decide.variables import meeting_by_band, variables
from hub.model import Place, PlaceId, PlaceKind, Playbook, SiteId
from hub.plans import Person, Spot
from playbooks.load import Library

NOW = datetime(2026, 12, 1, 2, 41, tzinfo=UTC)
FIRE = next(one for one in Library.packaged().all() if one.key == "fire")
SOUTH = {"key": "south", "name": {"zh-CN": "南草坪", "en": "the south lawn"}, "places": ["1"]}
NORTH = {
    "key": "north",
    "name": {"zh-CN": "北广场", "en": "the north plaza"},
    "places": ["2", "3-1"],
}
REST = {"key": "rest", "name": {"zh-CN": "西门外", "en": "the west gate"}}
POINTS = [SOUTH, NORTH, REST]
SETTINGS = {"assembly_points": POINTS}
SPOTS = [
    Spot(n, "unit", f"{b}/1/{n}", b, e, "1", 1)
    for n, (b, e) in enumerate([("1", ""), ("2", ""), ("3", "1"), ("3", "2")], start=1)
] + [Spot(9, "floor", "4/1", "4", "", "1", 1), Spot(10, "lobby", "1/lobby", "1", "", "", None)]
ALL = {"assembly_point": OWN, "scope": "phased"}


def place(building: str, entrance: str = "") -> Place:
    head = f"{building}-{entrance}" if entrance else building
    return Place(
        PlaceId(1), SiteId(1), None, PlaceKind.BUILDING, head, building=building, entrance=entrance
    )


@pytest.mark.parametrize(
    ("building", "entrance", "key"),
    [
        ("1", "", "south"),
        ("1", "2", "south"),
        ("3", "1", "north"),
        ("3", "2", "rest"),
        ("9", "", "rest"),
    ],
)
def test_a_building_goes_to_its_own_point_else_to_that_of_all(
    building: str, entrance: str, key: str
) -> None:
    assert point_for(POINTS, building, entrance) == key
    assert point_for([SOUTH], "9") == ""


def test_what_is_no_list_of_points_is_none() -> None:
    assert points_of({"assembly_points": "south"}) == points_of({}) == []
    assert points_of({"assembly_points": [SOUTH, "x", {"name": {}}]}) == [SOUTH]


def test_the_points_of_a_place_are_those_of_its_buildings() -> None:
    assert reached(POINTS, SPOTS, None) == ["south", "north", "rest"]
    assert reached(POINTS, SPOTS, place("1")) == ["south"]
    assert reached(POINTS, SPOTS, place("3", "1")) == ["north", "rest"]
    assert reached(POINTS, [], place("2")) == ["north"]
    assert reached(POINTS, [], None) == []


def test_one_building_is_one_point_and_the_playbook_stays_as_it_is() -> None:
    book, values = settle_meeting(FIRE, ALL, SETTINGS, SPOTS, place("2"))
    assert (book, values["assembly_point"]) == (FIRE, "north")
    book, values = settle_meeting(FIRE, ALL, {"assembly_points": [SOUTH]}, SPOTS, place("9"))
    assert (book, values["assembly_point"]) == (FIRE, "south")


def test_a_point_somebody_chose_is_everybodys() -> None:
    chosen = {**ALL, "assembly_point": "rest"}
    assert settle_meeting(FIRE, chosen, SETTINGS, SPOTS, None) == (FIRE, chosen)


def people() -> list[Person]:
    flats = [(n, "resident", n, "zh-CN", "[]", False, 1) for n in (1, 2, 3, 4)]
    return [
        *flats,
        (5, "staff", None, "en", "[]", False, 1),
        (6, "screen", 10, "zh-CN", "[]", False, 1),
    ]


def split() -> tuple[Playbook, dict[str, str]]:
    return settle_meeting(FIRE, ALL, SETTINGS, SPOTS, None)


def test_the_whole_site_is_divided_and_everyone_is_in_the_band_of_their_point() -> None:
    book, values = split()
    assert values["assembly_point"] == OWN
    assert met("assembly_point", values) == {"1": "south", "2": "north", "3": "rest"}
    ground = survey(None, SPOTS, bands=book.bands)
    found = audience(people(), SPOTS, bands=book.bands, ground=ground, languages=("zh-CN", "en"))
    assert {row.recipient: row.band for row in found.told} == {
        1: "evacuate__1", 2: "evacuate__2", 3: "evacuate__2", 4: "evacuate__3",
        5: "staff", 6: "screens_building__1",
    }  # fmt: skip


def test_each_divided_band_says_its_own_point_and_staff_hear_of_all() -> None:
    book, values = split()
    facts = Facts(place=None, params=values, settings=SETTINGS, issued_at=NOW, code="F-1")
    own = meeting_by_band(book, facts, languages=("zh-CN", "en"))
    assert own["evacuate__2"]["zh-CN"]["assembly_point"] == "北广场"
    assert own["evacuate__3"]["en"]["assembly_point"] == "the west gate"
    assert "evacuate" not in own
    said = {tag: variables(book, facts, language=tag)["assembly_point"] for tag in ("zh-CN", "en")}
    assert said == {
        "zh-CN": "南草坪或北广场或西门外",
        "en": "the south lawn or the north plaza or the west gate",
    }


def test_the_frozen_document_of_a_divided_playbook_can_be_thawed() -> None:
    book, values = split()
    again = Library.packaged().thaw(book.source)
    assert [one.key for one in again.bands] == [one.key for one in book.bands]
    assert again.words["live"]["alert"]["evacuate__1"] == FIRE.words["live"]["alert"]["evacuate"]
    assert [one.bands for one in again.waves] == [one.bands for one in book.waves]
    facts = Facts(place=None, params=values, settings=SETTINGS, issued_at=NOW, code="F-1")
    assert meeting_by_band(again, facts, languages=("en",)) == meeting_by_band(
        book, facts, languages=("en",)
    )


def test_a_point_that_is_gone_leaves_no_key_in_a_text() -> None:
    facts = Facts(place=None, params={"assembly_point": OWN}, settings={}, issued_at=NOW, code="F")
    assert variables(FIRE, facts, language="en")["assembly_point"] == "the open ground outside"


def test_keys_of_divided_bands_are_read_back() -> None:
    assert (base_band("evacuate__2"), base_band("hold")) == ("evacuate", "hold")
    assert (number_of("evacuate__2"), number_of("hold")) == ("2", "")
    assert divided(FIRE, POINTS, ["south"]) is FIRE


def test_takes_place_goes_by_the_nearest_name() -> None:
    bands = {one.key: one for one in split()[0].bands}
    south, north, rest = (bands[f"evacuate__{n}"] for n in (1, 2, 3))
    assert takes_place(bands["staff"], "", "")
    assert not takes_place(south, "", "")
    assert takes_place(south, "1", "2")
    assert takes_place(north, "3", "1")
    assert not takes_place(north, "3", "2")
    assert takes_place(rest, "3", "2")
    assert not takes_place(rest, "3", "1")
    assert not takes_place(rest, "1", "2")
    assert takes_place(replace(rest, outside=frozenset()), "1", "2")


def test_the_points_an_incident_needs_are_known_from_its_records() -> None:
    _, values = split()
    parameters = FIRE.source["parameters"]
    assert used_points(parameters, values) == {"south", "north", "rest"}
    assert used_points(parameters, {"assembly_point": "south"}) == {"south"}
    assert used_points(parameters, {}) == set()
