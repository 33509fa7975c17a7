"""A real hub for the web's tests: SQLite, real use-cases, a bell of one process, real uvicorn."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
from sqlalchemy import insert

from channels.sms_twilio import TwilioAccount, TwilioSms
from hub.bus.local import LocalWake
from hub.flow.accounts import Accounts
from hub.flow.alarms import Alarms
from hub.flow.answer import TakeAnswer
from hub.flow.audit_book import AuditBook
from hub.flow.estate import Estate
from hub.flow.inbox import Inbox
from hub.flow.launch import Launch
from hub.flow.passage import Passage
from hub.flow.probes import Probes
from hub.flow.report import Report
from hub.flow.say import Say
from hub.flow.screens import Screens
from hub.flow.sites import Sites
from hub.flow.tasks import Tasks
from hub.flow.watch import Watch
from hub.model import Actor
from hub.settings import Settings
from hub.store import schema as t
from hub.store.accounts import AccountLedger
from hub.store.alarms import AlarmLedger
from hub.store.answers import AnswerLedger
from hub.store.audit_book import AuditBookLedger
from hub.store.boards import BoardLedger
from hub.store.calls import CallLedger
from hub.store.database import Database, database
from hub.store.displays import DisplayLedger
from hub.store.estates import EstateLedger
from hub.store.inbox import InboxLedger
from hub.store.launches import LaunchLedger
from hub.store.lists import ListLedger
from hub.store.migrate import migrate
from hub.store.notices import SayLedger
from hub.store.pages import PageLedger
from hub.store.receipts import ReceiptLedger
from hub.store.screens import ScreenLedger
from hub.store.sites import SiteLedger
from hub.store.tasks import TaskLedger
from playbooks.load import Library
from web.app import create_app
from web.server import Bind, Serving, serve

SECRET = b"a secret of thirty-two characters"
HUB = Actor("hub", "hub")
TWILIO = "twilio auth token of the tests"
PASSWORD = "correct horse battery"


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def settings(folder: Path, *, public_url: str = "http://localhost:8000") -> Settings:
    return Settings(
        data=folder,
        database_url=f"sqlite:///{folder / 'hub.db'}",
        redis_url=None,
        public_url=public_url,
        secret_key=SECRET,
        host="127.0.0.1",
        port=0,
    )


TEMPLATE: list[Path] = []
"""An empty database with the newest schema, made once a session."""


async def make_template(folder: Path) -> None:
    """TEMPLATE stands."""
    db = database(f"sqlite:///{folder / 'template.db'}")
    await db.open()
    await migrate(db)
    await db.close()
    TEMPLATE[:] = [folder / "template.db"]


@contextlib.asynccontextmanager
async def open_hub(folder: Path) -> AsyncIterator[Any]:
    """Everything the web asks of a hub that stands on its own two feet already."""
    chosen = settings(folder)
    if TEMPLATE:
        shutil.copy(TEMPLATE[0], folder / "hub.db")
    db = database(chosen.database_url)
    await db.open()
    try:
        yield wired(chosen, db)
    finally:
        await db.close()


def wired(chosen: Settings, db: Database) -> Any:
    clock, wake = RealClock(), LocalWake()
    db.seal.key = chosen.secret_key
    accounts = AccountLedger(db, secret=chosen.secret_key)
    library = Library.packaged()
    twilio = TwilioSms(
        TwilioAccount("AC1", TWILIO, "+12025550100"), clock=clock, public_url=chosen.public_url
    )
    channels = {twilio.name: twilio}
    answer = TakeAnswer(AnswerLedger(db), PageLedger(db), wake, chosen.secret_key)
    inbox = Inbox(InboxLedger(db), accounts, wake)
    return SimpleNamespace(
        settings=chosen,
        db=db,
        clock=clock,
        wake=wake,
        library=library,
        faults=(),
        words={},
        channels=channels,
        accounts=Accounts(accounts),
        probes=Probes(channels, {}),
        audit_book=AuditBook(AuditBookLedger(db, secret=chosen.secret_key)),
        alarms=Alarms(AlarmLedger(db), accounts, wake, db.disk.look),
        screens=Screens(ScreenLedger(db), accounts, clock, wake),
        estate=Estate(EstateLedger(db), ScreenLedger(db), accounts, wake, "CN", chosen.languages),
        sites=Sites(SiteLedger(db), accounts, wake),
        launch=Launch(LaunchLedger(db), library, clock, wake, channels),
        say=Say(SayLedger(db), library, clock, wake, channels),
        tasks=Tasks(TaskLedger(db), wake),
        watch=Watch(boards=BoardLedger(db), lists=ListLedger(db)),
        answer=answer,
        inbox=inbox,
        ration=None,
        passage=Passage(),
        report=Report(
            receipts=ReceiptLedger(db),
            displays=DisplayLedger(db),
            replies=AnswerLedger(db),
            calls=CallLedger(db),
            answers=answer,
            inbox=inbox,
            audit=accounts,
            channels=channels,
            wake=wake,
            secret=chosen.secret_key,
        ),
    )


@dataclass
class House:
    """A hub, its server, and ways in."""

    hub: Any
    app: Any
    at: Serving

    @property
    def live(self) -> str:
        return self.at.url.replace("http", "ws", 1) + "/live"

    def client(self, **options: Any) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self.at.url, **options)

    async def token(self, role: str) -> str:
        return await self.hub.accounts.create_token(f"test {role}", role, HUB)

    async def bearer(self, role: str) -> dict[str, str]:
        return {"authorization": f"Bearer {await self.token(role)}"}

    async def user(self, role: str) -> str:
        """A login with PASSWORD."""
        login = f"{role}-{secrets.token_hex(3)}"
        await self.hub.accounts.put_user(login, name="", role=role, password=PASSWORD, who=HUB)
        return login

    async def ticket(self, role: str = "duty") -> str:
        login = await self.user(role)
        session = await self.hub.accounts.login(login, PASSWORD, "127.0.0.1")
        actor = await self.hub.accounts.session(session)
        return await self.hub.accounts.ticket(actor)

    async def screens(self, number: int) -> list[int]:
        """So many screens in a lobby, unpaired; their recipient ids."""
        return await self.hub.db.write(lambda conn: _screens(conn, number))

    async def device(self, screen: int) -> str:
        """The device token of this screen, paired as a person would."""
        code, claim = await self.hub.screens.pairing()
        await self.hub.screens.confirm(code, screen, HUB)
        token, _recipient = await self.hub.screens.claim(claim)
        return token


@contextlib.asynccontextmanager
async def served(hub: Any) -> AsyncIterator[House]:
    app = create_app(hub)
    async with serve(app, Bind(port=0)) as at:
        yield House(hub, app, at)


def _screens(conn: Any, number: int) -> list[int]:
    site = conn.execute(t.sites.select()).first()
    if site is None:
        row = {"key": "home", "name": {"en": "Home"}, "settings": {}}
        site_id = conn.execute(insert(t.sites).values(row)).inserted_primary_key[0]
    else:
        site_id = site.id
    place = {"site_id": site_id, "kind": "lobby", "path": f"3/lobby-{secrets.token_hex(3)}"}
    place_id = conn.execute(
        insert(t.places).values(**place, building="3", name={})
    ).inserted_primary_key[0]
    base = {"site_id": site_id, "kind": "screen", "place_id": place_id, "language": "zh-CN"}
    blank = {"roles": [], "needs": [], "helpers": [], "extra": {}, "created_at": 1, "updated_at": 1}
    made = [
        conn.execute(
            insert(t.recipients).values(**base, **blank, name=f"Lobby {n}")
        ).inserted_primary_key[0]
        for n in range(number)
    ]
    return [int(one) for one in made]


def read(frame: str | bytes) -> dict[str, Any]:
    return json.loads(frame)
