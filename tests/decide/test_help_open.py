from __future__ import annotations

import pytest

from hub.decide.help_open import confirms, still_needed
from hub.under_way import HelpOpen

SIX = HelpOpen(asked=3, marked=2, cries=1)


def test_the_number_is_the_sum_of_its_kinds() -> None:
    assert SIX.people == 6
    assert SIX.to_json() == {"help": 6, "help_by": {"asked": 3, "marked": 2, "cries": 1}}
    assert HelpOpen().to_json() == {"help": 0, "help_by": {"asked": 0, "marked": 0, "cries": 0}}


@pytest.mark.parametrize("said", [6, {"asked": 3, "marked": 2, "cries": 1}])
def test_their_number_or_their_counts_confirm(said: object) -> None:
    assert confirms(said, SIX)


def test_counts_may_leave_out_what_is_nothing() -> None:
    assert confirms({"cries": 2}, HelpOpen(cries=2))
    assert confirms({}, HelpOpen())


@pytest.mark.parametrize(
    "said",
    [
        *(None, 5, 7, 0, -6, True, "6", 6.0, [6], {}, {"asked": 6}),
        {"asked": 3, "marked": 2, "cries": 0},
        {"asked": 3, "marked": 2, "cries": 1, "others": 0},
        {"asked": 3, "marked": 2, "cries": True},
    ],
)
def test_nothing_else_does(said: object) -> None:
    assert not confirms(said, SIX)


def test_true_is_no_number() -> None:
    assert not confirms(True, HelpOpen(asked=1))
    assert not confirms({"asked": True}, HelpOpen(asked=1))


def test_the_refusal_names_the_counts_by_kind() -> None:
    said = still_needed(SIX)

    assert said.startswith("Still in need of help: 6 (asked for it: 3, entered by staff: 2,")
    assert "cries nobody can place: 1" in said
