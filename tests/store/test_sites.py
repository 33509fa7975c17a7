"""What a site says of itself, kept on both databases: nobody's change is lost, and none is half."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from hub.entries import PlaceEntry, RecipientEntry, SiteEntry
from hub.errors import Conflict
from hub.flow.sites import OWNED, Sites
from hub.model import Actor, PlaceKind, RecipientKind
from hub.store import schema as t
from hub.store.accounts import AccountLedger
from hub.store.database import Database, database
from hub.store.estates import EstateLedger
from hub.store.sites import SiteLedger
from hub.store.surveys import read_estate
from tests.store.test_estates import _Still

WHO = Actor("user:1", "admin")
PLACES = [
    PlaceEntry("3", "", PlaceKind.BUILDING, "3"),
    PlaceEntry("3-1", "3", PlaceKind.ENTRANCE, "3", "1"),
    PlaceEntry("3-1/1", "3-1", PlaceKind.FLOOR, "3", "1", "1", 1),
]


@pytest.fixture
async def db(house_url: str) -> AsyncIterator[Database]:
    found = database(house_url)
    await found.open()
    await found.write(t.metadata.create_all)
    yield found
    await found.close()


def sites(db: Database, **more: Any) -> Sites:
    audit = AccountLedger(db, secret=b"s" * 32)
    return Sites(SiteLedger(db), audit, _Still(), **more)  # type: ignore[arg-type]


@pytest.fixture
async def loaded(db: Database) -> EstateLedger:
    found = EstateLedger(db)
    await found.load(SiteEntry("site", {"en": "Home"}, {"country": "GB"}), PLACES, [])
    return found


@pytest.mark.usefixtures("loaded")
async def test_changes_of_many_at_once_are_all_there_and_each_is_counted(db: Database) -> None:
    use = sites(db)
    tags = ("fr", "de", "ja", "ko")
    made = [use.change("site", {"name": {tag: f"in {tag}"}}, who=WHO) for tag in tags]
    await asyncio.gather(*made)
    found = await use.show("site")
    assert set(tags) <= set(found["name"])
    assert found["version"] == 1 + len(tags)
    rows = await db.read(lambda conn: conn.execute(select(t.audit.c.action)).scalars().all())
    assert list(rows) == ["site_change"] * len(tags)


async def test_of_two_who_read_the_same_version_one_is_refused(
    db: Database, loaded: EstateLedger
) -> None:
    use = sites(db)
    both = [
        use.change("site", {"name": {"en": name}, "version": 1}, who=WHO) for name in ("A", "B")
    ]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in done) == 1
    (root,) = [one for one in await loaded.places((await loaded.sites())[0].id) if one.path == ""]
    assert root.name == (await use.show("site"))["name"]


async def test_what_an_import_remembers_and_what_a_person_writes_both_stay(
    db: Database, loaded: EstateLedger
) -> None:
    (site,) = await loaded.sites()
    await asyncio.gather(
        loaded.keep_setting(site.id, "roster_columns", {"x": "phone"}),
        sites(db).change("site", {"sms_signature": "滨江物业"}, who=WHO),
    )
    settings = (await loaded.sites())[0].settings
    assert settings["roster_columns"] == {"x": "phone"}
    assert settings["sms_signature"] == "滨江物业"
    assert "roster_columns" not in OWNED


@pytest.mark.usefixtures("loaded")
async def test_a_point_for_an_entrance_is_known_by_its_door(db: Database) -> None:
    point = {"name": {"en": "the lawn"}, "places": ["3-1", "3"]}
    made = await sites(db).change("site", {"assembly_points": [point]}, who=WHO)
    assert made["assembly_points"][0]["places"] == ["3-1", "3"]


async def test_the_sites_of_the_file_begin_with_it_once_whoever_starts_first(db: Database) -> None:
    given = {"east": {"name": {"en": "East"}}, "west": {"name": {"en": "West"}}}
    use = sites(db, given=given)
    await asyncio.gather(use.begin(), use.begin())
    await use.change("east", {"name": {"en": "East Court"}}, who=WHO)
    await use.begin()
    assert [(await use.show(key))["name"]["en"] for key in given] == ["East Court", "West"]


async def test_who_said_no_to_drills_is_read_as_such(db: Database, loaded: EstateLedger) -> None:
    def person(name: str, **more: Any) -> RecipientEntry:
        return RecipientEntry(name, RecipientKind.RESIDENT, name, "3-1/1", "en", **more)

    site = SiteEntry("site", {"en": "Home"}, {})
    people = [person("yes", drill=True), person("no", no_drill=True), person("silent")]
    number = await loaded.load(site, (), people)
    found = await db.read(lambda conn: read_estate(conn, site=number, preview=False))
    assert [one[6] for one in found.people] == [1, -1, 0]
