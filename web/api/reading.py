"""Bodies and queries as values: every problem names its field, nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request

from hub.errors import Problem, Refused

M = TypeVar("M", bound=BaseModel)

LARGEST = 2**63 - 1
MOST_ITEMS = 500
USUAL_ITEMS = 100
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Malformed(Refused):
    """The body is not what its kind should be: it cannot be read at all."""

    status = 400
    title = "Cannot be read"


class WrongMedia(Refused):
    """The body is of a kind this address does not take."""

    status = 415
    title = "Unsupported media type"


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object of the body. Malformed: no JSON, no object, a key twice, NaN; WrongMedia."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise WrongMedia(f"Send JSON (Content-Type: application/json), not {kind[:80]}.")
    return parse_object(await request.body())


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in these bytes; Malformed otherwise."""
    try:
        found = json.loads(body, object_pairs_hook=_once, parse_constant=_no_constant)
    except Malformed:
        raise
    except UnicodeDecodeError as error:
        raise Malformed("The body is not UTF-8.", code="json") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        problem = Problem(where, error.msg, "send one JSON object")
        raise Malformed("The body is not JSON.", [problem], code="json") from error
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not JSON we can read.", code="json") from error
    if _ODD.search(body):
        _check_letters(found)
    if not isinstance(found, dict):
        problem = Problem("", "is no object", '{"…": …}')
        raise Malformed("The body must be a JSON object.", [problem], code="json")
    return found


async def body_of(request: Request, model: type[M]) -> M:
    """The body as this model; Refused (422) names each wrong field."""
    return checked(model, await json_object(request))


def checked(model: type[M], values: Mapping[str, Any]) -> M:
    """The values as this model; Refused (422) names each wrong field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [_problem(found) for found in error.errors(include_url=False)]
        said = "; ".join(f"{p.where or 'body'} {p.what}" for p in problems[:5])
        raise Refused(f"The request cannot be taken: {said}.", problems, code="invalid") from None


async def fields_of(request: Request) -> dict[str, str]:
    """Text fields of a form or of a JSON object; Malformed if a field comes twice."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORMS[0]:
        return _once_each(_urlencoded(await request.body()))
    if kind not in _FORMS:
        return {key: _text(key, value) for key, value in (await json_object(request)).items()}
    async with request.form(max_files=0, max_fields=50) as form:
        return _once_each(form.multi_items())


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    """The pairs of a plain form; letters that are not UTF-8 come as U+FFFD, as browsers do it."""
    try:
        return parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise Malformed("A form holds 50 fields at most.", code="form") from error


def _once_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for key, value in pairs:
        if key in fields or isinstance(value, UploadFile):
            raise Malformed(f"The field {key[:40]!r} comes twice.", code="form")
        if "\0" in key or "\0" in value:
            raise Malformed("A field holds the letter NUL.", code="form")
        fields[key] = value
    return fields


def number(request: Request, name: str) -> int:
    """An id from the path; it matched digits already, but may be too large: then it is unknown."""
    value = int(request.path_params[name])
    return value if value <= LARGEST else -1


def count(request: Request, name: str, *, default: int, most: int = LARGEST) -> int:
    """A whole number of the query, clipped to `most`; Refused for anything else."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        problem = Problem(name, f"is no whole number: {text[:40]!r}", "write 0 or more")
        raise Refused(f"The query is wrong: {name}.", [problem], code="invalid")
    return min(int(text), most)


def limit(request: Request) -> int:
    """How many items are asked for: 100, or what `limit` says, 1 to 500."""
    return max(1, count(request, "limit", default=USUAL_ITEMS, most=MOST_ITEMS))


def flag(request: Request, name: str) -> bool:
    """Whether a query switch is on: `1`, `true`, `yes`, or present without a value."""
    value = request.query_params.get(name)
    return value is not None and value.lower() in {"", "1", "true", "yes", "on"}


def idempotency_key(request: Request) -> str | None:
    """The Idempotency-Key as sent, None without one; the hub says what it may be."""
    return request.headers.get("idempotency-key")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [key for key, _value in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        problem = Problem(twice[:80], "stands twice in one object", "keep one of them")
        raise Malformed("A key stands twice in the body.", [problem], code="json")
    return found


_ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes that may stand for half a letter or for NUL, which no database keeps as text."""

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def _check_letters(found: Any) -> None:
    try:
        text = json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Malformed("A text holds half a letter (a lone surrogate).", code="json") from error
    if _NUL.search(text):
        raise Malformed("A text holds the letter NUL.", code="json")


def _no_constant(name: str) -> Any:
    raise Malformed(f"{name} is not JSON.", code="json")


def _text(key: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused("A field is no text.", [Problem(key[:80], "must be a text")], code="invalid")
    return str(value)


_SAID = {
    "missing": ("is missing", ""),
    "extra_forbidden": ("is not known", "leave it out"),
    "string_type": ("must be a text", ""),
    "int_type": ("must be a whole number", ""),
    "int_parsing": ("must be a whole number", ""),
    "bool_type": ("must be true or false", ""),
    "dict_type": ("must be an object", ""),
}


def _problem(found: Any) -> Problem:
    where = ".".join(str(part) for part in found["loc"])
    what, hint = _SAID.get(found["type"], ("", ""))
    if found["type"] in {"enum", "literal_error"}:
        what, hint = "is not one of the choices", f"one of {found['ctx'].get('expected', '')}"
    return Problem(where, what or str(found["msg"]), hint)
