"""The only composition root: every part is made here, in one place, and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from channels.registry import ours
from hub import shelf
from hub.bus.doorbell import Doorbell
from hub.bus.guesses import Guesses
from hub.bus.ration import Ration
from hub.bus.scripts import Scripts
from hub.bus.valkey import EmbeddedValkey
from hub.decide.accounts import Terms
from hub.entries import TextFault
from hub.errors import Unready
from hub.flow.accounts import Accounts
from hub.flow.alarms import Alarms
from hub.flow.answer import TakeAnswer
from hub.flow.audit_book import AuditBook
from hub.flow.auditor import Auditor
from hub.flow.deliver import Deliver
from hub.flow.doubt import AskDoubts
from hub.flow.drills import Drills
from hub.flow.escalate import Escalate
from hub.flow.estate import Estate
from hub.flow.inbox import Inbox
from hub.flow.latency import Latency
from hub.flow.launch import Launch
from hub.flow.parcels import Parcels
from hub.flow.passage import Passage
from hub.flow.probes import Probes
from hub.flow.pulse import Pulse
from hub.flow.queues import answers_of, senders_of
from hub.flow.report import Report
from hub.flow.say import Say
from hub.flow.screens import Screens
from hub.flow.shares import Shares
from hub.flow.sites import Sites
from hub.flow.sweep import Sweep
from hub.flow.tasks import Tasks
from hub.flow.tries import Tries
from hub.flow.watch import Watch
from hub.guard import guard, watch
from hub.hearing import hearing
from hub.memory import settle
from hub.ports import Channel, Clock, Findable, Library
from hub.providers import accounts_of, channels_of, link_length, terms_of
from hub.settings import Settings
from hub.shelf import Shelf
from hub.store import house_time
from hub.store.accounts import AccountLedger
from hub.store.audit_book import AuditBookLedger
from hub.store.database import Database, database
from hub.store.deliveries import DeliveryLedger
from hub.store.doubts import DoubtLedger
from hub.store.escalations import EscalateLedger
from hub.store.estates import EstateLedger
from hub.store.launches import LaunchLedger
from hub.store.migrate import is_current, migrate
from hub.store.notices import SayLedger
from hub.store.real_first import DrillLedger
from hub.store.robots import RobotLedger
from hub.store.screens import ScreenLedger
from hub.store.sites import SiteLedger
from hub.store.sweeps import SweepLedger
from hub.store.tasks import TaskLedger
from hub.zones import use_locked

HOUSE = "muster"  # one hub on a Redis


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub that is wired and open: its use-cases, and what they stand on."""

    settings: Settings
    db: Database
    clock: Clock
    wake: Doorbell
    redis_url: str
    library: Library
    faults: Sequence[TextFault]  # in the site's own files, as they were at the start
    words: Mapping[str, Mapping[str, str]]  # the site's own, for a resident's page
    channels: Mapping[str, Channel]
    launch: Launch
    say: Say
    deliver: Deliver
    report: Report
    answer: TakeAnswer
    escalate: Escalate
    doubts: AskDoubts
    sweep: Sweep
    watch: Watch
    estate: Estate
    sites: Sites
    screens: Screens
    accounts: Accounts
    audit_book: AuditBook
    probes: Probes
    tasks: Tasks
    inbox: Inbox
    alarms: Alarms
    auditor: Auditor
    pulse: Pulse
    shares: Shares | None  # None where one process is all there can be
    ration: Ration | None
    passage: Passage

    async def ready(self) -> Sequence[str]:
        """What keeps the hub from its work; raises when the database does not answer."""
        if self.db.damaged:
            return (self.db.damaged,)
        return () if await is_current(self.db) else ("has an older schema: run `muster migrate`",)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Hub]:
    """A hub whose database is current, whose bus runs and whose channels are open.

    Embedded: Valkey is started beside it and the schema is brought up to date. Elsewhere `muster
    migrate` does that, and Unready says so until it has been done.
    """
    ours()
    use_locked()
    async with contextlib.AsyncExitStack() as stack:
        redis_url = settings.redis_url
        if redis_url is None:
            redis_url = await stack.enter_async_context(EmbeddedValkey(settings.data / "valkey"))
        db = database(settings.database_url)
        db.seal.key = settings.secret_key
        stack.push_async_callback(db.close)
        await db.open()
        if settings.embedded:
            await migrate(db)
        elif not await is_current(db):
            raise Unready("The database has an older schema: run `muster migrate`.")
        await house_time.join(db)
        kept = asyncio.create_task(house_time.keep(db), name="house-time")
        stack.push_async_callback(_ended, kept)
        wake = Doorbell(redis_url)
        bell = asyncio.create_task(wake.run(), name="doorbell")
        stack.push_async_callback(_ended, bell)
        scripts = None
        if not settings.embedded:  # else this is the only process: what it counts itself is right
            scripts = Scripts(redis_url, house=HOUSE, secret=settings.secret_key)
            stack.push_async_callback(scripts.close)
        own = await shelf.stocked(settings, db)
        hub = _wired(settings, own, db=db, wake=wake, redis_url=redis_url, scripts=scripts)
        await hub.sites.begin()
        for channel in hub.channels.values():
            stack.push_async_callback(channel.close)
            await channel.open()
        settle()
        yield hub


def _wired(
    settings: Settings,
    own: Shelf,
    *,
    db: Database,
    wake: Doorbell,
    redis_url: str,
    scripts: Scripts | None,
) -> Hub:
    clock = db.reckoner  # one time for all: expiries mean the same here and in the database
    accounts = accounts_of(settings)
    channels = channels_of(accounts, settings, clock=clock, wake=wake)
    library = own.library
    audit = AccountLedger(db, secret=settings.secret_key)
    escalate = Escalate(EscalateLedger(db), wake, channels)
    latency = Latency({name: one.traits.channel for name, one in channels.items()})
    ration = Ration(scripts) if scripts else None
    shares = Shares(ration) if ration else None
    deliver = _deliver(settings, db, channels, wake, clock, latency, terms_of(accounts), shares)
    say = _say(settings, db, library, clock, wake, channels)
    sweep = _sweep(settings, db, escalate, deliver, wake, Drills(DrillLedger(db), say))
    return Hub(
        settings=settings,
        db=db,
        clock=clock,
        wake=wake,
        redis_url=redis_url,
        library=library,
        faults=own.faults,
        words=own.words,
        channels=channels,
        launch=_launch(settings, db, library, clock, wake, channels),
        say=say,
        deliver=deliver,
        **hearing(settings, db, audit, channels, wake),
        escalate=escalate,
        doubts=_doubts(settings, db, channels, wake),
        sweep=sweep,
        watch=watch(db, latency, senders_of(channels, terms_of(accounts))),
        shares=shares,
        ration=ration,
        probes=Probes(channels, terms_of(accounts), RobotLedger(db)),
        **_desk(settings, db, audit, clock, wake, Guesses(scripts) if scripts else None),
        **guard(
            settings,
            db,
            audit,
            wake,
            library=library,
            channels=channels,
            sweep=sweep,
            deliver=deliver,
            latency=latency,
        ),
    )


class _Desk(TypedDict):
    """The use-cases of the office, beside those of an incident."""

    estate: Estate
    sites: Sites
    screens: Screens
    accounts: Accounts
    audit_book: AuditBook
    tasks: Tasks


def _desk(
    settings: Settings,
    db: Database,
    audit: AccountLedger,
    clock: Clock,
    wake: Doorbell,
    guesses: Guesses | None,
) -> _Desk:
    screens = ScreenLedger(db)
    estate = Estate(
        ledger=EstateLedger(db),
        screens=screens,
        audit=audit,
        wake=wake,
        country=settings.country,
        languages=settings.languages,
    )
    home = (settings.country, settings.languages, settings.timezone)
    return {
        "estate": estate,
        "sites": Sites(SiteLedger(db), audit, wake, *home, settings.sites),
        "screens": Screens(ledger=screens, audit=audit, clock=clock, wake=wake),
        "accounts": Accounts(audit, Tries(guesses)),
        "audit_book": AuditBook(AuditBookLedger(db, secret=settings.secret_key)),
        "tasks": Tasks(TaskLedger(db), wake),
    }


def _launch(
    settings: Settings,
    db: Database,
    library: Library,
    clock: Clock,
    wake: Doorbell,
    channels: Mapping[str, Channel],
) -> Launch:
    return Launch(
        LaunchLedger(db),
        library,
        clock,
        wake,
        channels,
        languages=settings.languages,
        timezone=settings.timezone,
        link_length=link_length(settings),
        wave_speed=settings.wave_speed,
        senders=senders_of(channels, terms_of(accounts_of(settings))),
        secret=settings.secret_key,
    )


def _say(
    settings: Settings,
    db: Database,
    library: Library,
    clock: Clock,
    wake: Doorbell,
    channels: Mapping[str, Channel],
) -> Say:
    length = link_length(settings)
    languages = settings.languages
    return Say(SayLedger(db), library, clock, wake, channels, settings.timezone, length, languages)


def _deliver(
    settings: Settings,
    db: Database,
    channels: Mapping[str, Channel],
    wake: Doorbell,
    clock: Clock,
    latency: Latency,
    terms: Mapping[str, Terms],
    shares: Shares | None,
) -> Deliver:
    return Deliver(
        ledger=DeliveryLedger(db),
        channels=channels,
        wake=wake,
        clock=clock,
        secret=settings.secret_key,
        public_url=settings.public_url,
        terms=terms,
        shares=shares,
        observe=latency.seen,
    )


def _doubts(
    settings: Settings, db: Database, channels: Mapping[str, Channel], wake: Doorbell
) -> AskDoubts:
    texts = DeliveryLedger(db).wording
    answers = answers_of(senders_of(channels, terms_of(accounts_of(settings))))
    parcels = Parcels(
        texts, secret=settings.secret_key, public_url=settings.public_url, answers=answers
    )
    return AskDoubts(ledger=DoubtLedger(db), channels=channels, parcels=parcels, wake=wake)


def _sweep(
    settings: Settings,
    db: Database,
    escalate: Escalate,
    deliver: Deliver,
    wake: Doorbell,
    drills: Drills,
) -> Sweep:
    askable = {name for name, one in escalate.channels.items() if isinstance(one, Findable)}
    return Sweep(
        ledger=SweepLedger(db, askable=askable),
        escalate=escalate,
        deliver=deliver,
        wake=wake,
        drills=drills,
        receipt_window_ms=int(settings.receipt_window * 1000),
    )


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
