"""A public address with a path, such as `https://example.com/muster`: everything lives below it.

Inside, paths are as if there were none: the gate takes it off what comes in (whether or not the
proxy has done so already) and puts it before what goes out: redirects, cookies, and every address
of ours in a page. Scripts learn it from `<body data-base>`.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.types import Scope

KEY = "muster.base"
_OURS = re.compile(r"""(\b(?:href|src|action)=["'])/(?!/)""")
"""An address of ours in a page. What people typed cannot look so: its quotes are escaped."""


def base_in(public_url: str) -> str:
    """The path of the public address, "" if it has none: `/muster`."""
    return urlsplit(public_url).path.rstrip("/")


def base_of(scope: Scope) -> str:
    """The path everything lives below, as the gate noted it."""
    return str(scope.get(KEY, ""))


def enter(scope: Scope, base: str) -> None:
    """The scope of a request, its path as the application knows it."""
    scope[KEY] = base
    if not base:
        return
    scope["path"] = _below(scope["path"], base)
    if raw := scope.get("raw_path"):
        scope["raw_path"] = _below(raw.decode("latin-1"), base).encode("latin-1")


def leave(location: bytes, base: str) -> bytes:
    """A redirect to a path of ours, as the browser must ask for it."""
    ours = location.startswith(b"/") and not location.startswith(b"//")
    return base.encode() + location if base and ours else location


def rebased(page: str, base: str) -> str:
    """A page whose links, forms and files lead to where they live."""
    return _OURS.sub(rf"\g<1>{base}/", page) if base else page


def _below(path: str, base: str) -> str:
    if path == base:
        return "/"
    return path.removeprefix(base) if path.startswith(f"{base}/") else path
