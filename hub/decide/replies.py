"""What an inbound text or a pressed key means.

Rules, in order (the first that fits wins):

1. Our own words coming back (a reaction, a quotation, a forward) and machines that answer by
   themselves say nothing, unless a cry stands in what the machine says.
2. A carrier keyword alone (STOP, 退订 …) opts the number out, START in again: carriers block the
   number by the same words whatever we think, so these are never read as answers.
3. A cry for help (救命, SOS, 🆘, "help me", "fell and cannot get up") means help, whatever digits
   stand beside it. What is not needed or not so ("nobody is hurt"), what is asked ("does anyone
   need help?") and what is offered ("how can I help?") is no cry.
4. A digit 1 to 4 of any script, alone or with its own label on either side ("1", "１。", "1安全",
   "平安1", "回复1", "B1"), is that answer. `2` is taken as help also when more words follow:
   missing a cry is the worse error. The other digits are not: "3 people trapped" must never be read
   as "evacuated". A label that says by itself how somebody is ("我没事", "safe") needs no digit.
5. Several different digits with a 2 among them mean help; without, nothing certain.
6. Thanks and "received" alone (收到, OK, 👍) say nothing about how anybody is: somebody on duty has
   acknowledged, for a resident nothing changes.
7. Anything else is unclear: kept as it came and shown to staff.

An answer speaks for everyone the text spoke to (the delivery's recipient and those who share its
address), except for those who have spoken for themselves. Nobody else in the flat is given words:
a flat where one person needs help shows help.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from hub.decide.asking import FIRST, LETTERS
from hub.decide.echoes import own_words
from hub.decide.peril import in_peril
from hub.decide.reply_words import (
    ACK_SIGNS,
    ACKS,
    BESIDE,
    CALM,
    CRY,
    DIGIT_WORDS,
    POLITE,
    SAYS,
    SIGNATURE,
    START_WORDS,
    STOP_WORDS,
)
from hub.decide.robots import OFFERED, ROBOT
from hub.model import DIGITS, AnswerWord, RecipientKind

LONGEST = 1_600  # characters of an SMS
WHOLE = 5_000  # of a text that comes by another way (RCS, WhatsApp)
SEAM = 40  # a cry may stand across the end of the first part


class Meant(StrEnum):
    """What kind of thing was said."""

    ANSWER = "answer"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    UNCLEAR = "unclear"
    NOTHING = "nothing"  # no words of the person's own, or none about anything


class Because(StrEnum):
    """Why it was read so. A closed list: it labels metrics."""

    DIGIT = "digit"
    CRY = "cry"
    LABEL = "label"
    SEVERAL_WITH_HELP = "several_with_help"
    SEVERAL = "several"
    STOP_WORD = "stop_word"
    START_WORD = "start_word"
    ECHO = "echo"
    ROBOT = "robot"
    ACK = "ack"
    YES = "yes"
    EMPTY = "empty"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reply means: for an answer also the word. `letter`: the one it carries ("B1"), if it
    names an open incident by it. `plain`: the digit was all there was."""

    meant: Meant
    because: Because
    word: AnswerWord | None = None
    letter: str = ""
    plain: bool = False

    @property
    def cry(self) -> bool:
        """Whether somebody needs help."""
        return self.word is AnswerWord.HELP


# Asked for by a word before the digit: 请回复2, 按2, "press 2", "option 2".
_LEAD = re.compile(
    r"^(?:(?:请|請|pls|please)\s*)?(?:我|i\s+|my\s+(?=answer))?(?:回复|回覆|回答|答复|答覆|我选|我選|选择?|選擇?|选项|選項|发送?|發送?"
    r"|按|输入|輸入|答|回|reply(?:\s+with)?|answer(?:\s+is)?|pick|press(?:ed)?|option|send|sent|choose|responder?|responde"
    r"|pulsar?|pulse|marcar?|返信|返答|رقم|رد)\s*[:,.]?\s*(?:数字|數字|号码|number)?\s*[:,.]?\s*"
)
_PART = re.compile(
    r"^\s*[(\[（【]\d\s*/\s*\d[)\]）】]\s*(?=\S)|\s*[(\[（【]\d\s*/\s*\d[)\]）】]\s*$"
)
_SKINS = dict.fromkeys(range(0x1F3FB, 0x1F400))  # colours of skin
_DIGITS_ONLY = re.compile(r"^[1-4](?:[\W_]*[1-4])*$")
_LETTERED = re.compile(r"^([a-z])[\W_]*([1-4](?!\d).*)$", re.DOTALL)

ON_DUTY = frozenset({RecipientKind.STAFF, RecipientKind.OUTSIDE})
"""Who is asked whether they have it and are on it, not how they are."""

ON_DUTY_DIGITS: Mapping[str, AnswerWord] = MappingProxyType(
    {"1": AnswerWord.SEEN, "2": AnswerWord.HELP, "4": AnswerWord.AWAY}
)
"""What they are offered, by digit."""


def as_said_by(word: AnswerWord, *, duty: bool) -> AnswerWord:
    """The answer a digit stands for. `duty`: whoever it is for is on duty: a 1 acknowledges."""
    return AnswerWord.SEEN if duty and word is AnswerWord.SAFE else word


def read_reply(
    text: str, *, sent: Sequence[str] = (), letters: frozenset[str] = frozenset()
) -> Meaning:
    """What the text (or pressed keys) means; never raises. `sent`: what went to this number last;
    `letters`: those of the open incidents that asked it."""
    if (key := text.strip()) in DIGITS:  # most of what ever comes
        return replace(_answer(DIGITS[key]), plain=True)
    meaning = _read(text[:LONGEST], sent, letters)
    if len(text) <= LONGEST or meaning.cry:
        return meaning
    return _cry(_flat(text[LONGEST - SEAM : WHOLE])) or meaning


def _read(text: str, sent: Sequence[str], letters: frozenset[str]) -> Meaning:
    own = own_words(_whole(text), sent)
    if own.echo:
        return Meaning(Meant.NOTHING, Because.ECHO)
    flat = _flat(own.words)
    if ROBOT.search(flat):
        cry = _cry(OFFERED.sub(" ", flat))
        return cry or Meaning(Meant.NOTHING, Because.ROBOT)
    unsigned = SIGNATURE.sub("", flat).strip()
    said = _ends(unsigned)
    if not said:
        return _signs(unsigned)
    asks = unsigned.endswith(("?", "吗", "嗎"))
    return (
        _keyword(said) or _cry(unsigned) or _lettered(said, letters) or _answered(said, asks=asks)
    )


def says_yes(meaning: Meaning) -> bool:
    """Whether "yes" was all that was said."""
    return meaning.because is Because.YES


def _whole(text: str) -> str:
    """The text without the "(1/2)" of a long one that comes in parts: its numbers answer nothing.
    A fraction without brackets, or alone, may be two keys."""
    return _PART.sub("", text).strip() or text


def _signs(text: str) -> Meaning:
    """A text without a letter or digit: 👍 and its like say no more than "received"."""
    signs = re.sub(r"\s+", "", text.translate(_SKINS))
    if signs and set(signs) <= ACK_SIGNS:
        return Meaning(Meant.NOTHING, Because.ACK)
    return Meaning(Meant.UNCLEAR, Because.EMPTY)


def _flat(text: str) -> str:
    """Half-width, lower-case, every digit an ASCII one, without emoji joiners."""
    flat = unicodedata.normalize("NFKC", text.replace("🆘", " SOS ")).casefold()
    flat = flat.replace("’", "'").replace("‘", "'")
    return "".join(_sign(c) for c in flat if unicodedata.category(c) not in _JOINERS or c == "\n")


_JOINERS = frozenset({"Mn", "Me", "Cf", "Cc"})


def _sign(sign: str) -> str:
    """A sign whose value is a digit is that digit: ٢, ❷, २."""
    digit = unicodedata.digit(sign, None)
    return sign if digit is None else str(digit)


def _ends(text: str) -> str:
    """Punctuation and blanks off both ends."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", text)


def _bare(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"[\W_]+", "", text)


def _keyword(said: str) -> Meaning | None:
    word = _bare(said)
    if word in STOP_WORDS:
        return Meaning(Meant.OPT_OUT, Because.STOP_WORD)
    if word in START_WORDS:
        return Meaning(Meant.OPT_IN, Because.START_WORD)
    return None


def _cry(said: str) -> Meaning | None:
    if _copied(said):
        return None
    cries = CRY.search(CALM.sub(" ", said)) or in_peril(said)
    return _help(Because.CRY) if cries else None


def _copied(said: str) -> bool:
    """Whether our own list of digits came back ("1安全2求助3已撤离"): nobody has cried yet."""
    return all(digit in said for digit in "124") and bool(
        re.search(r"(?<!\d)1\W*(安全|平安|参加|已练习|safe|taking part|done)", said)
    )


def _lettered(said: str, letters: frozenset[str]) -> Meaning | None:
    """An answer that names its incident: "B1", "b 1", "B1安全". Of one that is closed the 2 alone
    is read: somebody needs help, whatever has ended."""
    found = _LETTERED.match(_LEAD.sub("", said, count=1))
    if found is None:
        return None
    meaning = _answered(found[2], asks=False)
    if found[1] in letters:
        return replace(meaning, letter=found[1]) if meaning.word else None
    given = found[1] == FIRST or found[1].upper() in LETTERS
    return meaning if given and _asks_help(found[2]) else None


def _asks_help(said: str) -> bool:
    """A 2, courtesy and its label beside it or not: "B2 is dark" is a place."""
    label = _bare(POLITE.sub("", said))
    return label[:1] == "2" and (not label[1:] or label[1:] in BESIDE[AnswerWord.HELP])


def _answered(said: str, *, asks: bool) -> Meaning:
    """A digit, a label, both, thanks, or nothing we understand. `asks`: it is a question."""
    if _bare(said) in ACKS and not asks:
        return Meaning(Meant.NOTHING, Because.ACK)
    if _bare(said) == "yes":
        return Meaning(Meant.UNCLEAR, Because.YES)
    courteous = _ends(POLITE.sub("", POLITE.sub("", said)))
    meaning = _digit(said) or _digit(courteous) or _labelled(courteous) or _unclear()
    return _unclear() if asks and meaning.because is Because.LABEL else meaning


def _digit(said: str) -> Meaning | None:
    said = _LEAD.sub("", said, count=1)
    said = DIGIT_WORDS.get(said, said)
    if _DIGITS_ONLY.match(said):
        return _digits(said)
    first, rest = said[:1], said[1:]
    word = DIGITS.get(first)
    if word is None or rest[:1].isdigit():
        return None
    if word is AnswerWord.HELP:
        return _help(Because.DIGIT) if _follows(rest) else None
    label = _bare(CALM.sub(" ", rest))
    return _answer(word) if not label or label in SAYS[word] | BESIDE[word] else None


def _labelled(said: str) -> Meaning | None:
    """A label alone, or with its digit behind it: 平安1, "on it 1"."""
    label = _bare(said)
    digit = label[-1:] if label[-1:] in DIGITS else ""
    label = label.removesuffix(digit)
    for word in SAYS:
        mine = SAYS[word] | BESIDE[word] if digit else SAYS[word]
        if label in mine and DIGITS.get(digit, word) is word:
            return _help(Because.LABEL) if word is AnswerWord.HELP else _answer(word, Because.LABEL)
    return None


def _follows(rest: str) -> bool:
    """Whether a 2 stands for itself: not "2栋", "2楼", "2 people are safe", "2:30"."""
    tail = rest.lstrip()
    if re.match(r"^[:.]\d|^(栋|楼|层|号|幢|单元|座|樓|層|號|點|點|点|分|nd\b)", tail):
        return False
    return not re.search(r"没事|平安|安全|\bsafe\b|\bfine\b|\bok\b", tail)


def _digits(said: str) -> Meaning:
    """The meaning of keys alone: one digit (pressed twice, too) or several."""
    pressed = re.findall(r"[1-4]", said)
    if len(set(pressed)) == 1:
        return replace(_answer(DIGITS[pressed[0]]), plain=True)
    # A long run without blanks is a flat ("1213"), not a choice.
    if "2" in pressed and not re.search(r"\d{3}", said):
        return _help(Because.SEVERAL_WITH_HELP)
    return Meaning(Meant.UNCLEAR, Because.SEVERAL)


def _answer(word: AnswerWord, because: Because = Because.DIGIT) -> Meaning:
    return Meaning(Meant.ANSWER, because, word)


def _help(because: Because) -> Meaning:
    return _answer(AnswerWord.HELP, because)


def _unclear() -> Meaning:
    return Meaning(Meant.UNCLEAR, Because.OTHER)
