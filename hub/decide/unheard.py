"""Households no sending can reach: on a list by hand from the launch on, whatever their band.

The same rule as `knock_at_once` and `knock_beyond` of `hub.store.knocks` in SQL; a test holds them
together.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.decide.byhand import by_hand
from hub.decide.plan import taker
from hub.model import PEOPLE, RecipientKind
from hub.plans import Told, WavePlan


def listed_at_once(told: Sequence[Told], lost: Sequence[Told], waves: Sequence[WavePlan]) -> int:
    """How many households stand on a list by hand as soon as the launch is made: homes with a place
    by their door, others where a wave of the playbook takes them. `lost`: those no wave can ever
    reach."""
    gone = {row.recipient for row in lost}
    people = [row for row in told if row.kind in PEOPLE]
    heard = {row.household for row in people if row.recipient not in gone}
    silent = [row for row in people if row.household not in heard]
    found = {row.household for row in silent if _home(row)}
    for wave in waves:
        found |= _listed(silent, wave)
    return len(found)


def _home(row: Told) -> bool:
    return row.kind == RecipientKind.RESIDENT and row.place is not None


def _listed(silent: Sequence[Told], wave: WavePlan) -> set[int]:
    """Nobody can knock where no place is on record; calls need none."""
    keys = by_hand(wave.spec["channels"])
    keys = keys[:1] if wave.spec.get("mode") == "first" else keys
    takes = taker(wave)
    return {
        row.household
        for row in silent
        if keys and takes(row) and ("phone" in keys or row.place is not None)
    }
