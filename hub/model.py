"""The values of the house: frozen, without I/O. Words as in the field (docs/DECISIONS.md).

Times are timezone-aware UTC. Languages are BCP 47 tags (`zh-CN`, `en`). A text per language is a
mapping tag -> text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from hub.states import DeliveryState, IncidentState, Reason

SiteId = NewType("SiteId", int)
PlaceId = NewType("PlaceId", int)
RecipientId = NewType("RecipientId", int)
AddressId = NewType("AddressId", int)
IncidentId = NewType("IncidentId", int)
NoticeId = NewType("NoticeId", int)
WaveId = NewType("WaveId", int)
WordingId = NewType("WordingId", int)
DeliveryId = NewType("DeliveryId", int)
AttemptId = NewType("AttemptId", int)
TaskId = NewType("TaskId", int)

Words = Mapping[str, str]
"""One text in several languages: {"zh-CN": …, "en": …}."""


class Kind(StrEnum):
    """What sort of incident: a drill and a test are types of their own, not labels."""

    LIVE = "live"
    DRILL = "drill"
    TEST = "test"


class Stage(StrEnum):
    """What a notice says."""

    ALERT = "alert"
    UPDATE = "update"
    ALL_CLEAR = "all_clear"
    CORRECTION = "correction"


class Level(StrEnum):
    """How urgent a playbook is."""

    P1 = "P1"  # life safety
    P2 = "P2"  # urgent
    P3 = "P3"  # important
    P4 = "P4"  # planned


class Lane(StrEnum):
    """Which queue a delivery waits in. Urgent overtakes routine everywhere."""

    URGENT = "urgent"
    ROUTINE = "routine"


class AnswerWord(StrEnum):
    """What a person can answer. On SMS and keypads the digit of `DIGITS`."""

    SAFE = "safe"
    HELP = "help"
    EVACUATED = "evacuated"
    AWAY = "away"
    SEEN = "seen"


DIGITS: Mapping[str, AnswerWord] = {
    "1": AnswerWord.SAFE,
    "2": AnswerWord.HELP,
    "3": AnswerWord.EVACUATED,
    "4": AnswerWord.AWAY,
}


class RecipientKind(StrEnum):
    RESIDENT = "resident"
    STAFF = "staff"
    GROUP = "group"  # a chat group
    SCREEN = "screen"
    OUTSIDE = "outside"  # fire brigade, owners' committee, utility


PEOPLE = frozenset({RecipientKind.RESIDENT, RecipientKind.STAFF, RecipientKind.OUTSIDE})
"""Kinds that are counted as people; groups and screens are not."""


class PlaceKind(StrEnum):
    SITE = "site"
    GROUP = "group"  # a phase, court, lane or estate: several buildings
    BUILDING = "building"
    ENTRANCE = "entrance"
    FLOOR = "floor"
    UNIT = "unit"
    LIFT = "lift"
    LOBBY = "lobby"
    SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a site's tree.

    `path` is written without the site: `东苑` (a group of buildings), `3`, `3-1`, `3-1/12`,
    `3-1/12/1203`, `3/lobby`, `3/lift-1`; the site itself has the path "". `level` is the
    floor as a number (ground 1, basements < 0).
    """

    id: PlaceId
    site: SiteId
    parent: PlaceId | None
    kind: PlaceKind
    path: str
    building: str = ""
    entrance: str = ""
    floor: str = ""
    level: int | None = None
    unit: str = ""
    name: Words = field(default_factory=dict)
    sort: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """An estate. `settings` keys: country, languages, timezone, sms_signature, sms_signatures
    (other languages), source (Words), assembly_points [{key, name: Words, places}], emergency {key:
    number or {name, number}}, evacuation {plan, buildings}, drills {who, buildings}. `version` goes
    up with every change of name and settings by a person."""

    id: SiteId
    key: str
    name: Words
    settings: Mapping[str, Any]
    roster_rev: int  # goes up with every change people make of places, recipients or addresses
    version: int = 1


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach a recipient. `channel` is the medium: sms, voice, push, wecom, screen …

    Value: E.164 for sms and voice, robot key for chat, the recipient's own id for screens.
    """

    id: AddressId
    channel: str
    value: str
    sort: int = 0
    usable: bool = True
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True)
class Recipient:
    """Anyone or anything that can be told."""

    id: RecipientId
    site: SiteId
    kind: RecipientKind
    name: str
    place: PlaceId | None
    language: str
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    drill: bool = False
    addresses: tuple[Address, ...] = ()
    version: int = 1


# ── Playbooks ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    name: Words


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of the operator form. `source` names site settings the options come from."""

    key: str
    name: Words
    kind: str  # choice | text | minutes | clock
    default: str
    options: tuple[Choice, ...] = ()
    # "assembly_points": options are the site's, default the first of them or each building's own;
    # "evacuation": the option `site_plan` stands for what the building's plan says
    source: str = ""
    required: bool = False
    hint: Words = field(default_factory=dict)
    limit: int = 80


@dataclass(frozen=True, slots=True)
class Band:
    """One part of the audience; the first band of a playbook that takes a recipient has them.

    `where` is one of: `floor` (the named floor), `evacuate` (the floors that leave first: named
    floor, `below` floors under it and all above; the whole building if no floor is named or the
    parameter `scope` is `building`), `building`, `site`. With a place larger than a building
    (`all`), `floor`, `evacuate` and `building` take everyone inside it.
    """

    key: str
    name: Words
    kinds: frozenset[RecipientKind]
    where: str
    below: int = 1
    roles: frozenset[str] = frozenset()  # any of them; empty: no matter
    needs: bool = False  # only recipients with a need
    # Of a launch that divides a band by where people meet (`hub.decide.meeting`), never written:
    meet: str = ""  # the point's key
    inside: frozenset[str] = frozenset()  # buildings and entrances of that point; none: all others
    outside: frozenset[str] = frozenset()  # those of other points


@dataclass(frozen=True, slots=True)
class Wave:
    """Who is told by which channels, after how long, until what.

    `fill`: left out when so many answered, of the wave's bands or with one of `fill_roles`; who is
    away does not count. `until`: `answered` leaves out people who have answered, `delivered` those
    delivered to, `none` nobody.
    """

    key: str
    name: Words
    after: timedelta
    bands: tuple[str, ...]
    channels: tuple[str, ...]
    mode: str = "parallel"  # parallel: all channels; first: in order, the first with an address
    until: str = "answered"
    repeat: int = 0  # further rounds
    every: timedelta = timedelta(0)
    needs: bool = False  # only recipients with a need
    roles: frozenset[str] = frozenset()
    fill: int = 0
    fill_roles: frozenset[str] = frozenset()
    role: str = "steward"  # who carries out a wave by hand: a door to knock at, a call to make


@dataclass(frozen=True, slots=True)
class TaskSpec:
    key: str
    name: Words
    role: str
    due: timedelta
    kinds: frozenset[Kind] = frozenset({Kind.LIVE, Kind.DRILL})


@dataclass(frozen=True, slots=True)
class Playbook:
    """A versioned recipe. `words[kind][stage][band][channel]` is {language: {part: template}}.

    `kind` is `live` or `drill`; band `*` is the default; channel `sms` has the part `body`;
    `screen` has `headline`, `action`, `detail`, `way`; chat has `title` and `body`; voice `body`.
    """

    key: str
    version: int
    name: Words
    summary: Words
    level: Level
    icon: str
    lane: Lane
    expires: timedelta  # life of an alert; an all-clear and a correction live 24 h
    update_every: timedelta
    parameters: tuple[Parameter, ...]
    bands: tuple[Band, ...]
    waves: tuple[Wave, ...]
    tasks: tuple[TaskSpec, ...]
    words: Mapping[str, Any]
    cap: Mapping[str, str]
    calls: tuple[str, ...] = ()  # keys of site.settings.emergency, in order
    unusable: Mapping[str, Words] = field(
        default_factory=dict
    )  # channel -> why the hazard kills it
    prefer_double: bool = False  # resend once when the outcome stays unknown (life safety)
    place_depth: str = "building"  # the smallest place asked for: site | building | floor | unit
    source: Mapping[str, Any] = field(default_factory=dict)  # the document itself, as frozen JSON


# ── An incident ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `id` as written to the audit trail: `user:4`, `token:2`, `hub`.
    `session`: the hash of the login session they do it in, if in one."""

    id: str
    role: str  # admin | duty | viewer | screen | resident | hub
    name: str = ""
    session: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """What a launch or a preview asks for. `place` as people write it: `3/12`, `site:3`, `all`.
    `confirm_audience`: the preview's hash; `again`: beside what runs there already."""

    playbook: str
    place: str
    kind: Kind = Kind.LIVE
    params: Mapping[str, str] = field(default_factory=dict)
    confirm_people: int | None = None
    announce: bool = False
    confirm_audience: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    id: IncidentId
    code: str
    site: SiteId
    place: str
    kind: Kind
    playbook: str
    playbook_version: int
    level: Level
    params: Mapping[str, str]
    status: IncidentState
    people: int
    households: int
    launched_at: datetime
    launched_by: str
    last_seq: int
    next_update_at: datetime | None = None
    stopped_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """One rendered text: parts still carry marks (`hub.decide.wording`) for link and name."""

    band: str
    channel: str
    language: str
    parts: Mapping[str, str]
    segments: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    id: NoticeId
    incident: IncidentId
    stage: Stage
    revision: int
    issued_at: datetime
    expires_at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a channel is given to send: one attempt of one delivery, words filled in.

    `callback` is the signed attempt id that goes into the provider's status callback. `expires_at`
    travels with the provider call. Nothing here is logged.
    """

    attempt: AttemptId
    delivery: DeliveryId
    incident: IncidentId
    notice: NoticeId
    channel: str
    to: str
    language: str
    parts: Mapping[str, str]
    callback: str
    expires_at: datetime
    fence: int
    kind: Kind = Kind.LIVE
    stage: Stage = Stage.ALERT
    revision: int = 1


class Verdict(StrEnum):
    """What a provider call came to."""

    ACCEPTED = "accepted"
    RETRY = "retry"  # certainly not sent: 429, connect refused
    REFUSED = "refused"  # permanent for this address
    UNSURE = "unsure"  # time-out or 5xx after the request may have arrived


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a channel to one `send`. `retry_after` in seconds. `others`: what else it may
    be, where a provider was asked about a send and has several that fit, the likeliest first."""

    verdict: Verdict
    reason: Reason = Reason.OK
    provider_ref: str = ""
    retry_after: float | None = None
    code: str = ""  # the provider's own word, for the record and for counting
    others: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider's later report. Identified by our attempt id (signed) or the provider's ref."""

    state: DeliveryState
    reason: Reason
    provider_ref: str
    code: str = ""
    attempt: AttemptId | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Something a person sent back by a channel: `text` is what they typed or pressed.

    `attempt`: the call or text it answers, where the provider was given our signed id. `by`: how
    it came, where that is not the channel itself (`rcs`, `whatsapp`). `opt`: the provider's word
    for what it did with the number by itself: STOP, START, HELP, or nothing. `beside`: what came
    beside the words (pictures, a place), as people are shown it."""

    channel: str
    sender: str
    text: str
    provider_ref: str
    attempt: AttemptId | None = None
    by: str = ""
    opt: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A human's acknowledgment. `via`: link, sms, voice, push, chat, screen, staff. `evidence`
    says how we know (form nonce, message sid, user id)."""

    incident: IncidentId
    recipient: RecipientId
    word: AnswerWord
    via: str
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    id: TaskId
    incident: IncidentId
    key: str
    name: Words
    role: str
    state: str  # open | assigned | done
    due_at: datetime | None
    recipient: RecipientId | None = None
    assigned: str = ""
    outcome: str = ""
    done_at: datetime | None = None
    household: int | None = None  # of a wave carried out by hand
    answer: str = ""  # the answer its outcome gave
