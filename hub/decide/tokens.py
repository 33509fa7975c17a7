"""Signed ids: nothing is stored, the signature is the authority.

An answer token is 24 characters of `A-Za-z0-9_-` (they are paid for in every SMS): incident and
recipient as unsigned 32-bit integers and 80 bits of HMAC-SHA256 over them. An attempt token is
`ID.MAC`, as it stands in a provider's status callback.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from functools import lru_cache

from hub.errors import Defect
from hub.model import AttemptId, IncidentId, RecipientId

_IDS = struct.Struct(">II")
_MAC = 10  # bytes: 80 bits
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
_ATTEMPT = re.compile(r"([1-9][0-9]{0,17})\.([A-Za-z0-9_-]{22})")


def answer_token(secret: bytes, incident: int, recipient: int) -> str:
    """24 characters that stand for this recipient in this incident."""
    if not (0 < incident < 2**32 and 0 < recipient < 2**32):
        raise Defect(f"no answer token for incident {incident}, recipient {recipient}: not 32-bit")
    ids = _IDS.pack(incident, recipient)
    return base64.urlsafe_b64encode(ids + _mac(secret, b"answer", ids)).decode()


def read_token(secret: bytes, token: str) -> tuple[IncidentId, RecipientId] | None:
    """Whom an answer token speaks for; None if it is not ours. Constant time in the signature."""
    if not _TOKEN.fullmatch(token):
        return None
    raw = base64.urlsafe_b64decode(token)
    ids, mac = raw[: _IDS.size], raw[_IDS.size :]
    if not hmac.compare_digest(mac, _mac(secret, b"answer", ids)):
        return None
    incident, recipient = _IDS.unpack(ids)
    return IncidentId(incident), RecipientId(recipient)


def attempt_token(secret: bytes, attempt: int) -> str:
    """The signed attempt id a provider brings back in its callback: `ID.MAC`, 128 bits of MAC."""
    mac = _digest(secret, b"attempt", str(attempt).encode())[:16]
    return f"{attempt}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def read_attempt_token(secret: bytes, token: str) -> AttemptId | None:
    """The attempt a callback is about; None if we did not sign it."""
    found = _ATTEMPT.fullmatch(token)
    if found is None:
        return None
    attempt = int(found.group(1))
    if not hmac.compare_digest(token, attempt_token(secret, attempt)):
        return None
    return AttemptId(attempt)


def _mac(secret: bytes, purpose: bytes, ids: bytes) -> bytes:
    return _digest(secret, purpose, ids)[:_MAC]


def _digest(secret: bytes, purpose: bytes, ids: bytes) -> bytes:
    """One key serves several purposes: the purpose is part of what is signed."""
    mac = _keyed(secret).copy()
    mac.update(purpose + b"\0" + ids)
    return mac.digest()


@lru_cache(8)
def _keyed(secret: bytes) -> hmac.HMAC:
    """Keyed once and copied. `hmac.digest` would let go of the interpreter lock at each call, and
    wait for it while the database thread works: 100 µs instead of 2."""
    return hmac.new(secret, digestmod=hashlib.sha256)
