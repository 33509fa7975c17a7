"""What an inbound text or a pressed key means.

Rules, in order (the first that fits wins):

1. A carrier keyword alone (STOP, 退订 …) opts the number out, START in again: carriers block the
   number by the same words whatever we think, so these are never read as answers.
2. A cry for help (救命, SOS, "help me" …) means help, whatever digits stand beside it. "No help
   needed" is no cry.
3. A digit 1 to 4, alone or with its own label ("1", "１。", "1安全", "回复1"), is that answer.
   `2` is taken as help also when more words follow: missing a cry is the worse error. The other
   digits are not: "3 people trapped" must never be read as "evacuated".
4. Several different digits with a 2 among them mean help; without, nothing certain.
5. Anything else is unclear: kept as it came and shown to staff.

Shared phones: a digit answers for everyone the text spoke to (`SPOKEN_TO`: the delivery's recipient
and those who share its address); help marks the whole household (`HOUSEHOLD`). A person who wants
to answer for one of them only uses the link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hub.model import DIGITS, AnswerWord, RecipientKind


class Meant(StrEnum):
    """What kind of thing was said."""

    ANSWER = "answer"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    UNCLEAR = "unclear"


class Because(StrEnum):
    """Why it was read so. A closed list: it labels metrics."""

    DIGIT = "digit"
    CRY = "cry"
    SEVERAL_WITH_HELP = "several_with_help"
    SEVERAL = "several"
    STOP_WORD = "stop_word"
    START_WORD = "start_word"
    EMPTY = "empty"
    OTHER = "other"


class Scope(StrEnum):
    """For whom an answer speaks."""

    NOBODY = "nobody"
    SPOKEN_TO = "spoken_to"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reply means: for an answer also the word and for whom it speaks."""

    meant: Meant
    because: Because
    word: AnswerWord | None = None
    scope: Scope = Scope.NOBODY


STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
    | {"退订", "td", "回td", "取消订阅"}
)
START_WORDS = frozenset({"start", "unstop", "恢复订阅"})

LABELS: dict[AnswerWord, frozenset[str]] = {
    AnswerWord.SAFE: frozenset({"安全", "我安全", "我很安全", "平安", "safe", "iamsafe", "imsafe"}),
    AnswerWord.HELP: frozenset(),  # any words may follow a 2
    AnswerWord.EVACUATED: frozenset(
        {"已撤离", "我已撤离", "撤离", "已撤", "evacuated", "out", "gotout", "ihavegotout", "imout"}
    ),
    AnswerWord.AWAY: frozenset(
        {"不在", "不在家", "不在现场", "不在楼内", "away", "notthere", "notonsite", "notin"}
        | {"notathome", "iamnotthere", "imnotthere"}
    ),
}

# "No help has come" and 没人帮忙 are cries; only a clear "not needed" is none.
_CALM = re.compile(
    r"(不用|无需|不需要|不必|別|别)\s*(再)?\s*(人)?\s*(来)?\s*(需要)?(的)?(帮助|帮忙|求助|救援|救我)"
    r"|没(有)?(人)?被困|不是?求救"
    r"|\bno\s+(more\s+)?help\s+(is\s+)?(needed|required|necessary)\b"
    r"|\b((do\s*n.?t|dont|doesn.?t|not)\s+need(ing)?|no\s+need\s+(for|of))\s+(any\s+)?help\b"
    r"|\b(no\s*one|nobody|not)\s+(is\s+)?trapped\b"
)
_CRY = re.compile(
    r"救命|救我|救救|求助|求救|需要帮助|需要救援|帮帮|帮我|快来人|被困"
    r"|(?<![a-z])(sos|help|trapped|mayday)(?![a-z])"  # no \b: Chinese may stand right beside
)
_LEAD = re.compile(r"^(回复|回答|答复|我选|选择?|答|回|reply|answer)\s*[:,.]?\s*")
_DIGITS_ONLY = re.compile(r"^[1-4](?:[\W_]*[1-4])*$")


ON_DUTY = frozenset({RecipientKind.STAFF, RecipientKind.OUTSIDE})
"""Who is asked whether they have it and are on it, not how they are."""

ON_DUTY_DIGITS: Mapping[str, AnswerWord] = MappingProxyType(
    {"1": AnswerWord.SEEN, "2": AnswerWord.HELP, "4": AnswerWord.AWAY}
)
"""What they are offered, by digit."""


def as_said_by(word: AnswerWord, *, duty: bool) -> AnswerWord:
    """The answer a digit stands for. `duty`: whoever it is for is on duty: a 1 acknowledges."""
    return AnswerWord.SEEN if duty and word is AnswerWord.SAFE else word


def read_reply(text: str) -> Meaning:
    """What the text (or pressed keys) means; never raises."""
    said = _folded(text)
    if not said:
        return Meaning(Meant.UNCLEAR, Because.EMPTY)
    return _keyword(said) or _cry(said) or _digit(said) or _unclear()


def _folded(text: str) -> str:
    """Half-width, lower-case, without emoji joiners; punctuation and blanks off both ends."""
    flat = unicodedata.normalize("NFKC", text[:1600]).casefold()
    flat = "".join(c for c in flat if unicodedata.category(c) not in {"Mn", "Me", "Cf", "Cc"})
    return re.sub(r"^[\W_]+|[\W_]+$", "", flat)


def _keyword(said: str) -> Meaning | None:
    word = re.sub(r"[\W_]+", "", said)
    if word in STOP_WORDS:
        return Meaning(Meant.OPT_OUT, Because.STOP_WORD)
    if word in START_WORDS:
        return Meaning(Meant.OPT_IN, Because.START_WORD)
    return None


def _cry(said: str) -> Meaning | None:
    if _copied(said):
        return None
    return _help(Because.CRY) if _CRY.search(_CALM.sub(" ", said)) else None


def _copied(said: str) -> bool:
    """Whether our own list of digits came back ("1安全2求助3已撤离"): nobody has cried yet."""
    return all(digit in said for digit in "123") and bool(re.search(r"1\W*(安全|safe)", said))


def _digit(said: str) -> Meaning | None:
    said = _LEAD.sub("", said, count=1)
    if _DIGITS_ONLY.match(said):
        return _digits(said)
    first, rest = said[:1], said[1:]
    word = DIGITS.get(first)
    if word is None or rest[:1].isdigit():
        return None
    if word is AnswerWord.HELP:
        return _help(Because.DIGIT) if _follows(rest) else None
    label = re.sub(r"[\W_]+", "", _CALM.sub(" ", rest))
    known = not label or label in LABELS[word]
    return Meaning(Meant.ANSWER, Because.DIGIT, word, Scope.SPOKEN_TO) if known else None


def _follows(rest: str) -> bool:
    """Whether a 2 stands for itself: not "2栋", "2楼", "2 people are safe", "2:30"."""
    tail = rest.lstrip()
    if re.match(r"^[:.]\d|^(栋|楼|层|号|幢|单元|点|分|nd\b)", tail):
        return False
    return not re.search(r"没事|平安|安全|\bsafe\b|\bfine\b|\bok\b", tail)


def _digits(said: str) -> Meaning:
    """The meaning of keys alone: one digit (pressed twice, too) or several."""
    pressed = re.findall(r"[1-4]", said)
    if len(set(pressed)) == 1:
        word = DIGITS[pressed[0]]
        return _help(Because.DIGIT) if word is AnswerWord.HELP else _answer(word)
    # A long run without blanks is a flat ("1213"), not a choice.
    if "2" in pressed and not re.search(r"\d{3}", said):
        return _help(Because.SEVERAL_WITH_HELP)
    return Meaning(Meant.UNCLEAR, Because.SEVERAL)


def _answer(word: AnswerWord) -> Meaning:
    return Meaning(Meant.ANSWER, Because.DIGIT, word, Scope.SPOKEN_TO)


def _help(because: Because) -> Meaning:
    return Meaning(Meant.ANSWER, because, AnswerWord.HELP, Scope.HOUSEHOLD)


def _unclear() -> Meaning:
    return Meaning(Meant.UNCLEAR, Because.OTHER)
