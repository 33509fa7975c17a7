"""Browsers somebody has logged in from before: they have tries of their own at that login.

A cookie for each login, signed, and good for nothing else: whoever has it may guess that one
password ten times in five minutes, and is not shut out by others behind the same address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from web.auth import cookie_path, is_https
from web.house import house

LIFE = 180 * 24 * 3600  # seconds
_MAC = 18  # bytes
_LONGEST = 80


def browser(request: Request, login: str) -> str:
    """The name of this browser if this login has logged in from it before; else nothing."""
    name, _, mac = request.cookies.get(_cookie(login), "")[:_LONGEST].partition(".")
    right = _signed(house(request).settings.secret_key, login, name)
    return name if name and hmac.compare_digest(mac.encode(), right.encode()) else ""


def remember(request: Request, response: Response, login: str, known: str) -> Response:
    """The response; this login is known in this browser from now on."""
    name = known or secrets.token_urlsafe(12)
    response.set_cookie(
        _cookie(login),
        f"{name}.{_signed(house(request).settings.secret_key, login, name)}",
        max_age=LIFE,
        path=cookie_path(request) + "login",
        secure=is_https(request),
        httponly=True,
        samesite="lax",
    )
    return response


def _cookie(login: str) -> str:
    """One for each login: several people share the computer of a duty room."""
    return "muster_known_" + hashlib.sha256(login.casefold().encode()).hexdigest()[:12]


def _signed(secret: bytes, login: str, name: str) -> str:
    text = f"browser\0{login.casefold()}\0{name}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, text, hashlib.sha256)[:_MAC]).decode()
