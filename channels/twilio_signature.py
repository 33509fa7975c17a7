"""Whether Twilio signed a request: X-Twilio-Signature, in constant time, never raising.

https://www.twilio.com/docs/usage/security#validating-requests. The signature covers the public URL
and the form fields joined without a delimiter, and has no time in it: it proves the sender, not
freshness, and no identity is built on its fields.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from hub.ports import HookRequest

HEADER = "x-twilio-signature"
_DEFAULT_PORT = {"https": "443", "http": "80"}


def sign(token: bytes, url: str, fields: Iterable[tuple[str, str]] = ()) -> str:
    """The signature of a URL and its form fields; a repeated pair counts once."""
    text = url + "".join(key + value for key, value in sorted(set(fields)))
    digest = hmac.new(token, text.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")


def verify(token: bytes, request: HookRequest) -> bool:
    """Whether the owner of `token` made this request to its public URL."""
    given = request.headers.get(HEADER, "")
    fields, whole = _covered(request)
    good = False
    for url in _spellings(request.url):
        good |= _same(sign(token, url, fields), given)
    return good and whole


def _covered(request: HookRequest) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The form fields the signature covers, and whether the body is covered at all.

    A body that is no form is covered only by its hash in the signed URL.
    """
    if _is_form(request):
        return request.form, True
    query = parse_qs(urlsplit(request.url).query)
    claimed = query.get("bodySHA256", [""])[0]
    return (), _same(hashlib.sha256(request.body).hexdigest(), claimed)


def _is_form(request: HookRequest) -> bool:
    kind = request.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return True
    return not kind and (bool(request.form) or not request.body)


def _spellings(url: str) -> tuple[str, str]:
    """The URL without and with its port: Twilio's own edges disagree on which is signed."""
    scheme, separator, rest = url.partition("://")
    cut = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    place, path = rest[:cut], rest[cut:]
    host, port = _port_of(place)
    with_port = place if port else f"{place}:{_DEFAULT_PORT.get(scheme, '80')}"
    return scheme + separator + host + path, scheme + separator + with_port + path


def _port_of(place: str) -> tuple[str, str]:
    """`user:pass@host:8443` cut before the port; the port is "" where there is none."""
    user, at, host = place.rpartition("@")
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and not (name.startswith("[") and not name.endswith("]")):
        return user + at + name, port
    return place, ""


def _same(ours: str, given: str) -> bool:
    return hmac.compare_digest(ours.encode("ascii"), given.encode("utf-8", "surrogatepass"))
