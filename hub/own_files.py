"""The files a site keeps of its own: read with care, so that none of them can stop or stall a hub.

Playbooks are `*.yaml` or `*.yml`; the fixed words of a resident's page are `resident.TAG.json`.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from hub.errors import Problem

KINDS = frozenset({".yaml", ".yml"})
WORDS = re.compile(r"resident\.([A-Za-z0-9-]{2,35})\.json", re.IGNORECASE)
SIZE_LIMIT = 256 * 1024  # bytes; a playbook is far smaller
MOST = 200  # files

_WRITERS = frozenset({".txt", ".doc", ".docx", ".rtf", ".odt", ".html"})
_TYPOS = frozenset({".ymal", ".yalm", ".yaml_", ".yam", ".yml_"})


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file with its text, or with why it could not be read. `name` is its whole path."""

    name: str
    text: str = ""
    problem: Problem | None = None

    @property
    def base(self) -> str:
        return Path(self.name).name


def own_files(folder: Path | None) -> list[OwnFile]:
    """Every file of the site's own. Reads files; never raises for what it finds."""
    if folder is None:
        return []
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        problem = Problem(str(folder), f"cannot be read: {error.strerror}", "check the folder")
        return [OwnFile(str(folder), problem=problem)]
    found = [one for one in map(_file, entries) if one is not None]
    if len(found) <= MOST:
        return found
    problem = Problem(str(folder), f"holds {len(found)} files, {MOST} are read", "move some out")
    return [*found[:MOST], OwnFile(str(folder), problem=problem)]


def _file(path: Path) -> OwnFile | None:
    """What an editor or another machine keeps beside a file (`.#fire.yaml`, `._fire.yaml`) is
    none of ours."""
    name = path.name
    if name.startswith("."):
        return None
    suffix = path.suffix.casefold()
    if suffix in KINDS or WORDS.fullmatch(name):
        return _read(path)
    if suffix in _TYPOS or (suffix in _WRITERS and re.search(r"\.ya?ml\b", name.casefold())):
        where = Problem(str(path), f"ends with {suffix}", "a playbook's name ends with .yaml")
        return OwnFile(str(path), problem=where)
    return None


def _read(path: Path) -> OwnFile:
    name = str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            what = "is a folder" if path.is_dir() else "is no plain file"
            return OwnFile(name, problem=Problem(name, what, "put a text file there"))
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        what = f"cannot be read: {error.strerror or type(error).__name__}"
        hint = "check where it leads and who may read it"
        return OwnFile(name, problem=Problem(name, what, hint))
    if len(data) > SIZE_LIMIT:
        what = f"is larger than {SIZE_LIMIT} bytes"
        return OwnFile(name, problem=Problem(name, what, "a playbook is far smaller"))
    return _decoded(name, data)


def _decoded(name: str, data: bytes) -> OwnFile:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        where = f"{name}:{row}:1"
        return OwnFile(name, problem=Problem(where, "is not UTF-8", "save the file as UTF-8"))
    if not text.strip():
        return OwnFile(name, problem=Problem(f"{name}:1:1", "is empty", "write it, or remove it"))
    return OwnFile(name, text)
