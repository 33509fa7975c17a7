"""`/screen`: one page for every display; the device that opens it pairs itself by a code."""

from __future__ import annotations

import json

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.assets import static
from web.base import base_of
from web.render import environment, page

FILES = (
    "screen.css",
    "screen.js",
    "draw.js",
    "lines.js",
    "words.js",
    "tongues.js",
    "keep.js",
    "elapsed.js",
    "link.js",
    "poll.js",
)


async def screen(request: Request) -> Response:
    """The page itself: public, as it holds nothing; what it may show hangs on its pairing."""
    return await page(request, "screen/screen.html")


async def worker(request: Request) -> Response:
    """The service worker, with the addresses of this release's files in it."""
    base = base_of(request.scope)
    ours = (
        "/screen",
        *(static(f"screen/{name}") for name in FILES),
        static("js/zone.js"),
        static("img/mark.svg"),
    )
    files = [base + path for path in ours]
    name = "muster-screen-" + static("").strip("/").rpartition("/")[2]
    text = (
        environment()
        .get_template("screen/sw.js")
        .render(
            name=Markup(json.dumps(name)),  # noqa: S704 - ours
            files=Markup(json.dumps(files)),  # noqa: S704 - ours
            api=Markup(json.dumps(f"{base}/api/")),  # noqa: S704 - ours
        )
    )
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": f"{base}/screen"}
    return Response(text, media_type="text/javascript", headers=headers)


routes = [
    Route("/screen", screen, methods=["GET"], name="screen"),
    Route("/screen/sw.js", worker, methods=["GET"], name="screen-worker"),
]
