"""What `muster import` says: the report in words, and the options that answer its questions."""

from __future__ import annotations

from typing import Any

from hub.errors import Problem, Refused
from hub.flow.roster_import import FEW, unread


def import_words(report: dict[str, Any]) -> str:
    """The report of an import: how the file was read, what it changes, what it asks."""
    counts, change = report["reading"]["counts"], report["difference"]["counts"]
    lines = [
        (
            f"{counts['people']} people in {counts['households']} flats,"
            f" {counts['addresses']} addresses ({counts['unusable']} unusable),"
            f" {counts['unreachable']} unreachable"
        ),
        "  ".join(f"{name} {number}" for name, number in change.items()),
    ]
    for sheet in report["reading"]["sheets"]:
        lines.append(f"  {sheet['name']}, titles in row {sheet['header_row']}:")
        lines += [_column_words(column) for column in sheet["columns"]]
    for found in report["reading"]["problems"]:
        column = f" column {found['letter']} ({found['column']})" if found["letter"] else ""
        shown = f" {found['found']!r}:" if found["found"] else ""
        row = f" row {found['row']}" if found["row"] else ""  # none: of the whole sheet
        where = f"{found['sheet']}{row}{column}"
        lines.append(f"  [{found['severity']}] {where}:{shown} {found['expected']['en']}")
    if report["stops"] and not report["applied"]:
        lines.append(
            f"{unread(report)}: nothing is imported until that is mended or answered, or left out"
            " with --skip-problems."
        )
    lines += [] if report["applied"] else _options(report)
    lines.append("Imported." if report["applied"] else "Dry run: nothing was written.")
    return "\n".join(lines)


_OPTIONS = {
    "roster_rows": "--map 'TITLE=FIELD' says what a column is, --map 'TITLE=ignore' leaves it out; "
    "--hidden take reads hidden rows too, --hidden leave leaves them out; --skip-problems takes the "
    "rows that can be understood.",
    "roster_encoding": "Say it with --encoding cp1252 (or big5, gb18030 …).",
    "roster_encoding_unsure": "Say it with --encoding cp1252 (or big5, gb18030 …).",
    "roster_removes": "Say it with --remove NUMBER, or keep everybody with --keep.",
}


def with_options(error: Refused) -> Refused:
    """The refusal with the options of this command that answer it."""
    if error.code not in _OPTIONS:
        return error
    problems = [*error.problems, Problem("", _OPTIONS[error.code])]
    return type(error)(error.what, problems, code=error.code)


def _options(report: dict[str, Any]) -> list[str]:
    """The options that answer what a trial asks."""
    lines, hidden = list[str](), False
    for found in report["reading"]["problems"]:
        if found["code"] == "column_unsure":
            title, fits = found["column"], found["fits"]
            lines.append(
                f"--map '{title}={fits}' says what it is, --map '{title}=ignore' skips it."
            )
        hidden = hidden or found["code"] == "rows_hidden"
    if hidden:
        lines.append("--hidden take reads the hidden rows too, --hidden leave leaves them out.")
    removed = report["difference"]["counts"]["removed"]
    if removed > FEW:
        lines.append(f"--remove {removed} confirms that so many leave; --keep keeps them.")
    return lines


def _column_words(column: dict[str, Any]) -> str:
    field = {"": "not imported", "ignored": "ignored"}.get(column["field"], column["field"])
    return f"    {column['letter']} {column['header']} → {field}: {', '.join(column['examples'])}"
