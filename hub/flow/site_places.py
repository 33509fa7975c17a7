"""Fields of a site that speak of its buildings: where people meet, who leaves, who practises."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeGuard

from hub.decide.drills import CHOSEN, WHO
from hub.decide.leaving import PHASED, PLANS
from hub.decide.meeting import OWN
from hub.decide.site import POINTS
from hub.errors import Problem, Refused
from hub.flow.site_texts import only, read_words
from hub.flow.site_words import problem
from hub.roster.place_path import parse_place

MOST_POINTS = 20
NAME_LIMIT = 40

NO_PLANS: Mapping[str, Any] = {"plan": PHASED, "buildings": {}}
NO_RULE: Mapping[str, Any] = {"who": CHOSEN, "buildings": []}
"""What counts where nothing is said."""

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def read_points(
    settings: dict[str, Any], given: Any, heads: Collection[str], out: list[Problem]
) -> None:
    """The whole list in its order; a point without a key gets one from its name."""
    if not isinstance(given, list):
        right = '[{"key": "south", "name": {"en": "…"}, "places": ["3"]}]'
        out.append(problem(POINTS, "list", right=right))
        return
    if not given:
        out.append(problem(POINTS, "no_points"))
    if len(given) > MOST_POINTS:
        counts = {"count": str(len(given)), "limit": str(MOST_POINTS)}
        out.append(problem(POINTS, "many", **counts))
        return
    found: list[dict[str, Any]] = []
    owner: dict[str, str] = {}
    for at, said in enumerate(given):
        point = _point(f"{POINTS}.{at}", said, found, heads, out)
        if point is None:
            continue
        for place in point.get("places", ()):
            if place in owner:
                where, right = f"{POINTS}.{at}.places", owner[place]
                out.append(problem(where, "elsewhere", value=place, right=right))
            owner.setdefault(place, point["key"])
        found.append(point)
    settings[POINTS] = found


def _point(
    where: str,
    said: Any,
    before: list[dict[str, Any]],
    heads: Collection[str],
    out: list[Problem],
) -> dict[str, Any] | None:
    if not isinstance(said, Mapping):
        out.append(problem(where, "object", right='{"name": {"zh-CN": "…", "en": "…"}}'))
        return None
    only(where, said, ("key", "name", "places"), out)
    name = read_words(f"{where}.name", said.get("name"), {}, out, limit=NAME_LIMIT)
    taken = {one["key"] for one in before}
    key = said.get("key") or _made(name, taken)
    if not isinstance(key, str) or not _KEY.fullmatch(key) or key == OWN:
        out.append(problem(f"{where}.key", "point_key"))
        key = f"point-{len(before) + 1}"
    elif key in taken:
        out.append(problem(f"{where}.key", "twice", value=key))
    places = _places(f"{where}.places", said.get("places"), heads, out)
    return {"key": key, "name": name, **({"places": places} if places else {})}


def _made(name: Mapping[str, str], taken: Collection[str]) -> str:
    """A key from the name: `The south lawn` → `the-south-lawn`; else a number."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.get("en", "").lower()).strip("-")[:30].strip("-")
    if plain and plain not in taken and plain != OWN:
        return plain
    numbers = (f"point-{n}" for n in range(1, MOST_POINTS + 2))
    return next(key for key in numbers if key not in taken)


def _is_object(
    field: str, said: Any, keys: Sequence[str], right: str, out: list[Problem]
) -> TypeGuard[Mapping[str, Any]]:
    """Whether something of these keys was written; if not, how it is written is among `out`."""
    if not isinstance(said, Mapping):
        out.append(problem(field, "object", right=right))
        return False
    only(field, said, keys, out)
    return True


def _kept(settings: Mapping[str, Any], field: str) -> dict[str, Any]:
    """What stands there so far, to be changed."""
    known = settings.get(field)
    return dict(known) if isinstance(known, Mapping) else {}


def read_evacuation(
    settings: dict[str, Any], given: Any, heads: Collection[str], out: list[Problem]
) -> None:
    """The site's plan, and that of buildings with another; a word alone is the site's."""
    said = {"plan": given} if isinstance(given, str) else given
    right = '{"plan": "phased", "buildings": {"3": "all_out"}}'
    if not _is_object("evacuation", said, ("plan", "buildings"), right, out):
        return
    kept = _kept(settings, "evacuation")
    if "plan" in said:
        kept["plan"] = _choice("evacuation.plan", said["plan"], PLANS, out)
    buildings = said.get("buildings", {})
    if not isinstance(buildings, Mapping):
        out.append(problem("evacuation.buildings", "object", right='{"3": "all_out"}'))
        return
    own = dict(kept.get("buildings") or {})
    for place, plan in buildings.items():
        where = f"evacuation.buildings.{place[:20]}"
        path = _head(where, place, heads, out)
        if plan is None or plan == "":
            own.pop(path, None)
        else:
            own[path] = _choice(where, plan, PLANS, out)
    _put(settings, "evacuation", {"plan": PHASED, **kept, "buildings": own}, NO_PLANS)


def read_drills(
    settings: dict[str, Any], given: Any, heads: Collection[str], out: list[Problem]
) -> None:
    """Who takes part; a word alone is for the whole site."""
    said = {"who": given} if isinstance(given, str) else given
    right = '{"who": "chosen", "buildings": ["3"]}'
    if not _is_object("drills", said, ("who", "buildings"), right, out):
        return
    kept = _kept(settings, "drills")
    if "who" in said:
        kept["who"] = _choice("drills.who", said["who"], WHO, out)
    if "buildings" in said:
        kept["buildings"] = _places("drills.buildings", said["buildings"], heads, out)
    _put(settings, "drills", {"who": CHOSEN, "buildings": [], **kept}, NO_RULE)


def _put(
    settings: dict[str, Any], key: str, said: dict[str, Any], usual: Mapping[str, Any]
) -> None:
    """The setting as it was said; what is usual is not kept: it counts without."""
    if said == usual:
        settings.pop(key, None)
    else:
        settings[key] = said


def _choice(where: str, said: Any, choices: Collection[str], out: list[Problem]) -> str:
    if said not in choices:
        out.append(problem(where, "choice", value=repr(said)[:40], right=", ".join(choices)))
    return str(said)


def _places(where: str, said: Any, heads: Collection[str], out: list[Problem]) -> list[str]:
    """Buildings and entrances; none, or `all`, is every building."""
    if said is None or said in ("all", ["all"]):
        return []
    if not isinstance(said, list):
        out.append(problem(where, "list", right='["3", "5-1"]'))
        return []
    found: list[str] = []
    for at, one in enumerate(said):
        path = _head(f"{where}.{at}", one, heads, out)
        if path in found:
            out.append(problem(f"{where}.{at}", "twice", value=path))
        found.append(path)
    return found


def _head(where: str, said: Any, heads: Collection[str], out: list[Problem]) -> str:
    """The path of a building or an entrance, however it is written: `3`, `3栋`, `3-1`."""
    shown = repr(said)[:40]
    try:
        asked = parse_place(said) if isinstance(said, str) else None
    except Refused:
        asked = None
    if asked is None or not asked.building or asked.floor or asked.unit or asked.spot:
        out.append(problem(where, "place_form", value=shown))
        return ""
    if heads and asked.path not in heads:
        listed = ", ".join(list(heads)[:12]) + (" …" if len(heads) > 12 else "")
        out.append(problem(where, "place", value=shown, right=listed))
    return asked.path
