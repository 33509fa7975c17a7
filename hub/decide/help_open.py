"""Who still needs somebody to come: the one definition, and what it takes to end all the same.

A person counts from asking for help until somebody enters what came of it, whatever they answer
later. A cry counts until somebody settles the reply: in the incident it is about, and in every live
incident that is not closed, since nobody knows whose it is. One phone that cries five times is one,
and whoever is counted as a person already is not counted again for crying.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.under_way import HelpOpen


def confirms(said: object, found: HelpOpen) -> bool:
    """Whether this is their number, or the counts by kind (those left out are 0)."""
    if isinstance(said, Mapping):
        counts = {key: _whole(count) for key, count in said.items()}
        return dict.fromkeys(found.kinds, 0) | counts == found.kinds
    return _whole(said) == found.people


def still_needed(found: HelpOpen) -> str:
    """Why something is not done while they wait, and what to do."""
    return (
        f"Still in need of help: {found.people} (asked for it: {found.asked}, entered by staff:"
        f" {found.marked}, cries nobody can place: {found.cries})."
        " Enter what came of it, or confirm this number."
    )


def _whole(said: object) -> int | None:
    """A number as it stands; true is no 1."""
    return said if isinstance(said, int) and not isinstance(said, bool) else None
