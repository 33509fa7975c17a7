"""The compose file says what the hub needs, in words a test can run without a container engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from hub.environment import PREFIX

ROOT = Path(__file__).parent.parent
HUB = ["migrate", "web1", "web2", "worker1", "worker2"]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    written = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return dict(written["services"])


def test_two_of_each_stand_on_postgresql_valkey_and_the_simulator(services) -> None:
    assert set(services) == {*HUB, "postgres", "valkey", "simulator"}
    assert [services[name]["command"] for name in HUB] == [
        ["migrate"], ["serve"], ["serve"], ["worker"], ["worker"],
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in HUB if name != "migrate"])
def test_nothing_starts_before_what_it_stands_on_is_healthy(services, name: str) -> None:
    assert services[name]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "postgres": {"condition": "service_healthy"},
        "valkey": {"condition": "service_healthy"},
    }
    for needed in ("postgres", "valkey"):
        assert services[needed]["healthcheck"]["test"]


@pytest.mark.parametrize("name", HUB)
def test_the_hub_is_told_only_by_its_own_variables_and_no_shell(services, name: str) -> None:
    service = services[name]
    assert all(key.startswith(PREFIX) for key in service["environment"])
    assert "entrypoint" not in service
    assert not {"sh", "bash", "-c"} & set(service["command"])
    assert service["read_only"] is True


def test_no_secret_is_written_down(services) -> None:
    for name in HUB:
        environment = services[name]["environment"]
        assert environment["MUSTER_SECRET_KEY"].startswith("${MUSTER_SECRET_KEY:?")
        assert "${MUSTER_DATABASE_PASSWORD:?" in environment["MUSTER_DATABASE_URL"]


def test_the_file_the_secrets_are_in_is_never_committed() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_hub_and_simulator_play_the_same_account(services) -> None:
    keys = ("MUSTER_TWILIO_ACCOUNT_SID", "MUSTER_TWILIO_AUTH_TOKEN")
    hub, simulator = services["web1"]["environment"], services["simulator"]["environment"]
    assert [hub[key] for key in keys] == [simulator[key] for key in keys]


def test_the_settings_are_ones_the_hub_accepts(services, tmp_path: Path) -> None:
    from hub.settings import load

    written = services["web1"]["environment"]
    given = {key: os.path.expandvars(value) for key, value in written.items()}
    given |= {
        "MUSTER_SECRET_KEY": "x" * 64,
        "MUSTER_DATABASE_URL": "postgresql://muster:x@postgres:5432/muster",
        "MUSTER_PUBLIC_URL": "http://localhost:8000",
        "MUSTER_COUNTRY": "CN",
        "MUSTER_TIMEZONE": "Asia/Shanghai",
    }
    settings = load(given, data=tmp_path)
    assert not settings.embedded
    assert settings.redis_url == "redis://valkey:6379/0"
    assert len(settings.accounts) >= 1


def test_the_image_holds_what_it_is_built_from_and_runs_as_nobody() -> None:
    image = (ROOT / "Dockerfile").read_text("utf-8")
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for name in ("hub", "channels", "playbooks", "web", "pyproject.toml", "requirements.lock"):
        assert f"!{name}" in ignored
        assert name in image
    assert "\nUSER 10001\n" in image
    assert "\nSTOPSIGNAL SIGTERM\n" in image
    assert "--require-hashes" in image
