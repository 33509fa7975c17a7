"""The fixed words of a resident's page, in every language that ships and in the site's own."""

from __future__ import annotations

import pytest

from hub.errors import Refused
from web.catalog import MARK
from web.tongues import SHIPPED, named, shipped, tongue, words_in

HELP = ("res.help_open_drill", "res.help_with", "res.help_open")


@pytest.mark.parametrize("tag", SHIPPED)
def test_each_language_that_ships_has_every_text_with_its_names(tag: str) -> None:
    words = shipped(tag)
    assert set(words) == set(shipped("en"))
    for key, said in words.items():
        assert said.strip()
        english = {mark[1] for mark in MARK.finditer(shipped("en")[key])}
        own = {mark[1] for mark in MARK.finditer(said)}
        assert own - {"number"} == english - {"number"}, key
        assert own <= english or key in HELP, key


@pytest.mark.parametrize(
    ("tag", "fixed", "way"),
    [
        ("zh-HK", "zh-Hant", "ltr"),
        ("zh-TW", "zh-Hant", "ltr"),
        ("yue", "zh-Hant", "ltr"),
        ("zh-SG", "zh-CN", "ltr"),
        ("ja-JP", "ja", "ltr"),
        ("ar-EG", "ar", "rtl"),
        ("pt-BR", "en", "ltr"),
        ("fa", "en", "rtl"),
    ],
)
def test_a_page_has_the_nearest_fixed_words(tag: str, fixed: str, way: str) -> None:
    found = tongue(tag, {})
    assert (found.tag, found.fixed, found.dir) == (tag, fixed, way)
    assert found.mixed is (fixed == "en")


def test_the_sites_own_words_come_first_and_fill_up_from_what_ships() -> None:
    own = {"zh-HK": {"res.safe": "我好安全"}, "pt": {"res.safe": "Estou bem"}}
    assert tongue("zh-HK", own).t("res.safe") == "我好安全"
    assert tongue("zh-HK", own).t("res.help") == shipped("zh-Hant")["res.help"]
    assert tongue("zh-TW", own).fixed == "zh-Hant"
    assert tongue("pt-BR", own).t("res.safe") == "Estou bem"
    assert tongue("pt-BR", own).t("res.help") == shipped("en")["res.help"]


def test_words_around_may_be_in_another_language_than_the_message() -> None:
    found = tongue("en", {}, around="zh-CN")
    assert (found.tag, found.fixed, found.mixed) == ("en", "zh-CN", True)


def test_languages_are_named_by_those_who_read_them() -> None:
    assert named("zh-HK", ["zh-HK", "en"]) == "中文"
    assert named("zh-HK", ["zh-HK", "zh-CN"]) == "繁體中文"
    assert named("zh-CN", ["zh-HK", "zh-CN"]) == "简体中文"
    assert (named("ar-EG", []), named("xh", [])) == ("العربية", "xh")


def test_words_nested_without_end_are_refused_in_a_sentence() -> None:
    with pytest.raises(Refused, match="cannot be used"):
        words_in("[" * 100_000, name="resident.ja.json", tag="ja")
