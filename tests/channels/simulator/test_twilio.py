"""The simulated Twilio answers as Twilio does and witnesses every request."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import aiohttp
import pytest

from channels.simulator import Entry, Fault, Simulator
from tests.channels.parts import vectors
from tests.channels.simulator.client import PATH, SID, basic, form, get, post, swift


async def _settled(sim: Simulator) -> list[Entry]:
    await sim.world.ledger.write(Entry("mark"))
    return [entry for entry in sim.ledger() if entry.kind == "sms"]


async def test_a_text_is_taken_and_looks_like_twilios() -> None:
    async with Simulator(swift()) as sim:
        status, body = await post(sim, form())
    assert status == 201
    assert (body["status"], body["direction"], body["num_segments"]) == (
        "queued",
        "outbound-api",
        "1",
    )
    assert body["sid"].startswith("SM")
    assert len(body["sid"]) == 34


async def test_its_answers_have_the_shape_of_the_published_ones() -> None:
    published = {v["id"]: v["body"] for v in vectors("messages_create.json")}
    async with Simulator(swift()) as sim:
        _, queued = await post(sim, form())
        _, pooled = await post(sim, form(From="", MessagingServiceSid="MG1"))
        _, invalid = await post(sim, form(To="+324863"))
        _, denied = await post(sim, form(), auth=None)
    assert set(queued) == set(published["201-queued"])
    assert set(pooled) == set(published["201-messaging-service"])
    assert (pooled["from"], pooled["status"], pooled["num_segments"]) == (None, "accepted", "0")
    assert set(invalid) == set(published["400-21211"])
    assert set(denied) == set(published["401-20003"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "12025550142"}, 21211),
        ({"To": "+0123456789"}, 21211),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"ValidityPeriod": "0"}, 90007),
        ({"ValidityPeriod": "36001"}, 90007),
        ({"ValidityPeriod": "1.5"}, 90007),
        ({"StatusCallback": "https://example.com/hooks/sms_twilio/receipts/1.x"}, 21609),
    ],
)
async def test_what_twilio_refuses_is_refused_with_its_code(
    changes: dict[str, str], code: int
) -> None:
    async with Simulator(swift()) as sim:
        status, body = await post(sim, form(**changes))
        [entry] = await _settled(sim)
    assert (status, body["code"], body["status"]) == (400, code, 400)
    assert (entry.accepted, entry.detail) == (False, str(code))


async def test_another_account_is_not_found_and_a_wrong_token_not_let_in() -> None:
    async with Simulator(swift()) as sim:
        other, body = await post(sim, form(), path=PATH.replace(SID, "ACother"))
        wrong, denied = await post(sim, form(), auth=basic("guess"))
        assert await _settled(sim) == []
    assert (other, body["code"]) == (404, 20404)
    assert (wrong, denied["code"]) == (401, 20003)


async def test_acceptance_is_on_disk_before_the_answer() -> None:
    async with Simulator(swift()) as sim:
        callback = "http://127.0.0.1:9/hooks/sms_twilio/receipts/17.bWFj"
        _, body = await post(sim, form(StatusCallback=callback))
        [entry] = [entry for entry in sim.ledger() if entry.kind == "sms"]
    assert (entry.sid, entry.accepted, entry.callback, entry.attempt) == (
        body["sid"],
        True,
        "17.bWFj",
        17,
    )


async def test_the_same_world_twice_gives_the_same_fates_in_any_order() -> None:
    bodies = [form(Body=f"Fire {n}", To=f"+120255501{n:02}") for n in range(40)]
    faults = {Fault.THROTTLE: 0.2, Fault.UNAVAILABLE: 0.2, Fault.CRASH: 0.2}

    async def fates(order: list[dict[str, str]]) -> dict[str, int]:
        async with Simulator(swift(seed=5, faults=faults)) as sim:
            await asyncio.gather(*(post(sim, one) for one in order))
            return {entry.to: entry.status for entry in await _settled(sim)}

    first, second = await fates(bodies), await fates(bodies[::-1])
    assert first == second
    assert len(set(first.values())) == 4


async def test_the_same_words_sent_again_roll_anew() -> None:
    async with Simulator(swift(faults={Fault.THROTTLE: 0.5})) as sim:
        statuses = [(await post(sim, form()))[0] for _ in range(24)]
    assert {201, 429} == set(statuses)


async def test_two_copies_are_two_texts_in_the_ledger() -> None:
    async with Simulator(swift()) as sim:
        sids = {(await post(sim, form()))[1]["sid"] for _ in range(2)}
        found = await _settled(sim)
    assert len(sids) == 2
    assert [entry.accepted for entry in found] == [True, True]
    assert len({entry.body_sha256 for entry in found}) == 1


async def test_some_numbers_have_opted_out_and_stay_so() -> None:
    async with Simulator(swift(opted_out=0.5)) as sim:
        numbers = [f"+120255501{n:02}" for n in range(20)]
        codes = [(await post(sim, form(To=to, Body="a")))[1].get("code") for to in numbers]
        again = [(await post(sim, form(To=to, Body="b")))[1].get("code") for to in numbers]
    assert codes == again
    assert set(codes) == {21610, None}


async def test_texts_are_listed_newest_first_and_fetched_by_sid() -> None:
    async with Simulator(swift()) as sim:
        for body in ("one", "two"):
            await post(sim, form(Body=body))
        await post(sim, form(To="+12025550143"))
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        _, page = await get(sim, PATH, To="+12025550142", DateSent=today)
        _, old = await get(sim, PATH, **{"DateSent<": "2020-01-01"})
        _, few = await get(sim, PATH, PageSize="1")
        sid = page["messages"][0]["sid"]
        status, one = await get(sim, PATH.replace(".json", f"/{sid}.json"))
        missing, _ = await get(sim, PATH.replace(".json", "/SMnone.json"))
    assert [text["body"] for text in page["messages"]] == ["two", "one"]
    assert (len(old["messages"]), len(few["messages"])) == (0, 1)
    assert (status, one["body"], missing) == (200, "two", 404)


async def test_listing_asks_for_the_token_too() -> None:
    async with (
        Simulator(swift()) as sim,
        aiohttp.ClientSession() as session,
        session.get(sim.url + PATH) as response,
    ):
        assert response.status == 401


async def test_the_oldest_texts_are_forgotten_beyond_the_limit() -> None:
    async with Simulator(swift(texts_kept=3)) as sim:
        for n in range(5):
            await post(sim, form(Body=f"{n}"))
        _, page = await get(sim, PATH)
        assert len(await _settled(sim)) == 5
    assert [text["body"] for text in page["messages"]] == ["4", "3", "2"]


async def test_a_full_agenda_is_a_throttle_and_nothing_is_taken() -> None:
    async with Simulator(swift(pending=2, sent_after=60.0)) as sim:
        statuses = [(await post(sim, form(Body=f"{n}")))[0] for n in range(5)]
        found = await _settled(sim)
    assert 429 in statuses
    assert [entry.accepted for entry in found] == [status == 201 for status in statuses]


async def test_one_that_is_to_remember_lists_what_it_took_before_it_was_killed(tmp_path) -> None:
    path, calls = tmp_path / "ledger.jsonl", PATH.replace("Messages", "Calls")
    call = {
        "To": "+12025550142",
        "From": "+12025550100",
        "Twiml": "<Response><Say>a</Say></Response>",
    }
    async with Simulator(swift(remembers=True), path=path) as sim:
        _, first = await post(sim, form())
        _, rung = await post(sim, call, path=calls)
    async with Simulator(swift(remembers=True), path=path) as sim:
        _, texts = await get(sim, PATH, To="+12025550142", From="+12025550100")
        _, listed = await get(sim, calls, From="+12025550100")
        _, again = await post(sim, form())
    assert [(one["sid"], one["body"]) for one in texts["messages"]] == [
        (first["sid"], first["body"])
    ]
    assert [one["sid"] for one in listed["calls"]] == [rung["sid"]]
    assert again["sid"] != first["sid"]
    async with Simulator(swift(), path=path) as sim:
        assert (await get(sim, PATH))[1]["messages"] == []
    assert "Fire" in path.read_text()
