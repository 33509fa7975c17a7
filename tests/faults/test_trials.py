"""A few whole trials: real processes, one fault each, and no promise broken.

They begin early in the session, see `conftest`. Many more: `python -m tests.faults --long`.
"""

from __future__ import annotations

import pytest

from tests.faults.conftest import TRIALS, Trials

WITHIN = 600.0  # seconds on a machine with much else to do; a fifth of it on a quiet one


def test_trials_have_begun(trials: Trials) -> None:
    assert set(trials.said) == set(TRIALS)


@pytest.mark.faults
@pytest.mark.timeout(WITHIN + 20)
@pytest.mark.parametrize("name", TRIALS)
def test_no_promise_is_broken_by(name: str, trials: Trials) -> None:
    code, said = trials.said[name].result(WITHIN)
    assert code == 0, said
    assert '"trials": 1' in said
