"""What a call says, as TwiML: the words, again if wished, and what was understood of a key.

https://www.twilio.com/docs/voice/twiml/gather. `finishOnKey` is empty: # alone would not end a
Gather that has it as its end, so it comes to us as a digit and we say the words again.
"""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from channels.twilio_tongues import HASH, NUMBER, VOICES, WORDS, tongue_of
from hub.model import AnswerWord
from hub.tags import nearest

LONGEST: Final = 4000
"""Characters of `Twiml` that Calls create takes."""

HANGUP: Final = "<Response><Hangup/></Response>"

COPIES: Final = 3
"""How often the words are said to somebody who presses nothing."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot carry: one of these would end the call with an error."""


def call(body: str, *, language: str, action: str, wrong: bool = False) -> str | None:
    """The TwiML of a call: the words, a key is taken meanwhile and for 5 s after, then again.

    As many copies as fit, three at most; None where not even one does. `wrong`: that a key meant
    nothing is said once before them.
    """
    gather = (
        f'<Gather numDigits="1" finishOnKey="" timeout="5" action={quoteattr(action)}>'
        f"{_with_hint(body, language)}</Gather>"
    )
    head = _own("wrong", language) if wrong else ""
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
    """A sentence of ours that ends the call."""
    spoken = number or NUMBER.get(tongue_of(language) or "en", NUMBER["en"])
    return _response(_own(key, language, number=spoken) + "<Hangup/>")


def _with_hint(body: str, language: str) -> str:
    """The words and how to hear them again, unless they say so themselves. In a language we have
    no words for, the hint is English, by an English voice."""
    tongue = tongue_of(language)
    if HASH[tongue or "en"].search(body):
        return _say(body, language)
    hint = WORDS[tongue or "en"]["again"]
    if tongue is None:
        return _say(body, language) + _say(hint, "en")
    gap = "" if tongue in {"zh-CN", "zh-Hant", "ja"} else " "
    return _say(f"{body.rstrip()}{gap}{hint}", language)


def _own(key: str, language: str, *, number: str = "") -> str:
    """A sentence of ours, in the language or in English, by a voice of that one."""
    tongue = tongue_of(language)
    said = WORDS[tongue or "en"][key].replace("{number}", number)
    return _say(said, language if tongue else "en")


def _say(words: str, language: str) -> str:
    """A voice of the language, or of the nearest; where Twilio has none that we know, the language
    alone is named, and the voice is Twilio's choice: never an English one by our order."""
    found = nearest(language, tuple(VOICES))
    tag, voice = VOICES[found] if found else (language, "")
    how = f" language={quoteattr(tag)}" + (f" voice={quoteattr(voice)}" if voice else "")
    return f"<Say{how}>{escape(_ILLEGAL.sub('', words))}</Say>"


def _response(inner: str) -> str:
    return f"<Response>{inner}</Response>"
