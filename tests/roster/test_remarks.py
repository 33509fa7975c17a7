"""Needs among remarks: taken where clear, asked about where not; a diagnosis is not kept."""

from __future__ import annotations

import pytest

from hub.roster.difference import difference
from hub.roster.problem_words import Code
from hub.roster.remarks import needs_in
from hub.roster.values import Severity
from tests.roster.files import HEADER, read_rows
from tests.roster.test_difference import stored

ROW = ("3栋", "1203", "张三", "13800000001")


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ("轮椅", ("wheelchair",)),
        ("坐轮椅出行", ("wheelchair",)),
        ("孕妇", ("moves_slowly",)),
        ("孕妇，预产期2026-05", ("moves_slowly",)),
        ("独居老人", ("other",)),
        ("家中有85岁独居老人", ("other",)),
        ("80岁，独居，使用助行器", ("other", "moves_slowly")),
        ("听障", ("hearing",)),
        ("父亲坐轮椅，母亲听力不便", ("wheelchair", "hearing")),
        ("老人卧床，请优先协助", ("moves_slowly",)),
        ("宝宝 6个月", ("infant",)),
        ("盲人", ("sight",)),
        ("家用制氧机", ("powered_device",)),
        ("wheelchair", ("wheelchair",)),
        ("On oxygen", ("powered_device",)),
        ("Uses a wheelchair, deaf in both ears", ("wheelchair", "hearing")),
        ("Hard of hearing; knocks needed", ("hearing",)),
        ("lives alone", ("other",)),
    ],
)
def test_a_clear_remark_is_a_need(said: str, needs: tuple[str, ...]) -> None:
    assert needs_in(said) == (needs, "")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("轮椅坡道已修", "轮椅"),
        ("不需要轮椅", "轮椅"),
        ("孕妇(已搬走)", "孕妇"),
        ("no wheelchair", "wheelchair"),
        ("Wheelchair ramp needed", "wheelchair"),
        ("盲文爱好者", "盲"),
        ("baby grand piano", "baby"),
    ],
)
def test_a_word_that_may_be_none_is_asked_about(said: str, word: str) -> None:
    assert needs_in(said) == ((), word)


@pytest.mark.parametrize(
    "said", ["", "夜班", "欠费", "糖尿病", "车位B1-05", "业主在国外，房屋空置", "VIP"]
)
def test_other_remarks_are_nothing(said: str) -> None:
    assert needs_in(said) == ((), "")


@pytest.mark.parametrize("title", ["备注", "备注说明", "Remarks", "notes"])
def test_a_column_of_remarks_gives_needs_and_keeps_no_word_of_its_own(title: str) -> None:
    found = read_rows((*ROW, "坐轮椅，糖尿病"), header=(*HEADER, title))
    assert found.people[0].needs == ("wheelchair",)
    assert "糖尿病" not in str(found.to_json())


def test_who_is_asked_about_comes_in_all_the_same() -> None:
    """Left out for a remark, somebody would not be told of a fire."""
    found = read_rows((*ROW, "轮椅坡道已修"), header=(*HEADER, "备注"))
    (asked,) = [p for p in found.problems if p.code is Code.NEED_UNSURE]
    assert asked.severity is Severity.STOP
    assert (asked.row, asked.found) == (2, "轮椅")
    assert [p.name for p in found.people] == ["张三"]


def test_remarks_take_away_no_need_that_is_known() -> None:
    known = stored(read_rows((*ROW, "听障"), header=(*HEADER, "特殊需求")))
    for remark, needs in (("", "hearing"), ("轮椅", "hearing, wheelchair")):
        found = difference(known, read_rows((*ROW, remark), header=(*HEADER, "备注")))
        changes = {f.field: f.after for c in found.changed for f in c.fields}
        assert changes.get("needs", "hearing") == needs
