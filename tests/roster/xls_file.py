"""XLS files (BIFF8 in a compound file) as Excel 97 wrote them: labels only."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

SECTOR = 4096
ROWS = 65_536  # of a sheet
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
OPEN = struct.pack("<HH", 0x0600, 0x0005)
SHEET = struct.pack("<HH", 0x0600, 0x0010)


def xls_bytes(sheets: Sequence[tuple[str, Iterable[Sequence[str]]]]) -> bytes:
    """The sheets as a workbook."""
    return compound(_book([(name, _cells(rows)) for name, rows in sheets]))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _text(text: str, width: str) -> bytes:
    return struct.pack(width, len(text)) + b"\x01" + text.encode("utf-16-le")


def _cells(rows: Iterable[Sequence[str]]) -> bytes:
    cells = (
        _record(0x0204, struct.pack("<HHH", row, column, 0) + _text(text, "<H"))
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
        if text
    )
    tail = b"\0" * 8
    return _record(0x0809, SHEET + tail) + b"".join(cells) + _record(0x000A, b"")


def _book(sheets: Sequence[tuple[str, bytes]]) -> bytes:
    head = _record(0x0809, OPEN + b"\0" * 8)
    names = [_text(name, "<B") for name, _ in sheets]
    at = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    table = b""
    for name, (_, cells) in zip(names, sheets, strict=True):
        table += _record(0x0085, struct.pack("<IBB", at, 0, 0) + name)
        at += len(cells)
    return head + table + _record(0x000A, b"") + b"".join(cells for _, cells in sheets)


def compound(stream: bytes) -> bytes:
    """A compound file with the one stream `Workbook`."""
    stream = stream.ljust(SECTOR, b"\0")  # never a mini stream
    count = -(-len(stream) // SECTOR)
    tables = 1
    while tables * (SECTOR // 4) < count + 1 + tables:
        tables += 1
    chain = [*range(1, count), END, END, *([FAT] * tables)]
    fat = struct.pack(f"<{len(chain)}I", *chain)
    fat = fat.ljust(tables * SECTOR, struct.pack("<I", FREE)[:1])
    body = stream.ljust(count * SECTOR, b"\0") + _directory(len(stream)) + fat
    return _header(directory=count, first=count + 1, tables=tables) + body


def _directory(size: int) -> bytes:
    root = _entry("Root Entry", kind=5, child=1, start=0, size=0)
    return (root + _entry("Workbook", kind=2, child=FREE, start=0, size=size)).ljust(SECTOR, b"\0")


def _entry(name: str, *, kind: int, child: int, start: int, size: int) -> bytes:
    told = name.encode("utf-16-le") + b"\0\0"
    head = told.ljust(64, b"\0") + struct.pack("<HBBIII", len(told), kind, 1, FREE, FREE, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def _header(*, directory: int, first: int, tables: int) -> bytes:
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    shape = struct.pack("<HHHHH6x", 0x3E, 4, 0xFFFE, 12, 6)
    counts = struct.pack("<IIIIIIIII", 1, tables, directory, 0, 4096, END, 0, END, 0)
    places = [first + n if n < tables else FREE for n in range(109)]
    return (magic + shape + counts + struct.pack("<109I", *places)).ljust(SECTOR, b"\0")
