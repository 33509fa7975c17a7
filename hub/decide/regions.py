"""Sorts of numbers by who serves them: one slow or silent account holds up no number of another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.decide.accounts import LATER, Offer, Wanted, choose


@dataclass(frozen=True, slots=True)
class Region:
    """Addresses that begin with `code` and with none of `others`; the same accounts serve all."""

    code: str
    others: tuple[str, ...] = ()


def regions(offers: Sequence[Offer]) -> tuple[Region, ...]:
    """Every address lies in one of these; none at all where every account serves everything."""
    codes = sorted({code for offer in offers for code in offer.terms.countries})
    if not codes:
        return ()
    named = (Region(code, _within(code, codes)) for code in codes)
    return (*named, Region("+", tuple(codes)), Region("", ("+",)))


def waiting(offers: Sequence[Offer], found: Iterable[Region]) -> list[Region]:
    """The regions whose accounts are closed, or have no room now: nothing there can be taken."""
    room = {offer.name: offer.room for offer in offers}
    return [one for one in found if choose(offers, Wanted(one.code, 0), room) == LATER]


def _within(code: str, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in codes if one != code and one.startswith(code))
