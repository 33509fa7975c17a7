# ruff: noqa: E501 (sentences are not cut)
"""Every refusal that a person can meet is said in their language: walked in the source."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub.decide.stages import No
from hub.errors import Conflict, Problem, Refused
from web.catalog import FOLDER
from web.problems import of_error
from web.refusals import refusals, said_in, sentence, tell

HOME = Path(__file__).parents[2]
ROOMS = ("hub/flow", "hub/decide", "hub/store", "web")
RAISED = frozenset(
    {"Refused", "Unknown", "Conflict", "NotAllowed", "NotKnown", "TooMany", "Unready", "Malformed"}
    | {"Damaged"}
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")

PROGRAMS = {
    "web/live": "frames of the socket: a script reads their codes",
    "web/hooks.py": "providers",
    "web/server.py": "the terminal that starts the hub",
    "web/tongues.py": "the terminal: files of words for another language",
    "web/api/reading.py": "bodies of programs; what people type is checked by the hub",
    "hub/flow/report.py": "providers",
    "hub/store/archive": "the terminal: backup and restore",
    "hub/store/restoring.py": "the terminal: restore",
    "hub/store/snapshot.py": "the terminal: backup",
    "hub/store/database.py": "the terminal that starts the hub",
}
"""Whose refusals no person reads on a page, and who does."""


@dataclass(frozen=True)
class Literal:
    """A sentence as it stands in the source, with a sample for whatever is filled in."""

    where: str
    kind: str
    text: str


def literals() -> Iterator[Literal]:
    for room in ROOMS:
        for file in sorted((HOME / room).rglob("*.py")):
            where = file.relative_to(HOME).as_posix()
            if not where.startswith(tuple(PROGRAMS)):
                yield from _in_file(where, ast.parse(file.read_text(encoding="utf-8")))


def _in_file(where: str, tree: ast.Module) -> Iterator[Literal]:
    rooms = [
        one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for room in rooms:
        yield from _in_function(where, room)


def _in_function(where: str, room: ast.AST) -> Iterator[Literal]:
    for call in ast.walk(room):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        name = call.func.id
        coded = any(one.arg == "code" for one in call.keywords)
        if name in RAISED and call.args:
            found = [call.args[0]]
        elif name == "Problem" and not coded:
            found = call.args[1:3]
        else:
            continue
        for one in found:
            for text in filter(None, (_text(node) for node in _values(one, room))):
                yield Literal(f"{where}:{call.lineno}", name, text)


def _values(node: ast.expr, room: ast.AST) -> list[ast.expr]:
    """The expression, or what its name was set to in this function (`said = …; raise Conflict(said)`)."""
    if not isinstance(node, ast.Name):
        return [node]
    return [
        one.value
        for one in ast.walk(room)
        if isinstance(one, ast.Assign)
        and any(isinstance(to, ast.Name) and to.id == node.id for to in one.targets)
    ]


def _text(node: ast.expr) -> str:
    """The sentence, "" for one that is made elsewhere; `X1` stands for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left = _text(node.left)
        return left + (_text(node.right) or "X1") if left else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = [one.value if isinstance(one, ast.Constant) else "X1" for one in node.values]
    return "".join(str(part) for part in parts)


FOUND = [one for one in literals() if not one.text.startswith(("This cannot be ", "X1", "line X1"))]


def test_the_walk_finds_what_there_is() -> None:
    assert len(FOUND) > 60
    assert any("hub/flow/tasks.py" in one.where for one in FOUND)
    assert all((HOME / file.split(":")[0]).exists() for file in {one.where for one in FOUND})
    assert all(any(HOME.glob(f"{name}*")) for name in PROGRAMS)


@pytest.mark.parametrize("one", FOUND, ids=lambda one: f"{one.where} {one.text[:40]}")
def test_every_refusal_for_people_has_its_chinese(one: Literal) -> None:
    said = sentence(one.text, [], "zh-CN", code="")
    assert CHINESE.search(said), f"{one.where}: add it to web/words/said.zh-CN.json"
    assert "X1" not in said or "X1" in one.text


def test_what_was_entered_meanwhile_is_said_in_chinese() -> None:
    for text, zh in (
        (
            "Somebody has entered something for this task meanwhile. Look at it again.",
            "这项任务刚被他人登记过，请再看一遍。",
        ),
        (
            "This code is not waiting: it was used, or its ten minutes are over.",
            "配对码已使用或已过期，请看屏幕上的新码。",
        ),
        (
            "Somebody changed this entry meanwhile. Load it again.",
            "这条资料刚被他人改过，请重新打开。",
        ),
        ("There is no incident 7.", "没有编号为 7 的事件。"),
        ("This needs the role duty; you have viewer.", "此操作需要 duty 权限，您的权限是 viewer。"),
    ):
        assert sentence(text, [], "zh-CN", code="") == zh
        assert sentence(text, [], "en", code="") == text


def test_a_field_that_is_wrong_is_told_in_chinese() -> None:
    told = tell(Problem("role", "'boss' is not known", "one of admin, duty, viewer"), "zh-CN")
    assert (told["what"], told["hint"]) == ("没有 'boss' 这一项", "可选：admin, duty, viewer")
    assert tell(Problem("role", "'boss' is not known"), "en")["what"] == "'boss' is not known"


def test_every_translation_keeps_what_is_filled_in_or_leaves_it_out_on_purpose() -> None:
    own: dict[str, str] = json.loads((FOLDER / "said.zh-CN.json").read_text("utf-8"))
    for english, chinese in own.items():
        assert CHINESE.search(chinese), english
        marks = set(re.findall(r"\{(\w+)\}", chinese))
        assert marks <= set(re.findall(r"\{(\w+)\}", english)), english
        assert not re.search(r"[\u4e00-\u9fff][,;?!:]", chinese), english
    assert not set(own) & set(refusals("en").values()) - {
        "The texts of this notice cannot be sent as they are.",
        "is missing",
        "is not known",
    }


def test_what_has_no_words_stays_as_it_is() -> None:
    assert said_in("Nobody has written this.", "zh-CN") == "Nobody has written this."
    assert said_in("", "zh-CN") == ""
    assert said_in("There is no incident 7.", "ja") == "There is no incident 7."


def test_a_page_says_it_in_both_languages() -> None:
    scope: dict[str, Any] = {"type": "http", "path": "/a/x", "method": "POST", "headers": []}
    error = Refused("This answer is not known.", [Problem("answer", "is not an answer we know")])
    page = of_error(scope, error).body.decode()
    assert "没有这种回复。" in page
    assert "This answer is not known." in page
    closed = of_error(scope, Conflict(str(No.CLOSED), code="closed")).body.decode()
    assert "此事件已关闭" in closed
