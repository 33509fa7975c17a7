from __future__ import annotations

from dataclasses import replace

from hub.model import Kind, Stage
from playbooks.case import Case, variants
from playbooks.load import load
from tests.playbooks.shelf import FIRE, LANGUAGES, POWER, TRAITS

BOOK = load(FIRE, name="fire.yaml")
CASE = Case(BOOK, TRAITS, LANGUAGES)


def test_every_text_of_the_file_is_looked_at():
    assert len({text.path for text in CASE.texts}) == len(CASE.texts) > 150
    assert {text.kind for text in CASE.texts} == {Kind.LIVE, Kind.DRILL}
    assert {text.stage for text in CASE.texts} == set(Stage)


def test_values_lead_through_every_branch():
    fire = list(variants(BOOK, "zh-CN"))
    assert {values["scope_value"] for values in fire} == {
        "site_plan",
        "phased",
        "building",
        "floor",
    }
    assert any(not values["text"] for values in fire)
    assert any(not values["building"] and not values["floor"] for values in fire)
    power = list(variants(load(POWER, name="p.yaml"), "en"))
    assert {bool(values["eta"]) for values in power} == {True, False}


def test_a_text_that_cannot_be_rendered_comes_out_as_nothing():
    text = replace(CASE.texts[0], stage=Stage.UPDATE, band="x", parts={"body": "{{ nowhere }}"})
    assert CASE.rendered(text) == ()
    hostile = replace(text, band="y", parts={"body": "{{ x.__class__ }}"})
    assert CASE.rendered(hostile) == ()


def test_parts_come_from_the_channel_and_the_page_has_its_own():
    assert CASE.parts_of("screen") == ("headline", "action", "detail", "way")
    assert CASE.parts_of("page") == ("title", "do", "facts")
    assert CASE.parts_of("pigeon") == ()
