"""Launch: from a request to a running incident, once; and its preview, which writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hub.decide.draft import Draft, Terms, draft, milliseconds, refused
from hub.decide.preview import Preview, preview
from hub.decide.queue import Sender
from hub.decide.target import find_target
from hub.errors import Problem, Refused, Unready
from hub.flow.confirmed import already_open, hold, to_draft
from hub.flow.keys import keyed
from hub.flow.queues import senders_of
from hub.model import Actor, Kind, Lane, LaunchRequest, Playbook
from hub.plans import Estate, Keyed, LaunchPlan, Opened, Stale
from hub.ports import Channel, Clock, Library, Wake
from hub.roster.place_path import PlaceQuery, parse_place
from hub.under_way import RunsAlready, Same, Standing

TRIES = 5
"""How often a launch is planned anew because the roster changed under it."""


class LaunchLedger(Protocol):
    """The rows behind a launch."""

    async def sites(self) -> Mapping[str, int]: ...
    async def estate(self, site: int, *, preview: bool) -> Estate: ...
    async def answered(self, keyed: Keyed) -> Opened | None: ...
    async def standing(self, same: Same, place: str) -> Sequence[Standing]: ...
    async def open(self, plan: LaunchPlan) -> Opened: ...


@dataclass(frozen=True, slots=True)
class Launched:
    """The incident a request came to; `repeated`: it was launched by an earlier one."""

    id: int
    code: str
    people: int
    deliveries: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """The use-case. `wave_speed` > 1 makes wave timers run that much faster (rehearsals)."""

    ledger: LaunchLedger
    library: Library
    clock: Clock
    wake: Wake
    channels: Mapping[str, Channel]
    languages: tuple[str, ...] = ("zh-CN", "en")
    timezone: str = "Asia/Shanghai"
    link_length: int = 48
    wave_speed: float = 1.0
    senders: tuple[Sender, ...] = ()
    secret: bytes = field(default=b"", repr=False)
    # One launch is planned at a time: planning needs the processor and everyone's rows in memory,
    # and the repeats of an impatient click find the first answer when their turn comes.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    # So is one drill or test; a live launch never waits until a large one is written.
    drills: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    # Previews wait for each other, never a launch for a preview.
    looking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def preview(self, request: LaunchRequest) -> Preview:
        """What `start` would do; writes nothing. Refused as `start`, head-count apart."""
        async with self.looking:
            made = await self._draft(request, look=True)
            return await asyncio.to_thread(
                preview,
                made,
                kind=request.kind,
                accounts=self.senders or senders_of(self.channels, {}),
                secret=self.secret,
                standing=await self._standing(made, request),
            )

    async def start(self, request: LaunchRequest, *, who: Actor, key: str | None) -> Launched:
        """The incident runs, durably, and its lanes were rung.

        The same key again gives the first answer, with another body Conflict. Conflict, too, where
        the same runs at this place already (unless `again`), or the audience is not the confirmed
        one. Refused names every problem with the request by field. Unready when the database is
        away.
        """
        keyed = _keyed(request, key)
        opened = await self._answered(keyed)
        if opened is None:
            async with self.turn if request.kind is Kind.LIVE else self.drills:
                opened = await self._answered(keyed) or await self._once(request, who, keyed)
        if not opened.repeated:
            await self._ring(opened, request)
        return Launched(
            opened.id, opened.code, opened.people, opened.deliveries, repeated=opened.repeated
        )

    async def unused(self, key: str | None) -> None:
        """No launch has this key. Conflict otherwise, Refused for what cannot be a key: asked for a
        body that cannot be read, as that is another body than the first one was."""
        if key is not None:
            await self._answered(keyed("launch", key, {}))

    async def _answered(self, keyed: Keyed | None) -> Opened | None:
        return await self.ledger.answered(keyed) if keyed is not None else None

    async def _once(self, request: LaunchRequest, who: Actor, keyed: Keyed | None) -> Opened:
        """Refused only if no other process has been quicker with this very key."""
        try:
            return await self._open(request, who, keyed)
        except Refused:
            said = await self._answered(keyed)
            if said is None:
                raise
            return said

    async def _open(self, request: LaunchRequest, who: Actor, keyed: Keyed | None) -> Opened:
        for _ in range(TRIES):
            try:
                made = await self._draft(request, look=False)
                await asyncio.to_thread(hold, made, request, secret=self.secret)
                plan = await asyncio.to_thread(_plan, made, request=request, who=who, keyed=keyed)
                return await self.ledger.open(plan)
            except Stale:
                continue
            except RunsAlready as error:
                now = self.clock.now()
                raise already_open(error.found, timezone=self.timezone, now=now) from None
        raise Unready("The roster keeps changing just now; try again in a moment.")

    async def _draft(self, request: LaunchRequest, *, look: bool) -> Draft:
        playbook = self.library.get(request.playbook)
        asked, site, problems = await self._site(request.place)
        if playbook is None:
            problems = [_no_playbook(request.playbook, self.library), *problems]
        if asked is None or site is None:
            raise refused(problems)
        estate = await self.ledger.estate(site, preview=look or bool(request.confirm_audience))
        if playbook is None:
            raise refused([*problems, *await asyncio.to_thread(_place_problem, asked, estate)])
        checked = to_draft(request, look=look)
        return await asyncio.to_thread(self._decide, checked, playbook, estate, asked)

    async def _standing(self, made: Draft, request: LaunchRequest) -> Sequence[Standing]:
        same = Same(made.estate.site, made.playbook.key, str(request.kind))
        return await self.ledger.standing(same, made.target.path)

    def _decide(
        self, request: LaunchRequest, playbook: Playbook, estate: Estate, asked: PlaceQuery
    ) -> Draft:
        target = find_target(asked, estate.spots, estate.names, site=estate.site)
        return draft(
            request, playbook, estate, target=target, terms=self._terms(), now=self.clock.now()
        )

    def _terms(self) -> Terms:
        fits = {channel.traits.channel: channel.traits for channel in self.channels.values()}
        return Terms(fits, self.languages, self.timezone, self.link_length, self.wave_speed)

    async def _site(self, place: str) -> tuple[PlaceQuery | None, int | None, list[Problem]]:
        """(the place asked for, its site, what is wrong with it)."""
        try:
            asked = parse_place(place)
        except Refused as error:
            return None, None, list(error.problems)
        sites = await self.ledger.sites()
        if asked.site:
            site = sites.get(asked.site)
            hint = f"the sites are {', '.join(sites)}" if sites else "load or import one first"
            named = {"site": asked.site, "sites": ", ".join(sites)}
            what, code = f"there is no site {asked.site}", "site_unknown" if sites else "site_first"
            problem = Problem("place", what, hint, code=code, params=named)
            return asked, site, [] if site is not None else [problem]
        if len(sites) == 1:
            return asked, next(iter(sites.values())), []
        return asked, None, [_which_site(sites, place)]

    async def _ring(self, opened: Opened, request: LaunchRequest) -> None:
        playbook = self.library.get(request.playbook)
        await self.wake.ring(lane_of(request.kind, playbook.lane if playbook else Lane.URGENT))
        for incident, seq in ((opened.id, opened.seq), *opened.ended):
            await self.wake.tell(f"incident:{incident}", seq)


def lane_of(kind: Kind, lane: Lane) -> Lane:
    """Only the real thing is urgent: a drill never stands in its way."""
    return lane if kind is Kind.LIVE else Lane.ROUTINE


def _plan(made: Draft, *, request: LaunchRequest, who: Actor, keyed: Keyed | None) -> LaunchPlan:
    playbook = made.playbook
    return LaunchPlan(
        site=made.estate.site,
        roster_rev=made.estate.roster_rev,
        code=made.code,
        place=made.target.path,
        kind=str(request.kind),
        playbook=playbook.key,
        playbook_version=playbook.version,
        recipe=playbook.source,
        level=str(playbook.level),
        lane=str(lane_of(request.kind, playbook.lane)),
        params=made.params,
        people=made.audience.people,
        households=made.audience.households,
        audience=made.audience.told,
        audience_hash=made.audience.hash,
        further=made.audience.further,
        wordings=made.wordings,
        waves=made.waves,
        tasks=made.tasks,
        expires_ms=milliseconds(playbook.expires),
        update_ms=milliseconds(playbook.update_every),
        media=made.media,
        actor=who.id,
        keyed=keyed,
        letter=made.letter,
        again=request.again,
        beside=made.estate.beside,
    )


def _keyed(request: LaunchRequest, key: str | None) -> Keyed | None:
    """The request behind an Idempotency-Key, as it was asked."""
    if key is None:
        return None
    body: dict[str, object] = {
        "playbook": request.playbook,
        "place": request.place,
        "kind": str(request.kind),
        "params": dict(request.params),
        "confirm_people": request.confirm_people,
        "announce": request.announce,
    }
    # Only where they are set: a key of the release before means the same request after it.
    newer = {"confirm_audience": request.confirm_audience, "again": request.again}
    return keyed("launch", key, body | {name: value for name, value in newer.items() if value})


def _no_playbook(key: str, library: Library) -> Problem:
    known = ", ".join(playbook.key for playbook in library.all())
    what, named = f"there is no playbook {key[:60]!r}", {"key": repr(key[:60]), "known": known}
    hint = f"the playbooks are {known}"
    return Problem("playbook", what, hint, code="playbook_unknown", params=named)


def _which_site(sites: Mapping[str, int], place: str) -> Problem:
    if not sites:
        hint = "import a roster, or run the demo"
        return Problem("place", "there is no site yet", hint, code="site_none")
    first = next(iter(sites))
    named = {"example": f"{first}:{place}", "sites": ", ".join(sites)}
    hint = f"write {first}:{place}; the sites are {', '.join(sites)}"
    return Problem("place", "does not say which site", hint, code="site_which", params=named)


def _place_problem(asked: PlaceQuery, estate: Estate) -> list[Problem]:
    found = find_target(asked, estate.spots, estate.names, site=estate.site)
    return [found] if isinstance(found, Problem) else []
