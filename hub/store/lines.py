"""How many calls an account may begin now: its lines, less what is on them in any process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, text

from hub.decide.accounts import Offer

TALK = 180_000
"""Milliseconds after which an accepted call without an end is taken for over."""

# The conditions of the two partial indexes, word for word.
_CALLS = """
SELECT count(*) FROM deliveries WHERE {channel} AND state = 'accepted' AND ended_at IS NULL
    AND account = :account AND accepted_at > :since"""
_VOICE = text(_CALLS.format(channel="channel = 'voice'"))
_OTHERS = text(_CALLS.format(channel="channel = :channel"))
_LEASED = text("""
SELECT count(*) FROM deliveries WHERE state IN ('sending', 'unsure') AND lease_until > :now
    AND account = :account""")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:account, 0))")


def with_lines(
    conn: Connection, channel: str, offers: Sequence[Offer], *, now: int
) -> Sequence[Offer]:
    """The offers with no more room than free lines. Accounts with lines are counted one claim at a
    time, so that two processes never give the same line away."""
    if all(offer.lines is None for offer in offers):
        return offers
    ordered = sorted(offers, key=lambda offer: offer.name)  # one order of locks for everybody
    free = {
        offer.name: offer.lines - _busy(conn, channel, offer.name, now)
        for offer in ordered
        if offer.lines is not None
    }
    return [
        replace(offer, room=max(0, min(offer.room, free.get(offer.name, offer.room))))
        for offer in offers
    ]


def _busy(conn: Connection, channel: str, account: str, now: int) -> int:
    """Calls being made, ringing or talking on the account."""
    if conn.dialect.name != "sqlite":  # there all writers queue anyway
        conn.execute(_LOCK, {"account": account})
    asked = {"account": account, "since": now - TALK, "now": now}
    if channel == "voice":
        calls = conn.execute(_VOICE, asked).scalar_one()
    else:
        calls = conn.execute(_OTHERS, {**asked, "channel": channel}).scalar_one()
    return int(calls) + int(conn.execute(_LEASED, asked).scalar_one())
