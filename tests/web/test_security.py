from __future__ import annotations

import asyncio

import pytest
from starlette.datastructures import Headers

from tests.web.parts import PASSWORD, House
from web.security import KIB, MIB, allowed_origin, limit_of, origin_of, same_origin

PUBLIC = "https://muster.example"


@pytest.mark.parametrize(
    ("headers", "fine"),
    [
        ({}, True),
        ({"origin": PUBLIC}, True),
        ({"origin": "http://hub:8000", "host": "hub:8000"}, True),
        ({"origin": "https://evil.example", "host": "hub:8000"}, False),
        ({"origin": "null", "host": "hub:8000"}, False),
        ({"origin": "https://muster.example.evil.example"}, False),
        ({"origin": "file://hub:8000", "host": "hub:8000"}, False),
        ({"origin": "", "host": ""}, False),
        # a proxy may name the port everybody leaves out, or write the host as it was typed
        ({"origin": "https://hub.example", "host": "hub.example:443"}, True),
        ({"origin": "http://hub.example", "host": "hub.example:80"}, True),
        ({"origin": "http://[fd00::5]", "host": "[FD00::5]:80"}, True),
        ({"origin": "https://hub.example", "host": "HUB.Example"}, True),
        ({"origin": "https://hub.example", "host": "hub.example:80"}, False),
        ({"origin": "https://hub.example:8443", "host": "hub.example:443"}, False),
        ({"origin": "https://hub.example", "host": "hub.example:4430"}, False),
        ({"origin": "https://evil@hub.example", "host": "hub.example"}, False),
        ({"origin": "https://hub.example/x", "host": "hub.example"}, False),
        ({"origin": "https://", "host": ""}, False),
        ({"origin": "https://:443", "host": ":443"}, False),
    ],
)
def test_only_our_own_origins_are_allowed(headers, fine):
    assert allowed_origin(Headers(headers), PUBLIC) is fine


@pytest.mark.parametrize(
    ("headers", "fine"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": PUBLIC}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, False),
    ],
)
def test_a_change_must_come_from_our_own_pages(headers, fine):
    assert same_origin(Headers(headers), PUBLIC) is fine


def test_an_origin_has_no_usual_port_and_no_path():
    assert origin_of("https://Muster.Example:443/hub") == "https://muster.example"
    assert origin_of("http://[::1]:8000") == "http://[::1]:8000"


def test_the_roster_takes_more_than_a_callback():
    assert limit_of("/api/v1/roster") == 20 * MIB
    assert limit_of("/hooks/sms_twilio/replies") == 64 * KIB
    assert limit_of("/api/v1/incidents") == MIB


async def test_every_answer_carries_safe_headers(web: House):
    async with web.client() as client:
        for path in ("/healthz", "/login", "/no/such/page", "/api/v1/incidents"):
            answer = await client.get(path)
            assert "default-src 'none'" in answer.headers["content-security-policy"], path
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["referrer-policy"] == "same-origin"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert len(answer.headers["x-request-id"]) >= 8


async def test_a_harmless_request_id_is_kept_and_an_odd_one_is_not(web: House):
    async with web.client() as client:
        kept = await client.get("/healthz", headers={"x-request-id": "abcd-1234"})
        odd = await client.get("/healthz", headers={"x-request-id": "a b\tc; DROP"})
    assert kept.headers["x-request-id"] == "abcd-1234"
    assert odd.headers["x-request-id"] != "a b\tc; DROP"


async def test_a_declared_giant_is_refused_before_it_is_sent(web: House):
    headers = await web.bearer("duty") | {"content-type": "application/json"}
    async with web.client() as client:
        answer = await client.post("/api/v1/preview", headers=headers, content=b"x" * (MIB + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"


async def test_a_giant_in_pieces_is_cut_off_at_the_limit(web: House):
    async def pieces():
        for _ in range(40):
            yield b'"' + b"x" * (64 * KIB)

    headers = await web.bearer("duty") | {"content-type": "application/json"}
    async with web.client() as client:
        answer = await client.post("/api/v1/preview", headers=headers, content=pieces())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
async def test_a_foreign_page_cannot_use_a_session(web: House, headers):
    login = await web.user("admin")
    async with web.client() as client:
        await client.post("/login", json={"login": login, "password": PASSWORD})
        assert (await client.get("/api/v1/session")).status_code == 200
        answer = await client.post(
            "/api/v1/tokens", json={"name": "mine", "role": "admin"}, headers=headers
        )
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_origin"


async def test_a_bearer_token_needs_no_origin(web: House):
    headers = await web.bearer("admin") | {"origin": "https://tool.example"}
    async with web.client() as client:
        answer = await client.post(
            "/api/v1/tokens", json={"name": "mine", "role": "viewer"}, headers=headers
        )
    assert answer.status_code == 201


async def test_a_body_that_never_ends_is_given_up(web: House, monkeypatch):
    monkeypatch.setattr("web.security.BODY_SECONDS", 0.2)
    token = await web.token("duty")
    reader, writer = await asyncio.open_connection("127.0.0.1", web.at.port)
    writer.write(
        b"POST /api/v1/preview HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer " + token.encode() + b"\r\nContent-Length: 100\r\n\r\n{"
    )
    async with asyncio.timeout(30):
        assert b" 408 " in await reader.readline()
    writer.close()
