"""`muster backup` and `muster restore`: the whole hub in one file, and back, on both databases."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from hub import __version__
from hub.commands.output import note, say
from hub.errors import Problem, Refused, Unready
from hub.folder import locked
from hub.settings import Settings
from hub.store.archive import Manifest, fingerprint, write_archive
from hub.store.archived import Archive, opened
from hub.store.fencing import Cut
from hub.store.restoring import Restored, Standing, restore, standing
from hub.store.snapshot import look, patient

T = TypeVar("T")

STEP = 250_000  # rows between two lines of progress
NO_KEY = "The secret key is not in the backup: keep MUSTER_SECRET_KEY or secret.key with it, apart."
OTHER_KEY = (
    "This hub has another secret key than the one backed up: links in texts already sent will not"
    " work, and `audit` cannot be checked. Put the old key in place (MUSTER_SECRET_KEY or"
    " secret.key) before residents press old links."
)


class Progress:
    """Rows so far, on standard error. `stop()` ends the work at its next step."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}
        self._stopped = threading.Event()

    def __call__(self, table: str, rows: int) -> None:
        if self._stopped.is_set():
            raise Unready("It was stopped; nothing was changed.")
        if rows // STEP > self._said.get(table, 0):
            self._said[table] = rows // STEP
            note(f"  {table}: {rows} rows")

    def stop(self) -> None:
        self._stopped.set()


async def run_backup(settings: Settings, file: Path, *, force: bool, json_: bool) -> int:
    """The file is a backup of the hub as it stood at one moment; the hub may run meanwhile."""
    _here()
    going = Progress()
    with _beside(file, force=force) as part:
        question = partial(
            write_archive, path=part, version=__version__, secret=settings.secret_key, going=going
        )
        manifest = await _unless_stopped(look(settings.database_url, question), going)
        size = (await asyncio.to_thread(part.stat)).st_size
    said = {"file": str(file), "bytes": size, **_said(manifest)}
    note(NO_KEY)
    say(said, json_=json_, words=lambda: _words(f"Backed up to {file}", manifest))
    return 0


async def run_check(settings: Settings, file: Path, *, json_: bool) -> int:
    """The backup is whole, and this release can restore it."""
    going = Progress()
    manifest = await _unless_stopped(asyncio.to_thread(_checked, file, going), going)
    same = manifest.key == fingerprint(settings.secret_key)
    if not same:
        note(OTHER_KEY)
    said = {"file": str(file), "ok": True, "same_key": same, **_said(manifest)}
    say(said, json_=json_, words=lambda: _words(f"{file} is whole", manifest))
    return 0


async def run_restore(
    settings: Settings, file: Path, *, replace: bool, yes: bool, json_: bool
) -> int:
    """The hub holds what the backup holds and sends nothing of it; or nothing was changed."""
    _here()
    going = Progress()
    with contextlib.ExitStack() as stack:
        if settings.embedded:
            stack.enter_context(locked(settings.data))
        archive = stack.enter_context(opened(file))
        await _unless_stopped(asyncio.to_thread(archive.check, going), going)
        found = await _restored(settings, archive, replace=replace, yes=yes)
        same = archive.manifest.key == fingerprint(settings.secret_key)
        if not same:
            note(OTHER_KEY)
        said = _report(file, archive.manifest, found, same_key=same)
        say(said, json_=json_, words=lambda: _restored_words(archive.manifest, found))
    return 0


def _here() -> None:
    """These commands work on the database itself."""
    if url := os.environ.get("MUSTER_URL"):
        where = Problem("MUSTER_URL", f"names another hub: {url}", "unset it")
        raise Refused(
            "Backup and restore work where the database is: run them there, without MUSTER_URL.",
            [where],
            code="not_here",
        )


async def _unless_stopped(work: Any, going: Progress) -> Any:
    """The answer of work in a thread; a cancelled caller stops the work, too."""
    try:
        return await work
    except asyncio.CancelledError:
        going.stop()
        raise


async def _restored(settings: Settings, archive: Archive, *, replace: bool, yes: bool) -> Restored:
    db = patient(settings.database_url)
    going = Progress()
    try:
        await db.open()
        before = await db.read(standing)
        if replace and not before.fresh and not yes:
            _confirm(before)
        change = partial(
            restore, archive=archive, secret=settings.secret_key, replace=replace, going=going
        )
        note("Restoring …")
        found: Restored = await _unless_stopped(db.write(change), going)
        return found
    finally:
        await db.close()


def _confirm(before: Standing) -> None:
    """Somebody typed how many recipients are about to be replaced."""
    note(
        f"This hub holds {before.recipients} recipients and {before.incidents} incidents."
        " All of it is replaced by the backup."
    )
    try:
        asked = "Type the number of recipients to go on"
        typed = str(click.prompt(asked, default="", show_default=False, err=True))
    except click.Abort:  # nobody is there to type
        typed = ""
    if typed.strip() != str(before.recipients):
        raise Refused("That is not the number. Nothing was changed.", code="not_confirmed")


def _checked(file: Path, going: Callable[[str, int], None]) -> Manifest:
    with opened(file) as archive:
        archive.check(going)
        return archive.manifest


@contextlib.contextmanager
def _beside(file: Path, *, force: bool) -> Iterator[Path]:
    """A private file that takes the name `file` when the block ends well, on disk for good."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        _check_free(file, force=force)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield part
        _to_disk(part)
        _check_free(file, force=force)
        part.replace(file)
        _to_disk(file.parent)
    except OSError as error:
        where = Problem(str(file), str(error.strerror or error), "choose another place")
        raise Refused(f"{file} cannot be written.", [where], code="file") from error
    finally:
        part.unlink(missing_ok=True)


def _check_free(file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise Refused(f"{file} is a folder: name a file in it.", code="exists")
    if file.exists() and not force:
        where = Problem(str(file), "is there already", "choose another name, or give --force")
        raise Refused(f"{file} is there already; it was not touched.", [where], code="exists")


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _said(manifest: Manifest) -> Mapping[str, Any]:
    return {
        "muster": manifest.muster,
        "revision": manifest.revision,
        "made_at": manifest.made_at,
        "database": manifest.database,
        "key": manifest.key,
        "rows": dict(manifest.rows),
    }


def _words(begin: str, manifest: Manifest) -> str:
    rows = manifest.rows
    return (
        f"{begin}: {rows.get('recipients', 0)} recipients, {rows.get('incidents', 0)} incidents,"
        f" {rows.get('deliveries', 0)} deliveries as of {manifest.made_at}"
        f" (Muster {manifest.muster}, schema {manifest.revision}, {manifest.database})."
    )


def _report(
    file: Path, manifest: Manifest, found: Restored, *, same_key: bool
) -> Mapping[str, Any]:
    return {
        "file": str(file),
        **_said(manifest),
        "same_key": same_key,
        "epoch": found.epoch,
        "unsent": sum(cut.unsent for cut in found.cuts),
        "unsure": sum(cut.unsure for cut in found.cuts),
        "waves": sum(cut.waves for cut in found.cuts),
        "incidents": [asdict(cut) for cut in found.cuts],
    }


def _restored_words(manifest: Manifest, found: Restored) -> str:
    unsent = sum(cut.unsent for cut in found.cuts)
    lines = [_words("Restored", manifest)]
    lines.append(f"{unsent} deliveries were under way and will not be sent.")
    if found.cuts:
        lines.append("Look at these incidents, and say an update, an all-clear or a correction:")
        lines += [f"  {_cut_words(cut)}" for cut in found.cuts]
    lines.append("What the old hub did after the backup is not known here.")
    return "\n".join(lines)


def _cut_words(cut: Cut) -> str:
    ending = {
        "all_clear": "its all-clear was going out: say it again",
        "correction": "its correction was going out: say it again",
    }
    more = [ending[stage] for stage in cut.stages if stage in ending]
    facts = [
        f"{cut.unsent} not sent",
        f"{cut.unsure} of them may have arrived",
        f"{cut.waves} waves ended",
        *more,
    ]
    return f"{cut.code} ({cut.kind}, {cut.place}, was {cut.was}): {', '.join(facts)}"
