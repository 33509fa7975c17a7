"""Rules about words that mislead or are read wrongly: warnings, which stop nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from hub.model import Kind, Stage
from playbooks.case import Case, Finding, Text, whole
from playbooks.vocabulary import (
    BACK_TO_NORMAL,
    DIGITS_ASKED,
    FOR_NOW,
    LABEL_FIRST,
    STAY,
    TYPED_NUMBER,
    UNDER_WAY,
    WITHDRAWN,
    hears,
    judged,
)

_NUMBER = re.compile(r"\b(fire|ambulance|police)_number\b")
_SENTENCE = re.compile(r"[。.!！?？]")


def numbers_are_the_playbooks_own(case: Case) -> Iterator[Finding]:
    """A playbook offers the service it is about (`calls`), and its texts name no other."""
    calls = case.playbook.calls
    if not calls:
        what = "names no outside service, so people in danger are offered the fire brigade"
        yield Finding(("calls",), what, "add `calls: [ambulance, fire, police]`, most apt first")
    for text in case.texts:
        for name in sorted(
            {found[1] for source in text.parts.values() for found in _NUMBER.finditer(source)}
        ):
            if calls and name not in calls:
                what = f"names {{{{{name}_number}}}}, which is not among the playbook's `calls`"
                yield Finding(text.path, what, "add it to `calls`, or name one that is there")


def numbers_come_from_the_site(case: Case) -> Iterator[Finding]:
    """Emergency numbers are variables: they differ by country, and calls speak them right."""
    for text in case.texts:
        found = hears(TYPED_NUMBER, whole(text.parts), text.language)
        if found:
            what = f"has the number {found[0]} typed in"
            if found[0] == "112" and text.language.startswith("zh"):
                what += ", which reaches nobody in mainland China"
            yield Finding(text.path, what, "use {{fire_number}}, {{ambulance_number}}, …")


def staying_is_for_now(case: Case) -> Iterator[Finding]:
    """Who is told to stay is told that it is for now: without it, it reads as a promise."""
    for text in case.texts:
        said = whole(text.parts)
        if text.kind is not Kind.LIVE or text.stage not in {Stage.ALERT, Stage.UPDATE}:
            continue
        stays = text.band == "hold" and hears(STAY, said, text.language)
        if stays and not hears(FOR_NOW, said, text.language):
            what = "tells people to stay as if for good"
            yield Finding(text.path, what, 'say "先" or "for now"')


def alerts_claim_no_work(case: Case) -> Iterator[Finding]:
    """An alert goes out in the first second: nobody works on anything yet."""
    for text in case.texts:
        if text.kind is not Kind.LIVE or text.stage is not Stage.ALERT:
            continue
        found = hears(UNDER_WAY, whole(text.parts), text.language)
        if found:
            what = f"the alert says that work is under way ({found[0]!r})"
            yield Finding(text.path, what, 'say "正在查原因" or "we are finding the cause"')


def corrections_withdraw(case: Case) -> Iterator[Finding]:
    """A correction withdraws a false alarm, so it says that it was one."""
    for text in case.texts:
        if text.kind is not Kind.LIVE or text.stage is not Stage.CORRECTION:
            continue
        said = whole(text.parts)
        if judged(text.language) and not hears(WITHDRAWN, said, text.language):
            what = "the correction does not say that the alert was sent by mistake"
            yield Finding(text.path, what, "a wrong place or a change is an update, not this")


def drills_end_without_claims(case: Case) -> Iterator[Finding]:
    """The end of a drill does not say that equipment works again: nobody has said so."""
    for text in case.texts:
        if text.kind is Kind.LIVE or text.stage is not Stage.ALL_CLEAR:
            continue
        found = hears(BACK_TO_NORMAL, whole(text.parts), text.language)
        if found:
            what = f"the end of the drill says that equipment is back ({found[0]!r})"
            yield Finding(text.path, what, "say that the drill is over")


def digits_come_before_their_words(case: Case) -> Iterator[Finding]:
    """A text offers "1 safe", never "safe 1": people copy what they see. All of it stands in one
    sentence, the last before the link."""
    for text in case.texts:
        if text.channel != "sms":
            continue
        said = unicodedata.normalize("NFKC", whole(text.parts))
        found = hears(LABEL_FIRST, said, text.language)
        if found:
            what = f"puts the word before its digit ({found[0]!r})"
            yield Finding(text.path, what, 'write "1安全，2求助" or "1 safe, 2 need help"')
        if _asked_too_early(text, said):
            what = "asks for a digit before its last sentence"
            yield Finding(text.path, what, "put all digits into one sentence before {{link}}")


def _asked_too_early(text: Text, said: str) -> bool:
    found = hears(DIGITS_ASKED, said, text.language)
    if not found:
        return False
    rest = said[found.end() :].partition("{{link}}")[0].strip()
    return bool(_SENTENCE.search(rest.rstrip("。.")))


RULES = (
    numbers_are_the_playbooks_own,
    numbers_come_from_the_site,
    staying_is_for_now,
    alerts_claim_no_work,
    corrections_withdraw,
    drills_end_without_claims,
    digits_come_before_their_words,
)
