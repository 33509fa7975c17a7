"""A backup: one zip for both databases, with a manifest and one file of JSON lines for each table.

`manifest.json` names format, release, schema revision and, per table, columns, rows and SHA-256;
`<table>.jsonl` has one array for each row, in the order of those columns. The zip's comment is the
SHA-256 of everything before it: one changed or missing byte is found before anything is believed.

Left out is what makes no sense in another hub: who is logged in just now, one-use tickets, screens
being paired, processes and their alarms. The secret key is not in it either, only its fingerprint.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import JSON, Boolean, Column, Connection, Integer, Table, inspect, select

from hub.errors import Refused
from hub.events import iso
from hub.store.database import database_now
from hub.store.events import from_ms
from hub.store.migrate import revision
from hub.store.schema import metadata

FORMAT = 1
LEFT_OUT = frozenset({"sessions", "tickets", "pairings", "processes", "alarms"})
AT_ONCE = 2_000  # rows in memory at a time
MANIFEST = "manifest.json"
SEAL = b"muster-sha256:"
SEALED = len(SEAL) + 64  # bytes of the zip's comment
CHUNK = 1 << 20

Going = Callable[[str, int], None]
"""Told (table, rows so far) as work goes on; it stops the work by raising."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class Part:
    """One table in the archive. `columns`: (name, `int`, `text`, `bool` or `json`), in order."""

    table: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. `key`: the fingerprint of the secret key of its hub."""

    muster: str
    revision: str
    made_at: str
    database: str
    key: str
    parts: tuple[Part, ...]
    format: int = FORMAT

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows by table."""
        return {part.table: part.rows for part in self.parts}


def fingerprint(secret: bytes) -> str:
    """What tells one secret key from another without giving it away."""
    return hmac.new(secret, b"muster backup", hashlib.sha256).hexdigest()[:16]


def write_archive(
    conn: Connection, path: Path, *, version: str, secret: bytes, going: Going
) -> Manifest:
    """The file at `path` is the archive of what `conn` sees; it was not there before, or is
    overwritten. Rows stream through: memory does not grow with the hub."""
    found = revision(conn)
    if found is None:
        raise Refused("There is no hub in this database yet: nothing to back up.", code="empty")
    with path.open("w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
            parts = [_write_part(conn, archive, each, going) for each in _present(conn)]
            manifest = Manifest(
                muster=version,
                revision=found,
                made_at=iso(from_ms(database_now(conn))),
                database=conn.dialect.name,
                key=fingerprint(secret),
                parts=tuple(parts),
            )
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            archive.comment = SEAL + b"0" * 64
        _seal(file)
    return manifest


def _present(conn: Connection) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Tables and columns as they stand: the schema may be one of an earlier release."""
    looked = inspect(conn)
    there = set(looked.get_table_names())
    for table in metadata.tables.values():
        if table.name in there - LEFT_OUT:
            names = {column["name"] for column in looked.get_columns(table.name)}
            yield table, [column for column in table.columns if column.name in names]


def _write_part(
    conn: Connection,
    archive: zipfile.ZipFile,
    each: tuple[Table, list[Column[Any]]],
    going: Going,
) -> Part:
    table, columns = each
    digest, count = hashlib.sha256(), 0
    asked = select(*columns).order_by(*table.primary_key.columns)
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
        rows = conn.execute(asked, execution_options={"yield_per": AT_ONCE})
        for batch in rows.partitions():
            lines = "".join(f"{_encode(tuple(row))}\n" for row in batch).encode()
            digest.update(lines)
            file.write(lines)
            count += len(batch)
            going(table.name, count)
    kinds = tuple((column.name, _kind(column)) for column in columns)
    return Part(table.name, kinds, count, digest.hexdigest())


def _kind(column: Column[Any]) -> str:
    for known, name in ((JSON, "json"), (Boolean, "bool"), (Integer, "int")):
        if isinstance(column.type, known):
            return name
    return "text"


def _seal(file: IO[bytes]) -> None:
    size = file.seek(0, 2)
    digest = hash_of(file, size - SEALED)
    file.seek(size - SEALED)
    file.write(SEAL + digest.encode())


def hash_of(file: IO[bytes], size: int) -> str:
    """The SHA-256 of the first `size` bytes."""
    digest, left = hashlib.sha256(), size
    file.seek(0)
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()
