"""Signed ids: nothing is stored, the signature is the authority.

An answer token is 24 characters of `A-Za-z0-9_-` (they are paid for in every SMS): incident and
recipient as unsigned 32-bit integers and 80 bits of HMAC-SHA256 over them. It ends in a letter or
digit: phones take a last `-` or `_` for the end of a sentence and leave it out of the link. An
attempt token is `ID.MAC`, as it stands in a provider's status callback.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from hub.errors import Defect
from hub.model import AttemptId, IncidentId, RecipientId

_IDS = struct.Struct(">II")
_MAC = 10  # bytes: 80 bits
_LENGTH = 24
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{_LENGTH}}}")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_FIRM = 62  # the letters and digits of it
_ATTEMPT = re.compile(r"([1-9][0-9]{0,17})\.([A-Za-z0-9_-]{22})")


def answer_token(secret: bytes, incident: int, recipient: int) -> str:
    """24 characters that stand for this recipient in this incident; the last is no sign."""
    if not (0 < incident < 2**32 and 0 < recipient < 2**32):
        raise Defect(f"no answer token for incident {incident}, recipient {recipient}: not 32-bit")
    ids = _IDS.pack(incident, recipient)
    first = _first(secret, ids)
    return first if first[-1].isalnum() else _second(secret, ids)


def read_token(secret: bytes, token: str) -> tuple[IncidentId, RecipientId] | None:
    """Whom an answer token speaks for; None if it is not ours. Constant time in the signature.

    One that ends in a sign was sent by a release before this one, and stays good."""
    if not _TOKEN.fullmatch(token):
        return None
    ids = base64.urlsafe_b64decode(token)[: _IDS.size]
    first, second = _first(secret, ids), _second(secret, ids)
    ours = first if first[-1].isalnum() else second
    if not hmac.compare_digest(token, first) | hmac.compare_digest(token, ours):
        return None
    incident, recipient = _IDS.unpack(ids)
    return IncidentId(incident), RecipientId(recipient)


def tokens_in(text: str) -> tuple[str, ...]:
    """What may be the token in the end of a link as a phone, a person or a chat wrote it: with
    `。` or `)` behind it, a break within, in wide letters, or followed by the link once more.

    At most four, the likeliest first. A sign of the token's own alphabet in front of it, or a
    letter or digit behind it, makes it another token: that is never cut off."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST])
    found = dict.fromkeys((*_runs(plain), *_runs(_BLANK.sub("", plain))))
    return tuple(found)[:_MOST]


_LONGEST = 400  # characters looked at
_MOST = 4
_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")
_RUN = re.compile(
    rf"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{{{_LENGTH}}})"
    r"(?=[-_]*(?:https?:|[^A-Za-z0-9_-]|\Z))",
    re.IGNORECASE | re.ASCII,
)


def _runs(text: str) -> Iterator[str]:
    return (found[1] for found in _RUN.finditer(text))


def _first(secret: bytes, ids: bytes) -> str:
    return base64.urlsafe_b64encode(ids + _mac(secret, b"answer", ids)).decode()


def _second(secret: bytes, ids: bytes) -> str:
    """Another signature for the one token in 32 whose first ends in a sign: all of it differs, so
    that no token is one step from another."""
    digest = _digest(secret, b"answer again", ids)
    whole = base64.urlsafe_b64encode(ids + digest[:_MAC]).decode()
    return whole if whole[-1].isalnum() else whole[:-1] + _ALPHABET[digest[_MAC] % _FIRM]


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
