"""The demo is killed in the middle of a launch and started again: it goes on where it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from channels.simulator.ledger import Entry, read_ledger
from tests.processes import MUSTER, Process, everything, free_port, running, until

PEOPLE = 300
ENDED = frozenset("delivered read refused failed expired cancelled suppressed unreachable".split())
# What the killed simulator had taken it sends no receipts for: `accepted` is where that stands
# until the receipt window has passed, ten minutes later.
SETTLED = ENDED | {"accepted"}
SLOW = {  # the demo takes nothing of this but the pace, so that a kill falls into the middle
    "MUSTER_TWILIO_ACCOUNT_SID": "AC0",
    "MUSTER_TWILIO_AUTH_TOKEN": "-",
    "MUSTER_TWILIO_FROM": "+12025550100",
    "MUSTER_TWILIO_PACE": "60",
}
LAUNCH = {"playbook": "fire", "place": "1/5", "kind": "live"}
KEY = {"Idempotency-Key": "the one launch"}


@contextmanager
def demo(folder: Path, port: int, name: str) -> Iterator[Process]:
    words = ["demo", "--port", str(port), "--people", str(PEOPLE)]
    env = {"MUSTER_DATA": str(folder / "data"), **SLOW}
    with running([*MUSTER, *words], env=env, folder=folder, name=name) as process:
        process.says("Ctrl-C stops it")
        yield process


def api_token(process: Process, url: str) -> str:
    """Made by whoever logs in with the link the demo prints."""
    once = re.search(r"/login/once/(\S+)", process.out.read_text())
    assert once is not None
    with httpx2.Client(base_url=url, headers={"Origin": url}, timeout=30) as person:
        page = person.post(f"/login/once/{once.group(1)}")
        assert page.status_code in {200, 303}, page.text
        made = person.post("/api/v1/tokens", json={"name": "scenario", "role": "duty"})
        assert made.status_code in {200, 201}, made.text
        assert person.post(f"/login/once/{once.group(1)}").status_code >= 400  # only once
        return str(made.json()["token"])


def texts(folder: Path) -> list[Entry]:
    """Texts the provider has taken, by its own ledger."""
    found = read_ledger(folder / "data" / "simulator.jsonl")
    return [entry for entry in found if entry.kind == "sms" and entry.accepted]


@pytest.mark.faults
@pytest.mark.timeout(420)
def test_a_killed_demo_goes_on_and_loses_nothing(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://localhost:{port}"
    with demo(tmp_path, port, "first") as first:
        headers = {"Authorization": f"Bearer {api_token(first, url)}"}
        with httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as api:
            made = api.post("/incidents", json=LAUNCH, headers=KEY)
            assert made.status_code == 202, made.text
            until(lambda: len(texts(tmp_path)) > 30, within=60, what="sending is under way")
            first.kill()
    before = texts(tmp_path)

    with (
        demo(tmp_path, port, "second"),
        httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as api,
    ):
        again = api.post("/incidents", json=LAUNCH, headers=KEY)
        assert (again.status_code, again.json()) == (202, made.json())
        # if not: it was killed too late
        until(lambda: len(texts(tmp_path)) > len(before), within=90, what="it goes on")
        rows = until(lambda: _all_ended(api, made.json()["id"]), within=120, what="all have an end")
        assert len(api.get("/incidents").json()["items"]) == 1
    _compare(tmp_path, rows)


def _all_ended(api: httpx2.Client, incident: int) -> list[dict[str, Any]]:
    rows = everything(api, f"/incidents/{incident}/deliveries")
    return rows if all(row["state"] in SETTLED for row in rows) else []


def _compare(folder: Path, rows: list[dict[str, Any]]) -> None:
    """The hub's record against the provider's: nothing lost, doubles few and flagged."""
    assert all(row["reason"] for row in rows if row["state"] not in {"accepted", "delivered"})
    taken = texts(folder)
    sms = [row for row in rows if row["channel"] == "sms" and row["stage"] == "alert"]
    sent = [row for row in sms if row["state"] in {"accepted", "delivered", "read", "failed"}]
    assert len(sent) > PEOPLE / 3
    copies = Counter(Counter(entry.to for entry in taken).values())
    assert set(copies) <= {1, 2}, copies
    doubled = [row for row in sms if row["doubled"]]
    assert copies[2] <= len(doubled)
    assert len({entry.to for entry in taken}) >= len(sent)
    tries = {entry.attempt for entry in taken}
    assert None not in tries
    assert len(tries) == len(taken)  # a copy is an attempt of its own, begun on record
