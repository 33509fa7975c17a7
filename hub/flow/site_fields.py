"""What a person writes into a site's fields: checked whole, every fault by its path."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hub.decide.emergency import SERVICES, usual_numbers
from hub.decide.site import POINTS
from hub.entries import SiteEntry
from hub.errors import Problem, Refused
from hub.flow.site_places import read_drills, read_evacuation, read_points
from hub.flow.site_texts import only, read_signature, read_words, tag_problem
from hub.flow.site_words import problem
from hub.model import Site, Words
from hub.tags import country_fault, tidy_country, tidy_tag
from hub.zones import zone_fault

Settings = dict[str, Any]

FIELDS = (
    "name", "sms_signature", "source", "timezone", "country", "languages", "emergency", POINTS,
    "evacuation", "drills",
)  # fmt: skip
READ_ONLY = frozenset({"key", "version", "defaults", "warnings"})
"""What stands in the answer and may come back with it."""

NAME_LIMIT = 40
SOURCE_LIMIT = 40
MOST_LANGUAGES = 12
MOST_NUMBERS = 20

_NUMBER = re.compile(r"\+?[0-9(][0-9 ()\-]{1,23}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,23}")


def read_site(
    site: Site, fields: Mapping[str, Any], *, usual: SiteEntry, heads: Collection[str]
) -> tuple[dict[str, str], Settings]:
    """Name and settings with the named fields in their place; Refused names every fault.

    Of an object only the parts that are named change; null takes a part, or a whole field, away:
    then that of `usual` counts again. `heads`: the site's buildings and entrances.
    """
    out = _strange(site, fields)
    name: Words = site.name
    if "name" in fields:
        given = fields["name"]
        name = usual.name
        if given is not None:
            known = {} if site.name == usual.name else site.name
            name = read_words("name", given, known, out, limit=NAME_LIMIT)
    settings = dict(site.settings)
    for key, read in _READERS.items():
        if key in fields and fields[key] is None:
            _as_usual(settings, key, usual.settings)
        elif key in fields:
            if settings.get(key) == usual.settings.get(key):
                settings.pop(key, None)  # nothing of a placeholder stays beside real words
            read(settings, fields[key], heads, out)
    if out:
        raise Refused("Some fields of the site are wrong.", out, code="site")
    return dict(name), settings


def _strange(site: Site, fields: Mapping[str, Any]) -> list[Problem]:
    """Fields there are none of, and another site's key."""
    known = ", ".join(FIELDS)
    strange = [key for key in fields if key not in FIELDS and key not in READ_ONLY]
    out = [problem(key[:60], "unknown", known=known) for key in strange]
    if fields.get("key", site.key) != site.key:
        value = repr(fields["key"])[:60]
        out.append(problem("key", "read_only", value=value, right=site.key))
    return out


def _as_usual(settings: Settings, key: str, usual: Mapping[str, Any]) -> None:
    for one in (key, "sms_signatures") if key == "sms_signature" else (key,):
        settings.pop(one, None)
    if key in usual:
        settings[key] = usual[key]


def _signature(settings: Settings, given: Any, _heads: Collection[str], out: list[Problem]) -> None:
    chinese, others = read_signature(settings, given, out)
    settings["sms_signature"] = chinese
    settings.pop("sms_signatures", None)
    if others:
        settings["sms_signatures"] = others


def _source(settings: Settings, given: Any, _heads: Collection[str], out: list[Problem]) -> None:
    known = settings.get("source") or {}
    settings["source"] = read_words("source", given, known, out, limit=SOURCE_LIMIT)


def _timezone(settings: Settings, given: Any, _heads: Collection[str], out: list[Problem]) -> None:
    name = given.strip() if isinstance(given, str) else repr(given)
    fault = zone_fault(name, country=str(settings.get("country") or ""))
    if fault is not None:
        out.append(
            problem("timezone", "zone", value=repr(name[:40]), what=fault[0], right=fault[1])
        )
    settings["timezone"] = name


def _country(settings: Settings, given: Any, _heads: Collection[str], out: list[Problem]) -> None:
    code = given if isinstance(given, str) else repr(given)
    meant = country_fault(code)
    if meant is not None:
        right = f"write {meant}" if meant else "write the two letters of ISO 3166, such as CN"
        out.append(problem("country", "country", value=repr(code[:20]), right=right))
    settings["country"] = tidy_country(code)


def _languages(settings: Settings, given: Any, _heads: Collection[str], out: list[Problem]) -> None:
    listed = given if isinstance(given, list) else []
    if not listed or not all(isinstance(tag, str) for tag in listed):
        out.append(problem("languages", "languages"))
        return
    if len(listed) > MOST_LANGUAGES:
        counts = {"count": str(len(listed)), "limit": str(MOST_LANGUAGES)}
        out.append(problem("languages", "many", **counts))
    for at, tag in enumerate(listed):
        out += filter(None, [tag_problem(f"languages.{at}", tag)])
    settings["languages"] = list(dict.fromkeys(tidy_tag(tag) for tag in listed))


def _emergency(settings: Settings, given: Any, _heads: Collection[str], out: list[Problem]) -> None:
    if not isinstance(given, Mapping):
        right = '{"fire": "119", "gas": "…", "lift": "…"}'
        out.append(problem("emergency", "object", right=right))
        return
    known = settings.get("emergency")
    kept: dict[str, Any] = dict(known) if isinstance(known, Mapping) else {}
    for key, said in given.items():
        if said is None or said == "":
            kept.pop(key, None)
        else:
            kept[key] = _contact(key, said, kept.get(key), out)
    if len(kept) > MOST_NUMBERS:
        counts = {"count": str(len(kept)), "limit": str(MOST_NUMBERS)}
        out.append(problem("emergency", "many", **counts))
    usual = usual_numbers(str(settings.get("country") or ""))
    settings["emergency"] = {key: said for key, said in kept.items() if usual.get(key) != said}


def _contact(key: str, said: Any, known: Any, out: list[Problem]) -> Any:
    where = f"emergency.{key[:30]}"
    if not _KEY.fullmatch(key):
        out.append(problem(where, "firm_key"))
    if not isinstance(said, Mapping):
        return _number(where, said, out)
    if key in SERVICES:
        out.append(problem(where, "service", right=str(said.get("number") or "119")[:24]))
        return said
    only(where, said, ("name", "number"), out)
    before = known.get("name", {}) if isinstance(known, Mapping) else {}
    name = said.get("name")
    words = read_words(f"{where}.name", name, before, out, limit=NAME_LIMIT) if name else before
    if not words and key not in FIRM_KEYS:
        out.append(problem(f"{where}.name", "firm_name"))
    number = _number(f"{where}.number", said.get("number"), out)
    return {"name": dict(words), "number": number} if words else number


FIRM_KEYS = frozenset({"lift", "gas", "power", "water"})
"""Firms whose names the hub knows."""


def _number(where: str, said: Any, out: list[Problem]) -> str:
    number = said.strip() if isinstance(said, str) else ""
    digits = sum(c.isdigit() for c in number)
    if not _NUMBER.fullmatch(number) or digits < 2:
        out.append(problem(where, "number", value=repr(said)[:40]))
    return number


_READERS = {
    "country": _country,  # before the time zone, which is read by it
    "timezone": _timezone,
    "languages": _languages,
    "sms_signature": _signature,
    "source": _source,
    "emergency": _emergency,
    POINTS: read_points,
    "evacuation": read_evacuation,
    "drills": read_drills,
}


def version_of(fields: Mapping[str, Any]) -> int | None:
    """The version a person read, if they say so. Refused for what is no number."""
    said = fields.get("version")
    if said is None or (isinstance(said, int) and not isinstance(said, bool)):
        return said
    raise Refused(
        "Some fields of the site are wrong.", [problem("version", "version")], code="site"
    )


def changed(before: Site, name: Words, settings: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """What is different, as (before, after) by field: for the record."""
    found: dict[str, Sequence[Any]] = {}
    if dict(before.name) != dict(name):
        found["name"] = [dict(before.name), dict(name)]
    for key in dict.fromkeys((*before.settings, *settings)):
        old, new = before.settings.get(key), settings.get(key)
        if old != new:
            found[key] = [old, new]
    return found
