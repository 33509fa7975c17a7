"""Time zones by name: which a site may have, and what was meant by one it may not.

The zones of the pinned `tzdata` count, never the machine's own files, which may be years old.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Mapping
from zoneinfo import ZoneInfo


def use_locked() -> None:
    """Every ZoneInfo made from now on comes from the pinned tzdata. Safe to repeat."""
    if zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(())
        ZoneInfo.clear_cache()


use_locked()  # whoever asks here for a zone, in whatever process, has that of the pinned tables


def zone_of(name: str, usual: str = "UTC") -> ZoneInfo:
    """The zone of that name; that of `usual` where there is none: a time is always told."""
    return ZoneInfo(next((one for one in (name, usual) if _is_known(one)), "UTC"))


def zone_fault(name: str, *, country: str = "") -> tuple[str, str] | None:
    """Why a site may not have this zone, and what to write instead; None for one it may have."""
    if signed := _SIGNED.fullmatch(name):
        return _turned(name, signed[1], int(signed[2]), country)
    if name in _FIXED:
        hours, usual = _FIXED[name]
        what = f"is {-hours} hours behind UTC all year, without summer time"
        return what, f"write the place instead, such as {usual}"
    if name not in _NEVER and _is_known(name):
        return None
    return f"is no time zone: {name[:40]!r}", _meant(name, country)


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _turned(name: str, sign: str, hours: int, country: str) -> tuple[str, str] | None:
    """The signs of Etc/GMT+8 are those of POSIX: it is 8 hours behind UTC."""
    if not _is_known(name):
        return f"is no time zone: {name!r}", f"write a name such as {USUAL}"
    meant = hours if sign == "+" else -hours
    if sign == "-" and country not in _WEST:
        return None
    way = "behind" if sign == "+" else "ahead of"
    fixed = f"Etc/GMT{-meant:+d}"
    hint = f"for UTC{meant:+d} use {_at(meant, country)}"
    if meant > 0:
        hint += f" or {fixed}"
    return f"is {hours} hours {way} UTC ({name})", hint


def _meant(name: str, country: str) -> str:
    """What to write instead of a name that is none."""
    folded = name.strip().casefold().replace(" ", "_")
    if offset := _OFFSET.fullmatch(folded):
        hours = int(offset[1]) if not (offset[2] or "").strip("0") else None
        if hours is not None and -12 <= hours <= 14:
            return f"for UTC{hours:+d} write {_at(hours, country)}"
        return f"write the place, such as {USUAL}"
    if folded in _ABBREVIATED:
        return f"several zones are called that; write the place: {_ABBREVIATED[folded]}"
    city = folded.rsplit("/", 1)[-1]
    if city in _CITIES:
        return f"write {_CITIES[city]}"
    names = {one.casefold(): one for one in zoneinfo.available_timezones() if _may_be(one, country)}
    cities = {one.rsplit("/", 1)[-1]: full for one, full in names.items()}
    if found := names.get(folded) or cities.get(city):
        return f"write {found}"
    near = difflib.get_close_matches(folded, names, n=1, cutoff=0.75)
    near_city = difflib.get_close_matches(city, cities, n=1, cutoff=0.8)
    found = names[near[0]] if near else cities[near_city[0]] if near_city else ""
    return f"did you mean {found}?" if found else f"write a name such as {USUAL}"


def _may_be(name: str, country: str) -> bool:
    """Whether a site there may have this zone, so that it can be told to."""
    if signed := _SIGNED.fullmatch(name):
        return _turned(name, signed[1], int(signed[2]), country) is None
    return name not in _FIXED and name not in _NEVER


def _at(hours: int, country: str) -> str:
    """A place so many hours ahead of UTC, in that country where it has one."""
    own = _OF_COUNTRY.get(country, {})
    return own.get(hours) or _AT.get(hours, "UTC")


USUAL = "Asia/Shanghai"
_SIGNED = re.compile(r"Etc/GMT([+-])([1-9]\d?)")
_OFFSET = re.compile(r"(?:(?:etc[/_])?(?:gmt|utc))?([+-]\d{1,2})(?::?(\d\d))?")
_NEVER = frozenset({"Factory", "localtime", "posixrules", "Etc/Unknown"})
_FIXED: Mapping[str, tuple[int, str]] = {
    "EST": (-5, "America/New_York"),
    "MST": (-7, "America/Denver, or America/Phoenix"),
    "HST": (-10, "Pacific/Honolulu"),
}
"""Abbreviations that are zones of their own, and not the ones that people mean in summer."""

_ABBREVIATED: Mapping[str, str] = {
    "cst": "Asia/Shanghai, or America/Chicago",
    "est": "America/New_York, or Australia/Sydney",
    "mst": "America/Denver, or America/Phoenix",
    "hst": "Pacific/Honolulu",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "edt": "America/New_York",
    "cdt": "America/Chicago",
    "mdt": "America/Denver",
    "ist": "Asia/Kolkata, Europe/Dublin, or Asia/Jerusalem",
    "bst": "Europe/London, or Asia/Dhaka",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "hkt": "Asia/Hong_Kong",
    "sgt": "Asia/Singapore",
    "aest": "Australia/Sydney",
    "cest": "Europe/Berlin",
    "msk": "Europe/Moscow",
    "ast": "Asia/Riyadh, or America/Halifax",
}
_CITIES: Mapping[str, str] = {
    **dict.fromkeys(
        "beijing peking shenzhen guangzhou canton tianjin nanjing wuhan hangzhou chengdu xian"
        " suzhou china 北京 上海 中国".split(),
        "Asia/Shanghai",
    ),
    **dict.fromkeys("hong_kong hongkong hk 香港".split(), "Asia/Hong_Kong"),
    **dict.fromkeys("taiwan 台北 台湾".split(), "Asia/Taipei"),
    **dict.fromkeys("macao 澳门".split(), "Asia/Macau"),
    **dict.fromkeys("osaka japan 东京 日本".split(), "Asia/Tokyo"),
    **dict.fromkeys("busan korea 首尔".split(), "Asia/Seoul"),
    **dict.fromkeys("delhi new_delhi mumbai bombay bangalore india".split(), "Asia/Kolkata"),
    **dict.fromkeys("saigon hanoi".split(), "Asia/Ho_Chi_Minh"),
    **dict.fromkeys("abu_dhabi uae".split(), "Asia/Dubai"),
    **dict.fromkeys("munich frankfurt hamburg germany".split(), "Europe/Berlin"),
    **dict.fromkeys("manchester england britain uk".split(), "Europe/London"),
    **dict.fromkeys("boston washington miami".split(), "America/New_York"),
    **dict.fromkeys("san_francisco seattle la".split(), "America/Los_Angeles"),
    **dict.fromkeys("dallas houston".split(), "America/Chicago"),
    "canberra": "Australia/Sydney",
    "wellington": "Pacific/Auckland",
}
_AT: Mapping[int, str] = {
    -12: "Etc/GMT+12",
    -11: "Pacific/Pago_Pago",
    -10: "Pacific/Honolulu",
    -9: "America/Anchorage",
    -8: "America/Los_Angeles",
    -7: "America/Denver",
    -6: "America/Chicago",
    -5: "America/New_York",
    -4: "America/Halifax",
    -3: "America/Sao_Paulo",
    -2: "America/Noronha",
    -1: "Atlantic/Azores",
    0: "UTC",
    1: "Europe/Berlin",
    2: "Europe/Athens",
    3: "Asia/Riyadh",
    4: "Asia/Dubai",
    5: "Asia/Karachi",
    6: "Asia/Dhaka",
    7: "Asia/Bangkok",
    8: "Asia/Shanghai",
    9: "Asia/Tokyo",
    10: "Australia/Sydney",
    11: "Pacific/Guadalcanal",
    12: "Pacific/Auckland",
    13: "Pacific/Tongatapu",
    14: "Pacific/Kiritimati",
}
_OF_COUNTRY: Mapping[str, Mapping[int, str]] = {
    "HK": {8: "Asia/Hong_Kong"},
    "MO": {8: "Asia/Macau"},
    "TW": {8: "Asia/Taipei"},
    "SG": {8: "Asia/Singapore"},
    "MY": {8: "Asia/Kuala_Lumpur"},
    "PH": {8: "Asia/Manila"},
    "AU": {8: "Australia/Perth", 10: "Australia/Sydney"},
    "KR": {9: "Asia/Seoul"},
    "VN": {7: "Asia/Ho_Chi_Minh"},
    "GB": {0: "Europe/London", 1: "Europe/London"},
    "RU": {3: "Europe/Moscow"},
    "TR": {3: "Europe/Istanbul"},
}
_WEST = frozenset(
    "US CA MX GT BZ SV HN NI CR PA CU JM HT DO PR CO VE GY SR EC PE BR BO PY CL AR UY".split()
)
"""Countries west of Greenwich: none of their clocks is ahead of UTC."""
