"""Nothing the hub says by itself promises that somebody comes: it cannot know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.twilio_tongues import WORDS
from hub.decide.byhand import UNREACHED
from hub.decide.cautions import _WORDS
from hub.decide.real_words import TONGUES
from playbooks.vocabulary import promises

FOLDER = Path(__file__).parents[2] / "web" / "words"
# What a board says of somebody who was named for it, and what an operator is told to do.
SAYS_WHO = {"res.help_with", "form.unreachable_2", "replies.note_hint", "error.not_hub"}


def catalogues() -> Iterator[tuple[str, str, str]]:
    for path in sorted(FOLDER.glob("*.json")):
        language = path.stem.split(".")[-1]
        for key, said in json.loads(path.read_text("utf-8")).items():
            if isinstance(said, str) and key not in SAYS_WHO:
                yield language, f"{path.name}: {key}", said


def own() -> Iterator[tuple[str, str, str]]:
    for language, said in WORDS.items():
        yield from ((language, f"call: {key}", text) for key, text in said.items())
    for language, tongue in TONGUES.items():
        for name in tongue.__slots__:
            yield language, f"real: {name}", getattr(tongue, name)
    for code, words in {**_WORDS, "beyond": UNREACHED}.items():
        yield from ((language, f"caution: {code}", text) for language, text in words.items())


@pytest.mark.parametrize("told", [catalogues, own])
def test_nothing_the_hub_says_by_itself_promises_that_somebody_comes(told) -> None:
    found = {where: promised for lang, where, said in told() if (promised := promises(said, lang))}
    assert found == {}
