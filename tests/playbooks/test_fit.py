from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model import Stage
from playbooks.case import Case, Finding
from playbooks.fit import screens_have_room, texts_fit_their_channel, width
from playbooks.load import load
from tests.playbooks.shelf import FIRE, LANGUAGES, TRAITS

BOOK = load(FIRE, name="fire.yaml")


def findings(channel: str, language: str, **parts: str) -> list[Finding]:
    case = Case(BOOK, TRAITS, LANGUAGES)
    text = next(
        one
        for one in case.texts
        if (one.stage, one.channel, one.language) == (Stage.ALERT, channel, language)
    )
    only = Case(BOOK, TRAITS, LANGUAGES)
    only.__dict__["texts"] = (replace(text, parts={**text.parts, **parts}),)
    return [*screens_have_room(only), *texts_fit_their_channel(only)]


@pytest.mark.parametrize(
    ("text", "em"), [("", 0), ("3 栋 12 层起火", 7), ("【演练】", 4), ("Fire", 2), ("，", 1)]
)
def test_a_line_is_measured_in_characters_of_full_width(text: str, em: float):
    assert width(text) == em


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        # The mock pages of the design: each of these is on a wall today.
        ("zh-CN", {"headline": "3 栋 12 层起火", "action": "立即离开大楼 请勿上楼"}),
        ("zh-CN", {"headline": "【演练】3 栋 12 层起火"}),
        ("zh-CN", {"headline": "3 栋火警已解除", "action": "可以回家 电梯已恢复"}),
        ("en", {"headline": "DRILL: fire at Tower 3, floor 12"}),
        ("en", {"action": "Leave the building now. Do not go upstairs."}),
        ("en", {"action": "You may go home. The lifts are back in use."}),
        ("en", {"detail": "Floor 12 stays closed. Ask the office in the lobby."}),
    ],
)
def test_what_the_design_shows_fits(language: str, parts: dict[str, str]):
    assert findings("screen", language, **parts) == []


@pytest.mark.parametrize(
    ("language", "part", "words"),
    [
        ("zh-CN", "headline", "一" * 13),
        ("en", "headline", "x" * 37),
        ("zh-CN", "action", "一" * 15),
        ("en", "way", "x" * 49),
        ("zh-CN", "detail", "一" * 25),
    ],
)
def test_a_line_too_long_is_refused_at_its_part(language: str, part: str, words: str):
    (finding,) = findings("screen", language, **{part: words})
    assert finding.path[-1] == part
    assert "the type never shrinks" in finding.hint


def test_what_the_operator_adds_may_wrap():
    template = "{% if text %}{{text}}{{text}}{{text}}{% else %}请勿返回{% endif %}"
    assert findings("screen", "zh-CN", detail=template) == []
    assert findings("screen", "zh-CN", action=template) != []


def test_an_sms_is_counted_with_signature_and_link():
    assert findings("sms", "zh-CN", body="火" * (6 * 67 - 8)) == []
    assert findings("sms", "zh-CN", body="火" * (6 * 67 - 7)) != []
    assert findings("sms", "en", body="x" * (6 * 153 - 49) + " {{link}}") == []
    assert findings("sms", "en", body="x" * (6 * 153 - 48) + " {{link}}") != []


def test_a_group_text_is_counted_in_bytes():
    assert findings("wecom", "zh-CN", title="", body="火" * 682) == []
    assert findings("wecom", "zh-CN", title="", body="火" * 683) != []
