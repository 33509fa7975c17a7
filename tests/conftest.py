"""What every test may ask for: a real Valkey, a real PostgreSQL, a fresh database, a free port.

`valkey`        URL of one embedded Valkey for the whole session (flush it, use your own name space)
`postgres`      one PostgreSQL server for the whole session, from a wheel; works as root too
`postgres_url`  URL of a fresh, empty PostgreSQL database, dropped after the test
`database_url`  the same test twice: on a fresh SQLite file and on a fresh PostgreSQL database
`db`            that database, opened, with every table and nothing in it
`house_url`     the same, quicker: the PostgreSQL one has every table already, all empty
`quick_path`    a folder in memory, where the system has one: nothing there waits for a disk
`free_port`     a TCP port nobody listens on
`chromium`      path of the browser, for tests marked `browser`

Properties are tried on the same examples every time, so that one commit always gets one answer;
with `MUSTER_EXPLORE=1` they search two thousand random ones each and print how to repeat a find.
With `MUSTER_NO_SKIPS=1` (CI sets it) a skipped test is a failed one: nothing goes untested unseen.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hub.bus.valkey import ValkeyProcess
from hub.store.database import Database, database
from hub.store.schema import metadata
from hub.zones import use_locked
from tests import processes
from tests.postgres import Postgres, make_user, own_runtime

use_locked()  # as every process of the hub does: zones of the pinned tzdata alone

STRICT = os.environ.get("MUSTER_NO_SKIPS") == "1"
EXPLORE = os.environ.get("MUSTER_EXPLORE") == "1"
FOR_TESTS = {"MUSTER_NO_SKIPS", "MUSTER_EXPLORE", "MUSTER_CHROMIUM"}
MEMORY, ROOM = Path("/dev/shm"), 2**28
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def pytest_configure() -> None:
    """No test sees the hub of the person who runs it, and no busy machine fails a property."""
    own_runtime()
    make_user()
    for name in [name for name in os.environ if name.startswith("MUSTER_")]:
        if name not in FOR_TESTS:
            del os.environ[name]
    calm = [HealthCheck.too_slow]
    house = settings(deadline=None, print_blob=True, suppress_health_check=calm)
    settings.register_profile("settled", house, derandomize=True)
    settings.register_profile("explore", house, max_examples=2_000)
    settings.load_profile("explore" if EXPLORE else "settled")


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="muster-valkey-"))
    process = ValkeyProcess(folder)
    process.spawn()
    _until(process.answers, "Valkey does not answer")
    yield process.url
    process.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        server = Postgres()
    except Exception as error:  # noqa: BLE001 a wheel for this platform may be missing
        pytest.skip(f"no PostgreSQL for tests here: {type(error).__name__}: {error}")
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def quick_path(request: pytest.FixtureRequest) -> Iterator[Path]:
    if not _roomy(MEMORY):
        yield request.getfixturevalue("tmp_path")
        return
    with tempfile.TemporaryDirectory(prefix="muster-test-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{request.getfixturevalue('quick_path') / 'hub.db'}"


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    found = database(database_url)
    await found.open()
    await found.write(metadata.create_all)
    yield found
    await found.close()


@pytest.fixture(params=["sqlite", "postgres"])
def house_url(request: pytest.FixtureRequest) -> str:
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        return str(server.url(server.house()))
    return f"sqlite:///{request.getfixturevalue('quick_path') / 'hub.db'}"


@pytest.fixture
def free_port() -> int:
    return processes.free_port()


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("MUSTER_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not found:
        pytest.skip("no Chromium here: apt install chromium, or set MUSTER_CHROMIUM to its path")
    return found


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where skips are forbidden, a skipped test has failed and says why it was skipped."""
    outcome = yield
    _no_skip(outcome.get_result())  # type: ignore[attr-defined]


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """The same for a whole file that skips itself."""
    outcome = yield
    _no_skip(outcome.get_result())  # type: ignore[attr-defined]


def _no_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.longrepr = f"skipped, which MUSTER_NO_SKIPS=1 forbids: {report.longrepr}"
        report.outcome = "failed"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Benches measure; they run when asked for by `-m bench` or by their path."""
    if "bench" in config.getoption("-m") or any("bench" in str(arg) for arg in config.args):
        return
    benches = [item for item in items if item.get_closest_marker("bench")]
    if benches:
        config.hook.pytest_deselected(items=benches)
        items[:] = [item for item in items if item not in benches]


def _roomy(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free > ROOM and os.access(folder, os.W_OK)


def _until(true: Callable[[], bool], complaint: str, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.01)
