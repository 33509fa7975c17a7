"""The residents of the demo estate: households with shared phones, needs, and named helpers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hub.model import RecipientKind
from hub.roster.demo_names import family_names
from hub.roster.demo_values import DemoRecipient
from hub.roster.people import person_ref
from hub.roster.problem_words import Code
from hub.roster.values import AddressRow, PlaceParts
from hub.states import Reason

_T = TypeVar("_T")

_LANGUAGES = (("zh-CN", 0.885), ("en", 0.08), ("ja", 0.02), ("ko", 0.015))
_SIZES = ((1, 0.20), (2, 0.30), (3, 0.30), (4, 0.15), (5, 0.05))
_NEEDS = ("moves_slowly",) * 12 + ("wheelchair",) * 6 + ("powered_device",) * 3
_MORE_NEEDS = ("hearing",) * 4 + ("sight",) * 2 + ("infant",) * 4
_PER_PERSON = 31 / 1900  # people with needs, and people nobody can reach
_SHARING = 100 / 1900  # people who answer on a relative's phone


@dataclass(slots=True)
class Household:
    """The people of one flat."""

    home: PlaceParts
    size: int
    language: str = "zh-CN"
    silent: bool = False  # no usable address
    names: list[str] = field(default_factory=list)


def households(
    homes: Sequence[PlaceParts], people: int, *, chance: random.Random
) -> list[Household]:
    """`people` residents over the homes; about one flat in 25 stays vacant."""
    occupied = min(len(homes), people, max(1, round(len(homes) * 0.96)))
    chosen = sorted(chance.sample(range(len(homes)), occupied))
    sizes = _sizes(occupied, people, chance=chance)
    found = [Household(homes[i], s) for i, s in zip(chosen, sizes, strict=True)]
    for household in found:
        household.language = _pick(_LANGUAGES, chance=chance)
        household.names = family_names(household.language, household.size, chance=chance)
    for household in _silent(found, round(people * _PER_PERSON), chance=chance):
        household.silent = True
    return found


def _sizes(count: int, people: int, *, chance: random.Random) -> list[int]:
    """`count` household sizes that add up to `people`."""
    sizes = [_pick(_SIZES, chance=chance) for _ in range(count)]
    short = people - sum(sizes)
    while short:
        index = chance.randrange(count)
        if short > 0 and sizes[index] < max(5, -(-people // count) + 2):
            sizes[index] += 1
            short -= 1
        elif short < 0 and sizes[index] > 1:
            sizes[index] -= 1
            short += 1
    return sizes


def _silent(found: Sequence[Household], people: int, *, chance: random.Random) -> list[Household]:
    """Flats nobody can reach: in all about `people` persons in a third as many flats."""
    flats = round(people * 11 / 31)
    best: list[Household] = []
    for _ in range(500 if flats else 0):
        best = chance.sample(found, min(flats, len(found)))
        if sum(h.size for h in best) == people:
            break
    return best


def _pick(table: Sequence[tuple[_T, float]], *, chance: random.Random) -> _T:
    return chance.choices([v for v, _ in table], [w for _, w in table])[0]


def residents(
    found: Sequence[Household],
    numbers: Sequence[str],
    *,
    stewards: Mapping[str, str],
    chance: random.Random,
) -> tuple[DemoRecipient, ...]:
    """Everyone who lives there. `stewards`: building → ref of the one who looks after it."""
    third = [(h, i) for h in found if not h.silent for i in range(2, h.size)]
    people = sum(h.size for h in found)
    shared = {
        (h.home.path, i) for h, i in chance.sample(third, min(len(third), round(people * _SHARING)))
    }
    supply = iter(numbers)
    made = [
        person
        for household in found
        for person in _people(household, shared, supply, chance=chance)
    ]
    return _with_needs(made, found, stewards=stewards, chance=chance)


def _people(
    household: Household,
    shared: set[tuple[str, int]],
    supply: Iterator[str],
    *,
    chance: random.Random,
) -> list[DemoRecipient]:
    path = household.home.path
    own = [] if household.silent else [AddressRow("sms", next(supply))]
    # Some of the unreachable have a number that was cut short when it was written down.
    cut = AddressRow("sms", "2025550", False, Reason.BAD_ADDRESS, Code.PHONE_SHORT)
    bad = (cut,) if household.silent and chance.random() < 0.4 else ()
    made: list[DemoRecipient] = []
    for index, name in enumerate(household.names):
        if index and own and (path, index) not in shared:
            own.append(AddressRow("sms", next(supply)))
        elif index and own:
            own.append(chance.choice(own[:2]))
        made.append(
            DemoRecipient(
                ref=person_ref(path, name),
                kind=RecipientKind.RESIDENT,
                name=name,
                place=path,
                language=household.language,
                addresses=(own[index],) if own else bad,
            )
        )
    return made


def _with_needs(
    made: list[DemoRecipient],
    found: Sequence[Household],
    *,
    stewards: Mapping[str, str],
    chance: random.Random,
) -> tuple[DemoRecipient, ...]:
    """Some residents with a need, each with a named helper at home or next door, and a steward."""
    able = [i for i, p in enumerate(made) if any(a.usable for a in p.addresses)]
    count = min(len(able) // 2, round(len(made) * _PER_PERSON))
    needs = [*_NEEDS, *_MORE_NEEDS]
    chance.shuffle(needs)
    chosen = sorted(chance.sample(able, count))
    building = {h.home.path: h.home.building for h in found}
    free = frozenset(able) - frozenset(chosen)
    for turn, index in enumerate(chosen):
        person = made[index]
        near = _nearest(index, made, free)
        helpers = [made[near].ref]
        if steward := stewards.get(building[person.place]):
            helpers.append(steward)
        need = needs[turn % len(needs)]
        made[index] = replace(person, needs=(need,), helpers=tuple(helpers))
    return tuple(made)


def _nearest(index: int, made: Sequence[DemoRecipient], free: frozenset[int]) -> int:
    """Someone able to help: of the same flat if possible, else the next neighbour."""
    steps = (i for d in range(1, len(made)) for i in (index - d, index + d) if i in free)
    home = [i for i in range(index - 6, index + 7) if i in free]
    same = [i for i in home if made[i].place == made[index].place]
    return same[0] if same else next(steps)
