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
            "wrong": "这个按键没有意义。",
            "over": "此次通知已经结束，不再接受回复。谢谢，再见。",
            AnswerWord.SAFE: "您已回复：安全。谢谢，再见。",
            AnswerWord.HELP: "您已回复：需要帮助。正在派人前来。请保持电话畅通。",
            AnswerWord.EVACUATED: "您已回复：已撤离。谢谢，再见。",
            AnswerWord.AWAY: "您已回复：不在现场。谢谢，再见。",
            AnswerWord.SEEN: "您已回复：收到。谢谢，再见。",
        },
        "en": {
            "again": "Press hash to hear it again.",
            "wrong": "That key has no meaning here.",
            "over": "This alert is over, and answers are no longer taken. Thank you. Goodbye.",
            AnswerWord.SAFE: "Noted: safe. Thank you. Goodbye.",
            AnswerWord.HELP: "Noted: you need help. Help is being sent. Keep this phone free.",
            AnswerWord.EVACUATED: "Noted: you have got out. Thank you. Goodbye.",
            AnswerWord.AWAY: "Noted: you are not there. Thank you. Goodbye.",
            AnswerWord.SEEN: "Noted: you have got this. Thank you. Goodbye.",
        },
    }
)


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


def understood(word: AnswerWord, *, language: str) -> str:
    """The TwiML that says what was understood, and ends the call."""
    return _response(_say(_words(language)[word], language) + "<Hangup/>")


def over(language: str) -> str:
    """The TwiML for a key that came too late: nobody is left believing it was noted."""
    return _response(_say(_words(language)["over"], language) + "<Hangup/>")


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
