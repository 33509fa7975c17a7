"""The console's templates obey the content policy, and every address in them is ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import web
from web import assets
from web.render import environment

HOME = Path(web.__file__).parent
TEMPLATES = sorted(
    [HOME / "templates" / "layout.html", *(HOME / "templates" / "console").glob("*.html")]
)
SCRIPTS = sorted((HOME / "static" / "js").rglob("*.js"))
STYLES = sorted((HOME / "static" / "css").glob("*.css"))


def name_of(file: Path) -> str:
    return file.name


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_nothing_inline(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert re.findall(r"\sstyle\s*=", text) == []
    assert re.findall(r"\son[a-z]+\s*=\s*[\"']", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text) == []
    assert "<style" not in text


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_nothing_from_elsewhere(file: Path) -> None:
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_every_template_compiles_and_its_files_exist(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    environment().get_template(str(file.relative_to(HOME / "templates")))

    lost = [path for path in re.findall(r"static\('([^']+)'\)", text) if assets.find(path) is None]
    assert lost == []


@pytest.mark.parametrize("file", SCRIPTS, ids=name_of)
def test_scripts_never_write_markup(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text) == []
    )
    assert re.findall(r"setAttribute\(\"style\"|\bstyle: ", text) == []


@pytest.mark.parametrize("file", STYLES, ids=name_of)
def test_styles_load_nothing(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert re.findall(r"@import|url\((?!#)", text) == []
    assert text.count("{") == text.count("}")


def test_every_symbol_that_is_used_is_drawn() -> None:
    symbols = (HOME / "templates" / "console" / "_symbols.html").read_text(encoding="utf-8")
    drawn = set(re.findall(r"<symbol id=\"([^\"]+)\"", symbols))
    used = {
        f"i-{name}"
        for file in SCRIPTS
        for name in re.findall(r"\bicon\(\"([a-z]+)\"\)", file.read_text(encoding="utf-8"))
    }

    assert used <= drawn


def test_the_two_copies_of_the_dark_theme_are_alike() -> None:
    text = (HOME / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    forced = re.search(r"\[data-theme=dark\]\{/\*DARK\*/(.*?)\}", text, re.DOTALL)
    system = re.search(r"not\(\[data-theme\]\)\{(.*?)\}", text, re.DOTALL)

    assert forced
    assert system
    assert forced[1].split() == system[1].split()
