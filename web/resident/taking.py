"""A resident's answer, by form, JSON or websocket: the same checks, the same record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from hub.errors import Conflict, Problem, Refused
from hub.model import DIGITS, Actor, Answer, AnswerWord, IncidentId, RecipientId
from web.house import House
from web.resident.broken import BrokenLink
from web.resident.nonce import is_fresh

WORDS = tuple(DIGITS.values())
EVERYONE = "all"


def speaks_for(hub: House, token: str) -> tuple[IncidentId, RecipientId]:
    """Incident and recipient of a link; BrokenLink for anything that is not one of ours."""
    found = hub.answer.whose(token)
    if found is None:
        raise BrokenLink
    return found


def meant(hub: House, written: str) -> str:
    """The token in the end of a link as it came; BrokenLink if none of ours is in it."""
    found = hub.answer.meant(written)
    if found is None:
        raise BrokenLink
    return found


async def take(hub: House, token: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The answer is on record, for the person meant; what now stands.

    `fields`: answer, nonce (of the page), person (a recipient id the page offered, or `all`;
    without it: the one the link was sent to). Unknown: the link. Refused: a field.
    """
    incident, recipient = speaks_for(hub, token)
    word, nonce = await _word(hub, token, fields.get("answer")), str(fields.get("nonce") or "")
    if not is_fresh(hub.settings.secret_key, token, nonce, hub.clock.now()):
        problem = Problem("nonce", "is missing or older than a day", "open the link again")
        raise Refused("Open the link again, then answer.", [problem], code="nonce")
    people = await _people(hub, token, recipient, fields.get("person"))
    given = Answer(incident, people[0], word, "link", {"nonce": nonce.partition(".")[0]})
    who = Actor(f"recipient:{recipient}", "resident")
    stand = partial(_stand, hub, given, who=who, people=people)
    # nobody may be there to tap again: a cry that cannot be written down now is, later
    await (hub.report.held.do(stand) if word is AnswerWord.HELP else stand())
    return {"answer": str(word), "people": list(people)}


async def _stand(hub: House, given: Answer, *, who: Actor, people: Sequence[RecipientId]) -> None:
    incident, word, others = given.incident, given.word, people[1:]
    try:
        await hub.answer.take(given, who=who, once=None, others=others)
    except Conflict:  # closed: who reads so may still need help
        await _tapped(hub, incident, people, word, taken=False)
        raise
    await _tapped(hub, incident, people, word, taken=True)


async def _tapped(
    hub: House, incident: int, people: Sequence[int], word: AnswerWord, *, taken: bool
) -> None:
    if word is AnswerWord.HELP:
        await hub.report.tapped(incident, people, taken=taken)


async def _word(hub: House, token: str, said: object) -> AnswerWord:
    """A resident's answer, or that of somebody on duty where the page is theirs."""
    page = await hub.answer.page(token) if said == AnswerWord.SEEN.value else None
    offered: tuple[AnswerWord, ...] = tuple(page.answers.values()) if page else ()
    for word in (*WORDS, *offered):
        if said == word.value:
            return word
    known = ", ".join(word.value for word in WORDS)
    problem = Problem("answer", f"{str(said)[:40]!r} is no answer", f"one of {known}")
    raise Refused("This answer is not known.", [problem], code="answer")


async def _people(
    hub: House, token: str, own: RecipientId, said: object
) -> tuple[RecipientId, ...]:
    """Whom the answer is for: never anyone the page did not offer."""
    if said in {None, "", str(own), own}:
        return (own,)
    page = await hub.answer.page(token)
    offered = [RecipientId(person.id) for person in page.persons] if page else []
    if said == EVERYONE:
        return (own, *(person for person in offered if person != own))
    for person in offered:
        if str(said) == str(person):
            return (person,)
    problem = Problem("person", "is not one of the people this link speaks for", "choose again")
    raise Refused("This link does not speak for that person.", [problem], code="person")
