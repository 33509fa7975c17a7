"""Say: what follows the alert. Update, all-clear, correction; stop and close."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from hub.decide.added import by_language, first, lacks_words
from hub.decide.draft import fits_of, languages_of, milliseconds
from hub.decide.notice_preview import NoticePreview, notice_preview
from hub.decide.real_first import drill_ended
from hub.decide.real_words import real_values, told_of_real
from hub.decide.site import signatures
from hub.decide.stages import LAST, No, may_say
from hub.decide.target import Target
from hub.decide.variables import Facts, meeting_by_band, variables_by_language
from hub.decide.wording import render_all
from hub.errors import Conflict, Problem, Refused
from hub.events import iso
from hub.flow.keys import keyed
from hub.flow.where import target_of
from hub.model import Actor, Kind, Playbook, Stage, Wording, Words
from hub.plans import Ended, Hearers, Keyed, NoticePlan, Running, Spoken, Spot
from hub.ports import Channel, Clock, Library, Wake
from hub.states import IncidentState
from hub.under_way import HelpOpen

TEXT_LIMIT = 300
"""Characters an operator may add to a notice, in each language."""

Added = str | Mapping[str, str]

LAST_LIFE = timedelta(hours=24)
"""How long an all-clear or a correction is worth sending."""


class SayLedger(Protocol):
    """The rows behind notices after the alert."""

    async def running(self, incident: int) -> Running: ...
    async def spots(
        self, site: int, building: str
    ) -> tuple[Sequence[Spot], Mapping[int, Mapping[str, str]]]: ...
    async def answered(self, keyed: Keyed) -> Spoken | None: ...
    async def speak(self, plan: NoticePlan) -> Spoken: ...
    async def hearers(self, incident: int, *, stage: Stage) -> Hearers: ...
    async def stop(self, incident: int, actor: str) -> Ended: ...
    async def close(self, incident: int, actor: str, confirm_help: object = None) -> Ended: ...


@dataclass(frozen=True, slots=True)
class Said:
    """A notice that was said; `repeated`: by an earlier request with the same key."""

    notice: int
    revision: int
    deliveries: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """People who could have been told and will not be."""

    untold: int


@dataclass(frozen=True, slots=True)
class Closed:
    """What was left open when the record was closed: a warning, not a refusal. `clear_until`: until
    when the end of it can still be said, where it was not."""

    untold: int
    helped: HelpOpen
    cleared: bool
    clear_until: datetime | None = None

    @property
    def help_open(self) -> int:
        """How many people still need help."""
        return self.helped.people

    def to_json(self) -> dict[str, Any]:
        """As the API answers."""
        until = self.clear_until and iso(self.clear_until)
        left = {"untold": self.untold, "help_open": self.help_open, "help_by": self.helped.kinds}
        return {"status": "closed", **left, "cleared": self.cleared, "clear_until": until}


@dataclass(frozen=True, slots=True)
class Say:
    """The use-case."""

    ledger: SayLedger
    library: Library
    clock: Clock
    wake: Wake
    channels: Mapping[str, Channel]
    timezone: str = "Asia/Shanghai"
    link_length: int = 48
    languages: Sequence[str] = ("zh-CN", "en")

    async def notice(
        self,
        incident_id: int,
        stage: Stage | str,
        *,
        text: Added = "",
        untranslated: bool = False,
        confirm_help: object = None,
        who: Actor,
        key: str | None,
    ) -> Said:
        """The notice is on record and on its way.

        An update goes to the whole audience, an all-clear and a correction to those who may have
        got what came before; they end the incident. One that a restore cut short can be said again,
        to those who have not surely got it. The same key again gives the first answer.
        `text` by language, or in the site's first one. An update has it in every language somebody
        of its audience is told in, unless it is `untranslated` on purpose. `confirm_help`: how many
        still need help, for an all-clear said all the same; it is no part of what the key stands
        for. Unknown for no such incident, Conflict where it may not be said, Refused for bad input.
        """
        body = {
            "stage": str(stage),
            "text": text,
            **({"untranslated": True} if untranslated else {}),
        }
        asked = None if key is None else keyed(f"notice:{incident_id}", key, body)
        spoken = await self.ledger.answered(asked) if asked is not None else None
        if spoken is None:
            running = await self.ledger.running(incident_id)
            added = by_language(text, self._languages(running))
            known = _checked(stage, added, running)
            if known is Stage.UPDATE:
                await self._whole(incident_id, added, untranslated=untranslated)
            plan = await self._plan(running, known, added, who=who, asked=asked)
            plan = replace(plan, confirm_help=confirm_help)
            spoken = await self.ledger.speak(plan)
            await self._ring(incident_id, running.lane, spoken.seq)
        return Said(spoken.notice, spoken.revision, spoken.deliveries, repeated=spoken.repeated)

    async def unused(self, incident_id: int, key: str | None) -> None:
        """No notice of this incident has this key. Conflict otherwise, Refused for what cannot be
        a key: asked for a body that cannot be read, as `Launch.unused`."""
        if key is not None:
            await self.ledger.answered(keyed(f"notice:{incident_id}", key, {}))

    async def preview(
        self, incident_id: int, stage: Stage | str, *, text: Added = ""
    ) -> NoticePreview:
        """What `notice` would say, and to how many; writes nothing. Refused as `notice`, but for
        words that are still to be written."""
        running = await self.ledger.running(incident_id)
        added = by_language(text, self._languages(running))
        known = _checked(stage, added, running)
        playbook = self.library.thaw(running.recipe)
        target = await target_of(self.ledger, running)
        words = await asyncio.to_thread(
            self._words, running, playbook, target, stage=known, added=added
        )
        bare: tuple[Wording, ...] = ()
        if added and known is Stage.UPDATE:
            bare = await asyncio.to_thread(
                self._words, running, playbook, target, stage=known, added={}
            )
        found = await self.ledger.hearers(incident_id, stage=known)
        return notice_preview(playbook, words, found, added=added, bare=bare)

    async def real(self, incident_id: int) -> Said | None:
        """In a drill that something real ended: whoever heard of it is told so, once, in the hub's
        own words. None where nothing real ended it."""
        running = await self.ledger.running(incident_id)
        if running.ended_by is None:
            return None
        real = await self.ledger.running(running.ended_by.id)
        playbook = self.library.thaw(running.recipe)
        languages = languages_of(playbook, Kind(running.kind))
        said = replace(
            self._notice(running, playbook, Stage.CORRECTION, who="hub"),
            wordings=await self._real_words(running, real, languages),
            real=True,
        )
        spoken = await self.ledger.speak(said)
        await self._ring(incident_id, running.lane, spoken.seq)
        return Said(spoken.notice, spoken.revision, spoken.deliveries)

    async def _real_words(
        self, running: Running, real: Running, languages: Sequence[str]
    ) -> tuple[Wording, ...]:
        there, where = await target_of(self.ledger, running), await target_of(self.ledger, real)
        began = self.library.thaw(real.recipe)
        playbook = told_of_real(self.library.thaw(running.recipe), running.kind, languages)
        more = {tag: real_values(began, where, running.settings, language=tag) for tag in languages}
        return await asyncio.to_thread(
            self._words, running, playbook, there, stage=Stage.CORRECTION, added={}, more=more
        )

    async def stop(self, incident_id: int, *, who: Actor) -> Stopped:
        """Nothing planned is sent any more and no wave starts; again, it ends what was said since.
        Conflict after the all-clear."""
        ended = await self.ledger.stop(incident_id, who.id)
        await self._tell(incident_id, ended)
        return Stopped(ended.untold)

    async def close(self, incident_id: int, *, who: Actor, confirm_help: object = None) -> Closed:
        """The record is final. Conflict while an all-clear is still going out, and while somebody
        needs help, unless `confirm_help` says exactly how many do."""
        ended = await self.ledger.close(incident_id, who.id, confirm_help)
        await self._tell(incident_id, ended)
        until = datetime.fromtimestamp(ended.clear_until / 1000, UTC) if ended.clear_until else None
        return Closed(ended.untold, ended.helped, ended.cleared, until)

    async def _tell(self, incident: int, ended: Ended) -> None:
        if not ended.repeated:
            await self.wake.tell(f"incident:{incident}", ended.seq)

    async def _ring(self, incident: int, lane: str, seq: int) -> None:
        await self.wake.ring(lane)
        await self.wake.tell(f"incident:{incident}", seq)

    def _languages(self, running: Running) -> tuple[str, ...]:
        """The site's, most important first."""
        own = running.settings.get("languages")
        return tuple(str(tag) for tag in own or self.languages)

    async def _whole(self, incident: int, added: Words, *, untranslated: bool) -> None:
        """Refused for an update that somebody could not read."""
        found = await self.ledger.hearers(incident, stage=Stage.UPDATE)
        problem = lacks_words(added, found.readers, untranslated=untranslated)
        if problem:
            said = f"This cannot be said: {problem.where} {problem.what}."
            raise Refused(said, [problem], code="notice")

    async def _plan(
        self, running: Running, stage: Stage, added: Words, *, who: Actor, asked: Keyed | None
    ) -> NoticePlan:
        playbook = self.library.thaw(running.recipe)
        target = await target_of(self.ledger, running)
        words = await asyncio.to_thread(
            self._words, running, playbook, target, stage=stage, added=added
        )
        plan = self._notice(running, playbook, stage, who=who.id)
        text = first(added, self._languages(running))
        return replace(plan, text=text, texts=added, wordings=words, keyed=asked)

    def _notice(
        self, running: Running, playbook: Playbook, stage: Stage, *, who: str
    ) -> NoticePlan:
        """A notice without its words."""
        last = stage in LAST
        return NoticePlan(
            incident=running.id,
            stage=str(stage),
            text="",
            lane=running.lane,
            wordings=(),
            expires_ms=milliseconds(LAST_LIFE if last else playbook.expires),
            update_ms=None if last else milliseconds(playbook.update_every),
            media=frozenset(channel.traits.channel for channel in self.channels.values()),
            actor=who,
        )

    def _words(
        self,
        running: Running,
        playbook: Playbook,
        target: Target,
        *,
        stage: Stage,
        added: Words,
        more: Mapping[str, Mapping[str, str]] | None = None,
    ) -> tuple[Wording, ...]:
        kind, now = Kind(running.kind), self.clock.now()
        facts = Facts(
            place=target.place,
            params=running.params,
            settings=running.settings,
            issued_at=now,
            code=running.code,
            building_name=target.building_name,
            next_update_at=None if stage in LAST else now + playbook.update_every,
            original_at=datetime.fromtimestamp(running.alert_at / 1000, UTC),
            text=added,
            timezone=self.timezone,
            site_name=running.site_name,
        )
        fits = {channel.traits.channel: channel.traits for channel in self.channels.values()}
        languages = languages_of(playbook, kind, stage)
        variables = variables_by_language(playbook, facts, languages=languages)
        variables = {tag: {**said, **(more or {}).get(tag, {})} for tag, said in variables.items()}
        return render_all(
            playbook,
            kind=kind,
            stage=stage,
            variables=variables,
            apart=meeting_by_band(playbook, facts, languages=languages),
            channels=fits_of(playbook, fits),
            signature=signatures(running.settings),
            link_length=self.link_length,
            letter=running.letter,
        )


def _checked(stage: Stage | str, added: Words, running: Running) -> Stage:
    """The stage, once it may be said with this text."""
    if running.ended_by is not None:
        raise drill_ended(running.ended_by)
    problems = []
    known = next((one for one in Stage if one == stage), None)
    if known is None or known is Stage.ALERT:
        hint, named = "say update, all_clear or correction", {"stage": repr(str(stage)[:40])}
        what = f"{named['stage']} cannot be said"
        problems.append(Problem("stage", what, hint, code="stage_unknown", params=named))
    longest = max((len(text) for text in added.values()), default=0)
    if longest > TEXT_LIMIT:
        what = f"has {longest} characters, {TEXT_LIMIT} fit"
        counts = {"count": str(longest), "limit": str(TEXT_LIMIT)}
        problems.append(Problem("text", what, "shorten it", code="field_long", params=counts))
    if problems or known is None:
        said = "; ".join(f"{p.where} {p.what}" for p in problems)
        raise Refused(f"This cannot be said: {said}.", problems, code="notice")
    status = IncidentState(running.status)
    no = may_say(known, status, running.said, cut=running.cut, closed_for=running.closed_for)
    if no is not No.NONE:
        raise Conflict(str(no), code=no.name.lower())
    return known
