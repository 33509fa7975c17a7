"""Pairing a screen: a code on the screen, a person who confirms it, a token handed over once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from hub.entries import PlaceEntry, RecipientEntry, SiteEntry
from hub.errors import Refused, Unknown
from hub.flow.screens import Screens
from hub.model import Actor, PlaceKind, RecipientKind
from hub.store.accounts import AccountLedger
from hub.store.database import Database, database
from hub.store.estates import EstateLedger
from hub.store.schema import metadata
from hub.store.screens import ScreenLedger

WHO = Actor("user:1", "duty")


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class _Bell:
    def __init__(self) -> None:
        self.topics: list[str] = []

    async def ring(self, lane: str) -> None: ...

    async def tell(self, topic: str, seq: int = 0) -> None:
        self.topics.append(topic)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    found = database(database_url)
    await found.open()
    await found.write(metadata.create_all)
    await EstateLedger(found).load(
        SiteEntry("s", {"en": "S"}, {}),
        [PlaceEntry("3", "", PlaceKind.BUILDING, "3")],
        [
            RecipientEntry("screen", RecipientKind.SCREEN, "Lobby", "3", "en"),
            RecipientEntry("person", RecipientKind.RESIDENT, "P", "3", "en"),
        ],
    )
    yield found
    await found.close()


@pytest.fixture
def screens(db: Database) -> Screens:
    return Screens(
        ledger=ScreenLedger(db),
        audit=AccountLedger(db, secret=b"s" * 32),
        clock=_Clock(),
        wake=_Bell(),  # type: ignore[arg-type]
    )


async def test_a_confirmed_code_hands_the_token_over_once(screens: Screens) -> None:
    code, claim = await screens.pairing()
    assert code.isdigit()
    assert len(code) == 6
    assert await screens.claim(claim) is None
    await screens.confirm(code, 1, WHO)
    found = await screens.claim(claim)
    assert found is not None
    token, recipient = found
    assert recipient == 1
    assert await screens.by_device(token) == 1
    with pytest.raises(Unknown):
        await screens.claim(claim)


async def test_a_code_cannot_be_confirmed_twice_or_guessed(screens: Screens) -> None:
    code, _ = await screens.pairing()
    await screens.confirm(code, 1, WHO)
    for wrong in (code, "xxxxxx"):
        with pytest.raises(Unknown):
            await screens.confirm(wrong, 1, WHO)


async def test_only_a_screen_can_be_paired(screens: Screens) -> None:
    code, claim = await screens.pairing()
    with pytest.raises(Refused, match="screen"):
        await screens.confirm(code, 2, WHO)
    assert await screens.claim(claim) is None


async def test_pairing_a_new_device_puts_the_old_one_out(screens: Screens) -> None:
    tokens = []
    for _ in range(2):
        code, claim = await screens.pairing()
        await screens.confirm(code, 1, WHO)
        found = await screens.claim(claim)
        assert found is not None
        tokens.append(found[0])
    assert await screens.by_devices(tokens) == {tokens[1]: 1}
    await screens.unpair(1, WHO)
    assert await screens.by_devices(tokens) == {}


async def test_the_list_says_who_is_connected_and_since_when_not(screens: Screens) -> None:
    code, _ = await screens.pairing()
    await screens.confirm(code, 1, WHO)
    await screens.present(seen=[1], gone=[])
    assert (await screens.list())[0]["connected"] is True
    await screens.present(seen=[], gone=[1])
    item = (await screens.list())[0]
    assert item["connected"] is False
    assert item["gone_at"] is not None


async def test_a_screen_without_orders_is_calm(screens: Screens) -> None:
    assert await screens.showing([1]) == {1: None}
