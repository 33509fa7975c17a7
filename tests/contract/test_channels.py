"""One suite every channel passes: never raises, never over its deadline, at most one request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.chat_wecom import WecomAccount, WecomRobot
from channels.screen import Screen
from channels.simulator import Entry, Fault, Simulator, calm
from channels.simulator.settings import NOT_ACCEPTED
from channels.sms_twilio import TwilioSms
from channels.twilio_account import TwilioAccount
from channels.voice_twilio import TwilioVoice, VoiceAccount
from hub.model import Parcel, Verdict
from hub.ports import Channel, Findable, Probe
from hub.states import Reason
from tests.channels.parts import Bells, Real, parcel

SID, TOKEN = "AC00000000000000000000000000000001", "simulator"
KEY = "7f7c0f2e-robot"
Build = Callable[..., Channel]


def _sms(url: str, **changes: Any) -> Channel:
    settings = {"account_sid": SID, "auth_token": TOKEN, "from": "+12025550100", "api_url": url}
    account = TwilioAccount.read(settings)
    return TwilioSms(account, clock=Real(), public_url="http://127.0.0.1:9", **changes)


def _voice(url: str, **changes: Any) -> Channel:
    settings = {"account_sid": SID, "auth_token": TOKEN, "from": "+12025550101", "api_url": url}
    account = VoiceAccount.read(settings)
    return TwilioVoice(account, clock=Real(), public_url="http://127.0.0.1:9", **changes)


def _wecom(url: str, **changes: Any) -> Channel:
    return WecomRobot(WecomAccount.read({"api_url": url}), clock=Real(), **changes)


def _screen(url: str, **_: Any) -> Channel:
    return Screen(wake=Bells(), clock=Real())


NAMES = ["sms_twilio", "voice_twilio", "chat_wecom", "screen"]
OUTWARD = pytest.mark.parametrize("build", [_sms, _voice, _wecom], ids=NAMES[:3])
EVERY = pytest.mark.parametrize("build", [_sms, _voice, _wecom, _screen], ids=NAMES)
TWILIO = pytest.mark.parametrize("build", [_sms, _voice], ids=NAMES[:2])

# What each fault must come to, for Twilio and for the chat robot (whose throttle is a body code).
OUTCOMES = {
    Fault.THROTTLE: (Verdict.RETRY, Reason.THROTTLED),
    Fault.UNAVAILABLE: (Verdict.UNSURE, Reason.BROKEN),
    Fault.CRASH: (Verdict.UNSURE, Reason.BROKEN),
    Fault.HANG_BEFORE: (Verdict.UNSURE, Reason.TIMEOUT),
    Fault.HANG_AFTER: (Verdict.UNSURE, Reason.TIMEOUT),
    Fault.RESET_BEFORE: (Verdict.UNSURE, Reason.BROKEN),
    Fault.RESET_AFTER: (Verdict.UNSURE, Reason.BROKEN),
    Fault.GARBAGE: (Verdict.UNSURE, Reason.BROKEN),
    Fault.HUGE: (Verdict.UNSURE, Reason.BROKEN),
    Fault.SLOW: (Verdict.UNSURE, Reason.TIMEOUT),
}


def _parcel(channel: Channel, **changes: Any) -> Parcel:
    to = {"wecom": KEY, "screen": "12"}.get(channel.traits.channel, "+12025550142")
    expires = datetime.now(UTC) + timedelta(minutes=30)
    return parcel(**{"to": to, "expires_at": expires, **changes})


@asynccontextmanager
async def _against(build: Build, sim: Simulator, **changes: Any) -> AsyncIterator[Channel]:
    channel = build(sim.url, **changes)
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()


def _world(**changes: Any) -> Simulator:
    quiet = {"by_link": 0.0, "by_digit": 0.0, "by_key": 0.0, "latency": 0.0, "handset_off": 0.0}
    return Simulator(calm(**{**quiet, **changes}))


def _requests(sim: Simulator) -> list[Entry]:
    return [entry for entry in sim.ledger() if entry.kind in {"sms", "call", "wecom"}]


async def _settled(sim: Simulator) -> list[Entry]:
    """The requests on disk once the ledger has written what was only noted."""
    await sim.world.ledger.write(Entry("mark"))
    return _requests(sim)


@OUTWARD
async def test_a_good_day_is_accepted_once_and_in_the_ledger_with_its_callback(
    build: Build,
) -> None:
    async with _world() as sim, _against(build, sim) as channel:
        came = await channel.send(_parcel(channel))
        assert (came.verdict, came.reason) == (Verdict.ACCEPTED, Reason.OK)
        [entry] = await _settled(sim)
    assert entry.accepted
    assert entry.callback == "7.c2lnbmVk"
    assert entry.attempt == 7
    assert entry.sid == came.provider_ref


@OUTWARD
@pytest.mark.parametrize("fault", list(Fault))
async def test_every_fault_comes_to_its_outcome_in_one_request(build: Build, fault: Fault) -> None:
    silent = OUTCOMES[fault][1] is Reason.TIMEOUT
    async with (
        _world(faults={fault: 1.0}, hang=30.0) as sim,
        _against(build, sim, deadline=1.5 if silent else 9.0) as channel,
    ):
        came = await channel.send(_parcel(channel))
        found = await _settled(sim)
    assert (came.verdict, came.reason) == OUTCOMES[fault]
    assert [entry.accepted for entry in found] == [fault not in NOT_ACCEPTED]


@OUTWARD
async def test_nothing_is_called_sent_that_was_taken(build: Build) -> None:
    """RETRY promises the provider does not have it: checked against the ledger."""
    faults = dict.fromkeys(map(str, Fault), 0.09)
    async with (
        _world(faults=faults, wecom_per_minute=1000) as sim,
        _against(build, sim, deadline=2.0) as channel,
    ):
        parcels = [_parcel(channel, parts={"title": "", "body": f"n {n}"}) for n in range(60)]
        made = [
            _parcel(channel, parts=one.parts, callback=f"{n}.x") for n, one in enumerate(parcels)
        ]
        outcomes = await asyncio.gather(*(channel.send(one) for one in made))
        taken = {entry.attempt: entry.accepted for entry in await _settled(sim)}
    by_verdict = {verdict: set[bool]() for verdict in Verdict}
    for number, came in enumerate(outcomes):
        by_verdict[came.verdict].add(taken.get(number, False))
    assert by_verdict[Verdict.RETRY] == {False}
    assert by_verdict[Verdict.ACCEPTED] == {True}
    assert by_verdict[Verdict.UNSURE] == {False, True}


@OUTWARD
async def test_nobody_listening_is_certainly_not_sent(build: Build, free_port: int) -> None:
    channel = build(f"http://127.0.0.1:{free_port}")
    await channel.open()
    came = await channel.send(_parcel(channel))
    await channel.close()
    assert (came.verdict, came.reason) == (Verdict.RETRY, Reason.UNAVAILABLE)


async def test_a_provider_that_says_nothing_is_left_within_the_promised_twelve_seconds() -> None:
    async with (
        _world(faults={Fault.HANG_AFTER: 1.0}) as sim,
        _against(_sms, sim) as sms,
        _against(_wecom, sim) as wecom,
        asyncio.timeout(30),
    ):
        outcomes = await asyncio.gather(*(one.send(_parcel(one)) for one in (sms, wecom)))
    assert {(came.verdict, came.reason) for came in outcomes} == {(Verdict.UNSURE, Reason.TIMEOUT)}


@EVERY
async def test_what_is_too_old_is_never_sent(build: Build) -> None:
    async with _world() as sim, _against(build, sim) as channel:
        came = await channel.send(_parcel(channel, expires_at=datetime.now(UTC)))
        assert await _settled(sim) == []
    assert (came.verdict, came.reason) == (Verdict.REFUSED, Reason.TOO_OLD)


@EVERY
async def test_a_cancelled_send_is_cancelled_and_the_channel_goes_on(build: Build) -> None:
    async with _world(latency=0.3) as sim, _against(build, sim) as channel:
        sending = asyncio.create_task(channel.send(_parcel(channel)))
        await asyncio.sleep(0.05)
        sending.cancel()
        await asyncio.wait([sending])
        parts = {"title": "", "body": "again"}
        came = await channel.send(_parcel(channel, parts=parts))
    assert came.verdict is Verdict.ACCEPTED


@EVERY
async def test_it_closes_twice_and_opens_again(build: Build) -> None:
    async with _world() as sim:
        channel = build(sim.url)
        for _ in range(2):
            await channel.open()
            assert (await channel.send(_parcel(channel))).verdict is Verdict.ACCEPTED
            await channel.close()
            await channel.close()


@EVERY
async def test_a_probe_tells_without_sending(build: Build) -> None:
    async with _world() as sim, _against(build, sim) as channel:
        assert (await channel.probe()).ok
        assert await _settled(sim) == []


@OUTWARD
async def test_a_probe_of_nobody_says_so_and_does_not_raise(build: Build, free_port: int) -> None:
    channel = build(f"http://127.0.0.1:{free_port}")
    await channel.open()
    found: Probe = await channel.probe()
    await channel.close()
    assert not found.ok
    assert "cannot be reached" in found.detail


@EVERY
def test_traits_can_be_planned_with(build: Build) -> None:
    traits = build("http://127.0.0.1:1").traits
    assert traits.limit > 0
    assert traits.parallel > 0
    assert traits.pace is None or traits.pace > 0
    assert traits.unit in {"chars", "bytes", "segments"}
    assert traits.per in {"account", "address"}


@TWILIO
async def test_wrong_credentials_are_a_matter_for_the_operators(build: Build) -> None:
    async with _world(auth_token="other") as sim, _against(build, sim) as channel:
        came = await channel.send(_parcel(channel))
        probe = await channel.probe()
    assert (came.verdict, came.reason, came.code) == (
        Verdict.REFUSED,
        Reason.MISCONFIGURED,
        "20003",
    )
    assert "check sid and token" in probe.detail


@TWILIO
async def test_a_throttle_says_how_long_to_wait(build: Build) -> None:
    async with (
        _world(faults={Fault.THROTTLE: 1.0}, throttle_wait=7) as sim,
        _against(build, sim) as channel,
    ):
        assert (await channel.send(_parcel(channel))).retry_after == 7.0


async def test_the_twenty_first_post_of_a_minute_is_throttled_for_that_robot_only() -> None:
    async with _world() as sim, _against(_wecom, sim) as channel:
        outcomes = [
            await channel.send(_parcel(channel, parts={"title": "", "body": f"{n}"}))
            for n in range(21)
        ]
        other = await channel.send(_parcel(channel, to="another-robot"))
    assert [came.verdict for came in outcomes].count(Verdict.ACCEPTED) == 20
    assert outcomes[-1].code == "45009"
    assert other.verdict is Verdict.ACCEPTED


async def test_a_text_of_unknown_fate_is_found_again_and_one_never_taken_is_not() -> None:
    since = datetime.now(UTC)
    async with _world() as sim, _against(_sms, sim) as channel:
        assert isinstance(channel, TwilioSms)
        sim.change(faults={Fault.CRASH: 1.0})
        taken = _parcel(channel)
        assert (await channel.send(taken)).verdict is Verdict.UNSURE
        found = await channel.find(taken, since=since)
        never = _parcel(channel, parts={"body": "never sent"})
        missing = await channel.find(never, since=since)
        later = await channel.find(taken, since=since + timedelta(hours=1))
        [entry] = await _settled(sim)
    assert (found.verdict, found.provider_ref) == (Verdict.ACCEPTED, entry.sid)
    assert (missing.verdict, later.verdict) == (Verdict.RETRY, Verdict.RETRY)


async def test_of_the_same_words_sent_twice_the_first_is_found_with_its_fate() -> None:
    quick = {"handset_off": 1.0, "sent_after": 0.0, "delivered_after": 0.0}
    async with _world(**quick) as sim, _against(_sms, sim) as channel:
        assert isinstance(channel, TwilioSms)
        began = datetime.now(UTC)
        await channel.send(_parcel(channel))
        await channel.send(_parcel(channel))
        first, second = [entry.sid for entry in await _settled(sim) if entry.kind == "sms"]
        async with asyncio.timeout(30):
            while True:
                found = await channel.find(_parcel(channel), since=began)
                if {one.verdict for one in (found, *found.others)} == {Verdict.REFUSED}:
                    break
                await asyncio.sleep(0.05)
    assert (found.provider_ref, found.others[0].provider_ref) == (first, second)
    assert (found.reason, found.code) == (Reason.HANDSET, "30003")


async def test_a_call_to_the_same_number_since_leaves_the_fate_of_one_open() -> None:
    since = datetime.now(UTC)
    async with _world() as sim, _against(_voice, sim) as channel:
        assert isinstance(channel, TwilioVoice)
        nobody = await channel.find(_parcel(channel), since=since)
        sim.change(faults={Fault.CRASH: 1.0})
        assert (await channel.send(_parcel(channel))).verdict is Verdict.UNSURE
        found = await channel.find(_parcel(channel), since=since)
        another = await channel.find(_parcel(channel, to="+12025550143"), since=since)
        later = await channel.find(_parcel(channel), since=since + timedelta(hours=1))
    assert [one.verdict for one in (nobody, another, later)] == [Verdict.RETRY] * 3
    assert (found.verdict, found.code) == (Verdict.UNSURE, "call_to_same_number")


@TWILIO
async def test_a_fate_that_cannot_be_learnt_stays_unsure(build: Build, free_port: int) -> None:
    channel = build(f"http://127.0.0.1:{free_port}")
    assert isinstance(channel, Findable)
    await channel.open()
    came = await channel.find(_parcel(channel), since=datetime.now(UTC))
    await channel.close()
    assert came.verdict is Verdict.UNSURE
