"""What the operator filled in: checked, with defaults for what they left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hub.decide.marks import plain
from hub.decide.meeting import OWN, by_building, meets, points_of
from hub.decide.spoken import options_of
from hub.errors import Problem
from hub.model import Parameter

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
LONGEST_MINUTES = 7 * 24 * 60


def settle_params(
    parameters: Sequence[Parameter], given: Mapping[str, str], *, settings: Mapping[str, Any]
) -> tuple[dict[str, str], list[Problem]]:
    """(every parameter's value, every problem by field `params.KEY`)."""
    known = {parameter.key for parameter in parameters}
    problems = [_no_field(key, known) for key in given if key not in known]
    values: dict[str, str] = {}
    for parameter in parameters:
        value = _given(parameter, given, settings)
        found = _wrong(parameter, value, settings)
        if found is not None:
            problems.append(found)
        values[parameter.key] = value
    return values, problems


def _no_field(key: str, known: set[str]) -> Problem:
    fields = ", ".join(sorted(known))
    return Problem(
        f"params.{key}",
        "this playbook has no such field",
        f"it has {fields}" if known else "it has no fields",
        code="field_unknown" if known else "field_none",
        params={"fields": fields},
    )


def _given(parameter: Parameter, given: Mapping[str, str], settings: Mapping[str, Any]) -> str:
    """What was typed, tidied; else the default; else the first of the site's own options."""
    value = plain(str(given.get(parameter.key, "")))
    clock = _CLOCK.fullmatch(value) if parameter.kind == "clock" else None
    if clock is not None:
        return f"{int(clock[1]):02d}:{clock[2]}"
    if value:
        return value
    offered = _options(parameter, settings)
    if parameter.default and (not offered or parameter.default in offered):
        return parameter.default
    return offered[0] if offered and parameter.kind == "choice" else ""


def _options(parameter: Parameter, settings: Mapping[str, Any]) -> list[str]:
    own = [choice.value for choice in parameter.options]
    own += [OWN] if meets(parameter) and by_building(points_of(settings)) else []
    site = [key for key, _ in options_of(parameter.source, settings)] if parameter.source else []
    return own + site


def _wrong(parameter: Parameter, value: str, settings: Mapping[str, Any]) -> Problem | None:
    if not value:
        return (
            _problem(parameter, "missing", "is missing", "fill it in")
            if parameter.required
            else None
        )
    given = {"value": repr(value)}
    if len(value) > parameter.limit:
        counts = {"count": str(len(value)), "limit": str(parameter.limit)}
        what = f"has {len(value)} characters, {parameter.limit} fit"
        return _problem(parameter, "long", what, "shorten it", **counts)
    if parameter.kind == "choice":
        offered = ", ".join(options := _options(parameter, settings))
        if options and value not in options:
            what = f"{value!r} is no choice"
            return _problem(
                parameter, "choice", what, f"choose {offered}", **given, offered=offered
            )
    if parameter.kind == "minutes" and not _is_minutes(value):
        most = {"most": str(LONGEST_MINUTES)}
        hint = f"write a whole number from 0 to {LONGEST_MINUTES}"
        what = f"{value!r} is no number of minutes"
        return _problem(parameter, "minutes", what, hint, **given, **most)
    if parameter.kind == "clock" and not _CLOCK.fullmatch(value):
        what = f"{value!r} is no time of day"
        return _problem(parameter, "clock", what, "write HH:MM, such as 14:30", **given)
    return None


def _problem(parameter: Parameter, code: str, what: str, hint: str, **params: str) -> Problem:
    where = f"params.{parameter.key}"
    return Problem(
        where, what, hint, code=f"field_{code}", params=params, label=dict(parameter.name)
    )


def _is_minutes(value: str) -> bool:
    return value.isascii() and value.isdigit() and int(value[:9]) <= LONGEST_MINUTES
