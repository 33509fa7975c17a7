"""Talking to a hub: the running one, or one opened for this command alone.

Embedded, the running hub listens on a private unix socket in its data folder, which only its owner
can open: whoever can is its admin. Elsewhere MUSTER_URL and MUSTER_TOKEN say where and who.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from hub.errors import Conflict, HubError, NotAllowed, NotKnown, Problem, Refused, Unknown, Unready
from hub.folder import socket_path, taken
from hub.settings import Settings

SECONDS = 120  # a roster of 100,000 rows is read in under 10

_KINDS: Mapping[int, type[Refused]] = {
    401: NotKnown,
    403: NotAllowed,
    404: Unknown,
    409: Conflict,
}


@dataclass(frozen=True, slots=True)
class Client:
    """A hub's API as a command uses it; problems come back as the exceptions they were."""

    session: aiohttp.ClientSession
    url: str

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: aiohttp.FormData | None = None,
        key: str = "",
    ) -> Any:
        """The JSON answer of `/api/v1` + path."""
        headers = {"Idempotency-Key": key} if key else {}
        try:
            async with asyncio.timeout(SECONDS):
                asked = self.session.request(
                    method,
                    f"{self.url}/api/v1{path}",
                    data=form if form is not None else _bytes(body),
                    headers=headers | ({} if form is not None else _JSON),
                )
                async with asked as answer:
                    return _read(answer.status, await answer.text())
        except (aiohttp.ClientError, OSError) as error:
            raise Unready(f"The hub at {self.url} does not answer: {error}.") from error
        except TimeoutError:
            raise Unready(f"The hub at {self.url} did not answer in {SECONDS} s.") from None

    async def live(self) -> aiohttp.ClientWebSocketResponse:
        """An open live socket, hello said."""
        ticket = await self.call("POST", "/live/tickets", {})
        try:
            async with asyncio.timeout(SECONDS):
                socket = await self.session.ws_connect(
                    f"{self.url}/live", protocols=["muster.v1"], max_msg_size=64 * 1024 * 1024
                )
                await socket.send_json({"op": "hello", "ticket": ticket["ticket"]})
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unready(f"The hub at {self.url} opens no live socket: {error}.") from error
        return socket


_PROBLEM = frozenset({"type", "title", "status", "detail", "code", "problems"})
_JSON = {"Content-Type": "application/json"}


def _bytes(body: Any) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


def _read(status: int, text: str) -> Any:
    try:
        answer = json.loads(text) if text else {}
    except json.JSONDecodeError:
        raise _not_ours(status) from None
    if status < 400:
        return answer
    said = str(answer.get("detail") or answer.get("title") or f"status {status}")
    if status >= 500:
        raise Unready(said)
    found = [
        Problem(str(p.get("where", "")), str(p.get("what", "")), str(p.get("hint", "")))
        for p in answer.get("problems", ())
    ]
    kind = _KINDS.get(status, Refused)
    facts = {key: value for key, value in answer.items() if key not in _PROBLEM}
    raise kind(said, found, code=str(answer.get("code", "refused")), facts=facts)


def _not_ours(status: int) -> HubError:
    """The hub speaks JSON: a page comes from a proxy before it, or from a network's login."""
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        what = "The proxy before the hub lets no body of this size through: allow 21 MB"
        return Refused(f"{what} (nginx: client_max_body_size 21m;).", code="proxy_size")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        what = f"The proxy answers {status}, and the hub behind it does not"
        return Unready(f"{what}. It is not certain whether this was done: look, then try again.")
    what = f"Something on the way answered {status} in the hub's place (a proxy, a network's login)"
    return HubError(f"{what}. It was not done: check the address (MUSTER_URL) and the network.")


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Client]:
    """A client of the running hub; Unready if none runs."""
    url = os.environ.get("MUSTER_URL", "").rstrip("/")
    if url or not settings.embedded:
        async with _remote(url or settings.public_url) as client:
            yield client
        return
    if not taken(settings.data):
        where = Problem("MUSTER_DATA", f"no hub runs on {settings.data}", "start `muster serve`")
        raise Refused("No hub is running here: start `muster serve`.", [where], code="no_hub")
    async with at_socket(socket_path(settings.data)) as client:
        yield client


def running(settings: Settings) -> bool:
    """Whether commands should talk to a hub instead of opening one themselves."""
    if os.environ.get("MUSTER_URL") or not settings.embedded:
        return True
    return taken(settings.data)


@contextlib.asynccontextmanager
async def at_socket(path: Path) -> AsyncIterator[Client]:
    """A client through the private socket."""
    connector = aiohttp.UnixConnector(path=str(path))
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Client(session, "http://localhost")


def own_token() -> str:
    """The API token this command was given, itself or in a file; "" for none."""
    path = os.environ.get("MUSTER_TOKEN_FILE", "")
    if not path:
        return os.environ.get("MUSTER_TOKEN", "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        where = Problem("MUSTER_TOKEN_FILE", f"cannot be read: {path}", "check the path")
        raise Refused("The file of the token cannot be read.", [where], code="no_token") from error


@contextlib.asynccontextmanager
async def _remote(url: str) -> AsyncIterator[Client]:
    token = own_token()
    if not token:
        where = Problem("MUSTER_TOKEN", "is not set", "make one with `muster token create`")
        raise Refused(f"Talking to the hub at {url} needs a token.", [where], code="no_token")
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield Client(session, url)
