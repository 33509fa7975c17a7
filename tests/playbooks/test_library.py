"""The shipped words themselves: their style, in both languages."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from hub.decide.filters import FILTERS
from hub.decide.replies import Meant, read_reply
from hub.decide.segments import Encoding, count
from hub.decide.variables import BUILT_IN
from hub.decide.wording import names_in
from hub.model import RecipientKind, Stage
from playbooks.case import DOOR, Case, Text
from playbooks.load import Library
from playbooks.spec import PlaybookSpec
from tests.playbooks.shelf import LANGUAGES, TRAITS

CASES = [Case(book, TRAITS, LANGUAGES) for book in Library.packaged().all()]
TEXTS = [(case, text) for case in CASES for text in case.texts]
CJK = "[\u4e00-\u9fff]"


def of(language: str, channel: str = "") -> list[tuple[Case, Text]]:
    return [
        (case, text)
        for case, text in TEXTS
        if text.language == language and channel in {"", text.channel}
    ]


def said(pairs: list[tuple[Case, Text]]) -> list[str]:
    return [one.whole for case, text in pairs for one in case.rendered(text)]


def test_chinese_texts_use_full_width_punctuation():
    for whole in said(of("zh-CN")):
        assert not re.search(f"{CJK}[,;!?:()]|[,;!?()]{CJK}", whole), whole


def test_english_texts_hold_no_chinese():
    for case, text in of("en"):
        for source in text.parts.values():
            assert not re.search(f"{CJK}|[，。；：？！【】]", source), (case.playbook.key, source)


def test_nobody_shouts_and_nothing_is_said_twice():
    for whole in said(TEXTS):
        assert not re.search("[!！]", whole), whole
        assert not re.search(r"。。|，，|,,|，。|  |\.\.", whole), whole
        assert not re.search(r"[a-z] [.,;:]", whole), whole


def test_english_sms_stay_in_the_cheap_alphabet():
    for whole in said(of("en", "sms")):
        assert count(whole, link_length=60).encoding is Encoding.GSM7, whole


@pytest.mark.parametrize(("language", "most"), [("zh-CN", 4), ("en", 3)])
def test_sms_stay_short(language: str, most: int):
    for whole in said(of(language, "sms")):
        assert (
            count(f"【滨江物业】{whole}" if language == "zh-CN" else whole, link_length=60).parts
            <= most
        )


def test_an_sms_ends_with_its_link():
    for case, text in of("zh-CN", "sms") + of("en", "sms"):
        assert text.parts["body"].endswith(" {{link}}"), (case.playbook.key, text.path)


def test_live_alerts_begin_with_hazard_and_place():
    for case, text in of("zh-CN", "sms") + of("en", "sms"):
        if text.stage is Stage.ALERT and text.path[1] == "live":
            assert "{{place}}" in text.parts["body"][:24], (case.playbook.key, text.path)


def test_the_digits_asked_for_are_understood():
    for digit in "1234":
        assert read_reply(digit).meant is Meant.ANSWER
    for case, text in of("zh-CN", "sms") + of("en", "sms"):
        bands = {band.key: band for band in case.playbook.bands}
        band = bands.get(text.band)
        if text.stage is Stage.ALERT and band and RecipientKind.OUTSIDE not in band.kinds:
            body = text.parts["body"].removesuffix(" {{link}}")
            clause = re.search(r"(回复数字：|[Rr]eply )([1-4][^。.]+)$", body)
            assert clause, text.path
            for choice in re.split("，|, ", clause[2]):
                assert re.match(r"[1-4] ?[^\d]+$", choice), (text.path, choice)


def test_texts_never_name_a_person_or_a_flat():
    for case, text in TEXTS:
        assert "name" not in text.names, (case.playbook.key, text.path)
        assert "室" not in "".join(text.parts.values()), text.path


def test_emergency_numbers_are_the_sites_own():
    for case, text in TEXTS:
        for source in text.parts.values():
            assert not re.search(r"\b1(19|20|10)\b", source), (case.playbook.key, source)
            assert names_in(source) is not None


def test_the_guide_names_every_field_variable_and_filter():
    guide = (resources.files("playbooks") / "README.md").read_text(encoding="utf-8")
    named = {*PlaybookSpec.model_fields, *BUILT_IN, *FILTERS, DOOR}
    assert {name for name in named if f"`{name}`" not in guide} == set()
