"""Accounts become channels; names are unique; another project's package is noticed."""

from __future__ import annotations

from types import ModuleType

import pytest

import channels
from channels.registry import SHIPPED, Account, House, Registry, make, ours, traits
from hub.errors import Defect, Refused, Unready
from hub.ports import Channel, Inbound
from tests.channels.parts import Bells, Fixed

HOUSE = House(clock=Fixed(), wake=Bells(), public_url="https://hub.example.org")
TWILIO = {"account_sid": "AC1", "auth_token": "hush-hush", "from": "+12025550100"}


def test_every_shipped_name_makes_a_channel_of_that_name() -> None:
    for name in Registry().names():
        made: Channel = make(Account(name, name, TWILIO), HOUSE)
        assert made.name == name


def test_sms_can_hear_and_chat_cannot() -> None:
    assert isinstance(make(Account("a", "sms_twilio", TWILIO), HOUSE), Inbound)
    assert not isinstance(make(Account("b", "chat_wecom"), HOUSE), Inbound)


def test_two_channels_of_one_name_are_a_defect() -> None:
    with pytest.raises(Defect, match="sms_twilio"):
        Registry([*SHIPPED, SHIPPED[0]])


def test_two_accounts_of_one_name_are_refused() -> None:
    with pytest.raises(Refused, match=r"Two provider accounts"):
        Registry().make_all([Account("a", "chat_wecom"), Account("a", "screen")], HOUSE)


def test_accounts_are_made_by_their_own_names() -> None:
    made = Registry().make_all([Account("a", "chat_wecom"), Account("b", "screen")], HOUSE)
    assert {name: one.name for name, one in made.items()} == {"a": "chat_wecom", "b": "screen"}


def test_an_unknown_channel_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused) as caught:
        make(Account("main", "pigeon"), HOUSE)
    assert caught.value.problems[0].where == "accounts.main.channel"
    assert "sms_twilio" in caught.value.problems[0].hint


def test_a_twilio_account_without_a_token_says_what_to_set() -> None:
    with pytest.raises(Refused) as caught:
        make(Account("main", "sms_twilio", {"account_sid": "AC1", "from": "+1"}), HOUSE)
    problem = caught.value.problems[0]
    assert problem.where == "sms_twilio.auth_token"
    assert "MUSTER_TWILIO_AUTH_TOKEN" in problem.hint


def test_secrets_of_an_account_are_never_printed() -> None:
    assert "hush-hush" not in repr(Account("a", "sms_twilio", TWILIO))


def test_our_own_package_passes_the_check() -> None:
    ours()


def test_a_package_of_another_project_is_named_with_what_to_do() -> None:
    other = ModuleType("channels")
    other.__file__ = "/somewhere/site-packages/channels/__init__.py"
    with pytest.raises(Unready, match=r"not the one of muster-hub.*environment"):
        ours(other)


def test_a_package_file_overwritten_by_another_project_is_noticed() -> None:
    other = ModuleType("channels")
    other.__file__ = channels.__file__
    with pytest.raises(Unready, match="muster-hub"):
        ours(other)


def test_every_medium_has_traits_to_check_playbooks_against() -> None:
    known = traits()
    made = [make(Account(name, name, TWILIO), HOUSE) for name in Registry().names()]
    assert set(known) == {one.traits.channel for one in made}
    for one in made:
        assert one.traits.parts == known[one.traits.channel].parts
        assert one.traits.limit == known[one.traits.channel].limit


def test_an_account_is_read_with_whom_it_serves_and_when_it_goes_first():
    options = {**TWILIO, "countries": ["86", "+852"], "order": 2, "weight": 0.5, "pace": 3}
    account = Account.read("main", "sms_twilio", options)
    assert (account.countries, account.order, account.weight, account.pace) == (
        ("+86", "+852"),
        2,
        0.5,
        3,
    )
    assert account.settings == TWILIO
    plain = Account.read("main", "sms_twilio", TWILIO)
    assert (plain.countries, plain.order, plain.weight, plain.pace) == ((), 0, 1.0, None)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("countries", "+86"),
        ("countries", ["CN"]),
        ("countries", ["+0"]),
        ("order", "first"),
        ("order", True),
        ("weight", 0),
        ("weight", float("inf")),
        ("weight", "2"),
        ("pace", -1),
    ],
)
def test_what_is_wrong_with_an_account_is_named_with_what_to_write(key, value):
    with pytest.raises(Refused) as caught:
        Account.read("main", "sms_twilio", {**TWILIO, key: value})
    [problem] = caught.value.problems
    assert problem.where == f"accounts.main.{key}"
    assert "write" in problem.hint
