"""The frozen audience of an incident as rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from hub.plans import Told, WavePlan
from hub.store.database import insert_rows
from hub.store.schema import audience, audience_homes
from hub.store.waves import WaveRow, covers_sql, in_sets
from hub.store.ways import ways

_COLUMNS = (
    "incident_id",
    "recipient_id",
    "kind",
    "band",
    "rank",
    "language",
    "household",
    "place_id",
    "roles",
    "vulnerable",
    "unreachable",
)
_HOMES = ("incident_id", "recipient_id", "household", "band")
_PART = 10_000  # rows given to the driver at a time, so that no second copy of everyone is held


def insert_audience(conn: Connection, incident: int, told: Sequence[Told]) -> None:
    """Everyone told is on record, as they were when it began."""
    ordered = sorted(told)  # by recipient: the index grows at its end alone
    for start in range(0, len(ordered), _PART):
        rows = [(incident, *row, False) for row in ordered[start : start + _PART]]
        insert_rows(conn, audience, _COLUMNS, rows)


# Each step is written so that neither database has a choice: those who have a delivery are one set
# (NOT IN), and only the few left are looked at one by one (MATERIALIZED, and OFFSET below).
_MARK = """
WITH rest AS MATERIALIZED (
  SELECT * FROM audience a WHERE a.incident_id = :incident AND a.recipient_id NOT IN (
    SELECT d.recipient_id FROM deliveries d WHERE d.notice_id = :notice)
)
UPDATE audience SET unreachable = true
WHERE incident_id = :incident AND recipient_id IN (
  SELECT a.recipient_id FROM rest a WHERE true"""
_WHO = ") RETURNING recipient_id"


def insert_homes(conn: Connection, incident: int, further: Sequence[Told]) -> None:
    """So are the further homes of those who have several."""
    rows = [(incident, row.recipient, row.household, row.band) for row in further]
    if rows:
        insert_rows(conn, audience_homes, _HOMES, sorted(rows))


def mark_unreachable(conn: Connection, alert: WaveRow, waves: Sequence[WavePlan]) -> list[int]:
    """Recipients no wave of the alert can ever reach are marked and have a delivery that says why.

    Reachable: a usable address on a channel with an account and words for them, in a wave that
    takes them. Whoever has a delivery of this notice is, so the waves without a wait come first.
    """
    reaching = [
        _reaches(covers_sql(wave.spec), channels)
        for wave in waves
        if (channels := [c for c in wave.spec["channels"] if c in alert.media])
    ]
    named = {"incident": alert.incident, "notice": alert.notice}
    some = f"({' OR '.join(dict.fromkeys(reaching))})"
    asked = text(_MARK + (f" AND NOT {some}" if reaching else "") + _WHO)
    with in_sets(conn, wide=True):  # never everybody times those left over
        gone = sorted(int(row[0]) for row in conn.execute(asked, named))
    if gone:
        _deliveries(conn, alert)
    return gone


def _reaches(covers: str, channels: Sequence[str]) -> str:
    """A wave takes the person and has an address and words for them."""
    by = ways(channels)
    return f"""({covers} AND EXISTS (
  SELECT 1 FROM {by.source} CROSS JOIN wordings w
  WHERE w.notice_id = :notice AND w.band = a.band AND w.channel = {by.channel}
    AND w.language = a.language AND ad.recipient_id = a.recipient_id AND {by.usable}
  LIMIT 1 OFFSET 0))"""


def _deliveries(conn: Connection, alert: WaveRow) -> None:
    """One row each that names the reason: no delivery to them vanishes."""
    conn.execute(
        text(f"""
INSERT INTO deliveries (incident_id, notice_id, recipient_id, channel, address, wave, round, lane,
  rank, state, reason, due_at, expires_at, planned_at, ended_at)
SELECT a.incident_id, CAST(:notice AS BIGINT), a.recipient_id, 'none',
  'recipient\\:' || a.recipient_id, 0, 0, CAST(:lane AS TEXT), a.rank, 'unreachable',
  CASE WHEN {_some("opted_out_at")} THEN 'opted_out' WHEN {_some("bad_at")} THEN 'bad_address'
    WHEN {_some("id")} THEN 'no_account' ELSE 'no_address' END,
  n.issued_at, CAST(:expires AS BIGINT), n.issued_at, n.issued_at
FROM audience a JOIN notices n ON n.id = :notice
WHERE a.incident_id = :incident AND a.unreachable
ON CONFLICT DO NOTHING"""),
        {
            "notice": alert.notice,
            "incident": alert.incident,
            "lane": alert.lane,
            "expires": alert.expires_at,
        },
    )


def _some(column: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM addresses ad WHERE ad.recipient_id = a.recipient_id"
        f" AND ad.removed_at IS NULL AND ad.{column} IS NOT NULL)"
    )
