"""What providers tell us about addresses: gone for good, opted out, or there after all. Set once,
never by guess.

The roster's revision stays as it is: a launch finds usable addresses when it is written, and would
never come to it while many numbers of another incident are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from hub.states import Reason
from hub.store.batches import IDS, run

_COLUMNS = (("channel", "text"), ("value", "text"))
_BAD = """
UPDATE addresses SET bad_at = {1}, bad_reason = b.reason
FROM {rows} WHERE addresses.channel = b.channel AND addresses.value = b.value
    AND addresses.bad_at IS NULL"""
_GOOD = """
UPDATE addresses SET bad_at = NULL, bad_reason = ''
FROM {rows} WHERE addresses.channel = b.channel AND addresses.value = b.value
    AND addresses.bad_at IS NOT NULL RETURNING addresses.recipient_id"""
_OUT = """
UPDATE addresses SET opted_out_at = {1}
FROM {rows} WHERE addresses.channel = b.channel AND addresses.value = b.value
    AND addresses.opted_out_at IS NULL RETURNING addresses.recipient_id"""
_IN = """
UPDATE addresses SET opted_out_at = NULL
FROM {rows} WHERE addresses.channel = b.channel AND addresses.value = b.value
    AND addresses.opted_out_at IS NOT NULL RETURNING addresses.recipient_id"""
_STILL_OUT = """
UPDATE addresses SET opted_out_at = {1}
FROM {rows} WHERE addresses.recipient_id = b.id AND addresses.opted_out_at IS NULL
    AND EXISTS (SELECT 1 FROM addresses o WHERE o.channel = addresses.channel
        AND o.value = addresses.value AND o.opted_out_at IS NOT NULL)"""
_MINE = text("""
SELECT channel, value FROM addresses WHERE recipient_id = :recipient AND opted_out_at IS NOT NULL
AND removed_at IS NULL""")
_BAD_COLUMNS = (*_COLUMNS, ("reason", "text"))
_GONE = frozenset({Reason.BAD_ADDRESS, Reason.NO_TEXTS})


def spoil(conn: Connection, said: Iterable[tuple[str, str, Reason]], *, now: int) -> None:
    """Addresses the provider calls non-existent, unable to take texts or opted out are not used
    again; one it took something for after all is, unless the same batch says both.

    `said`: (channel, value, reason) of outcomes and receipts; other reasons change nothing."""
    bad: dict[tuple[str, str], str] = {}
    out, good = set(), set()
    for channel, value, reason in said:
        if reason in _GONE:
            bad[channel, value] = str(reason)
        elif reason is Reason.OPTED_OUT:
            out.add((channel, value))
        elif reason is Reason.OK:
            good.add((channel, value))
    _spoiled(conn, bad, now)
    _change(conn, _GOOD, good - bad.keys())
    _change(conn, _OUT, out, now)


def opt_out(conn: Connection, channel: str, value: str, *, now: int) -> int:
    """Nothing is sent to this address until it opts in; how many recipients have it."""
    return _change(conn, _OUT, {(channel, value)}, now)


def keep_out(conn: Connection, recipients: Iterable[int], *, now: int) -> None:
    """Numbers of these recipients that opted out when others had them stay out: the carrier
    blocks the number, whoever has it now."""
    run(conn, _STILL_OUT, IDS, [(one,) for one in recipients], now)


def opt_in(conn: Connection, channel: str, value: str) -> int:
    """The address is used again; for how many recipients that is news."""
    return _change(conn, _IN, {(channel, value)})


def let_in(conn: Connection, recipient: int) -> int:
    """What this person had opted out of is used again, for everybody who has the same number; how
    many of their addresses that was."""
    mine = {(row.channel, row.value) for row in conn.execute(_MINE, {"recipient": recipient})}
    _change(conn, _IN, mine)
    return len(mine)


def _spoiled(conn: Connection, bad: Mapping[tuple[str, str], str], now: int) -> None:
    rows = sorted((*address, reason) for address, reason in bad.items())
    if rows:
        run(conn, _BAD, _BAD_COLUMNS, rows, now)


def _change(conn: Connection, sql: str, addresses: set[tuple[str, str]], *args: int) -> int:
    return len(run(conn, sql, _COLUMNS, sorted(addresses), *args)) if addresses else 0
