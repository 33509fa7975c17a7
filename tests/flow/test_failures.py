"""Failed logins stand in the audit chain: what is kept of them, and what never is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from hub.errors import NotKnown, TooMany, Unready
from hub.flow.accounts import Accounts
from hub.flow.failures import Failures
from hub.flow.tries import TRIES
from hub.model import Actor
from hub.store.accounts import AccountLedger
from hub.store.database import Database
from hub.store.schema import audit
from tests.passwords import cheap_passwords

__all__ = ["cheap_passwords"]

HUB = Actor("hub", "hub")
PASSWORD = "correct horse battery"
TYPED = "Tr0ub4dor&3-typed-into-the-name"


@pytest.fixture
async def accounts(db: Database) -> Accounts:
    found = Accounts(AccountLedger(db, secret=b"s" * 32))
    await found.put_user("lin", name="", role="duty", password=PASSWORD, who=HUB)
    return found


async def _failed(db: Database) -> list[Any]:
    asked = select(audit).where(audit.c.action == "login_failed").order_by(audit.c.id)
    return list(await db.read(lambda conn: conn.execute(asked).all()))


async def _wrong(accounts: Accounts, login: str, password: str, ip: str = "203.0.113.7") -> None:
    with pytest.raises((NotKnown, TooMany)):
        await accounts.login(login, password, ip)


async def test_a_failed_login_says_whose_why_and_from_where(
    accounts: Accounts, db: Database
) -> None:
    await _wrong(accounts, "lin", "wrong", "2001:db8:1:2:3:4:5:6")
    (row,) = await _failed(db)
    assert (row.actor, row.object) == ("outside", "user:1")
    assert row.data == {"why": "password", "from": "2001:db8:1:2::/64", "count": 1}


async def test_a_password_typed_where_the_name_belongs_is_kept_nowhere(
    accounts: Accounts, db: Database
) -> None:
    await _wrong(accounts, TYPED, PASSWORD)
    (row,) = await _failed(db)
    everything = json.dumps([row.actor, row.object, row.data])
    assert row.data["why"] == "unknown"
    assert row.object == ""
    assert TYPED not in everything
    assert PASSWORD not in everything


async def test_a_closed_account_and_a_void_link_are_told_apart(
    accounts: Accounts, db: Database
) -> None:
    await accounts.put_user("lin", name="", role="duty", password=None, who=HUB, disabled=True)
    await _wrong(accounts, "lin", PASSWORD)
    with pytest.raises(NotKnown):
        await accounts.one_time_login("void", "203.0.113.9")
    closed, once = await _failed(db)
    assert (closed.object, closed.data["why"]) == ("user:1", "closed")
    assert (once.data["why"], once.data["from"]) == ("once", "203.0.113.9")


async def test_a_flood_is_a_few_rows_that_count_all_of_it(accounts: Accounts, db: Database) -> None:
    for _ in range(40):
        await _wrong(accounts, "lin", "wrong")
    for number in range(200):
        await _wrong(accounts, f"nobody{number}", "wrong", f"198.51.{number}.7")
    await accounts.failures.settle(all_=True)
    rows = await _failed(db)
    assert sum(row.data["count"] for row in rows) == 240
    assert len(rows) < 80
    assert {row.data["why"] for row in rows} == {"password", "too_many", "unknown", "several"}
    tried = [row for row in rows if row.data["why"] == "password"]
    assert sum(row.data["count"] for row in tried) == TRIES


async def test_a_right_login_is_no_failure(accounts: Accounts, db: Database) -> None:
    await accounts.login("lin", PASSWORD, "203.0.113.7")
    assert await _failed(db) == []


class _Trail:
    """A record that cannot be written at first."""

    def __init__(self) -> None:
        self.away = True
        self.rows: list[Any] = []

    async def audit(self, _actor: str, _action: str, obj: str, data: Any) -> None:
        if self.away:
            raise Unready("The disk is full.")
        self.rows.append((obj, data["count"]))


async def test_what_cannot_be_written_now_is_written_later() -> None:
    trail = _Trail()
    failures = Failures(trail)
    for _ in range(3):
        await failures.count("user:1", "password", "203.0.113.7")
    assert trail.rows == []
    trail.away = False
    await failures.settle(all_=True)
    assert sum(count for _, count in trail.rows) == 3


async def test_a_look_at_a_list_with_needs_is_recorded_once_an_hour(
    accounts: Accounts, db: Database
) -> None:
    duty, other = Actor("user:1", "duty"), Actor("user:2", "duty")
    for who, obj in ((duty, "incident:7"), (duty, "incident:7"), (other, "incident:7")):
        await accounts.looked(who, obj)
    asked = select(audit.c.actor, audit.c.object).where(audit.c.action == "needs_look")
    rows = await db.read(lambda conn: conn.execute(asked.order_by(audit.c.id)).all())
    assert [tuple(row) for row in rows] == [("user:1", "incident:7"), ("user:2", "incident:7")]
