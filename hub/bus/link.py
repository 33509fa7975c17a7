"""Connections to Redis or Valkey, made so that a silent server cannot hold anybody."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

CONNECT_SECONDS = 1.0
COMMAND_SECONDS = 2.0
CLOSE_SECONDS = 1.0


def commands(url: str, *, seconds: float = COMMAND_SECONDS) -> ArqRedis:
    """For commands: each answers within `seconds` or fails. Never retried in silence."""
    given = {**_common(), "socket_connect_timeout": min(seconds, CONNECT_SECONDS)}
    pool: Any = ConnectionPool.from_url(url, **given, socket_timeout=seconds)
    client = ArqRedis(pool, job_serializer=to_json, job_deserializer=json.loads)
    client.auto_close_connection_pool = True  # the pool is this client's own
    return client


def subscription(url: str) -> Redis:
    """For one pub/sub reader: it waits as long as it likes, and brings its own deadline.

    redis-py 8 gives every socket 5 s unless told otherwise; a quiet evening lasts longer.
    """
    pool: Any = ConnectionPool.from_url(url, **_common(), socket_timeout=None)
    client = Redis(connection_pool=pool)
    client.auto_close_connection_pool = True
    return client


async def closed(*connections: Any) -> None:
    """Nobody of them holds a socket any more; says nothing about one that was dead already.

    Each is closed in a task of its own: in one that is being cancelled, redis-py's deadlines end in
    another cancellation on Python 3.11.0 to 3.11.2, and the socket would stay open.
    """
    for connection in connections:
        closing = asyncio.create_task(_close(connection), name="redis-close")
        try:
            await asyncio.wait([closing], timeout=CLOSE_SECONDS)
        finally:
            closing.cancel()


async def _close(connection: Any) -> None:
    with contextlib.suppress(Exception):
        await connection.aclose()


def to_json(job: Any) -> bytes:
    """A job as JSON, not pickle: whoever can write to Redis must not run code in a worker."""
    return json.dumps(job, default=str).encode()


def _common() -> dict[str, Any]:
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
    }
