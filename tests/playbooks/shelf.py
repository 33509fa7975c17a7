"""What the playbook tests share: the shipped files, a site's channels, and edited copies."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.errors import Problem
from hub.ports import Traits
from playbooks.check import check_text
from playbooks.load import packaged_texts

FILES = packaged_texts()
FIRE = FILES["fire.yaml"]
POWER = FILES["power-outage.yaml"]
LANGUAGES = ("zh-CN", "en")

TRAITS: Mapping[str, Traits] = {
    "sms": Traits("sms", ("body",), 6, "segments", receipts=True, answers=True),
    "voice": Traits("voice", ("body",), 1500),
    "screen": Traits("screen", ("headline", "action", "detail", "way"), 400, personal=False),
    "wecom": Traits("wecom", ("title", "body"), 2048, "bytes", personal=False),
}


# A site without voice, and the fire playbook without its texts for voice and push: as long as a
# check of many edited copies needs.
FEW = {channel: traits for channel, traits in TRAITS.items() if channel != "voice"}
SHORT = re.sub(r"^ {8}(push|voice):\n(?: {10}.*\n)+", "", FIRE, flags=re.MULTILINE)


def changed(text: str, *edits: tuple[str, str]) -> str:
    """The text with each first piece replaced; it must be there, or the test proves nothing."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def problems(text: str, traits: Mapping[str, Traits] = TRAITS) -> list[Problem]:
    """What the check says of a text on a site with these channels."""
    return check_text(text, name="fire.yaml", traits=traits, languages=LANGUAGES)


def line_of(text: str, piece: str) -> int:
    """The line a piece stands on, counted from 1."""
    return text[: text.index(piece)].count("\n") + 1
