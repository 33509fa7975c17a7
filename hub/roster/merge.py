"""The same person given twice becomes one, and ids that several people share are told apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from hub.model import RecipientKind
from hub.roster.names import name_key
from hub.roster.problem_words import Code
from hub.roster.values import AddressRow, PersonRow, RowProblem, Severity


def merge_people(
    people: Sequence[PersonRow], *, problem: Callable[[RowProblem], None]
) -> tuple[PersonRow, ...]:
    """Each person once, in the file's order, with everything their rows say; merges are noted.

    The same one is who has the same id, or the same place and name; and whoever has the same name
    and a number in common, wherever their flats are: an owner of two flats has two homes."""
    apart = _shared_ids(people, problem=problem)
    merged: dict[str, PersonRow] = {}
    owners: dict[tuple[str, str], str] = {}
    shared = _shared_numbers(people)
    for person in people:
        if person.ref in apart:
            person = replace(person, ref=f"{person.ref}|{name_key(person.name)}")  # noqa: PLW2901
        marks = _marks(person, shared)
        ref = person.ref
        if ref not in merged:
            ref = _owner(person, marks, owners) or ref
        owners |= dict.fromkeys(marks, ref)
        before = merged.get(ref)
        if before is None:
            merged[ref] = person
            continue
        merged[ref] = _together(before, person)
        problem(_note(person, Code.SAME_PERSON, _rows(before), found=person.name))
    return tuple(merged.values())


def _shared_numbers(people: Sequence[PersonRow]) -> frozenset[str]:
    """The numbers that stand more than once: nobody else can be an owner of two flats."""
    seen = Counter([a.value for person in people for a in person.addresses])
    return frozenset(value for value, count in seen.items() if count > 1)


def _owner(
    person: PersonRow, marks: Sequence[tuple[str, str]], owners: Mapping[tuple[str, str], str]
) -> str:
    """The ref under which this person has another flat already, or ""; two ids are two people."""
    found = {owners[mark] for mark in marks if mark in owners}
    ref = found.pop() if len(found) == 1 else ""
    return "" if person.ref.startswith("id:") or ref.startswith("id:") else ref


def _marks(person: PersonRow, shared: frozenset[str]) -> list[tuple[str, str]]:
    """What tells a resident of a flat: the name with each of the numbers that stand again."""
    values = [a.value for a in person.addresses if a.usable and a.value in shared]
    named = person.named and person.kind is RecipientKind.RESIDENT and person.place.unit
    return [(name_key(person.name), value) for value in values] if values and named else []


def _shared_ids(
    people: Iterable[PersonRow], *, problem: Callable[[RowProblem], None]
) -> frozenset[str]:
    """The ids of the file's own that stand beside different names: ids of households."""
    names: dict[str, set[str]] = defaultdict(set)
    shared: set[str] = set()
    for person in people:
        if not person.ref.startswith("id:"):
            continue
        names[person.ref].add(name_key(person.name))
        if len(names[person.ref]) > 1 and person.ref not in shared:
            shared.add(person.ref)
            problem(_note(person, Code.SHARED_REF, person.ref[3:]))
    return frozenset(shared)


def _note(person: PersonRow, code: Code, arg: str, *, found: str = "") -> RowProblem:
    row = person.rows[0] if person.rows else 0
    return RowProblem(Severity.NOTE, code, person.sheet, row, found=found, args=(arg,))


def _rows(person: PersonRow) -> str:
    return ", ".join(str(r) for r in person.rows[:5])


def _together(one: PersonRow, two: PersonRow) -> PersonRow:
    homes = {h.path: h for h in (one.place, *one.homes, two.place) if h.path}
    return replace(
        one,
        place=one.place if one.place.path else two.place,
        homes=tuple(h for p, h in homes.items() if p != (one.place.path or two.place.path)),
        addresses=_both(one.addresses, two.addresses),
        roles=tuple(dict.fromkeys((*one.roles, *two.roles))),
        needs=tuple(dict.fromkeys((*one.needs, *two.needs))),
        drill=one.drill if one.drill is not None else two.drill,
        rows=(*one.rows, *two.rows),
    )


def _both(one: Sequence[AddressRow], two: Sequence[AddressRow]) -> tuple[AddressRow, ...]:
    seen = {(a.channel, a.value): a for a in (*two, *one)}
    order = dict.fromkeys((a.channel, a.value) for a in (*one, *two))
    return tuple(seen[key] for key in order)
