"""The SDK's way to the network: nothing logged, nothing repeated, nothing followed."""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.rest import Client

from channels.simulator import Entry, Fault, Simulator
from channels.twilio_wire import Wire, encode_form
from tests.channels.simulator.client import SID, form, swift


async def _create(sim: Simulator) -> int:
    wire = Wire(parallel=2, guarded=False)
    client = Client(SID, "simulator", http_client=wire)
    try:
        url = f"{sim.url}/2010-04-01/Accounts/{SID}/Messages.json"
        return int((await client.request_async("POST", url, data=form())).status_code)
    finally:
        await wire.close()


@given(st.dictionaries(st.text(), st.text() | st.integers()))
def test_a_form_is_read_back_as_it_was_meant(fields: dict[str, str | int]) -> None:
    form = encode_form(fields)
    assert form.isascii()
    said = parse_qsl(form.decode(), keep_blank_values=True, strict_parsing=bool(fields))
    assert said == [(key, str(value)) for key, value in fields.items()]


def test_a_list_stands_once_for_each_value() -> None:
    fields = {"Body": "走楼梯 & leave=now +1", "MediaUrl": ["a b", "c"]}
    assert encode_form(fields).decode() == urlencode(fields, doseq=True, quote_via=quote)


async def test_the_sdk_speaks_through_it() -> None:
    async with Simulator(swift()) as sim:
        assert await _create(sim) == 201


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.CRASH, Fault.THROTTLE])
async def test_an_error_is_handed_over_and_not_repeated(fault: Fault) -> None:
    async with Simulator(swift(faults={fault: 1.0})) as sim:
        assert await _create(sim) in {429, 500, 503}
        await sim.world.ledger.write(Entry("mark"))
        assert [entry.kind for entry in sim.ledger()] == ["sms", "mark"]


async def test_numbers_and_texts_never_reach_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with Simulator(swift()) as sim:
            await _create(sim)
    assert "2025550142" not in caplog.text
    assert "Leave now" not in caplog.text


async def test_its_session_is_closed_with_it() -> None:
    wire = Wire(parallel=1, guarded=True)
    await wire.close()
    with pytest.raises(RuntimeError, match="closed"):
        await wire.request("GET", "https://api.twilio.com/")
