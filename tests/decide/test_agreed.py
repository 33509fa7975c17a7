"""The hash of who gets what: the same for the same, another for whatever is another."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from hub.decide.agreed import LENGTH, audience_hash
from hub.decide.plan import ways_of
from hub.model import Kind
from tests.decide.test_draft import PEOPLE, REACHED, SETTINGS, make

SECRET = b"a secret of thirty-two characters"


def hashed(made: Any = None, kind: Kind = Kind.LIVE, secret: bytes = SECRET, **more: Any) -> str:
    made = made or make(kind=kind, **more)
    ways = ways_of(made.estate.reached, made.audience.told)
    return audience_hash(made, ways, kind=kind, secret=secret)


def people(at: int, field: int, value: Any) -> dict[str, Any]:
    rows = [list(row) for row in PEOPLE]
    rows[at][field] = value
    return {"estate": {"people": [tuple(row) for row in rows]}}


def test_it_is_the_same_in_any_order_and_at_any_time() -> None:
    dice = random.Random(7)
    two = [*REACHED, (10, "sms", "+15550100099")]
    known = {hashed(estate={"reached": two})}
    for _ in range(20):
        mixed = {"people": dice.sample(PEOPLE, len(PEOPLE)), "reached": dice.sample(two, len(two))}
        known.add(hashed(estate={**mixed, "next_number": dice.randrange(900), "roster_rev": 5}))
    assert len(known) == 1
    assert len(known.pop()) == LENGTH


SWAPPED = [(11, *PEOPLE[0][1:]), (10, *PEOPLE[1][1:]), *PEOPLE[2:]]
OTHERS: dict[str, dict[str, Any]] = {
    "somebody moved to another band": people(0, 2, 5),
    "two people changed places": {"estate": {"people": SWAPPED}},
    "somebody else in the flat": people(0, 0, 99),
    "a language": people(0, 3, "en"),
    "a need": people(0, 5, True),
    "a role": people(3, 4, '["engineering"]'),
    "a number": {"estate": {"reached": [(10, "sms", "+15550100098"), *REACHED[1:]]}},
    "one number more": {"estate": {"reached": [*REACHED, (12, "sms", "+15550100012")]}},
    "one number less": {"estate": {"reached": REACHED[1:]}},
    "the same numbers, exchanged": {
        "estate": {"reached": [(10, *REACHED[2][1:]), (13, *REACHED[0][1:]), *REACHED[1:2]]}
    },
    "the place": {"place": "3"},
    "a field": {"params": {"assembly_point": "gate"}},
    "the source": {"estate": {"settings": {**SETTINGS, "source": {"en": "Somebody"}}}},
    "the signature": {"estate": {"settings": {**SETTINGS, "sms_signature": "X"}}},
    "a signature in another language": {
        "estate": {"settings": {**SETTINGS, "sms_signatures": {"en": "X"}}}
    },
    "the estate's name": {"estate": {"name": {"en": "Another estate"}}},
    "a second home": {"estate": {"people": [*PEOPLE, (10, "resident", 5, *PEOPLE[0][3:])]}},
    "an assembly point": {"estate": {"settings": {**SETTINGS, "assembly_points": []}}},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_it_is_another_one_for(other: dict[str, Any]) -> None:
    assert hashed(**other) != hashed()


def test_it_is_another_one_for_words_accounts_kind_and_key() -> None:
    made = make()
    book = replace(made.playbook, source={**made.playbook.source, "summary": {"en": "new words"}})
    others = [
        hashed(replace(made, playbook=book)),
        hashed(replace(made, playbook=replace(made.playbook, version=99))),
        hashed(replace(made, media=made.media - {"sms"})),
        hashed(made, kind=Kind.DRILL),
        hashed(made, secret=b"another"),
    ]
    assert hashed() not in others
    assert len(set(others)) == len(others)


def test_what_changes_nothing_for_them_leaves_it() -> None:
    beside = [*REACHED, (77, "sms", "+15550100077"), (10, "email", "a@example.com")]
    noted = {**SETTINGS, "roster_columns": {"电话": "phone"}}
    assert hashed(estate={"reached": beside, "settings": noted, "letters": {"B"}}) == hashed()


def test_it_holds_for_the_whole_site() -> None:
    assert hashed(place="all") != hashed()


def test_numbers_that_turn_out_dead_or_opt_out_leave_it() -> None:
    """As texts and as calls: they are on record, whatever became of them."""
    media = frozenset({"sms", "voice", "screen"})
    called = [(who, "voice", number) for who, way, number in REACHED if way == "sms"]

    def made(reached: Any, unusable: Any = ()) -> Any:
        found = make(estate={"reached": reached, "unusable": unusable})
        return replace(found, media=media)

    whole = hashed(made([*REACHED, *called]))
    gone = (10, "sms", "+15550100010")
    rest = [way for way in [*REACHED, *called] if (way[0], way[2]) != (10, gone[2])]
    assert hashed(made(rest, [gone])) == whole
    landline = [*rest, (10, "voice", gone[2])]  # it takes calls alone
    assert hashed(made(landline, [gone])) == whole
    assert hashed(made(rest)) != whole
    assert hashed(made(rest, [(10, "sms", "+15550100097")])) != whole
