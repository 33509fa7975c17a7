"""What stands in the logs: JSON lines of ids; no number and no token, whoever wrote the line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

NUMBER = "+44 7700 900123"
REQUEST = "abcdefabcdefabcdefabcdef"
TOKEN = "AAAAAQAAAAKx7_QpVnE2b4Wm"
PROGRAM = f"""
import asyncio, logging, sys
import structlog
from hub import logs

logs.configure("info", pretty=len(sys.argv) > 1)
log = structlog.get_logger("hub.test")
log.info("thing.done", delivery=7, error="ConnectionRefusedError", request="{REQUEST}")
log.info("thing.told", to="{NUMBER}", links=["/a/{TOKEN}"], deep={{"to": ("{NUMBER}",)}})
log.warning("thing.failed", error="no way to {NUMBER} by {TOKEN}")
logging.getLogger("somebody").warning("cannot reach %s by %s", "{NUMBER}", "{TOKEN}")
logging.getLogger("somebody").info("chatter")
try:
    raise ValueError("{NUMBER} {TOKEN}")
except ValueError:
    log.exception("thing.broke")
    logging.getLogger("somebody").exception("broke")

async def lost():
    async def breaks():
        raise RuntimeError("sent {TOKEN} to {NUMBER}")
    task = asyncio.ensure_future(breaks())
    await asyncio.sleep(0)
    del task

asyncio.run(lost())
"""


@pytest.fixture(params=["json", "pretty"])
def lines(request: pytest.FixtureRequest) -> list[str]:
    words = [sys.executable, "-c", PROGRAM, *(["pretty"] if request.param == "pretty" else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert ("pretty" if request.param == "pretty" else "{") in "pretty" + done.stderr
    return done.stderr.splitlines()


def test_no_line_holds_a_number_or_a_token(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert NUMBER not in text
    assert TOKEN not in text
    assert "chatter" not in text
    assert text.count("[number]") >= 8
    assert "ConnectionRefusedError" in text
    assert REQUEST in text  # the id of a request finds its line again


def test_every_line_is_one_json_object_with_its_level() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"event", "level", "timestamp"} <= set.intersection(*(set(one) for one in found))
    assert [one["event"] for one in found][:3] == ["thing.done", "thing.told", "thing.failed"]
    assert "somebody" in {one.get("logger") for one in found}
    assert not any(key.startswith("_") for one in found for key in one)


FULL = """
import resource, sys
import structlog
from hub import logs

logs.configure("info")
log = structlog.get_logger("hub.test")
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300, hard))
for at in range(500):
    log.info("line", at=at)
print("went on")
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
log.info("room again")
"""


def test_a_full_disk_under_the_log_stops_nobody(tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as lines:
        command = [sys.executable, "-c", FULL]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=lines)
    assert (done.returncode, done.stdout) == (0, b"went on\n")
    assert "room again" in log.read_text().splitlines()[-1]
