"""Logging in and out, who you are, API tokens, users, live tickets."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.errors import NotKnown, Refused, TooMany, Unknown
from hub.flow.accounts import TICKET_LIFE
from hub.model import Actor
from web.api.models import LoginBody, TokenBody, UserBody
from web.api.reading import body_of, checked, fields_of, number
from web.auth import actor_of, client_ip, cookie_name, local_path, sign_in, sign_out
from web.catalog import language_of
from web.house import house
from web.known import browser, remember
from web.problems import wants_json
from web.render import page


async def log_in(request: Request) -> Response:
    """POST /login: a session cookie for the right pair; people go on to `next`."""
    fields = await fields_of(request)
    after = local_path(fields.pop("next", "") or request.query_params.get("next", "/"))
    try:
        body = checked(LoginBody, {key: fields.get(key, "") for key in ("login", "password")})
        accounts = house(request).accounts
        known = browser(request, body.login)
        session = await accounts.login(body.login, body.password, client_ip(request), known=known)
    except Refused as error:
        if wants_json(request.scope):
            raise
        return await _login_again(request, error, after)
    return remember(request, await _welcome(request, session, after), body.login, known)


async def log_in_once(request: Request) -> Response:
    """POST /login/once(/{token}): the printed login works this once. GET only shows a button."""
    fields = await _once_fields(request)
    key = request.path_params.get("token") or fields.get("key", "")
    after = local_path(fields.get("next", "") or "/")
    try:
        session = await house(request).accounts.one_time_login(key, client_ip(request))
    except Refused as error:
        if wants_json(request.scope):
            raise
        return await _login_again(request, error, after)
    return await _welcome(request, session, after)


async def log_out(request: Request) -> Response:
    """POST /logout: the session is over."""
    session = request.cookies.get(cookie_name(request), "")
    if session:
        await house(request).accounts.end_session(session)
    if wants_json(request.scope):
        return sign_out(request, Response(status_code=204))
    return sign_out(request, RedirectResponse("/login", status_code=303))


async def session(request: Request) -> Response:
    """GET /session: who you are."""
    return JSONResponse(_actor_json(actor_of(request)))


async def add_ticket(request: Request) -> Response:
    """POST /live/tickets: one hello within 30 s."""
    ticket = await house(request).accounts.ticket(actor_of(request))
    return JSONResponse({"ticket": ticket, "expires_in": TICKET_LIFE // 1000}, 201)


async def add_token(request: Request) -> Response:
    """POST /tokens: a new API token, told this once."""
    body = await body_of(request, TokenBody)
    token = await house(request).accounts.create_token(body.name, body.role, actor_of(request))
    return JSONResponse({"token": token}, 201)


async def add_login(request: Request) -> Response:
    """POST /logins: a one-time login for the first admin; 409 once an admin has a password."""
    token = await house(request).accounts.first_login(who=actor_of(request))
    return JSONResponse({"token": token}, 201)


async def remove_token(request: Request) -> Response:
    """DELETE /tokens/{id}: it works no more, nor do the sockets opened with it."""
    done = await house(request).accounts.revoke_token(number(request, "id"), actor_of(request))
    if not done:
        raise Unknown("There is no such token, or it was revoked before.")
    return Response(status_code=204)


async def put_user(request: Request) -> Response:
    """POST /users: the user exists with this role; a new password ends their sessions."""
    body = await body_of(request, UserBody)
    found = await house(request).accounts.put_user(
        body.login,
        name=body.name,
        role=body.role,
        password=body.password,
        disabled=body.disabled,
        who=actor_of(request),
    )
    return JSONResponse({"id": found}, 201)


async def list_users(request: Request) -> Response:
    """GET /users: who may log in, and who has a password."""
    return JSONResponse({"items": await house(request).accounts.users(), "next": None})


async def list_tokens(request: Request) -> Response:
    """GET /tokens: the API tokens that work, by id; never the token itself."""
    return JSONResponse({"items": await house(request).accounts.tokens(), "next": None})


def _actor_json(actor: Actor) -> dict[str, str]:
    return {"id": actor.id, "role": actor.role, "name": actor.name}


async def _once_fields(request: Request) -> dict[str, str]:
    """A POST to the printed address needs no body."""
    return await fields_of(request) if await request.body() else {}


async def _welcome(request: Request, session: str, after: str) -> Response:
    if not wants_json(request.scope):
        return sign_in(request, RedirectResponse(after, status_code=303), session)
    actor = await house(request).accounts.session(session)
    if actor is None:
        raise NotKnown("This login was closed meanwhile.")
    return sign_in(request, JSONResponse(_actor_json(actor)), session)


async def _login_again(request: Request, error: Refused, after: str) -> Response:
    """The login page once more, saying what was wrong."""
    language = language_of(request)
    said = WRONG.get(error.code, {}).get(language, error.what)
    response = await page(
        request, "console/login.html", status=error.status, next=after, error=said, login=""
    )
    if isinstance(error, TooMany):
        response.headers["retry-after"] = str(error.retry_after)
    return response


WRONG: Mapping[str, Mapping[str, str]] = {
    "wrong_login": {
        "zh-CN": "登录名或密码不正确。",
        "en": "Login or password is wrong.",
    },
    "used_login": {
        "zh-CN": "此一次性登录已使用或已过期。请向管理员索取新的。",
        "en": "This one-time login was used or is too old. Ask the administrator for a new one.",
    },
    "too_many": {
        "zh-CN": "错误次数过多，请稍后再试。",
        "en": "Too many wrong tries. Wait a little and try again.",
    },
    "invalid": {
        "zh-CN": "请填写登录名和密码。",
        "en": "Write your login and your password.",
    },
}
