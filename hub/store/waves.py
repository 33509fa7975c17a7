"""Waves as rows: starting one turns the audience that still needs it into deliveries, set-based.

One text goes to one address, whoever shares it: the recipient told first (rank, then id) has the
delivery, the others stand in `delivery_also`.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, TextClause, bindparam, text

from hub.plans import Sent
from hub.store.ways import Ways, missed_sql, quoted, ways

PAIR = 4294967296  # rank * 2^32 + recipient: the smallest is the recipient told first

_SETTINGS = text("SELECT current_setting('enable_nestloop'), current_setting('work_mem')")
_SET = text(
    "SELECT set_config('enable_nestloop', :loops, true), set_config('work_mem', :memory, true)"
)
_NEEDING = "SELECT count(*) FROM audience a WHERE a.incident_id = :incident"


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave about to start. `spec` as in `hub.plans.WavePlan`; `media`: channels an account
    stands behind."""

    incident: int
    notice: int
    no: int
    round: int
    lane: str
    expires_at: int
    spec: Mapping[str, Any]
    media: Collection[str] = ()


def start_wave(conn: Connection, wave: WaveRow, now: int, *, first: bool = False) -> Sent:
    """Every usable address of everyone who still needs this wave has one planned delivery.

    Doing it again adds nothing. `first`: nobody else can know the notice yet, so that nothing of
    the wave can be there. Returns the deliveries of this wave and round, by channel.
    """
    channels = [c for c in wave.spec["channels"] if c in wave.media]
    if not channels or not wave.spec["bands"] or enough(conn, wave):
        return Sent()
    by, asked = ways(channels), _conditions(wave.spec, channels)
    named = _values(wave) | {"now": now}
    wide = _wide(conn, wave)
    join = "," if wide else " CROSS JOIN "
    new = f"{asked} AND {missed_sql()}" if wave.spec.get("missed") else asked
    insert = _insert(by, new, join)
    with in_sets(conn, wide=wide):
        conn.execute(with_lists(insert if first else f"{insert}{_ONCE}", named), named)
        conn.execute(with_lists(_also(by, asked, join), named), named)
    return sent(conn, wave)


@contextlib.contextmanager
def in_sets(conn: Connection, *, wide: bool) -> Iterator[None]:
    """A wide wave is joined table by table. PostgreSQL has no statistics of what was written a
    moment ago, takes it for one row, and would look up every person in every table by itself."""
    if not wide or conn.dialect.name != "postgresql":
        yield
        return
    loops, memory = conn.execute(_SETTINGS).one()
    conn.execute(_SET, {"loops": "off", "memory": "64MB"})
    yield  # after an error the transaction, or its savepoint, takes both settings back
    conn.execute(_SET, {"loops": loops, "memory": memory})


def plan_more(
    conn: Connection, wave: WaveRow, now: int, *, only: str, named: Mapping[str, Any]
) -> dict[str, int]:
    """As `start_wave` for those `only` takes (a condition on `a`, its values in `named`), whatever
    the wave has sent so far. New deliveries by channel."""
    channels = [c for c in wave.spec["channels"] if c in wave.media]
    if not channels or not wave.spec["bands"]:
        return {}
    by, asked = ways(channels), f"{_conditions(wave.spec, channels)} AND {only}"
    values = _values(wave) | {"now": now} | dict(named)
    new = conn.execute(
        with_lists(f"{_insert(by, asked, ' CROSS JOIN ')}{_ONCE} RETURNING channel", values), values
    )
    made = Counter(str(row[0]) for row in new)
    conn.execute(with_lists(_also(by, asked, " CROSS JOIN "), values), values)
    return dict(sorted(made.items()))


def _wide(conn: Connection, wave: WaveRow) -> bool:
    """Whether the wave takes a good part of all addresses there are.

    SQLite keeps no statistics here: a wide wave is quicker from the addresses, in their order; a
    narrow one must begin at the audience (CROSS JOIN keeps its order), not walk every address.
    """
    asked = text(f"{_NEEDING} AND {covers_sql(wave.spec)}")
    people = conn.execute(asked, {"incident": wave.incident}).scalar_one()
    newest = conn.execute(text("SELECT max(id) FROM addresses")).scalar()
    return int(people) * 2 >= int(newest or 0)


def sent(conn: Connection, wave: WaveRow) -> Sent:
    """The deliveries of one wave and round, by channel."""
    rows = conn.execute(
        text(
            "SELECT channel, count(*) FROM deliveries WHERE notice_id = :notice AND wave = :no"
            " AND round = :round AND channel <> 'none' GROUP BY channel ORDER BY channel"
        ),
        {"notice": wave.notice, "no": wave.no, "round": wave.round},
    )
    return Sent({str(channel): int(count) for channel, count in rows})


def covers_sql(spec: Mapping[str, Any]) -> str:
    """The condition on `audience` rows `a` that a wave's spec makes, answers apart."""
    told = [f"a.band IN ({_list(spec['bands'])})"]
    if spec.get("needs"):
        told.append("a.vulnerable")
    if spec.get("roles"):
        told.append(_holds(spec["roles"]))
    return " AND ".join(told)


def silent_sql(spec: Mapping[str, Any]) -> list[str]:
    """The condition on `audience` rows `a` that a wave's `until` makes, if it makes any."""
    until = {"answered": "a.answer = ''", "delivered": "a.delivered_at IS NULL"}
    return [until[spec["until"]]] if spec.get("until") in until else []


def _conditions(spec: Mapping[str, Any], channels: Sequence[str]) -> str:
    parts = [
        "a.incident_id = :incident",
        covers_sql(spec),
        "r.removed_at IS NULL",
        ways(channels).usable,
        *silent_sql(spec),
    ]
    if spec.get("mode") == "first" and len(channels) > 1:
        parts.append(_first(channels))
    return " AND ".join(parts)


def _first(channels: Sequence[str]) -> str:
    """No earlier channel of the wave has a usable address of the same recipient."""
    order = " ".join(f"WHEN {quoted(c)} THEN {i}" for i, c in enumerate(channels))
    by, sooner = ways(channels), ways(channels, alias="sooner")
    return (
        f"NOT EXISTS (SELECT 1 FROM {sooner.source} WHERE sooner.recipient_id = a.recipient_id"
        f" AND {sooner.usable} AND CASE {sooner.channel} {order} END"
        f" < CASE {by.channel} {order} END)"
    )


# Of those who share a number, the first the notice has words for has the delivery.
WORDS = """EXISTS (SELECT 1 FROM wordings own WHERE own.notice_id = :notice AND own.band = a.band
    AND own.channel = {channel} AND own.language = a.language)"""


_ONCE = " ON CONFLICT DO NOTHING"  # PostgreSQL then looks before it puts each row


def _insert(by: Ways, asked: str, join: str) -> str:
    return f"""
INSERT INTO deliveries (incident_id, notice_id, recipient_id, wording_id, channel, address, wave,
  round, lane, rank, state, due_at, expires_at, planned_at)
SELECT a.incident_id, w.notice_id, a.recipient_id, w.id, told.channel, told.value,
  CAST(:no AS INTEGER), CAST(:round AS INTEGER), CAST(:lane AS TEXT), a.rank, 'planned',
  CAST(:now AS BIGINT), CAST(:expires AS BIGINT), CAST(:now AS BIGINT)
FROM (
  SELECT {by.channel} AS channel, ad.value, min(a.rank * {PAIR} + a.recipient_id) AS best
  FROM audience a{join}recipients r{join}{by.source}
  WHERE r.id = a.recipient_id AND ad.recipient_id = a.recipient_id AND {asked}
    AND {WORDS.format(channel=by.channel)}
  GROUP BY {by.channel}, ad.value
) told
JOIN audience a ON a.incident_id = :incident AND a.recipient_id = told.best % {PAIR}
JOIN wordings w ON w.notice_id = :notice AND w.band = a.band AND w.channel = told.channel
  AND w.language = a.language
WHERE true"""


def _also(by: Ways, asked: str, join: str) -> str:
    return f"""
INSERT INTO delivery_also (delivery_id, recipient_id)
SELECT d.id, a.recipient_id
FROM audience a{join}recipients r{join}{by.source}{join}deliveries d
WHERE r.id = a.recipient_id AND ad.recipient_id = a.recipient_id AND d.notice_id = :notice
  AND d.channel = {by.channel} AND d.address = ad.value AND d.wave = :no AND d.round = :round
  AND {asked} AND d.recipient_id <> a.recipient_id
ON CONFLICT DO NOTHING"""


def _values(wave: WaveRow) -> dict[str, Any]:
    return {
        "incident": wave.incident,
        "notice": wave.notice,
        "no": wave.no,
        "round": wave.round,
        "lane": wave.lane,
        "expires": wave.expires_at,
    }


def with_lists(sql: str, named: Mapping[str, Any]) -> TextClause:
    """The statement, its values that are lists bound as lists."""
    lists: list[BindParameter[Any]] = [
        bindparam(n, expanding=True) for n, v in named.items() if isinstance(v, list)
    ]
    return text(sql).bindparams(*lists)


def enough(conn: Connection, wave: WaveRow) -> bool:
    """Whether as many have answered as the wave asks for: anybody of its bands, or, where it names
    roles for that, anybody in the audience who has one of them. Who is away fills no place."""
    fill = int(wave.spec.get("fill") or 0)
    if not fill:
        return False
    roles = wave.spec.get("fill_roles")
    who = _holds(roles) if roles else f"a.band IN ({_list(wave.spec['bands'])})"
    answered = conn.execute(
        text(
            "SELECT count(*) FROM audience a WHERE a.incident_id = :incident"
            f" AND {who} AND a.answer NOT IN ('', 'away')"
        ),
        {"incident": wave.incident},
    ).scalar_one()
    return int(answered) >= fill


def _holds(roles: Collection[str]) -> str:
    """Roles are a JSON list of keys; as text it reads the same in both databases."""
    held = " OR ".join(f"CAST(a.roles AS TEXT) LIKE {_like(role)}" for role in roles)
    return f"({held})"


def _list(words: Sequence[str]) -> str:
    return ", ".join(quoted(word) for word in words)


def _like(role: str) -> str:
    escaped = role.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return quoted(f'%"{escaped}"%') + " ESCAPE '!'"
