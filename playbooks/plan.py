"""Rules about the plan: bands, waves, channels, parameters, CAP fields, names in every language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from hub.decide.byhand import BY_HAND, by_hand
from hub.decide.texts import PAGE, carries
from hub.decide.variables import BUILT_IN
from hub.model import PEOPLE, Band, Level, Parameter, RecipientKind, Wave, Words
from playbooks.case import LATER, Case, Finding

CAP: Mapping[str, tuple[str, ...]] = {
    "category": (
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
        "Infra", "CBRNE", "Other",
    ),
    "responseType": (
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear",
        "None",
    ),
    "urgency": ("Immediate", "Expected", "Future", "Past", "Unknown"),
    "severity": ("Extreme", "Severe", "Moderate", "Minor", "Unknown"),
    "certainty": ("Observed", "Likely", "Possible", "Unlikely", "Unknown"),
}  # fmt: skip
"""The closed lists of CAP 1.2 (OASIS, 1 July 2010, section 3.2.2)."""

WIDTH = {"floor": 0, "evacuate": 1, "building": 2, "site": 3}
"""Which `where` takes in which: a wider one leaves nothing to a narrower one after it."""


def keys_are_single(case: Case) -> Iterator[Finding]:
    """Two bands, waves, tasks or parameters never share a key."""
    book = case.playbook
    lists: dict[str, Sequence[str]] = {
        "parameters": [one.key for one in book.parameters],
        "bands": [one.key for one in book.bands],
        "waves": [one.key for one in book.waves],
        "tasks": [one.key for one in book.tasks],
    }
    for name, keys in lists.items():
        doubled = {key for key, times in Counter(keys).items() if times > 1}
        for number, key in enumerate(keys):
            if key in doubled and key in keys[:number]:
                yield Finding((name, number, "key"), f"the key {key!r} is there twice", "rename it")


def names_are_complete(case: Case) -> Iterator[Finding]:
    """What operators read is there in every language of the site."""
    book = case.playbook
    named: list[tuple[tuple[str | int, ...], Words]] = [
        (("name",), book.name),
        (("summary",), book.summary),
        *((("unusable", channel), why) for channel, why in book.unusable.items()),
    ]
    for number, parameter in enumerate(book.parameters):
        named.append((("parameters", number, "name"), parameter.name))
        if parameter.hint:
            named.append((("parameters", number, "hint"), parameter.hint))
        for index, option in enumerate(parameter.options):
            named.append((("parameters", number, "options", index, "name"), option.name))
    named += [(("bands", n, "name"), one.name) for n, one in enumerate(book.bands)]
    named += [(("waves", n, "name"), one.name) for n, one in enumerate(book.waves)]
    named += [(("tasks", n, "name"), one.name) for n, one in enumerate(book.tasks)]
    for path, words in named:
        for language in case.languages:
            if language not in words:
                yield Finding(path, f"is missing in {language}", f"add `{language}: …`")


def parameters_are_usable(case: Case) -> Iterator[Finding]:
    """Every parameter can be filled in, and its default is one of its values."""
    for number, one in enumerate(case.playbook.parameters):
        path = ("parameters", number)
        if one.key in BUILT_IN or one.key.removesuffix("_value") in BUILT_IN:
            yield Finding((*path, "key"), f"{one.key!r} is a word texts already have", "rename it")
        if one.kind == "choice" and not one.options and not one.source:
            yield Finding(path, "is a choice of nothing", "add `options:` or `source:`")
        what = _default_problem(one)
        if what:
            yield Finding((*path, "default"), what)


def _default_problem(one: Parameter) -> str:
    values = {option.value for option in one.options}
    if not one.default:
        return ""
    if one.kind == "choice" and values and one.default not in values:
        return f"is {one.default!r}, which is none of its options ({', '.join(sorted(values))})"
    if one.kind == "minutes" and not one.default.isdigit():
        return f"is {one.default!r}, which is no number of minutes"
    if one.kind == "clock" and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", one.default):
        return f"is {one.default!r}, which is no time of day like 14:30"
    return f"is longer than {one.limit} characters" if len(one.default) > one.limit else ""


def bands_take_someone(case: Case) -> Iterator[Finding]:
    """No band stands behind one that takes all its people, and each is told something."""
    bands = case.playbook.bands
    told = {key for wave in case.playbook.waves for key in wave.bands}
    for number, band in enumerate(bands):
        before = next((one for one in bands[:number] if _covers(one, band)), None)
        if before:
            what = f"can never take anyone: {before.key!r} before it takes them all"
            yield Finding(("bands", number), what, "move the narrower band up")
        if band.key not in told:
            what = f"no wave ever tells the band {band.key!r}"
            yield Finding(("bands", number), what, "add it to a wave, or remove it")


def _covers(wide: Band, narrow: Band) -> bool:
    return (
        narrow.kinds <= wide.kinds
        and WIDTH[narrow.where] <= WIDTH[wide.where]
        and (not wide.roles or bool(narrow.roles and narrow.roles <= wide.roles))
        and (not wide.needs or narrow.needs)
        and not (wide.where == narrow.where == "evacuate" and narrow.below > wide.below)
    )


def channels_are_known(case: Case) -> Iterator[Finding]:
    """Waves, words and `unusable` name only channels that exist, waves none the hazard kills."""
    known = set(case.traits) | LATER
    hint = "known are " + ", ".join(sorted(known))
    for number, wave in enumerate(case.playbook.waves):
        for index, channel in enumerate(wave.channels):
            path = ("waves", number, "channels", index)
            if channel not in known:
                yield Finding(path, f"there is no channel {channel!r}", hint)
            elif channel in case.playbook.unusable:
                what = f"{channel!r} is listed as unusable in this hazard"
                yield Finding(path, what, "use another channel here")
    for channel in case.playbook.unusable:
        if channel not in known:
            yield Finding(("unusable", channel), f"there is no channel {channel!r}", hint)
    for text in case.texts:
        if text.channel not in known | {PAGE} or text.channel in BY_HAND:
            yield Finding(text.path[:-1], f"there are no texts for {text.channel!r}", hint)


def waves_can_come(case: Case) -> Iterator[Finding]:
    """Each wave has a time before the alert dies and somebody it can reach."""
    for number, wave in enumerate(case.playbook.waves):
        path = ("waves", number)
        yield from _timing(case, wave, path)
        bands = {one.key: one for one in case.playbook.bands}
        for index, key in enumerate(wave.bands):
            if key not in bands:
                hint = "bands are " + ", ".join(bands)
                yield Finding((*path, "bands", index), f"there is no band {key!r}", hint)
        present = [bands[key] for key in wave.bands if key in bands]
        reason = _nobody(case, wave, present) if present else ""
        if reason:
            yield Finding(path, f"the wave {wave.key!r} can never come: {reason}")
    if not any(wave.after == timedelta(0) for wave in case.playbook.waves):
        yield Finding(("waves",), "no wave comes at once", "give one `after: 0s`")


def fills_can_come(case: Case) -> Iterator[Finding]:
    """A wave that is left out once enough have answered says how many, and somebody can."""
    staff = [band for band in case.playbook.bands if RecipientKind.STAFF in band.kinds]
    open_to_all = any(not band.roles for band in staff)
    held = {role for band in staff for role in band.roles}
    for number, wave in enumerate(case.playbook.waves):
        path = ("waves", number, "fill")
        if wave.fill_roles and not wave.fill:
            yield Finding(path, "names roles and no number", "add `count: 1`")
        if wave.fill and not wave.after and not wave.repeat:
            what = "the wave comes at once: nobody can have answered before it"
            yield Finding(path, what, "remove it, or send the wave later with `after:`")
        for role in sorted(wave.fill_roles - held) if not open_to_all else ():
            what = f"nobody with the role {role!r} is in any band, so it is never filled"
            yield Finding((*path, "roles"), what, "name a role of a staff band")


def _timing(case: Case, wave: Wave, path: tuple[str | int, ...]) -> Iterator[Finding]:
    last = wave.after + wave.every * wave.repeat
    if last >= case.playbook.expires:
        what = f"the wave {wave.key!r} can never come in full: the alert has expired by then"
        yield Finding((*path, "after"), what, "make it earlier, repeat less, or raise `expires`")
    if wave.repeat and not wave.every:
        yield Finding((*path, "repeat"), "repeats without a pause", "add `every:`")


def _nobody(case: Case, wave: Wave, bands: Sequence[Band]) -> str:
    """Why a wave reaches nobody, or nothing."""
    usable = [one for one in wave.channels if one not in case.playbook.unusable]
    if not usable:
        return "the hazard makes all its channels unusable"
    if not any(carries(channel, band.kinds) for channel in usable for band in bands):
        return "its channels cannot reach the kinds of its bands"
    if wave.needs and not any(band.kinds & PEOPLE for band in bands):
        return "it asks for people with needs, its bands hold no people"
    with_roles = [band for band in bands if RecipientKind.STAFF in band.kinds]
    if wave.roles and not any(not b.roles or b.roles & wave.roles for b in with_roles):
        return "no band of it holds staff with these roles"
    return ""


def life_is_long_enough(case: Case) -> Iterator[Finding]:
    """An alert lives until its first update is due; something is done about those not reached."""
    book = case.playbook
    if not timedelta(0) < book.update_every <= book.expires:
        what = "the alert expires before its first update is due"
        yield Finding(("update_every",), what, "make it at most `expires`, and more than 0s")
    human = any(by_hand(wave.channels) for wave in book.waves)
    if book.level in {Level.P1, Level.P2} and not human:
        what = f"{book.level} needs one way that does not depend on any device"
        yield Finding(("waves",), what, "add a wave with `channels: [door]`")


def cap_is_valid(case: Case) -> Iterator[Finding]:
    """CAP fields are there and hold words of the standard."""
    cap = case.playbook.cap
    for key, allowed in CAP.items():
        value = cap.get(key)
        if value is None:
            yield Finding(("cap",), f"{key} is missing", f"one of {', '.join(allowed)}")
        elif value not in allowed:
            hint = f"one of {', '.join(allowed)}"
            yield Finding(("cap", key), f"{value!r} is no CAP word", hint)
    if not cap.get("event"):
        yield Finding(("cap",), "event is missing", "say what happens, as `event: Fire`")
    for key in cap.keys() - CAP.keys() - {"event"}:
        yield Finding(("cap", key), f"{key!r} is no CAP field we send", "remove it")


RULES = (
    keys_are_single,
    names_are_complete,
    parameters_are_usable,
    bands_take_someone,
    channels_are_known,
    waves_can_come,
    fills_can_come,
    life_is_long_enough,
    cap_is_valid,
)
