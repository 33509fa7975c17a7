from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from hub.store.database import Database, database
from hub.store.schema import metadata, notices, wordings
from hub.store.waves import WaveRow, start_wave
from tests.launch_estate import Who, put_estate

ALICE, BOB, CLEO, DAN = 1, 2, 3, 4
PEOPLE = (
    Who("3/1/101", ways=[("sms", "A"), ("sms", "A2"), ("push", "A")]),
    Who("3/1/102", ways=[("push", "B")]),
    Who("3/2/201", ways=[("sms", "C"), ("email", "c@")], roles=["deputy"]),
    Who("3/2/202", ways=[("sms", "A"), ("email", "d@")], needs=["moves_slowly"]),
)
PLACES = ("3/1/101", "3/1/102", "3/2/201", "3/2/202")
MEDIA = frozenset({"sms", "push", "email", "voice"})


def spec(**more: Any) -> dict[str, Any]:
    return {"bands": ["near", "far"], "channels": ["sms", "push"], "until": "answered"} | more


@asynccontextmanager
async def estate(url: str) -> AsyncIterator[Database]:
    db = database(url)
    await db.open()
    try:
        await db.write(metadata.create_all)
        await db.write(lambda conn: put_estate(conn, PLACES, PEOPLE))
        await db.write(_audience)
        yield db
    finally:
        await db.close()


def _audience(conn: Connection) -> None:
    conn.execute(
        text(
            "INSERT INTO incidents (code, site_id, place, kind, playbook, playbook_version, recipe,"
            " level, lane, params, status, people, households, audience_hash, launched_at,"
            " launched_by) VALUES ('X', 1, '3', 'live', 'x', 1, '{}', 'P1', 'urgent', '{}', 'open',"
            " 4, 4, '', 0, 'hub')"
        )
    )
    issue = {"incident_id": 1, "stage": "alert", "revision": 1, "issued_at": 0}
    conn.execute(insert(notices).values(issue | {"issued_by": "hub", "expires_at": 9_000}))
    for who, band, rank in (
        (ALICE, "near", 5),
        (BOB, "near", 6),
        (CLEO, "far", 7),
        (DAN, "far", 0),
    ):
        conn.execute(
            text(
                "INSERT INTO audience (incident_id, recipient_id, kind, band, rank, language,"
                " household, roles, vulnerable, unreachable)"
                " SELECT 1, id, kind, :band, :rank, 'en', id, roles, vulnerable, false"
                " FROM recipients WHERE id = :who"
            ),
            {"who": who, "band": band, "rank": rank},
        )
    for band in ("near", "far"):
        for channel in MEDIA:
            row = {"notice_id": 1, "band": band, "channel": channel, "language": "en"}
            conn.execute(insert(wordings).values(row | {"parts": {"body": "x"}, "segments": 1}))


async def start(
    db: Database, wanted: dict[str, Any], *, no: int = 1, media: frozenset[str] = MEDIA
) -> list[tuple[int, str, str]]:
    row = WaveRow(1, 1, no, 0, "urgent", 9_000, wanted, media)
    sent = await db.write(lambda conn: start_wave(conn, row, 1_000))
    rows = await db.read(
        lambda conn: [
            (int(r[0]), str(r[1]), str(r[2]))
            for r in conn.execute(
                text(
                    "SELECT recipient_id, channel, address FROM deliveries WHERE wave = :no"
                    " ORDER BY recipient_id, channel, address"
                ),
                {"no": no},
            )
        ]
    )
    assert sent.deliveries == len(rows)
    return rows


async def test_all_channels_at_once_reach_every_address_once(house_url: str) -> None:
    async with estate(house_url) as db:
        assert await start(db, spec()) == [
            (ALICE, "push", "A"),
            (ALICE, "sms", "A2"),
            (BOB, "push", "B"),
            (CLEO, "sms", "C"),
            (DAN, "sms", "A"),  # shared with Alice; Dan is told first
        ]


async def test_the_first_channel_with_an_address_is_the_only_one(house_url: str) -> None:
    async with estate(house_url) as db:
        assert await start(db, spec(mode="first", channels=["push", "sms"])) == [
            (ALICE, "push", "A"),
            (BOB, "push", "B"),
            (CLEO, "sms", "C"),
            (DAN, "sms", "A"),
        ]


async def test_a_first_channel_without_an_account_is_no_channel(house_url: str) -> None:
    async with estate(house_url) as db:
        rows = await start(
            db, spec(mode="first", channels=["push", "sms"]), media=frozenset({"sms"})
        )

        assert {channel for _, channel, _ in rows} == {"sms"}


@pytest.mark.parametrize(
    ("sign", "until", "asked"),
    [
        ("answer = 'safe'", "answered", {BOB, CLEO, DAN}),
        ("delivered_at = 1", "delivered", {BOB, CLEO, DAN}),
        ("answer = 'safe', delivered_at = 1", "none", {ALICE, BOB, CLEO, DAN}),
        ("delivered_at = 1", "answered", {ALICE, BOB, CLEO, DAN}),
    ],
)
async def test_a_wave_leaves_out_those_it_waits_for_no_more(
    house_url: str, sign: str, until: str, asked: set[int]
) -> None:
    async with estate(house_url) as db:
        change = text(f"UPDATE audience SET {sign} WHERE recipient_id = {ALICE}")
        await db.write(lambda conn: conn.execute(change) and None)

        assert {who for who, *_ in await start(db, spec(until=until))} == asked


async def test_a_shared_number_is_rung_for_the_one_who_has_not_answered(house_url: str) -> None:
    async with estate(house_url) as db:
        change = text(f"UPDATE audience SET answer = 'safe' WHERE recipient_id = {DAN}")
        await db.write(lambda conn: conn.execute(change) and None)

        assert (ALICE, "sms", "A") in await start(db, spec())


async def test_a_wave_can_be_for_those_with_needs_or_a_role(house_url: str) -> None:
    async with estate(house_url) as db:
        assert {who for who, *_ in await start(db, spec(needs=True))} == {DAN}
        assert {who for who, *_ in await start(db, spec(roles=["deputy"]), no=2)} == {CLEO}
        assert await start(db, spec(roles=["deput_", "eputy", "%"]), no=3) == []


async def test_a_wave_is_for_its_bands(house_url: str) -> None:
    async with estate(house_url) as db:
        assert {who for who, *_ in await start(db, spec(bands=["near"]))} == {ALICE, BOB}
        assert await start(db, spec(bands=[]), no=2) == []


@pytest.mark.parametrize(("fill", "more"), [(1, False), (2, True)])
async def test_a_wave_stops_asking_when_enough_have_answered(
    house_url: str, fill: int, more: bool
) -> None:
    async with estate(house_url) as db:
        change = text(f"UPDATE audience SET answer = 'seen' WHERE recipient_id = {BOB}")
        await db.write(lambda conn: conn.execute(change) and None)

        assert bool(await start(db, spec(fill=fill))) is more


async def test_starting_it_again_adds_nothing(house_url: str) -> None:
    async with estate(house_url) as db:
        first = await start(db, spec())

        assert await start(db, spec()) == first


async def test_an_address_that_cannot_be_used_is_not(house_url: str) -> None:
    async with estate(house_url) as db:
        for column, value in (("opted_out_at", "A2"), ("bad_at", "B"), ("removed_at", "C")):
            change = text(f"UPDATE addresses SET {column} = 1 WHERE value = '{value}'")
            await db.write(lambda conn, change=change: conn.execute(change) and None)

        assert await start(db, spec()) == [(ALICE, "push", "A"), (DAN, "sms", "A")]


async def test_those_beside_a_shared_number_are_on_record(house_url: str) -> None:
    async with estate(house_url) as db:
        await start(db, spec())
        also = await db.read(
            lambda conn: [
                tuple(r)
                for r in conn.execute(
                    text(
                        "SELECT d.recipient_id, o.recipient_id FROM delivery_also o"
                        " JOIN deliveries d ON d.id = o.delivery_id"
                    )
                )
            ]
        )

        assert also == [(DAN, ALICE)]


async def test_keys_with_quotes_and_colons_are_only_keys(house_url: str) -> None:
    async with estate(house_url) as db:
        wanted = spec(bands=["near", "it's:odd"], roles=["a'b:c"], mode="first")

        assert await start(db, wanted) == []
        assert json.dumps(wanted)


async def test_a_report_goes_up_when_the_level_before_is_away(house_url: str) -> None:
    """A duty manager who presses 4 (not on duty) must not end the chain."""
    async with estate(house_url) as db:
        wanted = spec(fill=1, fill_roles=["deputy"], bands=["near"])
        away = text(f"UPDATE audience SET answer = 'away' WHERE recipient_id = {CLEO}")
        await db.write(lambda conn: conn.execute(away) and None)
        assert await start(db, wanted, no=1)


async def test_a_report_goes_up_only_while_the_level_before_is_silent(house_url: str) -> None:
    async with estate(house_url) as db:
        wanted = spec(fill=1, fill_roles=["deputy", "duty_manager"], bands=["near"])
        assert await start(db, wanted, no=1), "Cleo, the deputy, has not answered"
        await db.write(
            lambda conn: (
                conn.execute(
                    text("UPDATE audience SET answer = 'safe' WHERE recipient_id = :who"),
                    {"who": ALICE},
                )
                and None
            )
        )
        assert await start(db, wanted, no=2), "Alice is no deputy"
        await db.write(
            lambda conn: (
                conn.execute(
                    text("UPDATE audience SET answer = 'seen' WHERE recipient_id = :who"),
                    {"who": CLEO},
                )
                and None
            )
        )
        assert await start(db, wanted, no=3) == []


async def test_a_number_for_texts_is_called_once_however_often_it_is_on_record(
    house_url: str,
) -> None:
    async with estate(house_url) as db:
        await put(db, ALICE, "voice", "A")
        await put(db, BOB, "voice", "B")
        calls = [
            (ALICE, "voice", "A2"),
            (BOB, "voice", "B"),
            (CLEO, "voice", "C"),
            (DAN, "voice", "A"),  # shared with Alice
        ]
        assert await start(db, spec(channels=["voice"])) == calls
        assert await start(db, spec(mode="first", channels=["voice", "sms"]), no=2) == calls


async def test_an_opt_out_from_texts_forbids_no_call_and_a_dead_number_does(
    house_url: str,
) -> None:
    async with estate(house_url) as db:
        await change(db, "opted_out_at = 1", "value IN ('A', 'C') AND channel = 'sms'")
        await change(db, "bad_at = 1, bad_reason = 'bad_address'", "value = 'A2'")
        await change(db, "bad_at = 1, bad_reason = 'no_texts'", "value = 'C' AND channel = 'sms'")
        assert await start(db, spec(channels=["voice"])) == [
            (CLEO, "voice", "C"),
            (DAN, "voice", "A"),
        ]
        await put(db, CLEO, "voice", "C")
        await change(db, "opted_out_at = 1", "value = 'C' AND channel = 'voice'")
        assert await start(db, spec(channels=["voice"]), no=2) == [(DAN, "voice", "A")]


async def test_a_call_goes_on_record_for_an_update_and_is_missed_by_nobody(
    house_url: str,
) -> None:
    async with estate(house_url) as db:
        assert await start(db, spec(channels=["voice"], until="none"), no=0)
        later = spec(channels=["voice", "sms"], mode="first", until="none", missed=True)
        assert await start(db, later, no=1) == [], "all were called by the route before"


async def test_the_next_owner_is_told_where_the_first_has_no_words(house_url: str) -> None:
    async with estate(house_url) as db:
        await db.write(
            lambda conn: conn.execute(text("DELETE FROM wordings WHERE band = 'far'")) and None
        )
        rows = await start(db, spec(channels=["sms"]))
        assert rows == [(ALICE, "sms", "A"), (ALICE, "sms", "A2")], "Dan is first, and has no words"
        also = await db.read(
            lambda conn: conn.execute(text("SELECT recipient_id FROM delivery_also")).all()
        )
        assert [tuple(one) for one in also] == [(DAN,)]


async def put(db: Database, who: int, channel: str, value: str) -> None:
    sql = "INSERT INTO addresses (recipient_id, channel, value) VALUES (:who, :channel, :value)"
    named = {"who": who, "channel": channel, "value": value}
    await db.write(lambda conn: conn.execute(text(sql), named) and None)


async def change(db: Database, values: str, where: str) -> None:
    sql = f"UPDATE addresses SET {values} WHERE {where}"
    await db.write(lambda conn: conn.execute(text(sql)) and None)


async def test_a_wide_wave_leaves_the_settings_of_its_transaction_as_they_were(
    postgres_url: str,
) -> None:
    asked = text("SELECT current_setting('enable_nestloop'), current_setting('work_mem')")
    row = WaveRow(1, 1, 1, 0, "urgent", 9_000, spec(), MEDIA)

    def around(conn: Connection) -> list[tuple[str, ...]]:
        conn.execute(text("SELECT set_config('work_mem', '3MB', true)"))
        before = tuple(conn.execute(asked).one())
        start_wave(conn, row, 1_000)
        return [before, tuple(conn.execute(asked).one())]

    async with estate(postgres_url) as db:
        before, after = await db.write(around)

    assert before == after == ("on", "3MB")
