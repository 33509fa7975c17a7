"""What happens again and again is written down now and then, with how often: a flood of it must
fill no record, and not one may go uncounted.

The first of a kind is due at once, what follows after a minute, then two, then four, to an hour.
Kinds are without number as well (addresses): beyond `ROWS` an hour all new ones are one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

FIRST = 60.0  # seconds
LONGEST = 3600.0
ROWS = 60  # kinds begun in an hour by one process
HOUR = 3600.0

Kind = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pile:
    """What has come since the last row. `due`: when the next one is; `wait`: the one after it."""

    count: int
    due: float
    wait: float = FIRST


@dataclass(frozen=True, slots=True)
class Folds:
    """Everything that is counted. `begun`: when kinds began in the last hour."""

    piles: Mapping[Kind, Pile] = field(default_factory=dict)
    begun: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """So many of a kind are to be written down."""

    kind: Kind
    count: int


def counted(folds: Folds, kind: Kind, *, others: Kind, now: float) -> Folds:
    """One more. `others`: the kind of all that there is no room for by themselves."""
    begun = tuple(at for at in folds.begun if at > now - HOUR)
    pile = folds.piles.get(kind)
    if pile is None and len(begun) >= ROWS:
        kind, pile = others, folds.piles.get(others, Pile(0, now + FIRST))
    elif pile is None:
        pile, begun = Pile(0, now), (*begun, now)
    return Folds({**folds.piles, kind: replace(pile, count=pile.count + 1)}, begun)


def due(folds: Folds, *, now: float, all_: bool = False) -> tuple[Folds, tuple[Row, ...]]:
    """What is to be written down now. `all_`: everything, for it is the end."""
    kept: dict[Kind, Pile] = {}
    rows = []
    for kind, pile in folds.piles.items():
        if pile.due > now and not all_:
            kept[kind] = pile
        elif pile.count:
            rows.append(Row(kind, pile.count))
            kept[kind] = Pile(0, now + pile.wait, min(pile.wait * 2, LONGEST))
    return Folds(kept, folds.begun), tuple(rows)


def again(folds: Folds, row: Row, *, now: float) -> Folds:
    """A row that could not be written is still to be."""
    pile = folds.piles.get(row.kind, Pile(0, now + FIRST))
    later = replace(pile, count=pile.count + row.count)
    return Folds({**folds.piles, row.kind: later}, folds.begun)
