from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hub.decide.variables import (
    BUILT_IN,
    Facts,
    public_place,
    sample,
    variables,
    variables_by_language,
)
from hub.model import Parameter, Place, PlaceId, PlaceKind, SiteId
from playbooks.load import load, packaged_texts

FIRE = load(packaged_texts()["fire.yaml"], name="fire.yaml")
POWER = load(packaged_texts()["power-outage.yaml"], name="power-outage.yaml")
UNIT = Place(
    PlaceId(1), SiteId(1), None, PlaceKind.UNIT, "3/12/1203",
    building="3", floor="12", unit="1203",
)  # fmt: skip
BUILDING_DEEP = replace(POWER, place_depth="building")
AT = datetime(2026, 11, 21, 18, 41, tzinfo=UTC)
LAWN = {"key": "lawn", "name": {"zh-CN": "南草坪", "en": "the south lawn"}}
GATE = {"key": "gate", "name": {"zh-CN": "2号门", "en": "gate 2"}}


def facts(**changes: object) -> Facts:
    plain = Facts(place=UNIT, params={}, settings={}, issued_at=AT, code="F-1")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_nobody_reads_whose_flat_it_is():
    assert variables(FIRE, facts(), language="zh-CN")["place"] == "3栋12层"
    assert variables(BUILDING_DEEP, facts(), language="en")["place"] == "Tower 3"
    assert public_place(UNIT, "unit") is UNIT


def test_a_place_is_cut_to_what_the_playbook_speaks_of():
    floor = replace(UNIT, kind=PlaceKind.FLOOR, unit="", entrance="1")
    assert variables(FIRE, facts(place=floor), language="zh-CN")["place"] == "3栋1单元12层"
    assert variables(BUILDING_DEEP, facts(place=floor), language="zh-CN")["place"] == "3栋1单元"
    assert variables(BUILDING_DEEP, facts(place=floor), language="en")["floor"] == ""
    lobby = replace(UNIT, kind=PlaceKind.LOBBY, path="3/lobby", floor="", unit="")
    assert variables(BUILDING_DEEP, facts(place=lobby), language="en")["place"] == "Tower 3 lobby"


def test_times_are_clocks_of_the_site():
    found = variables(
        FIRE,
        facts(
            settings={"timezone": "Europe/London"},
            next_update_at=AT.replace(minute=51),
            original_at=AT.replace(minute=30),
        ),
        language="en",
    )
    assert (found["issued"], found["next_update"]) == ("18:41", "18:51")
    assert found["time_of_original"] == "18:30"
    assert variables(FIRE, facts(), language="en")["issued"] == "02:41"


def test_the_assembly_point_is_the_first_of_the_site_unless_one_is_chosen():
    settings = {"assembly_points": [LAWN, GATE]}
    first = variables(FIRE, facts(settings=settings), language="zh-CN")
    assert (first["assembly_point"], first["assembly_point_value"]) == ("南草坪", "lawn")
    chosen = facts(settings=settings, params={"assembly_point": "gate"})
    assert variables(FIRE, chosen, language="en")["assembly_point"] == "gate 2"


def test_a_fresh_hub_without_assembly_points_still_says_where_to_go():
    assert variables(FIRE, facts(), language="en")["assembly_point"] == "the open ground outside"
    assert variables(FIRE, facts(), language="zh-CN")["assembly_point"] == "楼外空旷处"


def test_an_assembly_point_typed_by_hand_is_said_as_typed():
    typed = facts(params={"assembly_point": "北门"})
    assert variables(FIRE, typed, language="zh-CN")["assembly_point"] == "北门"


def test_a_choice_gives_its_words_and_its_value():
    found = variables(FIRE, facts(params={"scope": "building"}), language="zh-CN")
    assert (found["scope"], found["scope_value"]) == ("整栋", "building")
    assert variables(FIRE, facts(), language="en")["scope_value"] == "site_plan"


def test_who_says_so_and_whom_to_call_come_from_the_site():
    settings = {"source": {"en": "Night desk"}, "emergency": {"fire": "18"}}
    found = variables(FIRE, facts(settings=settings), language="en")
    assert (found["source"], found["fire_number"]) == ("Night desk", "18")
    assert found["ambulance_number"] == "120"
    assert variables(FIRE, facts(), language="zh-CN")["source"] == "小区物业值班经理"


def test_the_whole_estate_has_no_building():
    found = variables(FIRE, facts(place=None), language="zh-CN")
    assert (found["place"], found["building"], found["floor"]) == ("小区", "", "")


def test_a_building_with_a_name_goes_by_it():
    named = facts(building_name={"zh-CN": "紫荆阁"})
    assert variables(FIRE, named, language="zh-CN")["place"] == "紫荆阁12层"
    assert variables(FIRE, named, language="zh-CN")["building"] == "紫荆阁"


def test_minutes_are_said_in_words():
    minutes = Parameter("wait", {"en": "Wait"}, "minutes", "40")
    book = replace(POWER, parameters=(minutes,))
    assert sample(book, language="en")["wait"] == "40 minutes"
    assert variables(book, facts(), language="en")["wait"] == "40 minutes"


def test_every_language_gets_all_variables_of_the_list():
    found = variables_by_language(FIRE, facts(), languages=("zh-CN", "en"))
    wanted = set(BUILT_IN) - {"link", "name"}
    assert all(wanted < set(values) for values in found.values())
    assert all(wanted < set(sample(FIRE, language=tag)) for tag in ("zh-CN", "en"))
    named = {key for key in variables(POWER, facts(), language="en") if ":" not in key}
    assert set(sample(POWER, language="en")) == named
