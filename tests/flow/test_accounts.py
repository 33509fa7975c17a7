"""Logins, tokens, tickets, and the chain that records them."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from hub.errors import Conflict, NotKnown, Refused, TooMany
from hub.flow.accounts import Accounts
from hub.flow.tries import FOR_ONE, FROM_ONE, TRIES, Tries, network
from hub.model import Actor
from hub.store.accounts import AccountLedger
from hub.store.database import Database

HUB = Actor("hub", "hub")
PASSWORD = "long enough to be a password"


@pytest.fixture
def accounts(db: Database) -> Accounts:
    return Accounts(AccountLedger(db, secret=b"s" * 32))


async def test_a_login_opens_a_session_and_ending_it_closes_it(accounts: Accounts) -> None:
    await accounts.put_user("lin", name="L", role="duty", password=PASSWORD, who=HUB)
    token = await accounts.login("lin", PASSWORD, "127.0.0.1")
    actor = await accounts.session(token)
    assert actor is not None
    assert (actor.role, actor.name) == ("duty", "L")
    await accounts.end_session(token)
    assert await accounts.session(token) is None


async def test_wrong_passwords_are_refused_and_then_slowed(accounts: Accounts) -> None:
    await accounts.put_user("lin", name="", role="duty", password=PASSWORD, who=HUB)
    for _ in range(TRIES):
        with pytest.raises(NotKnown):
            await accounts.login("lin", "wrong", "10.0.0.9")
    with pytest.raises(TooMany) as slowed:
        await accounts.login("lin", PASSWORD, "10.0.0.9")
    assert 0 < slowed.value.retry_after <= 301


async def test_guesses_that_come_at_once_are_counted_all_the_same(accounts: Accounts) -> None:
    await accounts.put_user("lin", name="", role="duty", password=PASSWORD, who=HUB)
    guesses = [accounts.login("lin", f"guess {n}", "10.0.0.7") for n in range(40)]
    found = await asyncio.gather(*guesses, return_exceptions=True)
    kinds = [type(one) for one in found]
    assert (kinds.count(NotKnown), kinds.count(TooMany)) == (TRIES, 40 - TRIES)


async def test_a_stranger_cannot_lock_somebody_out(accounts: Accounts) -> None:
    await accounts.put_user("lin", name="", role="duty", password=PASSWORD, who=HUB)
    for n in range(2 * TRIES):
        with pytest.raises((NotKnown, TooMany)):
            await accounts.login("lin", f"guess {n}", "10.0.0.7")
    assert await accounts.session(await accounts.login("lin", PASSWORD, "10.0.0.8")) is not None


def test_tries_are_bounded_per_network_and_per_login() -> None:
    tries = Tries()
    for n in range(FROM_ONE):
        tries.count(f"login {n}", "2001:db8::1", now=float(n) / 10)
    with pytest.raises(TooMany):
        tries.count("another", "2001:db8::ffff", now=6.0)  # the same /64
    tries.count("another", "2001:db8:0:1::1", now=6.0)
    for n in range(FOR_ONE):
        tries.count("lin", f"10.0.{n}.1", now=7.0)
    with pytest.raises(TooMany):
        tries.count("LIN", "10.1.0.1", now=7.0)
    tries.count("lin", "10.1.0.1", now=400.0)


def test_a_right_password_takes_its_try_back() -> None:
    tries = Tries()
    for n in range(3 * TRIES):
        tries.count("lin", "10.0.0.1", now=float(n))
        tries.forgive("lin", "10.0.0.1", at=float(n))
    assert network("::ffff:10.0.0.1") == "10.0.0.1"
    assert network("local") == "local"


async def test_a_new_password_and_a_closed_account_end_sessions(accounts: Accounts) -> None:
    for change in ({"password": "another long secret"}, {"password": None, "disabled": True}):
        await accounts.put_user("lin", name="L", role="duty", password=PASSWORD, who=HUB)
        session = await accounts.login("lin", PASSWORD, "10.0.0.1")
        await accounts.put_user("lin", name="", role="duty", who=HUB, **change)
        assert await accounts.session(session) is None


async def test_a_changed_role_keeps_name_password_and_session(accounts: Accounts) -> None:
    await accounts.put_user("lin", name="L", role="duty", password=PASSWORD, who=HUB)
    session = await accounts.login("lin", PASSWORD, "10.0.0.1")
    await accounts.put_user("lin", name="", role="viewer", password=None, who=HUB)
    for token in (session, await accounts.login("lin", PASSWORD, "10.0.0.1")):
        actor = await accounts.session(token)
        assert actor is not None
        assert (actor.role, actor.name) == ("viewer", "L")


async def test_one_process_of_many_makes_the_first_login(accounts: Accounts) -> None:
    made = await asyncio.gather(*(accounts.missing_login(who=HUB) for _ in range(5)))
    tokens = [token for token in made if token]
    assert len(tokens) == 1
    assert await accounts.session(await accounts.one_time_login(tokens[0])) is not None


async def test_no_first_login_is_made_once_an_admin_has_a_password(accounts: Accounts) -> None:
    await accounts.put_user("lin", name="", role="admin", password=PASSWORD, who=HUB)
    assert await accounts.missing_login(who=HUB) is None
    await accounts.put_user("lin", name="", role="admin", password=None, who=HUB, disabled=True)
    assert await accounts.missing_login(who=HUB) is not None


async def test_the_first_login_and_what_it_opened_end_when_an_admin_has_a_password(
    accounts: Accounts,
) -> None:
    opened = await accounts.one_time_login(await accounts.first_login(who=HUB))
    unused = await accounts.first_login(who=HUB)
    actor = await accounts.session(opened)
    assert actor is not None
    await accounts.put_user("wang", name="", role="duty", password=PASSWORD, who=HUB)
    assert await accounts.wants_password()
    assert await accounts.session(opened) == actor

    await accounts.put_user("lin", name="", role="admin", password=PASSWORD, who=HUB)
    assert not await accounts.wants_password()
    assert await accounts.session(opened) is None
    assert await accounts.sessions([actor.session]) == frozenset()
    with pytest.raises(NotKnown):
        await accounts.one_time_login(unused)
    with pytest.raises(Conflict) as ended:
        await accounts.first_login(who=HUB)
    assert ended.value.code == "has_password"
    lin = await accounts.session(await accounts.login("lin", PASSWORD, "10.0.0.1"))
    assert lin is not None
    assert await accounts.sessions([lin.session]) == {lin.session}


async def test_the_newest_first_login_is_the_one_that_works(accounts: Accounts) -> None:
    older, newer = [await accounts.first_login(who=HUB) for _ in range(2)]
    with pytest.raises(NotKnown):
        await accounts.one_time_login(older)
    assert await accounts.session(await accounts.one_time_login(newer)) is not None


async def test_users_and_tokens_are_listed_without_their_secrets(accounts: Accounts) -> None:
    await accounts.put_user("lin", name="", role="duty", password=PASSWORD, who=HUB)
    token = await accounts.create_token("ci", "viewer", HUB)
    assert [(u["login"], u["password"]) for u in await accounts.users()] == [("lin", True)]
    listed = await accounts.tokens()
    assert [(one["name"], one["role"]) for one in listed] == [("ci", "viewer")]
    assert token not in str(listed)


async def test_an_unknown_login_is_the_same_refusal(accounts: Accounts) -> None:
    with pytest.raises(NotKnown, match="Login or password"):
        await accounts.login("nobody", "x", "10.0.0.8")


async def test_a_one_time_login_works_once(accounts: Accounts) -> None:
    token = await accounts.first_login(who=HUB)
    actor = await accounts.session(await accounts.one_time_login(token))
    assert actor is not None
    assert actor.role == "admin"
    with pytest.raises(NotKnown, match="used"):
        await accounts.one_time_login(token)


async def test_a_live_ticket_is_no_login_and_works_once(accounts: Accounts) -> None:
    ticket = await accounts.ticket(Actor("user:1", "viewer"))
    with pytest.raises(NotKnown):
        await accounts.one_time_login(ticket)
    assert await accounts.redeem(ticket) == Actor("user:1", "viewer")
    assert await accounts.redeem(ticket) is None


async def test_api_tokens_are_stored_hashed_and_can_be_revoked(
    accounts: Accounts, db: Database
) -> None:
    token = await accounts.create_token("ci", "duty", HUB)
    actor = await accounts.bearer(token)
    assert actor is not None
    stored = await db.read(lambda c: c.execute(text("SELECT hash FROM tokens")).scalar_one())
    assert token not in stored
    assert await accounts.revoke_token(int(actor.id.partition(":")[2]), HUB)
    assert await accounts.bearer(token) is None


@pytest.mark.parametrize("login", ["", "li n", " lin", "lin\r\nX: y", "\u202elin", "li\u200bn"])
async def test_a_login_nobody_can_type_is_refused_by_field(accounts: Accounts, login: str) -> None:
    with pytest.raises(Refused) as refused:
        await accounts.put_user(login, name="", role="duty", password=None, who=HUB)
    assert [problem.where for problem in refused.value.problems] == ["login"]


async def test_unknown_roles_and_short_passwords_are_refused(accounts: Accounts) -> None:
    with pytest.raises(Refused, match="role"):
        await accounts.create_token("x", "god", HUB)
    with pytest.raises(Refused) as refused:
        await accounts.put_user("x", name="", role="duty", password="short", who=HUB)
    assert [problem.what for problem in refused.value.problems] == ["is shorter than 10 characters"]


async def test_only_those_who_still_may_stand(accounts: Accounts) -> None:
    number = await accounts.put_user("lin", name="", role="duty", password=PASSWORD, who=HUB)
    actor = await accounts.bearer(await accounts.create_token("ci", "viewer", HUB))
    assert actor is not None
    asked = [f"user:{number}", actor.id, "user:99", "local"]
    found = await accounts.standing(asked)
    assert found == {f"user:{number}": "duty", actor.id: "viewer", "local": "admin"}
    await accounts.revoke_token(int(actor.id.partition(":")[2]), HUB)
    assert actor.id not in await accounts.standing(asked)
