"""What has to be known of an XLSX before it is opened, and what opening it does not tell.

The reader holds each sheet as a whole rectangle, so one stray cell far away would cost gigabytes;
and it gives error cells and formulas without a stored result as empty. Both are found here, in one
pass over the unpacked sheets that never holds more than a few MB.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub.roster.cells import column_letter
from hub.roster.limits import CELLS, COLUMNS, ROWS, SHEETS, UNPACKED, refused
from hub.roster.number_format import Shown, shown_by
from hub.roster.problem_words import Code
from hub.roster.table import Facts

_CHUNK = 1024 * 1024
_CARRY = 4 * 1024 * 1024
_REF = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,4})(\d{1,10})""")
_BARE = re.compile(rb"""<(?:\w+:)?c\b[^<>]*(?:/>|>\s*</(?:\w+:)?c>)""")
"""A cell with a format and nothing in it: whole columns of them are usual, and cost nothing."""
_ERROR = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*\bt\s*=\s*["']e["'])[^>]*>""")
_NO_RESULT = re.compile(
    rb"""<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")

_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b(?=[^>]*\bhidden\s*=\s*["'](?:1|true)["'])[^>]*>""")
_ROW_NUMBER = re.compile(rb"""\br\s*=\s*["'](\d{1,7})["']""")
_HIDDEN_COLUMNS = re.compile(
    rb"""<(?:\w+:)?col\b(?=[^>]*\bhidden\s*=\s*["'](?:1|true)["'])([^>]*)>"""
)
_CELL = re.compile(rb"""<(?:\w+:)?c\b((?=[^>]*\bs\s*=)[^>]*)>""")
_NUMBER_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b([^>]*)>")
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\b([^>]*)>")
_OF_STYLE = re.compile(rb"""\bs\s*=\s*["'](\d{1,6})["']""")


@dataclass(slots=True)
class _Extent:
    row: int = 0
    column: int = 0
    facts: Facts = field(default_factory=Facts)
    styles: Mapping[int, Shown] = field(default_factory=dict)


def scan_xlsx(data: bytes, *, name: str) -> Mapping[str, Facts]:
    """Sheet name → what is to be known of its cells. Raises Refused for what must not be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _scan(archive, data, name=name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
    ) as e:
        raise refused("broken_workbook", file=name) from e


def _scan(archive: zipfile.ZipFile, data: bytes, *, name: str) -> Mapping[str, Facts]:
    members = {m.filename.lstrip("/"): m for m in archive.infolist()}
    if "xl/workbook.xml" not in members:
        raise refused("not_a_table", file=name)
    titles = _titles(members, data, name=name)
    left = [UNPACKED]
    styles = _styles(members, data, name=name)
    found: dict[str, Facts] = {}
    if sum(_is_sheet(m.filename.lstrip("/")) for m in archive.infolist()) > SHEETS:
        raise refused("too_many_sheets", file=name, limit=SHEETS)
    for member in archive.infolist():  # one path may be there twice
        path = member.filename.lstrip("/")
        chunks = _inflate(data, member, left=left, name=name)
        if _is_sheet(path):
            title = titles.get(path, posixpath.basename(path))
            found[title] = _scan_sheet(chunks, styles, title=title, name=name)
        else:
            for _ in chunks:
                pass
    return found


def _is_sheet(path: str) -> bool:
    return path.startswith("xl/worksheets/") and path.endswith(".xml")


def _inflate(
    data: bytes, member: zipfile.ZipInfo, *, left: list[int], name: str
) -> Iterator[bytes]:
    """The member's bytes as they really are, whatever size it claims; `left` counts down."""
    at = member.header_offset
    if data[at : at + 4] != b"PK\x03\x04" or member.compress_type not in {0, 8}:
        raise refused("broken_workbook", file=name)
    start = at + 30 + int.from_bytes(data[at + 26 : at + 28], "little")
    start += int.from_bytes(data[at + 28 : at + 30], "little")
    packed = memoryview(data)[start : start + member.compress_size]
    if member.compress_type == 0:
        _count(len(packed), left, name=name)
        yield from (bytes(packed[i : i + _CHUNK]) for i in range(0, len(packed), _CHUNK))
        return
    unpack = zlib.decompressobj(-15)
    rest: bytes | memoryview = packed
    while rest and not unpack.eof:
        chunk = unpack.decompress(rest, _CHUNK)
        rest = unpack.unconsumed_tail
        _count(len(chunk), left, name=name)
        yield chunk


def _count(size: int, left: list[int], *, name: str) -> None:
    left[0] -= size
    if left[0] < 0:
        raise refused("unpacked", file=name)


def _read(
    members: Mapping[str, zipfile.ZipInfo], path: str, data: bytes, *, name: str, most: int = _CARRY
) -> bytes:
    if path not in members:
        return b""
    return b"".join(_inflate(data, members[path], left=[most], name=name))


def _titles(members: Mapping[str, zipfile.ZipInfo], data: bytes, *, name: str) -> dict[str, str]:
    """Path of each sheet in the archive → its title."""
    links = {
        a.get("Id", ""): a.get("Target", "")
        for a in _tags(_LINK, _read(members, "xl/_rels/workbook.xml.rels", data, name=name))
    }
    titles: dict[str, str] = {}
    for attributes in _tags(_SHEET, _read(members, "xl/workbook.xml", data, name=name)):
        link = next((v for k, v in attributes.items() if k.endswith(":id")), "")
        target = links.get(link, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        titles[posixpath.normpath(path)] = attributes.get("name", "")
    return titles


def _styles(members: Mapping[str, zipfile.ZipInfo], data: bytes, *, name: str) -> dict[int, Shown]:
    """Number of each style whose format shows words or leading zeros → what it shows."""
    xml = _read(members, "xl/styles.xml", data, name=name, most=UNPACKED)
    codes = {a.get("numFmtId", ""): a.get("formatCode", "") for a in _tags(_NUMBER_FORMAT, xml)}
    if not codes or not (part := _STYLES.search(xml)):
        return {}
    formats = (a.get("numFmtId", "") for a in _tags(_STYLE, part[0]))
    return {
        style: shown
        for style, number in enumerate(formats)
        if number in codes and (shown := shown_by(codes[number]))
    }


def _tags(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[dict[str, str]]:
    for tag in pattern.finditer(xml):
        yield {
            a[1].decode(): html.unescape((a[2] or a[3] or b"").decode("utf-8", "replace"))
            for a in _ATTRIBUTE.finditer(tag[1])
        }


def _scan_sheet(
    chunks: Iterator[bytes], styles: Mapping[int, Shown], *, title: str, name: str
) -> Facts:
    extent = _Extent(styles=styles)
    carry = b""
    for chunk in chunks:
        text = carry + chunk
        cut = text.rfind(b"</row>") + 6
        if cut < 6:
            cut = 0 if len(text) < _CARRY else len(text)
        _look(text[:cut], extent, title=title, name=name)
        carry = text[cut:]
    _look(carry, extent, title=title, name=name)
    return extent.facts


def _look(xml: bytes, extent: _Extent, *, title: str, name: str) -> None:
    refs = _REF.findall(_BARE.sub(b"", xml))
    if refs:
        extent.row = max(extent.row, *(int(r) for _, r in refs))
        extent.column = max(extent.column, *(_index(c) + 1 for c in {c for c, _ in refs}))
        if (
            extent.row > ROWS + 48_576
            or extent.column > COLUMNS
            or extent.row * extent.column > CELLS
        ):
            cell = f"{column_letter(extent.column - 1)}{extent.row}"
            raise refused("too_wide", file=name, sheet=title, cell=cell)
    if b"hidden" in xml:
        _note_hidden(xml, extent.facts)
    if extent.styles:
        _note_shown(xml, extent)
    if b'"e"' in xml or b"'e'" in xml:
        for tag in _ERROR.finditer(xml):
            _note(tag[0], Code.CELL_ERROR, extent)
    if b"<f" in xml or b":f" in xml:
        for found in _NO_RESULT.finditer(xml):
            if b't="str"' not in found[1]:
                _note(found[1], Code.FORMULA_EMPTY, extent)


def _note_hidden(xml: bytes, facts: Facts) -> None:
    for tag in _HIDDEN_ROW.finditer(xml):
        if number := _ROW_NUMBER.search(tag[0]):
            facts.hidden_rows.add(int(number[1]))
    for span in _tags(_HIDDEN_COLUMNS, xml):
        first, last = int(span.get("min", "1")), int(span.get("max", "0"))
        facts.hidden_columns.update(range(first - 1, min(last, COLUMNS)))


def _note_shown(xml: bytes, extent: _Extent) -> None:
    for tag in _CELL.finditer(xml):
        style, ref = _OF_STYLE.search(tag[1]), _REF.search(tag[1])
        if style and ref and (shown := extent.styles.get(int(style[1]))):
            extent.facts.shown.setdefault(int(ref[2]), {})[_index(ref[1])] = shown


def _note(tag: bytes, code: Code, extent: _Extent) -> None:
    if ref := _REF.search(tag):
        extent.facts.faults[int(ref[2]), _index(ref[1])] = code


def _index(letters: bytes) -> int:
    number = 0
    for byte in letters.upper():
        number = number * 26 + byte - 64
    return number - 1
