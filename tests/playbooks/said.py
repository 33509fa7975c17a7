"""A playbook whose words are one text alone, to ask the rules about that text."""

from __future__ import annotations

from hub.model import Kind, Stage
from playbooks.case import Case, Text
from playbooks.check import Rule
from playbooks.load import load
from tests.playbooks.shelf import FIRE, LANGUAGES, POWER, TRAITS

BOOKS = {"fire": load(FIRE, name="fire.yaml"), "power": load(POWER, name="power-outage.yaml")}


def told(
    rule: Rule,
    said: str,
    *,
    slot: str = "live.alert.hold.sms",
    book: str = "fire",
    language: str = "",
) -> list[str]:
    """What a rule says of a text at this place of a playbook. Chinese if it has Chinese."""
    kind, stage, band, channel = slot.split(".")
    guessed = "zh-CN" if any("\u4e00" <= c <= "\u9fff" for c in said) else "en"
    text = Text(Kind(kind), Stage(stage), band, channel, language or guessed, {"body": said})
    case = Case(BOOKS[book], TRAITS, LANGUAGES)
    case.__dict__["texts"] = (text,)
    return [finding.what for finding in rule(case)]
