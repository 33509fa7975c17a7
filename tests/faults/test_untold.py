"""Who ends untold is named, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.checker import check
from tests.faults.script import outage
from tests.faults.test_checker import ROW, SECOND, T0, good
from tests.faults.witness import Evidence

LOST = replace(SECOND, state="failed", reason="lost_worker", unsure=1)
Change = Callable[[Evidence], Evidence]


def never_had(was: Evidence, **changes: object) -> Evidence:
    """The provider has nothing of the second text, and the hub gave it up."""
    rest = replace(was.rest, rows=(ROW, replace(LOST, **changes)))
    ledger = tuple(entry for entry in was.ledger if entry.sid != "SM2")
    return replace(was, rest=rest, ledger=ledger)


def _untold(evidence: Evidence) -> list[str]:
    return [one.what for one in check(evidence) if one.promise == "nobody untold"]


def test_whoever_was_given_up_while_the_provider_had_nothing_is_named() -> None:
    assert _untold(never_had(good())) == ["1 have nothing, and nobody knows"]
    assert _untold(never_had(good(), state="expired", reason="too_old"))


@pytest.mark.parametrize(
    "told",
    [
        lambda was: replace(was, ledger=good().ledger),
        lambda was: replace(was, rest=replace(was.rest, answered=frozenset({(1, 7), (1, 8)}))),
        lambda was: replace(was, rest=replace(was.rest, listed=frozenset({(1, 8)}))),
        lambda was: never_had(was, reason="bad_address", state="refused"),
        lambda was: never_had(was, stage="update"),
        lambda was: replace(
            was, launched=(*was.launched, {"what": "stopped", "ts": T0 + 1, "id": 1})
        ),
    ],
    ids=["the provider has it", "answered", "on a list", "a named no", "an update", "stopped"],
)
def test_everybody_else_is_told_or_somebody_knows(told: Change) -> None:
    assert _untold(told(never_had(good()))) == []


def test_an_outage_kills_what_sends_so_many_times() -> None:
    plan = outage(3, kills=20)
    assert (plan.people, len(plan.faults), plan.pace) == (5_000, 20, 2_000)
    assert {name for _, name in plan.faults} == {"kill_sending"}
    assert "--outage 20 --seed 3 --people 5000" in plan.words
    assert outage(3, kills=1, setup="postgres").setup == "postgres"
