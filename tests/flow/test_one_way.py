"""A name as sender, or a country no reply comes from: what people are sent, and what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from hub.decide.accounts import Terms
from hub.decide.asking import offered
from hub.decide.oneway import LINK_ONLY
from hub.flow.deliver import Deliver
from hub.flow.queues import senders_of
from hub.model import Lane, LaunchRequest
from hub.store import schema as t
from hub.store.deliveries import DeliveryLedger
from tests.flow.stage import SECRET, Doorbell, Provider, RealClock, Stage
from tests.launch_estate import WHO, Who, house, open_house, put_estate

DIGITS, LINK = "Fire. Reply 1 safe, 2 help \ue000", "Fire. Answer by this link: \ue000"


def provider(*, answers: bool, one_way: tuple[str, ...] = ()) -> Provider:
    made = Provider()
    made.traits = replace(made.traits, answers=answers, one_way=one_way)
    return made


async def sent(stage: Stage, terms: Mapping[str, Terms], **accounts: Provider) -> dict[str, bool]:
    """Whether each number was asked for digits."""
    await stage.plan()
    parts = {"body": DIGITS, LINK_ONLY: LINK}
    await stage.db.write(lambda c: c.execute(t.wordings.update().values(parts=parts)))
    deliver = Deliver(
        ledger=DeliveryLedger(stage.db),
        channels=accounts,
        wake=Doorbell(),
        clock=RealClock(),
        secret=SECRET,
        public_url="https://muster.example",
        terms=terms,
    )
    await deliver.drain(Lane.URGENT)
    await deliver.stop()
    parcels = [parcel for one in accounts.values() for parcel in one.ledger]
    assert all("https://muster.example/a/" in parcel.parts["body"] for parcel in parcels)
    assert all(set(parcel.parts) == {"body"} for parcel in parcels)
    return {parcel.to: bool(offered(parcel.parts["body"])) for parcel in parcels}


async def test_a_number_asks_for_digits(stage: Stage):
    await stage.set_up(people=3)
    assert set((await sent(stage, {}, one=provider(answers=True))).values()) == {True}


async def test_a_name_asks_for_the_link_alone(stage: Stage):
    await stage.set_up(people=3)
    assert set((await sent(stage, {}, one=provider(answers=False))).values()) == {False}


async def test_a_number_that_may_yet_be_sent_by_a_name_is_not_asked_for_digits(stage: Stage):
    """The spare account is not used here; it could have been."""
    await stage.set_up(people=3)
    terms = {"spare": Terms(order=1)}
    asked = await sent(stage, terms, main=provider(answers=True), spare=provider(answers=False))
    assert set(asked.values()) == {False}


async def test_a_spare_for_other_countries_takes_nothing_away(stage: Stage):
    await stage.set_up(people=3)
    terms = {"spare": Terms(order=1, countries=("+971",))}
    asked = await sent(stage, terms, main=provider(answers=True), spare=provider(answers=False))
    assert set(asked.values()) == {True}


PATHS = ("3/12/1201", "3/12/1202", "3/12/1203")
PEOPLE = (
    Who("3/12/1201", ways=(("sms", "+8613800000001"),)),
    Who("3/12/1202", ways=(("sms", "+85291234567"),)),
    Who("3/12/1203", ways=(("sms", "+8613800000001"),)),
)
FIRE = LaunchRequest("fire", "3/12")


@pytest.fixture
async def home(database_url: str) -> Any:
    found = await open_house(database_url)
    await found.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
    yield found
    await found.db.close()


def accounts(home: Any, **traits: Any) -> Any:
    """The house, its text account as said."""
    senders = [
        replace(one, traits=replace(one.traits, **traits)) if one.traits.channel == "sms" else one
        for one in senders_of(home.launch.channels, {})
    ]
    return replace(home.launch, senders=tuple(senders))


async def test_the_preview_says_how_many_cannot_answer_and_shows_both_texts(home: Any):
    found = await accounts(home, answers=True, one_way=("+86",)).preview(FIRE)
    said = dict(found.warnings)
    assert found.one_way == 1
    assert found.to_json()["one_way"] == 1
    assert "1" in said["one_way"]["en"]
    assert "1" in said["one_way"]["zh-CN"]
    texts = [text.parts for text in found.words if text.channel == "sms"]
    assert texts
    for parts in texts:
        assert offered(parts["body"])
        assert not offered(parts[LINK_ONLY])
        assert "\ue000" in parts[LINK_ONLY]


async def test_where_everybody_can_answer_nothing_is_said(home: Any):
    found = await accounts(home, answers=True).preview(FIRE)
    assert found.one_way == 0
    assert "one_way" not in dict(found.warnings)


async def test_what_is_launched_keeps_both_texts(home: Any):
    await home.launch.start(FIRE, who=WHO, key=None)
    rows = await home.db.read(
        lambda c: c.execute(t.wordings.select().where(t.wordings.c.channel == "sms")).all()
    )
    assert rows
    assert all(LINK_ONLY in row.parts for row in rows)
    assert all(row.segments >= 1 for row in rows)


__all__ = ["house"]
