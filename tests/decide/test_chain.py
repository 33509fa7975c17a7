from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from hub.decide.audit_words import KINDS, said
from hub.decide.chain import Broken, is_noted, words

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("broken", list(Broken))
def test_a_broken_chain_is_told_with_what_to_do_in_both_languages(broken: Broken) -> None:
    found = words(broken, 41)
    for tag, text in found.items():
        assert "41" in text["what"]
        assert text["do"]
        assert bool(CHINESE.search(text["what"] + text["do"])) is (tag == "zh-CN")
    assert "–" in words(broken, None)["en"]["what"]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("41:9f2c8b0d1e2f3a4b", True),
        ("41:" + "0" * 64, True),
        ("0:9f2c8b0d1e2f3a4b", False),
        ("41:9f2c", False),
        ("41", False),
        ("41:9f2c8b0d1e2f3a4%", False),
        ("", False),
    ],
)
def test_an_end_is_noted_down_as_row_and_chain(text: str, fits: bool) -> None:
    assert is_noted(text) is fits


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_row_has_its_words(kind: str) -> None:
    data = {"count": 3, "why": "password", "playbook": "fire", "kind": "live", "people": 9}
    found = said(kind, data | {"untold": 2})
    assert CHINESE.search(found["zh-CN"])
    assert not CHINESE.search(found["en"])
    assert "–" not in found["zh-CN"] + found["en"]


def test_rows_of_another_release_are_shown_by_their_name_and_what_is_missing_by_a_dash() -> None:
    assert said("of_tomorrow", {}) == {"zh-CN": "of_tomorrow", "en": "of_tomorrow"}
    assert said("login_failed", {"count": 2, "why": "odd"})["en"] == "2 failed logins (–)"
    assert "–" in said("stop", {})["en"]


def _recorded() -> set[str]:
    """Every kind of row the hub writes by its name."""
    found: set[str] = set()
    for path in (*Path("hub").rglob("*.py"), *Path("web").rglob("*.py")):
        for call in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)):
            named = [one.value for one in call.keywords if one.arg == "action"]
            if getattr(call.func, "attr", "") in {"audit", "_changed"}:
                named += call.args[:2]
            values = {one.value for one in named if isinstance(one, ast.Constant)}
            found |= {one for one in values if isinstance(one, str)}
    return found


def test_whatever_is_recorded_has_its_words() -> None:
    found = _recorded()
    assert {"launch", "site_change", "reply_settled", "hub_restore"} <= found
    assert found - {"outside"} <= KINDS.keys()


def test_kinds_of_launches_are_told_in_the_readers_language() -> None:
    found = said("launch", {"playbook": "fire", "kind": "drill", "people": 9})
    assert found == {
        "zh-CN": "启动预案 fire（演练），9 人",
        "en": "launched fire (drill), 9 people",
    }


@pytest.mark.parametrize("kind", ["reply_reopened", "site_change"])
def test_what_is_undone_and_set_has_words(kind: str) -> None:
    assert kind in KINDS
