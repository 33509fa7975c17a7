"""Times say their day where it is another one, and the hour that comes twice says which it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.times import aside, clock_of, offset_name, offsets, stamp, told

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 30, 15, 50, tzinfo=UTC)  # 23:50 in Shanghai


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "12月1日05:26"),
        ("zh-HK", "12月1日05:26"),
        ("en", "05:26 on 1 December"),
        ("ja", "12月1日05:26"),
        ("ko", "12월 1일 05:26"),
        ("ar", "05:26 يوم 1 ديسمبر"),
        ("de", "1. Dezember, 05:26"),
        ("fr-CA", "05:26 le 1 décembre"),
        ("es", "05:26 el 1 de diciembre"),
        ("pt-BR", "05:26 de 1 de dezembro"),
        ("ru", "05:26 1 декабря"),
        ("th", "2026-12-01 05:26"),
    ],
)
def test_a_time_on_another_day_says_which(language: str, said: str) -> None:
    at = datetime(2026, 11, 30, 21, 26, tzinfo=UTC)
    assert told(at, SHANGHAI, language=language, now=NIGHT) == said
    same = told(at, SHANGHAI, language=language, now=at + timedelta(hours=1))
    assert same == "05:26"
    assert told(at, SHANGHAI, language=language, now=None) == said


def test_before_a_noun_the_day_stands_aside() -> None:
    at, now = NIGHT, NIGHT + timedelta(hours=1)
    assert aside(at, SHANGHAI, language="en", now=now) == "23:50 (30 November)"
    assert aside(at, SHANGHAI, language="es", now=now) == "23:50 (30 de noviembre)"
    assert aside(at, SHANGHAI, language="zh-CN", now=now) == "11月30日23:50"
    assert aside(at, SHANGHAI, language="en", now=NIGHT) == "23:50"
    assert aside(at, SHANGHAI, language="en", now=None) == "23:50 (30 November)"


def test_another_year_is_said_when_it_could_be_mistaken() -> None:
    soon = NIGHT + timedelta(days=40)
    assert told(soon, SHANGHAI, language="en", now=NIGHT) == "23:50 on 9 January"
    later = NIGHT + timedelta(days=400)
    assert told(later, SHANGHAI, language="en", now=NIGHT) == "23:50 on 4 January 2028"
    assert told(later, SHANGHAI, language="zh-CN", now=NIGHT) == "2028年1月4日23:50"
    assert told(later, SHANGHAI, language="ko", now=NIGHT) == "2028년 1월 4일 23:50"


BACK = [
    ("Europe/Berlin", datetime(2026, 10, 25, 0, 40, tzinfo=UTC), 60, "02:40"),
    ("America/New_York", datetime(2026, 11, 1, 5, 40, tzinfo=UTC), 60, "01:40"),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 40, tzinfo=UTC), 30, "01:40"),
]


@pytest.mark.parametrize(("name", "first", "minutes", "wall"), BACK, ids=[one[0] for one in BACK])
def test_the_hour_that_comes_twice_says_which(
    name: str, first: datetime, minutes: int, wall: str
) -> None:
    zone, second = ZoneInfo(name), first + timedelta(minutes=minutes)
    assert clock_of(first, zone, language="en") == f"{wall} (summer time)"
    assert clock_of(second, zone, language="en") == f"{wall} (winter time)"
    assert clock_of(first, zone, language="zh-CN") == f"{wall}（夏令时）"
    assert clock_of(second, zone, language="zh-HK") == f"{wall}（冬令時間）"
    ahead = offset_name(int((second.astimezone(zone).utcoffset() or timedelta()).seconds / 60))
    assert "UTC" in clock_of(second, zone, language="th")
    assert name == "America/New_York" or ahead in clock_of(second, zone, language="th")
    later = second + timedelta(minutes=minutes + 30)
    assert clock_of(later, zone, language="en") == f"{later.astimezone(zone):%H:%M}"


def test_a_zone_that_changed_for_good_tells_its_offset() -> None:
    """Volgograd went from UTC+4 to UTC+3 in December 2020: no summer, no winter."""
    zone = ZoneInfo("Europe/Volgograd")
    at = datetime(2020, 12, 26, 21, 30, tzinfo=UTC)
    assert clock_of(at, zone, language="en") == "01:30 (UTC+4)"
    assert clock_of(at + timedelta(hours=1), zone, language="zh-CN") == "01:30（UTC+3）"


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"]


@pytest.mark.parametrize("name", [*ZONES, "Africa/Casablanca", "America/Vancouver"])
@given(minute=st.integers(0, 12 * 366 * 24 * 60))
def test_two_moments_of_a_day_are_never_told_alike(name: str, minute: int) -> None:
    zone = ZoneInfo(name)
    at = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    for other in (at + timedelta(minutes=30), at + timedelta(hours=1)):
        said = [told(one, zone, language="en", now=None) for one in (at, other)]
        assert said[0] != said[1]


@pytest.mark.parametrize("name", [*ZONES, "Africa/Casablanca", "America/St_Johns"])
@given(minute=st.integers(0, 12 * 365 * 24 * 60))
def test_a_browser_reckons_as_the_hub_does(name: str, minute: int) -> None:
    """By the table the hub hands out, whatever zones the browser itself knows."""
    now = datetime(2026, 11, 30, tzinfo=UTC)
    at = datetime(2017, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    ms = int(at.timestamp() * 1000)
    minutes = next(m for since, m in reversed(offsets(name, now)) if since <= ms)
    ours = at.astimezone(ZoneInfo(name)).utcoffset()
    assert ours == timedelta(minutes=minutes)


def test_the_table_is_short_enough_to_stand_in_every_page() -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    assert offsets("Asia/Shanghai", now) == ((0, 480),)
    assert len(offsets("Europe/Berlin", now)) < 32


def test_a_terminal_is_told_date_time_and_which_of_two() -> None:
    assert stamp(NIGHT, SHANGHAI) == "2026-11-30 23:50:00"
    name, first, minutes, _ = BACK[2]
    zone = ZoneInfo(name)
    assert stamp(first, zone) == "2026-04-05 01:40:00 (UTC+11)"
    assert stamp(first + timedelta(minutes=minutes), zone) == "2026-04-05 01:40:00 (UTC+10:30)"
