"""Whether a launch would reach no person at all, and what for want of."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from hub.decide.byhand import BY_HAND
from hub.decide.draft import Draft
from hub.decide.plan import Ways
from hub.model import PEOPLE, RecipientKind
from hub.plans import Told

SCREEN = "screen"


class Nobody(StrEnum):
    """Why. The values are the codes of the warnings that say so."""

    NONE = ""  # somebody is reached
    ACCOUNTS = "nobody_accounts"
    ADDRESSES = "nobody_addresses"


def nobody(made: Draft, ways: Ways, *, lost: Sequence[Told], reachable: int) -> Nobody:
    """`lost`: those no wave can ever reach; `reachable`: people some account can tell. A chat
    group reaches people; a screen does not know whether anybody stands before it."""
    told = made.audience.told
    silent = {row.recipient for row in lost}
    groups = (row.recipient for row in told if row.kind == RecipientKind.GROUP)
    if reachable > 0 or any(one not in silent for one in groups):
        return Nobody.NONE
    if not _media(made) or any(ways.get(row.recipient) for row in told if row.kind in PEOPLE):
        return Nobody.ACCOUNTS
    return Nobody.ADDRESSES


def _media(made: Draft) -> set[str]:
    """What an account stands behind, of what this playbook tells people by."""
    wanted = {channel for wave in made.waves for channel in wave.spec["channels"]}
    return (wanted & made.media) - {SCREEN, *BY_HAND}
