"""What a call says, as TwiML: the words, again if wished, and what was understood of a key.

https://www.twilio.com/docs/voice/twiml/gather. `finishOnKey` is empty: # alone would not end a
Gather that has it as its end, so it comes to us as a digit and we say the words again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from hub.model import AnswerWord

LONGEST: Final = 4000
"""Characters of `Twiml` that Calls create takes."""

HANGUP: Final = "<Response><Hangup/></Response>"

COPIES: Final = 3
"""How often the words are said to somebody who presses nothing."""

VOICES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        # https://www.twilio.com/docs/voice/twiml/say/text-speech: a pair that is not there fails.
        "zh": ("cmn-CN", "Polly.Zhiyu"),
        "zh-cn": ("cmn-CN", "Polly.Zhiyu"),
        "zh-hans": ("cmn-CN", "Polly.Zhiyu"),
        "en": ("en-GB", "Polly.Amy"),
        "en-gb": ("en-GB", "Polly.Amy"),
        "en-us": ("en-US", "Polly.Joanna"),
    }
)
"""Language of the words -> Twilio's language and voice. Others are left to Twilio's own choice."""


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot carry: one of these would end the call with an error."""

_SAID: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {"zh": re.compile("[#＃]|井号"), "en": re.compile(r"#|\b(hash|pound)\b", re.IGNORECASE)}
)
_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "zh": {
            "again": "按井号键重听。",
            "wrong": "按键无效，请重按。",
            "over": "此次通知已经结束，不再接受回复。需要帮助请直接打物业电话，"
            "有生命危险请立即拨打{number}。再见。",
            AnswerWord.SAFE: "您已回复：安全。谢谢，再见。",
            AnswerWord.HELP: "已收到您的求助，正在通知值班人员。"
            "如果有生命危险，请挂断后立即拨打{number}。请保持电话畅通。",
            AnswerWord.EVACUATED: "您已回复：已撤离。谢谢，再见。",
            AnswerWord.AWAY: "您已回复：不在。谢谢，再见。",
            AnswerWord.SEEN: "您已回复：收到。谢谢，再见。",
        },
        "en": {
            "again": "Press hash to hear it again.",
            "wrong": "That key is not in use. Please press again.",
            "over": "This alert is over, and answers are no longer taken. If you need help, phone "
            "the estate office. If your life is in danger, call {number} now. Goodbye.",
            AnswerWord.SAFE: "Noted: you are safe. Thank you. Goodbye.",
            AnswerWord.HELP: "We have your call for help and are telling the duty team. "
            "If your life is in danger, hang up and call {number} now. Keep this phone free.",
            AnswerWord.EVACUATED: "Noted: you have left the building. Thank you. Goodbye.",
            AnswerWord.AWAY: "Noted: you are away. Thank you. Goodbye.",
            AnswerWord.SEEN: "Noted: you have received this. Thank you. Goodbye.",
        },
    }
)
"""Nothing here promises that somebody comes: nobody has been asked yet when a key is pressed."""

NUMBER: Final[Mapping[str, str]] = MappingProxyType({"zh": "幺幺九", "en": "1 1 9"})
"""Whom to call in danger where the hub names no number, as it is spoken."""


def call(body: str, *, language: str, action: str, first: str = "") -> str | None:
    """The TwiML of a call: the words, a key is taken meanwhile and for 5 s after, then again.

    As many copies as fit, three at most; None where not even one does. `first` is said once
    before them.
    """
    gather = (
        f'<Gather numDigits="1" finishOnKey="" timeout="5" action={quoteattr(action)}>'
        f"{_say(_with_hint(body, language), language)}</Gather>"
    )
    head = _say(first, language) if first else ""
    room = LONGEST - len(_response(head))
    copies = min(COPIES, room // len(gather))
    return _response(head + gather * copies) if copies > 0 else None


def understood(word: AnswerWord, *, language: str, number: str = "") -> str:
    """The TwiML that says what was understood, and ends the call. `number`: whom to call in
    danger, as it is spoken."""
    return _ended(word, language, number)


def over(language: str, *, number: str = "") -> str:
    """The TwiML for a key that came too late: nobody is left believing it was noted."""
    return _ended("over", language, number)


def _ended(key: str, language: str, number: str) -> str:
    said = _words(language)[key].replace("{number}", number or NUMBER[_tongue(language)])
    return _response(_say(said, language) + "<Hangup/>")


def wrong(language: str) -> str:
    """What is said before the words when a key meant nothing."""
    return _words(language)["wrong"]


def _with_hint(body: str, language: str) -> str:
    """The words and how to hear them again, unless they say so themselves."""
    if _SAID[_tongue(language)].search(body):
        return body
    gap = "" if _tongue(language) == "zh" else " "
    return f"{body.rstrip()}{gap}{_words(language)['again']}"


def _words(language: str) -> Mapping[str, str]:
    return _WORDS[_tongue(language)]


def _tongue(language: str) -> str:
    """Chinese for Chinese, English for everybody else."""
    return "zh" if language.partition("-")[0].lower() in {"zh", "yue"} else "en"


def _say(words: str, language: str) -> str:
    tag, voice = VOICES.get(language.lower(), (language, ""))
    how = f" language={quoteattr(tag)}" + (f" voice={quoteattr(voice)}" if voice else "")
    return f"<Say{how}>{escape(_ILLEGAL.sub('', words))}</Say>"


def _response(inner: str) -> str:
    return f"<Response>{inner}</Response>"
