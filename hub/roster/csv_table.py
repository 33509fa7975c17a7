"""A CSV as a table: its encoding and delimiter found out, never guessed past a damaged byte."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from hub.errors import Problem, Refused
from hub.roster.cells import masked
from hub.roster.columns import SEARCHED, find_header
from hub.roster.limits import LONGEST_CELL, ROWS, WIDTH, refused
from hub.roster.problem_words import Code
from hub.roster.table import Rows, Table, Tables

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS = (",", ";", "\t", "|")
_UTF8_CHINESE = re.compile(rb"[\xe3-\xe9][\x80-\xbf][\x80-\xbf]")


ENCODINGS = (
    "utf-8", "gb18030", "gbk", "big5", "big5hkscs", "cp1252", "latin-1", "cp1250", "cp1251",
    "shift_jis", "euc-kr", "utf-16", "utf-16-le", "utf-16-be",
)  # fmt: skip
"""What a person may say a file is written in."""


def read_csv(data: bytes, *, name: str, encoding: str = "") -> Tables:
    """The file's one table. Raises Refused for NUL bytes, unknown encodings and broken quoting."""
    text, encoding, mixed = (
        _said(data, encoding, name=name) if encoding else decode(data, name=name)
    )
    text, declared = _declared_delimiter(text)
    delimiter = declared or _delimiter(text)
    count = 1 if declared else 0

    def rows() -> Rows:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(reader, start=1 + count):
                if number > ROWS + SEARCHED:
                    raise refused("too_many_rows", file=name)
                if len(cells) > WIDTH:
                    raise refused("too_many_columns", file=name, line=number, limit=WIDTH)
                yield number, cells
        except csv.Error as fault:
            raise _broken(fault, line=reader.line_num + count, name=name) from fault

    bad_rows = _rows_of_lines(text, mixed, delimiter=delimiter, first=count) if mixed else {}
    return Tables("csv", (Table(name, rows, {}, bad_rows),), (), encoding, delimiter)


def _said(data: bytes, encoding: str, *, name: str) -> tuple[str, str, frozenset[int]]:
    """The text in the encoding a person named."""
    key = encoding.strip().lower()
    if key not in ENCODINGS:
        raise refused("encoding_unknown", file=name, encoding=key[:20], known=", ".join(ENCODINGS))
    try:
        return data.decode(key).removeprefix("\ufeff"), key, frozenset()
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise refused("encoding_wrong", file=name, line=line, encoding=key) from fault


def _sensible(text: str, *, name: str) -> str:
    """The text, when it is Chinese as people write it. Refused when it only decodes as that:
    every two bytes of Windows-1252 or Big5 are some rare sign of GB18030."""
    first = [t for t in text[:200_000].split("\n")[:2000] if not t.isascii()]
    signs = [c for line in first for c in line if ord(c) > 0x7F]
    rare = [c for c in signs if not _common(c)]
    header = "".join(text.split("\n", SEARCHED)[:SEARCHED])
    if len(rare) * 5 <= len(signs) or any(w in header for w in _TOLD):
        return text
    shown = next(line for line in first if any(c in rare for c in line)).strip()
    raise refused("encoding_unsure", file=name, shown=masked(shown, limit=40))


_TOLD = (
    "楼",
    "樓",
    "栋",
    "棟",
    "房",
    "姓名",
    "电话",
    "電話",
    "手机",
    "手機",
    "地址",
    "住户",
    "业主",
    "業主",
)


def _common(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def decode(data: bytes, *, name: str) -> tuple[str, str, frozenset[int]]:
    """(text, encoding, line numbers in another encoding). A byte that fits nothing is Refused."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, name=name), encoding, frozenset()
    if b"\x00" in data:
        raise refused("nul_bytes", file=name)
    try:
        return data.decode("utf-8"), "utf-8", frozenset()
    except UnicodeDecodeError:
        return _chinese(data, name=name)


def _strict(data: bytes, encoding: str, *, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise refused("encoding", file=name, line=line) from fault
    if "\x00" in text:
        raise refused("nul_bytes", file=name)
    return text


def _chinese(data: bytes, *, name: str) -> tuple[str, str, frozenset[int]]:
    """GB18030, unless lines are plainly UTF-8: then each line by itself, the fewer reported."""
    lines = list(enumerate(data.split(b"\n"), start=1))
    utf8 = {n for n, line in lines if _UTF8_CHINESE.search(line) and _is_utf8(line)}
    if not utf8:
        text = _sensible(_strict(data, "gb18030", name=name), name=name)
        return text, "gb18030", frozenset()
    others = {n for n, line in lines if not line.isascii() and not _is_utf8(line)}
    mostly = len(utf8) > len(others)
    few, most = (others, "utf-8") if mostly else (utf8, "gb18030")
    texts = [
        line.decode("utf-8")
        if n in utf8 or (mostly and n not in others)
        else _strict_line(line, n, name=name)
        for n, line in lines
    ]
    return "\n".join(texts), most, frozenset(few)


def _strict_line(line: bytes, number: int, *, name: str) -> str:
    try:
        return line.decode("gb18030")
    except UnicodeDecodeError as fault:
        raise refused("encoding", file=name, line=number) from fault


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


WIDEST = 64 * 1024  # characters of a line the delimiter is looked for in


def _declared_delimiter(text: str) -> tuple[str, str]:
    found = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    return (text[found.end() :], found[1]) if found else (text, "")


def _delimiter(text: str) -> str:
    """The delimiter under which a header is best understood; failing that, the widest."""
    lines = text[: SEARCHED * WIDEST].splitlines()[:SEARCHED]
    sample = "\n".join(line[:WIDEST] for line in lines)
    scored = [(_score(sample, d), d) for d in _DELIMITERS]
    return max(scored, key=lambda s: s[0])[1]


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    rows: list[tuple[int, Sequence[str]]] = []
    try:
        rows += enumerate(csv.reader(io.StringIO(sample), delimiter=delimiter), start=1)
    except csv.Error:
        return (0, 0)
    header = find_header(rows)
    return (header.score if header else 0, max((len(c) for _, c in rows), default=0))


def _rows_of_lines(
    text: str, lines: frozenset[int], *, delimiter: str, first: int
) -> dict[int, Code]:
    """The record numbers that lines in another encoding fall into."""
    rows: dict[int, Code] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = first
    try:
        for number, _ in enumerate(reader, start=1 + first):
            after = reader.line_num + first
            if any(line in lines for line in range(before + 1, after + 1)):
                rows[number] = Code.ENCODING_MIXED
            before = after
    except csv.Error:
        return rows
    return rows


def _broken(fault: csv.Error, *, line: int, name: str) -> Refused:
    if "field larger" in str(fault):
        return refused("long_cell", file=name, line=line, limit=LONGEST_CELL)
    refusal = refused("quotes", file=name, line=line)
    problem = Problem(f"{name}:{line}", str(fault), 'write a quote inside quotes twice: ""')
    return Refused(refusal.what, (*refusal.problems, problem), code=refusal.code)
