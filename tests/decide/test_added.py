"""What an operator adds, by language: as it is read, and as it is heard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from hub.decide.added import (
    behind,
    brief,
    by_language,
    first,
    heard,
    in_own,
    lacks_words,
    name_of,
    shown,
    unwritten,
)
from hub.decide.emergency import SERVICES, number_for, numbers_of, usual_numbers
from hub.decide.variables import Facts, variables_by_language
from hub.decide.wording import render_all
from hub.model import Kind, Stage, Wording
from hub.ports import Traits
from tests.decide.test_wording import FIRE, SMS

VOICE = Traits("voice", ("body",), 1500)
AT = datetime(2026, 5, 1, 18, 41, tzinfo=UTC)  # 02:41 in Shanghai
ZH = {"zh-CN": "A梯有烟，请走B梯"}


def made(text: str | Mapping[str, str], stage: Stage = Stage.UPDATE) -> dict[tuple[str, ...], str]:
    facts = Facts(
        place=None,
        params={},
        settings={},
        issued_at=AT,
        code="F-1",
        next_update_at=AT,
        text=text,
    )
    values = variables_by_language(FIRE, facts, languages=("zh-CN", "en"))
    found: tuple[Wording, ...] = render_all(
        FIRE,
        kind=Kind.LIVE,
        stage=stage,
        variables=values,
        channels={"sms": SMS, "voice": VOICE},
    )
    return {
        (one.band, one.channel, one.language): one.parts["body"]
        for one in found
        if "body" in one.parts
    }


def test_a_call_is_written_as_it_is_heard():
    texts = made("", Stage.ALERT)
    chinese, english = (texts["evacuate", "voice", tag] for tag in ("zh-CN", "en"))
    assert "拨打幺幺九，说清房号" in chinese
    assert "凌晨2点41分发布" in chinese
    assert "call 1 1 9 and" in english
    assert "Sent at 2:41 a.m. Next" in english
    for said in (chinese, english):
        assert not re.search(r"119|\d\d:\d\d(?! [ap])", said)
    assert "119" in texts["evacuate", "sms", "zh-CN"]


def test_each_reads_and_hears_the_sentence_in_their_own_language():
    texts = made({**ZH, "en": "Stair A has smoke, use stair B"})
    assert "A梯有烟，请走B梯。" in texts["evacuate", "voice", "zh-CN"]
    assert "Stair A has smoke, use stair B." in texts["evacuate", "voice", "en"]
    assert not re.search("[\u4e00-\u9fff]", texts["evacuate", "sms", "en"])


def test_a_sentence_in_one_language_is_announced_in_the_other_and_never_pronounced():
    texts = made(ZH)
    assert "02:41. New information, in Chinese: A梯有烟，请走B梯。" in texts["outside", "sms", "en"]
    voice = texts["evacuate", "voice", "en"]
    assert "There is new information. Please read the text message." in voice
    assert not re.search("[\u4e00-\u9fff]", voice)


def test_words_of_another_language_that_do_not_fit_are_at_the_link():
    """Chinese letters make each part of an English text shorter by half: it would not go out."""
    brief_en = "02:41. There is new information in Chinese: see the link. Reply 1 safe"
    assert brief_en in made(ZH)["evacuate", "sms", "en"]
    english = made({"en": "Stair A has smoke, use stair B. " * 8})
    assert "有新的情况（英文），请点链接查看。" in english["evacuate", "sms", "zh-CN"]
    assert brief(ZH, "zh-HK") == ZH["zh-CN"]
    assert brief({}, "en") == ""


def test_nobody_is_told_of_words_that_are_not_there():
    texts = made({})
    assert "It is still being dealt with." in texts["evacuate", "voice", "en"]
    assert made({}) == made("")


def test_one_text_for_all_stays_as_it_is():
    assert "update: 请走B梯。" in made("请走B梯")["evacuate", "sms", "en"]


def test_a_string_is_in_the_sites_first_language_and_what_is_empty_is_nothing():
    assert by_language("B梯", ["zh-CN", "en"]) == {"zh-CN": "B梯"}
    assert by_language({"zh-CN": " \n", "en": "use\nB "}, ["zh-CN"]) == {"en": "use B"}
    assert by_language("", ["en"]) == {}


def test_a_relative_reads_the_same_words():
    assert in_own(ZH, "zh-HK") == shown(ZH, "zh-HK") == heard(ZH, "zh-HK") == ZH["zh-CN"]
    assert in_own(ZH, "en") == ""
    assert unwritten(ZH, ["zh-CN", "en", "zh-HK", "en"]) == ("en",)


@pytest.mark.parametrize(
    ("added", "reader", "said"),
    [
        (ZH, "en", "New information, in Chinese: A梯有烟，请走B梯"),
        ({"en": "Use B"}, "zh-CN", "最新情况（英文）：Use B"),
        ({"ja": "B階段"}, "zh-CN", "最新情况（日文）：B階段"),
        (ZH, "ja", "New information, in Chinese: A梯有烟，请走B梯"),
        ({}, "en", ""),
    ],
)
def test_who_reads_another_language_is_told_which(added: dict[str, str], reader: str, said: str):
    assert shown(added, reader) == said


def test_a_voice_asks_to_read_in_both_languages():
    assert heard({"en": "Use B"}, "zh-CN") == "有新的情况，请看短信。"
    assert heard({}, "zh-CN") == ""
    assert name_of("pt", "en") == "pt"


def test_where_one_text_alone_can_stand_it_is_the_sites_own():
    both = {"en": "Use B", **ZH}
    assert first(both, ["zh-CN", "en"]) == ZH["zh-CN"]
    assert first({"ja": "B"}, ["zh-CN"]) == "B"
    assert first({}, ["zh-CN"]) == ""


def test_an_update_wants_every_language_of_its_readers_or_a_word_that_one_is_left_out():
    readers = {"zh-CN": 293, "en": 23}
    both = {**ZH, "en": "Use stair B"}
    assert lacks_words(both, readers) is None
    assert lacks_words(ZH, {"zh-CN": 1, "zh-HK": 2}) is None
    empty = lacks_words({}, readers, untranslated=True)
    assert empty is not None
    assert (empty.where, empty.code) == ("text", "update_empty")
    lacks = lacks_words(ZH, readers)
    assert lacks is not None
    assert lacks.what == "is missing in English (en), which 23 people read"
    assert lacks_words(ZH, readers, untranslated=True) is None


def test_whom_to_call_is_the_first_service_the_playbook_names():
    assert number_for(("ambulance", "fire"), {}) == "120"
    assert number_for((), {}) == "119"
    assert number_for(("plumber", "police"), {}) == "110"
    assert number_for(("ambulance",), {"emergency": {"ambulance": "995"}}) == "995"


def test_112_is_offered_nowhere_in_china_and_only_where_nothing_better_is_known():
    for settings in ({}, {"country": "CN"}, {"emergency": None}, {"emergency": {}}):
        assert "112" not in numbers_of(settings).values()
    assert numbers_of({"country": "GB", "emergency": {"fire": "101"}}) == {
        "fire": "101",
        "ambulance": "999",
        "police": "999",
    }
    assert usual_numbers("SE") == dict.fromkeys(SERVICES, "112")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (
            "Stay in. From us, 02:41. Reply 1 safe \ue000",
            "Stay in. From us, 02:41. + Reply 1 safe \ue000",
        ),
        ("请留在家中。回复数字：1安全 \ue000", "请留在家中。 + 回复数字：1安全 \ue000"),
        ("请留在家中。安全请按1，求助请按2。", "请留在家中。 + 安全请按1，求助请按2。"),
        ("Smoke: reply 2. Stay in. \ue000", "Smoke: reply 2. Stay in. + \ue000"),
        ("Stay in \ue000", "Stay in + \ue000"),
        ("仍在处置 勿乘电梯", "仍在处置 勿乘电梯 +"),
        ("Reply 1 safe", "Reply 1 safe +"),
    ],
)
def test_words_of_another_language_stand_behind_the_playbooks_own(text: str, whole: str):
    assert behind(text, "+") == whole
