from __future__ import annotations

from dataclasses import replace

import pytest

from hub.decide.fit import overflow, signed
from hub.model import Wording
from hub.ports import Traits

SCREEN = Traits("screen", ("headline", "action", "detail", "way"), 400, personal=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3栋起火", "【滨江】3栋起火"),
        ("【演练】3栋起火", "【演练】【滨江】3栋起火"),
        ("【更正】误发", "【滨江】【更正】误发"),
        ("", ""),
    ],
)
def test_the_signature_stands_in_front_but_drill_before_it(text: str, expected: str):
    assert signed(text, "滨江") == expected
    assert signed(text, "【滨江】") == expected
    assert signed(text, "") == text


def test_a_screen_never_stops_a_launch():
    long = Wording("b", "screen", "en", {"headline": "x" * 1000})
    assert overflow(long, SCREEN) is None
    assert overflow(replace(long, channel="wecom"), Traits("wecom", ("body",), 999, "bytes"))
    assert overflow(replace(long, channel="push"), Traits("push", ("body",), 999))
    assert overflow(replace(long, channel="sms"), None) is None


SMS = Traits("sms", ("body",), 6, "segments")


@pytest.mark.parametrize(
    ("language", "body", "segments", "fits"),
    [
        ("en", "Fire at 翡翠苑, Building 3", 10, True),
        ("en", "Fire at 翡翠苑, Building 3", 11, False),
        ("en", "Fire at Jade Court, Building 3", 7, False),
        ("zh-CN", "翡翠苑3栋起火", 7, False),
    ],
)
def test_a_chinese_name_in_another_script_stops_no_launch(
    language: str, body: str, segments: int, *, fits: bool
) -> None:
    text = Wording("b", "sms", language, {"body": body}, segments)
    assert overflow(text, SMS)
    assert (overflow(text, SMS, names=True) is None) is fits
