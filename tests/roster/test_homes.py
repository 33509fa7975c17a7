"""An owner of two flats: one person with two homes, never moved to and fro by two files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import RecipientId
from hub.roster.difference import difference
from hub.roster.stored import StoredPerson
from hub.roster.values import RosterReading
from tests.roster.files import HEADER, people, read_rows
from tests.roster.test_difference import counts, stored

NUMBER = "13800000001"
WITH_IDS = (*HEADER, "编号")
THREE, FIVE = ("3栋", "1203", "张三", NUMBER), ("5栋", "501", "张三", NUMBER)


def after(known: Sequence[StoredPerson], file: RosterReading) -> list[StoredPerson]:
    """The register after an import, as far as homes and numbers go."""
    found = difference(known, file)
    gone = {p.recipient for p in (*found.removed, *found.joined)}
    places = {c.stored.recipient: c.places for c in (*found.changed, *found.moved, *found.left)}
    ways = {
        c.stored.recipient: tuple((a.channel, a.value) for a in c.row.addresses)
        for c in (*found.changed, *found.moved)
    }
    refs = dict(found.refs)
    kept = [
        replace(
            p,
            place=places.get(p.recipient, p.paths)[0],
            homes=places.get(p.recipient, p.paths)[1:],
            addresses=ways.get(p.recipient, p.addresses),
            ref=refs.get(p.recipient, p.ref),
        )
        for p in known
        if p.recipient not in gone
    ]
    first = max((p.recipient for p in known), default=0) + 1
    added = [
        StoredPerson(
            ref=row.ref, recipient=RecipientId(first + n), place=row.place.path, name=row.name,
            homes=row.paths[1:], language=row.language,
            addresses=tuple((a.channel, a.value) for a in row.addresses),
        )
        for n, row in enumerate(found.added)
    ]  # fmt: skip
    return [*kept, *added]


def homes(known: Sequence[StoredPerson]) -> list[set[str]]:
    return [set(p.paths) for p in known]


@pytest.mark.parametrize("ids", [True, False])
def test_two_files_never_move_an_owner_to_and_fro(*, ids: bool) -> None:
    own, header = (("A1",), WITH_IDS) if ids else ((), HEADER)
    three, five = (read_rows((*row, *own), header=header) for row in (THREE, FIVE))
    known = after([], three)
    found = difference(known, five)
    assert (len(found.changed), found.added, found.moved, found.removed) == (1, (), (), ())
    known = after(known, five)
    assert homes(known) == [{"3/12/1203", "5/5/501"}]
    for file in (three, five, three):
        assert difference(known, file).empty, difference(known, file).to_json()
        known = after(known, file)


@pytest.mark.parametrize("ids", [True, False])
def test_one_file_with_both_flats_is_one_person_with_two_homes(*, ids: bool) -> None:
    own, header = (("A1",), WITH_IDS) if ids else ((), HEADER)
    found = read_rows((*THREE, *own), (*FIVE, *own), header=header)
    (person,) = found.people
    assert person.paths == ("3/12/1203", "5/5/501")
    assert (found.counts()["people"], found.counts()["households"]) == (1, 2)
    assert found.places
    assert difference(stored(found), found).empty


def test_a_second_name_or_another_number_is_somebody_else() -> None:
    couple = read_rows(THREE, ("5栋", "501", "李四", NUMBER))
    namesakes = read_rows(THREE, ("5栋", "501", "张三", "13900000002"))
    numbers_alone = read_rows(("3栋", "1203", "", NUMBER), ("5栋", "501", "", NUMBER))
    for found in (couple, namesakes, numbers_alone):
        assert [p[0] for p in people(found)] == ["3/12/1203", "5/5/501"]


def test_an_id_two_systems_give_to_two_people_joins_nobody() -> None:
    three = read_rows((*THREE, "1"), header=WITH_IDS)
    five = read_rows(("5栋", "501", "李四", "13900000002", "1"), header=WITH_IDS)
    known = after(after([], three), five)
    assert homes(known) == [{"3/12/1203"}, {"5/5/501"}]
    assert difference(known, three).empty
    assert difference(known, five).empty


def test_who_left_one_of_two_homes_keeps_the_other() -> None:
    known = after([], read_rows(THREE, FIVE))
    sold = read_rows(("5栋", "501", "李四", "13900000002"))
    found = difference(known, sold)
    assert counts(found) == {"added": 1, "changed": 1}
    known = after(known, sold)
    assert homes(known) == [{"3/12/1203"}, {"5/5/501"}]
    broken = read_rows(("5栋", "501", "李四", ""), ("", "", "王五", "13900000003"))
    assert not difference(after([], read_rows(THREE, FIVE)), broken).left
    here = read_rows(THREE, (*FIVE[:2], "李四", ""), ("", "", "王五", "13900000003"))
    assert not difference(after([], read_rows(THREE, FIVE)), here).changed


def test_who_left_a_flat_the_file_names_has_moved() -> None:
    before = stored(read_rows(THREE))
    assert len(difference(before, read_rows(("3栋", "1301", "张三", NUMBER))).moved) == 1


def test_two_entries_of_an_older_release_become_one() -> None:
    both = read_rows(THREE, FIVE)
    known = [
        *stored(read_rows(THREE)),
        replace(stored(read_rows(FIVE))[0], recipient=RecipientId(9)),
    ]
    found = difference(known, both)
    assert counts(found) == {"changed": 1, "joined": 1}
    known = after(known, both)
    assert homes(known) == [{"3/12/1203", "5/5/501"}]
    assert difference(known, both).empty


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1203", "1204", "1301"]),
        st.sampled_from(["张三", "李四"]),
        st.sampled_from(["", NUMBER, "13900139000"]),
    ),
    min_size=1,
    max_size=5,
)


@given(three=ROWS, five=ROWS)
def test_two_files_by_turns_come_to_rest(
    three: list[tuple[str, ...]], five: list[tuple[str, ...]]
) -> None:
    files = [
        read_rows(*((building, *row) for row in rows))
        for building, rows in (("3栋", three), ("5栋", five))
    ]
    known: list[StoredPerson] = []
    for file in (*files, *files):
        known = after(known, file)
    lived = [set(p.paths) for p in known]
    for file in files:
        known = after(known, file)
    assert [set(p.paths) for p in known] == lived
    everywhere = {path for file in files for p in file.people for path in p.paths}
    assert set().union(*lived) == everywhere
