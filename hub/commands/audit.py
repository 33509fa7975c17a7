"""`muster audit`: the audit record in the terminal, and whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from hub.commands.calls import reached
from hub.commands.output import say
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are wanted."""

    kind: str
    actor: str
    since: str
    after: int
    limit: int


async def run_audit(settings: Settings, asked: Asked, *, language: str, json_: bool) -> int:
    """The rows stand on standard output, newest first."""
    query = urlencode({key: value for key, value in asdict(asked).items() if value})
    async with reached(settings) as client:
        page = await client.call("GET", f"/audit?{query}")
    say(page, json_=json_, words=lambda: _words(page, language))
    return 0


def _words(page: Mapping[str, Any], language: str) -> str:
    lines = [_line(row, language) for row in page["items"]]
    if page["next"] is not None:
        more = "更早的记录：" if language == "zh-CN" else "Older rows: "
        lines.append(f"{more}--after {page['next']}")
    return "\n".join(lines) or ("没有记录。" if language == "zh-CN" else "No rows.")


def _line(row: Mapping[str, Any], language: str) -> str:
    who = f"{row['name']} ({row['actor']})" if row["name"] else row["actor"]
    return f"{row['id']}  {row['at']}  {who}  {row['words'][language]}  {row['object']}".rstrip()


async def run_audit_check(settings: Settings, noted: str, *, language: str, json_: bool) -> int:
    """0 if the record is whole, and what was noted down is in it."""
    query = f"?{urlencode({'noted': noted})}" if noted else ""
    async with reached(settings) as client:
        found = await client.call("GET", f"/audit/check{query}")
    say(found, json_=json_, words=lambda: _told(found, language))
    return 0 if found["whole"] else 1


def _told(found: Mapping[str, Any], language: str) -> str:
    if found["broken"] is not None:
        said = found["broken"]["words"][language]
        return f"{said['what']} {said['do']}"
    if language == "zh-CN":
        return f"审计记录完整：{found['rows']} 条，末尾 {found['end'] or '–'}。"
    return f"The audit record is whole: {found['rows']} rows, its end {found['end'] or '–'}."
