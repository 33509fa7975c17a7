"""From what an audit found to what people must be told: facts in, alarms out.

Ages are seconds by the database's clock; nothing here knows the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hub.decide.alarm_facts import SILENT_S, Facts, Need, Served
from hub.decide.byhand import BY_HAND
from hub.decide.disk import DiskNow
from hub.decide.resting import resting

LATE_S = 60.0  # a wave or a delivery that waits longer is overdue
LEASE_OVER_S = 30.0  # the sweep takes a lease back within a second of its end
DOUBT_OVER_S = 60.0  # beyond the minute in which doubts are resolved
LOST_S = 3600.0  # how long a process that died is spoken of, if nobody takes its place
SCREEN_GONE_S = 120.0
PACED = 4  # a channel that is tried at a quarter of its pace is slow, below it stands still
USUAL_PACE = 1.0  # sends a second expected of an account that names no pace
TEXTS = 20  # accepted texts from which missing receipts mean something
TRIES = 20  # calls from which a share of failures means something
RESTING_S = 30.0  # how long an account that does not work may be left alone without a word
CROWDED_S = 120.0  # how long it is told that sockets ran short
ALL_FAILED = 3  # calls that all failed mean something sooner


class Severity(StrEnum):
    CRITICAL = "critical"  # the hub cannot do its job: the outside heartbeat stops
    WARNING = "warning"  # somebody should look


class AlarmKind(StrEnum):
    CRY = "cry"
    OVERDUE_WAVE = "overdue_wave"
    OVERDUE_DELIVERIES = "overdue_deliveries"
    LEASE_OVER = "lease_over"
    LONG_UNSURE = "long_unsure"
    NO_WORKER = "no_worker"
    NO_WEB = "no_web"
    PROCESS_LOST = "process_lost"
    NO_RECEIPTS = "no_receipts"
    SCREENS_GONE = "screens_gone"
    NO_SOCKETS = "no_sockets"
    ACCOUNT_FAILING = "account_failing"
    ACCOUNT_RESTING = "account_resting"
    CHANNEL_CLOSED = "channel_closed"
    NO_ACCOUNT = "no_account"
    EVENT_GAP = "event_gap"
    CLOCK_JUMPED = "clock_jumped"
    OLD_SCHEMA = "old_schema"
    SOCKETS_SHORT = "sockets_short"
    ADDRESS_FULL = "address_full"
    OWN_TEXT = "own_text"
    OWN_TEXT_GONE = "own_text_gone"
    DISK_FULL = "disk_full"
    DISK_LOW = "disk_low"
    AUDIT_BROKEN = "audit_broken"


_WARNINGS = frozenset(
    {
        AlarmKind.LONG_UNSURE,
        AlarmKind.PROCESS_LOST,
        AlarmKind.NO_RECEIPTS,
        AlarmKind.SCREENS_GONE,
        AlarmKind.NO_SOCKETS,
        AlarmKind.NO_ACCOUNT,
        AlarmKind.ACCOUNT_RESTING,
        AlarmKind.CLOCK_JUMPED,
        AlarmKind.ADDRESS_FULL,
        AlarmKind.OWN_TEXT_GONE,
        AlarmKind.DISK_LOW,
        AlarmKind.AUDIT_BROKEN,
    }
)


def severity(kind: str) -> Severity:
    """How bad a kind is; one this release does not know is critical."""
    return Severity.WARNING if kind in _WARNINGS else Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is not as it should be. The same key is the same thing."""

    key: str
    kind: AlarmKind
    data: Mapping[str, Any] = field(default_factory=dict)
    incident: int | None = None

    @property
    def severity(self) -> Severity:
        return severity(self.kind)

    @property
    def ails(self) -> bool:
        """Whether the hub itself cannot do its job: somebody's cry is as bad, and is no fault."""
        return self.severity is Severity.CRITICAL and self.kind is not AlarmKind.CRY


def alarms(
    facts: Facts, *, served: Iterable[Served] = (), needs: Iterable[Need] = ()
) -> tuple[Alarm, ...]:
    """Everything that is not as it should be, the worst first."""
    accounts = tuple(served)
    providers = list(_providers(facts, accounts))
    closed = {one.data["channel"] for one in providers if one.kind is AlarmKind.CHANNEL_CLOSED}
    found = [
        *(cry_alarm(one.reply, one.channel, one.incident) for one in facts.cries),
        *_schema(facts),
        *(alarm for one in facts.disks for alarm in disk_alarms(one)),
        *_workers(facts),
        *_web(facts),
        *_waves(facts),
        *(one for one in _backlogs(facts, accounts) if one.data["channel"] not in closed),
        *_stuck(facts),
        *providers,
        *_gaps(facts),
        *_own_texts(facts),
        *_lost(facts),
        *_receipts(facts),
        *_screens(facts),
        *_sockets(facts),
        *_accounts(accounts, needs),
        *_clock(facts),
        *_chain(facts),
        *_crowds(facts),
    ]
    return tuple(sorted(found, key=lambda alarm: alarm.severity))  # critical sorts before warning


def cry_alarm(reply: int, channel: str, incident: int | None) -> Alarm:
    """Somebody cries for help whom the hub can put down to nobody. No number, no words: whoever is
    on duty reads them in the replies."""
    data = {"reply": reply, "channel": channel}
    return Alarm(f"cry/{reply}", AlarmKind.CRY, data, incident)


def disk_alarms(now: DiskNow) -> tuple[Alarm, ...]:
    """Nothing can be kept, or soon not: raised by each process for itself, for while it is so no
    audit can write anything down."""
    data: dict[str, Any] = {"where": now.where, "why": str(now.fault or "low")}
    data |= {"free_mb": now.free_mb} if now.free_mb is not None else {}
    data |= {"files": now.files} if now.files is not None else {}
    if now.fault is not None:
        return (Alarm(f"disk_full/{now.where}", AlarmKind.DISK_FULL, data),)
    return (Alarm(f"disk_low/{now.where}", AlarmKind.DISK_LOW, data),) if now.low else ()


def _schema(facts: Facts) -> Iterator[Alarm]:
    if not facts.current:
        yield Alarm("old_schema", AlarmKind.OLD_SCHEMA)


def _workers(facts: Facts) -> Iterator[Alarm]:
    """Nobody sweeps, so nothing is sent and no wave begins, in any lane."""
    swept = [one.swept_s for one in facts.processes if one.live and one.swept_s is not None]
    if facts.watched_s <= SILENT_S or any(age <= SILENT_S for age in swept):
        return
    ever = [one.swept_s for one in facts.processes if one.swept_s is not None]
    data = {"lanes": list(facts.due_lanes), "since_s": _whole(min(ever)) if ever else None}
    yield Alarm("no_worker", AlarmKind.NO_WORKER, data)


def _web(facts: Facts) -> Iterator[Alarm]:
    ours = [one for one in facts.processes if one.role in {"web", "serve"}]
    died = [one.seen_s for one in ours if one.died]
    if died and not any(one.live for one in ours):
        yield Alarm("no_web", AlarmKind.NO_WEB, {"since_s": _whole(min(died))})


def _lost(facts: Facts) -> Iterator[Alarm]:
    """A process died, and none of its kind has been started since."""
    for one in facts.processes:
        if not one.died or one.seen_s > LOST_S:
            continue
        if not any(o.role == one.role and o.started_s < one.seen_s for o in facts.processes):
            data = {"role": one.role, "host": one.host, "since_s": _whole(one.seen_s)}
            yield Alarm(f"process_lost/{one.id}", AlarmKind.PROCESS_LOST, data)


def _waves(facts: Facts) -> Iterator[Alarm]:
    for one in facts.waves:
        data = {"incident": one.incident, "code": one.code, "wave": one.key}
        data["late_s"] = _whole(one.late_s)
        yield Alarm(f"overdue_wave/{one.wave}", AlarmKind.OVERDUE_WAVE, data, one.incident)


def _backlogs(facts: Facts, accounts: tuple[Served, ...]) -> Iterator[Alarm]:
    for one in facts.backlogs:
        mine = [account for account in accounts if account.channel == one.channel]
        if one.oldest_s > LATE_S and one.tried * PACED < min(one.due, _expected(mine)):
            data = {"lane": one.lane, "channel": one.channel, "due": one.due, "tried": one.tried}
            data["late_s"] = _whole(one.oldest_s)
            key = f"overdue_deliveries/{one.lane}/{one.channel}"
            yield Alarm(key, AlarmKind.OVERDUE_DELIVERIES, data)


def _expected(accounts: list[Served]) -> float:
    """Calls a minute that the pace of a channel's accounts lets us expect; at least one."""
    return max(1.0, sum(_of_one(account) for account in accounts))


def _of_one(account: Served) -> float:
    if account.per != "account":
        return 1.0  # each address has a pace of its own: only a standstill is odd
    paced = 60 * (USUAL_PACE if account.pace is None else account.pace)
    return paced if account.lines is None else min(paced, account.lines)


def _stuck(facts: Facts) -> Iterator[Alarm]:
    for kind, stuck in (
        (AlarmKind.LEASE_OVER, facts.leases),
        (AlarmKind.LONG_UNSURE, facts.doubts),
    ):
        if stuck.count:
            yield Alarm(str(kind), kind, {"count": stuck.count, "over_s": _whole(stuck.over_s)})


def _providers(facts: Facts, accounts: tuple[Served, ...]) -> Iterator[Alarm]:
    """Channels that cannot send, then accounts that fail, then those that are left alone: each
    account is spoken of once."""
    rests = {one: for_s for one, for_s in resting(facts.stood).items() if for_s >= RESTING_S}
    said: set[str] = set()
    for channel in sorted({one.channel for one in accounts}):
        mine = [one.account for one in accounts if one.channel == channel]
        if all(account in rests for account in mine):
            said.update(mine)
            since = _whole(min(rests[account] for account in mine))
            data = {"channel": channel, "accounts": mine, "since_s": since}
            yield Alarm(f"channel_closed/{channel}", AlarmKind.CHANNEL_CLOSED, data)
    failing = [alarm for alarm in _failing(facts) if alarm.data["account"] not in said]
    yield from failing
    said.update(alarm.data["account"] for alarm in failing)
    for account, for_s in sorted(rests.items()):
        if account not in said:
            data = {"account": account, "since_s": _whole(for_s)}
            yield Alarm(f"account_resting/{account}", AlarmKind.ACCOUNT_RESTING, data)


def _failing(facts: Facts) -> Iterator[Alarm]:
    for one in facts.tries:
        many = one.ended >= TRIES and one.failed * 2 >= one.ended
        every = one.ended >= ALL_FAILED and one.failed == one.ended
        if many or every:
            data = {"account": one.account, "tried": one.ended, "failed": one.failed}
            yield Alarm(f"account_failing/{one.account}", AlarmKind.ACCOUNT_FAILING, data)


def _gaps(facts: Facts) -> Iterator[Alarm]:
    for one in facts.gaps:
        data = {"incident": one.incident, "code": one.code, "last_seq": one.last_seq}
        yield Alarm(f"event_gap/{one.incident}", AlarmKind.EVENT_GAP, data, one.incident)


def _own_texts(facts: Facts) -> Iterator[Alarm]:
    """Files of the site's own that cannot be used, and those that are not there any more."""
    for one in facts.text_faults:
        kind = AlarmKind.OWN_TEXT_GONE if one.gone else AlarmKind.OWN_TEXT
        data = {
            "file": one.where,
            "what": one.what,
            "hint": one.hint,
            "playbook": one.key or one.file,
            "used": one.used,
            "version": one.version,
            "more": one.more,
        }
        yield Alarm(f"{kind}/{one.file}/{one.key}", kind, data)


def _receipts(facts: Facts) -> Iterator[Alarm]:
    for one in facts.receipts:
        if one.accepted >= TEXTS and one.reported * 2 < one.accepted:
            data = {"account": one.account, "accepted": one.accepted, "reported": one.reported}
            yield Alarm(f"no_receipts/{one.account}", AlarmKind.NO_RECEIPTS, data)


def _screens(facts: Facts) -> Iterator[Alarm]:
    for one in facts.screens:
        if one.gone:
            data = {"site": one.key, "gone": one.gone, "paired": one.paired}
            data["since_s"] = _whole(one.longest_s)
            yield Alarm(f"screens_gone/{one.site}", AlarmKind.SCREENS_GONE, data)


def _sockets(facts: Facts) -> Iterator[Alarm]:
    """Who polls is told everything, later by a moment; but a proxy stands there set up wrongly."""
    if facts.live.polling:
        data = {"polling": facts.live.polling, "sockets": facts.live.sockets}
        data["stripped"] = int(facts.live.stripped)
        yield Alarm("no_sockets", AlarmKind.NO_SOCKETS, data)


def _accounts(accounts: tuple[Served, ...], needs: Iterable[Need]) -> Iterator[Alarm]:
    """Waves that could tell nobody; one alarm for each set of channels that is missing."""
    media = set(BY_HAND).union(account.channel for account in accounts)
    missing: dict[tuple[str, ...], set[str]] = {}
    for need in needs:
        if need.channels and not media.intersection(need.channels):
            missing.setdefault(tuple(sorted(set(need.channels))), set()).add(need.playbook)
    for channels, playbooks in sorted(missing.items()):
        data = {"channels": list(channels), "playbooks": sorted(playbooks)}
        yield Alarm(f"no_account/{'+'.join(channels)}", AlarmKind.NO_ACCOUNT, data)


def _clock(facts: Facts) -> Iterator[Alarm]:
    if facts.clock_jumped_s is not None:
        data = {"ago_s": _whole(facts.clock_jumped_s), "by_s": _whole(facts.clock_jumped_by_s)}
        yield Alarm("clock_jumped", AlarmKind.CLOCK_JUMPED, data)


def _chain(facts: Facts) -> Iterator[Alarm]:
    """Somebody touched the record of who did what: it sends as before, and is believed no more."""
    if facts.chain is not None:
        data = {"why": str(facts.chain.why), "row": facts.chain.row}
        yield Alarm("audit_broken", AlarmKind.AUDIT_BROKEN, data)


def _crowds(facts: Facts) -> Iterator[Alarm]:
    """Places for sockets have run short: in all, or those of one address."""
    for one in facts.crowds:
        if one.short_s is not None and one.short_s <= CROWDED_S:
            data: dict[str, Any] = {"open": one.open, "most": one.most, "away": one.turned_away}
            yield Alarm(f"sockets_short/{one.process}", AlarmKind.SOCKETS_SHORT, data)
        if one.full_s is not None and one.full_s <= CROWDED_S:
            data = {"address": one.address, "most": one.address_most, "away": one.turned_away}
            yield Alarm(f"address_full/{one.process}", AlarmKind.ADDRESS_FULL, data)


def _whole(seconds: float) -> int:
    return round(seconds)
