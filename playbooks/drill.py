"""Rules about drill words: of their own, saying so, and calling nobody out.

Hawaii, 13 January 2018: a drill recording said "this is not a drill". A live text with a prefix
still sends people to the phone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

from hub.model import Kind
from playbooks.case import Case, Finding, Text, whole
from playbooks.drill_words import DENIES, MARKS, drill_words

_DENIES = re.compile(
    r"(不是|并非|绝非|不属于|不为|非)(一次|一场|在)?\s*(消防|停电|应急|疏散)?\s*演(练|习)"
    r"|\b(not|never|no|isn.?t|aint)\s+(just\s+|only\s+|merely\s+)?(a\s+|an\s+|any\s+)?"
    r"(fire\s+|evacuation\s+)?(drill|exercise|test|practice)\b"
)

_VERB = (
    r"(call|dial|phone|ring|ringing|calling|dialling|telephone|contact"
    r"|拨打|拨|致电|打电话|呼叫|联系|转报|报警|报|打)"
)
_WHOM = re.compile(
    r"(?<!\d)(119|120|110|112|911|999)(?![0-9a-z])"
    r"|fire (brigade|department|service)|ambulance|\bpolice\b|消防队|救护车|警察|报警"
)
_CALLS = re.compile(_VERB)
_UNREAL = re.compile(
    r"\b(no|not a|not any|without a|without any) (real|genuine|actual) \w+\b"
    r"|(没有|并无|不是|非|无)(任何)?真(的|正|实)?的?(险情|火情|火灾|起火|危险|情况)"
)
# Only a "do not" right before the verb: "do not hesitate to call" and "不要忘记拨打" are orders.
_DO_NOT = re.compile(
    r"\b(do not|don.?t|never|no need to|not to|need not)\s+"
    r"((ever|really|actually|run|rush)\s+)?(or\s+)?"
    + _VERB
    + r"|(勿|不|无需|不用|不要|不必|(?<!特)别|只口述)"
    + r"(再|去|真的?|因演练|因此|误|对外|随意|重复|向)?"
    + _VERB
)
# Help is real in a drill: who is in real danger is told to call, and nobody is told never to.
_REALLY = re.compile(
    r"\b(real|genuine|actual) (emergency|danger|fire|accident|need|problem|trouble)\b"
    r"|\b(if|when|should) (it is|there is|you are|you have|someone is|somebody is|anyone is)"
    r"( \w+){0,3} (really|truly)\b"
    r"|(真(的|正|实)?(有|是|遇|遇到|发生|出现)?|确有)[^，。；！]{0,3}(险情|火情|火灾|起火|危险|紧急|情况|事故)"
)
_CLAUSE = re.compile(r"[。！？；，、：,.;:!?\n]|\bbut\b|\band\b|\bthen\b|但是?|然后|再")

_MARKS = re.compile(
    r"\bthis is an? ((fire|power outage) )?drill\b|\bdrills?\b|\bexercise\b"
    r"|这是(一次)?(消防|停电)?演练|演练|演习"
)

COPIED = 0.8
"""Share of a live text found again, in pieces of 6 characters or more, that makes a copy.

The shipped drill texts stay below 0.6; a live text with prefixes and a sentence more is above 0.9.
"""

PIECE = 6


def drills_say_so(case: Case) -> Iterator[Finding]:
    """The first thing a drill text says is that it is a drill, and it never says the opposite."""
    for text in _drills(case):
        words = drill_words(text.language)
        first = next((p for p in case.parts_of(text.channel) if p in text.parts), None)
        opening = text.parts[first] if first else next(iter(text.parts.values()), "")
        if not any(word in opening.casefold() for word in words):
            path = (*text.path, first) if first else text.path
            what = "a drill text does not begin by saying that it is a drill"
            yield Finding(path, what, f"say {' or '.join(words)} in its first part")
        if _DENIES.search(_folded(text)) or DENIES.search(_folded(text)):
            yield Finding(text.path, "a drill text denies being a drill", "remove the sentence")


def drills_call_nobody(case: Case) -> Iterator[Finding]:
    """A drill text never tells anyone to call 119, 120, 110 ("do not call 119" is right)."""
    for text in _drills(case):
        for said in case.rendered(text):
            clause = calls_out(said.whole)
            if clause:
                what = f"a drill text tells people to call for help outside ({clause!r})"
                yield Finding(text.path, what, 'say "do not call …" or leave the number out')
                break


def calls_out(said: str) -> str:
    """The clause that tells people to call outside help though nothing is real, or nothing."""
    forbidden = False
    folded = _UNREAL.sub(" ", unicodedata.normalize("NFKC", said).casefold())
    real = False  # the clause before named a real danger: "如果真有险情，请拨打119"
    for clause in _CLAUSE.split(folded):
        if _REALLY.search(clause):
            real = True
            continue
        if real and _CALLS.search(clause) and not _DO_NOT.search(clause):
            real = False
            continue
        real = real and not clause.strip()
        denied = bool(_DO_NOT.search(clause))
        whom = _WHOM.search(clause)
        told = bool(_CALLS.search(clause)) and not denied
        if whom and (told or not (denied or forbidden)) and not _mere_word(clause, whom[0]):
            return clause.strip()[:60]
        if clause.strip():
            forbidden = denied or (forbidden and whom is not None)
    return ""


def forbids_calling(said: str) -> str:
    """The clause that says not to call outside help, where nothing says to call it when the danger
    is real; or nothing."""
    folded = _UNREAL.sub(" ", unicodedata.normalize("NFKC", said).casefold())
    clauses = [clause for clause in _CLAUSE.split(folded) if clause.strip()]
    for clause, after in zip(clauses, [*clauses[1:], ""], strict=True):
        if _REALLY.search(clause) and _CALLS.search(f"{clause} {after}"):
            return ""
    for clause in clauses:
        if _DO_NOT.search(clause) and _WHOM.search(clause):
            return clause.strip()[:60]
    return ""


def _mere_word(clause: str, whom: str) -> bool:
    """Whether an institution is only mentioned ("the fire brigade knows"), not to be called."""
    rest = clause.replace(whom, "")
    return not whom.isdigit() and whom != "报警" and not _CALLS.search(rest)


def drills_are_no_copies(case: Case) -> Iterator[Finding]:
    """A drill text is written for the drill: it is not the live text with something in front."""
    live = {text.path[2:]: text for text in case.texts if text.kind is Kind.LIVE}
    for text in _drills(case):
        own = live.get(text.path[2:]) or live.get((text.path[2], "*", *text.path[4:]))
        if own is None:
            continue
        if copied(_bare(own), _bare(text)) >= COPIED:
            what = "a drill text is only the live text with additions"
            yield Finding(text.path, what, "write what people shall do in the drill")


def copied(live: str, drill: str) -> float:
    """The share of a live text that stands in a drill text in pieces of some length."""
    if not live:
        return 0.0
    matcher = SequenceMatcher(None, live, drill, autojunk=False)
    least = min(PIECE, len(live))
    found = sum(block.size for block in matcher.get_matching_blocks() if block.size >= least)
    return found / len(live)


def _bare(text: Text) -> str:
    """The words alone: no template marks, drill marks, blanks or punctuation."""
    said = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", " ", _folded(text), flags=re.DOTALL)
    return re.sub(r"[\W_]+", "", MARKS.sub("", _MARKS.sub("", said)))


def _folded(text: Text) -> str:
    return unicodedata.normalize("NFKC", whole(text.parts)).casefold()


def _drills(case: Case) -> Iterator[Text]:
    return (text for text in case.texts if text.kind is not Kind.LIVE)


RULES = (drills_say_so, drills_call_nobody, drills_are_no_copies)
