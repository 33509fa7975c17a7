from __future__ import annotations

from dataclasses import replace

from hub.decide.texts import carries, templates_for
from hub.model import Kind, Playbook, RecipientKind, Stage
from playbooks.load import load, packaged_texts

FIRE = load(packaged_texts()["fire.yaml"], name="fire.yaml")


def said(playbook: Playbook, kind: Kind, stage: Stage, band: str, channel: str) -> str:
    texts = templates_for(playbook, kind=kind, stage=stage, band=band, channel=channel)
    return next(iter(texts.get("en", {}).values()), "")


def test_a_band_reads_its_own_words():
    assert "Leave now" in said(FIRE, Kind.LIVE, Stage.ALERT, "evacuate", "sms")
    assert "Stay inside for now" in said(FIRE, Kind.LIVE, Stage.ALERT, "hold", "sms")


def test_a_band_without_words_of_its_own_reads_the_common_ones():
    assert "You can go home" in said(FIRE, Kind.LIVE, Stage.ALL_CLEAR, "hold", "sms")
    assert "Guide residents" in said(FIRE, Kind.LIVE, Stage.ALL_CLEAR, "staff", "sms")


def test_common_words_go_only_where_a_channel_reaches_the_band():
    assert said(FIRE, Kind.LIVE, Stage.ALL_CLEAR, "screens_site", "sms") == ""
    assert said(FIRE, Kind.LIVE, Stage.ALL_CLEAR, "screens_site", "screen") != ""
    assert said(FIRE, Kind.LIVE, Stage.ALL_CLEAR, "groups", "sms") == ""
    assert said(FIRE, Kind.LIVE, Stage.ALL_CLEAR, "hold", "wecom") == ""


def test_a_test_speaks_as_a_drill_unless_it_has_words_of_its_own():
    assert said(FIRE, Kind.TEST, Stage.ALERT, "hold", "sms").startswith("DRILL")
    own = {"alert": {"hold": {"sms": {"en": {"body": "TEST only"}}}}}
    book = replace(FIRE, words={**FIRE.words, "test": own})
    assert said(book, Kind.TEST, Stage.ALERT, "hold", "sms") == "TEST only"


def test_what_is_not_there_is_nothing():
    assert said(FIRE, Kind.LIVE, Stage.ALERT, "nobody", "sms") == ""
    assert said(FIRE, Kind.LIVE, Stage.ALERT, "hold", "pigeon") == ""


def test_screens_groups_and_people_are_reached_by_their_own_channels():
    assert carries("screen", frozenset({RecipientKind.SCREEN}))
    assert carries("wecom", frozenset({RecipientKind.GROUP}))
    assert carries("sms", frozenset({RecipientKind.STAFF, RecipientKind.SCREEN}))
    assert not carries("sms", frozenset({RecipientKind.SCREEN, RecipientKind.GROUP}))
    assert not carries("screen", frozenset({RecipientKind.RESIDENT}))
