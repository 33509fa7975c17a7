"""What a person writes into a recipient's fields, checked all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.entries import AddressEntry, RecipientEntry, RecipientView
from hub.errors import Problem, Refused
from hub.model import RecipientKind
from hub.roster.cells import has_lost_text, tidy
from hub.roster.numbers import read_phones
from hub.tags import tag_fault, tidy_tag

CHANNELS = ("sms", "voice", "email", "wecom", "push", "screen")
MOST_ADDRESSES = 20
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
        addresses=view.addresses,
    )


def read_entry(known: RecipientEntry, fields: Mapping[str, Any], country: str) -> RecipientEntry:
    """`known` with the named fields, all checked at once."""
    problems: list[Problem] = []
    kind = _kind(fields, known.kind, problems)
    name = _name(fields, known.name, problems)
    if not name:
        problems.append(Problem("name", "is empty", "write a name"))
    entry = RecipientEntry(
        ref=known.ref,
        kind=kind,
        name=name,
        place=_text(fields, "place", known.place, problems, limit=60),
        language=_language(fields, known.language, problems),
        roles=_list(fields, "roles", known.roles, problems),
        needs=_list(fields, "needs", known.needs, problems, allowed=NEEDS),
        drill=_flag(fields, "drill", known.drill, problems),
        addresses=_addresses(fields, known.addresses, problems, country=country),
        extra=known.extra,
    )
    if problems:
        raise Refused("Some fields are wrong.", problems)
    return entry


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
    channel = item.get("channel") if isinstance(item, Mapping) else None
    value = item.get("value") if isinstance(item, Mapping) else None
    if channel not in CHANNELS or not isinstance(value, str) or not value.strip():
        said = ", ".join(CHANNELS)
        out.append(Problem(where, "needs a channel and a value", f"channels: {said}"))
        return None
    if channel not in {"sms", "voice"}:
        return AddressEntry(channel, value.strip()[:500])
    read = [n.address for n in read_phones(value, country=country)]
    if len(read) != 1 or not read[0].usable:
        out.append(Problem(where, "is no telephone number", "with its country code: +44 …"))
        return None
    return AddressEntry(channel, read[0].value)
