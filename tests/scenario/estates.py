"""A small estate as a property manager's file. The numbers are Ofcom's, kept for drama."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

LARGE, SMALL = "1", "2"
IN_LARGE = 160
IN_SMALL = 8
HEADERS = ("楼栋", "房号", "姓名", "手机", "语言", "类型", "参加演练")


def number(person: int) -> str:
    return f"+447700900{person:03}"


def rows() -> list[Mapping[str, str]]:
    """A tower of 160 people, a house of 8 where a couple shares a number, two on duty in it."""
    large = [
        _row(LARGE, f"{floor}{flat:02}", person := (floor - 1) * 8 + flat, drill=person <= 3)
        for floor in range(1, 21)
        for flat in range(1, 9)
    ]
    small = [_row(SMALL, f"{flat}01", 300 + flat, drill=flat == 1) for flat in range(1, IN_SMALL)]
    partner = {**small[0], "姓名": "同住 308", "参加演练": "否"}
    staff = [_row("", "", 900 + one, drill=True, kind="员工") for one in (1, 2)]
    return [*large, *small, partner, *staff]


def roster() -> bytes:
    """As Excel in China saves it: a CSV in GBK."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADERS)
    writer.writeheader()
    writer.writerows(rows())
    return text.getvalue().encode("gb18030")


def phones(building: str = "", *, kind: str = "住户", drill: str = "") -> set[str]:
    """The numbers of those people."""
    return {
        row["手机"]
        for row in rows()
        if row["类型"] == kind and building in {"", row["楼栋"]} and drill in {"", row["参加演练"]}
    }


def _row(
    building: str, unit: str, person: int, *, drill: bool, kind: str = "住户"
) -> Mapping[str, str]:
    language = "en" if person % 3 == 0 else "中文"
    values = (building, unit, f"住户甲{person}", number(person), language, kind)
    return dict(zip(HEADERS, (*values, "是" if drill else "否"), strict=True))
