from __future__ import annotations

import pytest

from hub.decide.real_words import TONGUES, real_values, told_of_real
from hub.decide.target import Target
from hub.decide.texts import templates_for
from hub.decide.wording import names_in, render
from hub.model import Kind, Place, PlaceId, PlaceKind, SiteId, Stage
from tests.launch_estate import shipped

FIRE = shipped().get("fire")
assert FIRE is not None
FLAT = Place(PlaceId(1), SiteId(1), None, PlaceKind.UNIT, "3/12/1203", "3", "", "12", 12, "1203")
GIVEN = {"issued", "source", "link", "real_name", "real_place", "real_number"}


def test_everybody_of_the_drill_is_told_by_the_channel_they_were_told_by() -> None:
    playbook = told_of_real(FIRE, "drill", ["zh-CN", "en"])
    for band, channels in (
        ("evacuate", ["sms", "voice", "push", "page"]),
        ("staff", ["sms", "page"]),
        ("screens_site", ["screen"]),
        ("groups", ["wecom"]),
    ):
        for channel in channels:
            texts = templates_for(
                playbook, kind=Kind.DRILL, stage=Stage.CORRECTION, band=band, channel=channel
            )
            assert set(texts) == {"zh-CN", "en"}, (band, channel)


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("zh-HK", "zh-Hant"), ("en-GB", "en"), ("fr", "en"), ("ja", "ja"), ("zh-CN", "zh-CN")],
)
def test_another_language_hears_the_nearest_there_is(wanted: str, spoken: str) -> None:
    playbook = told_of_real(FIRE, "drill", [wanted])
    said = playbook.words["drill"]["correction"]["*"]["sms"][wanted]["body"]
    assert said == TONGUES[spoken].body


@pytest.mark.parametrize("language", TONGUES)
def test_every_text_can_be_written(language: str) -> None:
    values = dict.fromkeys(GIVEN, "X")
    for name in TONGUES[language].__slots__:
        said = getattr(TONGUES[language], name)
        assert names_in(said) <= GIVEN
        assert render(said, values)


def test_nobodys_flat_is_named() -> None:
    said = real_values(FIRE, Target(FLAT, "3/12/1203", {}), {"country": "CN"}, language="en")
    assert said == {"real_name": "Fire", "real_place": "Tower 3, floor 12", "real_number": "119"}
