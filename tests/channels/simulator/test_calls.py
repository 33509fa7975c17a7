"""The Calls API as the hub sees it; faults are tested by the contract suite."""

from __future__ import annotations

from channels.simulator import Simulator
from tests.channels.simulator.client import SID, basic, form, get, post, swift

CALLS = f"/2010-04-01/Accounts/{SID}/Calls.json"
QUIET = {"by_key": 0.0, "speed": 200.0}


def order(**changes: str) -> dict[str, str]:
    return form(**{"Body": "", "Twiml": "<Response><Say>Fire.</Say></Response>", **changes})


async def test_a_call_is_taken_written_down_and_found_by_its_number() -> None:
    async with Simulator(swift(**QUIET)) as sim:
        status, made = await post(sim, order(), path=CALLS)
        _, page = await get(sim, CALLS, To="+12025550142")
        _, none = await get(sim, CALLS, To="+12025550143")
        _, one = await get(sim, CALLS.replace(".json", f"/{made['sid']}.json"))
        lost, _ = await get(sim, CALLS.replace(".json", "/CA0.json"))
        [entry] = [entry for entry in sim.ledger() if entry.kind == "call"]
    assert (status, made["status"]) == (201, "queued")
    assert (entry.sid, entry.accepted) == (made["sid"], True)
    assert [call["sid"] for call in page["calls"]] == [made["sid"]] == [one["sid"]]
    assert none["calls"] == []
    assert lost == 404


async def test_wrong_orders_and_strangers_are_turned_away() -> None:
    async with Simulator(swift(**QUIET)) as sim:
        wrong, said = await post(sim, order(Twiml="<Response>"), path=CALLS)
        far, told = await post(sim, order(StatusCallback="https://example.com/x"), path=CALLS)
        stranger, _ = await post(sim, order(), path=CALLS, auth=basic("other"))
        assert not any(entry.accepted for entry in sim.ledger())
    assert (wrong, said["code"]) == (400, 12100)
    assert (far, told["code"]) == (400, 21609)
    assert stranger == 401
