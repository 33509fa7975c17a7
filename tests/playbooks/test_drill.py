from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model import Kind
from playbooks.case import Case, Text
from playbooks.drill import calls_out, copied, drills_are_no_copies, drills_say_so
from playbooks.drill_words import DENIES, EITHER, drill_words, speaks_of_drill
from playbooks.load import load
from tests.playbooks.shelf import FIRE, LANGUAGES, TRAITS

BOOK = load(FIRE, name="fire.yaml")


@pytest.mark.parametrize(
    "said",
    [
        "Do not call 119.",
        "Please do not call 119: nothing is burning.",
        "Don't call 119, 120 or 110.",
        "Don’t call 119",
        "never dial 911",
        "no need to call the fire brigade",
        "do not run or call 119",
        "请勿拨打119。",
        "不要拨打 119、120",
        "不拨119，只口述",
        "中控只口述报警、不拨119",
        "勿拨 119",
        "请勿转报119",
        "无需拨打１１９",
        "请不要因演练拨打119",
        "The fire brigade knows of this drill.",
        "派出所和警察已知悉演练",
        "Meet at gate 110A or room 1190",
        "回复1安全2求助3已撤离",
        "Reply 1 safe 2 need help",
        "Walk down the stairs. Nothing is burning.",
    ],
)
def test_a_drill_may_say_this(said: str):
    assert calls_out(said) == ""


@pytest.mark.parametrize(
    "said",
    [
        "Call 119.",
        "If smoke blocks you, close the door, call 119.",
        "Do not hesitate to call 119.",
        "Without delay call 119",
        "Do not use the lifts, call 119",
        "Do not use the lifts and call 119 at once",
        "Leave or call 119",
        "Emergency: 119",
        "119!",
        "then ring the fire brigade",
        "phone the police",
        "请拨打119",
        "烟大请关门堵缝并拨打119",
        "不乘电梯，拨打119",
        "不要惊慌，请拨打１１９",
        "不要忘记拨打119",
        "特别拨打119",
        "有情况报警",
        "火警119",
        "立即报119",
        "拨打120",
        "请勿拨打119。有人受伤请拨打120",
    ],
)
def test_a_drill_may_not_say_this(said: str):
    assert calls_out(said) != ""


def one(kind: Kind, said: str, *, language: str = "en") -> Text:
    found = next(
        text
        for text in Case(BOOK, TRAITS, LANGUAGES).texts
        if (text.kind, text.band, text.channel, text.language) == (kind, "hold", "sms", language)
    )
    return replace(found, parts={"body": said})


def found(*texts: Text) -> list[str]:
    case = Case(BOOK, TRAITS, LANGUAGES)
    case.__dict__["texts"] = texts
    return [
        finding.what for rule in (drills_say_so, drills_are_no_copies) for finding in rule(case)
    ]


LIVE = "Fire at {{place}}. You need not leave: close doors and windows, wait for news."


@pytest.mark.parametrize(
    "said",
    [
        f"DRILL: {LIVE}",
        f"DRILL. This is a fire drill. {LIVE}",
        f"{LIVE} This is a drill.",
        f"DRILL. DRILL. DRILL. {LIVE.upper()} Thank you for taking part in our yearly practice.",
        "DRILL! Fire at {{place}}! You need not leave - close doors and windows; wait for news!",
        "DRILL: fire at {{building}}. You need not leave: close doors, windows, wait for news.",
    ],
)
def test_a_live_text_with_additions_is_no_drill_text(said: str):
    whats = found(one(Kind.LIVE, LIVE), one(Kind.DRILL, said))
    assert "a drill text is only the live text with additions" in whats


def test_a_text_of_its_own_is():
    own = "DRILL. We imagine a fire at {{place}}, nothing is burning. Stay in and practise."
    assert found(one(Kind.LIVE, LIVE), one(Kind.DRILL, own)) == []


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("DRILL. This is not a drill.", "en"),
        ("DRILL. this is NOT a fire drill", "en"),
        ("drill: it is no drill", "en"),
        ("This isn't a drill", "en"),
        ("Drill. This is not just an exercise", "en"),
        ("【演练】这不是演练", "zh-CN"),
        ("【演练】并非消防演练", "zh-CN"),
        ("【演练】此为非演练通知", "zh-CN"),
        ("【演练】这不是一次演习", "zh-CN"),
    ],
)
def test_a_drill_never_denies_itself(said: str, language: str):
    whats = found(one(Kind.DRILL, said, language=language))
    assert "a drill text denies being a drill" in whats


def test_a_language_without_a_word_of_its_own_may_say_it_in_english():
    said = one(Kind.DRILL, "DRILL Hjälp inte")
    assert found(replace(said, language="sv")) == []
    assert found(replace(said, language="sv", parts={"body": "Övning"})) != []


def test_how_much_of_a_text_is_copied():
    assert copied("", "anything") == 0.0
    assert copied("leave now", "leave now") == 1.0
    assert copied("abcdefghij", "xxabcdefxxghijxx") == 0.6
    assert copied("火警", "火警演习") == 1.0


@pytest.mark.parametrize(
    ("language", "says", "says_not", "denies"),
    [
        ("zh-HK", "【演練】請練習走樓梯", "請走樓梯", "【演練】這不是演習"),
        ("zh-TW", "【演習】請練習走樓梯", "請走樓梯", "演習：這並非消防演練"),
        (
            "ja",
            "【訓練】階段で避難する練習です",
            "階段で避難してください",
            "これは訓練ではありません",
        ),
        ("ja-JP", "避難訓練です。階段へ", "避難してください", "訓練ではない"),
        ("ko", "【훈련】 계단으로 대피 연습", "계단으로 대피하세요", "훈련이 아닙니다"),
        ("ar", "تدريب. تدرّب على النزول بالدرج", "انزل بالدرج", "هذا ليس تدريبًا"),
        ("ar-EG", "تدريب إخلاء", "إخلاء", "تدريب. ليس هذا تدريب"),
        ("fr", "EXERCICE. Descendez", "Descendez", "Ce n'est pas un exercice"),
    ],
)
def test_each_language_has_its_own_words_for_a_drill(
    language: str, says: str, says_not: str, denies: str
) -> None:
    assert any(word in says.casefold() for word in drill_words(language))
    assert not any(word in says_not.casefold() for word in drill_words(language))
    assert DENIES.search(denies.casefold())
    assert not DENIES.search(says.casefold())
    assert speaks_of_drill(language, says.casefold())
    assert not speaks_of_drill(language, says_not.casefold())


def test_a_language_nobody_listed_says_it_in_english_or_chinese() -> None:
    assert drill_words("xh") == EITHER


@pytest.mark.parametrize(
    ("language", "body", "fine"),
    [
        ("zh-HK", "【演練】消防演習：請練習走樓梯離開 {{link}}", True),
        ("zh-HK", "請練習走樓梯離開 {{link}}", False),
        ("ja", "【訓練】{{place}}での避難訓練です {{link}}", True),
        ("ja", "{{place}}から避難してください {{link}}", False),
        ("ar", "تدريب: انزلوا بالدرج {{link}}", True),
        ("ar", "انزلوا بالدرج {{link}}", False),
        ("ko", "훈련: 계단으로 {{link}}", True),
        ("ko", "계단으로 {{link}}", False),
    ],
)
def test_a_drill_text_passes_only_when_it_says_so_in_its_own_language(
    language: str, body: str, fine: bool
) -> None:
    words = {"drill": {"alert": {"*": {"sms": {language: {"body": body}}}}}}
    found = list(drills_say_so(Case(replace(BOOK, words=words), TRAITS, (language,))))
    assert ([finding.what for finding in found] == []) is fine
