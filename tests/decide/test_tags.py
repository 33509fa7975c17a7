"""Which language is nearest, and how it runs."""

from __future__ import annotations

import pytest

from hub.decide.spoken import choose_language
from hub.tags import direction, script


@pytest.mark.parametrize(
    ("wanted", "available", "chosen"),
    [
        ("zh-HK", ["zh-CN", "en", "zh-Hant"], "zh-Hant"),
        ("zh-HK", ["zh-CN", "zh-TW", "en"], "zh-TW"),
        ("zh-HK", ["zh-CN", "en"], "zh-CN"),
        ("zh-TW", ["zh-CN", "zh-HK"], "zh-HK"),
        ("zh-MO", ["zh-TW", "zh-Hant", "zh-CN"], "zh-Hant"),
        ("yue-HK", ["zh-CN", "zh-HK"], "zh-HK"),
        ("zh-Hant-HK", ["zh-TW", "zh-HK"], "zh-HK"),
        ("zh", ["zh-HK", "zh-CN"], "zh-CN"),
        ("zh-SG", ["zh-HK", "zh-Hans"], "zh-Hans"),
        ("pt-BR", ["pt-PT", "pt", "en"], "pt"),
        ("pt-BR", ["en", "zh-CN"], "en"),
        ("en-GB", ["en-US", "en"], "en"),
        ("ZH-hk", ["zh-HK"], "zh-HK"),
        ("nb", ["no", "en"], "no"),
        ("fr", ["zh-CN", "ja"], "ja"),  # the site's first
        ("", ["zh-CN", "en"], "en"),
    ],
)
def test_the_nearest_language_is_chosen(wanted: str, available: list[str], chosen: str) -> None:
    assert choose_language(wanted, available, ["ja"]) == chosen


@pytest.mark.parametrize(
    ("tag", "way"),
    [
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("iw", "rtl"),
        ("fa", "rtl"),
        ("ur", "rtl"),
        ("uz-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("en", "ltr"),
        ("zh-HK", "ltr"),
        ("", "ltr"),
    ],
)
def test_a_language_runs_as_its_script_does(tag: str, way: str) -> None:
    assert direction(tag) == way


def test_the_script_is_known_where_a_language_has_two() -> None:
    assert [script(tag) for tag in ("zh", "zh-HK", "yue", "zh-Hant-CN", "en")] == [
        "Hans",
        "Hant",
        "Hant",
        "Hant",
        "",
    ]
