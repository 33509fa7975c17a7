"""Style sheets, scripts and catalogues under an address that changes whenever any of them does.

`/static/VERSION/js/board.js`: relative imports of the modules stay inside the same version, so
all of it can be kept by a browser for ever and a new release is seen at once.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

ROOT = Path(__file__).parent / "static"
WORDS = Path(__file__).parent / "words"
KEEP = "public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".mp3": "audio/mpeg",
    ".woff2": "font/woff2",
}


@cache
def version() -> str:
    """Ten digits that stand for the content of every file served here."""
    mark = hashlib.sha256()
    for folder in (ROOT, WORDS):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix in TYPES:
                mark.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return mark.hexdigest()[:10]


def static(path: str) -> str:
    """The address of a file of ours: `static("css/tokens.css")`."""
    return f"/static/{version()}/{path}"


def find(path: str) -> Path | None:
    """The file behind a path below `/static/`, never one outside our two folders."""
    root, rest = (WORDS, path[6:]) if path.startswith("words/") else (ROOT, path)
    file = (root / rest).resolve()
    inside = file.is_relative_to(root.resolve())
    return file if inside and file.suffix in TYPES and file.is_file() else None


async def serve(request: Request) -> Response:
    """The file, kept for ever under its version and checked again each time without one."""
    path = request.path_params["path"]
    head, _, rest = path.partition("/")
    file, kept = (find(rest), True) if head == version() else (find(path), False)
    if file is None:
        raise HTTPException(404)
    headers = {"Cache-Control": KEEP if kept else "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(file, media_type=TYPES[file.suffix], headers=headers)


routes = [Route("/static/{path:path}", serve, methods=["GET"], name="static")]
