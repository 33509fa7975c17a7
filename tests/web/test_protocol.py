"""The description of the live socket says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from web import budget
from web.live_ops import OPS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def described() -> dict[str, Any]:
    return YAML(typ="safe").load(DOCS / "asyncapi.yaml")


def messages(operation: str) -> set[str]:
    found = described()["operations"][operation]["messages"]
    return {ref["$ref"].rpartition("/")[2] for ref in found}


def test_every_op_a_client_may_say_is_described_and_no_other():
    assert messages("say") == {"hello", *OPS}


def test_every_op_the_hub_says_is_described():
    code = "".join(
        path.read_text("utf-8")
        for folder in ("web", "hub/decide")
        for path in sorted((DOCS.parent / folder).glob("*.py"))
    )
    said = set(re.findall(r'"op": "(\w+)"|_head\("(\w+)"', code))
    assert {a or b for a, b in said} <= messages("hear")


def test_every_reference_leads_somewhere():
    whole = described()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                found = whole
                for step in node["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(whole)


def test_every_payload_is_a_schema():
    for name, message in described()["components"]["messages"].items():
        assert message["summary"], name
        Draft202012Validator.check_schema(message["payload"])


def test_every_close_code_in_use_is_explained():
    prose = (DOCS / "PROTOCOL.md").read_text("utf-8")
    codes = ("4401", "4403", "1012", "1013", "1008", "1009", "1002", "1003", "1007")
    for code in codes:
        assert f"| {code}" in prose or f", {code} |" in prose
    said = described()["info"]["description"]
    assert [code for code in codes if code not in said] == []


def test_the_budget_in_use_is_the_one_described():
    prose = " ".join((DOCS / "PROTOCOL.md").read_text("utf-8").split())
    kib = budget.KIB
    before = f"{budget.HELLO_FRAMES:.0f} and {budget.HELLO_BYTES / kib:.0f} KiB until the hello"
    after = f"{budget.FRAMES:.0f} and {budget.BYTES / kib:.0f} KiB at once"
    each = f"{budget.FRAME_RATE:.0f} and {budget.BYTE_RATE / kib:.0f} KiB a second"
    described_ = " ".join(described()["info"]["description"].split())
    for text in (before, after, each):
        assert text in prose
    assert after in described_
