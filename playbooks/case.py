"""What the rules of the check look at: a playbook, the channels it meets, and its texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from hub.decide.byhand import BY_HAND
from hub.decide.spoken import is_chinese
from hub.decide.texts import PAGE, SCREEN
from hub.decide.variables import sample
from hub.decide.wording import names_in, render
from hub.errors import Refused
from hub.model import Kind, Playbook, Stage
from playbooks.document import Path

KINDS = (Kind.LIVE, Kind.DRILL)
"""Kinds every playbook must have words for; a test without its own speaks as a drill."""

DOOR = "door"
"""The list of doors to knock at: staff's own feet, no account and no words. Of `BY_HAND`."""

LATER = frozenset({"voice", "push", "email", "dingtalk", "feishu", "cap", *BY_HAND})
"""Channels a playbook may name though a site has no account: skipped there, never unknown."""

FRAMED = frozenset({SCREEN, PAGE})
"""Channels whose page prints source, time of issue and next update around the words."""

PAGE_PARTS = ("title", "do", "facts")


class Needs(Protocol):
    """What the check asks of a channel (`hub.ports.Traits` is one)."""

    @property
    def parts(self) -> tuple[str, ...]: ...

    @property
    def limit(self) -> int: ...

    @property
    def unit(self) -> str: ...

    @property
    def personal(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: where in the playbook, what, and what to do. `line`: lines further down."""

    path: Path
    what: str
    hint: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a playbook, in one language, as it stands in the file."""

    kind: Kind
    stage: Stage
    band: str
    channel: str
    language: str
    parts: Mapping[str, str]

    @property
    def path(self) -> Path:
        """Where it stands in the file."""
        return (
            "words", str(self.kind), str(self.stage), self.band, self.channel, self.language,
        )  # fmt: skip

    @property
    def names(self) -> frozenset[str]:
        """The variables its parts name."""
        return frozenset().union(*(names_in(source) for source in self.parts.values()))


@dataclass(frozen=True, slots=True)
class Said:
    """A text with these values."""

    values: Mapping[str, str]
    parts: Mapping[str, str]

    @property
    def whole(self) -> str:
        """All its parts as one."""
        return whole(self.parts)


@dataclass(frozen=True)
class Case:
    """A playbook on a site with these channels and languages."""

    playbook: Playbook
    traits: Mapping[str, Needs]
    languages: tuple[str, ...]

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text in the file."""
        return tuple(_texts(self.playbook))

    def parts_of(self, channel: str) -> tuple[str, ...]:
        """The parts a channel needs; () where that is not known."""
        if channel == PAGE:
            return PAGE_PARTS
        known = self.traits.get(channel)
        return known.parts if known else ()

    def rendered(self, text: Text) -> tuple[Said, ...]:
        """The text as it can come out: full, bare, the whole estate, each choice.

        () if it cannot be rendered; another rule says why.
        """
        if text.path not in self._rendered:
            self._rendered[text.path] = _said(self.playbook, text)
        return self._rendered[text.path]

    @cached_property
    def _rendered(self) -> dict[Path, tuple[Said, ...]]:
        return {}


def _said(playbook: Playbook, text: Text) -> tuple[Said, ...]:
    made = []
    for values in variants(playbook, text.language):
        try:
            parts = {part: render(source, values) for part, source in text.parts.items()}
        except Refused:
            return ()
        made.append(Said(values, parts))
    return tuple(made)


def whole(parts: Mapping[str, str]) -> str:
    """All parts of a text as one."""
    return "\n".join(parts.values())


def variants(playbook: Playbook, language: str) -> Iterator[dict[str, str]]:
    """Values that lead a template through its different branches."""
    chinese = is_chinese(language)
    added = "电梯厅有烟，请改走东侧楼梯" if chinese else "Smoke by the lifts, use the east stairs"
    full = sample(playbook, language=language, text=added)
    choices = {one.key for one in playbook.parameters if one.kind == "choice"}
    optional = {one.key for one in playbook.parameters if not one.required} - choices
    yield full
    yield full | dict.fromkeys(optional, "") | {"text": ""}
    # Not what is said of an estate: the source may hold those words too.
    estate = {"place": "沧浪园区" if chinese else "Canglang Park", "building": "", "floor": ""}
    yield full | estate
    yield full | {"replies": ""}
    for parameter in playbook.parameters:
        for option in parameter.options:
            yield full | {
                parameter.key: option.name.get(language, option.value),
                f"{parameter.key}_value": option.value,
            }


def _texts(playbook: Playbook) -> Iterator[Text]:
    for kind, stages in playbook.words.items():
        for stage, bands in stages.items():
            for band, channels in bands.items():
                for channel, languages in channels.items():
                    for language, parts in languages.items():
                        yield Text(Kind(kind), Stage(stage), band, channel, language, parts)
