"""Numbers and addresses to repair: flagged by a provider, by their owner, or by an import.

What is flagged stands in `addresses`. What is refused without being flagged (blocked by a carrier,
no call possible) is read from the deliveries of the last incidents, unless the same address has got
something since: nothing is kept twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, text

from hub.decide.repairs import CALLED_AS, REPAIRED, why
from hub.decide.views import moment
from hub.store.batches import run
from hub.store.placed import NAMED, spoken_at

LAST = 3  # incidents looked at for what is refused without being flagged
MOST = 2_000  # of those at most: more is no matter of single numbers

_CHANNELS = ", ".join(f"'{channel}'" for channel in REPAIRED)
_SAID = text(f"""
SELECT d.channel, d.address, d.reason, max(d.notice_id) AS notice, max(d.ended_at) AS at
FROM (SELECT id FROM incidents WHERE site_id = :site ORDER BY id DESC LIMIT {LAST}) i
JOIN deliveries d ON d.incident_id = i.id
WHERE d.state IN ('refused', 'failed') AND d.channel IN ({_CHANNELS})
    AND (d.reason = 'blocked' OR d.reason = 'bad_address' AND d.channel = 'voice')
    AND NOT EXISTS (SELECT 1 FROM notices n CROSS JOIN deliveries later
        WHERE n.id > d.notice_id AND later.notice_id = n.id AND later.channel = d.channel
        AND later.address = d.address AND later.delivered_at IS NOT NULL)
GROUP BY 1, 2, 3 ORDER BY 4, 5 LIMIT {MOST}""")
_OWNERS = """
SELECT ad.id, b.reason, b.at FROM {rows} CROSS JOIN addresses ad
WHERE ad.channel = b.medium AND ad.value = b.value AND ad.removed_at IS NULL"""
_OWNER_COLUMNS = (
    ("medium", "text"), ("value", "text"), ("reason", "text"), ("at", "bigint"),
)  # fmt: skip
_WANTED = f"""
FROM addresses ad JOIN recipients r ON r.id = ad.recipient_id
LEFT JOIN places p ON p.id = r.place_id
WHERE r.site_id = :site AND r.removed_at IS NULL AND ad.removed_at IS NULL
    AND ad.channel IN ({_CHANNELS})
    AND (ad.bad_at IS NOT NULL OR ad.opted_out_at IS NOT NULL OR ad.id IN :said)"""
_COUNT = text(f"SELECT count(*) {_WANTED}").bindparams(bindparam("said", expanding=True))
_LIST = text(
    f"SELECT {NAMED}, ad.id AS address, ad.channel, ad.value, ad.bad_at, ad.bad_reason,"
    " ad.opted_out_at,"
    f" r.id AS recipient, r.name AS person, r.kind AS whose {_WANTED}"
    " AND ad.id > :after ORDER BY ad.id LIMIT :limit"
).bindparams(bindparam("said", expanding=True))
_MEND = text("""
UPDATE addresses SET bad_at = NULL, bad_reason = '' WHERE id = :address AND bad_at IS NOT NULL
    AND removed_at IS NULL RETURNING recipient_id""")
_REV = text(
    "UPDATE sites SET roster_rev = roster_rev + 1 WHERE id IN"
    " (SELECT site_id FROM recipients WHERE id = :recipient)"
)

Said = tuple[str, int]
"""What a provider said of an address last: reason, when."""


def repairs(conn: Connection, *, site: int, after: int, limit: int) -> dict[str, Any]:
    """One page of the addresses of a site that want repairing, by id, numbers in full; `total`."""
    said = _said(conn, site)
    named: dict[str, Any] = {"site": site, "said": sorted(said) or [0]}
    asked = named | {"after": after, "limit": limit + 1}
    rows = conn.execute(_LIST, asked).mappings().all()
    shown = rows[:limit]
    return {
        "items": [_item(row, said.get(row["address"], ("", 0))) for row in shown],
        "next": shown[-1]["address"] if len(rows) > limit else None,
        "total": int(conn.execute(_COUNT, named).scalar_one()),
    }


def how_many(conn: Connection, *, site: int) -> int:
    """How many addresses of a site want repairing."""
    named = {"site": site, "said": sorted(_said(conn, site)) or [0]}
    return int(conn.execute(_COUNT, named).scalar_one())


def mend(conn: Connection, *, address: int) -> int | None:
    """A flagged address is used again; whose it is, None if there is no such flag."""
    owner = conn.execute(_MEND, {"address": address}).scalar_one_or_none()
    if owner is None:
        return None
    conn.execute(_REV, {"recipient": owner})
    return int(owner)


def _said(conn: Connection, site: int) -> dict[int, Said]:
    """What the last incidents' providers said, by address; the latest word stands. An address that
    is no good for its own channel is flagged already, or was until somebody took the flag away."""
    rows = [
        (medium, row.address, row.reason, row.at or 0)
        for row in conn.execute(_SAID, {"site": site})
        for medium in CALLED_AS[row.channel]
        if row.reason == "blocked" or medium != row.channel
    ]
    return {row.id: (row.reason, row.at) for row in run(conn, _OWNERS, _OWNER_COLUMNS, rows)}


def _item(row: Mapping[Any, Any], said: Said) -> dict[str, Any]:
    reason, at = said
    known = row["path"] is not None
    found = why(
        row["value"],
        bad=row["bad_at"] is not None,
        reason=row["bad_reason"],
        opted_out=row["opted_out_at"] is not None,
        said=reason,
    )
    return {
        "id": row["address"],
        "recipient": row["recipient"],
        "name": row["person"],
        "kind": row["whose"],
        "place": row["path"] if known else "",
        "spoken": spoken_at(row) if known else {},
        "channel": row["channel"],
        "value": row["value"],
        "why": str(found or ""),
        "since": moment(row["bad_at"] or row["opted_out_at"] or at or None),
        "flagged": row["bad_at"] is not None,
    }
