"""The resident's style sheet, inlined: one request for a whole page on an old phone.

The content policy names it by its hash, so no other inlined style ever works.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

from web.security import CSP

FILE = Path(__file__).parent.parent / "templates" / "resident" / "page.css"


@cache
def style() -> Markup:
    """The style sheet exactly as it stands between `<style>` and `</style>`."""
    return Markup(FILE.read_text(encoding="utf-8"))  # noqa: S704 - a file of ours


@cache
def policy() -> str:
    """The content policy of a page with this style sheet inlined."""
    found = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return CSP.replace("style-src 'self'", f"style-src 'self' 'sha256-{found}'")
