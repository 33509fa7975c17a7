"""What a reply by Twilio brings beside its words: pictures, voice notes, a place on the map.

The files stay with Twilio; people who read the reply learn that there are some, and of what kind.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MOST: Final = 10
"""Files one text has at most."""

_KIND = re.compile(r"[\w.+-]{1,40}/[\w.+-]{1,60}")
_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,12})?")
_PLACE = 200  # characters of a place's name and address


def beside(form: Mapping[str, str]) -> str:
    """What came beside the words, in a form everybody reads; "" for nothing."""
    return " ".join(part for part in (_files(form), _place(form)) if part)


def _files(form: Mapping[str, str]) -> str:
    number = form.get("NumMedia", "").strip()
    count = min(int(number), MOST) if number.isascii() and number.isdigit() else 0
    kinds = [_kind(form.get(f"MediaContentType{at}", "")) for at in range(count)]
    return f"[彩信 MMS: {', '.join(kinds)}]" if kinds else ""


def _kind(said: str) -> str:
    return said if _KIND.fullmatch(said) else "?"


def _place(form: Mapping[str, str]) -> str:
    where = [form.get(name, "").strip() for name in ("Latitude", "Longitude")]
    if not all(_DEGREES.fullmatch(one) for one in where):
        return ""
    named = " ".join(form.get(name, "").strip() for name in ("Label", "Address"))[:_PLACE]
    return f"[位置 location: {','.join(where)} {named.strip()}".rstrip() + "]"
