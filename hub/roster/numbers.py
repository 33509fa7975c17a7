"""Phone numbers and e-mail addresses from cells: E.164 and channel, or why they are unusable.

A mobile is reached by `sms`, a landline by `voice` alone. Mainland mobiles take an exact fast
path; everything else goes through libphonenumber and a bounded cache.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from hub.roster.cells import LOST_WORDS, tidy
from hub.roster.problem_words import Code
from hub.roster.values import AddressRow
from hub.states import Reason

_CN_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_CN_SEVERAL = re.compile(r"(?:1[3-9]\d{9}){2,}")
# Ofcom reserves 07700 900000-900999 for drama; libphonenumber calls them invalid.
_DRAMA = re.compile(r"\+?447700900\d{3}")
_ROUNDED = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d{1,3})", re.IGNORECASE)
_SPLIT = re.compile(r"[/,;、\n|\\]|或|\band\b|\bor\b|&", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:手机|手機|电话|電話|座机|移动|联系方式|号码|宅电|家|tel|telephone|phone|mobile|mob|cell|home|office|fax)"
    r"[.号]?\s*[:：.]?\s*(?=[+\d(])",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\(([^()\d+]*)\)|\[([^\[\]\d+]*)\]|([一-鿿]{1,4}|[A-Za-z]{1,10})$")
_REMARK_FIRST = re.compile(r"([一-鿿]{1,4})\s*[:：]?\s*(?=[+\d])")
_EXTENSION = re.compile(r"(?:转|轉|分机|分機|ext\.?|extension|x|#|\*)\s*\d{1,6}$", re.IGNORECASE)
_POINT_ZERO = re.compile(r"(?<=\d{6})\.0+$")  # numbers written by programs: 13800138000.0
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
"""What programs that lay out text make of the hyphens people type."""
_DASHED = re.compile(r"[-/\s]*-[-/\s]*")  # nothing, as tables have it: ——
_PUNCTUATION = re.compile(r"[\s\-.()·]")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}"
)
_NONE = frozenset(
    {
        "",
        "无",
        "無",
        "没有",
        "-",
        "--",
        "/",
        "n/a",
        "na",
        "none",
        "nil",
        "null",
        "暂无",
        "不详",
        "(null)",
        "nan",
        "undefined",
        "<null>",
        "同上",
        "无电话",
    }
)
_LINE_TYPES = frozenset(
    {PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.UAN}
)
_NO_PERSON = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


@dataclass(frozen=True, slots=True)
class NumberRead:
    """One number: its address, and a remark that stood beside it."""

    address: AddressRow
    remark: str = ""


def read_phones(text: str, *, country: str, rounded: bool = False) -> tuple[NumberRead, ...]:
    """Every number of a cell, in its order. `rounded`: the cell was a number that lost digits."""
    plain = _CN_MOBILE.fullmatch(text) if country == "CN" else None
    if plain and not rounded:
        return (NumberRead(AddressRow("sms", "+86" + plain[1])),)
    text = text.translate(_DASHES)
    if text.strip().lower() in _NONE or _DASHED.fullmatch(text):
        return ()
    if text.startswith("="):
        return (_unusable(text, Code.FORMULA),)
    if text.startswith("#") and LOST_WORDS.fullmatch(text):
        return (_unusable(text, Code.CELL_ERROR),)
    if several := _among_words(text, country=country):
        return several
    return tuple(_read_one(piece, country=country, rounded=rounded) for piece in split_phones(text))


_MOBILE_IN = re.compile(r"(?<![\d+])(?:\+?86[\s-]?)?(1[3-9]\d{9})(?!\d)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3}){3}")
_AFTER_REMARK = re.compile(r"(\([^()\d]*\))\s*(?=\+?\d{5})")


_WORDS = re.compile(r"[^\d\s+-]")


def _among_words(text: str, *, country: str) -> tuple[NumberRead, ...]:
    """Mainland mobiles between remarks and short numbers: 138…01(停机)138…02, 138…01 短号 6612.

    Empty where anything else in the cell may be a number of its own or an extension.
    """
    if country != "CN" or not _WORDS.search(text):
        return ()
    plain = tidy(text)
    found = list(_MOBILE_IN.finditer(plain))
    between = [p.strip(" /,;、。:：|\n") for p in _MOBILE_IN.split(plain)[::2]]
    said = [b for b in between if b]
    if not found or not said or any(re.search(r"\d{7}|\d[\d -]{7}|[+@=]", b) for b in said):
        return ()
    if any(_EXTENSION.search("0" + b) for b in said if not b.startswith("(短号")):
        return ()
    remarks = [b.strip("()[] ") for b in between[1:]]
    remarks[0] = " ".join(r for r in (between[0].strip("()[]: "), remarks[0]) if r)
    return tuple(
        NumberRead(AddressRow("sms", "+86" + number[1]), _short(remark))
        for number, remark in zip(found, remarks, strict=True)
    )


def _short(remark: str) -> str:
    return remark if len(remark) <= 40 else remark[:39] + "…"


def split_phones(text: str) -> tuple[str, ...]:
    """The numbers of one cell, still as written. Blanks split only where numbers are complete."""
    pieces: list[str] = []
    text = _AFTER_REMARK.sub(r"\1/", tidy(text).replace("。", "/"))
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    for chunk in _SPLIT.split(text):
        for part in re.split(r"(?<=\d)\s*(?=\+\d)", chunk.strip()):
            pieces += _by_blanks(part.strip())
    return tuple(p for p in pieces if p.lower() not in _NONE)


def _by_blanks(text: str) -> list[str]:
    words = text.split()
    if len(words) > 1 and all(sum(c.isdigit() for c in w) >= 7 for w in words):
        return words
    digits = re.sub(r"[\s-]", "", text)
    if _CN_SEVERAL.fullmatch(digits):
        return [digits[i : i + 11] for i in range(0, len(digits), 11)]
    return [text]


def _read_one(text: str, *, country: str, rounded: bool) -> NumberRead:
    if rounded:
        return _unusable(text, Code.PHONE_DIGITS_LOST)
    text = _POINT_ZERO.sub("", _LABEL.sub("", text.lstrip("'")))
    if wide := _ROUNDED.fullmatch(text):
        exact = exact_digits(wide)
        return _dial(exact, country=country) if exact else _unusable(text, Code.PHONE_DIGITS_LOST)
    remark = ""
    if (found := _REMARK.search(text)) and found.start() > 0:
        remark = next((g for g in found.groups() if g), "").strip()
        text = (text[: found.start()] + text[found.end() :]).strip()
    if found := _REMARK_FIRST.match(text):
        remark, text = found[1], text[found.end() :]
    if _EXTENSION.search(text):
        return _unusable(text, Code.PHONE_EXTENSION, remark=remark)
    return NumberRead(_dial(text, country=country).address, remark)


def exact_digits(rounded: re.Match[str]) -> str:
    """The digits of `1.3800138000E+10`, or "" when fewer digits are written than it has."""
    whole, fraction, exponent = rounded[1], rounded[2] or "", int(rounded[3])
    if exponent < 6 or len(fraction) < exponent or fraction[exponent:].strip("0"):
        return ""
    return whole + fraction[:exponent]


def looks_rounded(value: object) -> bool:
    """True for a numeric cell that ends in seven or more zeros, as saved 1.38E+10 comes back."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return 10**9 <= abs(value) < 10**15 and value % 10**7 == 0


def _unusable(text: str, code: Code, *, remark: str = "") -> NumberRead:
    return NumberRead(AddressRow("sms", text[:64], False, Reason.BAD_ADDRESS, code), remark)


@lru_cache(maxsize=20_000)
def _dial(text: str, *, country: str) -> NumberRead:
    digits = _PUNCTUATION.sub("", text)
    if not re.fullmatch(r"\+?\d+", digits):
        return _unusable(text, Code.PHONE_UNREAD)
    if country == "CN" and (mobile := _CN_MOBILE.fullmatch(digits)):
        return NumberRead(AddressRow("sms", "+86" + mobile[1]))
    if _DRAMA.fullmatch(digits) or (country == "GB" and re.fullmatch(r"07700900\d{3}", digits)):
        return NumberRead(AddressRow("sms", "+447700900" + digits[-3:]))
    return _by_library(digits, country=country)


def _by_library(digits: str, *, country: str) -> NumberRead:
    if digits.startswith("00") and len(digits) > 8:
        digits = "+" + digits[2:]
    length = len(digits.lstrip("+"))
    if length > 15:
        return _unusable(digits, Code.PHONE_LONG)
    try:
        number = phonenumbers.parse(digits, country)
    except NumberParseException:
        return _unusable(digits, Code.PHONE_SHORT if length < 7 else Code.PHONE_UNKNOWN)
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:
        return _unusable(digits, _why_unknown(number))
    if kind in _NO_PERSON:
        return _unusable(digits, Code.PHONE_PREMIUM)
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return NumberRead(AddressRow("voice" if kind in _LINE_TYPES else "sms", value))


def _why_unknown(number: phonenumbers.PhoneNumber) -> Code:
    match phonenumbers.is_possible_number_with_reason(number):
        case phonenumbers.ValidationResult.TOO_SHORT:
            return Code.PHONE_SHORT
        case phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return Code.PHONE_SHORT
        case phonenumbers.ValidationResult.TOO_LONG:
            return Code.PHONE_LONG
        case _:
            return Code.PHONE_UNKNOWN


def read_emails(text: str) -> tuple[AddressRow, ...]:
    """Every e-mail address of a cell; domain in lower case."""
    if text.strip().lower() in _NONE or _DASHED.fullmatch(text.translate(_DASHES)):
        return ()
    return tuple(_email(p) for p in re.split(r"[,;、\s/]+", text.strip()) if p)


def _email(text: str) -> AddressRow:
    if len(text) > 254 or not _EMAIL.fullmatch(text) or ".." in text:
        return AddressRow("email", text[:254], False, Reason.BAD_ADDRESS, Code.EMAIL_UNREAD)
    local, _, domain = text.rpartition("@")
    return AddressRow("email", f"{local}@{domain.lower()}")
