"""Passwords: long, not among the first that are tried, the same however a keyboard writes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, update
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from hub.errors import NotKnown, Refused
from hub.flow import passwords
from hub.flow.accounts import Accounts
from hub.flow.passwords import fault, tidy
from hub.model import Actor
from hub.store.accounts import AccountLedger
from hub.store.database import Database
from hub.store.schema import sites, users

HUB = Actor("hub", "hub")
ABOUT = ("lin.wei", "林伟", "riverside", "Riverside Gardens", "碧水湾花园")
GUESSABLE = "is among the first that somebody would try"


def test_none_of_the_common_ten_thousand_is_taken() -> None:
    common = FREQUENCY_LISTS["passwords"][:10_000]
    assert len(common) == 10_000
    assert [one for one in common if fault(one, ABOUT) is None] == []
    assert [one for one in common if fault(one.upper(), ABOUT) is None] == []


@pytest.mark.parametrize(
    "password",
    "1234567890 0987654321 12345678910 a123456789 1111111111 1231231231 abcdefghij qwertyuiop"
    " qwertyuiop1 QWERTYUIOP asdfghjkl; 1qaz2wsx3edc 1q2w3e4r5t qazwsxedcrfv 147258369a"
    " Password2026! P@ssw0rd123 password1234 passwordpassword letmein12345 Admin@12345"
    " administrator woaini1314 woaini520520 5201314520 88888888aa wuye123456 wuye2026!!"
    " wuyeguanli wuyeguanlichu1 Wuye@12345 xiaoqu2025 guanjia888 lin.wei2026 linwei12345"
    " Riverside2026 riverside@123 RiversideGardens1 riverside-gardens 碧水湾花园2026 muster2026!"
    " 林伟123456789 物业123456789 小区物业管理处"
    " 物业管理处888888 １２３４５６７８９０ ｐａｓｓｗｏｒｄ１２３".split(),
)
def test_what_everybody_would_try_on_an_estate_is_refused(password: str) -> None:
    found = fault(password, ABOUT)
    assert found is not None
    assert found.what == GUESSABLE or len(tidy(password)) < passwords.LEAST, found


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "long enough to be a password",
        "tq8fKz2mPw",
        "brass lantern 7",
        "四棵槐树下面的旧风筝",
        "huaishu fengzheng jiu",
        "aaaaaaaaaa but with other words",
        "Ölmühle im Winter",
    ],
)
def test_no_kind_of_letter_is_asked_for(password: str) -> None:
    assert fault(password, ABOUT) is None


@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("tq8fKz2mP", "is shorter than 10 characters"),
        ("ﬁve chars", "is among"),  # nine as typed, ten as kept: what is kept counts
        ("x" * 1025, "is longer than 1024 characters"),
        ("tq8fKz2mPw\n", "has a character that cannot be typed"),
        ("tq8fKz2mPw\udcff", "has a character that cannot be typed"),
    ],
)
def test_what_is_wrong_with_it_is_said(password: str, what: str) -> None:
    found = fault(password, ABOUT)
    assert (found.what if found else "is among").startswith(what)
    assert found is None or found.where == "password"


def test_the_longest_password_is_judged_in_a_moment() -> None:
    assert fault("4@8({[<3369 1!|7" * 64, ABOUT) is None


def test_two_at_once_are_judged_by_their_own_words() -> None:
    """The library keeps the known words of a call in a place all calls share."""
    with ThreadPoolExecutor(4) as pool:
        names = [f"xqzjv{n}kwpf" for n in range(4)] * 20
        own = list(pool.map(lambda name: fault(f"{name}2026", [name]), names))
        others = list(pool.map(lambda name: fault(f"{name}2026", [name[::-1] * 2]), names))
    assert all(own)
    assert not any(others)


# ── in the hub ──


@pytest.fixture
def accounts(db: Database) -> Accounts:
    return Accounts(AccountLedger(db, secret=b"s" * 32))


async def test_the_names_of_the_estate_are_no_password(db: Database, accounts: Accounts) -> None:
    settings = {"sms_signature": {"zh-CN": "梧桐里物业"}}
    site = {"key": "wutongli", "name": {"zh-CN": "梧桐里", "en": "Plane Tree Lane"}}
    await db.write(lambda conn: conn.execute(insert(sites).values(**site, settings=settings)))
    for password in ("Wutongli2026", "planetreelane", "梧桐里物业12345", "wangfang-2026"):
        with pytest.raises(Refused) as refused:
            await accounts.put_user("wang", name="", role="duty", password=password, who=HUB)
        assert [one.what for one in refused.value.problems] == [GUESSABLE], password
    assert await accounts.users() == []


async def test_a_password_is_the_same_in_narrow_and_full_width_letters(
    accounts: Accounts,
) -> None:
    await accounts.put_user(
        "wang", name="", role="duty", password="ｂｒａｓｓ　lantern ７", who=HUB
    )
    assert await accounts.login("wang", "brass lantern 7", "10.0.0.1")
    assert await accounts.login("wang", "ｂｒａｓｓ lantern ７", "10.0.0.1")
    with pytest.raises(NotKnown):
        await accounts.login("wang", "brass lantern 8", "10.0.0.1")
    with pytest.raises(NotKnown):
        await accounts.login("wang", "brass lantern \udcff", "10.0.0.1")


async def test_a_password_kept_by_an_older_release_still_opens(
    db: Database, accounts: Accounts
) -> None:
    await accounts.put_user("wang", name="", role="duty", password=None, who=HUB)
    kept = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("１２３４５６７８９０")
    await db.write(lambda conn: conn.execute(update(users).values(password_hash=kept)))
    assert await accounts.login("wang", "１２３４５６７８９０", "10.0.0.1")
