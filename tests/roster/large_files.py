"""Rosters of many people, in each format, and a process that imports one and says what it took:

python -m tests.roster.large_files FILE FOLDER
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from hub.flow.roster_import import import_file
from hub.flow.site_defaults import first_site
from hub.store.database import database
from hub.store.estates import EstateLedger
from hub.store.migrate import migrate
from tests.roster.files import csv_bytes, rewritten, xlsx_bytes
from tests.roster.xls_file import ROWS, xls_bytes

HEADER = ("楼栋", "房号", "姓名", "电话", "备用电话", "语言", "需求")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂"
MIB = 1024
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rows(count: int, *, prefix: str = "138") -> Iterator[tuple[str, ...]]:
    """So many residents, three in a flat, all different."""
    for n in range(count):
        flat, who = divmod(n, 3)
        building, rest = divmod(flat, 198)
        floor, door = divmod(rest, 6)
        name = SURNAMES[n % 10] + GIVEN[n // 10 % 23] + GIVEN[who] + GIVEN[n // 230 % 23]
        more = f"139{n:08d}" if n % 5 == 0 else ""
        language = "中文" if n % 3 else "English"
        needs = "轮椅" if n % 50 == 0 else ""
        flat_no = f"{floor + 1}{door + 1:02d}"
        yield f"{building + 1}栋", flat_no, name, f"{prefix}{n:08d}", more, language, needs


def large_csv(count: int, *, prefix: str = "138") -> bytes:
    return csv_bytes([HEADER, *rows(count, prefix=prefix)])


def large_xlsx(count: int) -> bytes:
    """As programs write it, which takes them less time than openpyxl: texts in their cells."""
    lines = (
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in (HEADER, *rows(count))
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'

    def put(path: str, content: bytes) -> bytes:
        return sheet.encode() if path.endswith("sheet1.xml") else content

    return rewritten(xlsx_bytes([HEADER]), put)


def large_xls(count: int) -> bytes:
    every = list(rows(count))
    parts = [every[at : at + ROWS - 1] for at in range(0, count, ROWS - 1)]
    return xls_bytes([(f"住户{n}", [HEADER, *part]) for n, part in enumerate(parts, 1)])


async def _import(file: Path, folder: Path) -> None:
    db = database(f"sqlite:///{folder / 'hub.db'}")
    await db.open()
    await migrate(db)
    ledger = EstateLedger(db)
    if not await ledger.sites():
        await ledger.put_site(first_site("CN", ("zh-CN", "en")))
    (site,) = await ledger.sites()
    data = file.read_bytes()
    before = _resident(os.getpid())
    with _highest() as top:
        report = await import_file(
            ledger, site, data, file.name, country="CN",
            languages=("zh-CN", "en"), dry_run=False, skip_problems=False,
        )  # fmt: skip
    counts = report.difference["counts"]
    print(sum(counts.values()), max(top) - before)
    await db.close()


def _highest() -> _Watch:
    return _Watch()


class _Watch:
    """The memory of this process and its children together, in MiB, as it was seen at most."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self.seen: list[int] = [0]
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> list[int]:
        self._thread.start()
        return self.seen

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        own = os.getpid()
        children = Path(f"/proc/{own}/task")
        while not self._over.wait(0.02):
            pids = {
                int(pid)
                for task in children.iterdir()
                for pid in (task / "children").read_text().split()
            }
            self.seen[0] = max(self.seen[0], sum(map(_resident, {own, *pids})))


def _resident(pid: int) -> int:
    """MiB of a process, 0 once it has gone."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) // MIB if found else 0


if __name__ == "__main__":
    asyncio.run(_import(Path(sys.argv[1]), Path(sys.argv[2])))
