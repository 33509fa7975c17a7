"""Addresses a channel may use, as SQL: its own, and those of the media it dials.

A text refused by its owner, by an opt-out, or by a landline says nothing against a call: the number
is dialled unless it is removed or does not exist. A number that is also on record for the channel
itself goes by that record, so that it is called once, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.decide.dials import DIALS, dialled
from hub.states import Reason

VIA = " UNION ALL ".join(
    f"SELECT CAST('{medium}' AS TEXT) AS medium, CAST('{channel}' AS TEXT) AS channel"
    for medium, channel in [("", ""), *dialled(DIALS)]
)
SENT_TO = """via.medium IN ('', ad.channel) AND d.address = ad.value
    AND d.channel = CASE via.medium WHEN '' THEN ad.channel ELSE via.channel END"""
"""Joins an address `ad`, by `CROSS JOIN ({VIA}) via`, with the deliveries `d` that went to it: by
its own channel, or by one that dials it. Twice where both do: count them once."""

USABLE = "ad.opted_out_at IS NULL AND ad.bad_at IS NULL AND ad.removed_at IS NULL"


class Ways(NamedTuple):
    """`source`: what to join after the person's row; `channel`: by which one is told; `usable`:
    the condition that joins them and leaves out what may not be used."""

    source: str
    channel: str
    usable: str


def ways(channels: Sequence[str], *, alias: str = "ad") -> Ways:
    """The addresses of these channels. Without dialling, it is their own rows alone."""
    named = ", ".join(map(quoted, channels)) or "''"
    own = USABLE.replace("ad.", f"{alias}.")
    if not dialled(channels):
        source = f"addresses {alias}"
        return Ways(source, f"{alias}.channel", f"{alias}.channel IN ({named}) AND {own}")
    via = f"{alias}_via"
    pairs = [(channel, channel) for channel in channels] + dialled(channels)
    rows = " UNION ALL ".join(
        f"SELECT CAST({quoted(m)} AS TEXT) AS medium, CAST({quoted(c)} AS TEXT) AS channel"
        for m, c in pairs
    )
    usable = (
        f"{alias}.channel = {via}.medium AND CASE WHEN {via}.medium = {via}.channel THEN {own}"
        f" ELSE {callable_sql(alias, f'{via}.channel')} END"
    )
    return Ways(f"addresses {alias} CROSS JOIN ({rows}) {via}", f"{via}.channel", usable)


def callable_sql(alias: str, channel: str) -> str:
    """Whether the address of another medium may be used by `channel` (an SQL expression)."""
    return (
        f"{alias}.removed_at IS NULL AND ({alias}.bad_at IS NULL"
        f" OR {alias}.bad_reason = {quoted(Reason.NO_TEXTS)}) AND NOT EXISTS (SELECT 1"
        f" FROM addresses self WHERE self.recipient_id = {alias}.recipient_id"
        f" AND self.channel = {channel} AND self.value = {alias}.value"
        " AND self.removed_at IS NULL)"
    )


def missed_sql() -> str:
    """Only those no earlier route of this notice went to; deliveries are found by address alone.

    CROSS JOIN: SQLite else begins at all deliveries of the notice, for every person.
    """
    got = """NOT EXISTS (SELECT 1 FROM addresses own CROSS JOIN deliveries got
  WHERE own.recipient_id = a.recipient_id
  AND got.notice_id = :notice AND got.channel = {channel} AND got.address = own.value{more})"""
    parts = [got.format(channel="own.channel", more="")]
    for medium, channel in dialled(DIALS):
        more = f" AND own.channel = {quoted(medium)}"
        parts.append(got.format(channel=quoted(channel), more=more))
    return " AND ".join(parts)


def quoted(word: str) -> str:
    """A key of a playbook as an SQL string; colons would be taken for parameters."""
    return "'" + word.replace("'", "''").replace(":", "\\:") + "'"
