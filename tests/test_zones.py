"""Time zones come from the pinned tzdata, and a name nobody knows never costs the time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from hub.commands.zone_checks import machines_version, pinned_version, zones
from hub.settings import Settings
from hub.store.database import database
from hub.store.schema import metadata, sites
from hub.times import clock_of, offsets
from hub.zones import use_locked, zone_fault, zone_of

HOME = Path(__file__).parents[1]
NOON = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
PROVINCES = {
    "America/Edmonton": ("America/Denver", -6, "14:00"),  # Alberta
    "America/Winnipeg": ("America/Chicago", -5, "15:00"),  # Manitoba
    "America/Vancouver": ("America/Los_Angeles", -7, "13:00"),  # British Columbia
}
"""What three provinces of Canada, which stay on summer time since 2026, have in older tables: the
rules of these neighbours, an hour less in winter. And what they have."""


@pytest.fixture
def old_machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine whose own tables are of 2025."""
    kept = resources.files("tzdata").joinpath("zoneinfo")
    for name, (rules, _, _) in PROVINCES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(kept.joinpath(*rules.split("/")).read_bytes())
    return {**os.environ, "PYTHONTZPATH": str(tmp_path), "TZ": "America/Vancouver"}


def told(env: dict[str, str], ways: str) -> list[float]:
    """The hours each province is ahead of UTC, as a process of its own finds them."""
    asked = f"for name in {list(PROVINCES)}: at = NOON.astimezone(zone(name))"
    script = (
        "from datetime import UTC, datetime\n"
        f"{ways}\nNOON = datetime(2026, 12, 1, 20, tzinfo=UTC)\n"
        f"{asked}; print(at.utcoffset().total_seconds() / 3600)"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=env, cwd=HOME, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


LOADED = """
from hub.settings import load
load({"MUSTER_REDIS_URL": "redis://x", "MUSTER_SECRET_KEY": "k" * 40,
      "MUSTER_DATABASE_URL": "postgresql://x/y"})
from zoneinfo import ZoneInfo as zone
"""
HUB = [
    "from hub.zones import zone_of as zone",
    LOADED,
    "import hub.times\nfrom zoneinfo import ZoneInfo as zone",
    "import hub.worker\nfrom zoneinfo import ZoneInfo as zone",
    "import hub.flow.launch, hub.flow.say\nfrom zoneinfo import ZoneInfo as zone",
    "import web.app\nfrom zoneinfo import ZoneInfo as zone",
]


def test_a_machine_with_older_tables_is_an_hour_wrong_by_itself(
    old_machine: dict[str, str],
) -> None:
    assert told(old_machine, "from zoneinfo import ZoneInfo as zone") == [-7.0, -6.0, -8.0]


@pytest.mark.parametrize("ways", HUB, ids=range(len(HUB)))
def test_three_provinces_have_their_hour_on_a_machine_with_older_tables(
    old_machine: dict[str, str], ways: str
) -> None:
    """In every process of the hub, whatever of it was loaded first."""
    assert told(old_machine, ways) == [hours for _, hours, _ in PROVINCES.values()]


@pytest.mark.parametrize("name", PROVINCES)
def test_people_and_their_browsers_are_told_that_hour(name: str) -> None:
    _, hours, wall = PROVINCES[name]
    assert clock_of(NOON, zone_of(name), language="en") == wall
    assert offsets(name, NOON)[-1][1] == hours * 60


def test_no_room_makes_zones_by_itself_nor_lets_the_database_tell_the_time() -> None:
    """`zone_of` alone does: it has the pinned tables, and never raises. SQL holds UTC in ms."""
    local = re.compile(r"AT TIME ZONE|'localtime'|CURRENT_DATE|LOCALTIME|to_char\(", re.IGNORECASE)
    made = re.compile(r"\bZoneInfo\(|\btime\.localtime|\bastimezone\(\)|dateutil|pytz")
    found = []
    for top in ("hub", "channels", "playbooks", "web"):
        for file in sorted((HOME / top).rglob("*.py")):
            text, where = file.read_text("utf-8"), file.relative_to(HOME).as_posix()
            if where != "hub/zones.py" and made.search(text):
                found.append(where)
            if top == "hub" and "/store/" in where and local.search(text):
                found.append(where)
    assert found == []


def test_the_machines_own_zone_files_are_never_read() -> None:
    zoneinfo.reset_tzpath()
    try:
        use_locked()
        assert zoneinfo.TZPATH == ()
    finally:
        use_locked()


def test_both_tables_say_their_release(tmp_path: Path) -> None:
    assert re.fullmatch(r"20\d\d[a-z]", pinned_version())
    assert pinned_version() >= "2026f"
    (tmp_path / "tzdata.zi").write_text("# version 2019c\n# This zic input file is in the public")
    assert machines_version([str(tmp_path / "none"), str(tmp_path)]) == "2019c"
    assert machines_version([str(tmp_path / "none")]) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("Asia", "America/Argentina", "", ".", "..", "../etc/passwd", "/etc/localtime", "Asia/"),
        *("x" * 300, "Asia/Beijing", "US/Pacific-New", "posix/Asia/Shanghai", "Asia\0", "\udcff"),
        "Asia/Shanghai ",
    ],
)
def test_a_name_that_is_no_zone_has_the_usual_one_and_is_refused_where_it_is_set(name: str) -> None:
    """Removed ones, folders, paths and bytes that are no name among them."""
    assert zone_of(name, "Asia/Shanghai").key == "Asia/Shanghai"
    assert zone_of(name, name).key == "UTC"
    assert zone_fault(name) is not None


@pytest.mark.parametrize("country", ["CN", "US", ""])
def test_no_name_is_suggested_that_would_be_refused_as_well(country: str) -> None:
    known = zoneinfo.available_timezones() | {"Factory", "localtime"}
    written = {form for one in known for form in (one.lower(), one.replace("/", " "), one[:-1])}
    for name in sorted(written | known):
        fault = zone_fault(name, country=country)
        said = fault and re.fullmatch(r"(?:write|did you mean) ([^ ,]+?)\??", fault[1])
        assert not said or zone_fault(said[1], country=country) is None, (name, fault)


def test_names_that_were_changed_still_tell_the_time() -> None:
    renamed = {"Asia/Calcutta": "Asia/Kolkata", "Asia/Chongqing": "Asia/Shanghai",
               "Europe/Kiev": "Europe/Kyiv", "Canada/Mountain": "America/Edmonton",
               "Canada/Pacific": "America/Vancouver"}  # fmt: skip
    for old, new in renamed.items():
        assert zone_fault(old) is None
        assert NOON.astimezone(zone_of(old)).hour == NOON.astimezone(ZoneInfo(new)).hour


def test_offsets_that_are_no_whole_hours_ask_for_the_place() -> None:
    what, hint = zone_fault("+05:30") or ("", "")
    assert (what, hint) == ("is no time zone: '+05:30'", "write the place, such as Asia/Shanghai")
    what, hint = zone_fault("Etc/GMT+15") or ("", "")
    assert (what, hint) == ("is no time zone: 'Etc/GMT+15'", "write a name such as Asia/Shanghai")


async def test_doctor_names_the_site_whose_zone_no_table_knows(tmp_path: Path) -> None:
    """A zone may have been removed from the tables since it was set."""
    url = f"sqlite:///{tmp_path / 'muster.db'}"
    db = database(url)
    await db.open()
    await db.write(metadata.create_all)
    for key, zone in (("old", "US/Pacific-New"), ("good", "Asia/Shanghai"), ("none", "")):
        row = {"key": key, "name": {}, "settings": {"timezone": zone}}
        await db.write(lambda conn, row=row: conn.execute(insert(sites).values(**row)))
    await db.close()
    settings = Settings(tmp_path, url, None, "http://localhost:8000", b"k" * 40)
    first, *others = await zones(settings)
    assert (first["ok"], pinned_version() in first["what"]) == (True, True)
    assert [(one["check"], one["ok"]) for one in others] == [("zones:old", False)]
    assert "told as those of Asia/Shanghai" in others[0]["what"]
