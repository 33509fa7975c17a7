"""Rules about words that can hurt somebody: a text that breaks one of them may cost a life.

They look at what a text says, in Chinese and in English, and at every paraphrase in
`vocabulary`. A playbook that breaks one does not pass `muster playbook check`; a hub that has such
a playbook of its own still starts with it, since an estate without its fire playbook is worse off.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.decide.texts import CHATS, PAGE, SCREEN
from hub.model import Kind, RecipientKind, Stage
from playbooks.case import Case, Finding, Text, whole
from playbooks.drill import forbids_calling
from playbooks.vocabulary import (
    FIRE,
    LIFTS,
    NOBODY_COMES,
    SEALED,
    SMOKE,
    STAIRS,
    STAY,
    SWEEP,
    TURN_BACK,
    UNABLE,
    hears,
    judged,
    promises,
)

PRESSING = frozenset({Stage.ALERT, Stage.UPDATE})
WHO_LIVES_THERE = frozenset({RecipientKind.RESIDENT, RecipientKind.GROUP})


def smoke_has_an_answer(case: Case) -> Iterator[Finding]:
    """In a fire everybody told to stay or to take the stairs reads what to do when smoke comes, in
    the alert and in every update. (DOMAIN.md section 7.2: the hold band always.)
    """
    for text, said in _pressing(case):
        if not _moves_or_stays(text, said):
            continue
        if not (hears(SMOKE, said, text.language) and hears(SEALED, said, text.language)):
            what = "does not say what to do when smoke comes"
            yield Finding(text.path, what, _ANSWER[_tongue(text)])


_ANSWER = {
    "zh": "写明，例如：楼道有烟就别出门，湿毛巾堵门缝，打{{fire_number}}报房号",
    "en": 'say it, such as "if smoke reaches you: shut and seal the door, call {{fire_number}}"',
}


def _tongue(text: Text) -> str:
    return "zh" if text.language.startswith("zh") else "en"


def fires_name_the_lifts(case: Case) -> Iterator[Finding]:
    """In a fire nobody is sent to the stairs without "no lifts", in updates either."""
    for text, said in _pressing(case):
        if text.channel == SCREEN or not hears(STAIRS, said, text.language):
            continue
        if not hears(LIFTS, said, text.language):
            what = "sends people to the stairs without saying to keep out of the lifts"
            yield Finding(text.path, what, 'add "勿乘电梯" or "no lifts"')


def stairs_are_not_for_everybody(case: Case) -> Iterator[Finding]:
    """Whoever is sent to the stairs, live or in a drill, reads what to do if they cannot use them:
    the wave for people with needs speaks the same words. Screens hang where the stairs end."""
    for text in case.texts:
        if text.stage not in PRESSING or text.channel == SCREEN or not _lives_there(case, text):
            continue
        said = _said(case, text)
        if hears(STAIRS, said, text.language) and not hears(UNABLE, said, text.language):
            what = "sends people to the stairs and leaves out those who cannot use them"
            hint = 'add a way, such as "走不了楼梯的…" or "if you cannot use stairs: …"'
            yield Finding(text.path, what, hint)


def staff_turn_back_at_smoke(case: Case) -> Iterator[Finding]:
    """Nobody is sent to sweep floors or knock at doors in a fire without being told to turn back at
    smoke: in the tasks, and in the live words for staff."""
    if not _is_fire(case):
        return
    for index, task in enumerate(case.playbook.tasks):
        for language, name in task.name.items():
            if hears(SWEEP, name, language) and not _turns_back(name, language):
                yield Finding(("tasks", index, "name", language), _SENT_IN, _SENT_IN_HINT)
    for text in case.texts:
        if text.kind is Kind.LIVE and text.stage in PRESSING and _is_staff(case, text):
            said = _said(case, text)
            if hears(SWEEP, said, text.language) and not _turns_back(said, text.language):
                yield Finding(text.path, _SENT_IN, _SENT_IN_HINT)


_SENT_IN = "sends staff to floors or doors without telling them to turn back at smoke"
_SENT_IN_HINT = 'add "遇烟立即退回" or "turn back at smoke"'


def updates_repeat_what_to_do(case: Case) -> Iterator[Finding]:
    """Whoever was told by the alert to stay or to take the stairs is told so by every update, in
    the playbook's own words: what an operator adds goes to everybody, and "everyone may go back"
    alone would be all that those read who are to stay."""
    told = {
        (text.kind, text.band, text.channel, text.language): _orders(case, text)
        for text in case.texts
        if text.stage is Stage.ALERT and _lives_there(case, text)
    }
    for text in case.texts:
        if text.kind is not Kind.LIVE or text.stage is not Stage.UPDATE or text.channel == SCREEN:
            continue
        before = told.get((text.kind, text.band, text.channel, text.language), frozenset())
        if before and _said(case, text) and not before & _orders(case, text):
            what = "does not repeat what the alert tells these people to do"
            yield Finding(text.path, what, _REPEAT[_tongue(text)])


_REPEAT = {
    "zh": "在更新里再写一遍，例如：请继续留在家中",
    "en": 'say it again, such as "stay inside for now": what is added reaches everybody',
}


def _orders(case: Case, text: Text) -> frozenset[str]:
    said = _said(case, text)
    orders = {"stay": STAY, "stairs": STAIRS}
    return frozenset(name for name, one in orders.items() if hears(one, said, text.language))


def nobody_is_kept_from_calling(case: Case) -> Iterator[Finding]:
    """No text says "do not call 119" without saying to call it when the danger is real."""
    for text in case.texts:
        for said in case.rendered(text):
            clause = forbids_calling(said.whole)
            if clause:
                what = f"tells people not to call for help, whatever happens ({clause!r})"
                hint = 'say "真有险情请拨打{{fire_number}}" or "in a real emergency call …"'
                yield Finding(text.path, what, hint)
                break


def help_in_a_drill_is_real(case: Case) -> Iterator[Finding]:
    """No drill text says that a call for help is practice, or that nobody comes."""
    for text in case.texts:
        if text.kind is Kind.LIVE:
            continue
        found = hears(NOBODY_COMES, _said(case, text), text.language)
        if found:
            what = f"says that a call for help in the drill is not real ({found[0]!r})"
            yield Finding(text.path, what, "people fall on stairs in drills: help stays real")


def nobody_is_promised(case: Case) -> Iterator[Finding]:
    """No text promises that somebody comes: nobody knows when it is written, and who waits for it
    does not call for help."""
    for text in case.texts:
        found = promises(whole(text.parts), text.language)
        if found:
            what = f"promises that somebody comes ({found!r})"
            hint = "say what is known, and what to do in danger; an update can say who is there"
            yield Finding(text.path, what, hint)


def _pressing(case: Case) -> Iterator[tuple[Text, str]]:
    """Live alerts and updates of a fire for people who live there, as they come out bare."""
    if not _is_fire(case):
        return
    for text in case.texts:
        if text.kind is Kind.LIVE and text.stage in PRESSING and _lives_there(case, text):
            said = _said(case, text)
            if said:  # what cannot be rendered is another rule's
                yield text, said


def _said(case: Case, text: Text) -> str:
    """The text without what an operator may add: that cannot be relied on."""
    rendered = case.rendered(text)
    return rendered[1].whole if len(rendered) > 1 else ""


def _is_fire(case: Case) -> bool:
    cap = case.playbook.source.get("cap", {})
    names = " ".join(str(value) for value in cap.values()) if isinstance(cap, dict) else ""
    names += " " + " ".join(case.playbook.name.values()) + f" {case.playbook.key}"
    return any(pattern.search(names) for pattern in FIRE.values())


def _moves_or_stays(text: Text, said: str) -> bool:
    """Whether it tells people where to be. A screen in the tower that burns sends everybody out of
    a lobby; only one that tells them to stay needs the answer."""
    stays = hears(STAY, said, text.language) is not None or text.band == "hold"
    if text.channel == SCREEN:
        return stays
    return judged(text.language) and (stays or hears(STAIRS, said, text.language) is not None)


def _lives_there(case: Case, text: Text) -> bool:
    kinds = _kinds(case, text)
    if text.channel == SCREEN:
        return RecipientKind.SCREEN in kinds
    if text.channel in CHATS:
        return RecipientKind.GROUP in kinds
    return bool(kinds & WHO_LIVES_THERE) or (text.channel == PAGE and not kinds)


def _is_staff(case: Case, text: Text) -> bool:
    return _kinds(case, text) == {RecipientKind.STAFF}


def _kinds(case: Case, text: Text) -> frozenset[RecipientKind]:
    """The kinds of people a text may reach; `*` is for all of them."""
    return frozenset(
        kind for band in case.playbook.bands if text.band in {band.key, "*"} for kind in band.kinds
    )


def _turns_back(said: str, language: str) -> bool:
    return bool(hears(SMOKE, said, language) and hears(TURN_BACK, said, language))


RULES = (
    smoke_has_an_answer,
    fires_name_the_lifts,
    stairs_are_not_for_everybody,
    staff_turn_back_at_smoke,
    updates_repeat_what_to_do,
    nobody_is_kept_from_calling,
    help_in_a_drill_is_real,
    nobody_is_promised,
)
