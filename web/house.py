"""What the web asks of the hub, by name: the composition root hands it in (`web.app`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from starlette.requests import HTTPConnection

from hub.entries import TextFault
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
from hub.ports import Channel, Clock, Library, Ration, Wake
from hub.settings import Settings


class House(Protocol):
    """A hub that is wired and open. Read-only: the web starts and stops nothing in it."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def wake(self) -> Wake: ...
    @property
    def library(self) -> Library: ...
    @property
    def faults(self) -> Sequence[TextFault]: ...
    @property
    def words(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def channels(self) -> Mapping[str, Channel]: ...
    @property
    def db(self) -> Any: ...
    @property
    def launch(self) -> Launch: ...
    @property
    def say(self) -> Say: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def report(self) -> Report: ...
    @property
    def answer(self) -> TakeAnswer: ...
    @property
    def watch(self) -> Watch: ...
    @property
    def estate(self) -> Estate: ...
    @property
    def sites(self) -> Sites: ...
    @property
    def screens(self) -> Screens: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def alarms(self) -> Alarms: ...
    @property
    def audit_book(self) -> AuditBook: ...
    @property
    def probes(self) -> Probes: ...
    @property
    def passage(self) -> Passage: ...
    @property
    def ration(self) -> Ration | None: ...


def house(connection: HTTPConnection) -> House:
    """The hub this request is for."""
    return cast("House", connection.scope["state"]["hub"])
