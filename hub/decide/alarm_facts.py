"""What an audit finds: facts of a hub, as its database tells them.

Ages are seconds by the database's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.decide.chain import Broken
from hub.decide.disk import DiskNow
from hub.decide.resting import Stood
from hub.entries import TextFault

SILENT_S = 15.0  # three pulses: a process that says nothing for so long is taken for dead


@dataclass(frozen=True, slots=True)
class Served:
    """A provider account as this hub has it. `pace`: sends a second; `lines`: calls at once."""

    account: str
    channel: str
    pace: float | None = None
    per: str = "account"
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A wave of a playbook: somebody is told by one of these channels, or nobody is."""

    playbook: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LateWave:
    wave: int
    incident: int
    code: str
    key: str
    late_s: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """Deliveries of a lane and channel that were due more than LATE_S ago. `tried`: calls made by
    this channel in the last minute, of all lanes. `due` is counted up to a bound."""

    lane: str
    channel: str
    due: int
    oldest_s: float
    tried: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Deliveries that stay in a state they should have left. `over_s`: the longest."""

    count: int
    over_s: float


@dataclass(frozen=True, slots=True)
class Living:
    """A process as its row says. `swept_s`: since its last sweep without trouble."""

    id: str
    role: str
    host: str
    started_s: float
    seen_s: float
    swept_s: float | None
    stopped: bool

    @property
    def live(self) -> bool:
        return not self.stopped and self.seen_s <= SILENT_S

    @property
    def died(self) -> bool:
        return not self.stopped and self.seen_s > SILENT_S


@dataclass(frozen=True, slots=True)
class Crowd:
    """The sockets of a web process that lives. `short_s`: since somebody was turned away or an idle
    one cut for want of places; `address` had all it may have `full_s` ago."""

    process: str
    open: int
    most: int
    turned_away: int = 0
    short_s: float | None = None
    address: str = ""
    address_most: int = 0
    full_s: float | None = None


@dataclass(frozen=True, slots=True)
class Receipted:
    """Texts an account accepted 5 to 30 minutes ago, and how many of them were reported on."""

    account: str
    accepted: int
    reported: int


@dataclass(frozen=True, slots=True)
class Tried:
    """Calls by an account in the last 5 minutes that ended. `failed`: by the fault of the provider
    or of our set-up; `accepted`: taken."""

    account: str
    ended: int
    failed: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Gone:
    """Paired screens of a site with an open incident that are away for more than SCREEN_GONE_S."""

    site: int
    key: str
    paired: int
    gone: int
    longest_s: float


@dataclass(frozen=True, slots=True)
class Passed:
    """How the live channel reaches people: so many get no socket and poll, so many have one.
    `stripped`: handshakes arrive without their Upgrade, so a proxy in front takes it away."""

    polling: int = 0
    sockets: int = 0
    stripped: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """An incident whose newest events are not contiguous up to its last number."""

    incident: int
    code: str
    last_seq: int


@dataclass(frozen=True, slots=True)
class Cry:
    """A reply that cries for help and that nobody has seen to."""

    reply: int
    channel: str
    incident: int | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The audit chain does not hold: why, and at which row."""

    why: Broken
    row: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What one audit found. `watched_s`: how long the auditing process lives itself."""

    watched_s: float
    current: bool = True
    waves: tuple[LateWave, ...] = ()
    backlogs: tuple[Backlog, ...] = ()
    due_lanes: tuple[str, ...] = ()
    leases: Stuck = field(default_factory=lambda: Stuck(0, 0.0))
    doubts: Stuck = field(default_factory=lambda: Stuck(0, 0.0))
    processes: tuple[Living, ...] = ()
    stood: tuple[Stood, ...] = ()
    receipts: tuple[Receipted, ...] = ()
    tries: tuple[Tried, ...] = ()
    screens: tuple[Gone, ...] = ()
    gaps: tuple[Gap, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    cries: tuple[Cry, ...] = ()
    live: Passed = field(default_factory=Passed)
    text_faults: tuple[TextFault, ...] = ()
    disks: tuple[DiskNow, ...] = ()
    chain: Chain | None = None
    clock_jumped_s: float | None = None  # ago, if within the last hour
    clock_jumped_by_s: float = 0.0


# ── Alarms ─────────────────────────────────────────────────────────────────────────────────────
