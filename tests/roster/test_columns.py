"""The header: which column holds what, wherever and however it is written."""

from __future__ import annotations

import pytest

from hub.roster.columns import field_of as field_and_number
from hub.roster.columns import find_header, name_groups
from hub.roster.header_words import FIELDS


def field_of(text: str) -> str:
    return field_and_number(text)[0]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("楼栋", "building"),
        ("*楼栋", "building"),
        ("楼 栋", "building"),
        ("楼栋(必填)", "building"),
        ("【楼栋】", "building"),
        ("Bldg No.", "building"),
        ("单元号", "entrance"),
        ("房号\nRoom No", "unit"),
        ("姓名 Name", "name"),
        ("Name/姓名", "name"),
        ("手机号码", "phone"),
        ("业主联系电话", "phone"),
        ("phone_number", "phone"),
        ("E-mail", "email"),
        ("紧急联系人电话", "ignored"),
        ("身份证号码", "ignored"),
        ("管家电话", "ignored"),
        ("楼管家姓名", "ignored"),
        ("物业客服电话", "ignored"),
        ("网格员手机", "ignored"),
        ("Property manager's phone", "ignored"),
        ("Agent mobile", "ignored"),
        ("物业房号", "unit"),
        ("商铺负责人电话", "phone"),
        ("宠物", ""),
        ("", ""),
    ],
)
def test_a_header_is_known_by_its_words(text: str, field: str) -> None:
    assert field_of(text) == field


@pytest.mark.parametrize(("text", "number"), [("电话2", "2"), ("Phone 2", "2"), ("姓名", "")])
def test_a_numbered_header_keeps_its_number(text: str, number: str) -> None:
    assert field_and_number(text)[1] == number


def test_no_word_stands_for_two_fields() -> None:
    words = [w for words in FIELDS.values() for w in words]
    assert len(words) == len(set(words))


def test_every_word_is_found_as_its_own_field() -> None:
    assert {(w, field_of(w)) for f, ws in FIELDS.items() for w in ws} == {
        (w, f) for f, ws in FIELDS.items() for w in ws
    }


def test_a_table_of_people_without_places_is_a_header_of_staff() -> None:
    header = find_header([(1, ["姓名", "手机", "岗位"])])
    assert header is not None
    assert header.row == 1


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(1, ["甲", "乙"])],
        [(1, ["姓名", ""])],
        [(1, ["楼栋", "房号"])],
        [(1, ["3栋", "1203", "张三", "13800138000"])],
    ],
)
def test_without_the_words_there_is_no_header(rows: list[tuple[int, list[str]]]) -> None:
    assert find_header(rows) is None


def test_a_column_given_twice_is_read_once_and_named() -> None:
    header = find_header([(1, ["楼栋", "楼号", "房号", "姓名"])])
    assert header is not None
    ((second, first),) = header.repeated
    assert (second.letter, first.letter) == ("B", "A")


def test_phones_belong_to_the_name_on_their_left() -> None:
    header = find_header([(1, ["房号", "业主", "手机", "座机", "租户", "手机"])])
    assert header is not None
    groups = [(g.name.letter if g.name else "", [p.letter for p in g.phones])
              for g in name_groups(header)]  # fmt: skip
    assert groups == [("B", ["C", "D"]), ("E", ["F"])]
