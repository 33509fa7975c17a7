"""What a resident's page says, in one language: from values to words, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.flow.answer import Person, Real, ResidentPage, Said
from hub.model import AnswerWord, Level, Stage
from hub.tags import direction, nearest
from hub.times import told
from hub.zones import zone_of
from web.catalog import LANGUAGES
from web.tongues import Tongue, named

OVER = frozenset({Stage.ALL_CLEAR, Stage.CORRECTION})
STAY = "hold"
"""The band of those who are told to stay where they are: nothing hurries them out."""
CALMER = frozenset({Level.P2, Level.P3, Level.P4})

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A language, its words, and a clock on the wall of the site, read `now`."""

    tongue: Tongue
    zone: ZoneInfo
    now: datetime

    @property
    def t(self) -> Say:
        return self.tongue.t

    def clock(self, at: datetime) -> str:
        """The time, with its day where that is not today's."""
        return told(at, self.zone, language=self.tongue.fixed, now=self.now)

    def pick(self, words: Mapping[str, Any]) -> Any:
        """The entry in this language, in the nearest, in English, or in any."""
        filled = [tag for tag, said in words.items() if said]
        found = nearest(self.tongue.tag, filled) or nearest("en", filled)
        return words[found] if found else next(iter(words.values()), "")


def languages_of(page: ResidentPage) -> tuple[str, ...]:
    """The languages the page can be read in: those its playbook has words in."""
    return tuple(page.words) or LANGUAGES


def language_for(page: ResidentPage, asked: str) -> str:
    """The language to speak: the one asked for, else the person's own, or the nearest to it; else
    English; else the first there is."""
    there = languages_of(page)
    wanted = (asked, page.language, "en")
    return next((found for tag in wanted if (found := nearest(tag, there))), there[0])


def view_of(page: ResidentPage, *, tongue: Tongue, timezone: str, now: datetime) -> dict[str, Any]:
    """Everything the template needs, as plain texts."""
    speaker = _Speaker(tongue, zone_of(timezone), now)
    words = speaker.pick(page.words) or {}
    several = len(page.persons) > 1
    return {
        "language": tongue.tag,
        "dir": tongue.dir,
        "fixed": tongue.fixed if tongue.mixed else "",
        "fixed_dir": tongue.fixed_dir,
        "others": _others(page, tongue.tag),
        "look": _look(page),
        "over": _is_over(page),
        "band": _band(page, speaker),
        **(_real(page.real, speaker) if page.real else _words(page, words, speaker)),
        "news": _news(page, speaker),
        "takes_answers": page.takes_answers and bool(page.persons),
        "several": several,
        "differ": len({person.answer for person in page.persons}) > 1,
        "ask": _ask(page, speaker),
        "answered": _answered(page, speaker),
        "buttons": _buttons(page, speaker, several=several),
        "persons": [_person(one, page, speaker) for one in page.persons] if several else [],
        "place": speaker.pick(page.place_spoken),
        "homes": [speaker.pick(home) for home in page.homes],
        "issued": _issued(page, speaker),
        "next_update": _next(page, speaker),
        "source": speaker.pick(page.site.get("source") or {}),
        "code": page.code,
        "older": [_older(said, speaker) for said in page.said[1:]],
        "call": _call(page, speaker),
    }


def _words(page: ResidentPage, words: Mapping[str, str], speaker: _Speaker) -> dict[str, Any]:
    return {
        "title": words.get("title") or speaker.pick(page.playbook_name),
        "do": words.get("do", ""),
        "how": words.get("facts", ""),
        "real": "",
    }


def _real(real: Real, speaker: _Speaker) -> dict[str, Any]:
    """A drill that something real ended says that alone, and where to look."""
    how = [speaker.t("res.real_how", place=speaker.pick(real.place_spoken))]
    how += [] if real.mine else [speaker.t("res.real_staff")]
    return {
        "title": speaker.t("res.real_title", name=speaker.pick(real.name)),
        "do": speaker.t("res.real_do"),
        "how": (" " if speaker.tongue.fixed in {"en", "ko", "ar"} else "").join(how),
        "real": speaker.t("res.real_open") if real.mine else "",
    }


def _others(page: ResidentPage, language: str) -> list[dict[str, str]]:
    """Every other language there is, by the name its readers know."""
    there = languages_of(page)
    return [
        {"tag": tag, "name": named(tag, there), "dir": direction(tag)}
        for tag in there
        if tag != language
    ]


def _is_over(page: ResidentPage) -> bool:
    if page.real:
        return False
    return page.now is not None and page.now.stage in OVER


def _look(page: ResidentPage) -> str:
    if page.real:
        return "red"
    if page.is_drill:
        return "drill"
    if _is_over(page):
        return "green"
    return "amber" if page.level in CALMER else "red"


def _band(page: ResidentPage, speaker: _Speaker) -> str:
    if page.real:
        return speaker.t("res.real")
    if page.kind == "test":
        return speaker.t("res.test")
    if page.is_drill:
        return speaker.t("res.drill_over" if _is_over(page) else "res.drill")
    if page.now is not None and page.now.stage is Stage.CORRECTION:
        return speaker.t("res.correction")
    if _is_over(page):
        return speaker.t("res.clear")
    stay = page.band == STAY and page.level not in CALMER
    return speaker.t("res.stay" if stay else f"res.level.{page.level}")


def _news(page: ResidentPage, speaker: _Speaker) -> dict[str, str] | None:
    """The newest thing the duty manager added; once it is over, only what was added to that."""
    if page.real:
        return None
    for said in page.said[:1] if _is_over(page) else page.said:
        if said.text:
            said_in = said.added(speaker.tongue.reads)
            return {"time": speaker.clock(said.issued_at), "text": said_in}
    return None


def _ask(page: ResidentPage, speaker: _Speaker) -> str:
    if any(person.answer for person in page.persons):
        return speaker.t("res.change")
    if page.duty:
        return speaker.t("res.duty_ask")
    count = len(page.persons)
    return speaker.t("res.ask_all", n=count) if count > 1 else speaker.t("res.ask")


def _answered(page: ResidentPage, speaker: _Speaker) -> dict[str, str] | None:
    """What stands above the buttons: help before anything else, so that it is never hidden."""
    given = [person for person in page.persons if person.answer]
    if not given:
        return None
    person = next((p for p in given if p.answer == AnswerWord.HELP), given[0])
    same = len({p.answer for p in page.persons}) == 1 and len(page.persons) > 1
    said = _said(page, person.answer, speaker, several=same)
    name = person.name + speaker.t("res.colon") if len(page.persons) > 1 and not same else ""
    time = speaker.clock(person.answered_at) if person.answered_at else ""
    return {
        "word": person.answer,
        "said": name + said,
        "time": time,
        "then": _then(page, person, speaker),
    }


def _then(page: ResidentPage, person: Person, speaker: _Speaker) -> str:
    if person.answer != AnswerWord.HELP:
        return speaker.t("res.thanks_over" if _is_over(page) else "res.thanks")
    if not person.help_open:
        return speaker.t("res.help_done", number=page.number)
    if person.help_assigned:
        return speaker.t("res.help_with", who=person.help_assigned, number=page.number)
    said = "res.help_open_drill" if page.is_drill else "res.help_open"
    return speaker.t(said, number=page.number)


def _said(page: ResidentPage, answer: str, speaker: _Speaker, *, several: bool) -> str:
    """An answer in the words of those it is for: of residents, or of people on duty."""
    if page.duty and answer in page.answers.values():
        return speaker.t(f"res.duty_{answer}")
    return speaker.t(f"res.{answer}{'_all' if several and answer != AnswerWord.SEEN else ''}")


def _buttons(page: ResidentPage, speaker: _Speaker, *, several: bool) -> list[dict[str, Any]]:
    return [
        {
            "word": str(word),
            "digit": digit,
            "text": _said(page, word, speaker, several=several),
            "pressed": bool(page.persons) and all(one.answer == word for one in page.persons),
        }
        for digit, word in page.answers.items()
    ]


def _person(person: Person, page: ResidentPage, speaker: _Speaker) -> dict[str, Any]:
    said = speaker.t(f"answer.{person.answer}") if person.answer else speaker.t("res.nobody")
    return {
        "id": person.id,
        "name": person.name,
        "said": said,
        "buttons": [
            {
                "word": str(word),
                "text": speaker.t(f"answer.{word}"),
                "pressed": person.answer == word,
            }
            for word in page.answers.values()
        ],
    }


def _issued(page: ResidentPage, speaker: _Speaker) -> str:
    first = speaker.clock(page.said[-1].issued_at if page.said else page.launched_at)
    if len(page.said) < 2:
        return first
    updated = speaker.clock(page.said[0].issued_at)
    return speaker.t("res.issued_updated", issued=first, updated=updated)


def _next(page: ResidentPage, speaker: _Speaker) -> str:
    if _is_over(page) or page.real or page.next_update_at is None:
        return ""
    return speaker.t("res.by", time=speaker.clock(page.next_update_at))


def _older(said: Said, speaker: _Speaker) -> dict[str, str]:
    return {
        "time": speaker.clock(said.issued_at),
        "stage": speaker.t(f"res.stage.{said.stage}"),
        "text": said.added(speaker.tongue.reads),
    }


def _call(page: ResidentPage, speaker: _Speaker) -> dict[str, str] | None:
    if _is_over(page):
        return None
    number = page.number
    key = "res.call_drill" if page.is_drill and not page.real else "res.call"
    return {"number": number, "text": speaker.t(key, number=number)}
