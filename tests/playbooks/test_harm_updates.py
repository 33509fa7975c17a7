"""An update says again what the alert told its people to do."""

from __future__ import annotations

import pytest

from hub.model import Kind, Stage
from playbooks.case import Case, Text
from playbooks.harm import updates_repeat_what_to_do
from tests.playbooks.said import BOOKS
from tests.playbooks.shelf import LANGUAGES, TRAITS


def beside(alert: str, update: str, band: str = "hold") -> list[str]:
    """What the rule says of an update whose alert was this."""
    language = "zh-CN" if any("\u4e00" <= c <= "\u9fff" for c in alert) else "en"
    texts = tuple(
        Text(Kind.LIVE, stage, band, "sms", language, {"body": body})
        for stage, body in ((Stage.ALERT, alert), (Stage.UPDATE, update))
    )
    case = Case(BOOKS["fire"], TRAITS, LANGUAGES)
    case.__dict__["texts"] = texts
    return [finding.what for finding in updates_repeat_what_to_do(case)]


FORGETS = "does not repeat what the alert tells these people to do"


@pytest.mark.parametrize(
    ("alert", "update", "found"),
    [
        ("3栋起火。请先留在家中。", "火情更新：{{text}}下次更新02:51。", [FORGETS]),
        ("3栋起火。请先留在家中。", "火情更新：{{text}}请继续留在家中。", []),
        ("3栋起火。请走楼梯撤到南草坪。", "火情更新：{{text}}", [FORGETS]),
        ("3栋起火。请走楼梯撤到南草坪。", "更新：{{text}}还没下楼的请走楼梯下楼。", []),
        ("Fire. Stay inside for now.", "Update: {{text}} We tell you more soon.", [FORGETS]),
        ("Fire. Stay inside for now.", "Update: {{text}} Stay inside for now.", []),
        ("Fire. Take the stairs.", "Update: {{text}}", [FORGETS]),
        ("Fire. Keep the fire lane clear.", "Update: {{text}}", []),
    ],
)
def test_an_update_says_again_what_the_alert_told_its_people(
    alert: str, update: str, found: list[str]
):
    assert beside(alert, update) == found
