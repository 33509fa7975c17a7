"""What a site says of itself, and what of it is still a placeholder."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.decide.emergency import contacts_of, numbers_of
from hub.decide.fit import headed
from hub.decide.site import (
    ASSEMBLY,
    NAME,
    SIGNATURE,
    SOURCE,
    own_name,
    signature_in,
    signatures,
    spoken_in,
    still_default,
)
from hub.decide.site_cautions import PLACEHOLDERS, placeholders, site_cautions
from hub.decide.spoken import spoken_place
from hub.model import Place, PlaceId, PlaceKind, SiteId

OWN = {"zh-CN": "滨江东苑", "en": "Riverside East"}
POINT = {"key": "south", "name": {"zh-CN": "南草坪", "en": "the south lawn"}}
SET = {"sms_signature": "滨江物业", "source": {"zh-CN": "滨江"}, "assembly_points": [POINT]}
FRESH = {
    "sms_signature": SIGNATURE,
    "source": spoken_in(SOURCE, ("zh-CN",)),
    "assembly_points": [{"key": "assembly", "name": spoken_in(ASSEMBLY, ("ja",))}],
}


def test_a_fresh_site_is_all_placeholders_and_a_set_one_has_none() -> None:
    assert still_default(NAME, FRESH) == ("name", "sms_signature", "source", "assembly_points")
    assert still_default({}, {}) == ("name", "source", "assembly_points")
    assert still_default(OWN, SET) == ()
    assert still_default(OWN, {**SET, "assembly_points": [POINT, POINT]}) == ()
    assert (own_name(NAME), own_name(OWN)) == ({}, OWN)


def test_words_come_in_chinese_english_and_the_sites_own_languages() -> None:
    assert set(spoken_in(SOURCE, ("ja",))) == {"zh-CN", "en", "ja"}


def test_a_signature_is_only_put_before_texts_of_its_own_language() -> None:
    both = signatures({"sms_signature": "滨江物业", "sms_signatures": {"en": "Riverside"}})
    assert both == {"zh-CN": "滨江物业", "en": "Riverside"}
    assert [signature_in(both, tag) for tag in ("zh-Hant", "en-GB", "ja")] == [
        "滨江物业", "Riverside", "",
    ]  # fmt: skip
    assert signatures({}) == {}


def test_every_placeholder_is_said_in_both_languages_with_the_way_to_set_it() -> None:
    found = dict(site_cautions("site", NAME, FRESH, languages=("zh-CN", "en")))
    assert set(found) == {
        "default_name", "default_sms_signature", "default_assembly_points", "no_gas_firm",
    }  # fmt: skip
    for code in set(found) - {"no_gas_firm"}:
        for text in found[code].values():
            assert "muster site set" in text
            assert "/api/v1/sites/site" in text
    said = placeholders("site", NAME, FRESH, wanted=PLACEHOLDERS)
    assert said is not None
    assert "短信签名" in said["zh-CN"]
    assert "the assembly points" in said["en"]
    assert placeholders("site", OWN, SET, wanted=PLACEHOLDERS) is None


def test_a_language_without_words_and_a_building_without_a_point_are_named() -> None:
    north = {"key": "north", "name": {"zh-CN": "北广场"}, "places": ["3"]}
    settings = {**SET, "assembly_points": [north], "emergency": {"gas": "96777"}}
    found = site_cautions(
        "east", OWN, settings, languages=("zh-CN", "en"), heads=[("3", ""), ("5", "1"), ("6", "")]
    )
    assert [code for code, _ in found] == [
        "source_language", "assembly_points_language", "buildings_without_point",
    ]  # fmt: skip
    assert "北广场" in found[1][1]["zh-CN"]
    assert "5-1, 6" in found[2][1]["en"]


def test_numbers_are_the_sites_the_countrys_and_those_of_its_firms() -> None:
    lift = {"name": {"en": "KONE"}, "number": "400-1"}
    settings = {"country": "HK", "emergency": {"fire": "18", "gas": "96777", "kone": lift, "x": ""}}
    assert numbers_of(settings) == {"fire": "18", "ambulance": "999", "police": "999"}
    found = {one.key: one for one in contacts_of(settings)}
    assert list(found) == ["fire", "ambulance", "police", "gas", "kone"]
    assert found["gas"].name["zh-CN"] == "燃气公司"
    assert (found["kone"].number, found["kone"].name) == ("400-1", {"en": "KONE"})
    assert [one.key for one in contacts_of({"emergency": []})] == ["fire", "ambulance", "police"]


@pytest.mark.parametrize("emergency", [None, "119"])
def test_numbers_that_cannot_be_read_are_the_usual_ones(emergency: object) -> None:
    assert numbers_of({"emergency": emergency})["fire"] == "119"


@pytest.mark.parametrize(
    ("text", "signature", "sent"),
    [
        ("Fire at Tower 3.", "Riverside", "Riverside: Fire at Tower 3."),
        ("Fire at Tower 3.", "Riverside: ", "Riverside: Fire at Tower 3."),
        ("DRILL. No real fire.", "Riverside", "DRILL. Riverside: No real fire."),
        ("Fire", "", "Fire"),
        ("", "Riverside", ""),
    ],
)
def test_a_signature_stands_before_a_text_and_after_the_word_drill(
    text: str, signature: str, sent: str
) -> None:
    assert headed(text, signature) == sent


def test_the_whole_estate_goes_by_its_name_where_it_has_words_in_the_language() -> None:
    said = {tag: spoken_place(None, tag, site_name=OWN) for tag in ("zh-Hant", "en", "ja")}
    assert said == {"zh-Hant": "滨江东苑", "en": "Riverside East", "ja": "敷地内"}
    assert spoken_place(None, "en", site_name=NAME) == "the estate"


def test_a_lobby_whose_name_says_its_building_says_it_once() -> None:
    name = {"zh-CN": "3栋大堂", "en": "Tower 3 lobby"}
    lobby = Place(PlaceId(1), SiteId(1), None, PlaceKind.LOBBY, "3/lobby", building="3", name=name)
    assert {tag: spoken_place(lobby, tag) for tag in name} == name
    plain = replace(lobby, name={"zh-CN": "门厅", "en": "hall"})
    assert spoken_place(plain, "zh-CN") == "3栋门厅"
