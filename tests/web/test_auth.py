from __future__ import annotations

import re

import pytest
from starlette.routing import Route, WebSocketRoute

from tests.web.parts import HUB, PASSWORD, House
from web.app import TABLE
from web.auth import ADMIN, ANYONE, DUTY, RANK, VIEWER, local_path
from web.console.doors import DOORS as PAGES

EXPECTED = {
    ("POST", "/api/v1/preview"): DUTY,
    ("GET", "/api/v1/incidents"): VIEWER,
    ("POST", "/api/v1/incidents"): DUTY,
    ("GET", "/api/v1/incidents/{id:int}"): VIEWER,
    ("GET", "/api/v1/incidents/{id:int}/deliveries"): VIEWER,
    ("GET", "/api/v1/incidents/{id:int}/events"): VIEWER,
    ("GET", "/api/v1/incidents/{id:int}/board"): VIEWER,
    ("GET", "/api/v1/incidents/{id:int}/flats/{unit:int}"): DUTY,
    ("GET", "/api/v1/incidents/{id:int}/people/{recipient:int}"): DUTY,
    ("POST", "/api/v1/incidents/{id:int}/notices"): DUTY,
    ("POST", "/api/v1/incidents/{id:int}/notices/preview"): DUTY,
    ("POST", "/api/v1/incidents/{id:int}/stop"): DUTY,
    ("POST", "/api/v1/incidents/{id:int}/close"): DUTY,
    ("POST", "/api/v1/incidents/{id:int}/answers"): DUTY,
    ("POST", "/api/v1/incidents/{id:int}/tasks/{task:int}"): DUTY,
    ("POST", "/api/v1/incidents/{id:int}/calls"): DUTY,
    ("GET", "/api/v1/estate"): VIEWER,
    ("GET", "/api/v1/sites"): "viewer",
    ("GET", "/api/v1/sites/{key}"): "admin",
    ("PATCH", "/api/v1/sites/{key}"): "admin",
    ("GET", "/api/v1/recipients"): DUTY,
    ("POST", "/api/v1/recipients"): DUTY,
    ("GET", "/api/v1/recipients/{id:int}"): DUTY,
    ("PATCH", "/api/v1/recipients/{id:int}"): DUTY,
    ("DELETE", "/api/v1/recipients/{id:int}"): DUTY,
    ("POST", "/api/v1/roster"): DUTY,
    ("GET", "/api/v1/playbooks"): VIEWER,
    ("GET", "/api/v1/screens"): VIEWER,
    ("GET", "/api/v1/replies"): DUTY,
    ("POST", "/api/v1/replies/{id:int}"): DUTY,
    ("DELETE", "/api/v1/recipients/{id:int}/opt-out"): DUTY,
    ("POST", "/api/v1/screens/pairings"): ANYONE,
    ("POST", "/api/v1/screens/pairings/claim"): ANYONE,
    ("POST", "/api/v1/screens/pairings/{code}"): DUTY,
    ("DELETE", "/api/v1/screens/{recipient:int}/device"): DUTY,
    ("POST", "/api/v1/live/tickets"): VIEWER,
    ("GET", "/api/v1/session"): VIEWER,
    ("GET", "/api/v1/tokens"): ADMIN,
    ("POST", "/api/v1/tokens"): ADMIN,
    ("DELETE", "/api/v1/tokens/{id:int}"): ADMIN,
    ("GET", "/api/v1/users"): ADMIN,
    ("POST", "/api/v1/users"): ADMIN,
    ("POST", "/login"): ANYONE,
    ("POST", "/api/v1/logins"): ADMIN,
    ("POST", "/login/once"): ANYONE,
    ("POST", "/login/once/{token}"): ANYONE,
    ("POST", "/logout"): ANYONE,
    ("GET", "/a/{token}"): ANYONE,
    ("POST", "/a/{token}"): ANYONE,
    ("POST", "/hooks/{channel}/receipts/{attempt}"): ANYONE,
    ("POST", "/hooks/{channel}/replies"): ANYONE,
    ("POST", "/hooks/{channel}/replies/{attempt}"): ANYONE,
    ("GET", "/api/v1/accounts"): ADMIN,
    ("POST", "/api/v1/accounts/{name}/test"): ADMIN,
    ("GET", "/api/v1/audit"): ADMIN,
    ("GET", "/api/v1/audit/check"): ADMIN,
    ("GET", "/api/v1/alarms"): VIEWER,
    ("POST", "/api/v1/alarms/{id:int}/acknowledge"): DUTY,
    ("GET", "/api/v1/incidents/{id:int}/doors"): DUTY,
    ("GET", "/api/v1/incidents/{id:int}/doors/blocks"): DUTY,
    ("GET", "/api/v1/incidents/{id:int}/doors/{task:int}"): DUTY,
    ("GET", "/api/v1/repairs"): DUTY,
    ("GET", "/api/v1/repairs/count"): DUTY,
    ("DELETE", "/api/v1/repairs/{id:int}"): DUTY,
    ("POST", "/live/poll"): ANYONE,
    ("GET", "/live"): ANYONE,
    ("GET", "/healthz"): ANYONE,
    ("GET", "/readyz"): ANYONE,
    ("GET", "/metrics"): ANYONE,
    ("GET", "/api/openapi.json"): ANYONE,
}
"""Every door that is not a page and its least role, written a second time on purpose."""

OPEN_PAGES = {
    "/login",
    "/login/once/{token}",
    "/screen",
    "/screen/sw.js",
    "/a",
    "/A",
    "/a/{token:rest}",
    "/A/{token:rest}",
    "/static/{path:path}",
}
"""Pages anybody may open: what they show is nothing without a login or a device."""

FILLED = re.compile(r"\{(\w+)(?::\w+)?\}")
ROLES = (None, VIEWER, DUTY, ADMIN)


def test_the_table_is_the_one_agreed_on():
    assert {(door.method, door.path): door.role for door in TABLE} == EXPECTED


def test_every_route_is_in_a_table(web: House):
    known = set(EXPECTED) | {(door.method, door.path) for door in PAGES}
    for route in web.app.routes:
        if isinstance(route, WebSocketRoute):
            assert route.path == "/live"
            continue
        assert isinstance(route, Route), route
        for method in (route.methods or set()) - {"HEAD"}:
            assert (method, route.path) in known or route.path in OPEN_PAGES, (method, route.path)


def test_only_the_pages_named_here_are_open():
    assert {door.path for door in PAGES if door.role == ANYONE} <= OPEN_PAGES


@pytest.mark.parametrize("role", ROLES)
async def test_every_door_opens_to_its_role_and_above_only(web: House, role):
    """401 without a role, 403 below the least one, anything else from it on."""
    headers = {} if role is None else await web.bearer(role)
    wrong = []
    async with web.client(headers=headers) as client:
        for (method, path), least in EXPECTED.items():
            answer = await client.request(method, FILLED.sub("999", path), json={})
            want = 401 if role is None else 403
            closed = RANK[role or ANYONE] < RANK[least]
            if (answer.status_code == want) != closed and not path.startswith(OPEN_PATHS):
                wrong.append((method, path, answer.status_code))
            if closed:
                assert answer.headers["content-type"] == "application/problem+json"
    assert wrong == []


OPEN_PATHS = ("/login", "/hooks")  # they have 401 and 403 of their own: a login, a signature


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_opens_to_its_role_and_above_only(web: House, role):
    headers = {} if role is None else await web.bearer(role)
    async with web.client(headers=headers) as client:
        for door in PAGES:
            if RANK[role or ANYONE] >= RANK[door.role]:
                continue
            answer = await client.get(FILLED.sub("999", door.path))
            if role is None:
                assert answer.status_code == 303, door.path
                assert answer.headers["location"].startswith("/login?next=/")
            else:
                assert answer.status_code == 403, door.path


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer nonsense", "Basic YTpi", "Token abc", "bearer"]
)
async def test_a_wrong_authorization_is_401_and_says_how(web: House, value):
    async with web.client(headers={"authorization": value}) as client:
        answer = await client.get("/api/v1/incidents")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_token_is_out_at_once(web: House):
    headers = await web.bearer("admin")
    async with web.client() as client:
        made = await client.post(
            "/api/v1/tokens", json={"name": "ci", "role": "duty"}, headers=headers
        )
        own = {"authorization": f"Bearer {made.json()['token']}"}
        number = (await client.get("/api/v1/session", headers=own)).json()["id"].split(":")[1]
        gone = await client.delete(f"/api/v1/tokens/{number}", headers=headers)
        again = await client.delete(f"/api/v1/tokens/{number}", headers=headers)
        after = await client.get("/api/v1/session", headers=own)
    assert (gone.status_code, again.status_code, after.status_code) == (204, 404, 401)


async def test_a_session_cookie_is_closed_to_scripts_and_other_sites(web: House):
    login = await web.user("viewer")
    async with web.client() as client:
        answer = await client.post("/login", json={"login": login, "password": PASSWORD})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "path=/" in cookie
        assert (await client.get("/api/v1/session")).json()["role"] == "viewer"
        out = await client.post("/logout", headers={"accept": "application/json"})
        assert out.status_code == 204
        assert (await client.get("/api/v1/session")).status_code == 401


async def test_a_page_of_somebody_else_changes_nothing(web: House):
    """A tab left open while another person logs in in the same browser has their cookie."""
    async with web.client() as client:
        ids = []
        for login in (await web.user("admin"), await web.user("admin")):
            await client.post("/login", json={"login": login, "password": PASSWORD})
            ids.append((await client.get("/api/v1/session")).json()["id"])
        body, path = {"name": "ci", "role": "viewer"}, "/api/v1/tokens"
        left = await client.post(path, json=body, headers={"X-Muster-As": ids[0]})
        assert (left.status_code, left.json()["code"]) == (409, "other_login")
        assert (await client.get(path)).json()["items"] == []
        for said in ({"X-Muster-As": ids[1]}, {}):
            assert (await client.post(path, json=body, headers=said)).status_code == 201
        page = await client.get("/incidents?lang=en")
        assert f'data-me="{ids[1]}"' in page.text


async def test_logging_out_ends_the_session_itself_not_only_the_cookie(web: House):
    login = await web.user("viewer")
    async with web.client() as client:
        await client.post("/login", json={"login": login, "password": PASSWORD})
        kept = dict(client.cookies)
        await client.post("/logout", headers={"accept": "application/json"})
    async with web.client(cookies=kept) as thief:
        assert (await thief.get("/api/v1/session")).status_code == 401


async def test_people_log_in_by_form_and_go_on_where_they_were(web: House):
    login = await web.user("viewer")
    async with web.client() as client:
        answer = await client.post(
            "/login", data={"login": login, "password": PASSWORD, "next": "/incidents"}
        )
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents")


async def test_a_wrong_password_is_401_and_the_sixth_try_429(web: House):
    login = await web.user("viewer")
    wrong = {"login": login, "password": "wrong"}
    async with web.client() as client:
        said = [(await client.post("/login", json=wrong)).status_code for _ in range(6)]
        last = await client.post("/login", json=wrong)
    assert said == [401] * 5 + [429]
    assert int(last.headers["retry-after"]) > 0


async def test_a_one_time_login_survives_scanners_and_works_once(web: House):
    token = await web.hub.accounts.first_login(who=HUB)
    async with web.client() as scanner:
        for method in ("GET", "HEAD", "OPTIONS"):
            await scanner.request(method, f"/login/once/{token}")
    async with web.client() as client:
        answer = await client.post(f"/login/once/{token}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (await client.get("/api/v1/session")).json()["role"] == "admin"
    async with web.client() as late:
        again = await late.post(f"/login/once/{token}", headers={"accept": "application/json"})
        assert (again.status_code, again.json()["code"]) == (401, "used_login")


async def test_a_one_time_login_can_be_typed_into_the_form(web: House):
    token = await web.hub.accounts.first_login(who=HUB)
    async with web.client() as client:
        answer = await client.post("/login/once", data={"key": token, "next": "//evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("/incidents/7?wall", "/incidents/7?wall"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=1", "/"),
        ("", "/"),
    ],
)
def test_login_goes_on_to_our_own_pages_only(wanted, kept):
    assert local_path(wanted) == kept


async def test_a_common_password_is_refused_in_the_language_of_who_chose_it(web: House):
    body = {"login": "wang", "role": "duty", "password": "Password2026!"}
    async with web.client(headers=await web.bearer("admin")) as client:
        for tag, said in (("zh-CN", "太容易被猜到"), ("en", "is among the first")):
            answer = await client.post("/api/v1/users", json=body, headers={"accept-language": tag})
            found = answer.json()
            assert (answer.status_code, found["code"]) == (422, "password")
            assert [one["where"] for one in found["problems"]] == ["password"]
            assert said in found["problems"][0]["what"]
            assert body["password"] not in answer.text
