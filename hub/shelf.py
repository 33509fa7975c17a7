"""The playbooks of this hub: those that ship, and the site's own, read and checked at the start.

A fault in an own playbook ends the start, with file, line and column: never a launch.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from channels.registry import traits
from hub.errors import Problem, Refused
from hub.settings import Settings
from playbooks.check import FAULTS, check_text
from playbooks.load import Library, load

KINDS = (".yaml", ".yml")


def library(settings: Settings) -> Library:
    """Every playbook of the site. Reads files; Refused names each fault of its own ones."""
    own = own_texts(settings.playbooks)
    known, languages = traits(), settings.languages
    faults = [
        problem
        for name, text in own.items()
        for problem in check_text(text, name=name, traits=known, languages=languages, rules=FAULTS)
    ]
    faults = faults or list(_doubles(own))
    if faults:
        first = "; ".join(f"{p.where}: {p.what}" for p in faults[:3])
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        said = f"A playbook of this site cannot be used: {first}{more}."
        raise Refused(said, faults, code="bad_playbook")
    return Library.packaged(own)


def own_texts(folder: Path | None) -> dict[str, str]:
    """The site's own playbook files: path -> YAML. Reads files; Refused for one that cannot be."""
    if folder is None:
        return {}
    try:
        files = sorted(one for one in folder.iterdir() if _is_own(one))
    except OSError as error:
        raise _unread(folder, str(error.strerror)) from error
    return {str(file): _text(file) for file in files}


def _is_own(file: Path) -> bool:
    """What an editor or another machine keeps beside a file (`.#fire.yaml`, `._fire.yaml`) is no
    playbook, and no reason not to start."""
    return file.suffix in KINDS and not file.name.startswith(".")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise _unread(file, str(error.strerror)) from error
    except UnicodeDecodeError as error:
        raise _unread(file, "is not UTF-8") from error


def _unread(path: Path, what: str) -> Refused:
    where = Problem(str(path), what, "only readable YAML files in UTF-8 may be there")
    return Refused(
        f"A playbook of this site cannot be read: {path}: {what}.", [where], code="playbooks"
    )


def _doubles(own: dict[str, str]) -> Iterator[Problem]:
    """Files with one key: only one of them could be launched."""
    keys = sorted((load(text, name=name).key, name) for name, text in own.items())
    for key, same in groupby(keys, lambda one: one[0]):
        first, *others = [name for _, name in same]
        for name in others:
            yield Problem(f"{name}:1:1", f"key {key!r} is that of {first} too", "take another key")
