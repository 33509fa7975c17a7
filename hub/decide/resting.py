"""Which provider accounts are left alone because their provider does not do its work.

Each process that sends keeps a breaker of its own and says in its pulse how it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.decide.breaker import Stand

FORGOTTEN_S = 300.0
"""Seconds after its last call from which nothing is known of an account any more: while there is
something to send it is tried at least every 50 s."""


@dataclass(frozen=True, slots=True)
class Stood:
    """An account as one process that lives finds it. `open_s`: since its breaker opened; `heard_s`:
    since a call of it ended; `latency_s`: what calls take lately; None where it made none."""

    account: str
    state: Stand
    open_s: float | None = None
    heard_s: float | None = None
    latency_s: float | None = None


def stood(accounts: Mapping[str, Mapping[str, Any]], *, ago_s: float) -> Iterable[Stood]:
    """The accounts of one pulse, that old. Words this release does not know mean that it works."""
    for account, said in accounts.items():
        state = said.get("state")
        yield Stood(
            account,
            Stand(state) if state in set(Stand) else Stand.CLOSED,
            _later(said.get("open_s"), ago_s),
            _later(said.get("heard_s"), ago_s),
            said.get("latency_s"),
        )


def resting(found: Iterable[Stood]) -> dict[str, float]:
    """Account -> seconds for which no process that has lately tried it has found it working."""
    tried: dict[str, list[Stood]] = {}
    for one in found:
        if one.heard_s is not None and one.heard_s <= FORGOTTEN_S:
            tried.setdefault(one.account, []).append(one)
    return {
        account: min(one.open_s or 0.0 for one in every)
        for account, every in tried.items()
        if all(one.state is not Stand.CLOSED for one in every)
    }


def _later(seconds: float | None, by: float) -> float | None:
    return None if seconds is None else seconds + by
