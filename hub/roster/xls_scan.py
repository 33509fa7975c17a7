"""What the reader of old workbooks does not tell: errors, formulas without a result, what is hidden
and what number formats show. A file that cannot be followed here simply tells nothing."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub.roster.number_format import Shown, shown_by
from hub.roster.problem_words import Code
from hub.roster.table import Facts

_LAST = 0xFFFFFFFA  # sector numbers from here on are marks
_SMALL = 4096  # bytes; shorter streams stand in a stream of their own, in sectors of _TINY
_TINY = 64

_BOF, _EOF, _SHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_ROW, _COLUMNS, _BOOLERR, _FORMULA = 0x0208, 0x007D, 0x0205, 0x0006
_NUMBER, _RK, _MULRK = 0x0203, 0x027E, 0x00BD
_ERROR, _NOTHING = 2, 3  # of a formula's stored result

Record = tuple[int, bytes]


def scan_xls(data: bytes) -> Mapping[str, Facts]:
    """Sheet name → what is to be known of its cells."""
    try:
        book = _Book(_stream(data))
        return {name: book.facts(at) for name, at in book.sheets}
    except (struct.error, LookupError, ValueError):
        return {}


@dataclass(slots=True)
class _Book:
    stream: bytes
    sheets: list[tuple[str, int]] = field(default_factory=list)
    _formats: dict[int, str] = field(default_factory=dict)
    _styles: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for kind, body in _records(self.stream, 0):
            if kind == _SHEET:
                (at,) = struct.unpack_from("<I", body)
                self.sheets.append((_text(body[6:], body[6], 1), at))
            elif kind == _FORMAT:
                number, length = struct.unpack_from("<HH", body)
                self._formats[number] = _text(body[4:], length, 0)
            elif kind == _XF:
                self._styles.append(struct.unpack_from("<H", body, 2)[0])

    def facts(self, at: int) -> Facts:
        shown = {
            style: found
            for style, number in enumerate(self._styles)
            if number in self._formats and (found := shown_by(self._formats[number]))
        }
        facts = Facts()
        for kind, body in _records(self.stream, at):
            if kind == _ROW and body[12] & 0x20:
                facts.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
            elif kind == _COLUMNS and body[8] & 1:
                first, last = struct.unpack_from("<HH", body)
                facts.hidden_columns.update(range(first, min(last, 255) + 1))
            else:
                _cell(kind, body, facts, shown)
        return facts


def _cell(kind: int, body: bytes, facts: Facts, shown: Mapping[int, Shown]) -> None:
    if kind not in {_BOOLERR, _FORMULA, _NUMBER, _RK, _MULRK}:
        return
    row, column, style = struct.unpack_from("<HHH", body)
    if kind == _BOOLERR and body[7]:
        facts.faults[row + 1, column] = Code.CELL_ERROR
    elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] in {_ERROR, _NOTHING}:
        code = Code.CELL_ERROR if body[6] == _ERROR else Code.FORMULA_EMPTY
        facts.faults[row + 1, column] = code
    elif kind == _MULRK:
        for offset in range(4, len(body) - 2, 6):
            if found := shown.get(struct.unpack_from("<H", body, offset)[0]):
                facts.shown.setdefault(row + 1, {})[column + (offset - 4) // 6] = found
    elif found := shown.get(style):
        facts.shown.setdefault(row + 1, {})[column] = found


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """The records of one part of the stream, without those of charts inside it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _text(body: bytes, length: int, before: int) -> str:
    """A text of BIFF8: `before` or two bytes of its length, a flag, then its letters."""
    start = before or 0
    wide = body[start] & 1
    letters = body[start + 1 : start + 1 + length * (1 + wide)]
    return letters.decode("utf-16-le" if wide else "latin-1")


def _stream(data: bytes) -> bytes:
    """The stream `Workbook` of a compound file."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    fat = _fat(data, size)
    folder = _chain(data, fat, struct.unpack_from("<I", data, 48)[0], size)
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(folder) - 127, 128):
        entry = folder[at : at + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(0, length - 2)].decode("utf-16-le")
        found[name.lower()] = struct.unpack_from("<II", entry, 116)
    start, total = found["workbook"]  # `book` beside it is for Excel 95
    if total >= _SMALL:
        return _chain(data, fat, start, size)[:total]
    small = _chain(data, fat, found["root entry"][0], size)
    table = _chain(data, fat, struct.unpack_from("<I", data, 60)[0], size)
    links = list(struct.unpack(f"<{len(table) // 4}I", table))
    return _chain(small, links, start, _TINY, first=0)[:total]


def _fat(data: bytes, size: int) -> list[int]:
    sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < _LAST]
    more, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, 1024)):
        if more >= _LAST:
            break
        *found, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors += [s for s in found if s < _LAST]
    fat: list[int] = []
    for sector in sectors:
        fat += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return fat


def _chain(data: bytes, fat: list[int], start: int, size: int, *, first: int = 1) -> bytes:
    parts: list[bytes] = []
    while start < _LAST and len(parts) <= len(fat):
        parts.append(data[(start + first) * size : (start + first + 1) * size])
        start = fat[start]
    return b"".join(parts)
