"""Reading a backup: nothing of it is believed before all of it was checked."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from hub.errors import Problem, Refused
from hub.store.archive import (
    AT_ONCE,
    CHUNK,
    FORMAT,
    LEFT_OUT,
    MANIFEST,
    SEAL,
    SEALED,
    Going,
    Manifest,
    Part,
    hash_of,
)
from hub.store.migrate import revisions

KINDS = frozenset({"int", "text", "bool", "json"})
_NAME = re.compile(r"[a-z][a-z_]{0,62}")
_TORN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, TypeError, OSError)


class Archive:
    """An open backup whose seal holds. `manifest` says what is in it."""

    def __init__(self, name: str, archive: zipfile.ZipFile, manifest: Manifest):
        self.manifest = manifest
        self._name = name
        self._zip = archive

    def rows(self, part: Part) -> Iterator[list[Any]]:
        """The rows of a table, one at a time; Refused at the end if they are not what was put in,
        so what was done with them must be taken back then."""
        digest, count, width = hashlib.sha256(), 0, len(part.columns)
        try:
            with self._zip.open(f"{part.table}.jsonl") as packed:
                raw: Any = packed  # typed as any file; it is one that can be read ahead
                for line in io.BufferedReader(raw, CHUNK):
                    digest.update(line)
                    row = json.loads(line)
                    if type(row) is not list or len(row) != width:
                        raise ValueError(f"row {count + 1} of {part.table}")
                    count += 1
                    yield row
        except _TORN as error:
            raise damaged(self._name, f"{part.table} cannot be read: {error}") from error
        if (count, digest.hexdigest()) != (part.rows, part.sha256):
            raise damaged(self._name, f"{part.table} does not have the rows that were backed up")

    def check(self, going: Going) -> None:
        """Every row of every table can be read and is what was put in."""
        for part in self.manifest.parts:
            for number, _ in enumerate(self.rows(part), 1):
                if number % AT_ONCE == 0 or number == part.rows:
                    going(part.table, number)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The backup at `path`; Refused if a byte of it is missing or changed, or if this release
    cannot bring it in."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            _check_seal(path, file)
            archive = stack.enter_context(zipfile.ZipFile(file))
            manifest = _manifest(json.loads(archive.read(MANIFEST)), path)
        except OSError as error:
            where = Problem(str(path), str(error.strerror or error), "check the path")
            raise Refused(
                f"{path} cannot be read: {error.strerror}.", [where], code="file"
            ) from error
        except _TORN as error:
            raise damaged(str(path), "is no backup this release can read") from error
        yield Archive(str(path), archive, manifest)


def damaged(name: str, what: str) -> Refused:
    """The refusal of a backup that is not whole."""
    where = Problem(name, what, "use another backup, or fetch this one again")
    return Refused(f"{name} is no whole backup: {what}. Nothing was changed.", [where], code="torn")


def _check_seal(path: Path, file: IO[bytes]) -> None:
    size = file.seek(0, 2)
    file.seek(max(0, size - SEALED))
    seal = file.read(SEALED)
    if not seal.startswith(SEAL):
        raise damaged(str(path), "its end is missing, or it was not made by muster backup")
    if hash_of(file, size - SEALED).encode() != seal[len(SEAL) :]:
        raise damaged(str(path), "it was changed or cut after it was made")


def _manifest(said: dict[str, Any], path: Path) -> Manifest:
    known = revisions()
    if said["format"] != FORMAT or said["revision"] not in known:
        made = f"made by Muster {said['muster']} (schema {said['revision']})"
        where = Problem(str(path), made, f"this release knows schemas up to {known[0]}")
        raise Refused(
            f"{path} was {made}, which this release does not know. Restore it with that release or"
            " a newer one. Nothing was changed.",
            [where],
            code="newer",
        )
    parts = tuple(
        Part(p["table"], tuple((n, k) for n, k in p["columns"]), int(p["rows"]), p["sha256"])
        for p in said["parts"]
    )
    for part in parts:
        _check_names(part, path)
    return Manifest(
        muster=str(said["muster"]),
        revision=str(said["revision"]),
        made_at=str(said["made_at"]),
        database=str(said["database"]),
        key=str(said["key"]),
        parts=parts,
    )


def _check_names(part: Part, path: Path) -> None:
    """Names go into statements: only such as a schema has."""
    names = (part.table, *(name for name, _ in part.columns))
    fine = all(_NAME.fullmatch(name) for name in names)
    if not fine or part.table in LEFT_OUT or not {kind for _, kind in part.columns} <= KINDS:
        raise damaged(str(path), f"it names a table no backup has: {part.table[:40]!r}")
