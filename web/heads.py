"""What is wrong with the head of a request, before anybody acts on it (RFC 9112, RFC 6455 §4)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

MOST_HEADERS = 128  # what the websocket library takes
LONGEST_LINE = 8_000  # bytes of a header of an upgrade: the library takes 8 KiB with name and end
WEBSOCKET = b"13"  # the one version there is

Raw = tuple[bytes, bytes]

_HOST = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+,;=%-]{1,253})(?::[0-9]{0,5})?"
)
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a request that is refused before anybody acts on it."""

    status: int
    why: str
    headers: Sequence[Raw] = field(default=())

    def raw(self) -> bytes:
        """The whole response."""
        body = self.why.encode() + b"\n"
        phrase = HTTPStatus(self.status).phrase.encode()
        told = [
            *self.headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%b: %b\r\n" % one for one in told)
        return b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (self.status, phrase, lines, body)


class Wrong(Exception):
    """The request is refused, and its connection ended."""

    def __init__(self, answer: Answer):
        super().__init__(answer.why)
        self.answer = answer


TOO_LARGE = Answer(431, "The head of this request is too large.")
BROKEN = Answer(400, "This is no HTTP request.")
TINY_CHUNKS = Answer(400, "The body comes in too many tiny chunks.")
PIPELINED = Answer(429, "Too many requests wait on this connection.")
NO_ROOM = Answer(503, "Too many connections from this address.", ((b"retry-after", b"5"),))
EARLY = Answer(400, "An upgrade has no body, and nothing follows it before its answer.")
VERSION = Answer(505, "HTTP/1.1, please.")
HOST = Answer(400, "A request names its host, once.")
NO_HOST = Answer(400, "This is no host.")
NO_PROXY = Answer(405, "This is no proxy.", ((b"allow", b"GET, HEAD, POST, PATCH, DELETE"),))
TARGET = Answer(400, "This target is no path of this host.")
ONLY_1_1 = Answer(400, "Only HTTP/1.1 can be upgraded.")
ONLY_GET = Answer(405, "An upgrade is a GET.", ((b"allow", b"GET"),))
KEY = Answer(400, "An upgrade has a key and a version.")
ONLY_13 = Answer(
    426,
    "Version 13 of the websocket protocol, please.",
    ((b"sec-websocket-version", WEBSOCKET), (b"upgrade", b"websocket")),
)


def check(version: str, method: bytes, target: bytes, headers: Sequence[Raw]) -> bytes:
    """The target as a path; Wrong if the head cannot be acted on."""
    if version not in {"1.0", "1.1"}:
        raise Wrong(VERSION)
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or (version == "1.1" and not hosts):
        raise Wrong(HOST)
    if hosts and not _HOST.fullmatch(hosts[0].strip()):
        raise Wrong(NO_HOST)
    if method == b"CONNECT":
        raise Wrong(NO_PROXY)
    return _path(target, hosts)


def _path(target: bytes, hosts: Sequence[bytes]) -> bytes:
    """A target may name the host it is for: then it names the same one."""
    if target.startswith(b"/"):
        return target
    found = _ABSOLUTE.match(target)
    if found is None or not hosts or found[1].lower() != hosts[0].strip().lower():
        raise Wrong(TARGET)
    path = target[found.end() :]
    return path if path.startswith(b"/") else b"/" + path


def wants_websocket(headers: Sequence[Raw]) -> bool:
    """Whether it asks for a websocket, in however many headers."""
    asked = dict.fromkeys((b"connection", b"upgrade"), b"")
    for name, value in headers:
        if name in asked:
            asked[name] += b"," + value.lower()
    tokens = {name: {one.strip() for one in value.split(b",")} for name, value in asked.items()}
    return b"upgrade" in tokens[b"connection"] and b"websocket" in tokens[b"upgrade"]


def check_upgrade(version: str, method: bytes, headers: Sequence[Raw]) -> None:
    """Wrong if this upgrade cannot be made."""
    if version != "1.1":
        raise Wrong(ONLY_1_1)
    if method != b"GET":
        raise Wrong(ONLY_GET)
    if any(len(name) + len(value) > LONGEST_LINE for name, value in headers):
        raise Wrong(TOO_LARGE)
    said = {name: value.strip() for name, value in headers}
    if b"transfer-encoding" in said or said.get(b"content-length", b"0") != b"0":
        raise Wrong(EARLY)
    if said.get(b"sec-websocket-version", WEBSOCKET) != WEBSOCKET:
        raise Wrong(ONLY_13)
    if b"sec-websocket-version" not in said or not _is_key(said.get(b"sec-websocket-key", b"")):
        raise Wrong(KEY)


def _is_key(key: bytes) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except binascii.Error:
        return False
