"""A site's own files: read at the start, and none of them, however broken, keeps a hub from it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from hub.entries import KeptText
from hub.own_files import MOST, SIZE_LIMIT
from hub.settings import Settings, load
from hub.shelf import Shelf, stand
from playbooks.load import packaged_drafts, packaged_texts

POWER = packaged_texts()["power-outage.yaml"]
SHIPPED = {draft.playbook.key: draft.playbook.version for draft in packaged_drafts()}
SEVEN = re.sub(r"^version: \d+$", "version: 7", POWER, count=1, flags=re.MULTILINE)
WATER = POWER.replace("key: power-outage", "key: water-off", 1)


def site(tmp_path: Path, **files: str) -> Settings:
    """Settings of a hub whose data folder has these playbooks."""
    folder = tmp_path / "playbooks"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load({}, data=tmp_path)


def kept(key: str, file: str, text: str) -> KeptText:
    return KeptText(key, file, hashlib.sha256(text.encode()).hexdigest(), text)


def versions(shelf: Shelf) -> dict[str, int]:
    return {book.key: book.version for book in shelf.library.all()}


def good_then(tmp_path: Path, spoil: Path, data: bytes | None) -> tuple[Shelf, Sequence[KeptText]]:
    """The shelf after `spoil`, once good, holds `data` (None: it is not there)."""
    settings = load({}, data=tmp_path)
    before = stand(settings)
    assert before.faults == ()
    spoil.unlink()
    if data is not None:
        spoil.write_bytes(data)
    return stand(settings, before.good), before.good


def test_an_own_playbook_replaces_the_shipped_one_and_another_stands_beside_it(
    tmp_path: Path,
) -> None:
    found = stand(site(tmp_path, ours=SEVEN, water=WATER))
    assert versions(found) == {**SHIPPED, "power-outage": 7, "water-off": SHIPPED["power-outage"]}
    assert found.faults == ()
    assert [one.key for one in found.good] == ["power-outage", "water-off"]


@pytest.mark.parametrize(
    ("old", "new", "piece"),
    [
        ("level: P2", "level: P9", "P9"),  # cannot be read
        ("channels: [sms", "channels: [pigeon", "pigeon"),  # can be, and could not be launched
    ],
)
def test_a_fault_leaves_the_last_good_version_in_use_and_names_line_and_column(
    tmp_path: Path, old: str, new: str, piece: str
) -> None:
    site(tmp_path, ours=SEVEN)
    broken = SEVEN.replace("version: 7", "version: 8").replace(old, new, 1)
    file = tmp_path / "playbooks" / "ours.yaml"
    found, _ = good_then(tmp_path, file, broken.encode())
    assert versions(found)["power-outage"] == 7
    (fault,) = found.faults
    line = broken[: broken.index(piece)].count("\n") + 1
    assert fault.where.startswith(f"{file}:{line}:")
    assert (fault.key, fault.used, fault.version) == ("power-outage", "kept", "7")
    assert found.good == ()  # what is broken is never kept as good


SPOILT = {
    "empty": b"",
    "blank": b"\n \n",
    "not UTF-8": "key: power-outage\nname: 停电\n".encode("gbk"),
    "UTF-16": SEVEN.encode("utf-16"),
    "larger": b"key: power-outage\n" + b"#" * SIZE_LIMIT,
    "a list": b"- one\n- two\n",
    "half a file": SEVEN.encode()[:2000],
    "binary": bytes(range(256)) * 20,
    "a bomb": b"a: &a [x, x]\nb: &b [*a, *a]\n",
    "deep": b"[" * 5000,
    "one character": b"{",
    "two documents": SEVEN.encode() + b"\n---\nkey: x\n",
}


@pytest.mark.parametrize("data", SPOILT.values(), ids=SPOILT)
def test_whatever_a_file_turns_into_the_last_good_version_stays(
    tmp_path: Path, data: bytes
) -> None:
    site(tmp_path, ours=SEVEN)
    file = tmp_path / "playbooks" / "ours.yaml"
    found, _ = good_then(tmp_path, file, data)
    assert versions(found) == {**SHIPPED, "power-outage": 7}
    (fault,) = found.faults
    assert fault.where.startswith(str(file))
    assert fault.used == "kept"


def _folder(file: Path) -> None:
    file.mkdir()


def _loop(file: Path) -> None:
    file.symlink_to(file)


def _nowhere(file: Path) -> None:
    file.symlink_to(file.parent / "not there")


def _pipe(file: Path) -> None:
    os.mkfifo(file)


@pytest.mark.parametrize("make", [_folder, _loop, _nowhere, _pipe])
def test_what_is_no_file_at_all_stalls_nothing(tmp_path: Path, make: object) -> None:
    site(tmp_path, ours=SEVEN)
    file = tmp_path / "playbooks" / "ours.yaml"
    settings = load({}, data=tmp_path)
    before = stand(settings)
    file.unlink()
    assert callable(make)
    make(file)
    found = stand(settings, before.good)
    assert versions(found)["power-outage"] == 7
    assert found.faults[0].used == "kept"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    site(tmp_path, ours=SEVEN)
    settings = load({}, data=tmp_path)
    before = stand(settings)
    file = tmp_path / "playbooks" / "ours.yaml"
    file.unlink()
    file.symlink_to("/proc/self/mem")  # root, too, gets an error for reading its first byte
    found = stand(settings, before.good)
    assert versions(found)["power-outage"] == 7
    assert "Input/output error" in found.faults[0].what


def test_one_that_never_was_good_leaves_the_shipped_one_or_none(tmp_path: Path) -> None:
    broken = SEVEN.replace("level: P2", "level: P9", 1)
    found = stand(site(tmp_path, ours=broken, water=broken.replace("power-outage", "water-off")))
    assert versions(found) == SHIPPED
    assert [(f.key, f.used) for f in found.faults] == [
        ("power-outage", "shipped"),
        ("water-off", "none"),
    ]
    assert "is the one that ships" in found.faults[0].said()
    assert "there is no water-off" in found.faults[1].said()


def test_words_a_later_release_finds_harmful_leave_no_estate_without_its_playbook(
    tmp_path: Path,
) -> None:
    fire = packaged_texts()["fire.yaml"]
    safe = "楼道有烟或烟进家中：关门，湿毛巾堵门缝，打{{fire_number}}报房号。"
    assert safe in fire
    changed = re.sub(r"^version: \d+$", "version: 9", fire.replace(safe, ""), flags=re.MULTILINE)
    assert versions(stand(site(tmp_path, fire=changed)))["fire"] == 9


def test_two_own_playbooks_of_one_key_leave_the_last_good_one(tmp_path: Path) -> None:
    settings = site(tmp_path, a=SEVEN)
    before = stand(settings)
    (tmp_path / "playbooks" / "b.yaml").write_text(SEVEN.replace("version: 7", "version: 8"))
    found = stand(settings, before.good)
    assert versions(found)["power-outage"] == 7
    assert {(f.file, f.used) for f in found.faults} == {("a.yaml", "kept"), ("b.yaml", "kept")}
    assert all("is that of" in fault.what for fault in found.faults)
    assert (
        versions(stand(settings))["power-outage"] == SHIPPED["power-outage"]
    )  # nothing was kept: the one that ships


def test_a_copy_of_the_same_text_is_told_and_does_no_harm(tmp_path: Path) -> None:
    found = stand(site(tmp_path, a=SEVEN, b=SEVEN))
    assert versions(found)["power-outage"] == 7
    assert [(f.file, f.used) for f in found.faults] == [("b.yaml", "other")]


def test_a_key_that_stands_twice_in_a_file_is_a_fault_of_that_file(tmp_path: Path) -> None:
    site(tmp_path, ours=SEVEN)
    file = tmp_path / "playbooks" / "ours.yaml"
    found, _ = good_then(tmp_path, file, SEVEN.encode() + b"\nlevel: P1\n")
    assert versions(found)["power-outage"] == 7
    assert "is there twice" in found.faults[0].what


def test_a_file_that_is_gone_stays_in_use_until_somebody_says_so(tmp_path: Path) -> None:
    site(tmp_path, ours=SEVEN, water=WATER)
    found, good = good_then(tmp_path, tmp_path / "playbooks" / "water.yaml", None)
    assert versions(found) == {**SHIPPED, "power-outage": 7, "water-off": SHIPPED["power-outage"]}
    (fault,) = found.faults
    assert (fault.gone, fault.used) == (True, "kept")
    assert "muster playbook forget water-off" in fault.hint
    forgotten = [one for one in good if one.key != "water-off"]
    assert "water-off" not in versions(stand(load({}, data=tmp_path), forgotten))


@pytest.mark.parametrize("named", [True, False])
def test_a_folder_that_is_gone_leaves_what_was_good(tmp_path: Path, named: bool) -> None:
    before = stand(site(tmp_path, ours=SEVEN))
    (tmp_path / "playbooks" / "ours.yaml").unlink()
    (tmp_path / "playbooks").rmdir()
    env = {"MUSTER_PLAYBOOKS": str(tmp_path / "playbooks")} if named else {}
    found = stand(load(env, data=tmp_path), before.good)
    assert versions(found)["power-outage"] == 7
    assert str(tmp_path / "playbooks") in found.faults[0].where


def test_a_file_under_another_name_is_the_same_playbook(tmp_path: Path) -> None:
    before = stand(site(tmp_path, ours=SEVEN))
    folder = tmp_path / "playbooks"
    (folder / "ours.yaml").rename(folder / "OURS.YAML")
    found = stand(load({}, data=tmp_path), before.good)
    assert (versions(found)["power-outage"], found.faults) == (7, ())


@pytest.mark.parametrize("name", ["fire.yaml.txt", "fire.ymal", "fire.yml.doc"])
def test_a_name_that_was_meant_for_a_playbook_is_told(tmp_path: Path, name: str) -> None:
    settings = site(tmp_path)
    (tmp_path / "playbooks" / name).write_text(SEVEN)
    (fault,) = stand(settings).faults
    assert "ends with" in fault.what
    assert ".yaml" in fault.hint


@pytest.mark.parametrize("name", ["._o.yaml", "README.md", "ours.yaml~", "ours.yaml.bak", "a.txt"])
def test_what_stands_beside_a_playbook_is_none(tmp_path: Path, name: str) -> None:
    settings = site(tmp_path, ours=SEVEN)
    (tmp_path / "playbooks" / name).write_bytes(b"\xff\xfe")
    found = stand(settings)
    assert (versions(found)["power-outage"], found.faults) == (7, ())


def test_files_beyond_what_is_read_are_told(tmp_path: Path) -> None:
    settings = site(tmp_path, **{f"z{number}": "x" for number in range(MOST + 5)})
    faults = stand(settings).faults
    assert len(faults) == MOST + 1
    assert f"holds {MOST + 5} files" in faults[-1].what


def test_a_language_that_is_added_later_takes_no_playbook_away(tmp_path: Path) -> None:
    """The file is what it was: it lacks words, so it is told, and stays in use."""
    before = stand(site(tmp_path, ours=SEVEN))
    found = stand(load({"MUSTER_LANGUAGES": "zh-CN,en,ja"}, data=tmp_path), before.good)
    assert versions(found)["power-outage"] == 7
    assert "ja" in found.faults[0].what
    assert found.faults[0].used == "kept"


def test_a_kept_text_this_release_cannot_read_is_not_used(tmp_path: Path) -> None:
    old = [kept("power-outage", "ours.yaml", "key: power-outage\nformat: 1\n")]
    found = stand(site(tmp_path, ours="{"), old)
    assert versions(found)["power-outage"] == SHIPPED["power-outage"]
    assert found.faults[0].used == "shipped"


def test_a_fault_of_the_check_itself_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> list[object]:
        raise ZeroDivisionError

    monkeypatch.setattr("hub.shelf.check_draft", broken)
    found = stand(site(tmp_path, ours=SEVEN), [kept("power-outage", "ours.yaml", SEVEN)])
    assert versions(found)["power-outage"] == 7
    assert "ZeroDivisionError" in found.faults[0].what


def test_a_hub_without_its_own_has_those_that_ship(tmp_path: Path) -> None:
    settings = dataclasses.replace(load({}, data=tmp_path), playbooks=None)
    assert versions(stand(settings)) == SHIPPED


# ── The site's own words of a page ─────────────────────────────────────────────────────────────


def test_own_words_change_a_language_that_ships(tmp_path: Path) -> None:
    settings = site(tmp_path)
    file = tmp_path / "playbooks" / "resident.zh_HK.json"
    file.with_name("resident.zh-hk.json").write_text('{"res.safe": "我安全無恙"}')
    found = stand(settings)
    assert found.faults == ()
    assert found.words == {"zh-HK": {"res.safe": "我安全無恙"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"res.saef": "x"}', "no key of a resident's page"),
        ('{\n"res.by": "before"}', "must hold the same {names}"),
        ('{"res.safe": 5}', "must be text"),
        ('{"res.safe": "x",}', "is not JSON"),
        ("[1]", "is no object"),
        ("", "is empty"),
    ],
)
def test_faulty_own_words_leave_the_last_good_ones(tmp_path: Path, text: str, said: str) -> None:
    settings = site(tmp_path)
    file = tmp_path / "playbooks" / "resident.ja.json"
    file.write_text('{"res.safe": "無事です！"}')
    before = stand(settings)
    file.write_text(text)
    found = stand(settings, before.good)
    assert found.words == {"ja": {"res.safe": "無事です！"}}
    (fault,) = found.faults
    assert said in fault.what
    assert fault.used == "kept"
    assert fault.where.startswith(str(file))
    assert stand(settings).faults[0].used == "shipped"


def test_words_of_a_language_that_does_not_ship_are_whole(tmp_path: Path) -> None:
    settings = site(tmp_path)
    (tmp_path / "playbooks" / "resident.fr.json").write_text(json.dumps({"res.safe": "Tout va"}))
    (fault,) = stand(settings).faults
    assert "lacks" in fault.what
