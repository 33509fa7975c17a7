"""What runs on a site already, for a launch of the same; and launches of the same, one by one."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, text

from hub.decide.overlap import running_at
from hub.plans import LaunchPlan
from hub.states import IncidentState
from hub.store.placed import spoken_of
from hub.store.schema import sites
from hub.under_way import RunsAlready, Same, Standing

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
_RUNNING = text(
    "SELECT id, code, place, kind, playbook, launched_at FROM incidents WHERE site_id = :site"
    f" AND playbook = :playbook AND kind = :kind AND status = '{IncidentState.OPEN}'"
)
_STILL = text(
    f"SELECT id FROM incidents WHERE id IN :ids AND status = '{IncidentState.OPEN}'"
).bindparams(bindparam("ids", expanding=True))
_STILL_LOCKED = text(f"{_STILL.text} FOR SHARE").bindparams(bindparam("ids", expanding=True))


def standing(conn: Connection, *, same: Same, place: str) -> tuple[Standing, ...]:
    """The open incidents of this playbook and kind that share ground with a place, the one a
    person should look at first first."""
    asked = {"site": same.site, "playbook": same.playbook, "kind": same.kind}
    rows = conn.execute(_RUNNING, asked).all()
    found = running_at(place, [Standing(*row) for row in rows])
    zone = _zone(conn, same.site) if found else ""
    return tuple(one.said(spoken_of(conn, same.site, one.place), zone) for one in found)


def _zone(conn: Connection, site: int) -> str:
    settings = conn.execute(select(sites.c.settings).where(sites.c.id == site)).scalar_one()
    return str(settings.get("timezone") or "")


def one_by_one(conn: Connection, same: Same) -> None:
    """Nobody else launches this playbook with this kind on this site until the transaction ends,
    so that of two the second sees the first. SQLite writes one transaction at a time anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(_LOCK, {"what": f"launch/{same.site}/{same.kind}/{same.playbook}"})


def refuse_a_second(conn: Connection, plan: LaunchPlan) -> None:
    """RunsAlready if such an incident is open at this place. One that is being ended just now is
    waited for; after that it is not open."""
    same = Same(plan.site, plan.playbook, plan.kind)
    one_by_one(conn, same)
    found = () if plan.again else standing(conn, same=same, place=plan.place)
    if not found:
        return
    asked = _STILL if conn.dialect.name == "sqlite" else _STILL_LOCKED
    still = set(conn.execute(asked, {"ids": [one.id for one in found]}).scalars())
    if open_ := tuple(one for one in found if one.id in still):
        raise RunsAlready(open_)
