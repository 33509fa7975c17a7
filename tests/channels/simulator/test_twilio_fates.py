"""Status callbacks: signed, in time or late, doubled, disordered, lost; undelivered with a code."""

from __future__ import annotations

from typing import Any

from channels.simulator import Simulator, nasty
from channels.simulator.dice import Dice
from channels.simulator.settings import Settings
from channels.simulator.twilio_fates import reports
from tests.channels.simulator.client import PATH, form, get, post, swift
from tests.channels.simulator.hub import LittleHub


def apart(**changes: Any) -> Settings:
    """One receipt is long told when the next is due: each goes by a connection of its own."""
    return swift(delivered_after=0.4, **changes)


async def _told(settings: Settings, **changes: str) -> LittleHub:
    async with LittleHub() as hub, Simulator(settings) as sim:
        callback = f"{hub.url}/hooks/sms_twilio/receipts/7.c2ln"
        await post(sim, form(StatusCallback=callback, **changes))
        assert await sim.quiet(within=45)
        hub.url, hub.looks = sim.url, [entry.detail for entry in sim.ledger()]
        return hub


def _words(hub: LittleHub) -> list[str]:
    return [fields["MessageStatus"] for _, fields, _ in hub.receipts]


async def test_sent_and_delivered_are_told_and_signed_for_the_signed_attempt() -> None:
    hub = await _told(apart())
    assert _words(hub) == ["sent", "delivered"]
    assert {callback for callback, _, _ in hub.receipts} == {"7.c2ln"}
    assert all(good for _, _, good in hub.receipts)


async def test_an_undelivered_text_has_its_code() -> None:
    hub = await _told(apart(handset_off=1.0))
    assert _words(hub) == ["sent", "undelivered"]
    assert hub.receipts[-1][1]["ErrorCode"] == "30003"


async def test_a_filtered_text_has_its_code() -> None:
    hub = await _told(swift(filtered=1.0))
    assert hub.receipts[-1][1]["ErrorCode"] == "30007"


async def test_what_waits_longer_than_its_validity_fails_as_expired() -> None:
    hub = await _told(swift(sent_after=1.4), ValidityPeriod="1")
    assert (_words(hub)[-1], hub.receipts[-1][1]["ErrorCode"]) == ("failed", "30036")


async def test_disordered_means_the_last_word_comes_first() -> None:
    assert _words(await _told(apart(receipt_disordered=1.0))) == ["delivered", "sent"]


async def test_doubled_means_the_last_word_comes_twice() -> None:
    assert _words(await _told(apart(receipt_doubled=1.0))) == ["sent", "delivered", "delivered"]


async def test_lost_means_nothing_is_told() -> None:
    assert _words(await _told(swift(receipt_lost=1.0))) == []


def test_late_is_much_later_than_usual() -> None:
    settings = swift(receipt_late=1.0)
    late = [reports(Dice(1, n), settings, sent=0.1, final=1.0)[1][0] for n in range(300)]
    assert min(late) > 10
    assert max(late) < 150


def test_a_nasty_world_shows_every_kind_of_receipt() -> None:
    plans = [reports(Dice(1, n), nasty(), sent=1.0, final=2.0) for n in range(500)]
    assert {len(plan) for plan in plans} == {0, 1, 2, 3}


async def test_a_wrong_token_is_the_hubs_to_notice() -> None:
    async with LittleHub(token=b"other") as hub, Simulator(swift()) as sim:
        await post(sim, form(StatusCallback=f"{hub.url}/hooks/sms_twilio/receipts/7.x"))
        assert await sim.quiet(within=45)
        await post(sim, form(Body="flush"))
        told = [entry for entry in sim.ledger() if entry.kind == "callback"]
    assert [good for _, _, good in hub.receipts] == [False, False]
    assert {(entry.status, entry.accepted) for entry in told} <= {(403, False)}


async def test_a_hub_that_is_away_is_tried_twice_and_harms_nothing(free_port: int) -> None:
    async with Simulator(swift()) as sim:
        await post(sim, form(StatusCallback=f"http://127.0.0.1:{free_port}/r/7.x"))
        assert await sim.quiet(within=45)
        assert sim.world.agenda.failed == 4
        assert (await post(sim, form(Body="next")))[0] == 201


async def test_a_fetched_text_knows_its_fate() -> None:
    async with Simulator(swift(handset_off=1.0)) as sim:
        _, body = await post(sim, form())
        assert await sim.quiet(within=45)
        _, now = await get(sim, PATH.replace(".json", f"/{body['sid']}.json"))
    assert (now["status"], now["error_code"]) == ("undelivered", 30003)
    assert now["date_sent"] is not None
