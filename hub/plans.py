"""Values that pass between deciding and storing or counting. Frozen, without I/O.

Rows that come by the hundred thousand are tuples, not objects: a launch must stay quick and small.
Times are integer milliseconds, as the database keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from hub.errors import HubError
from hub.model import Wording
from hub.under_way import HelpOpen, UnderWay


class Stale(HubError):
    """What a plan was made from has changed meanwhile: read again and plan again."""


class Spot(NamedTuple):
    """A place, as much of it as bands look at."""

    id: int
    kind: str
    path: str
    building: str
    entrance: str
    floor: str
    level: int | None


Person = tuple[int, str, int | None, str, str, bool, int]
"""A recipient, as much of them as bands look at: id, kind, place, language, roles (the JSON text of
the column), vulnerable (marked so, or with any need on record), what they said of drills: 1 yes,
-1 no, 0 nothing.

A bare tuple as the driver gives it: the garbage collector lets go of these, not of named ones.
"""


class Told(NamedTuple):
    """One row of the audience: who, in which band, how soon, in which language."""

    recipient: int
    kind: str
    band: str
    rank: int
    language: str
    household: int
    place: int | None
    roles: str
    vulnerable: bool


Reached = tuple[int, str, str]
"""A usable address: recipient, channel, value."""


@dataclass(frozen=True, slots=True)
class Estate:
    """One consistent reading of a site: who lives and works there, and where.

    `reached` and `offline` (screens without a connection) are read for a preview, and for a launch
    that is held to one. `asked`:
    whom open incidents ask already; `letters`: those their texts carry; `beside`: which they are.
    """

    site: int
    key: str
    name: Mapping[str, str]
    settings: Mapping[str, Any]
    roster_rev: int
    next_number: int  # of the incident to come, for its code
    spots: Sequence[Spot]
    names: Mapping[int, Mapping[str, str]]  # of places other than flats, by place id
    people: Sequence[Person]
    reached: Sequence[Reached] = ()
    offline: frozenset[int] = frozenset()
    unusable: Sequence[Reached] = ()  # on record, and opted out or found to be dead; as `reached`
    asked: frozenset[int] = frozenset()
    letters: frozenset[str] = frozenset()
    beside: frozenset[int] = frozenset()
    under_way: tuple[UnderWay, ...] = ()


@dataclass(frozen=True, slots=True)
class Keyed:
    """An Idempotency-Key: the same key with the same hash is the same request, asked again."""

    scope: str
    key: str
    hash: str


@dataclass(frozen=True, slots=True)
class WavePlan:
    """A wave as it will be stored; `spec` is what `start_wave` reads, in the database's words.

    spec: bands, channels, mode, until, needs, roles, fill, fill_roles, repeat, every_ms, name,
    role (who carries it out by hand).
    """

    no: int
    key: str
    after_ms: int
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaskPlan:
    key: str
    name: Mapping[str, str]
    role: str
    after_ms: int


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """Everything a launch writes, decided and rendered before the transaction begins."""

    site: int
    roster_rev: int
    code: str
    place: str
    kind: str
    playbook: str
    playbook_version: int
    recipe: Mapping[str, Any]
    level: str
    lane: str
    params: Mapping[str, str]
    people: int
    households: int
    audience: Sequence[Told]
    audience_hash: str
    wordings: Sequence[Wording]
    waves: Sequence[WavePlan]
    tasks: Sequence[TaskPlan]
    expires_ms: int  # life of the alert
    update_ms: int  # until the next update is promised
    media: frozenset[str]  # channels an account stands behind
    actor: str
    keyed: Keyed | None = None
    letter: str = ""  # what its texts put before each digit
    again: bool = False  # beside what runs there already, on purpose
    beside: frozenset[int] = frozenset()  # the open incidents its letter was chosen beside
    further: Sequence[Told] = ()  # one for each further home that is concerned


@dataclass(frozen=True, slots=True)
class Opened:
    """What a launch came to: the first answer, also for every repeat of its key. `ended`: the
    drills it ended, each with its newest event."""

    id: int
    code: str
    people: int
    deliveries: int
    seq: int = 0
    repeated: bool = False
    ended: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """Everything a later notice writes. `media`: channels an account stands behind; `texts`: what
    was added by language, `text`: that of it which stands where one alone can; `confirm_help`: what
    was given as the number of those who still need help."""

    incident: int
    stage: str
    text: str
    lane: str
    wordings: Sequence[Wording]
    expires_ms: int
    update_ms: int | None  # until the next update is promised; None: no more are
    media: frozenset[str]
    actor: str
    keyed: Keyed | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    real: bool = False  # says in a drill that something real ended it
    confirm_help: object = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a notice came to."""

    notice: int
    revision: int
    deliveries: int
    seq: int = 0
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """Deliveries a wave made: by channel, and in all."""

    channels: Mapping[str, int] = field(default_factory=dict)

    @property
    def deliveries(self) -> int:
        """All of them."""
        return sum(self.channels.values())


@dataclass(frozen=True, slots=True)
class Started:
    """A due wave that was started; without a lane it was given up (its incident no longer runs, its
    notice is too old), without an event another process was quicker."""

    incident: int
    lane: str
    deliveries: int
    seq: int


@dataclass(frozen=True, slots=True)
class Running:
    """An incident as far as its next notice needs it. `said`: the stages said so far; `cut`: of
    these, all-clear and correction where a restore ended what was still to be sent of them;
    `closed_for`: since when it is closed."""

    id: int
    code: str
    site: int
    settings: Mapping[str, Any]
    place: str
    kind: str
    lane: str
    status: str
    recipe: Mapping[str, Any]
    params: Mapping[str, str]
    alert_at: int  # when the alert was issued
    said: tuple[str, ...]
    cut: tuple[str, ...] = ()
    letter: str = ""
    site_name: Mapping[str, str] = field(default_factory=dict)
    ended_by: UnderWay | None = None  # of a drill: the real incident that ended it, or runs there
    closed_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ended:
    """What stopping or closing came to. `untold`: people not told, though they could have been.

    `helped`: who still needs help; `cleared`: an all-clear or correction was said; `clear_until`:
    until when one still can be (ms), 0 where it was.
    """

    untold: int
    helped: HelpOpen = field(default_factory=HelpOpen)
    cleared: bool = False
    clear_until: int = 0
    seq: int = 0
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Hearer:
    """How many addresses of one band, channel and language would get a notice."""

    band: str
    channel: str
    language: str
    sends: int


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who would hear a notice said now; `people` by band; `by_hand`: homes staff must tell;
    `readers`: people by the language they are told in."""

    sends: tuple[Hearer, ...]
    people: Mapping[str, int]
    by_hand: int = 0
    readers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """Units wanted of one limit now: up to `want`, at least `least` or none (a long text is not
    cut). `rate` a second, `burst` at once; `workers`: how many processes draw on it."""

    rate: float
    burst: float
    want: int = 1
    least: int = 1
    urgent: bool = True
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Grant:
    """Units that may go now; if none, after `wait` seconds it is worth asking again. `debt`:
    seconds until the limit has all of its burst again."""

    units: int
    wait: float = 0.0
    debt: float = 0.0
