"""One door, opened: who lives there, how to call them, what was sent to each and how it went."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.decide.dials import DIALS
from hub.errors import Unknown
from hub.store.batches import IDS, run
from hub.store.doors import doors
from hub.store.lists import residents

_CALLED = frozenset({"voice", *DIALS["voice"]})
_NUMBERS = """
SELECT DISTINCT ad.recipient_id, ad.channel, ad.value, ad.sort, ad.bad_at
FROM {rows} CROSS JOIN addresses ad
WHERE ad.recipient_id = b.id AND ad.removed_at IS NULL ORDER BY ad.recipient_id, ad.sort"""


def opened_door(conn: Connection, *, incident: int, task: int) -> dict[str, Any]:
    """The task by hand with the people of its household, numbers in full; Unknown if it is none of
    this incident."""
    page = doors(conn, incident=incident, state="", block="", after=task - 1, limit=1)
    found: dict[str, Any] | None = next((one for one in page["items"] if one["task"] == task), None)
    if found is None:
        raise Unknown("There is no such task in this incident.")
    home = found["household"]
    people = residents(conn, incident, home)
    numbers = _numbers(conn, [one["recipient"] for one in people])
    people = [one | {"numbers": numbers.get(one["recipient"], [])} for one in people]
    return found | {"residents": people}


def _numbers(conn: Connection, people: list[int]) -> dict[int, list[dict[str, Any]]]:
    """What can be dialled, each number once; one said not to exist says so."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in run(conn, _NUMBERS, IDS, [(one,) for one in people]):
        if row.channel not in _CALLED:
            continue
        mine = found.setdefault(row.recipient_id, [])
        if all(one["value"] != row.value for one in mine):
            mine.append({"value": row.value, "dead": row.bad_at is not None})
    return found
