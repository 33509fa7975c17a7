"""The resident's style sheet, inlined: one request for a whole page on an old phone.

The content policy names it by its hash, so no other inlined style ever works. Browsers without CSS
variables (Chrome 48, iOS 9, old WeChat) drop what they cannot read: before each declaration that
uses one stands the same with the light theme's own value.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

from web.security import CSP

FILE = Path(__file__).parent.parent / "templates" / "resident" / "page.css"


_TOKEN = re.compile(r"--([\w-]+):([^;}]+)")
_VAR = re.compile(r"var\(--([\w-]+)\)")
_DECLARED = re.compile(r"(?<=[;{\n])([a-z-]+):([^;{}]*var\(--[^;{}]*)(?=[;}])")


@cache
def style() -> Markup:
    """The style sheet exactly as it stands between `<style>` and `</style>`."""
    return Markup(with_fallbacks(FILE.read_text(encoding="utf-8")))  # noqa: S704 - a file of ours


def with_fallbacks(css: str) -> str:
    """The same, with a declaration that needs no variable before each one that does."""
    light = dict(_TOKEN.findall(css[: css.index("}")]))

    def both(found: re.Match[str]) -> str:
        plain = _VAR.sub(lambda var: light[var[1]], found[2])
        return f"{found[1]}:{plain};{found[0]}"

    return _DECLARED.sub(both, css)


@cache
def policy() -> str:
    """The content policy of a page with this style sheet inlined."""
    found = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return CSP.replace("style-src 'self'", f"style-src 'self' 'sha256-{found}'")
