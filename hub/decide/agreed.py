"""The hash of who gets what: what a person has seen in a preview, and the launch is held to.

Keyed, so that nobody can try out who might be in it. What changes by itself is no part of it: time,
code and letter of the incident; that a number on record turns out to be dead, or opts out. While a
first incident goes out such numbers are found by the hundred, and a second one must not wait for
that to end.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from itertools import islice

from hub.decide.dials import DIALS
from hub.decide.draft import Draft
from hub.decide.plan import Ways
from hub.model import Kind
from hub.plans import Reached, Told

LENGTH = 32
"""Characters of the hash: 128 bits."""

_PURPOSE = b"audience/1\n"
_WORDED = (
    "country", "emergency", "languages", "sms_signature", "sms_signatures", "source", "timezone",
)  # fmt: skip
"""Settings its texts speak of, beside those a playbook's fields take their options from."""

_PART = 5_000  # people at a time: no second copy of everyone is held
_FIELD, _WAY = "\x1f", "\x1e"  # in no column and no address


def audience_hash(made: Draft, ways: Ways, *, kind: Kind, secret: bytes) -> str:
    """The same in every process while the same people are told the same by the same ways; another
    one for another recipient, band, language, flat (their further ones, too), role, address,
    playbook, field or setting."""
    mac = hmac.new(secret, _PURPOSE + _what(made, kind).encode(), "sha256")
    used = {channel for wave in made.waves for channel in wave.spec["channels"]} & made.media
    lines = _lines(made.audience.told, ways, _beside(made.estate.unusable), frozenset(used))
    while part := list(islice(lines, _PART)):
        mac.update("".join(part).encode("utf-8", "surrogatepass"))
    mac.update("".join(_homes(made.audience.further)).encode())
    return mac.hexdigest()[:LENGTH]


def _what(made: Draft, kind: Kind) -> str:
    """What is said, and where: all that its texts are made of."""
    book, target, settings = made.playbook, made.target, made.estate.settings
    asked = {*_WORDED, *(one.source for one in book.parameters)}
    said = {
        "site": made.estate.site,
        "kind": str(kind),
        "place": target.path,
        "estate": dict(made.estate.name),
        "names": [dict(target.building_name), dict(target.place.name) if target.place else {}],
        "playbook": [book.key, book.version, dict(book.source)],
        "params": dict(made.params),
        "settings": {key: settings[key] for key in asked if key in settings},
        "media": sorted(made.media),
        "waves": [wave.after_ms for wave in made.waves],
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def _beside(unusable: Sequence[Reached]) -> dict[int, list[tuple[str, str]]]:
    """The ways people would have if nothing were wrong with their addresses."""
    found: dict[int, list[tuple[str, str]]] = {}
    for recipient, channel, value in unusable:
        mine = found.setdefault(recipient, [])
        mine.extend((by, value) for by, media in DIALS.items() if channel in media)
        mine.append((channel, value))
    return found


def _lines(told: Sequence[Told], ways: Ways, beside: Ways, used: frozenset[str]) -> Iterator[str]:
    """A line for each of the audience, in the order they are told in."""
    for row in told:
        mine = [f"{way[0]} {way[1]}" for way in ways.get(row[0], ()) if way[0] in used]
        if row[0] in beside:
            mine += [f"{way[0]} {way[1]}" for way in beside[row[0]] if way[0] in used]
            mine = list(set(mine))
        if len(mine) > 1:
            mine.sort()
        yield (
            f"{row[0]} {row[1]} {row[3]} {row[4]} {row[5]} {row[6]} {row[8]}"
            f"{_FIELD}{row[2]}{_FIELD}{row[7]}{_FIELD}{_WAY.join(mine)}\n"
        )


def _homes(further: Sequence[Told]) -> Iterator[str]:
    """A line for each further home: its door may be knocked at, whoever else lives there."""
    yield from sorted(f"home {row[0]} {row[5]}{_FIELD}{row[2]}\n" for row in further)
