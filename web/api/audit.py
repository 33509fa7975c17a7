"""The audit record: who did what and looked at whom, and whether the record is whole."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.api.reading import count, limit
from web.house import house


async def list_audit(request: Request) -> Response:
    """GET /audit: newest first, by `kind`, `actor` (`user:4`) and `since` (a time); `after`: the
    last id of the page before."""
    query = request.query_params
    found = await house(request).audit_book.list(
        kind=query.get("kind", ""),
        actor=query.get("actor", ""),
        since=query.get("since", ""),
        after=count(request, "after", default=0),
        limit=limit(request),
    )
    return JSONResponse(found)


async def check_audit(request: Request) -> Response:
    """GET /audit/check: whether the chain holds to its sealed end; `noted`: an end that was written
    down earlier and must still be in it."""
    noted = request.query_params.get("noted", "")
    return JSONResponse(await house(request).audit_book.check(noted))
