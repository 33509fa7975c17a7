"""The playbooks of this hub: those that ship, and the site's own, read and checked at the start.

A fault in a file of the site's own never keeps the hub from starting. The last good version of that
playbook stays in use (the database keeps it), else the one that ships; the fault is told.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from channels.registry import traits
from hub.entries import KeptText, TextFault
from hub.errors import Problem, Refused
from hub.own_files import WORDS, OwnFile, own_files
from hub.settings import Settings
from hub.store.database import Database
from hub.store.shelves import ShelfLedger
from hub.tags import tidy_tag
from playbooks.check import FAULTS, check_draft
from playbooks.load import Draft, Library, load_draft
from web.tongues import words_in

_KEY = re.compile(r"^\s*[\"']?key[\"']?\s*:\s*[\"']?([a-z][a-z0-9_-]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a hub may launch and say. `words`: the site's own words of a page, by language."""

    library: Library
    faults: tuple[TextFault, ...] = ()
    good: tuple[KeptText, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    """One file, read: what it holds, or what is wrong with it."""

    file: OwnFile
    key: str = ""
    draft: Draft | None = None
    words: Mapping[str, str] | None = None
    problems: list[Problem] = field(default_factory=list)


async def stocked(settings: Settings, db: Database) -> Shelf:
    """The shelf of this hub at its start; what is good is kept, what is wrong is on record.

    A process beside others without a folder of its own has what the others kept.
    """
    ledger = ShelfLedger(db)
    shelf = await looked(settings, ledger)
    if settings.embedded or settings.playbooks is not None:
        await ledger.put(shelf.good, shelf.faults)
    return shelf


async def looked(settings: Settings, ledger: ShelfLedger) -> Shelf:
    """The shelf as it is now; writes nothing."""
    kept = await ledger.kept()
    return await asyncio.to_thread(stand, settings, kept)


def stand(settings: Settings, kept: Sequence[KeptText] = ()) -> Shelf:
    """The shelf of these settings, with what was good before. Reads files."""
    shipped = {draft.playbook.key: draft for draft in Library.packaged().drafts()}
    files = own_files(settings.playbooks)
    found = [_look(one, settings.languages) for one in files]
    _mark_doubles(found)
    good = {one.key: one for one in found if not one.problems}
    old = {one.key: one for one in kept}
    bad = [one for one in found if one.problems]
    faults = [_fault(one, good, old, shipped) for one in bad]
    faults += [
        _gone(one, settings, shipped)
        for one in _without_file(settings, files, old)
        if one.key not in {*good, *(fault.key for fault in faults)}
    ]
    standing = [old[key] for key in old if key not in good]
    drafts = {**shipped, **_drafts(standing), **{k: o.draft for k, o in good.items() if o.draft}}
    words = {**_words(standing), **{k[6:]: o.words for k, o in good.items() if o.words}}
    return Shelf(Library(drafts.values()), tuple(faults), tuple(_kept(good.values())), words)


def own_problems(settings: Settings) -> dict[str, list[Problem]]:
    """Each file of the site's own, and everything wrong with it. Reads files."""
    found = [_look(one, settings.languages) for one in own_files(settings.playbooks)]
    _mark_doubles(found)
    return {one.file.name: one.problems for one in found}


def own_texts(folder: Path | None) -> dict[str, str]:
    """The site's own playbooks that can be read, by path."""
    files = [one for one in own_files(folder) if one.problem is None]
    return {one.name: one.text for one in files if not WORDS.fullmatch(one.base)}


# ── One file ───────────────────────────────────────────────────────────────────────────────────


def _look(file: OwnFile, languages: Sequence[str]) -> _Found:
    """What a file holds; whatever it is made of, nothing of it ends the start."""
    found = _Found(file, key=_named(file))
    if file.problem is not None:
        found.problems.append(file.problem)
        return found
    try:
        _read(found, languages)
    except Refused as refused:
        found.problems = list(refused.problems)
    except Exception as error:  # noqa: BLE001 - a fault of our own must not cost the start either
        what = f"could not be checked ({type(error).__name__})"
        found.problems.append(Problem(f"{file.name}:1:1", what, "report this, with the file"))
    return found


def _read(found: _Found, languages: Sequence[str]) -> None:
    file = found.file
    if WORDS.fullmatch(file.base):
        found.words = words_in(file.text, name=file.name, tag=found.key[6:])
        return
    found.draft = load_draft(file.text, name=file.name)
    found.key = found.draft.playbook.key
    known = traits()
    found.problems = check_draft(found.draft, traits=known, languages=languages, rules=FAULTS)


def _named(file: OwnFile) -> str:
    """The key a file has, as far as it can be seen without reading it as YAML."""
    if words := WORDS.fullmatch(file.base):
        return f"words/{tidy_tag(words[1])}"
    key = _KEY.search(file.text)
    return key[1] if key else ""


def _mark_doubles(found: Iterable[_Found]) -> None:
    """Files with one key: only one of them could be launched, so none of them counts.

    Copies of one text are no danger: the first stands.
    """
    sound = sorted((o for o in found if not o.problems), key=lambda o: (o.key, o.file.name))
    for key, same in groupby(sound, lambda one: one.key):
        first, *others = same
        for one in others:
            what = f"key {key!r} is that of {first.file.name} too"
            one.problems.append(Problem(f"{one.file.name}:1:1", what, "take another key"))
        if any(one.file.text != first.file.text for one in others):
            what = f"key {key!r} is that of {others[0].file.name} too"
            first.problems.append(Problem(f"{first.file.name}:1:1", what, "take another key"))


# ── What stands in ─────────────────────────────────────────────────────────────────────────────


def _fault(
    one: _Found,
    good: Mapping[str, _Found],
    old: Mapping[str, KeptText],
    shipped: Mapping[str, Draft],
) -> TextFault:
    key = one.key or _key_of(one.file, old, shipped)
    used, version = ("other", "") if key in good else _standing(key, old, shipped)
    first, more = one.problems[0], len(one.problems) - 1
    return TextFault(
        key=key,
        file=one.file.base,
        where=first.where,
        what=first.what,
        hint=first.hint,
        used=used,
        version=version,
        more=more,
    )


def _standing(
    key: str, old: Mapping[str, KeptText], shipped: Mapping[str, Draft]
) -> tuple[str, str]:
    """What is in use of a key without a good file, and its version."""
    version = _usable(old[key]) if key in old else ""
    if version:
        return "kept", version
    return ("shipped" if key in shipped or key.startswith("words/") else "none"), ""


def _key_of(file: OwnFile, old: Mapping[str, KeptText], shipped: Mapping[str, Draft]) -> str:
    """The key of a file that does not tell it: that of its name, now or when it was good."""
    by_file = next((one.key for one in old.values() if one.file == file.base), "")
    stem = file.base.partition(".")[0].casefold()
    return by_file or (stem if stem in old or stem in shipped else "")


def _without_file(
    settings: Settings, files: Sequence[OwnFile], old: Mapping[str, KeptText]
) -> list[KeptText]:
    """What may have lost its file: nothing where the folder itself could not be read, nor in a
    process that has no folder while others have."""
    if settings.playbooks is None and not settings.embedded:
        return []
    unread = any(one.name == str(settings.playbooks) for one in files)
    return [] if unread else list(old.values())


def _gone(one: KeptText, settings: Settings, shipped: Mapping[str, Draft]) -> TextFault:
    folder = settings.playbooks or settings.data / "playbooks"
    used, version = _standing(one.key, {one.key: one}, shipped)
    return TextFault(
        key=one.key,
        file=one.file,
        where=str(folder / one.file),
        what="is gone",
        hint=f"put it back, or run `muster playbook forget {one.key}`",
        used=used,
        version=version,
        gone=True,
    )


def _usable(one: KeptText) -> str:
    """The version of a kept text, "" if this release cannot read it."""
    if one.key.startswith("words/"):
        return one.hash[:8] if _words([one]) else ""
    drafts = _drafts([one])
    return str(drafts[one.key].playbook.version) if one.key in drafts else ""


def _drafts(kept: Iterable[KeptText]) -> dict[str, Draft]:
    found = {}
    for one in kept:
        if one.key.startswith("words/"):
            continue
        try:
            found[one.key] = load_draft(one.text, name=one.file)
        except Refused:
            continue  # a release that reads other playbooks: the fault says what is in use
    return found


def _words(kept: Iterable[KeptText]) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for one in kept:
        if one.key.startswith("words/"):
            try:
                found[one.key[6:]] = words_in(one.text, name=one.file, tag=one.key[6:])
            except Refused:
                continue
    return found


def _kept(good: Iterable[_Found]) -> list[KeptText]:
    return [
        KeptText(
            one.key,
            one.file.base,
            hashlib.sha256(one.file.text.encode()).hexdigest(),
            one.file.text,
        )
        for one in good
    ]
