"""Every promise is named with its tests, and every test that is named exists."""

from __future__ import annotations

import re

import pytest

from tests.faults.actions import ACTIONS
from tests.processes import ROOT

DOCUMENT = (ROOT / "docs" / "RELIABILITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT)))
PROMISES = re.findall(r"^\| (\d+) \|[^|]+\|(.+)\|$", DOCUMENT, re.MULTILINE)


def test_all_promises_have_a_test() -> None:
    found = [int(number) for number, _ in PROMISES]
    assert found == sorted(set(found))
    assert {*range(1, 18), *range(31, 35)} <= set(found)
    assert all("::test_" in tests for _, tests in PROMISES)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_test_exists(file: str, name: str) -> None:
    source = (ROOT / file).read_text("utf-8")
    assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), f"{file} has no {name}"


def test_every_fault_is_described() -> None:
    missing = [name for name in ACTIONS if f"`{name}`" not in DOCUMENT]
    assert not missing
