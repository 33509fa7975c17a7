"""YAML read as plain data, with the line and column of every value.

Refused here, before anything is built: files over 256 KiB, aliases and anchors (the way of YAML
bombs), explicit tags, duplicate keys, several documents, deep nesting. YAML 1.2: `22:30` and `no`
stay text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hub.errors import Problem, Refused

SIZE_LIMIT = 256 * 1024
"""Bytes of a playbook file."""

DEPTH_LIMIT = 16
NODE_LIMIT = 20_000
INTEGER_DIGITS = 9

Path = tuple[str | int, ...]
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """A file's data and where each value begins; keys are paths like `("waves", 0, "after")`."""

    name: str
    data: dict[str, Any]
    positions: Mapping[Path, Position]

    def where(self, path: Path, *, line: int = 0) -> str:
        """`file:line:column` of a path, or of the nearest thing around it that is there.

        `line` counts further lines down, for a place inside a text of several lines.
        """
        while path and path not in self.positions:
            path = path[:-1]
        row, column = self.positions.get(path, (1, 1))
        return f"{self.name}:{row + line}:{column}"


def read(text: str, *, name: str) -> Document:
    """The document in `text`; Refused with `file:line:column` for everything that is wrong."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > SIZE_LIMIT:
        what = f"is {size} bytes long, {SIZE_LIMIT} are allowed"
        raise _refused(name, 1, 1, what, "split it or shorten the words")
    try:
        _guard(text, name)
        node = _yaml().compose(text)
    except (YAMLError, RecursionError, ValueError) as error:
        raise _unreadable(name, error) from None
    return _document(node, name)


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)


def _guard(text: str, name: str) -> None:
    """Nothing dangerous is in the stream of events; it is read one by one and never built."""
    depth = count = documents = 0
    for event in _yaml().parse(text):
        count += isinstance(event, NodeEvent)
        documents += isinstance(event, DocumentStartEvent)
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        problem = _event_problem(event)
        if documents > 1:
            problem = "holds a second document", "keep one playbook to a file"
        if depth > DEPTH_LIMIT or count > NODE_LIMIT:
            problem = "is nested too deeply or has too many values", "a playbook is far smaller"
        if problem:
            mark = event.start_mark
            raise _refused(name, mark.line + 1, mark.column + 1, *problem)


def _event_problem(event: Event) -> tuple[str, str] | None:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        return "uses an anchor or alias (& or *)", "write the text again, or put it in quotes"
    tag = getattr(event, "tag", None)
    if tag and not (isinstance(event, ScalarEvent) and str(tag) == "!"):
        return f"uses the tag {tag}", "remove it, or put the text in quotes"
    return None


def _document(node: Node | None, name: str) -> Document:
    if not isinstance(node, MappingNode):
        raise _refused(name, 1, 1, "is not a playbook", "begin with `key: …`, one field a line")
    positions: dict[Path, Position] = {}
    problems: list[Problem] = []
    data = _value(node, (), positions, problems, name)
    if problems:
        raise Refused(f"The playbook file {name} cannot be used.", problems, code="bad_playbook")
    return Document(name, data, positions)


def _value(
    node: Node, path: Path, positions: dict[Path, Position], problems: list[Problem], name: str
) -> Any:
    """Plain data for a node; positions and duplicate keys are noted on the way."""
    positions[path] = _position(node)
    if isinstance(node, MappingNode):
        return dict(_pairs(node, path, positions, problems, name))
    if isinstance(node, SequenceNode):
        return [
            _value(child, (*path, number), positions, problems, name)
            for number, child in enumerate(node.value)
        ]
    return _scalar(node)


def _pairs(
    node: MappingNode,
    path: Path,
    positions: dict[Path, Position],
    problems: list[Problem],
    name: str,
) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for key_node, child in node.value:
        row, column = _position(key_node)
        where = f"{name}:{row}:{column}"
        if not isinstance(key_node, ScalarNode):
            problems.append(Problem(where, "has a key that is not a word", "write `key: value`"))
            continue
        key = str(key_node.value)
        if key in seen:
            what = f"the key {key!r} is there twice, first on line {seen[key]}"
            problems.append(Problem(where, what, "remove one of the two"))
            continue
        seen[key] = row
        yield key, _value(child, (*path, key), positions, problems, name)


def _scalar(node: Node) -> str | int | bool | None:
    value, tag = str(node.value), str(node.tag)
    if tag.endswith(":bool"):
        return value.casefold() == "true"
    if tag.endswith(":null"):
        return None
    if tag.endswith(":int") and value.lstrip("+-").isdecimal() and len(value) <= INTEGER_DIGITS:
        return int(value)
    return value


def _position(node: Node) -> Position:
    """Line and column, from 1; a block of text (`|`, `>`) begins on the line after its mark."""
    block = isinstance(node, ScalarNode) and node.style in {"|", ">"}
    return node.start_mark.line + (2 if block else 1), node.start_mark.column + 1


def _unreadable(name: str, error: Exception) -> Refused:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    row, column = (mark.line + 1, mark.column + 1) if isinstance(mark, StringMark) else (1, 1)
    said = error.problem if isinstance(error, MarkedYAMLError) else ""
    if not said:
        said = str(error).strip().splitlines()[0] if str(error).strip() else "is nested too deeply"
    hint = "check indentation, colons and quotes near this place"
    return _refused(name, row, column, f"is not valid YAML: {said}", hint)


def _refused(name: str, row: int, column: int, what: str, hint: str = "") -> Refused:
    problem = Problem(f"{name}:{row}:{column}", what, hint)
    return Refused(f"The playbook file {name} cannot be used.", [problem], code="bad_playbook")
