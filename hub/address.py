"""MUSTER_PUBLIC_URL: where phones, providers and browsers find this hub from outside.

It may have a path (`https://example.com/muster`): then everything of ours lives below it.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

USUAL_PORTS = {"http": 80, "https": 443}
OURS = frozenset({"a", "api", "console", "healthz", "hooks", "i", "incidents", "launch", "live"})
OURS |= {"login", "logout", "metrics", "readyz", "replies", "roster", "screen", "screens", "static"}
"""First words of our own paths: below one of them nobody could tell what is meant."""

_STEP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_TWO_SPELLINGS = frozenset("ßς\u200c\u200d")  # the standards of 2003 and 2008 differ
HINT = "write https://host, or https://host/path"


class WrongAddress(ValueError):
    """What is wrong with an address, and what to do."""

    def __init__(self, what: str, hint: str = HINT) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def public_address(text: str) -> str:
    """The address as links carry it: lower-case host in ASCII, no usual port, no slash at its end.

    WrongAddress says what cannot be an address of ours."""
    if "://" not in text:
        raise WrongAddress(f"has no scheme: {text[:40]!r}", f"write https://{text[:40]}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise WrongAddress("is no address", HINT) from error
    _plain(parts, text)
    host = _host(parts.hostname or "")
    if port is not None and port != USUAL_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    return f"{parts.scheme}://{host}{_path(parts.path)}"


def caution(url: str) -> str:
    """What phones and providers will not manage with this address; "" if it is fine."""
    parts = urlsplit(url)
    if stays_home(url):
        return (
            f"{url} is an address of this machine alone: links in texts do not open on phones, and"
            " replies, delivery reports and keys pressed in calls cannot come in. Set"
            " MUSTER_PUBLIC_URL to the address the outside knows."
        )
    if parts.scheme == "http":
        return (
            f"{url} is not encrypted: answers and logins can be read and changed on their way, and"
            " some phones refuse such links. Put TLS in front, and write https:// in"
            " MUSTER_PUBLIC_URL."
        )
    return ""


def _plain(parts: SplitResult, text: str) -> None:
    if parts.scheme not in USUAL_PORTS:
        raise WrongAddress(f"is neither http nor https: {parts.scheme[:10]}://")
    if parts.username is not None or parts.password is not None:
        raise WrongAddress("holds a name or a password, and every text would carry it", HINT)
    if "?" in text or "#" in text:
        raise WrongAddress("has a query or a fragment, and links end in a path", HINT)
    if re.search(r"[\s\\]", text):
        raise WrongAddress("has a space or a backslash within")


def _host(name: str) -> str:
    """The host in ASCII: phones and providers differ in what they make of other letters."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return f"[{address}]" if address.version == 6 else str(address)
    if _TWO_SPELLINGS & set(name):
        raise WrongAddress(f"can be spelt in two ways: {name[:40]!r}", "write its host as xn--…")
    try:
        plain = name.encode("idna").decode().lower() if name else ""
    except UnicodeError as error:
        raise WrongAddress(f"has no host: {name[:40]!r}") from error
    if not _HOST.fullmatch(plain) or ".." in plain:
        raise WrongAddress(f"has no host: {name[:40]!r}")
    return plain


def _path(path: str) -> str:
    """The path without slashes at its end."""
    steps = [step for step in path.split("/") if step]
    if not steps:
        return ""
    if "//" in path.rstrip("/") or not all(_STEP.fullmatch(step) for step in steps):
        hint = "write its path in letters, digits, - and _, such as https://host/muster"
        raise WrongAddress(f"has a path that links cannot carry: {path[:40]!r}", hint)
    if steps[0].lower() in OURS:
        hint = "choose another path, such as https://host/muster, or a host name of its own"
        raise WrongAddress(f"has a path that is one of the hub's own: /{steps[0]}", hint)
    return "/" + "/".join(steps)


def stays_home(url: str) -> bool:
    """Whether only this machine itself finds that address."""
    host = urlsplit(url).hostname or ""
    if host in {"localhost", ""} or host.endswith(".localhost"):
        return True
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified
