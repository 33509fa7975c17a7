from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from hub.decide.accounts import Offer, Terms
from hub.flow.deliver import Deliver
from hub.model import Lane, Outcome, Verdict
from hub.ports import Traits
from hub.states import Reason
from hub.store import schema as t
from hub.store.claims import ClaimLedger
from hub.store.deliveries import DeliveryLedger
from tests.flow.stage import SECRET, Doorbell, Provider, RealClock, Stage

DOWN = Outcome(Verdict.RETRY, Reason.UNAVAILABLE)
SICK = Outcome(Verdict.REFUSED, Reason.MISCONFIGURED, code="20003")
LINES = Traits("voice", ("body",), 1600, receipts=True, lines=2)


def accounts(stage: Stage, terms: dict[str, Terms] | None = None, **providers: Provider) -> Deliver:
    return Deliver(
        ledger=DeliveryLedger(stage.db),
        channels=providers,
        wake=Doorbell(),
        clock=RealClock(),
        secret=SECRET,
        public_url="https://muster.example/",
        terms=terms,
    )


def always(outcome: Outcome):
    async def answer(_parcel):
        await asyncio.sleep(0)
        return outcome

    return answer


async def everything(stage: Stage, deliver: Deliver, lane: Lane = Lane.URGENT) -> None:
    """As the sweeps do: the lane is drained until nothing is planned."""
    async with asyncio.timeout(30):
        while {row.state for row in await stage.deliveries()} & {"planned", "sending"}:
            await deliver.drain(lane)
            await asyncio.sleep(0.05)


async def test_equal_accounts_share_by_weight_and_rows_carry_the_account(stage):
    await stage.set_up(people=60)
    await stage.plan()
    one, two = Provider(), Provider()
    await everything(
        stage, accounts(stage, {"big": Terms(weight=2), "small": Terms()}, big=one, small=two)
    )

    assert abs(len(one.ledger) - 40) <= 3
    assert len(one.ledger) + len(two.ledger) == 60
    used = Counter(row.account for row in await stage.deliveries())
    assert used == {"big": len(one.ledger), "small": len(two.ledger)}
    assert Counter(a.account for a in await stage.rows(t.attempts)) == used


async def test_a_later_order_is_not_used_while_the_first_one_works(stage):
    await stage.set_up(people=60)
    await stage.plan()
    first, spare = Provider(), Provider()
    await everything(stage, accounts(stage, {"spare": Terms(order=1)}, first=first, spare=spare))
    assert (len(first.ledger), len(spare.ledger)) == (60, 0)


async def test_countries_choose_the_account_and_a_number_nobody_serves_ends_by_name(stage):
    await stage.set_up(people=3)
    british, american, chinese = await stage.plan()
    await stage.set(t.deliveries, {"id": american}, address="+12025550101")
    await stage.set(t.deliveries, {"id": chinese}, address="+8613800000000")
    uk, us = Provider(), Provider()
    terms = {"uk": Terms(countries=("+44",)), "us": Terms(countries=("+1",))}
    await everything(stage, accounts(stage, terms, uk=uk, us=us))

    assert (list(uk.counts()), list(us.counts())) == ([british], [american])
    ends = {row.id: (row.state, row.reason) for row in await stage.deliveries()}
    assert ends[chinese] == ("refused", "no_account")
    assert (await stage.moves())["sms", "planned", "refused"] == 1


async def test_what_was_certainly_not_sent_goes_by_another_account_at_once(stage):
    await stage.set_up(people=4)
    await stage.plan()
    dead, spare = Provider(answer=always(DOWN)), Provider()
    terms = {"spare": Terms(order=1)}
    assert await accounts(stage, terms, dead=dead, spare=spare).drain(Lane.URGENT) == 8

    rows = await stage.deliveries()
    assert {(row.state, row.account, row.attempts) for row in rows} == {("accepted", "spare", 2)}
    assert set(dead.counts().values()) == set(spare.counts().values()) == {1}


async def test_an_account_at_fault_is_replaced_once_and_then_it_is_an_end(stage):
    await stage.set_up(people=1)
    await stage.plan()
    providers = {name: Provider(answer=always(SICK)) for name in ("a", "b", "c")}
    terms = {name: Terms(order=at) for at, name in enumerate(providers)}
    await everything(stage, accounts(stage, terms, **providers))

    assert [len(one.ledger) for one in providers.values()] == [1, 1, 0]
    (row,) = await stage.deliveries()
    assert (row.state, row.reason) == ("refused", "misconfigured")


async def test_a_bad_number_is_bad_on_every_account(stage):
    await stage.set_up(people=1)
    await stage.plan()
    bad = Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS)
    first, spare = Provider(answer=always(bad)), Provider()
    await everything(stage, accounts(stage, {"spare": Terms(order=1)}, first=first, spare=spare))
    assert (len(first.ledger), len(spare.ledger)) == (1, 0)


async def test_doubt_never_goes_by_another_account_by_itself(stage):
    await stage.set_up(people=3)
    await stage.plan()
    unsure = Outcome(Verdict.UNSURE, Reason.TIMEOUT)
    first, spare = Provider(answer=always(unsure)), Provider()
    deliver = accounts(stage, {"spare": Terms(order=1)}, first=first, spare=spare)
    await deliver.drain(Lane.URGENT)
    await deliver.drain(Lane.URGENT)
    assert {row.state for row in await stage.deliveries()} == {"unsure"}
    assert spare.ledger == []


async def test_a_dead_account_is_left_alone_and_everything_goes_by_the_other(stage):
    """It refuses connections; nothing is lost, nothing doubled, and it is soon asked no more."""
    await stage.set_up(people=120)
    await stage.plan()
    dead = Provider(
        traits=Traits("sms", ("body",), 1600, receipts=True, parallel=4), answer=always(DOWN)
    )
    alive = Provider()
    await everything(stage, accounts(stage, dead=dead, alive=alive))

    assert {row.state for row in await stage.deliveries()} == {"accepted"}
    assert set(alive.counts().values()) == {1}
    assert len(alive.ledger) == 120
    assert len(dead.ledger) < 30


async def test_a_hanging_account_delays_no_healthy_one(stage):
    await stage.set_up(people=60)
    await stage.plan()
    free = asyncio.Event()

    async def hangs(parcel):
        await free.wait()
        return Outcome(Verdict.ACCEPTED, provider_ref=f"SM{parcel.attempt}")

    slow = Provider(traits=Traits("sms", ("body",), 1600, receipts=True, parallel=4), answer=hangs)
    quick = Provider()
    deliver = accounts(stage, slow=slow, quick=quick)
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    async with asyncio.timeout(30):
        while len([r for r in await stage.deliveries() if r.state == "accepted"]) < 56:
            await deliver.drain(Lane.URGENT)
            await asyncio.sleep(0.05)
    assert len(slow.ledger) == 4
    free.set()
    await drain
    assert {row.state for row in await stage.deliveries()} == {"accepted"}
    assert set((slow.counts() + quick.counts()).values()) == {1}


async def test_an_account_that_works_again_gets_work_again(stage):
    await stage.set_up(people=10)
    await stage.plan()
    back = False

    async def answer(parcel):
        await asyncio.sleep(0)
        return Outcome(Verdict.ACCEPTED, provider_ref=f"SM{parcel.attempt}") if back else DOWN

    only = Provider(answer=answer)
    deliver = accounts(stage, only=only)
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    while len(only.ledger) < 10:
        await asyncio.sleep(0.01)
    back = True
    await everything(stage, deliver)
    await drain
    assert {row.state for row in await stage.deliveries()} == {"accepted"}


UK_AND_US = (Terms(countries=("+44",)), Terms(countries=("+1",)))


async def mixed(stage: Stage, **fields: object) -> None:
    """Ten American numbers stand before two British ones."""
    await stage.set_up(people=12)
    for one in (await stage.plan(**fields))[:10]:
        await stage.set(t.deliveries, {"id": one}, address="+12025550101", wave=one)


@pytest.mark.parametrize("us", [{"open": False}, {"room": 0}], ids=["closed", "full"])
async def test_numbers_whose_account_takes_none_now_hold_up_no_other(stage, us):
    await mixed(stage)
    ledger, (uk, other) = ClaimLedger(stage.db), UK_AND_US
    before = {row.id: row.due_at for row in await stage.deliveries()}
    offers = [Offer("us", other, **us), Offer("uk", uk, room=5)]
    claimed = await ledger.claim(Lane.URGENT, "sms", offers, limit=5)
    assert [claim.account for claim in claimed.claims] == ["uk", "uk"]
    assert (claimed.later, claimed.full) == (0, False)
    waiting = [row for row in await stage.deliveries() if row.state == "planned"]
    assert {row.id: row.due_at for row in waiting}.items() <= before.items()


async def test_an_account_with_little_room_takes_the_first_and_the_rest_keep_their_place(stage):
    await mixed(stage)
    ledger, (uk, other) = ClaimLedger(stage.db), UK_AND_US
    offers = [Offer("us", other, room=1), Offer("uk", uk, room=5)]
    claimed = await ledger.claim(Lane.URGENT, "sms", offers, limit=5)
    assert [claim.account for claim in claimed.claims] == ["us"]
    assert (claimed.later, claimed.full) == (4, True)
    again = await ledger.claim(Lane.URGENT, "sms", [Offer("us", other, room=1)], limit=5)
    assert [claim.delivery for claim in again.claims] == [claimed.claims[0].delivery + 1]


async def test_what_was_tried_before_steps_aside_where_no_account_is_left_to_it(stage):
    await mixed(stage, attempts=1)
    ledger, (uk, other) = ClaimLedger(stage.db), UK_AND_US
    offers = [Offer("us", other, open=False), Offer("uk", uk)]
    now = await stage.now()
    first = await ledger.claim(Lane.URGENT, "sms", offers, limit=5)
    assert (first.claims, first.later, first.full) == ((), 5, True)
    after = await stage.now()
    aside = [row.due_at for row in await stage.deliveries()][:5]
    assert all(now < due < after + 2_000 for due in aside)


async def test_routine_work_waits_only_for_urgent_work_of_its_own_accounts(stage):
    await mixed(stage, lane="routine")
    for one in await stage.plan(people=stage.people[:2], round=1):
        await stage.set(t.deliveries, {"id": one}, address="+12025550102", wave=one)
    ledger, (uk, other) = ClaimLedger(stage.db), UK_AND_US
    offers = [Offer("us", other), Offer("uk", uk)]
    claimed = await ledger.claim(Lane.ROUTINE, "sms", offers, limit=9)
    assert [claim.account for claim in claimed.claims] == ["uk", "uk"]
    everywhere = [Offer("us", other), Offer("world")]
    assert not (await ledger.claim(Lane.ROUTINE, "sms", everywhere, limit=9)).claims


@pytest.mark.parametrize("due", [True, False])
async def test_routine_work_claims_nothing_while_urgent_work_of_its_medium_is_due(stage, due):
    await stage.set_up(people=4)
    await stage.plan(lane="routine")
    ahead = 0 if due else 60_000
    await stage.plan(round=1, due_at=await stage.now() + ahead)
    await stage.plan(round=2, channel="voice")
    ledger = ClaimLedger(stage.db)
    claimed = await ledger.claim(Lane.ROUTINE, "sms", "a", limit=9)
    assert len(claimed.claims) == (0 if due else 4)


async def test_no_more_calls_are_under_way_than_an_account_has_lines(stage):
    await stage.set_up(people=8)
    calls = await stage.plan(channel="voice")
    line = Provider(traits=LINES)
    deliver = accounts(stage, line=line)
    await deliver.drain(Lane.URGENT)
    await deliver.drain(Lane.URGENT)
    assert len(line.ledger) == 2

    (done, talking) = [row for row in await stage.deliveries() if row.state == "accepted"]
    await stage.set(t.deliveries, {"id": done.id}, ended_at=done.accepted_at + 1)
    await _drained(deliver, line, 3)
    # a call whose end nobody ever heard of is over after three minutes
    await stage.set(t.deliveries, {"id": talking.id}, accepted_at=talking.accepted_at - 181_000)
    await _drained(deliver, line, 4)
    assert set(line.counts()) <= set(calls)


async def _drained(deliver: Deliver, line: Provider, calls: int) -> None:
    """So many calls were made, and no more: what finds no line steps aside for half a second."""
    async with asyncio.timeout(30):
        while len(line.ledger) < calls:
            await deliver.drain(Lane.URGENT)
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.6)
    await deliver.drain(Lane.URGENT)
    assert len(line.ledger) == calls


async def test_two_processes_never_give_the_same_line_away(stage):
    await stage.set_up(people=8)
    await stage.plan(channel="voice")
    ledger = ClaimLedger(stage.db)
    offers = [Offer("line", lines=3)]
    claimed = await asyncio.gather(
        *(ledger.claim(Lane.URGENT, "voice", offers, limit=5) for _ in range(6))
    )
    assert sum(len(one.claims) for one in claimed) == 3
