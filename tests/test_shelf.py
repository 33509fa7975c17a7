"""A site's own playbooks: read and checked when the hub starts, or the start ends there."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from hub.errors import Refused
from hub.settings import Settings, load
from hub.shelf import library
from playbooks.load import packaged_texts

POWER = packaged_texts()["power-outage.yaml"]


def site(tmp_path: Path, **files: str) -> Settings:
    """Settings of a hub whose data folder has these playbooks."""
    folder = tmp_path / "playbooks"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load({}, data=tmp_path)


def test_an_own_playbook_replaces_the_shipped_one_and_another_stands_beside_it(
    tmp_path: Path,
) -> None:
    ours = POWER.replace("version: 2", "version: 7", 1)
    water = POWER.replace("key: power-outage", "key: water-off", 1)
    found = library(site(tmp_path, ours=ours, water=water))
    assert {book.key: book.version for book in found.all()} == {
        "fire": 2,
        "power-outage": 7,
        "water-off": 2,
    }


@pytest.mark.parametrize(
    ("old", "new", "piece"),
    [
        ("level: P2", "level: P9", "P9"),  # cannot be read
        ("channels: [sms", "channels: [pigeon", "pigeon"),  # can be, and could not be launched
    ],
)
def test_a_fault_ends_the_start_with_its_line_and_column(
    tmp_path: Path, old: str, new: str, piece: str
) -> None:
    assert old in POWER
    broken = POWER.replace(old, new, 1)
    settings = site(tmp_path, ours=broken)
    with pytest.raises(Refused) as refused:
        library(settings)
    line = broken[: broken.index(piece)].count("\n") + 1
    file = tmp_path / "playbooks" / "ours.yaml"
    assert any(p.where.startswith(f"{file}:{line}:") for p in refused.value.problems)
    assert f"{file}:{line}:" in str(refused.value)
    assert refused.value.code == "bad_playbook"


def test_words_a_later_release_finds_harmful_leave_no_estate_without_its_playbook(
    tmp_path: Path,
) -> None:
    fire = packaged_texts()["fire.yaml"]
    safe = "楼道有烟或烟进家中：关门，湿毛巾堵门缝，打{{fire_number}}报房号。"
    assert safe in fire
    settings = site(tmp_path, fire=fire.replace(safe, "").replace("version: 2", "version: 9", 1))
    assert {book.key: book.version for book in library(settings).all()}["fire"] == 9


def test_two_own_playbooks_of_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"is that of .*a\.yaml too"):
        library(site(tmp_path, a=POWER, b=POWER))


def test_what_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    settings = site(tmp_path)
    (tmp_path / "playbooks" / "bad.yml").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match=r"playbooks/bad\.yml: is not UTF-8"):
        library(settings)


def test_what_an_editor_leaves_beside_a_playbook_ends_no_start(tmp_path: Path) -> None:
    settings = site(tmp_path, ours=POWER.replace("version: 2", "version: 7", 1))
    (tmp_path / "playbooks" / "._ours.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "playbooks" / ".#ours.yaml").symlink_to("user@host.4711")
    assert {book.key: book.version for book in library(settings).all()}["power-outage"] == 7


def test_the_folder_can_be_named_and_must_be_there(tmp_path: Path) -> None:
    named = site(tmp_path, ours=POWER)
    other = load({"MUSTER_PLAYBOOKS": str(tmp_path / "playbooks")}, data=tmp_path / "data")
    assert other.playbooks == named.playbooks
    assert load({}, data=tmp_path / "data").playbooks is None
    with pytest.raises(Refused, match="MUSTER_PLAYBOOKS is no folder"):
        load({"MUSTER_PLAYBOOKS": str(tmp_path / "nowhere")}, data=tmp_path)


def test_a_hub_without_its_own_has_those_that_ship(tmp_path: Path) -> None:
    settings = dataclasses.replace(load({}, data=tmp_path), playbooks=None)
    assert {book.key for book in library(settings).all()} == {"fire", "power-outage"}
