"""A launch decided: validated, its audience found, every text rendered; nothing written yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.decide.asking import next_letter
from hub.decide.audience import Audience, audience
from hub.decide.drills import drills_of
from hub.decide.ground import Ground, survey
from hub.decide.leaving import settle_scope
from hub.decide.meeting import settle_meeting
from hub.decide.params import settle_params
from hub.decide.real_first import refuse_drill
from hub.decide.site import signatures
from hub.decide.target import Target, too_deep
from hub.decide.variables import Facts, meeting_by_band, variables_by_language
from hub.decide.wording import Fit, render_all
from hub.errors import Problem, Refused
from hub.model import Kind, LaunchRequest, Playbook, Stage, Wave, Wording
from hub.plans import Estate, TaskPlan, WavePlan

_PREFIX = 8  # letters of a playbook's key in an incident's code


@dataclass(frozen=True, slots=True)
class Terms:
    """What a hub sets for all launches. `fits`: what the accounts' channels take, by medium."""

    fits: Mapping[str, Fit]
    languages: Sequence[str] = ("zh-CN", "en")
    timezone: str = "Asia/Shanghai"
    link_length: int = 48
    wave_speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """A launch ready to be written or shown."""

    playbook: Playbook
    estate: Estate
    target: Target
    ground: Ground
    code: str
    params: Mapping[str, str]
    audience: Audience
    wordings: tuple[Wording, ...]
    waves: tuple[WavePlan, ...]
    tasks: tuple[TaskPlan, ...]
    media: frozenset[str]  # channels an account stands behind
    letter: str = ""  # before each digit its texts ask for, where another incident asks already


@dataclass(frozen=True, slots=True)
class _Roomy:
    """What a channel without an account takes: anything; its texts wait for one."""

    limit: int = 1_000_000
    unit: str = "chars"


def draft(
    request: LaunchRequest,
    playbook: Playbook,
    estate: Estate,
    *,
    target: Target | Problem,
    terms: Terms,
    now: datetime,
) -> Draft:
    """The launch, decided. Refused names everything that is wrong with the request at once;
    Conflict: it is a drill, and something real is open there."""
    params, problems = settle_params(playbook.parameters, request.params, settings=estate.settings)
    if isinstance(target, Problem):
        raise refused([target, *problems])
    deep = too_deep(target, playbook.place_depth)
    problems = [deep, *problems] if deep else problems
    if not problems and request.kind is not Kind.LIVE:
        refuse_drill(target.path, estate.under_way)
    playbook, params = _settled(playbook, params, estate, target)
    ground = survey(target.place, estate.spots, bands=playbook.bands, scope=params.get("scope", ""))
    found = _audience(request, playbook, estate, ground=ground, terms=terms)
    problems += _empty(request, found) or head_count(request, found)
    if problems:
        raise refused(problems)
    code = incident_code(playbook.key, estate.next_number)
    letter = _letter(estate, found)
    waves = wave_plans(playbook.waves, speed=terms.wave_speed)
    return Draft(
        playbook=playbook,
        estate=estate,
        target=target,
        ground=ground,
        code=code,
        params=params,
        audience=found,
        wordings=_wordings(
            request,
            playbook,
            estate,
            target,
            code=code,
            params=params,
            terms=terms,
            now=now,
            letter=letter,
        ),
        waves=waves,
        tasks=task_plans(playbook, request.kind),
        media=frozenset(terms.fits),
        letter=letter,
    )


def _settled(
    playbook: Playbook, params: Mapping[str, str], estate: Estate, target: Target
) -> tuple[Playbook, dict[str, str]]:
    """What the site says of this place instead of "by the plan" and "each its own"."""
    scoped = settle_scope(playbook.parameters, params, estate.settings, target.place)
    return settle_meeting(playbook, scoped, estate.settings, estate.spots, target.place)


def _letter(estate: Estate, found: Audience) -> str:
    """A letter of its own, if an open incident asks any of these people already."""
    beside = any(told.recipient in estate.asked for told in found.told)
    return next_letter(estate.letters) if beside else ""


def refused(problems: Sequence[Problem]) -> Refused:
    """One refusal that says everything wrong with a launch."""
    said = "; ".join(f"{p.where}: {p.what}" for p in problems)
    return Refused(f"This cannot be launched: {said}.", problems, code="launch")


def incident_code(playbook: str, number: int) -> str:
    """A short code people can say: `FIRE-0417`."""
    letters = playbook.split("-", maxsplit=1)[0].upper()[:_PREFIX] or "INCIDENT"
    return f"{letters}-{number:04d}"


def languages_of(playbook: Playbook, kind: Kind, stage: Stage = Stage.ALERT) -> tuple[str, ...]:
    """The languages a playbook has words in for a stage."""
    said = playbook.words.get(str(kind)) or playbook.words.get(str(Kind.DRILL), {})
    found: dict[str, None] = {}
    for channels in said.get(str(stage), {}).values():
        for by_language in channels.values():
            found.update(dict.fromkeys(by_language))
    return tuple(found)


def site_languages(settings: Mapping[str, Any], terms: Terms) -> tuple[str, ...]:
    """A site's languages, most important first."""
    return tuple(str(tag) for tag in settings.get("languages") or terms.languages)


def wave_plans(waves: Sequence[Wave], *, speed: float) -> tuple[WavePlan, ...]:
    """The waves as they are stored; timers run `speed` times faster."""
    return tuple(
        WavePlan(no, wave.key, milliseconds(wave.after / speed), _spec(wave, speed))
        for no, wave in enumerate(waves)
    )


def _spec(wave: Wave, speed: float) -> dict[str, Any]:
    return {
        "name": dict(wave.name),
        "bands": list(wave.bands),
        "channels": list(wave.channels),
        "mode": wave.mode,
        "until": wave.until,
        "needs": wave.needs,
        "roles": sorted(wave.roles),
        "fill": wave.fill,
        "fill_roles": sorted(wave.fill_roles),
        "role": wave.role,
        "repeat": wave.repeat,
        "every_ms": milliseconds(wave.every / speed),
    }


def task_plans(playbook: Playbook, kind: Kind) -> tuple[TaskPlan, ...]:
    """The checklist of this kind of incident; a test goes through that of a drill."""
    kind = Kind.DRILL if kind is Kind.TEST else kind
    return tuple(
        TaskPlan(task.key, dict(task.name), task.role, milliseconds(task.due))
        for task in playbook.tasks
        if kind in task.kinds
    )


def milliseconds(length: timedelta) -> int:
    """A length of time as the database keeps it."""
    return length // timedelta(milliseconds=1)


def fits_of(playbook: Playbook, fits: Mapping[str, Fit]) -> dict[str, Fit]:
    """What each channel of the playbook takes; texts are written for all of them."""
    channels = dict.fromkeys(c for wave in playbook.waves for c in wave.channels)
    return {channel: fits.get(channel, _Roomy()) for channel in channels}


def _audience(
    request: LaunchRequest,
    playbook: Playbook,
    estate: Estate,
    *,
    ground: Ground,
    terms: Terms,
) -> Audience:
    return audience(
        estate.people,
        estate.spots,
        bands=playbook.bands,
        ground=ground,
        languages=languages_of(playbook, request.kind) or tuple(terms.languages),
        site_languages=site_languages(estate.settings, terms),
        drills=None
        if request.kind is Kind.LIVE or request.announce
        else drills_of(estate.settings),
        real=()
        if request.kind is Kind.LIVE
        else [one.place for one in estate.under_way if one.kind == Kind.LIVE],
    )


def _empty(request: LaunchRequest, found: Audience) -> list[Problem]:
    """An empty audience is refused, never everybody."""
    if not found.told and found.spared:
        what = "whoever would take part lives where something real is open"
        hint = "see to it first, or drill with other buildings"
        return [Problem("place", what, hint, code="nobody_spared")]
    if not found.told:
        drill = request.kind is not Kind.LIVE and not request.announce
        what = "nobody there takes part in drills" if drill else "nobody would be told"
        hint = (
            "mark who takes part in drills, or make it a drill for everybody (--announce)"
            if drill
            else ("name a larger place, or import the roster first")
        )
        return [Problem("place", what, hint, code="nobody_drills" if drill else "nobody")]
    return []


def head_count(request: LaunchRequest, found: Audience) -> list[Problem]:
    """A head-count that is not the one is refused."""
    asked = request.confirm_people
    if asked is not None and asked != found.people:
        what = f"{asked} people were confirmed, {found.people} would be told"
        hint = "look at the preview again and confirm its number"
        counts = {"asked": str(asked), "people": str(found.people)}
        return [Problem("confirm_people", what, hint, code="head_count", params=counts)]
    return []


def _wordings(
    request: LaunchRequest,
    playbook: Playbook,
    estate: Estate,
    target: Target,
    *,
    code: str,
    params: Mapping[str, str],
    terms: Terms,
    now: datetime,
    letter: str = "",
) -> tuple[Wording, ...]:
    facts = Facts(
        place=target.place,
        params=params,
        settings=estate.settings,
        issued_at=now,
        code=code,
        building_name=target.building_name,
        next_update_at=now + playbook.update_every,
        timezone=terms.timezone,
        site_name=estate.name,
    )
    languages = languages_of(playbook, request.kind)
    return render_all(
        playbook,
        kind=request.kind,
        stage=Stage.ALERT,
        variables=variables_by_language(playbook, facts, languages=languages),
        apart=meeting_by_band(playbook, facts, languages=languages),
        channels=fits_of(playbook, terms.fits),
        signature=signatures(estate.settings),
        link_length=terms.link_length,
        letter=letter,
    )
