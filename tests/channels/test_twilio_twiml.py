"""What a call says: well-formed, within what Twilio takes, in the language of the words."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.twilio_tongues import HASH, WORDS
from channels.twilio_twiml import COPIES, LONGEST, call, over, understood
from hub.model import AnswerWord
from playbooks.vocabulary import promises

ACTION = "https://hub.example.org/hooks/voice_twilio/replies/7.c2lnbmVk"


def _call(body: str, *, language: str = "en") -> ET.Element:
    made = call(body, language=language, action=ACTION)
    assert made is not None
    return ET.fromstring(made)


def test_a_call_says_its_words_three_times_and_takes_one_key_meanwhile() -> None:
    gathers = _call("Fire at 3. Leave now.").findall("Gather")
    assert len(gathers) == COPIES
    assert {(one.get("numDigits"), one.get("timeout"), one.get("action")) for one in gathers} == {
        ("1", "5", ACTION)
    }
    [said] = {one.findtext("Say") for one in gathers}
    assert said == "Fire at 3. Leave now. Press hash to hear it again."


def test_hash_is_a_digit_and_not_the_end_of_a_gather() -> None:
    """Alone it would end nothing: Twilio ends a Gather by its key only after a digit."""
    assert {one.get("finishOnKey") for one in _call("Fire.").findall("Gather")} == {""}


@pytest.mark.parametrize(
    ("language", "tag", "voice"),
    [
        ("zh-CN", "cmn-CN", "Polly.Zhiyu"),
        ("en", "en-GB", "Polly.Amy"),
        ("en-US", "en-US", "Polly.Joanna"),
        ("en-NZ", "en-GB", "Polly.Amy"),
        ("zh-HK", "yue-HK", "Google.yue-HK-Standard-A"),
        ("zh-TW", "cmn-TW", "Google.cmn-TW-Standard-A"),
        ("zh-Hant", "cmn-TW", "Google.cmn-TW-Standard-A"),
        ("zh-SG", "cmn-CN", "Polly.Zhiyu"),
        ("ar", "arb", "Polly.Zeina"),
        ("ar-EG", "arb", "Polly.Zeina"),
        ("ja", "ja-JP", "Polly.Takumi"),
        ("ko-KR", "ko-KR", "Polly.Seoyeon"),
        ("fr", "fr-FR", "Polly.Lea"),
        ("pt-BR", "pt-BR", "Polly.Camila"),
        ("pt-AO", "pt-PT", "Polly.Ines"),
        ("xh", "xh", None),  # Twilio's own choice
    ],
)
def test_the_voice_speaks_the_language_of_the_words(
    language: str, tag: str, voice: str | None
) -> None:
    [said, *_] = _call("…", language=language).iter("Say")
    assert (said.get("language"), said.get("voice")) == (tag, voice)


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("火警。按井号键重听。", "zh-CN"),
        ("火警。按 # 重听。", "zh-CN"),
        ("Fire. Press the pound key to repeat.", "en"),
        ("Fire. Press # to repeat.", "en"),
    ],
)
def test_words_that_say_how_to_repeat_are_left_alone(body: str, language: str) -> None:
    assert next(_call(body, language=language).iter("Say")).text == body


def test_chinese_words_are_told_in_chinese_how_to_hear_them_again() -> None:
    [said, *_] = _call("火警。请走楼梯。", language="zh-CN").iter("Say")
    assert said.text == "火警。请走楼梯。按井号键重听。"


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("zh-HK", "按井號鍵重聽。"),
        ("ja", "シャープを押してください。"),
        ("ko", "우물 정자를 누르세요."),
        ("ar", "اضغط مفتاح المربع."),
    ],
)
def test_other_languages_are_told_in_their_own(language: str, hint: str) -> None:
    [said, *_] = _call("…", language=language).iter("Say")
    assert (said.text or "").endswith(hint)


def test_a_language_we_have_no_words_in_hears_the_hint_from_an_english_voice() -> None:
    [body, hint] = list(_call("Incendie.", language="fr").findall("Gather")[0].iter("Say"))
    assert (body.text, body.get("language")) == ("Incendie.", "fr-FR")
    assert (hint.get("language"), hint.text) == ("en-GB", "Press hash to hear it again.")
    [noted, _end] = ET.fromstring(understood(AnswerWord.HELP, language="fr"))
    assert noted.get("language") == "en-GB"


def test_every_tongue_has_every_sentence() -> None:
    for tag, words in WORDS.items():
        assert set(words) == set(WORDS["en"]), tag
        assert tag in HASH


def test_words_too_long_for_three_copies_are_said_twice_or_once() -> None:
    assert len(_call("x" * 1500).findall("Gather")) == 2
    assert len(_call("x" * 3000).findall("Gather")) == 1
    assert call("x" * 4000, language="en", action=ACTION) is None


@given(st.text(max_size=1500), st.sampled_from(["zh-CN", "en", "fr"]))
def test_any_words_make_a_document_twilio_takes_or_none(body: str, language: str) -> None:
    made = call(body, language=language, action=ACTION, wrong=True)
    if made is not None:
        assert len(made) <= LONGEST
        assert ET.fromstring(made).tag == "Response"


def test_words_cannot_become_verbs() -> None:
    root = _call('</Say><Dial>+1</Dial><Say> & "more"')
    assert root.find(".//Dial") is None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("word", list(AnswerWord))
def test_what_was_understood_is_said_and_the_call_ends(word: AnswerWord, language: str) -> None:
    said, end = ET.fromstring(understood(word, language=language))
    assert said.text
    assert end.tag == "Hangup"


def test_each_answer_is_told_apart_in_both_languages() -> None:
    for language in ("zh-CN", "en"):
        assert len({understood(word, language=language) for word in AnswerWord}) == len(AnswerWord)
    assert "正在通知值班人员" in understood(AnswerWord.HELP, language="zh-CN")
    assert "are telling the duty team" in understood(AnswerWord.HELP, language="en")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_fixed_phrase_promises_that_somebody_comes(language: str) -> None:
    for word in AnswerWord:
        assert not promises(understood(word, language=language), language)
    assert not promises(over(language), language)


@pytest.mark.parametrize(("language", "number"), [("zh-CN", "幺幺九"), ("en", "1 1 9")])
def test_who_is_in_danger_hears_a_number_as_people_say_it(language: str, number: str) -> None:
    for said in (understood(AnswerWord.HELP, language=language), over(language)):
        assert number in said
        assert "119" not in said


def test_a_key_that_came_too_late_is_not_called_noted() -> None:
    assert "no longer taken" in over("en")
    assert "不再接受" in over("zh-CN")
