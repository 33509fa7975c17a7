"""A hub of one file for the simulator's tests: real HTTP, real signatures, no engine behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl

from aiohttp import web

from channels.twilio_signature import verify
from hub.ports import HookRequest

TWO_PEOPLE = """<!doctype html><body>
<form method="get" action="/search"><input type="hidden" name="q" value="x"></form>
<form method="post" action=""><input type="hidden" name="nonce" value="n1">
<input type="hidden" name="recipient" value="11"><button name="answer" value="safe">A</button>
<button name="answer" value="help">B</button></form>
<form method="post" action=""><input type="hidden" name="nonce" value="n2">
<input type="hidden" name="recipient" value="12"><button name="answer" value="safe">A</button>
<button name="answer" value="help">B</button></form></body>"""


@dataclass(slots=True)
class LittleHub:
    """Notes what reaches it: callbacks, replies, answers. `page` is what residents see."""

    page: str = TWO_PEOPLE
    page_status: int = 200
    token: bytes = b"simulator"
    receipts: list[tuple[str, dict[str, str], bool]] = field(default_factory=list)
    replies: list[tuple[dict[str, str], bool]] = field(default_factory=list)
    answers: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    url: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hooks/sms_twilio/receipts/{callback}", self._receipt)
        app.router.add_post("/hooks/sms_twilio/replies", self._reply)
        app.router.add_get("/a/{token}", self._look)
        app.router.add_post("/a/{token}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _signed(self, request: web.Request) -> tuple[dict[str, str], bool]:
        body = await request.read()
        form = tuple(parse_qsl(body.decode(), keep_blank_values=True))
        headers = {key.lower(): value for key, value in request.headers.items()}
        hook = HookRequest(self.url + request.path_qs, headers, body, form)
        return dict(form), verify(self.token, hook)

    async def _receipt(self, request: web.Request) -> web.Response:
        form, good = await self._signed(request)
        self.receipts.append((request.match_info["callback"], form, good))
        return web.Response(status=200 if good else 403)

    async def _reply(self, request: web.Request) -> web.Response:
        form, good = await self._signed(request)
        self.replies.append((form, good))
        return web.Response(text="<Response/>", content_type="text/xml")

    async def _look(self, request: web.Request) -> web.Response:
        self.looks.append(request.match_info["token"])
        return web.Response(text=self.page, content_type="text/html", status=self.page_status)

    async def _answer(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        self.answers.append((request.match_info["token"], form))
        return web.Response(status=303, headers={"Location": request.path})
