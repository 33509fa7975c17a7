"""Places as people write them in commands: the canon, the friendly forms, and what to write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Refused
from hub.roster.place_path import PlaceQuery, parse_place


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3", PlaceQuery(building="3")),
        ("3-1", PlaceQuery(building="3", entrance="1")),
        ("3/12", PlaceQuery(building="3", floor="12")),
        ("3-1/12", PlaceQuery(building="3", entrance="1", floor="12")),
        ("3/12/1203", PlaceQuery(building="3", floor="12", unit="1203")),
        ("3-1/12/1203", PlaceQuery(building="3", entrance="1", floor="12", unit="1203")),
        (" 03/12/1203 ", PlaceQuery(building="3", floor="12", unit="1203")),
        ("a/G", PlaceQuery(building="A", floor="G")),
        ("3/B1", PlaceQuery(building="3", floor="B1")),
        ("3/-1", PlaceQuery(building="3", floor="B1")),
        ("3/12A", PlaceQuery(building="3", floor="12A")),
        ("３／１２", PlaceQuery(building="3", floor="12")),
        ("riverside:3/12", PlaceQuery(site="riverside", building="3", floor="12")),
        ("Riverside:all", PlaceQuery(site="riverside", whole=True)),
        ("all", PlaceQuery(whole=True)),
        ("ALL", PlaceQuery(whole=True)),
        ("全部", PlaceQuery(whole=True)),
        ("3/lobby", PlaceQuery(building="3", spot="lobby")),
        ("3/lift-1", PlaceQuery(building="3", spot="lift-1")),
        ("gate-1", PlaceQuery(spot="gate-1")),
        ("3栋12层", PlaceQuery(building="3", floor="12")),
        ("3号楼2单元", PlaceQuery(building="3", entrance="2")),
        ("3栋2单元1203室", PlaceQuery(building="3", entrance="2", floor="12", unit="1203")),
        ("Tower 3 floor 12", PlaceQuery(building="3", floor="12")),
        ("Bldg 3, Flat 1203", PlaceQuery(building="3", floor="12", unit="1203")),
        ("3/1203", PlaceQuery(building="3", floor="12", unit="1203")),
        ("12-1203", PlaceQuery(building="12", floor="12", unit="1203")),
        ("3-2-1203", PlaceQuery(building="3", entrance="2", floor="12", unit="1203")),
        ("3-12-1203", PlaceQuery(building="3", floor="12", unit="1203")),
        ("riverside：3栋", PlaceQuery(site="riverside", building="3")),
        ("东苑", PlaceQuery(group="东苑")),
        ("一期", PlaceQuery(group="1期")),
        ("riverside:Phase 2", PlaceQuery(site="riverside", group="PHASE2")),
        ("PHASE2", PlaceQuery(group="PHASE2")),
        ("123弄", PlaceQuery(group="123弄")),
        ("翡翠苑一期", PlaceQuery(group="翡翠苑1期")),
        ("Green Court", PlaceQuery(group="GREENCOURT")),
    ],
)
def test_a_place_is_understood(text: str, wanted: PlaceQuery) -> None:
    assert parse_place(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "  ", "*", "%", "..", "3//1203", "/3", "3/12/1203/9", "3/100000", "x:y:3", ":",
     "riverside:", "all/3", "3,4", "floor 12", "1203室", "3/12/" + "1" * 40, "x" * 500, "3\x0012"],
)  # fmt: skip
def test_what_is_no_place_is_refused_and_told_what_to_write(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_place(text)
    (problem,) = refusal.value.problems
    assert problem.where == "place"
    assert "3/12/1203" in problem.hint
    assert "整个小区" in problem.hint


def test_a_word_alone_may_be_the_name_of_a_spot() -> None:
    assert parse_place("clubhouse") == PlaceQuery(spot="clubhouse")


@given(st.text(max_size=60))
def test_nothing_but_the_word_itself_means_the_whole_site(text: str) -> None:
    try:
        found = parse_place(text)
    except Refused:
        return
    assert found.whole == (found.path == "")


@given(
    building=st.sampled_from(["1", "3", "12", "A", "3A", "T3"]),
    entrance=st.sampled_from(["", "1", "2", "A"]),
    floor=st.sampled_from(["", "1", "12", "B1", "G", "12A"]),
    unit=st.sampled_from(["", "1203", "12D"]),
    site=st.sampled_from(["", "riverside"]),
)
def test_what_is_written_canonically_is_read_back(
    building: str, entrance: str, floor: str, unit: str, site: str
) -> None:
    place = PlaceQuery(site, building, entrance, floor, unit if floor else "")
    assert parse_place(str(place)) == place
