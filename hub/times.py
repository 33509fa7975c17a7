"""Times as people are told them: on the wall of the site, with the day where it is another one, and
never the same words for the two hours of the night the clocks go back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hub.tags import base, script
from hub.zones import zone_of

FAR = timedelta(days=180)
"""How far a day of another year may be before its year is said."""


def told(at: datetime, zone: ZoneInfo, *, language: str, now: datetime | None) -> str:
    """`02:41`; `05:26 on 1 December` where that is another day than that of `now`; without a `now`
    always with its day."""
    clock = clock_of(at, zone, language=language)
    local = at.astimezone(zone)
    if now is not None and local.date() == now.astimezone(zone).date():
        return clock
    return _dated(local, clock, language, year=now is not None and _is_far(local, now, zone))


def clock_of(at: datetime, zone: ZoneInfo, *, language: str) -> str:
    """`02:41`; `02:40 (winter time)` where the wall shows 02:40 twice that night."""
    local = at.astimezone(zone)
    mark = _mark(local, language)
    return f"{local:%H:%M}{mark}"


def aside(at: datetime, zone: ZoneInfo, *, language: str, now: datetime | None) -> str:
    """As `told`, to stand before a noun: `the 23:50 (30 November) notice`."""
    local = at.astimezone(zone)
    same = now is not None and local.date() == now.astimezone(zone).date()
    if same or base(language) not in _MONTHS:
        return told(at, zone, language=language, now=now)
    day = _day(local, base(language), year=now is not None and _is_far(local, now, zone))
    return f"{clock_of(at, zone, language=language)} ({day})"


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """`2026-11-30 23:50:07`, for programs and terminals; with its offset where that comes twice."""
    local = at.astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%Y-%m-%d %H:%M:%S}" + (f" ({offset_name(_minutes(local))})" if twice else "")


def _is_far(local: datetime, now: datetime, zone: ZoneInfo) -> bool:
    here = now.astimezone(zone)
    return local.year != here.year and abs(local - here) > FAR


def _dated(local: datetime, clock: str, language: str, *, year: bool) -> str:
    tongue = base(language)
    if tongue in _TOGETHER:
        day = _TOGETHER[tongue].format(month=local.month, day=local.day)
        day = f"{local.year}{_YEAR[tongue]}{day}" if year else day
        return f"{day}{clock}"
    if tongue not in _MONTHS:
        return f"{local:%Y-%m-%d} {clock}"
    return _WITH[tongue].format(clock=clock, date=_day(local, tongue, year=year))


def _day(local: datetime, tongue: str, *, year: bool) -> str:
    month = _MONTHS[tongue].split()[local.month - 1]
    said = _DAY.get(tongue, "{day} {month}").format(day=local.day, month=month)
    return f"{said} {local.year}" if year else said


def _mark(local: datetime, language: str) -> str:
    """Which of two: summer or winter time where clocks change for that, else the offset."""
    first, second = local.replace(fold=0), local.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return ""
    words = _SEASONS.get(f"{base(language)}-{script(language)}") or _SEASONS.get(base(language))
    seasonal = bool(first.dst()) or bool(second.dst())
    said = words[local.fold] if words and seasonal else offset_name(_minutes(local))
    return f"（{said}）" if base(language) in {"zh", "ja"} else f" ({said})"


def offset_name(minutes: int) -> str:
    """`UTC+10:30`."""
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    return f"UTC{sign}{size // 60}" + (f":{size % 60:02d}" if size % 60 else "")


def _minutes(local: datetime) -> int:
    return int((local.utcoffset() or timedelta()).total_seconds()) // 60


# ── For browsers, whose own tables of zones may be years old ───────────────────────────────────

BACK, AHEAD = timedelta(days=3660), timedelta(days=1100)
Offsets = tuple[tuple[int, int], ...]


def offsets(zone: str, now: datetime) -> Offsets:
    """From when (ms) on the zone is how many minutes ahead of UTC: ten years back, three ahead."""
    return _offsets(zone, now.astimezone(UTC).year)


@lru_cache(maxsize=64)
def _offsets(zone: str, year: int) -> Offsets:
    known = zone_of(zone)
    at = datetime(year, 1, 1, tzinfo=UTC) - BACK
    end = datetime(year, 12, 31, tzinfo=UTC) + AHEAD
    found = [(0, _minutes(at.astimezone(known)))]
    while at < end:
        later = at + timedelta(days=1)
        minutes = _minutes(later.astimezone(known))
        if minutes != found[-1][1]:
            found.append((_change(known, at, later), minutes))
        at = later
    return tuple(found)


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> int:
    """The minute within that day at which the offset changes, in ms."""
    low, high = int(before.timestamp()) // 60, int(after.timestamp()) // 60
    old = _minutes(before.astimezone(zone))
    while high - low > 1:
        middle = (low + high) // 2
        at = datetime.fromtimestamp(middle * 60, UTC).astimezone(zone)
        low, high = (middle, high) if _minutes(at) == old else (low, middle)
    return high * 60_000


# ── Words ──────────────────────────────────────────────────────────────────────────────────────

_TOGETHER: Mapping[str, str] = {
    "zh": "{month}月{day}日",
    "ja": "{month}月{day}日",
    "ko": "{month}월 {day}일 ",
}
_YEAR: Mapping[str, str] = {"zh": "年", "ja": "年", "ko": "년 "}
_DAY: Mapping[str, str] = {
    "de": "{day}. {month}",
    "es": "{day} de {month}",
    "pt": "{day} de {month}",
}
_WITH: Mapping[str, str] = {
    "en": "{clock} on {date}",
    "ar": "{clock} يوم {date}",
    "de": "{date}, {clock}",
    "fr": "{clock} le {date}",
    "es": "{clock} el {date}",
    "pt": "{clock} de {date}",
    "ru": "{clock} {date}",
}
_MONTHS: Mapping[str, str] = {
    "en": "January February March April May June July August September October November December",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto"
    " septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto"
    " setembro outubro novembro dezembro",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_SEASONS: Mapping[str, tuple[str, str]] = {
    "zh-Hans": ("夏令时", "冬令时"),
    "zh-Hant": ("夏令時間", "冬令時間"),
    "ja": ("夏時間", "冬時間"),
    "ko": ("서머타임", "표준시"),
    "en": ("summer time", "winter time"),
    "ar": ("التوقيت الصيفي", "التوقيت الشتوي"),
    "de": ("Sommerzeit", "Winterzeit"),
    "fr": ("heure d’été", "heure d’hiver"),
    "es": ("horario de verano", "horario de invierno"),
    "pt": ("hora de verão", "hora de inverno"),
    "ru": ("летнее время", "зимнее время"),
}
