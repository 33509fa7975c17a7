"""Rosters that come in by HTTP: large ones hold nobody up, too large ones are told so."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from hub.flow.roster_import import import_file
from hub.flow.site_defaults import first_site
from hub.store.database import database
from hub.store.estates import EstateLedger
from hub.store.migrate import migrate
from tests.roster.files import HEADER, rewritten, xlsx_bytes
from tests.roster.large_files import large_csv, large_xlsx
from tests.web.parts import House

MIB = 1024 * 1024
PEOPLE = 100_000
HELD = 0.1  # seconds of processor time the loop may spend without looking at anything else
ROW = ("3栋", "1203", "王芳", "13800138000")
CHINESE = {"accept-language": "zh-CN"}
ASK = """
import http.client, sys, time
line = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
while True:
    at = time.perf_counter()
    line.request("GET", "/healthz")
    line.getresponse().read()
    print(time.perf_counter() - at, flush=True)
    time.sleep(0.02)
"""


@pytest.mark.timeout(400)
async def test_a_hundred_thousand_rows_come_in_while_everybody_else_is_answered(
    web: House,
) -> None:
    headers = await web.bearer("duty")
    form = {"file": ("residents.xlsx", large_xlsx(PEOPLE))}
    async with web.client(headers=headers, timeout=300) as client:
        rest = await _healthy(web, asyncio.create_task(asyncio.sleep(3)))
        with held() as turns:
            posted = asyncio.create_task(client.post("/api/v1/roster", files=form))
            busy = await _healthy(web, posted)
    answer = await posted
    assert answer.status_code == 200
    assert answer.json()["difference"]["counts"]["added"] == PEOPLE
    assert max(turns) < HELD
    # Whatever else this machine does, it does it to both.
    assert _late(busy) < max(0.1, 5 * _late(rest)), (rest[-9:], busy[-9:])


@pytest.mark.timeout(400)
async def test_nor_does_any_step_of_an_import_hold_the_loop_on_either_database(
    database_url: str,
) -> None:
    """PostgreSQL is asked from the loop itself, so there each page must be short."""
    db = database(database_url)
    await db.open()
    try:
        await migrate(db)
        ledger = EstateLedger(db)
        await ledger.put_site(first_site("CN", ("zh-CN", "en")))
        (site,) = await ledger.sites()
        for prefix in ("138", "137"):  # all new; then all of them changed
            data = large_csv(PEOPLE // 10, prefix=prefix)
            with held() as turns:
                report = await import_file(
                    ledger, site, data, "r.csv", country="CN",
                    languages=("zh-CN", "en"), dry_run=False, skip_problems=False,
                )  # fmt: skip
            assert sum(report.difference["counts"].values()) == PEOPLE // 10
            assert max(turns) < HELD
    finally:
        await db.close()


@pytest.mark.parametrize("multipart", [True, False])
async def test_a_file_that_is_too_large_is_refused_in_a_sentence(
    web: House, *, multipart: bool
) -> None:
    headers = await web.bearer("duty")
    data = b"x" * (20 * MIB + 1)
    async with web.client(headers=headers, timeout=60) as client:
        for language, said in (("en", "larger than 20 MB. Split"), ("zh-CN", "请按楼栋拆分")):
            answer = await client.post(
                "/api/v1/roster",
                headers={"accept-language": language},
                **({"files": {"file": ("a.csv", data)}} if multipart else {"content": data}),
            )
            assert answer.status_code == 413
            assert answer.headers["content-type"] == "application/problem+json"
            assert said in answer.json()["detail"]


async def test_so_is_one_whose_size_is_not_said_before(web: House) -> None:
    async def pieces() -> Any:
        for _ in range(21):
            yield b"x" * MIB

    headers = await web.bearer("duty")
    async with web.client(headers=headers, timeout=60) as client:
        answer = await client.post("/api/v1/roster", content=pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_workbook_that_unpacks_to_too_much_is_refused_in_the_readers_language(
    web: House,
) -> None:
    def swell(path: str, content: bytes) -> bytes:
        return content + b" " * 65 * MIB if path == "xl/styles.xml" else content

    form = {"file": ("住户.xlsx", rewritten(xlsx_bytes([HEADER, ROW]), swell))}
    async with web.client(headers=await web.bearer("duty"), timeout=60) as client:
        english = await client.post("/api/v1/roster", files=form)
        chinese = await client.post("/api/v1/roster", files=form, headers=CHINESE)
        known = await client.get("/api/v1/recipients")
    assert (english.status_code, english.json()["code"]) == (422, "roster_unpacked")
    assert "unpacks to more than 64 MB" in english.json()["detail"]
    assert "解压后超过 64 MB" in chinese.json()["detail"]
    assert known.json()["items"] == []


@contextlib.contextmanager
def held() -> Iterator[list[float]]:
    """Seconds of processor time the loop's thread spent between two looks of ours. What the tests
    before this one have left is none of the import's garbage, and not looked through for it."""
    spent = [0.0]
    gc.collect()
    gc.freeze()

    async def watch() -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(0.002)
            now = time.thread_time()
            spent.append(now - before)
            before = now

    task = asyncio.get_running_loop().create_task(watch())
    try:
        yield spent
    finally:
        task.cancel()
        gc.unfreeze()


async def _healthy(web: House, until: asyncio.Task[Any]) -> list[float]:
    """Seconds of health checks, sorted, from a process of its own, until something is done."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ASK, str(web.at.port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    seen: list[float] = []

    async def listen(said: asyncio.StreamReader) -> None:
        async for line in said:
            seen.append(float(line))

    heard = asyncio.create_task(listen(process.stdout))
    await asyncio.wait({until})
    process.kill()
    await process.wait()
    await heard
    return sorted(seen)


def _late(times: list[float]) -> float:
    """The ninety-ninth of a hundred."""
    assert len(times) > 20
    return times[int(len(times) * 0.99)]
