"""The same person given twice becomes one, and ids that several people share are told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from hub.roster.names import name_key
from hub.roster.problem_words import Code
from hub.roster.values import AddressRow, PersonRow, RowProblem, Severity


def merge_people(
    people: Sequence[PersonRow], *, problem: Callable[[RowProblem], None]
) -> tuple[PersonRow, ...]:
    """Each ref once, in the file's order, with everything its rows say; merges are noted."""
    apart = _shared_ids(people, problem=problem)
    several = _homes(people)
    merged: dict[str, PersonRow] = {}
    for person in people:
        if person.ref in apart:
            person = replace(person, ref=f"{person.ref}|{name_key(person.name)}")  # noqa: PLW2901
        if len(several.get(person.ref, ())) > 1:
            person = replace(person, ref=f"{person.ref}@{person.place.path}")  # noqa: PLW2901
        before = merged.get(person.ref)
        if before is None:
            merged[person.ref] = person
            continue
        merged[person.ref] = _together(before, person)
        problem(_note(person, Code.SAME_PERSON, _rows(before), found=person.name))
    return tuple(merged.values())


def _homes(people: Iterable[PersonRow]) -> dict[str, set[str]]:
    """The places of each id of the file's own: an owner of two flats has both."""
    homes: dict[str, set[str]] = defaultdict(set)
    for person in people:
        if person.ref[:3] == "id:":
            homes[person.ref].add(person.place.path)
    return homes


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
    return replace(
        one,
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
