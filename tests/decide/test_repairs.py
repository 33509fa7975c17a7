"""Why a number wants repairing."""

from __future__ import annotations

import pytest

from hub.decide.repairs import Why, why

NUMBER = "+15550100001"


@pytest.mark.parametrize(
    ("value", "bad", "reason", "opted_out", "said", "found"),
    [
        (NUMBER, True, "bad_address", True, "blocked", Why.GONE),
        (NUMBER, True, "no_texts", True, "", Why.NO_TEXTS),
        ("a@example.org", True, "bad_address", False, "", Why.GONE),
        ("2025550", True, "bad_address", False, "", Why.UNREADABLE),
        (NUMBER, False, "", True, "blocked", Why.OPTED_OUT),
        (NUMBER, False, "", False, "blocked", Why.BLOCKED),
        (NUMBER, False, "", False, "bad_address", Why.NO_CALL),
        (NUMBER, False, "", False, "", None),
    ],
)
def test_the_surest_reason_is_given(
    value: str, bad: bool, reason: str, opted_out: bool, said: str, found: Why | None
) -> None:
    assert why(value, bad=bad, reason=reason, opted_out=opted_out, said=said) is found
