"""Who looks on: the auditor with its alarms, each process' pulse, and what people watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from hub import __version__, shelf
from hub.bus.local import LocalWake
from hub.decide.alarm_facts import Need, Served
from hub.decide.queue import Sender
from hub.flow.alarms import Alarms
from hub.flow.auditor import Auditor
from hub.flow.deliver import Deliver
from hub.flow.latency import Latency
from hub.flow.passage import Passage
from hub.flow.pulse import Pulse
from hub.flow.queues import Queues
from hub.flow.sweep import Sweep
from hub.flow.watch import Watch
from hub.heartbeat import Heartbeat
from hub.ports import Channel, Library, Wake
from hub.providers import SystemClock, accounts_of, channels_of
from hub.settings import Settings
from hub.store.accounts import AccountLedger
from hub.store.alarms import AlarmLedger
from hub.store.audits import AuditLedger
from hub.store.boards import BoardLedger
from hub.store.chain_watch import ChainWatch
from hub.store.database import Database
from hub.store.lists import ListLedger
from hub.store.processes import ProcessLedger
from hub.store.queues import QueueLedger
from hub.store.shelves import ShelfLedger


class Guard(TypedDict):
    """Who looks whether the hub does its job."""

    alarms: Alarms
    auditor: Auditor
    pulse: Pulse
    passage: Passage


def guard(
    settings: Settings,
    db: Database,
    audit: AccountLedger,
    wake: Wake,
    *,
    library: Library,
    channels: Mapping[str, Channel],
    sweep: Sweep,
    deliver: Deliver,
    latency: Latency,
) -> Guard:
    ledger = AlarmLedger(db)
    url = settings.heartbeat_url
    passage = Passage()
    return {
        "alarms": Alarms(ledger, audit, wake, db.disk.look),
        "auditor": Auditor(
            ledger=AuditLedger(db, ChainWatch(db, settings.secret_key)),
            alarms=ledger,
            wake=wake,
            served=_served(channels),
            needs=_needs(library),
            passed=Heartbeat(url, ledger.beat, ledger.beaten).beat if url else None,
        ),
        "pulse": Pulse(
            ledger=ProcessLedger(db),
            version=__version__,
            swept_at=lambda: sweep.last_at,
            accounts=lambda: _accounts(deliver, latency),
            live=passage.said,
            disk=db.disk.said,
        ),
        "passage": passage,
    }


def watch(db: Database, latency: Latency, senders: Sequence[Sender]) -> Watch:
    """What the web shows; `senders`: every provider account there is."""
    return Watch(
        boards=BoardLedger(db),
        lists=ListLedger(db),
        latency=latency.figures,
        queues=Queues(QueueLedger(db), senders),
    )


def _accounts(deliver: Deliver, latency: Latency) -> Mapping[str, Any]:
    """Each account as this process finds it: how it stands, and what its calls took."""
    means = latency.means()
    return {name: {**said, **means.get(name, {})} for name, said in deliver.standing().items()}


async def auditor_of(settings: Settings, db: Database) -> Auditor:
    """An auditor of this database for one look: nothing is opened, nobody is told."""
    wake = LocalWake()
    channels = channels_of(accounts_of(settings), settings, clock=SystemClock(), wake=wake)
    return Auditor(
        ledger=AuditLedger(db),
        alarms=AlarmLedger(db),
        wake=wake,
        served=_served(channels),
        needs=_needs((await shelf.looked(settings, ShelfLedger(db))).library),
    )


def _served(channels: Mapping[str, Channel]) -> Sequence[Served]:
    """The accounts as the auditor knows them."""
    return [
        Served(name, one.traits.channel, one.traits.pace, one.traits.per, one.traits.lines)
        for name, one in channels.items()
    ]


def _needs(library: Library) -> Sequence[Need]:
    """Every wave that is sent by a channel."""
    return [Need(book.key, wave.channels) for book in library.all() for wave in book.waves]
