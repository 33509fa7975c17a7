"""Playbooks from YAML, from frozen documents, and the library of those that ship."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hub.errors import Problem, Refused
from hub.model import (
    Band,
    Choice,
    Kind,
    Lane,
    Level,
    Parameter,
    Playbook,
    RecipientKind,
    TaskSpec,
    Wave,
)
from playbooks.document import Document, Path, read
from playbooks.spec import (
    BandSpec,
    Fill,
    ParameterSpec,
    PlaybookSpec,
    TaskEntry,
    WaveSpec,
    duration,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A playbook and the file it was read from, for problems with line and column."""

    playbook: Playbook
    document: Document


def load(text: str, *, name: str) -> Playbook:
    """The playbook in a YAML text; Refused names every problem as `file:line:column`."""
    return load_draft(text, name=name).playbook


def load_draft(text: str, *, name: str) -> Draft:
    """The playbook in a YAML text and its places; Refused as `load`."""
    document = read(text, name=name)
    return Draft(_playbook(document), document)


def thaw(document: Mapping[str, object]) -> Playbook:
    """The playbook a frozen document (`Playbook.source`) stands for; Refused if it is none."""
    return _playbook(Document("frozen playbook", dict(document), {}))


def _playbook(document: Document) -> Playbook:
    try:
        spec = PlaybookSpec.model_validate(document.data)
    except ValidationError as error:
        problems = [_problem(document, found) for found in error.errors(include_url=False)]
        what = f"The playbook file {document.name} cannot be used."
        raise Refused(what, _unique(problems), code="bad_playbook") from None
    return _built(spec, document.data)


def _built(spec: PlaybookSpec, source: Mapping[str, Any]) -> Playbook:
    return Playbook(
        key=spec.key,
        version=spec.version,
        name=spec.name,
        summary=spec.summary,
        level=Level(spec.level),
        icon=spec.icon,
        lane=Lane(spec.lane),
        expires=duration(spec.expires),
        update_every=duration(spec.update_every),
        parameters=tuple(_parameter(one) for one in spec.parameters),
        bands=tuple(_band(one) for one in spec.bands),
        waves=tuple(_wave(one) for one in spec.waves),
        tasks=tuple(_task(one) for one in spec.tasks),
        words=spec.model_dump()["words"],
        cap=spec.cap,
        calls=tuple(spec.calls),
        unusable=spec.unusable,
        prefer_double=spec.prefer_double,
        place_depth=spec.place_depth,
        source=source,
    )


def _parameter(spec: ParameterSpec) -> Parameter:
    return Parameter(
        key=spec.key,
        name=spec.name,
        kind=spec.kind,
        default=spec.default,
        options=tuple(Choice(one.value, one.name) for one in spec.options),
        source=spec.source,
        required=spec.required,
        hint=spec.hint,
        limit=spec.limit,
    )


def _band(spec: BandSpec) -> Band:
    kinds = frozenset(RecipientKind(kind) for kind in spec.kinds)
    roles = frozenset(spec.roles)
    return Band(spec.key, spec.name, kinds, spec.where, spec.below, roles, spec.needs)


def _wave(spec: WaveSpec) -> Wave:
    return Wave(
        key=spec.key,
        name=spec.name,
        after=duration(spec.after),
        bands=tuple(spec.bands),
        channels=tuple(spec.channels),
        mode=spec.mode,
        until=spec.until,
        repeat=spec.repeat,
        every=duration(spec.every),
        needs=spec.needs,
        roles=frozenset(spec.roles),
        fill=spec.fill.count,
        fill_roles=frozenset(spec.fill.roles),
        role=spec.role,
    )


def _task(spec: TaskEntry) -> TaskSpec:
    kinds = frozenset(Kind(kind) for kind in spec.kinds)
    return TaskSpec(spec.key, spec.name, spec.role, duration(spec.due), kinds)


# ── What pydantic found, in plain words ────────────────────────────────────────────────────────


def _problem(document: Document, found: ErrorDetails) -> Problem:
    path: Path = tuple(step for step in found["loc"] if step != "[key]")
    dotted = ".".join(str(step) for step in path)
    what, hint = _said(found, path)
    return Problem(document.where(path), f"{dotted}: {what}", hint)


def _said(found: ErrorDetails, path: Path) -> tuple[str, str]:
    """What is wrong and what to do, for a person who has never seen pydantic."""
    kind, context = found["type"], found.get("ctx") or {}
    if kind == "missing":
        return "is missing", f"add `{path[-1]}:`"
    if kind == "extra_forbidden":
        known = sorted({name for model in _MODELS for name in model.model_fields})
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        return "is not a known field", f"did you mean `{near[0]}`?" if near else "remove it"
    if kind == "literal_error":
        return f"must be {context.get('expected', '')}, not {found['input']!r}"[:300], ""
    if kind == "string_pattern_mismatch":
        return f"{str(found['input'])[:60]!r} is not written as it should be", _shape(context)
    if kind == "string_type":
        return "must be text", "put it in quotes"
    plain = re.sub(r"^(Value error|Input) (, )?", "", found["msg"]).removeprefix("Value error, ")
    return plain[:1].lower() + plain[1:], ""


def _shape(context: Mapping[str, Any]) -> str:
    if "a-z]{2,3}" in str(context.get("pattern", "")):
        return "a language is written like `zh-CN` or `en`"
    return "use small letters, digits, - and _, and begin with a letter"


_MODELS = (PlaybookSpec, ParameterSpec, BandSpec, WaveSpec, Fill, TaskEntry)


def _unique(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


# ── The library ────────────────────────────────────────────────────────────────────────────────


class Library:
    """The playbooks of a site by key (`hub.ports.Library`): those that ship, then its own.

    A site's playbook replaces the shipped one with the same key.
    """

    def __init__(self, drafts: Iterable[Draft]):
        self._drafts = {draft.playbook.key: draft for draft in drafts}

    @classmethod
    def packaged(cls, extra: Mapping[str, str] | None = None) -> Library:
        """The shipped playbooks and `extra` (file name -> YAML). Reads files; Refused as `load`."""
        drafts = list(packaged_drafts())
        drafts += [load_draft(text, name=name) for name, text in (extra or {}).items()]
        return cls(drafts)

    def get(self, key: str) -> Playbook | None:
        """The playbook of that key, if there is one."""
        draft = self._drafts.get(key)
        return draft.playbook if draft else None

    def all(self) -> Sequence[Playbook]:
        """Every playbook, the most urgent first."""
        found = (draft.playbook for draft in self._drafts.values())
        return sorted(found, key=lambda playbook: playbook.level.value)

    def drafts(self) -> Sequence[Draft]:
        """Every playbook with its file, for the check."""
        return list(self._drafts.values())

    def thaw(self, document: Mapping[str, object]) -> Playbook:
        """The playbook a frozen document stands for."""
        return thaw(document)


@cache
def packaged_drafts() -> tuple[Draft, ...]:
    """The playbooks that ship, read once in a process."""
    return tuple(load_draft(text, name=name) for name, text in packaged_texts().items())


def packaged_texts() -> dict[str, str]:
    """The YAML files that ship, by file name. Reads files."""
    folder = resources.files("playbooks") / "library"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=str)
    return {one.name: one.read_text(encoding="utf-8") for one in files}
