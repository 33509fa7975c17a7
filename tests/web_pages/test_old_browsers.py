"""Phones of 2015 and displays of 2018: what they cannot read is never the only thing there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import web
from tests.web_pages.test_colours import LARGE, TEXT, contrast
from web.resident.style import style, with_fallbacks

STATIC = Path(web.__file__).parent / "static"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# Chrome 66 (Android 9) has none of these; each has a plain way round.
NEW_SYNTAX = {
    r"\?\.(?=[\w\[(])": "optional chaining",
    r"\?\?": "nullish coalescing",
    r"[|&]{2}=": "logical assignment",
    r"(?<![\w\"'`#&(])#\w+\s*[=;(]": "private fields",
    r"^\s+static\s": "static fields",
    r"\d_\d": "numeric separators",
    r"\bawait\b(?=[^\n]*;\s*$)(?<=^await)": "await at the top",
    r"\(\?<[=!]": "lookbehind",
}
NEW_CALLS = (
    "replaceChildren(", ".at(", "replaceAll(", "fromEntries(", "structuredClone(", "matchAll(",
    "allSettled(", ".flat(", "flatMap(", "queueMicrotask(", "globalThis", "randomUUID(",
    "AbortSignal.any(", "toggleAttribute(", "hasOwn(", ".findLast(", "toSorted(", ".any(",
)  # fmt: skip
NEW_CSS = {
    r"(?<![-\w])inset:": "inset",
    r":is\(|:where\(": ":is()",
    r"(?<![-\w])(?:min|max|clamp)\(": "min(), max(), clamp()",
    r"-block:|-inline:|(?:margin|padding|border)-(?:block|inline)": "logical sides",
    r"aspect-ratio": "aspect-ratio",
    r"#[0-9a-fA-F]{3,8} [\d.]+\w+ [\d.]+\w+": "a colour with two stops",
}


def declared(body: str) -> list[tuple[str, str]]:
    found = (one.partition(":") for one in body.split(";") if ":" in one)
    return [(name.strip(), value.strip()) for name, _, value in found]


def test_each_variable_of_the_residents_page_has_a_plain_value_before_it() -> None:
    uses = 0
    for selector, body in RULE.findall(str(style())):
        known: dict[str, str] = {}
        for name, value in declared(body):
            if "var(" in value and not name.startswith("--"):
                uses += 1
                assert name in known, f"{selector.strip()}: {name} has no plain value"
                assert "var(" not in known[name]
            known[name] = value
    assert uses > 20


def test_a_plain_value_is_the_light_themes_own() -> None:
    css = ":root{--a:#123456;--b:#fff}\nx{color:var(--a);margin:0;border:1px solid var(--b)}"
    assert with_fallbacks(css).endswith(
        "x{color:#123456;color:var(--a);margin:0;border:1px solid #fff;border:1px solid var(--b)}"
    )


def test_help_is_white_on_red_without_variables() -> None:
    plain = {
        selector.strip(): dict(reversed([d for d in declared(body) if "var(" not in d[1]]))
        for selector, body in RULE.findall(str(style()))
    }
    help_ = plain[".help"]
    assert contrast(help_["color"].replace("#fff", "#FFFFFF"), help_["background"]) >= TEXT
    assert contrast("#FFFFFF", plain["header"]["background"]) >= LARGE


SCRIPTS = [*sorted((STATIC / "screen").glob("*.js")), STATIC / "js" / "zone.js"]


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_screen_of_2018_can_run_every_script(file: Path) -> None:
    text = file.read_text("utf-8")
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    found = [why for pattern, why in NEW_SYNTAX.items() if re.search(pattern, code, re.MULTILINE)]
    assert found == []
    assert [name for name in NEW_CALLS if name in code] == []


def test_the_worker_of_a_screen_asks_before_it_uses_what_is_new() -> None:
    text = (STATIC.parent / "templates" / "screen" / "sw.js").read_text("utf-8")
    assert "AbortSignal.timeout(" not in text
    assert [why for pattern, why in NEW_SYNTAX.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("why", sorted(NEW_CSS.values()))
def test_a_screens_style_needs_nothing_newer(why: str) -> None:
    text = (STATIC / "screen" / "screen.css").read_text("utf-8")
    pattern = next(one for one, said in NEW_CSS.items() if said == why)
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    assert re.findall(pattern, plain) == []


@pytest.mark.parametrize(
    "code", ["a?.b", "a ?? b", "x.replaceChildren(y)", "  #seq = null;", "a ||= b", "1_000"]
)
def test_what_is_new_is_noticed(code: str) -> None:
    new = any(re.search(pattern, code, re.MULTILINE) for pattern in NEW_SYNTAX)
    assert new or any(name in code for name in NEW_CALLS)
