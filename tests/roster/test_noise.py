"""Rows that are no people, and people who must not be taken for such rows."""

from __future__ import annotations

import pytest

from hub.roster.columns import Header, find_header
from hub.roster.noise import is_trailing_note, noise


def header() -> Header:
    found = find_header([(1, ["姓名", "楼栋", "房号", "电话"])])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["合计", "", "", "7人"], "total"),
        (["合 计", "3", "", "12"], "total"),
        (["小计：", "", "", ""], "total"),
        (["Total", "", "", "12"], "total"),
        (["Total residents: 12", "", "", ""], "total"),
        (["备注：仅供内部使用", "", "", ""], "note"),
        (["注：以上为试运行数据", "", "", ""], "note"),
        (["填表人：客服部", "", "", ""], "note"),
        (["Notes: internal", "", "", ""], "note"),
        (["姓名", "楼栋", "房号", "电话"], "header"),
    ],
)
def test_totals_notes_and_repeated_headers_are_known(row: list[str], why: str) -> None:
    assert noise(row, header()) == why


@pytest.mark.parametrize(
    "row",
    [
        ["Sum Lee", "3", "1203", ""],
        ["Total Recall", "3", "1203", ""],
        ["合计", "", "", "13800138000"],
        ["备注：请联系张三", "", "", "138 0013 8000"],
        ["注一", "3栋", "1203", ""],
        ["张三", "3栋", "1203", ""],
        ["Noteworthy Ann", "3", "1203", ""],
    ],
)
def test_a_person_is_never_noise(row: list[str]) -> None:
    assert noise(row, header()) == ""


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (["以上信息由客服中心提供，请勿外传"], True),
        (["Please do not pass this list on"], True),
        (["张三"], False),
        (["如有变动请致电 010-12345678"], False),
        (["以上信息，", "张三"], False),
    ],
)
def test_a_sentence_alone_may_be_a_trailing_note(row: list[str], *, wanted: bool) -> None:
    assert is_trailing_note(row) is wanted
