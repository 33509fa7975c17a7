"""The demo estate: as it is described, the same for the same seed, and nobody's number."""

from __future__ import annotations

from collections import Counter

import pytest

from hub.errors import Refused
from hub.model import PlaceKind, RecipientKind
from hub.roster.demo import demo_estate
from hub.roster.demo_numbers import MOST, handsets, is_fiction
from hub.roster.demo_values import DemoRecipient, Estate
from hub.roster.place_path import parse_place
from hub.roster.vocabulary import NEEDS, ROLES

ESTATE = demo_estate()


def test_the_estate_is_as_described() -> None:
    counts = dict(ESTATE.counts())
    assert 1750 <= counts.pop("handsets") <= 1790
    assert 650 <= counts.pop("households") < 720
    assert counts.pop("places") == 1 + 6 * (1 + 30 + 120 + 5) + 10
    assert counts == {
        "residents": 1900,
        "vulnerable": 31,
        "unreachable": 31,
        "unreachable_flats": 11,
        "staff": 25,
        "screens": 40,
        "groups": 12,
    }


def test_the_same_seed_gives_the_same_estate_and_another_gives_another() -> None:
    assert demo_estate(300, seed=7) == demo_estate(300, seed=7)
    assert demo_estate(300, seed=7) != demo_estate(300, seed=8)


@pytest.mark.parametrize("people", [2, 9, 40, 60, 61, 300, 2000, 2201, 5000, 20_000, 30_000])
def test_any_size_has_exactly_so_many_residents_and_whole_references(people: int) -> None:
    estate = demo_estate(people)
    assert estate.counts()["residents"] == people
    whole(estate)


def whole(estate: Estate) -> None:
    """Every place has its parent before it; every ref, place and helper exists, once."""
    seen: set[str] = set()
    for place in estate.places:
        assert place.path not in seen
        assert place.parent is None or place.parent in seen
        seen.add(place.path)
    refs = {r.ref: r for r in estate.recipients}
    assert len(refs) == len(estate.recipients)
    assert all(r.place in seen for r in estate.recipients)
    for recipient in estate.recipients:
        for ref in recipient.helpers:
            assert refs[ref].kind in {RecipientKind.RESIDENT, RecipientKind.STAFF}
            assert ref != recipient.ref


def test_every_number_is_reserved_for_fiction_and_every_handset_its_own() -> None:
    numbers = [a for r in people() for a in r.addresses if a.channel == "sms" and a.usable]
    assert all(is_fiction(a.value) for a in numbers)
    staff = [a.value for r in ESTATE.of(RecipientKind.STAFF) for a in r.addresses]
    residents = {a.value for r in ESTATE.of(RecipientKind.RESIDENT) for a in r.addresses}
    assert len(set(staff)) == 25
    assert not residents & set(staff)


def people() -> list[DemoRecipient]:
    kinds = {RecipientKind.RESIDENT, RecipientKind.STAFF}
    return [r for r in ESTATE.recipients if r.kind in kinds]


def test_a_real_number_is_not_taken_for_fiction() -> None:
    assert not is_fiction("+12125551234")
    assert not is_fiction("+447700899999")
    assert is_fiction("+447700900123")


def test_phones_are_shared_inside_a_flat_only() -> None:
    flats: dict[str, set[str]] = {}
    holders: Counter[str] = Counter()
    for person in ESTATE.of(RecipientKind.RESIDENT):
        for address in person.addresses:
            if address.usable:
                flats.setdefault(address.value, set()).add(person.place)
                holders[address.value] += 1
    assert all(len(places) == 1 for places in flats.values())
    assert sum(n > 1 for n in holders.values()) > 60


def test_the_vulnerable_have_a_known_need_and_two_who_help() -> None:
    vulnerable = [r for r in ESTATE.of(RecipientKind.RESIDENT) if r.needs]
    assert {n for r in vulnerable for n in r.needs} == set(NEEDS) - {"other"}
    assert all(len(r.helpers) == 2 for r in vulnerable)
    refs = {r.ref: r for r in ESTATE.recipients}
    for person in vulnerable:
        near, steward = (refs[ref] for ref in person.helpers)
        assert not near.needs
        assert near.place.split("/")[0] == person.place.split("/")[0]
        assert (steward.roles, steward.place) == (("steward",), person.place.split("/")[0])


def test_several_languages_are_spoken_mostly_chinese() -> None:
    spoken = Counter(r.language for r in ESTATE.of(RecipientKind.RESIDENT))
    assert set(spoken) == {"zh-CN", "en", "ja", "ko"}
    assert spoken["zh-CN"] > 1500
    assert 5 <= spoken["ko"] <= 100


def test_staff_fill_every_role_and_each_tower_has_its_steward() -> None:
    staff = ESTATE.of(RecipientKind.STAFF)
    assert {role for s in staff for role in s.roles} == set(ROLES)
    assert [s.place for s in staff if "steward" in s.roles] == list("123456")


def test_screens_hang_in_lobbies_lifts_and_at_gates_with_a_way_out() -> None:
    kinds = {p.path: p.kind for p in ESTATE.places}
    screens = ESTATE.of(RecipientKind.SCREEN)
    hung = Counter(kinds[s.place] for s in screens)
    assert hung == {PlaceKind.LOBBY: 18, PlaceKind.LIFT: 12, PlaceKind.SPOT: 10}
    points = {p["key"] for p in ESTATE.site.settings["assembly_points"]}
    for screen in screens:
        assert screen.way["arrow"] in {"left", "right", "ahead", "back"}
        assert set(screen.way["door"]) == {"zh-CN", "en"}
        assert screen.way["metres"] > 0
        assert screen.way["assembly"] in points


def test_all_screens_of_a_tower_send_people_to_the_same_place() -> None:
    ways: dict[str, set[str]] = {}
    for screen in ESTATE.of(RecipientKind.SCREEN):
        if "/" in screen.place:
            ways.setdefault(screen.place.split("/")[0], set()).add(screen.way["assembly"])
    assert all(len(points) == 1 for points in ways.values())


def test_groups_have_robot_keys_that_are_plainly_invented() -> None:
    keys = [a.value for g in ESTATE.of(RecipientKind.GROUP) for a in g.addresses]
    assert len(set(keys)) == 12
    assert all(k.startswith("00000000-0000-4000-8000-") for k in keys)


def test_everyone_takes_part_in_drills() -> None:
    assert all(r.drill for r in ESTATE.recipients)


def test_every_place_of_the_estate_can_be_asked_for_by_its_path() -> None:
    for place in (*ESTATE.places[1:], *demo_estate(5000).places[1:]):
        assert parse_place(place.path).path == place.path


def test_a_large_estate_has_unequal_towers_and_several_entrances() -> None:
    places = demo_estate(20_000).places
    tops: dict[str, int] = {}
    for place in places:
        if place.kind is PlaceKind.FLOOR and place.level is not None:
            tops[place.building] = max(tops.get(place.building, 0), place.level)
    assert len(tops) == 20
    assert len(set(tops.values())) > 5
    assert any(p.kind is PlaceKind.ENTRANCE for p in places)


def test_a_hamlet_has_two_low_houses_without_lifts() -> None:
    places = demo_estate(20).places
    assert sum(p.kind is PlaceKind.BUILDING for p in places) == 2
    assert not any(p.kind is PlaceKind.LIFT for p in places)


@pytest.mark.parametrize("people", [-1, 0, 1, MOST + 1])
def test_a_size_that_cannot_be_is_refused(people: int) -> None:
    with pytest.raises(Refused) as refusal:
        demo_estate(people)
    assert refusal.value.problems[0].where == "people"


def test_fiction_has_only_so_many_numbers() -> None:
    import random

    with pytest.raises(Refused):
        handsets(MOST + 1, chance=random.Random(1))
