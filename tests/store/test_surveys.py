from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from hub.errors import Unknown
from hub.store.database import Database, database
from hub.store.schema import metadata
from hub.store.surveys import read_estate, read_sites, read_spots
from tests.launch_estate import Who, put_estate

PEOPLE = (
    Who("3/12/1201", ways=[("sms", "A"), ("voice", "A")], roles=["security"], drill=True),
    Who("3/12/1201", ways=[("sms", "B")], opted_out=True, needs=["moves_slowly"]),
    Who("3", kind="screen", ways=[("screen", "")]),
    Who("3", kind="screen", ways=[("screen", "")]),
)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    db = database(url)
    await db.open()
    try:
        await db.write(metadata.create_all)
        await db.write(lambda conn: put_estate(conn, ["3/12/1201", "5-1/2"], PEOPLE))
        await db.write(lambda conn: put_estate(conn, ["9/1/901"], [Who("9/1/901")], key="other"))
        yield db
    finally:
        await db.close()


async def test_a_site_is_read_with_its_own_people_and_places_alone(house_url: str) -> None:
    async with opened(house_url) as db:
        assert await db.read(read_sites) == {"main": 1, "other": 2}
        estate = await db.read(lambda conn: read_estate(conn, site=1, preview=False))

        assert {spot.building for spot in estate.spots} == {"3", "5"}
        assert [person[0] for person in estate.people] == [1, 2, 3, 4]
        assert (estate.reached, estate.offline, estate.next_number) == ((), frozenset(), 1)


async def test_people_are_bare_tuples_the_rules_understand(house_url: str) -> None:
    async with opened(house_url) as db:
        estate = await db.read(lambda conn: read_estate(conn, site=1, preview=False))
        one, two = estate.people[:2]

        assert all(type(person) is tuple for person in estate.people)
        assert (one[1], one[4].replace(" ", ""), bool(one[5]), bool(one[6])) == (
            "resident",
            '["security"]',
            False,
            True,
        )
        assert bool(two[5]), "a need on record makes a person vulnerable"


async def test_a_preview_reads_usable_addresses_and_which_screens_are_away(
    house_url: str,
) -> None:
    async with opened(house_url) as db:
        online = text(
            "INSERT INTO screens (recipient_id, device_hash, seen_at, way) VALUES (3, 'h', 1, '{}')"
        )
        await db.write(lambda conn: conn.execute(online) and None)
        estate = await db.read(lambda conn: read_estate(conn, site=1, preview=True))

        assert sorted(estate.reached) == [
            (1, "sms", "A"),
            (1, "voice", "A"),
            (2, "voice", "B"),  # no texts, says its owner; a call may be made
            (3, "screen", "3"),
            (4, "screen", "4"),
        ]
        assert estate.offline == {4}


async def test_removed_people_are_not_read(house_url: str) -> None:
    async with opened(house_url) as db:
        gone = text("UPDATE recipients SET removed_at = 1 WHERE id = 1")
        await db.write(lambda conn: conn.execute(gone) and None)
        estate = await db.read(lambda conn: read_estate(conn, site=1, preview=True))

        assert [person[0] for person in estate.people] == [2, 3, 4]
        assert 1 not in {recipient for recipient, *_ in estate.reached}


async def test_more_people_than_a_page_are_all_read(
    house_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.surveys._PAGE", 2)
    async with opened(house_url) as db:
        estate = await db.read(lambda conn: read_estate(conn, site=1, preview=True))

        assert [person[0] for person in estate.people] == [1, 2, 3, 4]
        assert len(estate.reached) == 5


async def test_one_building_is_read_for_its_words(house_url: str) -> None:
    async with opened(house_url) as db:
        spots, names = await db.read(lambda conn: read_spots(conn, site=1, building="5"))

        assert [spot.path for spot in spots] == ["5", "5-1", "5-1/2"]
        assert set(names) == {spot.id for spot in spots}


async def test_no_such_site_is_unknown(house_url: str) -> None:
    async with opened(house_url) as db:
        with pytest.raises(Unknown):
            await db.read(lambda conn: read_estate(conn, site=99, preview=False))
