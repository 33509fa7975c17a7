from __future__ import annotations

import pytest

from hub.decide.cost import by_medium, cost, currency
from hub.decide.queue import Sender
from hub.ports import Traits


def account(channel: str = "sms", **more: object) -> Sender:
    return Sender("one", Traits(channel, (), 10, **more))  # type: ignore[arg-type]


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
