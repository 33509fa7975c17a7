"""What a check of the audit chain comes to, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

SHORT = 16  # letters of a chain that are noted down
_NOTED = re.compile(r"[1-9][0-9]{0,17}:[0-9a-f]{16,64}")


class Broken(StrEnum):
    """Why the chain does not hold."""

    KEY = "key"  # its first row was made under another key, or changed
    ROW = "row"  # a row was changed, put in or taken out
    END = "end"  # rows at its end are missing, or the seal of its end is
    NOTED = "noted"  # what somebody noted down is no part of it


@dataclass(frozen=True, slots=True)
class End:
    """Where the chain ended when it was last added to: the row, how many up to it, its chain."""

    row: int
    rows: int
    chain: str


def is_noted(text: str) -> bool:
    """Whether this is an end as it is noted down: `41:9f2c8b0d1e2f3a4b`."""
    return _NOTED.fullmatch(text) is not None


WORDS = {
    "zh-CN": {
        Broken.KEY: (
            "审计记录从第 {at} 条起无法核对：密钥不是原来的，或记录被改动。",
            (
                "请使用原来的 MUSTER_SECRET_KEY（或 secret.key）；"
                "密钥没错的话，请与备份核对，并查明谁动过数据库。"
            ),
        ),
        Broken.ROW: (
            "审计记录被改动：第 {at} 条与前面的记录对不上。",
            "请保全数据库，与备份核对，并查明谁动过数据库。",
        ),
        Broken.END: (
            "审计记录的末尾不完整：最后几条被删除（现有最后一条是第 {at} 条）。",
            "请保全数据库，与备份核对，并查明谁动过数据库。",
        ),
        Broken.NOTED: (
            "之前记下的第 {at} 条已不在审计记录中：记录被删减或改写。",
            "请保全数据库，与备份核对，并查明谁动过数据库。",
        ),
    },
    "en": {
        Broken.KEY: (
            (
                "The audit record cannot be checked from row {at} on: it was made under another"
                " key, or changed."
            ),
            (
                "Use the MUSTER_SECRET_KEY (or secret.key) it was made under. If that is the one,"
                " compare with a backup and find out who touched the database."
            ),
        ),
        Broken.ROW: (
            "The audit record was changed: row {at} does not follow from the rows before it.",
            "Keep the database as it is, compare it with a backup, find out who touched it.",
        ),
        Broken.END: (
            "The end of the audit record is missing: rows after {at} were taken out.",
            "Keep the database as it is, compare it with a backup, find out who touched it.",
        ),
        Broken.NOTED: (
            "Row {at}, as it was noted down, is no part of the audit record any more.",
            "Keep the database as it is, compare it with a backup, find out who touched it.",
        ),
    },
}
"""language -> reason -> (what is so, what to do)."""


def words(broken: Broken, at: int | None) -> dict[str, dict[str, str]]:
    """What is so and what to do, in every language."""
    row = str(at if at is not None else "–")
    return {
        tag: {"what": said[broken][0].format(at=row), "do": said[broken][1]}
        for tag, said in WORDS.items()
    }
