"""What is served below /static, and under which address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from web import assets

IMPORT = re.compile(r"^(?:import|export)[^;]*? from \"([^\"]+)\"", re.MULTILINE)


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=assets.routes))


def test_a_file_under_its_version_is_kept_for_ever(client: TestClient) -> None:
    answer = client.get(assets.static("css/tokens.css"))

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


def test_a_file_without_or_with_an_old_version_is_asked_for_again(client: TestClient) -> None:
    assert client.get("/static/css/tokens.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/0123456789/css/tokens.css").status_code == 404


def test_catalogues_are_served_with_the_scripts(client: TestClient) -> None:
    assert client.get(assets.static("words/zh-CN.json")).json()["state.help"] == "需要帮助"


@pytest.mark.parametrize(
    "path", ["../app.py", "js/../../app.py", "words/../app.py", "%2e%2e/app.py", "js", "none.css"]
)
def test_nothing_outside_the_folder_is_served(path: str, client: TestClient) -> None:
    assert assets.find(path.replace("%2e", ".")) is None
    assert client.get(f"/static/{path}").status_code == 404


def test_the_version_stands_for_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.css").write_text("a{}")
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    first = assets.version.__wrapped__()
    (tmp_path / "a.css").write_text("b{}")

    assert assets.version.__wrapped__() != first


def test_every_module_a_script_imports_exists() -> None:
    lost = [
        (file.name, name)
        for file in (assets.ROOT / "js").rglob("*.js")
        for name in IMPORT.findall(file.read_text(encoding="utf-8"))
        if not (file.parent / name).resolve().is_file()
    ]

    assert lost == []


def test_every_name_a_script_imports_is_exported() -> None:
    wanted = re.compile(r"^import \{([^}]+)\} from \"([^\"]+)\"", re.MULTILINE)
    lost = []
    for file in (assets.ROOT / "js").rglob("*.js"):
        for names, source in wanted.findall(file.read_text(encoding="utf-8")):
            text = (file.parent / source).resolve().read_text(encoding="utf-8")
            for name in (part.strip() for part in names.split(",")):
                if not re.search(
                    rf"export (?:async )?(?:const|let|function|class) {re.escape(name)}(?!\w)", text
                ):
                    lost.append((file.name, name))

    assert lost == []
