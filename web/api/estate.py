"""Places, people, and the roster file they come from."""

from __future__ import annotations

import contextlib
import re
from urllib.parse import unquote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.entries import How
from hub.errors import Problem, Refused
from hub.model import RecipientKind
from web.api.models import RecipientBody
from web.api.reading import Malformed, body_of, count, flag, limit, number
from web.auth import actor_of
from web.house import house

NAME_LENGTH = 200


async def layout(request: Request) -> Response:
    """GET /estate: buildings, entrances, floors, flats, screens, as the board draws them."""
    return JSONResponse(await house(request).estate.layout(request.query_params.get("site", "")))


async def recipients(request: Request) -> Response:
    """GET /recipients: a page of people, groups and screens; numbers masked."""
    kinds = [kind for kind in request.query_params.getlist("kind") if kind]
    wrong = [kind for kind in kinds if kind not in {str(known) for known in RecipientKind}]
    if wrong:
        known = ", ".join(RecipientKind)
        problem = Problem("kind", f"{wrong[0][:40]!r} is not known", f"one of {known}")
        raise Refused("The query is wrong: kind.", [problem], code="invalid")
    found = await house(request).estate.recipients(
        request.query_params.get("site", ""),
        search=request.query_params.get("search", ""),
        kinds=kinds,
        after=count(request, "after", default=0),
        limit=limit(request),
    )
    await house(request).accounts.looked(actor_of(request), "recipients")
    return JSONResponse(found)


async def repairs(request: Request) -> Response:
    """GET /repairs: numbers that do not exist, are blocked or opted out; looking is recorded."""
    found = await house(request).estate.repairs(
        request.query_params.get("site", ""),
        after=count(request, "after", default=0),
        limit=limit(request),
        who=actor_of(request),
    )
    return JSONResponse(found)


async def how_many_repairs(request: Request) -> Response:
    """GET /repairs/count: how many numbers there are to repair."""
    total = await house(request).estate.how_many_repairs(request.query_params.get("site", ""))
    return JSONResponse({"total": total})


async def mend(request: Request) -> Response:
    """DELETE /repairs/{id}: the flag is taken away, the number is tried again."""
    await house(request).estate.mend(number(request, "id"), who=actor_of(request))
    return Response(status_code=204)


async def recipient(request: Request) -> Response:
    """GET /recipients/{id}: with full addresses; looking is recorded."""
    found = await house(request).estate.recipient(number(request, "id"), who=actor_of(request))
    return JSONResponse(found)


async def add_recipient(request: Request) -> Response:
    """POST /recipients: one more; every wrong field is named."""
    body = await body_of(request, RecipientBody)
    made = await house(request).estate.add(
        body.model_dump(exclude_unset=True), who=actor_of(request)
    )
    return JSONResponse(made, 201, {"location": f"/api/v1/recipients/{made['id']}"})


async def change_recipient(request: Request) -> Response:
    """PATCH /recipients/{id}: the named fields; 409 when `version` is not the stored one."""
    body = await body_of(request, RecipientBody)
    made = await house(request).estate.change(
        number(request, "id"), body.model_dump(exclude_unset=True), who=actor_of(request)
    )
    return JSONResponse(made)


async def let_in(request: Request) -> Response:
    """DELETE /recipients/{id}/opt-out: texts go to this person again, as they asked for."""
    found = await house(request).estate.let_in(number(request, "id"), who=actor_of(request))
    return JSONResponse(found)


async def remove_recipient(request: Request) -> Response:
    """DELETE /recipients/{id}: told nothing any more."""
    await house(request).estate.remove(number(request, "id"), who=actor_of(request))
    return Response(status_code=204)


async def import_roster(request: Request) -> Response:
    """POST /roster: CSV or XLSX as a form field `file`, or as the body itself with `?name=`.

    `dry_run` shows the difference and writes nothing; `skip_problems` takes the good rows;
    `confirm_remove` is how many people leave; `map` (title=field, several) says what a column is,
    `encoding` what a CSV is written in, `hidden` (take, leave) whether hidden rows belong,
    `missing` (remove, keep) what becomes of those the file does not name.
    """
    data, name = await _file(request)
    report = await house(request).estate.import_roster(
        data,
        name,
        dry_run=flag(request, "dry_run"),
        skip_problems=flag(request, "skip_problems"),
        who=actor_of(request),
        site=request.query_params.get("site", ""),
        how=_how(request),
        removing=_confirmed(request),
    )
    return JSONResponse(report.to_json())


def _confirmed(request: Request) -> int | None:
    """How many people the person said are removed, if that was said."""
    asked = request.query_params.get("confirm_remove")
    return count(request, "confirm_remove", default=0) if asked else None


def _how(request: Request) -> How:
    """What the person says of the file."""
    asked = request.query_params
    pairs = (text.rpartition("=") for text in asked.getlist("map"))
    columns = {title.strip(): field.strip().lower() for title, _, field in pairs}
    return How(
        encoding=asked.get("encoding", ""),
        hidden=asked.get("hidden", "") or "ask",
        columns=columns,
        missing=asked.get("missing", "") or "remove",
    )


def _name(sent: str) -> str:
    """The file's name as its owner reads it: browsers send UTF-8, other programs percent signs or
    the bytes of their system, which the form's reader takes for Latin-1."""
    name = unquote(sent) if re.search(r"%[89A-F][0-9A-F]", sent, re.IGNORECASE) else sent
    if not name.isascii() and all(ord(c) < 0x100 for c in name):
        raw = name.encode("latin-1")
        for encoding in ("utf-8", "gb18030"):
            with contextlib.suppress(UnicodeDecodeError):
                return raw.decode(encoding)[:NAME_LENGTH]
    return name[:NAME_LENGTH]


async def _file(request: Request) -> tuple[bytes, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        data = await request.body()
        return _filled(data), _name(request.query_params.get("name", "roster"))
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            problem = Problem("file", "is missing", "send the CSV or XLSX as the field `file`")
            raise Malformed("No file was sent.", [problem], code="file")
        return _filled(await file.read()), _name(file.filename or "roster")


def _filled(data: bytes) -> bytes:
    if not data:
        problem = Problem("file", "is empty", "send a CSV or XLSX file")
        raise Malformed("The file is empty.", [problem], code="file")
    return data
