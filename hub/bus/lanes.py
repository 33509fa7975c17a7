"""The two lanes, and how a ring becomes exactly one waiting arq job in each.

A ring must never be swallowed by a job that has already looked. So job ids carry a generation: a
job raises it before anybody looks, and rings from then on make a new job. Rings before that are
answered by the look to come. FLUSHALL forgets the generation and the jobs together.

The job itself only wakes this process' drains: arq would cancel a job that takes its time, and run
the job of a killed worker again much later; neither may ever happen to a send.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.exceptions import RedisError

JOB_SECONDS = 10  # far more than a wake takes; a killed worker's job lingers this and 10 s more
POLL_SECONDS = 0.05
HEALTH_SECONDS = 5
PARALLEL = 4
READ_LIMIT = 1000  # running jobs stay at the head of arq's queue; a short read would starve


def queue(house: str, lane: str) -> str:
    """The arq queue of a lane. `house` keeps several hubs on one Redis apart."""
    return f"{house}:lane:{lane}"


async def enqueue(redis: ArqRedis, house: str, lane: str) -> None:
    """A job that has not begun yet is waiting in `lane`. Raises what the driver raises."""
    generation = await redis.get(_generation(house, lane)) or b"0"
    # None means that it waits already: exactly what was asked for.
    await redis.enqueue_job(
        "drain",
        lane,
        _job_id=f"{house}:{lane}:{int(generation)}",
        _queue_name=queue(house, lane),
    )


def worker(redis: ArqRedis, house: str, lane: str, *, wake: Callable[[], None]) -> Worker:
    """An arq worker of one lane that calls `wake()`; run it under the supervisor."""

    async def job(ctx: dict[Any, Any], lane: str) -> None:  # noqa: ARG001 the shape arq calls
        # Redis may go between the ring and the look; the look is what counts.
        with contextlib.suppress(RedisError, OSError):
            await redis.incr(_generation(house, lane))
        wake()

    return Worker(
        functions=[func(job, name="drain")],
        queue_name=queue(house, lane),
        redis_pool=redis,
        handle_signals=False,  # the process has one owner of signals, and it is not arq
        max_jobs=PARALLEL,
        job_timeout=JOB_SECONDS,
        keep_result=0,  # a kept result would refuse the next job of that id (arq #432)
        poll_delay=POLL_SECONDS,
        queue_read_limit=READ_LIMIT,
        max_tries=1,  # retry belongs to SQL
        retry_jobs=False,
        health_check_interval=HEALTH_SECONDS,
        allow_abort_jobs=False,  # an abort may hit a later job of the same id (arq #485)
        job_serializer=redis.job_serializer,
        job_deserializer=redis.job_deserializer,
        log_results=False,
    )


def _generation(house: str, lane: str) -> str:
    return f"{house}:generation:{lane}"
