"""Two catalogues, one set of keys; and how a page chooses its language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

import web
from web.catalog import LANGUAGES, MARK, accepted, catalogue, known, language_of, speak

HOME = Path(web.__file__).parent
IN_SCRIPT = re.compile(r"\bt\(\s*([^)]{1,120})")
STRING = re.compile(
    r"[\"'`]([a-z_]+(?:\.[^\"'`]*)?|more|back|close|save|comma|loading|trouble)[\"'`]"
)
IN_TEMPLATE = re.compile(r"\bt\('([^']+)'( ~)?")
FAMILY = re.compile(r"named\(\"([a-z_]+)\"")


def request_for(query: str = "", cookie: str = "", accept: str = "") -> Request:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accept.encode())]
    scope = {"type": "http", "query_string": query.encode(), "headers": headers, "path": "/"}
    return Request(scope)


def templates() -> Iterator[Path]:
    yield HOME / "templates" / "layout.html"
    yield from (HOME / "templates" / "console").glob("*.html")


def scripts() -> Iterator[Path]:
    return (HOME / "static" / "js").rglob("*.js")


def used_keys() -> Iterator[tuple[str, bool, str]]:
    """Every (key or start of a key, whether it is only a start, file) that a page asks for."""
    for file in templates():
        for key, more in IN_TEMPLATE.findall(file.read_text(encoding="utf-8")):
            yield key, bool(more), file.name
    for file in scripts():
        text = file.read_text(encoding="utf-8")
        for call in IN_SCRIPT.findall(text):
            for key in STRING.findall(call.partition("{ ")[0]):
                start, dynamic, _ = key.partition("${")
                if "." in start or start in catalogue("en"):
                    yield start, bool(dynamic), file.name
        for family in FAMILY.findall(text):
            yield f"{family}.", True, file.name


def test_both_languages_have_the_same_keys() -> None:
    chinese, english = (set(catalogue(tag)) for tag in LANGUAGES)

    assert chinese == english


def test_both_languages_ask_for_the_same_arguments() -> None:
    def names(tag: str, key: str) -> set[str]:
        return {mark[1] for mark in MARK.finditer(catalogue(tag)[key])}

    differing = [
        key for key in catalogue("en") if not names("zh-CN", key) <= names("en", key) | {"n"}
    ]
    missing = [key for key in catalogue("en") if not names("en", key) <= names("zh-CN", key)]

    assert differing == []
    assert missing == []


def test_chinese_texts_use_chinese_punctuation() -> None:
    half = re.compile(
        r"[\u4e00-\u9fff”}][,:;?!(]\s*(?:[\u4e00-\u9fff“{]|$)|[,:;?!)][\u4e00-\u9fff“]"
    )
    clocks = {"curve.unit"}  # 分:秒 is how a clock is written

    found = {key for key, text in catalogue("zh-CN").items() if half.search(text)}
    assert found - clocks == set()


def test_no_text_is_empty_and_none_stayed_in_the_other_language() -> None:
    names = ("kind.", "drill.mark", "language.", "import.formats")
    odd = [
        key
        for key, text in catalogue("en").items()
        if re.search(r"[\u4e00-\u9fff]", text) and not key.startswith(names)
    ]

    assert [key for tag in LANGUAGES for key, text in catalogue(tag).items() if not text] == []
    assert odd == []


def test_chinese_uses_full_width_punctuation() -> None:
    odd = [
        key
        for key, text in catalogue("zh-CN").items()
        if re.search(r"[\u4e00-\u9fff][,;?!:](?!\d)", text) and key != "curve.unit"
    ]

    assert odd == []


def test_every_key_a_page_uses_exists() -> None:
    keys = set(catalogue("en"))
    lost = [
        (key, file)
        for key, start, file in used_keys()
        if (not any(one.startswith(key) for one in keys) if start else key not in keys)
    ]

    assert lost == []


def test_every_key_of_the_console_is_used_by_some_page() -> None:
    uses = list(used_keys())
    exact = {key for key, start, _ in uses if not start}
    starts = tuple(key for key, start, _ in uses if start and key)
    written = "".join(file.read_text(encoding="utf-8") for file in (*templates(), *scripts()))
    own = json.loads((HOME / "words" / "en.json").read_text(encoding="utf-8"))
    idle = [
        key
        for key in own
        if key not in exact and not key.startswith(starts) and f'"{key}"' not in written
    ]

    assert idle == []


def test_a_word_follows_its_count() -> None:
    assert speak("en", "help.title", n=1) == "Needs help now: 1 place"
    assert speak("en", "help.title", n=3) == "Needs help now: 3 places"
    assert speak("zh-CN", "help.title", n=3) == "正在求助：3 处"


def test_the_word_for_one_is_not_that_for_many() -> None:
    """ "1 cries" was shown: the two stood the wrong way round."""
    verbs = {"waits", "hears", "goes"}
    for key, text in catalogue("en").items():
        for one, many in re.findall(r"\{\w+\|([a-z]+)\|([a-z]+)\}", text):
            turned = one in {f"{many}s", f"{many}es", f"{many[:-1]}ies"}
            assert not turned or one in verbs, key


def test_numbers_are_grouped() -> None:
    assert "1,945" in speak("en", "act.whom.update", n=1945)


def test_a_missing_argument_is_an_error_not_a_gap() -> None:
    with pytest.raises(KeyError, match="n"):
        speak("en", "help.title")


@pytest.mark.parametrize(
    ("tag", "own"),
    [("zh", "zh-CN"), ("zh-Hans-CN", "zh-CN"), ("EN-gb", "en"), ("fr", None), ("", None)],
)
def test_tags_find_our_languages(tag: str, own: str | None) -> None:
    assert known(tag) == own


@pytest.mark.parametrize(
    ("header", "own"),
    [
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr,zh-TW;q=0.7,en;q=0.3", "zh-CN"),
        ("en;q=0,zh;q=0.1", "zh-CN"),
        ("de", None),
        ("en;q=banana", None),
        ("*", None),
        ("", None),
    ],
)
def test_the_browser_is_asked_by_weight(header: str, own: str | None) -> None:
    assert accepted(header) == own


def test_the_link_beats_the_cookie_beats_the_browser_beats_the_site() -> None:
    assert language_of(request_for("lang=en", "muster_lang=zh-CN", "zh"), ["zh-CN"]) == "en"
    assert language_of(request_for("", "muster_lang=en", "zh"), ["zh-CN"]) == "en"
    assert language_of(request_for("", "", "en"), ["zh-CN"]) == "en"
    assert language_of(request_for("", "", "fr"), ["en"]) == "en"
    assert language_of(request_for("lang=xx"), ["de", "en"]) == "en"
