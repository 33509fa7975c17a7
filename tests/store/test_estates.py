"""The register: places, recipients, addresses, singly and in whole imports."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from hub.entries import AddressEntry, PlaceEntry, RecipientEntry, RosterWrite, SiteEntry
from hub.errors import Conflict, Refused, Unknown
from hub.flow.estate import Estate
from hub.model import Actor, PlaceKind, RecipientKind
from hub.roster.packing import packed
from hub.states import Reason
from hub.store.accounts import AccountLedger
from hub.store.addresses import opt_out, spoil
from hub.store.database import Database, database
from hub.store.estates import EstateLedger
from hub.store.schema import metadata
from hub.store.screens import ScreenLedger

WHO = Actor("user:1", "duty")
SITE = SiteEntry("riverside", {"en": "Riverside", "zh-CN": "滨江"}, {"country": "GB"})
PHONE = "+447700900123"
PLACES = [
    PlaceEntry("3/12/1203", "3/12", PlaceKind.UNIT, "3", "", "12", 12, "1203"),
    PlaceEntry("3/12", "3", PlaceKind.FLOOR, "3", "", "12", 12),
    PlaceEntry("3", "", PlaceKind.BUILDING, "3"),
    PlaceEntry("3/lobby", "3", PlaceKind.LOBBY, "3"),
]


def _person(ref: str, **fields: object) -> RecipientEntry:
    values: dict[str, object] = {
        "kind": RecipientKind.RESIDENT,
        "name": f"Person {ref}",
        "place": "3/12/1203",
        "language": "en",
        "addresses": (AddressEntry("sms", PHONE),),
    }
    return RecipientEntry(ref, **(values | fields))  # type: ignore[arg-type]


class _Still:
    """A doorbell nobody hears."""

    async def ring(self, lane: str) -> None: ...

    async def tell(self, topic: str, seq: int = 0) -> None: ...


@pytest.fixture
async def db(house_url: str) -> AsyncIterator[Database]:
    found = database(house_url)
    await found.open()
    await found.write(metadata.create_all)
    yield found
    await found.close()


@pytest.fixture
async def ledger(db: Database) -> EstateLedger:
    found = EstateLedger(db)
    screen = _person("s", kind=RecipientKind.SCREEN, place="3/lobby", addresses=())
    await found.load(SITE, PLACES, [_person("a"), _person("b", helpers=("a",)), screen])
    return found


@pytest.fixture
def estate(db: Database, ledger: EstateLedger) -> Estate:
    return Estate(
        ledger=ledger,
        screens=ScreenLedger(db),
        audit=AccountLedger(db, secret=b"s" * 32),
        wake=_Still(),  # type: ignore[arg-type]
        country="GB",
        languages=("en",),
    )


async def test_places_are_stored_whatever_their_order(ledger: EstateLedger) -> None:
    site = (await ledger.sites())[0]
    found = {p.path: p for p in await ledger.places(site.id)}
    assert set(found) == {"", "3", "3/12", "3/12/1203", "3/lobby"}
    assert found["3/12/1203"].parent == found["3/12"].id


async def test_the_layout_draws_flats_and_screens_in_their_place(estate: Estate) -> None:
    drawn = await estate.layout()
    entrance = drawn["buildings"][0]["entrances"][0]
    assert [f["label"] for f in entrance["floors"]] == ["12"]
    assert entrance["floors"][0]["units"][0]["vacant"] is False
    assert entrance["screens"][0]["name"] == "Person s"


async def test_lists_are_paged_and_masked(estate: Estate) -> None:
    page = await estate.recipients(limit=2)
    assert [item["name"] for item in page["items"]] == ["Person a", "Person b"]
    assert PHONE not in str(page)
    rest = await estate.recipients(after=page["next"])
    assert [item["name"] for item in rest["items"]] == ["Person s"]
    assert rest["next"] is None


async def test_a_search_takes_percent_signs_as_they_are(estate: Estate) -> None:
    assert (await estate.recipients(search="%"))["items"] == []
    assert len((await estate.recipients(search="1203"))["items"]) == 2


async def test_a_change_keeps_an_opt_out_and_raises_the_version(
    estate: Estate, db: Database
) -> None:
    first = (await estate.recipients())["items"][0]["id"]
    await db.write(lambda c: c.execute(text("UPDATE addresses SET opted_out_at = 5")))
    changed = await estate.change(
        first,
        {"name": "New", "addresses": [{"channel": "sms", "value": PHONE}], "version": 1},
        who=WHO,
    )
    assert changed["version"] == 2
    assert changed["addresses"][0]["reason"] == "opted_out"
    with pytest.raises(Conflict):
        await estate.change(first, {"name": "Newer", "version": 1}, who=WHO)


async def test_every_wrong_field_is_named_and_nothing_changes(estate: Estate) -> None:
    fields = {
        "name": "",
        "kind": "ghost",
        "drill": "yes",
        "needs": ["diagnosis"],
        "addresses": [{"channel": "sms", "value": "12"}, {"channel": "pigeon", "value": "x"}],
    }
    with pytest.raises(Refused) as refused:
        await estate.add(fields, who=WHO)
    assert {p.where for p in refused.value.problems} == {
        "name",
        "kind",
        "drill",
        "needs",
        "addresses.0",
        "addresses.1",
    }
    assert len((await estate.recipients())["items"]) == 3


async def test_an_unknown_place_is_refused(estate: Estate) -> None:
    with pytest.raises(Refused, match="place"):
        await estate.add({"name": "X", "place": "9/9/909"}, who=WHO)


async def test_a_removed_recipient_is_gone_from_lists(estate: Estate) -> None:
    first = (await estate.recipients())["items"][0]["id"]
    await estate.remove(first, who=WHO)
    with pytest.raises(Unknown):
        await estate.remove(first, who=WHO)
    assert len((await estate.recipients())["items"]) == 2


async def _ids(ledger: EstateLedger, site: int) -> tuple[int, dict[str, int]]:
    """The roster's revision, and everybody's id by ref."""
    rev, pages = await ledger.residents(site, packed)
    return rev, {row[1]: row[0] for page in pages for row in json.loads(page)}


async def test_an_import_is_whole_or_not_at_all(ledger: EstateLedger) -> None:
    site = (await ledger.sites())[0]
    rev, ids = await _ids(ledger, site.id)
    change = RosterWrite(
        rev=rev,
        places=[PlaceEntry("3/13", "3", PlaceKind.FLOOR, "3", "", "13", 13)],
        added=[_person("c")],
        changed=[(ids["a"], _person("a", name="Renamed"))],
        removed=[ids["b"]],
    )
    assert await ledger.write_roster(site.id, change)
    _, after = await ledger.residents(site.id, packed)
    assert {row[3] for page in after for row in json.loads(page)} == {"Renamed", "Person c"}
    assert not await ledger.write_roster(site.id, change)


async def test_a_number_refused_while_an_import_is_compared_stays_flagged(
    ledger: EstateLedger, db: Database
) -> None:
    (site,) = await ledger.sites()
    rev, ids = await _ids(ledger, site.id)
    said = [("sms", PHONE, Reason.BAD_ADDRESS)]
    await db.write(lambda conn: spoil(conn, said, now=7))
    change = RosterWrite(rev, (), (), [(ids["a"], _person("a", name="Renamed"))], ())
    assert await ledger.write_roster(site.id, change)

    asked = text("SELECT DISTINCT bad_at, bad_reason FROM addresses WHERE channel = 'sms'")
    flags = await db.read(lambda conn: [tuple(row) for row in conn.execute(asked)])
    assert flags == [(7, "bad_address")]


async def test_every_change_raises_the_roster_revision(
    estate: Estate, ledger: EstateLedger
) -> None:
    before = (await ledger.sites())[0].roster_rev
    await estate.add({"name": "X"}, who=WHO)
    assert (await ledger.sites())[0].roster_rev == before + 1


async def test_a_number_that_opted_out_stays_out_whoever_is_said_to_have_it(
    estate: Estate, ledger: EstateLedger, db: Database
) -> None:
    """The same person read anew, or moved in with another: the carrier blocks the number still."""
    await db.write(lambda conn: opt_out(conn, "sms", PHONE, now=5))
    (site,) = await ledger.sites()
    other = _person("d", addresses=(AddressEntry("sms", "+447700900999"),))
    change = RosterWrite(site.roster_rev, (), (_person("c"), other), (), ())
    assert await ledger.write_roster(site.id, change)

    out = "SELECT value, opted_out_at FROM addresses WHERE channel = 'sms' ORDER BY id DESC LIMIT 2"
    newest = await db.read(lambda conn: [tuple(row) for row in conn.execute(text(out))])
    assert [(value, out is not None) for value, out in newest] == [
        ("+447700900999", False),
        (PHONE, True),
    ]


async def test_numbers_are_read_by_the_country_of_the_site_as_a_roster_is(
    estate: Estate, db: Database
) -> None:
    abroad = SiteEntry("leeds", {"en": "Leeds"}, {"country": "GB"})
    await estate.load(abroad, [], [], who=WHO)
    fields = {"name": "Ann", "site": "leeds"}
    fields["addresses"] = [{"channel": "sms", "value": "07400 123456"}]
    made = await estate.add(fields, who=WHO)
    assert made["addresses"][0]["value"] == "+447400123456"

    fields = {"addresses": [{"channel": "sms", "value": "07400 123457"}]}
    changed = await estate.change(made["id"], fields, who=WHO)  # of its own site, unnamed
    assert changed["addresses"][0]["value"] == "+447400123457"
