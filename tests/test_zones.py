"""Time zones come from the pinned tzdata, and a name nobody knows never costs the time."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime

from hub.zones import use_locked, zone_fault, zone_of


def test_the_machines_own_zone_files_are_never_read() -> None:
    zoneinfo.reset_tzpath()
    try:
        use_locked()
        assert zoneinfo.TZPATH == ()
    finally:
        use_locked()


def test_the_pinned_rules_of_2026_count() -> None:
    """British Columbia has permanent summer time since 2026; older zone files say 12:00."""
    use_locked()
    noon = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
    assert f"{noon.astimezone(zone_of('America/Vancouver')):%H:%M}" == "13:00"


def test_an_unknown_name_has_the_usual_zone() -> None:
    assert zone_of("Asia/Beijing", "Asia/Shanghai").key == "Asia/Shanghai"
    assert zone_of("Asia").key == "UTC"


def test_offsets_that_are_no_whole_hours_ask_for_the_place() -> None:
    what, hint = zone_fault("+05:30") or ("", "")
    assert (what, hint) == ("is no time zone: '+05:30'", "write the place, such as Asia/Shanghai")
    what, hint = zone_fault("Etc/GMT+15") or ("", "")
    assert (what, hint) == ("is no time zone: 'Etc/GMT+15'", "write a name such as Asia/Shanghai")
