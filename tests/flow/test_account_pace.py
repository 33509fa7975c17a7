"""An account's own pace in one process: what waits for its turn uses nothing up."""

from __future__ import annotations

import asyncio

import pytest

from hub.decide.pacing import AHEAD
from hub.flow.account import Account
from hub.flow.turns import Line
from hub.model import Lane
from hub.ports import Traits
from tests.flow.stage import Provider

TEXT = 3  # segments of a usual text


def account_and_line(pace: float, *, per: str = "account") -> tuple[Account, Line]:
    traits = Traits("sms", ("body",), 160, pace=pace, per=per)
    return Account("twilio", Provider(traits=traits)), Line(Lane.URGENT, lambda: 0)


@pytest.mark.parametrize("pace", [1.0, 3.0, 100.0])
async def test_a_send_given_back_for_later_costs_no_pace(pace: float) -> None:
    account, line = account_and_line(pace)
    start = asyncio.get_running_loop().time()
    begin_by = start + AHEAD
    texts = int(pace * AHEAD * 4)
    turns = [await account.turn(line, "+1", TEXT, begin_by=begin_by) for _ in range(texts)]
    taken = sum(at <= begin_by for at in turns)
    back = [at - start for at in turns if at > begin_by]
    assert taken >= 1
    assert back
    # All those given back have the same next moment: when the units really taken are paid for.
    assert max(back) - min(back) < 0.1
    assert max(back) <= taken * TEXT / pace + 0.1


async def test_an_addresss_turn_given_back_costs_no_pace() -> None:
    account, line = account_and_line(0.25, per="address")
    begin_by = asyncio.get_running_loop().time() + AHEAD
    turns = [await account.turn(line, "robot", 1, begin_by=begin_by) for _ in range(4)]
    assert turns[0] <= begin_by < turns[1]
    assert turns[3] - turns[1] < 0.1


async def test_no_more_long_texts_are_claimed_than_may_begin_soon() -> None:
    account, line = account_and_line(3.0)
    now = asyncio.get_running_loop().time()
    assert account.room(line, 200, now=now) == 9
    for _ in range(100):
        line.came(TEXT)
    assert account.room(line, 200, now=now) == 3
