"""The hidden field of a resident's page: proof that a page was opened before the answer was sent.

Mail and message scanners fetch links; some also send what forms they find. A nonce is bound to the
link and to the hour it was made in, and works for a day. Nothing is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

HOUR = 3600
LIFE = 24  # hours
_MAC = 12  # bytes


def page_nonce(secret: bytes, token: str, now: datetime) -> str:
    """The nonce for a page of this link made now: `HOUR.MAC`, A-Za-z0-9_.- only."""
    return _signed(secret, token, int(now.timestamp()) // HOUR)


def is_fresh(secret: bytes, token: str, nonce: str, now: datetime) -> bool:
    """Whether this nonce was made for this link within the last day. Constant time."""
    hour, _, _mac = nonce.partition(".")
    if not (hour.isascii() and hour.isdigit() and len(hour) < 10):
        return False
    age = int(now.timestamp()) // HOUR - int(hour)
    right = hmac.compare_digest(nonce.encode(), _signed(secret, token, int(hour)).encode())
    return right and 0 <= age <= LIFE


def _signed(secret: bytes, token: str, hour: int) -> str:
    text = f"page\0{token}\0{hour}".encode()
    mac = hmac.digest(secret, text, hashlib.sha256)[:_MAC]
    return f"{hour}.{base64.urlsafe_b64encode(mac).decode()}"
