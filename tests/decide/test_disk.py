"""What is the matter with a disk, and what people are told of it."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from hub.decide.alarm_facts import Facts
from hub.decide.alarm_words import words
from hub.decide.alarms import AlarmKind, Severity, alarms, disk_alarms
from hub.decide.disk import MIB, SAID, DiskNow, Fault, Space, now, of_error, of_state, told

ROOMY = Space(free=100_000 * MIB, total=200_000 * MIB, files=10**6, files_total=10**6)
WORDS = Path(__file__).parent.parent.parent / "web" / "words" / "said.zh-CN.json"


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, Fault.FULL),
        (errno.EDQUOT, Fault.QUOTA),
        (errno.EFBIG, Fault.LIMIT),
        (errno.EROFS, Fault.READ_ONLY),
        (errno.EIO, Fault.FAILING),
        (errno.EMFILE, None),
        (None, None),
    ],
)
def test_a_failed_write_says_what_is_the_matter(number: int | None, fault: Fault | None) -> None:
    assert of_error(number, ROOMY) is fault


def test_no_room_for_a_file_is_another_thing_than_no_room() -> None:
    none = Space(free=100 * MIB, total=200 * MIB, files=0, files_total=500)
    assert of_error(errno.ENOSPC, none) is Fault.FILES
    assert of_error(errno.ENOSPC, None) is Fault.FULL
    assert of_error(errno.EDQUOT, none) is Fault.QUOTA


@pytest.mark.parametrize(
    ("state", "fault"),
    [("53100", Fault.FULL), ("25006", Fault.READ_ONLY), ("58030", Fault.FAILING), ("53300", None)],
)
def test_postgresql_says_what_is_the_matter(state: str, fault: Fault | None) -> None:
    assert of_state(state) is fault


@pytest.mark.parametrize(
    ("free", "total", "low", "fault"),
    [
        (100_000, 200_000, False, None),
        (511, 200_000, True, None),  # less than half a GB of a large disk
        (400, 2_000, False, None),  # a tenth of a small one is enough
        (199, 2_000, True, None),
        (3, 200_000, True, Fault.FULL),
        (1, 24, True, None),  # a hundredth of a tiny one
        (0, 24, True, Fault.FULL),
    ],
)
def test_low_and_spent(free: int, total: int, low: bool, fault: Fault | None) -> None:
    space = Space(free=free * MIB, total=total * MIB)
    assert (space.low, space.fault) == (low, fault)


def test_files_run_out_too() -> None:
    few = Space(free=ROOMY.free, total=ROOMY.total, files=1_999, files_total=10**6)
    none = Space(free=ROOMY.free, total=ROOMY.total, files=0, files_total=10**6)
    small = Space(free=ROOMY.free, total=ROOMY.total, files=20, files_total=500)
    uncounted = Space(free=ROOMY.free, total=ROOMY.total)
    assert (few.low, few.fault) == (True, None)
    assert none.fault is Fault.FILES
    assert not small.low
    assert (uncounted.low, uncounted.fault) == (False, None)


def test_what_can_only_be_read_is_of_no_use() -> None:
    assert Space(free=10**12, total=10**12, read_only=True).fault is Fault.READ_ONLY


def test_a_failed_write_says_more_than_what_the_system_counts() -> None:
    assert now("data", Fault.QUOTA, ROOMY) == DiskNow("data", Fault.QUOTA, False, 100_000, 10**6)
    assert now("database", Fault.FULL, None) == DiskNow("database", Fault.FULL)
    spent = now("data", None, Space(free=0, total=100 * MIB))
    assert (spent.fault, spent.low, spent.files) == (Fault.FULL, False, None)
    assert now("data", None, Space(free=50 * MIB, total=1_000 * MIB)).low


def test_disks_as_processes_wrote_them_down_are_told_once_the_worst_way() -> None:
    said = [
        {"where": "data", "fault": None, "low": False, "free_mb": 9},
        None,
        {},
        {"where": "data", "fault": "full", "low": False, "free_mb": 0},
        {"where": "data", "fault": None, "low": True, "free_mb": 7},
        {"where": "database", "fault": "of another release"},
    ]
    assert told(said) == (
        DiskNow("data", Fault.FULL, low=False, free_mb=0),
        DiskNow("database"),
    )


def test_a_full_disk_is_critical_a_low_one_a_warning_and_a_well_one_nothing() -> None:
    (full,) = disk_alarms(DiskNow("data", Fault.QUOTA, free_mb=0))
    (low,) = disk_alarms(DiskNow("data", low=True, free_mb=80, files=12))
    assert (full.key, full.kind) == ("disk_full/data", AlarmKind.DISK_FULL)
    assert full.severity is Severity.CRITICAL
    assert full.ails
    assert full.data == {"where": "data", "why": "quota", "free_mb": 0}
    assert (low.severity, low.data["files"]) == (Severity.WARNING, 12)
    assert disk_alarms(DiskNow("data")) == ()


def test_an_audit_finds_the_disks_of_all_processes() -> None:
    found = alarms(Facts(watched_s=0.0, disks=(DiskNow("database", Fault.FULL),)))
    assert [one.kind for one in found] == [AlarmKind.DISK_FULL]


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_its_words_in_both_languages(fault: Fault) -> None:
    said = words("disk_full", {"where": "data", "why": str(fault)})
    english = words("disk_full", {"where": "database", "why": str(fault)})["en"]
    assert "磁盘" in said["zh-CN"]["what"]
    assert "–" not in said["zh-CN"]["what"] + said["zh-CN"]["do"]
    assert english["what"].startswith("The disk of the database server")
    assert SAID[fault] in json.loads(WORDS.read_text("utf-8"))


def test_the_warning_says_how_much_is_left() -> None:
    said = words("disk_low", {"where": "data", "why": "low", "free_mb": 80, "files": 12})
    assert "80 MB" in said["en"]["what"]
    assert "12 more files" in said["en"]["what"]
    assert "80 MB" in said["zh-CN"]["what"]
    assert "12" in said["zh-CN"]["what"]
    bare = words("disk_low", {"where": "data", "why": "low", "free_mb": 80})
    assert bare["en"]["what"].endswith("80 MB left.")
