"""Commands and a hub on a damaged database: a sentence, never a traceback, and never "all well"."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from tests.commands.files import gbk
from tests.damage import damage
from tests.processes import MUSTER, embedded, free_port, muster, running, until

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A hub that was in use."""
    made = embedded(tmp_path / "hub", free_port())
    assert muster("import", str(gbk(tmp_path)), env=made).returncode == 0
    return made


def test_no_command_answers_with_a_traceback(env: dict[str, str], tmp_path: Path) -> None:
    damage(tmp_path / "hub" / "muster.db", "incidents", "addresses")
    file = tmp_path / "backup"
    for words in (("doctor", "--json"), ("serve",), ("backup", str(file))):
        done = muster(*words, env=env)
        assert done.returncode == 1, words
        assert "Traceback" not in done.stderr
        assert "muster restore" in done.stdout + done.stderr
        if words[0] == "doctor":
            checks = json.loads(done.stdout)["checks"]  # what is logged stands elsewhere
            (entry,) = [one for one in checks if one["check"] == "database"]
            assert not entry["ok"]
    assert not file.exists()


def test_the_doctor_says_that_a_whole_one_is(env: dict[str, str]) -> None:
    checks = json.loads(muster("doctor", "--json", env=env).stdout)["checks"]
    (entry,) = [one for one in checks if one["check"] == "database"]
    assert entry["ok"]
    assert "warn" not in entry


def test_a_hub_that_meets_it_is_not_ready_from_then_on(env: dict[str, str], tmp_path: Path) -> None:
    made = muster("token", "create", "--role", "admin", "--json", env=env)
    headers = {"authorization": f"Bearer {json.loads(made.stdout)['token']}"}
    damage(tmp_path / "hub" / "muster.db", "pairings")
    with running([*MUSTER, "serve"], env=env, folder=tmp_path, name="hub") as process:
        process.says("Muster serves")
        url = env["MUSTER_PUBLIC_URL"]
        with httpx2.Client(base_url=url, headers=headers, timeout=60) as client:
            assert client.get("/readyz").status_code == 200
            said = client.post("/api/v1/screens/pairings", json={})
            assert (said.status_code, said.json()["code"]) == (503, "database_damaged")
            until(lambda: client.get("/readyz").status_code == 503, within=30, what="not ready")
            (reason,) = client.get("/readyz").json()["reasons"]
            assert "muster restore" in reason["what"]
