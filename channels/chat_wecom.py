"""WeCom (企业微信) group robots: one webhook per group, judged by the code in the body.

https://developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

import aiohttp

from channels.http import (
    DEADLINE,
    Answer,
    ask,
    base_url,
    failure,
    judged,
    missed,
    odd_status,
    open_session,
    throttled,
)
from hub.errors import Defect, Problem, Refused
from hub.model import Outcome, Parcel, Verdict
from hub.ports import Clock, Probe, Traits
from hub.states import Finding, Reason

API: Final = "https://qyapi.weixin.qq.com"
LIMITS: Final[Mapping[str, int]] = MappingProxyType({"text": 2048, "markdown": 4096})
"""Bytes of UTF-8 a robot takes, by the form of the words."""

PACE: Final = 20 / 60
"""Posts a second one robot takes: 20 a minute."""

RATE_WAIT: Final = 60.0
"""Seconds after which a robot that was too fast may try again: its window is a minute."""

TRAITS: Final = Traits(
    channel="wecom",
    parts=("title", "body"),
    limit=LIMITS["text"],
    unit="bytes",
    personal=False,
    pace=PACE,
    per="address",
)
"""What a robot can do with text; markdown may be longer."""

NO_ORDER: Final = b'{"msgtype":"probe"}'
"""There is no such kind: whatever the key, it is refused."""

_JSON: Final = MappingProxyType({"Content-Type": "application/json"})
_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")

CODES: Final[Mapping[int, tuple[Verdict, Reason]]] = MappingProxyType(
    {
        # https://developer.work.weixin.qq.com/document/path/90313 (全局错误码)
        0: (Verdict.ACCEPTED, Reason.OK),
        -1: (Verdict.RETRY, Reason.UNAVAILABLE),  # 系统繁忙: not taken, try again
        45009: (Verdict.RETRY, Reason.THROTTLED),  # 接口调用超过限制
        45033: (Verdict.RETRY, Reason.THROTTLED),  # 接口并发调用超过限制
        40058: (Verdict.REFUSED, Reason.TOO_LONG),  # content exceeds max length
        45002: (Verdict.REFUSED, Reason.TOO_LONG),  # 消息内容大小超过限制
        40008: (Verdict.REFUSED, Reason.MISCONFIGURED),  # 不合法的msgtype
        40035: (Verdict.REFUSED, Reason.MISCONFIGURED),  # 不合法的参数
        44004: (Verdict.REFUSED, Reason.MISCONFIGURED),  # 文本消息content参数为空
        93000: (Verdict.REFUSED, Reason.BAD_ADDRESS),  # 机器人webhookurl不合法或已被移除
        93004: (Verdict.REFUSED, Reason.BAD_ADDRESS),  # 机器人被停用
        93008: (Verdict.REFUSED, Reason.BAD_ADDRESS),  # 机器人不在群里
    }
)
"""`errcode` -> what it means. What is not here is REFUSED, UNKNOWN and counted."""


@dataclass(frozen=True, slots=True)
class WecomAccount:
    """How this hub speaks to robots; the key of each group is the parcel's address.

    `form` is `text` by default: markdown is not shown to members who read in WeChat.
    """

    api_url: str = ""
    form: str = "text"
    mention_all: bool = False
    pace: float | None = None

    @classmethod
    def read(cls, settings: Mapping[str, object], *, pace: float | None = None) -> WecomAccount:
        """The account in settings `[api_url] [form] [mention_all]`, or `Refused`."""
        form = str(settings.get("form") or "text")
        if form not in LIMITS:
            problem = Problem("chat_wecom.form", f"is {form!r}", "write text or markdown")
            raise Refused("The WeCom robot has an unknown form", [problem])
        url = str(settings.get("api_url") or "")
        url = base_url(url, where="chat_wecom.api_url") if url else ""
        loud = str(settings.get("mention_all", "")).lower() in {"1", "true", "yes"}
        return cls(url, form, loud, pace)


class WecomRobot:
    """Group robots of WeCom. Obeys `Channel`; reports no delivery and takes no answers."""

    name = "chat_wecom"

    def __init__(self, account: WecomAccount, *, clock: Clock, deadline: float = DEADLINE) -> None:
        self.traits = replace(TRAITS, limit=LIMITS[account.form], pace=account.pace or PACE)
        self._account = account
        self._clock = clock
        self._deadline = deadline
        self._guarded = not account.api_url
        self._url = f"{account.api_url or API}/cgi-bin/webhook/send"
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = open_session(parallel=self.traits.parallel, guarded=self._guarded)

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def probe(self) -> Probe:
        """Whether WeCom answers at all: an account has no key, each robot has one of its own."""
        return await self.probe_address("")

    async def probe_address(self, address: str) -> Probe:
        """Whether the robot with this key is there: an order of no kind is refused for the key
        first, then for its kind, and nothing is posted."""
        try:
            async with asyncio.timeout(self._deadline):
                url = f"{self._url}?key={address}"
                answer = await ask(
                    self._ready(), "POST", url, guarded=self._guarded, data=NO_ORDER, headers=_JSON
                )
        except Exception as error:  # noqa: BLE001 - a probe reports, it never raises
            code = failure(error).code
            return Probe(False, f"WeCom cannot be reached ({code})", finding=missed(error))
        found = _finding(answer, known=bool(address))
        fine = found in {Finding.WELL, Finding.UNPROVEN}
        return Probe(fine, "" if fine else f"WeCom answered {answer.status}", finding=found)

    async def send(self, parcel: Parcel) -> Outcome:
        """One POST, or none where it would be refused; what it came to."""
        now = self._clock.now()
        body = self._order(parcel, now=now)
        if isinstance(body, Outcome):
            return body

        session = self._ready()
        try:
            async with asyncio.timeout(self._deadline):
                answer = await ask(
                    session,
                    "POST",
                    f"{self._url}?key={parcel.to}",
                    guarded=self._guarded,
                    data=body,
                    headers={
                        "Content-Type": "application/json",
                        "X-Request-Id": parcel.callback,  # for tracing only; WeCom ignores it
                    },
                )
        except Exception as error:  # noqa: BLE001 - a send that raises is a lost delivery
            return failure(error)

        return outcome(answer, now=now)

    def _order(self, parcel: Parcel, *, now: datetime) -> bytes | Outcome:
        """The JSON of one post, or why nothing is sent."""
        if parcel.expires_at <= now:
            return Outcome(Verdict.REFUSED, Reason.TOO_OLD, code="expired")
        if not _KEY.fullmatch(parcel.to):
            return Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS, code="key_malformed")
        words = compose(parcel.parts, form=self._account.form)
        if len(words.encode()) > self.traits.limit:
            return Outcome(Verdict.REFUSED, Reason.TOO_LONG, code="too_long")
        content: dict[str, object] = {"content": words}
        if self._account.mention_all and self._account.form == "text":
            content["mentioned_list"] = ["@all"]
        order = {"msgtype": self._account.form, self._account.form: content}
        return json.dumps(order, ensure_ascii=False).encode()

    def _ready(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise Defect("chat_wecom was used before open() or after close()")
        return self._session


def compose(parts: Mapping[str, str], *, form: str) -> str:
    """Title and body as one text; in markdown the title is a heading."""
    title, body = parts.get("title", "").strip(), parts.get("body", "").strip()
    if not title:
        return body
    return f"### {title}\n{body}" if form == "markdown" else f"{title}\n{body}"


def outcome(answer: Answer, *, now: datetime) -> Outcome:
    """What an answer means: HTTP is 200 for refusals too, so the body decides."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return throttled(answer.headers, now=now, code="http_429")
    if (odd := odd_status(answer.status)) is not None:
        return odd
    if answer.status >= HTTPStatus.BAD_REQUEST:
        return Outcome(Verdict.REFUSED, Reason.MISCONFIGURED, code=f"http_{answer.status}")
    code = _errcode(answer.body)
    if code is None:
        return Outcome(Verdict.UNSURE, Reason.BROKEN, code="no_errcode")
    verdict, reason = CODES.get(code, (Verdict.REFUSED, Reason.UNKNOWN))
    wait = RATE_WAIT if reason is Reason.THROTTLED else None
    return Outcome(verdict, reason, retry_after=wait, code=str(code))


def _finding(answer: Answer, *, known: bool) -> Finding:
    """What the refusal of an order of no kind says; `known`: it had a robot's key."""
    if (by_status := judged(answer.status)) is not None:
        return by_status
    code = _errcode(answer.body)
    if code is None or code == 0:
        return Finding.NONSENSE
    if not known:
        return Finding.UNPROVEN
    return Finding.CREDENTIALS if CODES.get(code, _NONE)[1] is Reason.BAD_ADDRESS else Finding.WELL


_NONE: Final = (Verdict.REFUSED, Reason.UNKNOWN)


def _errcode(body: bytes) -> int | None:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    code = said.get("errcode") if isinstance(said, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None
