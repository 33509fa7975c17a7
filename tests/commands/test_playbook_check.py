"""`muster playbook check`: what stops a playbook, and what it is only warned of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.commands.checks import run_check
from hub.settings import Settings, load
from playbooks.load import packaged_texts

FIRE = packaged_texts()["fire.yaml"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({}, data=tmp_path)


def checked(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str], *edits: tuple[str, str]
) -> tuple[int, dict[str, list[dict[str, str]]]]:
    text = FIRE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    code = run_check((file,), settings, json_=True)
    return code, json.loads(capsys.readouterr().out)


def test_the_shipped_playbooks_pass_without_a_warning(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = checked(tmp_path, settings, capsys)
    assert (code, said["problems"], said["warnings"]) == (0, [], [])


def test_words_that_can_hurt_do_not_pass_and_are_named_by_line(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    safe = "If smoke reaches you: shut and seal the door, call {{fire_number}}. "
    code, said = checked(tmp_path, settings, capsys, (safe, ""))
    assert code == 1
    (found,) = said["problems"]
    line = FIRE[: FIRE.index(safe)].count("\n") + 1
    assert found["where"].startswith(f"{tmp_path / 'own.yaml'}:{line}:")
    assert found["what"] == "words.live.alert.hold.sms.en: does not say what to do when smoke comes"
    assert "seal the door" in found["hint"]


def test_words_that_mislead_are_a_warning_and_pass(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    old = "Reply 1 safe, 2 need help, 4 not at home"
    code, said = checked(tmp_path, settings, capsys, (old, "Safe 1, help 2, away 4"))
    assert code == 0
    assert said["problems"] == []
    assert {one["what"].partition(": ")[2] for one in said["warnings"]} == {
        "puts the word before its digit ('Safe 1')"
    }
    assert run_check((tmp_path / "own.yaml",), settings, json_=False) == 0
    out = capsys.readouterr().out
    assert ": warning: words.live.alert.hold.sms.en: puts the word before its digit" in out
    assert "1 of 1 playbooks are fit to be launched." in out


def test_a_file_that_cannot_be_read_is_told_once(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("key: [", encoding="utf-8")
    assert run_check((file,), settings, json_=True) == 1
    said = json.loads(capsys.readouterr().out)
    assert len(said["problems"]) == 1
    assert said["warnings"] == []
