"""Due deliveries by the region of their address, as SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.accounts import Offer
from hub.decide.regions import Region

_URGENT = """
SELECT 1 FROM deliveries d WHERE d.state = 'planned' AND d.lane = 'urgent' AND d.channel = :channel
    AND d.due_at <= :now AND {where} LIMIT 1"""
_ANY_URGENT = text(_URGENT.format(where="1 = 1"))


def spared(
    conn: Connection, channel: str, offers: Sequence[Offer], found: Sequence[Region], *, now: int
) -> Sequence[Offer]:
    """What routine work may have: nothing of an account that serves urgent work that waits,
    whatever process it waits for."""
    asked = {"channel": channel, "now": now}
    if conn.execute(_ANY_URGENT, asked).first() is None:
        return offers
    if not found:
        return ()
    held = [one for one in found if _urgent_in(conn, one, asked)]
    return [
        replace(offer, room=0) if any(offer.terms.serves(one.code) for one in held) else offer
        for offer in offers
    ]


def _urgent_in(conn: Connection, region: Region, asked: dict[str, Any]) -> bool:
    where, named = lies_in([region])
    return conn.execute(text(_URGENT.format(where=where)), asked | named).first() is not None


def lies_in(found: Iterable[Region]) -> tuple[str, dict[str, str]]:
    """Whether the address of a delivery `d` lies in one of the regions; the values it names."""
    named: dict[str, str] = {}

    def begins(code: str) -> str:
        named[f"code{len(named)}"] = code
        return f"substr(d.address, 1, {len(code)}) = :code{len(named) - 1}"

    parts = []
    for one in found:
        others = "".join(f" AND NOT {begins(code)}" for code in one.others)
        parts.append(f"({begins(one.code)}{others})")
    return f"({' OR '.join(parts)})", named
