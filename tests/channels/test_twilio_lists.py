"""Asking about many sends at once, from the lists an account has, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels import twilio_lists
from channels.screen import Screen
from channels.simulator import Fault, Simulator, calm
from channels.sms_twilio import TwilioAccount, TwilioSms
from channels.voice_twilio import TwilioVoice, VoiceAccount
from hub.model import Parcel, Verdict
from hub.ports import FindableTogether, Sought
from hub.states import Reason
from tests.channels.parts import Bells, Real, parcel

ACCOUNT = {"account_sid": "AC00000000000000000000000000000001", "auth_token": "simulator"}
QUIET: dict[str, Any] = {"by_link": 0.0, "by_digit": 0.0, "by_key": 0.0, "latency": 0.0}
HERE = {"clock": Real(), "public_url": "http://127.0.0.1:9"}


def _sms(url: str) -> TwilioSms:
    read = TwilioAccount.read({**ACCOUNT, "from": "+12025550100", "api_url": url})
    return TwilioSms(read, **HERE)  # type: ignore[arg-type]


def _pool(url: str) -> TwilioSms:
    read = TwilioAccount.read({**ACCOUNT, "from": f"MG{'0' * 32}", "api_url": url})
    return TwilioSms(read, **HERE)  # type: ignore[arg-type]


def _voice(url: str) -> TwilioVoice:
    read = VoiceAccount.read({**ACCOUNT, "from": "+12025550101", "api_url": url})
    return TwilioVoice(read, **HERE)  # type: ignore[arg-type]


@asynccontextmanager
async def _asked(build: Any, **world: Any) -> AsyncIterator[tuple[Simulator, Any]]:
    async with Simulator(calm(**{**QUIET, **world})) as sim:
        channel = build(sim.url)
        await channel.open()
        try:
            yield sim, channel
        finally:
            await channel.close()


def _parcels(count: int) -> list[Parcel]:
    expires = datetime.now(UTC) + timedelta(minutes=30)
    return [
        parcel(to=f"+120255501{number:02}", parts={"body": f"Leave {number}"}, expires_at=expires)
        for number in range(10, 10 + count)
    ]


def _sought(parcels: list[Parcel], since: datetime, **late: timedelta) -> list[Sought]:
    until = since + late.get("within", timedelta(minutes=5))
    return [Sought(one, since, until) for one in parcels]


@pytest.mark.parametrize("build", [_sms, _pool])
@pytest.mark.parametrize("page", [1, 2, 1_000])
async def test_each_of_many_has_its_own_answer_however_long_the_pages(
    build: Any, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_lists, "LONG_PAGE", page)
    async with _asked(build) as (_, channel):
        assert isinstance(channel, FindableTogether)
        since, parcels = datetime.now(UTC), _parcels(6)
        sent = [await channel.send(one) for one in parcels[::2]]
        said = await channel.find_together(_sought(parcels, since))
        later = await channel.find_together(_sought(parcels, since + timedelta(hours=1)))
        before = timedelta(seconds=-3_600)
        too_late = await channel.find_together(_sought(parcels, since, within=before))
    assert [one.provider_ref for one in said.outcomes[::2]] == [one.provider_ref for one in sent]
    assert {one.verdict for one in said.outcomes[1::2]} == {Verdict.RETRY}
    assert said.whole
    assert said.seen == {one.provider_ref for one in sent}
    for nothing in (later, too_late):
        assert {one.verdict for one in nothing.outcomes} == {Verdict.RETRY}


async def test_a_list_that_is_too_long_to_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_lists, "LONG_PAGE", 2)
    monkeypatch.setattr(twilio_lists, "PAGES", 2)
    async with _asked(_sms) as (_, channel):
        since, parcels = datetime.now(UTC), _parcels(6)
        for one in parcels:
            await channel.send(one)
        said = await channel.find_together(_sought(parcels, since))
    found = [one for one in said.outcomes if one.verdict is Verdict.ACCEPTED]
    assert (len(found), said.whole) == (4, False), "the newest are known"


async def test_a_call_to_a_number_leaves_that_one_open_and_no_other() -> None:
    async with _asked(_voice, faults={Fault.CRASH: 1.0}) as (_, channel):
        since, parcels = datetime.now(UTC), _parcels(3)
        await channel.send(parcels[1])
        said = await channel.find_together(_sought(parcels, since))
    assert [one.code for one in said.outcomes] == [
        "not_found", "call_to_same_number", "not_found",
    ]  # fmt: skip
    assert said.whole


@pytest.mark.parametrize("build", [_sms, _voice])
@pytest.mark.parametrize("status", [401, 429, 503])
async def test_a_list_that_is_refused_is_no_answer(build: Any, status: int) -> None:
    async with _asked(build, lists_answer=status) as (_, channel):
        sought = _sought(_parcels(2), datetime.now(UTC))
        said = await channel.find_together(sought)
        alone = await channel.find(sought[0].parcel, since=sought[0].since)
    assert {(one.verdict, one.reason) for one in (*said.outcomes, alone)} == {
        (Verdict.UNSURE, Reason.BROKEN)
    }
    assert not said.whole


async def test_questions_leave_the_connections_of_sends_alone() -> None:
    """Every connection for questions waits for a list that takes its time."""
    async with _asked(_sms, lists_take=2.0) as (_, channel):
        since, (one, other) = datetime.now(UTC), _parcels(2)
        asked = [
            asyncio.ensure_future(channel.find(one, since=since))
            for _ in range(2 * twilio_lists.PARALLEL)
        ]
        await asyncio.sleep(0.3)
        sent = await asyncio.wait_for(channel.send(other), 1.5)
        assert sent.verdict is Verdict.ACCEPTED
        assert not any(task.done() for task in asked)
        await asyncio.gather(*asked)


async def test_what_a_screen_shows_is_its_row_so_it_is_found() -> None:
    bells = Bells()
    screen = Screen(wake=bells, clock=Real())
    live = datetime.now(UTC) + timedelta(minutes=5)
    found = await screen.find(parcel(expires_at=live), since=datetime.now(UTC))
    assert (found.verdict, bells.told) == (Verdict.ACCEPTED, ["screens"])
