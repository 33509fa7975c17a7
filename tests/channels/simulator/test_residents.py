"""Residents answer by link for everyone on the page, by digit, or not at all; once."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address, ip_network

from channels.simulator import Entry, Settings, Simulator
from channels.simulator.dice import Dice
from channels.simulator.residents import _home
from tests.channels.simulator.client import form, post, swift
from tests.channels.simulator.hub import LittleHub


async def _texted(
    hub: LittleHub, settings: Settings, *bodies: str, to: str = "+12025550142"
) -> list[Entry]:
    """The answers in the ledger after these texts reached one phone."""
    async with Simulator(settings) as sim:
        for body in bodies:
            callback = f"{hub.url}/hooks/sms_twilio/receipts/7.x"
            text = body.replace("LINK", f"{hub.url}/a/TOKEN_-1")
            await post(sim, form(To=to, Body=text, StatusCallback=callback))
            assert await sim.quiet(within=45)
        await sim.world.ledger.write(Entry("mark"))
        return [entry for entry in sim.ledger() if entry.kind == "answer"]


async def test_a_shared_phone_answers_for_each_person_with_the_pages_hidden_fields() -> None:
    async with LittleHub() as hub:
        answers = await _texted(hub, swift(by_link=1.0), "Fire. LINK now")
    assert hub.looks == ["TOKEN_-1"]
    assert [(f["recipient"], f["nonce"]) for _, f in hub.answers] == [("11", "n1"), ("12", "n2")]
    assert {fields["answer"] for _, fields in hub.answers} <= {"safe", "help"}
    assert [(entry.accepted, entry.status) for entry in answers] == [(True, 303), (True, 303)]


async def test_whoever_needs_help_says_so_on_the_page() -> None:
    async with LittleHub() as hub:
        await _texted(hub, swift(by_link=1.0, asks_help=1.0), "火警 LINK")
    assert [fields["answer"] for _, fields in hub.answers] == ["help", "help"]


async def test_a_digit_is_texted_back_signed_from_the_phone_to_the_sender() -> None:
    async with LittleHub() as hub:
        await _texted(hub, swift(by_digit=1.0), "Fire. Reply 1 safe 2 help")
    [(fields, good)] = hub.replies
    assert good
    assert (fields["From"], fields["To"]) == ("+12025550142", "+12025550100")
    assert fields["Body"] in {"1", "3", "4"}


async def test_cries_for_help_come_as_digit_and_as_words_in_two_languages() -> None:
    async with LittleHub() as hub, Simulator(swift(by_digit=1.0, asks_help=1.0)) as sim:
        callback = f"{hub.url}/hooks/sms_twilio/receipts/7.x"
        for n in range(24):
            await post(sim, form(To=f"+120255501{n:02}", StatusCallback=callback))
        assert await sim.quiet(within=45)
    cries = {fields["Body"] for fields, _ in hub.replies}
    assert cries == {"2", "HELP", "救命"}


async def test_nobody_answers_a_text_that_never_arrived() -> None:
    async with LittleHub() as hub:
        settings = swift(by_link=1.0, handset_off=1.0)
        assert await _texted(hub, settings, "LINK") == []
    assert hub.looks == []


async def test_whoever_has_answered_does_not_answer_the_next_wave() -> None:
    async with LittleHub() as hub:
        await _texted(hub, swift(by_link=1.0), "LINK", "again LINK", "third LINK")
    assert hub.looks == ["TOKEN_-1"]


async def test_whoever_kept_silent_may_answer_a_later_wave() -> None:
    async with LittleHub() as hub:
        settings = swift(by_link=0.5)
        for n in range(4):
            hub.looks.clear()
            await _texted(hub, settings, *["LINK"] * 8, to=f"+120255501{n:02}")
            assert len(hub.looks) == 1


async def test_some_never_answer() -> None:
    async with LittleHub() as hub:
        assert await _texted(hub, swift(), "LINK") == []


async def test_a_page_that_offers_nothing_is_noted_as_no_answer() -> None:
    async with LittleHub(page="<p>404</p>", page_status=404) as hub:
        [entry] = await _texted(hub, swift(by_link=1.0), "LINK")
    assert (entry.accepted, entry.status, entry.detail) == (False, 404, "link:")


async def test_a_link_at_the_very_end_and_one_before_a_space_are_both_found() -> None:
    async with LittleHub() as hub:
        await _texted(hub, swift(by_link=1.0), "请点 LINK")
        await _texted(hub, swift(by_link=1.0), "Tap LINK please")
    assert hub.looks == ["TOKEN_-1", "TOKEN_-1"]


async def test_a_hub_that_is_busy_is_asked_again_later() -> None:
    async with LittleHub(page_status=429) as hub, Simulator(swift(by_link=1.0)) as sim:
        callback = f"{hub.url}/hooks/sms_twilio/receipts/7.x"
        body = f"Fire {hub.url}/a/TOKEN"
        await post(sim, form(Body=body, StatusCallback=callback))
        async with asyncio.timeout(30):
            while not hub.looks:
                await asyncio.sleep(0.01)
        hub.page_status = 200
        assert await sim.quiet(within=45)
    assert hub.looks == ["TOKEN", "TOKEN"]
    assert len(hub.answers) == 2


async def test_every_person_comes_from_an_address_of_their_own() -> None:
    homes = {_home(Dice(1, n)) for n in range(500)}
    assert len(homes) > 490
    assert all(ip_address(home) in ip_network("100.64.0.0/10") for home in homes)
