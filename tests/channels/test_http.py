"""Where a call may go, and what a failed one came to."""

from __future__ import annotations

import asyncio
import socket
from typing import Self

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from channels.http import (
    Forbidden,
    PublicOnly,
    TooLarge,
    ask,
    base_url,
    failure,
    is_public,
    odd_status,
    open_session,
)
from hub.model import Verdict
from hub.states import Reason

PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "64:ff9b::a9fe:a9fe",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(address)


class Listener:
    """A server that counts connections and plays one trick on each."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") -> None:
        self.connections = 0
        self._answer = answer

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.read(65_536)
        writer.write(self._answer)
        writer.close()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:127.0.0.1]"],
)
async def test_a_guarded_session_never_connects_inside(host: str) -> None:
    async with Listener() as inside, open_session(parallel=1, guarded=True) as session:
        with pytest.raises((OSError, aiohttp.ClientError)) as caught:
            async with asyncio.timeout(30):
                await ask(session, "POST", f"http://{host}:{inside.port}/", guarded=True)
        assert inside.connections == 0
    assert failure(caught.value).verdict in {Verdict.REFUSED, Verdict.RETRY}


async def test_a_forbidden_host_is_a_matter_for_the_operators() -> None:
    async with open_session(parallel=1, guarded=True) as session:
        with pytest.raises(OSError, match=r"localhost") as caught:
            await ask(session, "POST", "http://localhost:9/", guarded=True)
    assert failure(caught.value).reason is Reason.MISCONFIGURED


class Names(AbstractResolver):
    """A name server that says what it is told to say."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self._addresses
        ]

    async def close(self) -> None: ...


async def test_one_address_inside_is_enough_to_refuse_a_name() -> None:
    with pytest.raises(Forbidden):
        await PublicOnly(Names("1.1.1.1", "169.254.169.254")).resolve("api.example.com")


async def test_a_name_with_public_addresses_is_resolved_to_all_of_them() -> None:
    found = await PublicOnly(Names("1.1.1.1", "1.0.0.1")).resolve("api.example.com", 443)
    assert [one["host"] for one in found] == ["1.1.1.1", "1.0.0.1"]


async def test_a_configured_base_url_may_be_inside() -> None:
    async with Listener() as inside, open_session(parallel=1, guarded=False) as session:
        said = await ask(session, "POST", f"http://127.0.0.1:{inside.port}/", guarded=False)
    assert (said.status, said.body) == (200, b"ok")


async def test_a_redirect_is_not_followed() -> None:
    async with Listener() as other:
        place = f"http://127.0.0.1:{other.port}/"
        head = f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n"
        async with Listener(head.encode()) as first, _open() as session:
            said = await ask(session, "POST", f"http://127.0.0.1:{first.port}/", guarded=False)
        assert (said.status, other.connections) == (302, 0)


def _open() -> aiohttp.ClientSession:
    return open_session(parallel=1, guarded=False)


async def _fails(url: str) -> Exception:
    async with _open() as session:
        with pytest.raises(Exception) as caught:
            await ask(session, "POST", url, guarded=False)
    return caught.value


async def test_connect_refused_is_certainly_not_sent(free_port: int) -> None:
    came = failure(await _fails(f"http://127.0.0.1:{free_port}/"))
    assert (came.verdict, came.reason) == (Verdict.RETRY, Reason.UNAVAILABLE)


async def test_an_unknown_name_is_certainly_not_sent() -> None:
    came = failure(await _fails("http://nowhere.invalid/"))
    assert (came.verdict, came.reason) == (Verdict.RETRY, Reason.UNAVAILABLE)


async def test_a_failed_tls_handshake_is_certainly_not_sent() -> None:
    async with Listener(b"this is not TLS at all\r\n") as plain:
        came = failure(await _fails(f"https://127.0.0.1:{plain.port}/"))
    assert (came.verdict, came.reason) == (Verdict.RETRY, Reason.UNAVAILABLE)


async def test_a_connection_that_never_comes_about_is_certainly_not_sent() -> None:
    """TCP is accepted, TLS is never answered: nothing of the request has been written."""
    silent = asyncio.Event()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent.wait()
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with open_session(parallel=1, guarded=False, connect=0.1) as session:
        with pytest.raises(TimeoutError) as caught:
            await ask(session, "POST", f"https://127.0.0.1:{port}/", guarded=False)
    silent.set()
    server.close()
    await asyncio.sleep(0.05)
    came = failure(caught.value)
    assert (came.verdict, came.reason) == (Verdict.RETRY, Reason.UNAVAILABLE)


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", b"HTTP/9 x\r\n"],
)
async def test_what_breaks_after_the_write_is_unsure(answer: bytes) -> None:
    async with Listener(answer) as odd:
        came = failure(await _fails(f"http://127.0.0.1:{odd.port}/"))
        assert odd.connections == 1
    assert (came.verdict, came.reason) == (Verdict.UNSURE, Reason.BROKEN)


async def test_an_endless_answer_is_cut_and_unsure() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n"
    async with Listener(head + b"x" * 10_000_000) as huge:
        error = await _fails(f"http://127.0.0.1:{huge.port}/")
    assert isinstance(error, TooLarge)
    assert failure(error).verdict is Verdict.UNSURE


async def test_a_url_without_a_host_is_misconfigured() -> None:
    came = failure(await _fails("http:///x"))
    assert (came.verdict, came.reason) == (Verdict.REFUSED, Reason.MISCONFIGURED)


def test_a_time_out_is_unsure() -> None:
    came = failure(TimeoutError())
    assert (came.verdict, came.reason) == (Verdict.UNSURE, Reason.TIMEOUT)


def test_an_error_nobody_thought_of_is_unsure_and_its_text_is_kept_out() -> None:
    came = failure(RuntimeError("key=secret"))
    assert (came.verdict, came.code) == (Verdict.UNSURE, "RuntimeError")


def test_a_forbidden_address_says_so() -> None:
    assert failure(Forbidden()).code == "forbidden_address"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (100, Verdict.UNSURE),
        (301, Verdict.REFUSED),
        (408, Verdict.UNSURE),
        (500, Verdict.UNSURE),
        (599, Verdict.UNSURE),
    ],
)
def test_odd_statuses_are_judged_alone(status: int, verdict: Verdict) -> None:
    came = odd_status(status)
    assert came is not None
    assert came.verdict is verdict


@pytest.mark.parametrize("status", [200, 201, 400, 404, 429])
def test_other_statuses_leave_it_to_the_body(status: int) -> None:
    assert odd_status(status) is None


@pytest.mark.parametrize("url", ["https://api.example.com", "http://127.0.0.1:8/base/"])
def test_a_base_url_is_taken_without_its_last_slash(url: str) -> None:
    assert base_url(url, where="X") == url.rstrip("/")
