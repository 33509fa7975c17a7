"""OpenAPI 3.1 of the API, built from the table of doors and the models the doors check with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.api import guard_models, incident_models, models, reply_models, site_models
from web.api.doors import DOORS as API_DOORS
from web.auth import ANYONE, Door
from web.base import base_of

_REF = "#/components/schemas/{model}"
_TYPED = re.compile(r"\{(\w+)(?::int)?\}")

BODIES: Mapping[tuple[str, str], type[BaseModel]] = {
    ("POST", "/preview"): models.LaunchBody,
    ("POST", "/incidents"): models.LaunchBody,
    ("POST", "/incidents/{id}/notices"): models.NoticeBody,
    ("POST", "/incidents/{id}/notices/preview"): models.NoticeBody,
    ("POST", "/incidents/{id}/close"): models.CloseBody,
    ("POST", "/incidents/{id}/answers"): models.AnswerBody,
    ("POST", "/incidents/{id}/tasks/{task}"): models.TaskBody,
    ("POST", "/replies/{id}"): reply_models.ReplyBody,
    ("POST", "/incidents/{id}/calls"): models.CallBody,
    ("PATCH", "/sites/{key}"): site_models.SiteBody,
    ("POST", "/recipients"): models.RecipientBody,
    ("PATCH", "/recipients/{id}"): models.RecipientBody,
    ("POST", "/screens/pairings/claim"): models.ClaimBody,
    ("POST", "/screens/pairings/{code}"): models.ConfirmBody,
    ("POST", "/tokens"): models.TokenBody,
    ("POST", "/users"): models.UserBody,
}

ANSWERS: Mapping[tuple[str, str], tuple[int, type[BaseModel] | None]] = {
    ("POST", "/incidents"): (202, models.LaunchedOut),
    ("POST", "/incidents/{id}/notices"): (202, models.SaidOut),
    ("POST", "/incidents/{id}/close"): (200, incident_models.ClosedOut),
    ("GET", "/incidents"): (200, models.ListOut),
    ("GET", "/incidents/{id}/deliveries"): (200, models.ListOut),
    ("GET", "/incidents/{id}/events"): (200, models.ListOut),
    ("GET", "/incidents/{id}/doors"): (200, models.ListOut),
    ("GET", "/incidents/{id}/doors/blocks"): (200, models.ListOut),
    ("GET", "/sites"): (200, models.ListOut),
    ("GET", "/sites/{key}"): (200, site_models.SiteOut),
    ("PATCH", "/sites/{key}"): (200, site_models.SiteOut),
    ("GET", "/recipients"): (200, models.ListOut),
    ("GET", "/repairs"): (200, models.RepairsOut),
    ("DELETE", "/repairs/{id}"): (204, None),
    ("GET", "/playbooks"): (200, models.ListOut),
    ("GET", "/screens"): (200, models.ListOut),
    ("GET", "/replies"): (200, reply_models.RepliesOut),
    ("POST", "/replies/{id}"): (200, reply_models.ReplyOut),
    ("GET", "/alarms"): (200, models.AlarmsOut),
    ("POST", "/alarms/{id}/acknowledge"): (200, models.AlarmOut),
    ("GET", "/accounts"): (200, guard_models.AccountsOut),
    ("POST", "/accounts/{name}/test"): (200, guard_models.TestedOut),
    ("GET", "/audit"): (200, guard_models.AuditOut),
    ("GET", "/audit/check"): (200, guard_models.AuditCheckOut),
    ("POST", "/recipients"): (201, models.AnyOut),
    ("DELETE", "/recipients/{id}"): (204, None),
    ("POST", "/screens/pairings"): (201, models.PairingOut),
    ("POST", "/screens/pairings/claim"): (200, models.DeviceOut),
    ("DELETE", "/screens/{recipient}/device"): (204, None),
    ("POST", "/live/tickets"): (201, models.TicketOut),
    ("GET", "/session"): (200, models.SessionOut),
    ("GET", "/tokens"): (200, models.ListOut),
    ("POST", "/tokens"): (201, models.TokenOut),
    ("DELETE", "/tokens/{id}"): (204, None),
    ("POST", "/logins"): (201, models.TokenOut),
    ("GET", "/users"): (200, models.ListOut),
    ("POST", "/users"): (201, models.AnyOut),
}
"""What is not named here answers 200 with an object that docs/PROTOCOL.md describes."""

QUERIES: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("GET", "/incidents"): (
        ("status", "string"),
        ("code", "string"),
        ("after", "integer"),
        ("limit", "integer"),
    ),
    ("GET", "/incidents/{id}/deliveries"): (
        ("state", "string"),
        ("channel", "string"),
        ("after", "integer"),
        ("limit", "integer"),
    ),
    ("GET", "/incidents/{id}/events"): (("since", "integer"), ("limit", "integer")),
    ("GET", "/incidents/{id}/doors"): (
        ("state", "string"),
        ("block", "string"),
        ("after", "integer"),
        ("limit", "integer"),
    ),
    ("GET", "/recipients"): (
        ("site", "string"),
        ("search", "string"),
        ("kind", "string"),
        ("after", "integer"),
        ("limit", "integer"),
    ),
    ("GET", "/repairs"): (("site", "string"), ("after", "integer"), ("limit", "integer")),
    ("GET", "/repairs/count"): (("site", "string"),),
    ("GET", "/estate"): (("site", "string"),),
    ("GET", "/playbooks"): (("site", "string"),),
    ("GET", "/screens"): (("site", "string"),),
    ("GET", "/replies"): (("state", "string"), ("after", "string"), ("limit", "integer")),
    ("GET", "/alarms"): (("limit", "integer"),),
    ("GET", "/audit"): (
        ("kind", "string"),
        ("actor", "string"),
        ("since", "string"),
        ("after", "integer"),
        ("limit", "integer"),
    ),
    ("GET", "/audit/check"): (("noted", "string"),),
    ("POST", "/roster"): (
        ("dry_run", "boolean"),
        ("skip_problems", "boolean"),
        ("name", "string"),
        ("site", "string"),
        ("map", "string"),
        ("encoding", "string"),
        ("hidden", "string"),
        ("missing", "string"),
        ("confirm_remove", "integer"),
    ),
}

CONFLICTS: Mapping[tuple[str, str], type[BaseModel]] = {
    ("POST", "/incidents"): incident_models.LaunchConflictOut,
    ("POST", "/incidents/{id}/notices"): incident_models.HelpOpenOut,
    ("POST", "/incidents/{id}/close"): incident_models.HelpOpenOut,
}
"""Where a 409 says more than what is wrong, and what."""

NO_BODY = frozenset({("POST", "/incidents/{id}/close")})
"""Whose body may be left out."""

KEYED = frozenset({("POST", "/incidents"), ("POST", "/incidents/{id}/notices")})


async def openapi(request: Request) -> Response:
    """GET /api/openapi.json."""
    servers = [{"url": f"{base_of(request.scope)}/api/v1"}]
    return JSONResponse({**document(), "servers": servers}, headers={"cache-control": "no-cache"})


DOORS: tuple[Door, ...] = (Door("GET", "/api/openapi.json", ANYONE, openapi),)


@cache
def document() -> dict[str, Any]:
    """The whole description, as data."""
    used = sorted(_models(), key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "validation") for model in used], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for door in API_DOORS:
        path = _plain(door.path)
        paths.setdefault(path, {})[door.method.lower()] = _operation(door, path)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Muster",
            "version": _version(),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "muster"},
            },
        },
    }


def _models() -> set[type[BaseModel]]:
    answers = {model for _status, model in ANSWERS.values() if model is not None}
    own: set[type[BaseModel]] = {models.AnyOut, models.ProblemsOut, *CONFLICTS.values()}
    return set(BODIES.values()) | answers | own


def _plain(path: str) -> str:
    return _TYPED.sub(r"{\1}", path.removeprefix("/api/v1"))


def _operation(door: Door, path: str) -> dict[str, Any]:
    key = (door.method, path)
    status, answer = ANSWERS.get(key, (200, models.AnyOut))
    words = (door.endpoint.__doc__ or "").split(": ", 1)[-1].split("\n\n", 1)[0]
    operation: dict[str, Any] = {
        "operationId": f"{door.method.lower()}_{door.endpoint.__name__}",
        "summary": " ".join(words.split()),
        "parameters": _parameters(door, key),
        "responses": _responses(door, key, status, answer),
    }
    if key in BODIES:
        operation["requestBody"] = {"required": key not in NO_BODY, "content": _json(BODIES[key])}
    if key == ("POST", "/roster"):
        operation["requestBody"] = _file_body()
    if door.role != ANYONE:
        operation["security"] = [{"bearer": []}, {"session": []}]
        operation["x-role"] = door.role
    return operation


def _parameters(door: Door, key: tuple[str, str]) -> list[dict[str, Any]]:
    found = [
        {
            "name": name[1],
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if ":int" in name[0] else "string"},
        }
        for name in _TYPED.finditer(door.path)
    ]
    found += [
        {"name": name, "in": "query", "schema": {"type": kind}}
        for name, kind in QUERIES.get(key, ())
    ]
    if key in KEYED:
        schema = {"type": "string", "maxLength": 255}
        found.append({"name": "Idempotency-Key", "in": "header", "schema": schema})
    return found


def _responses(
    door: Door, key: tuple[str, str], status: int, answer: type[BaseModel] | None
) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if answer is not None:
        done["content"] = _json(answer)
    said: dict[str, Any] = {str(status): done}
    if key == ("POST", "/screens/pairings/claim"):
        said["202"] = {"description": "Nobody has confirmed the code yet."}
    problems = {"application/problem+json": {"schema": _ref(models.ProblemsOut)}}
    if door.role != ANYONE:
        said["401"] = {"description": "Not logged in.", "content": problems}
        said["403"] = {"description": "Not allowed.", "content": problems}
    if key in CONFLICTS:
        conflict = {"application/problem+json": {"schema": _ref(CONFLICTS[key])}}
        said["409"] = {"description": "Clashes with what is so.", "content": conflict}
    said["default"] = {"description": "Refused, or not ready.", "content": problems}
    return said


def _file_body() -> dict[str, Any]:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"type": "object", "properties": {"file": file}, "required": ["file"]}
    return {"required": True, "content": {"multipart/form-data": {"schema": form}}}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(model)}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _version() -> str:
    try:
        return version("muster-hub")
    except PackageNotFoundError:
        return "0"
