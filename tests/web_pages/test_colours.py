"""Every text can be read on its ground, in both themes: WCAG 2.2, 1.4.3 and 1.4.11."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import web

TOKENS = Path(web.__file__).parent / "static" / "css" / "tokens.css"
TEXT, LARGE, CONTROL = 4.5, 7.0, 3.0
STATES = ("safe", "help", "evac", "away", "told", "none", "unre")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "surface")),
    ("ink-3", "sunken", TEXT),
    ("on-danger", "danger", LARGE),
    ("danger-ink", "surface", TEXT),
    ("danger-ink", "danger-soft", TEXT),
    ("on-ok", "ok", LARGE),
    ("ok-ink", "surface", TEXT),
    ("ok-ink", "ok-soft", TEXT),
    ("on-drill", "drill", TEXT),
    ("drill-ink", "surface", TEXT),
    ("drill-ink", "drill-soft", TEXT),
    ("late-ink", "surface", TEXT),
    ("late-ink", "late-soft", TEXT),
    ("on-primary", "primary", TEXT),
    ("line-strong", "surface", CONTROL),
    ("focus", "surface", CONTROL),
    *((f"s-{state}-ink", f"s-{state}", TEXT) for state in STATES),
]


def theme(name: str) -> dict[str, str]:
    """The colours of a theme by their names; the dark one changes the light one."""
    text = TOKENS.read_text(encoding="utf-8")

    def block(start: str) -> dict[str, str]:
        found = text[text.index(start) :]
        return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", found[: found.index("}")]))

    light = block("/*LIGHT*/")
    return light if name == "light" else {**light, **block("/*DARK*/")}


def luminance(colour: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_most_there_is() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_every_text_can_be_read_on_its_ground(
    name: str, ink: str, ground: str, least: float
) -> None:
    colours = theme(name)

    assert contrast(colours[ink], colours[ground]) >= least
