"""What a launch is held to: that the same does not run already, and what a person confirmed."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hub.decide.agreed import audience_hash
from hub.decide.draft import Draft, head_count, refused
from hub.decide.plan import ways_of
from hub.decide.views import standing_json
from hub.errors import Conflict, Problem
from hub.model import LaunchRequest
from hub.times import told
from hub.under_way import Standing
from hub.zones import zone_of

_LANGUAGES = ("en", "zh-CN")


def to_draft(request: LaunchRequest, *, look: bool) -> LaunchRequest:
    """The request as its draft is judged: a preview confirms nothing, and whoever confirms the
    audience is told of its number together with it."""
    apart = look or bool(request.confirm_audience)
    return replace(request, confirm_people=None) if apart else request


def hold(made: Draft, request: LaunchRequest, *, secret: bytes) -> None:
    """Conflict if the audience is not the one that was confirmed; Refused for its number alone."""
    if not request.confirm_audience:
        return
    ways = ways_of(made.estate.reached, made.audience.told)
    now = audience_hash(made, ways, kind=request.kind, secret=secret)
    counted = head_count(request, made.audience)
    if not hmac.compare_digest(now.encode(), request.confirm_audience.encode()):
        raise _changed(counted, made.audience.people)
    if counted:
        raise refused(counted)


def _changed(counted: Sequence[Problem], people: int) -> Conflict:
    what, named = "who gets what has changed since the preview", {"people": str(people)}
    hint = f"look at the preview again ({people} people) and confirm that"
    problem = Problem("confirm_audience", what, hint, code="audience_changed", params=named)
    said = "Who gets what has changed since the preview. Nothing was sent."
    facts = {"people": people}
    return Conflict(said, [problem, *counted], code="audience_changed", facts=facts)


def already_open(found: Sequence[Standing], *, timezone: str, now: datetime) -> Conflict:
    """The refusal of a launch of what runs there already, with what a person needs to find it."""
    first = found[0]
    at = datetime.fromtimestamp(first.launched_at / 1000, UTC)
    zone = zone_of(first.timezone or timezone, timezone)
    since = {tag: told(at, zone, language=tag, now=now) for tag in _LANGUAGES}
    named = {"code": first.code, "incident": str(first.id)}
    named |= _by_language("place", first.spoken or {"en": first.place})
    named |= _by_language("since", since)
    what = f"{first.code} has been running at {named['place']} since {named['since']}"
    hint = f"say an update in incident {first.id}; to start another beside it, say so (--again)"
    problem = Problem("place", what, hint, code="already_open", params=named)
    said = "This runs already at this place or one that shares ground with it. Nothing was sent."
    facts = {"incident": first.id, "running": [standing_json(one) for one in found]}
    return Conflict(said, [problem], code="already_open", facts=facts)


def _by_language(name: str, words: Mapping[str, str]) -> dict[str, str]:
    """An argument that each language has in its own words."""
    return {name: words["en"]} | {f"{name}@{tag}": text for tag, text in words.items()}
