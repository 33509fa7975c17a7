"""What an import would change: added, changed, moved, removed, held."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.model import RecipientId, RecipientKind
from hub.roster.difference import RosterDifference, difference
from hub.roster.stored import StoredPerson
from hub.roster.values import RosterReading
from tests.roster.files import HEADER, read_rows

ZHANG = ("3栋", "1203", "张三", "13800138000")
LI = ("3栋", "1204", "李四", "13900139000")


def stored(reading: RosterReading) -> list[StoredPerson]:
    """What the store holds after importing a file."""
    return [
        StoredPerson(
            ref=p.ref,
            recipient=RecipientId(n),
            place=p.place.path,
            name=p.name,
            kind=p.kind,
            language=p.language,
            addresses=tuple((a.channel, a.value) for a in p.addresses),
            roles=p.roles,
            needs=p.needs,
            drill=bool(p.drill),
            homes=p.paths[1:],
        )
        for n, p in enumerate(reading.people, start=1)
    ]


def counts(found: RosterDifference) -> dict[str, int]:
    return {k: v for k, v in found.to_json()["counts"].items() if v}


def test_into_an_empty_store_everyone_is_added() -> None:
    assert counts(difference([], read_rows(ZHANG, LI))) == {"added": 2}


def test_the_same_file_again_changes_nothing() -> None:
    reading = read_rows(ZHANG, LI, ("3栋", "1205", "", "1.38E+10"))
    found = difference(stored(reading), reading)
    assert found.empty
    assert counts(found) == {"unchanged": 3}


def test_a_new_number_is_a_change_of_addresses() -> None:
    found = difference(stored(read_rows(ZHANG)), read_rows((*ZHANG[:3], "13800138001")))
    (change,) = found.changed
    (field,) = change.fields
    assert (field.field, field.before, field.after) == (
        "addresses",
        "sms +8613800138000",
        "sms +8613800138001",
    )


def test_json_masks_the_numbers() -> None:
    found = difference(stored(read_rows(ZHANG)), read_rows((*ZHANG[:3], "13800138001"), LI))
    text = str(found.to_json())
    assert "138****8001" in text
    assert "13800138" not in text
    assert "13900139" not in text


def test_who_is_missing_in_a_named_building_is_removed() -> None:
    found = difference(stored(read_rows(ZHANG, LI)), read_rows(ZHANG))
    assert [p.name for p in found.removed] == ["李四"]


def test_people_of_buildings_the_file_does_not_name_stay() -> None:
    before = stored(read_rows(ZHANG, ("5栋", "101", "王五", "")))
    assert not difference(before, read_rows(ZHANG)).removed


def test_a_building_known_by_a_vacant_flat_alone_is_named() -> None:
    before = stored(read_rows(ZHANG, ("5栋", "101", "王五", "")))
    found = difference(before, read_rows(ZHANG, ("5栋", "101", "空置", "")))
    assert [p.name for p in found.removed] == ["王五"]


def test_staff_and_people_without_a_place_are_never_removed() -> None:
    steward = StoredPerson("staff:1", RecipientId(9), "3", "管家", RecipientKind.STAFF)
    nowhere = StoredPerson("x", RecipientId(8), "", "某人")
    assert not difference([steward, nowhere], read_rows(ZHANG)).removed


def test_while_a_row_cannot_be_understood_nobody_is_removed() -> None:
    found = difference(stored(read_rows(ZHANG, LI)), read_rows(ZHANG, ("阁楼", "?", "李四", "")))
    assert not found.removed
    assert [p.name for p in found.held] == ["李四"]


def test_the_same_name_and_number_elsewhere_has_moved() -> None:
    found = difference(stored(read_rows(ZHANG, LI)), read_rows(ZHANG, ("5栋", "101", *LI[2:])))
    (move,) = found.moved
    assert (move.stored.place, move.row.place.path) == ("3/12/1204", "5/1/101")
    assert (found.added, found.removed) == ((), ())
    assert found.refs == ((move.stored.recipient, "5/1/101|李四"),)


def test_a_namesake_without_a_number_in_common_has_not_moved() -> None:
    found = difference(stored(read_rows(ZHANG, LI)), read_rows(ZHANG, ("3栋", "2001", "李四", "")))
    assert (len(found.added), len(found.removed)) == (1, 1)


def test_an_own_id_finds_a_person_under_another_name_and_flat() -> None:
    header = (*HEADER, "编号")
    before = stored(read_rows((*ZHANG, "A1"), header=header))
    moved, other = ("5栋", "101", "张三丰", ZHANG[3], "A1"), (*LI, "A2")  # LI: the old building
    found = difference(before, read_rows(moved, other, header=header))
    (move,) = found.moved
    assert [f.field for f in move.fields] == ["place", "name"]


def test_a_file_that_gains_ids_still_finds_people_by_place_and_name() -> None:
    found = difference(
        stored(read_rows(ZHANG)), read_rows((*ZHANG, "A1"), header=(*HEADER, "编号"))
    )
    assert found.empty
    assert found.refs == ((RecipientId(1), "id:A1"),)


def test_what_the_file_does_not_speak_about_stays() -> None:
    person = replace(
        stored(read_rows(ZHANG))[0],
        language="en",
        needs=("wheelchair",),
        drill=True,
        addresses=(("sms", "+8613800138000"), ("email", "z@example.com"), ("push", "t")),
    )
    assert difference([person], read_rows(ZHANG)).empty


def test_what_the_file_speaks_about_changes() -> None:
    header = (*HEADER, "语言", "特殊需求", "演练")
    found = difference(
        stored(read_rows(ZHANG)), read_rows((*ZHANG, "English", "轮椅", "是"), header=header)
    )
    assert [f.field for f in found.changed[0].fields] == ["language", "needs", "drill"]


def test_examples_are_cut_but_counts_are_not() -> None:
    rows = [("3栋", str(100 * n + 1), f"人{n}", "") for n in range(1, 31)]
    form = difference([], read_rows(*rows)).to_json(limit=5)
    assert (form["counts"]["added"], len(form["added"])) == (30, 5)


FLATS = st.sampled_from(["1203", "1204", "1301"])
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["3栋", "5栋"]),
        FLATS,
        st.sampled_from(["张三", "李四", "王五"]),
        st.sampled_from(["", "13800138000", "13900139000"]),
    ),
    min_size=1,
    max_size=8,
)


@given(before=PEOPLE, after=PEOPLE)
def test_everyone_is_counted_once_and_importing_settles_it(
    before: list[tuple[str, ...]], after: list[tuple[str, ...]]
) -> None:
    old, new = read_rows(*before), read_rows(*after)
    found = difference(stored(old), new)
    kept = len(found.changed) + len(found.moved) + found.unchanged
    assert kept + len(found.added) == len(new.people)
    gone = len(found.removed) + len(found.joined) + len(found.left)
    assert kept + gone <= len(old.people)
    assert difference(stored(new), new).empty
