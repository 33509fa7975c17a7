"""An owner of two flats: one home each, and never moved to and fro by two files."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hub.model import RecipientId
from hub.roster.difference import StoredPerson, difference
from hub.roster.values import PersonRow
from tests.roster.files import HEADER, people, read_rows
from tests.roster.test_difference import stored

NUMBER = "13800000001"
WITH_IDS = (*HEADER, "编号")


def _added(rows: Sequence[PersonRow]) -> list[StoredPerson]:
    return [
        StoredPerson(
            ref=row.ref, recipient=RecipientId(100 + n), place=row.place.path, name=row.name,
            language=row.language, addresses=tuple((a.channel, a.value) for a in row.addresses),
        )
        for n, row in enumerate(rows)
    ]  # fmt: skip


@pytest.mark.parametrize("ids", [True, False])
def test_two_files_never_move_an_owner_to_and_fro(*, ids: bool) -> None:
    own = ("A1",) if ids else ()
    header = WITH_IDS if ids else HEADER
    three = read_rows(("3栋", "1203", "张三", NUMBER, *own), header=header)
    five = read_rows(("5栋", "501", "张三", NUMBER, *own), header=header)
    known = stored(three)
    found = difference(known, five)
    assert (len(found.added), found.moved, found.removed) == (1, (), ())
    both = (*known, *_added(found.added))
    for file in (three, five, three):
        again = difference(both, file)
        assert again.empty, again.to_json()


def test_one_file_with_both_flats_keeps_both() -> None:
    rows = (("3栋", "1203", "张三", NUMBER, "A1"), ("5栋", "501", "张三", NUMBER, "A1"))
    found = read_rows(*rows, header=WITH_IDS)
    assert [p for p, _, _ in people(found)] == ["3/12/1203", "5/5/501"]
    assert difference(stored(found), found).empty


def test_who_left_a_flat_the_file_names_has_moved() -> None:
    before = stored(read_rows(("3栋", "1203", "张三", NUMBER)))
    after = read_rows(("3栋", "1301", "张三", NUMBER))
    assert len(difference(before, after).moved) == 1
