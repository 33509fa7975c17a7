"""Watching from a terminal goes on when the hub it watches was away."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.commands.files import gbk
from tests.processes import MUSTER, Process, embedded, free_port, muster, running, simulator, twilio


@pytest.mark.timeout(600)
def test_watching_goes_on_when_the_hub_is_back(tmp_path: Path) -> None:
    port = free_port()
    with simulator(f"http://127.0.0.1:{port}", folder=tmp_path / "world") as world:
        env = embedded(tmp_path / "hub", port, **twilio(world, pace=200))
        assert muster("import", str(gbk(tmp_path)), env=env).returncode == 0
        words = ("launch", "fire", "--place", "3/12", "--live", "--people", "4", "--json")
        incident = json.loads(muster(*words, env=env).stdout)["id"]
        serve, watch = [*MUSTER, "serve"], [*MUSTER, "watch", str(incident), "--json"]
        with ExitStack() as stack:

            def begun(command: list[str], name: str, says: str) -> Process:
                made = running(command, env=env, folder=tmp_path, name=name)
                process = stack.enter_context(made)
                process.says(says)
                return process

            hub = begun(serve, "one", "Muster serves")
            made = muster("token", "create", "--role", "duty", "--json", env=env)
            token = json.loads(made.stdout)["token"]
            watcher = begun(watch, "watch", "people 4")
            assert hub.stop()[0] == 0
            watcher.says("trying again")
            begun(serve, "two", "Muster serves")
            url = f"http://127.0.0.1:{port}/api/v1/incidents/{incident}/close"
            closed = httpx2.post(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
            assert closed.status_code == 200, closed.text
            assert watcher.popen.wait(120) == 0
            assert json.loads(watcher.out.read_text("utf-8"))["status"] == "closed"
