from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.audience import FIRST, Audience, audience, bands_by_floor, by_band, roles_of
from hub.decide.drills import Drills
from hub.decide.ground import survey
from hub.model import PEOPLE, Band, Place, PlaceId, PlaceKind, RecipientKind, SiteId
from hub.plans import Person, Spot

RESIDENT, STAFF, SCREEN = RecipientKind.RESIDENT, RecipientKind.STAFF, RecipientKind.SCREEN
BANDS = (
    Band("evacuate", {}, frozenset({RESIDENT}), "evacuate"),
    Band("hold", {}, frozenset({RESIDENT}), "building"),
    Band("security", {}, frozenset({STAFF}), "site", roles=frozenset({"security"})),
    Band("staff", {}, frozenset({STAFF}), "site"),
    Band("frail", {}, frozenset({RESIDENT}), "site", needs=True),
    Band("screens", {}, frozenset({SCREEN}), "site"),
)
FLATS = {n: Spot(n, "unit", f"3/{n}/{n}01", "3", "", str(n), n) for n in range(1, 21)}
SPOTS = [*FLATS.values(), Spot(99, "unit", "4/1/101", "4", "", "1", 1)]
FIRE = Place(
    PlaceId(12), SiteId(1), None, PlaceKind.FLOOR, "3/12", building="3", floor="12", level=12
)
GROUND = survey(FIRE, SPOTS, bands=BANDS)


def person(
    number: int,
    place: int | None = None,
    kind: str = "resident",
    *,
    language: str = "zh-CN",
    roles: str = "[]",
    vulnerable: bool = False,
    drill: bool = False,
) -> Person:
    return (number, kind, place, language, roles, vulnerable, drill)


def find(people: list[Person], *, drills: Drills | None = None) -> Audience:
    return audience(
        people,
        SPOTS,
        bands=BANDS,
        ground=GROUND,
        languages=("zh-CN", "en"),
        site_languages=("zh-CN",),
        drills=drills,
    )


PERSON = st.builds(
    person,
    st.integers(1, 60),
    st.sampled_from([None, 99, 1234, *FLATS]),
    st.sampled_from(["resident", "staff", "screen", "group", "outside"]),
    language=st.sampled_from(["zh-CN", "zh-TW", "en", "en-GB", "fr", ""]),
    roles=st.sampled_from(["[]", '["security"]', '["a","security"]', '["cook"]']),
    vulnerable=st.booleans(),
    drill=st.booleans(),
)
PEOPLE_LISTS = st.lists(PERSON, max_size=40, unique_by=lambda one: one[0])


@given(PEOPLE_LISTS, st.randoms(use_true_random=False))
def test_the_order_people_come_in_changes_nothing(
    people: list[Person], chance: random.Random
) -> None:
    shuffled = list(people)
    chance.shuffle(shuffled)

    assert find(shuffled) == find(people)
    assert find(shuffled).hash == find(people).hash


@given(PEOPLE_LISTS)
def test_no_person_is_told_twice(people: list[Person]) -> None:
    told = [row.recipient for row in find(people + people).told]

    assert len(told) == len(set(told))


@given(PEOPLE_LISTS)
def test_the_first_band_that_takes_a_recipient_has_them(people: list[Person]) -> None:
    everything = {row.recipient: row.band for row in find(people).told}
    for index, band in enumerate(BANDS):
        alone = audience(
            people, SPOTS, bands=BANDS[: index + 1], ground=GROUND, languages=("zh-CN",)
        )
        mine = {row.recipient for row in alone.told if row.band == band.key}
        assert mine == {who for who, key in everything.items() if key == band.key}


@given(PEOPLE_LISTS)
def test_a_drill_tells_only_those_who_take_part(people: list[Person]) -> None:
    part = {one[0] for one in people if one[6]}
    drill = find(people, drills=Drills())

    assert {row.recipient for row in drill.told} <= part
    assert drill.told == find([one for one in people if one[6]]).told


@given(PEOPLE_LISTS)
def test_counts_are_of_people_and_flats(people: list[Person]) -> None:
    found = find(people)

    assert found.people == sum(row.kind in PEOPLE for row in found.told)
    assert found.people == sum(by_band(found.told).values())
    assert found.households == len({row.household for row in found.told if row.kind == "resident"})


@given(PEOPLE_LISTS)
def test_everyone_is_told_in_a_language_there_are_words_in(people: list[Person]) -> None:
    assert {row.language for row in find(people).told} <= {"zh-CN", "en"}


def test_nobody_is_nobody() -> None:
    assert find([]).told == ()
    assert find([person(1, 99)]).told == (), "never everybody"


def test_bands_go_by_place_kind_role_and_need() -> None:
    people = [
        person(1, 12),
        person(2, 5),
        person(3, None, "staff", roles='["security"]'),
        person(4, None, "staff"),
        person(5, 99, vulnerable=True),
        person(6, 99),
        person(7, None, "screen"),
        person(8, None, "group"),
    ]

    assert {row.recipient: row.band for row in find(people).told} == {
        1: "evacuate",
        2: "hold",
        3: "security",
        4: "staff",
        5: "frail",
        7: "screens",
    }


def test_those_in_danger_who_are_frail_and_staff_come_first_then_the_nearest() -> None:
    people = [
        person(1, 20),
        person(2, 13),
        person(3, 12),
        person(4, 18, vulnerable=True),
        person(5, None, "staff"),
        person(6, 3),
        person(7, 3, vulnerable=True),
    ]

    told = find(people).told

    assert [row.recipient for row in told] == [4, 5, 3, 2, 1, 7, 6]
    assert [row.rank == FIRST for row in told] == [True, True, *[False] * 5]


def test_a_household_is_the_flat_and_who_has_none_is_their_own() -> None:
    told = find([person(1, 12), person(2, 12), person(3, None, "staff")]).told

    assert sorted(row.household for row in told) == [-3, 12, 12]


def test_without_a_floor_where_the_hazard_is_the_first_band_of_residents_is_in_danger() -> None:
    bands = (Band("all", {}, frozenset({RESIDENT}), "building"),)
    found = audience(
        [person(1, 12, vulnerable=True)],
        SPOTS,
        bands=bands,
        ground=survey(FIRE, SPOTS, bands=bands),
        languages=("en",),
    )

    assert found.told[0].rank == FIRST


def test_the_picker_colours_floors_by_the_band_of_their_residents() -> None:
    floors = [Spot(100 + n, "floor", f"3/{n}", "3", "", str(n), n) for n in (5, 11, 12)]
    floors.append(Spot(200, "floor", "4/1", "4", "", "1", 1))

    assert bands_by_floor(floors, BANDS, GROUND) == {
        "3/5": "hold",
        "3/11": "evacuate",
        "3/12": "evacuate",
    }


def test_roles_are_read_from_what_the_database_keeps() -> None:
    assert roles_of('["a", "b"]') == {"a", "b"}
    assert roles_of("[]") == roles_of("") == roles_of("null") == frozenset()


def test_flats_of_one_floor_are_looked_at_once_and_alike() -> None:
    near = Spot(200, "unit", "3/12/1202", "3", "", "12", 12)
    found = audience(
        [person(1, 12), person(2, 200)],
        [*SPOTS, near],
        bands=BANDS,
        ground=GROUND,
        languages=("en",),
    )
    assert [(row.band, row.rank) for row in found.told] == [("evacuate", found.told[0].rank)] * 2


def test_who_has_two_homes_is_told_once_in_the_graver_band() -> None:
    """Their rows come one for each home, in any order."""
    rows = [person(1, 5), person(1, 12), person(1, 99), person(2, 12)]
    for order in (rows, rows[::-1]):
        found = find(order)
        assert [(t.recipient, t.band, t.household) for t in found.told] == [
            (1, "evacuate", 12),
            (2, "evacuate", 12),
        ]
        assert (found.people, found.households) == (2, 2)
        assert [(t.recipient, t.band, t.household) for t in found.further] == [(1, "hold", 5)]


def test_a_second_home_that_is_no_flat_or_the_same_adds_none() -> None:
    found = find([person(1, 12), person(1, 12), person(2, None, "staff"), person(2, 5, "staff")])
    assert (found.people, found.households) == (2, 1)
    assert [(t.recipient, t.household) for t in found.further] == [(2, 5)]


def test_a_drill_leaves_out_who_has_a_home_where_something_real_is_open() -> None:
    """Whichever home the drill is at; staff are told, who know both."""
    rows = [person(1, 12, drill=True), person(1, 99, drill=True), person(2, 12, drill=True)]
    rows.append(person(3, 99, "staff", drill=True))
    for order in (rows, iter(rows[::-1])):
        found = audience(
            order,
            SPOTS,
            bands=BANDS,
            ground=GROUND,
            languages=("zh-CN", "en"),
            drills=Drills(),
            real=["4/1"],
        )
        assert ({t.recipient for t in found.told}, found.people, found.spared) == ({2, 3}, 2, 1)
        assert found.further == ()
