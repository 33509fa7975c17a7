from __future__ import annotations

import pytest

from hub.decide.cost import by_medium, cost, currency, seconds
from hub.ports import Traits


def account(channel: str = "sms", **more: object) -> Traits:
    return Traits(channel, (), 10, **more)  # type: ignore[arg-type]


def test_a_pace_says_how_long_it_takes() -> None:
    assert seconds(100, 250, [account(pace=1.0)]) == 250
    assert seconds(100, 250, [account(pace=1.0), account(pace=4.0)]) == 50


def test_without_a_pace_it_takes_its_round_trips() -> None:
    assert seconds(1000, 2000, [account(parallel=50)]) == 5
    assert seconds(1, 1, [account()]) == 1


def test_a_pace_of_each_address_queues_nobody_behind_another() -> None:
    robots = [account("wecom", pace=20 / 60, per="address", parallel=10)]

    assert seconds(12, 12, robots) == 1


def test_nothing_to_send_takes_no_time() -> None:
    assert seconds(0, 0, [account(pace=1.0)]) == 0
    assert seconds(5, 5, []) == 0


def test_the_cost_is_of_units_on_the_dearest_account() -> None:
    assert cost(250, [account(cost=0.04), account(cost=0.05)]) == pytest.approx(12.5)
    assert cost(250, []) == 0.0


def test_accounts_stand_by_their_medium() -> None:
    one, two, other = account(), account(pace=2.0), account("voice")

    assert by_medium([one, two, other]) == {"sms": [one, two], "voice": [other]}


@pytest.mark.parametrize(
    ("country", "chosen", "said"),
    [("CN", None, "CNY"), ("gb", None, "GBP"), ("ZZ", None, "USD"), ("CN", "EUR", "EUR")],
)
def test_the_currency_is_the_sites(country: str, chosen: object, said: str) -> None:
    assert currency(country, chosen) == said
