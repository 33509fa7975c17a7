"""What a person writes into a recipient's fields, checked all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.entries import AddressEntry, RecipientEntry, RecipientView
from hub.errors import Problem, Refused
from hub.flow.screen_fields import read_screen_place, read_way
from hub.flow.site_words import problem
from hub.model import RecipientKind
from hub.roster.address_value import Wrong, read_address
from hub.roster.cells import has_lost_text, tidy
from hub.tags import tag_fault, tidy_tag

MOST_ADDRESSES = 20
MOST_HOMES = 100
NEEDS = ("moves_slowly", "wheelchair", "powered_device", "hearing", "sight", "infant", "other")


def as_entry(view: RecipientView) -> RecipientEntry:
    """The stored recipient as an entry to be changed."""
    return RecipientEntry(
        ref=view.ref or "",
        kind=view.kind,
        name=view.name,
        place=view.place,
        language=view.language,
        roles=view.roles,
        needs=view.needs,
        drill=view.drill,
        no_drill=view.no_drill,
        addresses=view.addresses,
        extra=view.extra,
        homes=view.homes,
    )


def read_entry(known: RecipientEntry, fields: Mapping[str, Any], country: str) -> RecipientEntry:
    """`known` with the named fields, all checked at once."""
    problems: list[Problem] = []
    kind = _kind(fields, known.kind, problems)
    name = _name(fields, known.name, problems)
    if not name:
        problems.append(Problem("name", "is empty", "write a name"))
    drill, no_drill = _drills(fields, known, kind, problems)
    place = _text(fields, "place", known.place, problems, limit=60)
    entry = RecipientEntry(
        ref=known.ref,
        kind=kind,
        name=name,
        place=_standing(place) if kind is RecipientKind.SCREEN else place,
        homes=_homes(fields, known.homes, problems),
        language=_language(fields, known.language, problems),
        roles=_list(fields, "roles", known.roles, problems),
        needs=_list(fields, "needs", known.needs, problems, allowed=NEEDS),
        drill=drill,
        no_drill=no_drill,
        addresses=_addresses(fields, known.addresses, problems, country=country),
        extra=_extra(fields, known, kind, problems),
    )
    if problems:
        raise Refused("Some fields are wrong.", problems)
    return entry


def _drills(
    fields: Mapping[str, Any], known: RecipientEntry, kind: RecipientKind, out: list[Problem]
) -> tuple[bool, bool]:
    """Whether they said yes to drills, and whether they said no. Staff take part from the start:
    one who does not has said so."""
    drill = _flag(fields, "drill", known.drill, out)
    never = known.no_drill
    if "drill" in fields:
        never = not drill and (known.no_drill or kind is RecipientKind.STAFF)
    never = _flag({"no_drill": never, **fields}, "no_drill", known.no_drill, out)
    if kind is RecipientKind.STAFF and "drill" not in fields and not never:
        drill = True
    if never and drill and "drill" in fields:
        out.append(problem("no_drill", "both"))
    return drill and not never, never


def _standing(place: str) -> str:
    """Where a screen stands, as places are written."""
    asked = read_screen_place(place) if place else None
    return asked.path if asked is not None else place


def _extra(
    fields: Mapping[str, Any], known: RecipientEntry, kind: RecipientKind, out: list[Problem]
) -> Mapping[str, Any]:
    """What a screen has besides: where it points."""
    if "way" not in fields:
        return known.extra
    if kind is not RecipientKind.SCREEN:
        out.append(problem("way", "no_screen"))
        return known.extra
    return {**known.extra, "way": read_way(fields["way"], known.extra.get("way") or {}, out)}


def _language(fields: Mapping[str, Any], known: str, out: list[Problem]) -> str:
    """The tag as it is written; one that means another language than people think is refused."""
    said = _text(fields, "language", known, out, limit=20)
    meant = tag_fault(said) if said and said != known else None
    if meant is not None:
        hint = f"write {meant}" if meant else "write a tag, such as zh-CN"
        out.append(Problem("language", f"{said!r} is no language tag", hint))
    return tidy_tag(said)


def _kind(fields: Mapping[str, Any], known: RecipientKind, out: list[Problem]) -> RecipientKind:
    said = fields.get("kind", known.value)
    try:
        return RecipientKind(said)
    except ValueError:
        names = ", ".join(RecipientKind)
        out.append(Problem("kind", f"{said!r} is not known", f"one of {names}"))
        return known


def _text(
    fields: Mapping[str, Any], key: str, known: str, out: list[Problem], *, limit: int
) -> str:
    value = fields.get(key, known)
    if not isinstance(value, str) or len(value) > limit:
        out.append(Problem(key, "is no text of that length", f"at most {limit} characters"))
        return known
    return value.strip()


def _name(fields: Mapping[str, Any], known: str, out: list[Problem]) -> str:
    """A name on one line, as an import reads it: no invisible marks, nothing that turns a line
    round or commands a terminal."""
    name = tidy(_text(fields, "name", known, out, limit=120))
    if has_lost_text(name) or "\n" in name:
        out.append(Problem("name", "holds characters that cannot be read", "type it anew"))
        return known
    return name


def _homes(
    fields: Mapping[str, Any], known: tuple[str, ...], out: list[Problem]
) -> tuple[str, ...]:
    """Paths of homes beside the first."""
    found = _list(fields, "homes", known, out)
    if len(found) > MOST_HOMES or any(not path or len(path) > 60 for path in found):
        out.append(Problem("homes", f"is no list of at most {MOST_HOMES} places"))
        return known
    return found


def _flag(fields: Mapping[str, Any], key: str, known: bool, out: list[Problem]) -> bool:  # noqa: FBT001 - a value, not a switch
    value = fields.get(key, known)
    if not isinstance(value, bool):
        out.append(Problem(key, "is neither true nor false"))
        return known
    return value


def _list(
    fields: Mapping[str, Any],
    key: str,
    known: tuple[str, ...],
    out: list[Problem],
    *,
    allowed: Sequence[str] = (),
) -> tuple[str, ...]:
    value = fields.get(key, known)
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
        out.append(Problem(key, "is no list of words"))
        return known
    wrong = [v for v in value if allowed and v not in allowed]
    if wrong:
        out.append(Problem(key, f"{wrong[0]!r} is not known", "one of " + ", ".join(allowed)))
    return tuple(dict.fromkeys(value))


def _addresses(
    fields: Mapping[str, Any],
    known: tuple[AddressEntry, ...],
    out: list[Problem],
    *,
    country: str,
) -> tuple[AddressEntry, ...]:
    if "addresses" not in fields:
        return known
    value = fields["addresses"]
    if not isinstance(value, list) or len(value) > MOST_ADDRESSES:
        out.append(Problem("addresses", f"is no list of at most {MOST_ADDRESSES}"))
        return known
    kept = {(a.channel, a.value): a for a in known}
    found = [
        _same(item, kept) or _address(item, f"addresses.{i}", out, country)
        for i, item in enumerate(value)
    ]
    entries = [kept.get((a.channel, a.value), a) for a in found if a is not None]
    return tuple({(a.channel, a.value): a for a in entries}.values())


def _same(item: Any, kept: Mapping[tuple[str, str], AddressEntry]) -> AddressEntry | None:
    """What is on record word for word stays, even where it is no number: only it can say why."""
    if not isinstance(item, Mapping):
        return None
    return kept.get((str(item.get("channel")), str(item.get("value")).strip()))


def _address(item: Any, where: str, out: list[Problem], country: str) -> AddressEntry | None:
    said = item if isinstance(item, Mapping) else {}
    found = read_address(said.get("channel"), said.get("value"), country=country)
    if isinstance(found, Wrong):
        what = found.words["en"]
        out.append(Problem(where, what, code=found.code, words=found.words))
        return None
    return AddressEntry(*found)
