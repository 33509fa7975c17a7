"""What a caller reads when something is refused: problem+json (RFC 9457), or a page for people.

The page needs no template engine and no database: it must also work when those do not.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from hub.errors import Damaged, HubError, Problem, Refused, TooMany, Unready
from web.base import base_of, rebased
from web.catalog import LANGUAGES, accepted
from web.refusals import sentence, tell

log = structlog.get_logger(__name__)

MACHINE = ("/api/", "/hooks/", "/healthz", "/readyz", "/metrics", "/live")
FAILED = 500  # from here on it is our fault
GONE = 499  # the client went away first; nobody reads this answer


def wants_json(scope: Scope) -> bool:
    """Whether the caller is a program: by path, by `Accept`, or because it sent JSON."""
    if str(scope.get("path", "")).startswith(MACHINE):
        return True
    headers: dict[bytes, bytes] = dict(scope.get("headers", ()))
    accept = headers.get(b"accept", b"").decode("latin-1")
    sent = headers.get(b"content-type", b"").decode("latin-1")
    return "application/json" in accept or (
        sent.startswith("application/json") and "text/html" not in accept
    )


def problem_json(
    status: int,
    detail: str,
    *,
    code: str,
    title: str = "",
    problems: tuple[Problem, ...] = (),
    language: str = "en",
) -> dict[str, Any]:
    """The body of a problem, as documented in docs/PROTOCOL.md."""
    told = [tell(one, language) for one in problems]
    return {
        "type": "about:blank",
        "title": title or _phrase(status),
        "status": status,
        "detail": sentence(detail, told, language, code=code),
        "code": code,
        "problems": told,
    }


def problem(
    scope: Scope,
    status: int,
    detail: str,
    *,
    code: str,
    title: str = "",
    problems: tuple[Problem, ...] = (),
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A refusal in the shape its caller reads: JSON for programs, a page for people."""
    own = {"cache-control": "no-store", **(headers or {})}
    asked = dict(scope.get("headers", ())).get(b"accept-language", b"").decode("latin-1")
    language = accepted(asked) or "en" if wants_json(scope) else "en"
    body = problem_json(
        status, detail, code=code, title=title, problems=problems, language=language
    )
    if wants_json(scope):
        text = json.dumps({**(facts or {}), **body}, ensure_ascii=False)
        return Response(text, status, own, media_type="application/problem+json")
    page = rebased(_page(body, _in_chinese(body, problems)), base_of(scope))
    return Response(page, status, own, media_type="text/html")


def of_error(scope: Scope, error: Exception) -> Response:
    """The answer to anything that was raised; what is not ours to say stays unsaid."""
    if isinstance(error, TooMany):
        retry = {"retry-after": str(max(1, error.retry_after))}
        return _refusal(scope, error, headers=retry)
    if isinstance(error, Refused):
        headers = {"www-authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else {}
        return _refusal(scope, error, headers=headers)
    if isinstance(error, Unready | Damaged):
        retry = {"retry-after": str(error.retry_after)}
        return problem(scope, 503, str(error), code=error.code, title=error.title, headers=retry)
    if isinstance(error, HTTPException):
        return _http(scope, error)
    if isinstance(error, ClientDisconnect):
        return problem(scope, GONE, "The client went away.", code="gone", title="Client gone")
    return _defect(scope, error)


async def answer_error(request: Request, error: Exception) -> Response:
    """Starlette's way to `of_error`."""
    return of_error(request.scope, error)


HANDLERS: Mapping[Any, Any] = {
    HubError: answer_error,
    HTTPException: answer_error,
    ClientDisconnect: answer_error,
}
"""The exceptions the application answers; anything else is caught at the gate (`security`)."""


def _refusal(scope: Scope, error: Refused, *, headers: Mapping[str, str]) -> Response:
    return problem(
        scope,
        error.status,
        error.what,
        code=error.code,
        title=error.title,
        problems=error.problems,
        facts=error.facts,
        headers=headers,
    )


_HTTP_CODES = {404: "unknown", 405: "method", 413: "too_large", 415: "media_type"}
_HTTP_DETAIL = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is larger than this address takes.",
}


_ROSTER = "/roster"
_FILE_TOO_LARGE = "The file is larger than 20 MB. Split it by building, or save it as CSV."


def _http(scope: Scope, error: HTTPException) -> Response:
    status = error.status_code
    code = _HTTP_CODES.get(status, "bad_request" if status < FAILED else "failed")
    detail = _HTTP_DETAIL.get(status, error.detail)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and _ROSTER in str(scope.get("path", "")):
        detail = _FILE_TOO_LARGE
    return problem(scope, status, detail, code=code, headers=error.headers)


def _defect(scope: Scope, error: Exception) -> Response:
    """500: the log has the kind and place of the error, never the values it met."""
    request_id = str(scope.get("request_id", ""))
    log.error("web.defect", kind=type(error).__name__, at=_where(error), request=request_id)
    said = f"The hub made a mistake. Tell its operators this number: {request_id}"
    return problem(scope, 500, said, code="defect")


def _where(error: BaseException) -> list[str]:
    """file:line of the last frames, without locals or texts."""
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[-6:]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"


_SAID: Mapping[int, tuple[str, str]] = {
    400: ("请求有误", "The request cannot be read"),
    401: ("请先登录", "Please log in first"),
    403: ("没有权限", "Not allowed"),
    404: ("没有这个页面", "There is no such page"),
    405: ("不支持此操作", "This page does not take that"),
    409: ("与现有状态冲突", "It clashes with what is already so"),
    413: ("内容过大", "Too large"),
    422: ("无法按此执行", "It cannot be done as asked"),
    429: ("操作过于频繁，请稍后再试", "Too many tries. Wait a little"),
    500: ("系统出错", "The hub made a mistake"),
    503: ("系统暂时不可用，请稍后再试", "The hub is not ready. Try again soon"),
}


def _in_chinese(body: Mapping[str, Any], problems: tuple[Problem, ...]) -> str:
    """What the page says, for a Chinese reader: a page speaks both languages."""
    chinese = LANGUAGES[0]
    told = [tell(one, chinese) for one in problems]
    said = sentence(str(body["detail"]), told, chinese, code=str(body["code"]))
    more = [f"{one['what']}。{one['hint']}" for one in told]
    return " ".join([said, *more]) if said != body["detail"] else ""


def _page(body: Mapping[str, Any], chinese: str = "") -> str:
    zh, en = _SAID.get(int(body["status"]), ("操作未完成", str(body["title"])))
    lines = "".join(
        f"<li><strong>{html.escape(p['where'])}</strong> {html.escape(p['what'])}"
        f" {html.escape(p['hint'])}</li>"
        for p in body["problems"]
    )
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" type="image/svg+xml" href="/static/img/mark.svg">'
        '<link rel="stylesheet" href="/static/css/tokens.css">'
        '<link rel="stylesheet" href="/static/css/refused.css">'
        f"<title>{zh} · {html.escape(en)} | Muster</title></head><body><main>"
        f"<h1>{zh}</h1>"
        + (f"<p>{html.escape(chinese)}</p>" if chinese else "")
        + f'<p lang="en"><strong>{html.escape(en)}.</strong> '
        f"{html.escape(str(body['detail']))}</p>"
        + (f'<ul lang="en">{lines}</ul>' if lines else "")
        + '<p class="go"><a href="/">返回首页</a> <a href="/" lang="en">Start page</a></p>'
        "</main></body></html>"
    )
