"""Real proxies as Debian ships them, with the examples of docs/PROXIES.md or as they come."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.processes import ROOT, free_port, running

DOCS = ROOT / "docs" / "PROXIES.md"
PATHS = "/usr/local/sbin:/usr/sbin:/sbin"
PACKAGES = {
    "nginx": "nginx-light",
    "caddy": "caddy",
    "haproxy": "haproxy",
    "pgbouncer": "pgbouncer",
}


def binary(name: str) -> str:
    """Where the program is; the test is skipped where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path=PATHS)
    if found is None:
        pytest.skip(f"no {name} here: apt install {PACKAGES[name]}")
    return found


def example(name: str) -> str:
    """The example of this proxy in docs/PROXIES.md."""
    found = re.search(rf"^```{name}\n(.*?)^```", DOCS.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found is not None, f"docs/PROXIES.md has no example for {name}"
    return found[1]


def placed(text: str, port: int, hub: int) -> str:
    """The example, listening on a free port of loopback, for the hub on this port."""
    listening = re.sub(r"(listen|bind) :?80\b", rf"\1 127.0.0.1:{port}", text)
    listening = re.sub(r"^:80 ", f"http://127.0.0.1:{port} ", listening, flags=re.MULTILINE)
    assert str(port) in listening
    assert "127.0.0.1:8000" in listening
    return listening.replace("127.0.0.1:8000", f"127.0.0.1:{hub}")


AS_IT_COMES = """server {
    listen 80;
    location / { proxy_pass http://127.0.0.1:8000; }
}"""


def _nginx(folder: Path, text: str) -> list[str]:
    places = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{\n    access_log off;\n{places}{text}}}\n"
    )
    return [binary("nginx"), "-p", str(folder), "-c", str(config)]


def _caddy(folder: Path, text: str) -> list[str]:
    config = folder / "Caddyfile"
    config.write_text("{\n    admin off\n    auto_https off\n}\n" + text)
    return [binary("caddy"), "run", "--config", str(config), "--adapter", "caddyfile"]


def _haproxy(folder: Path, text: str) -> list[str]:
    config = folder / "haproxy.cfg"
    config.write_text(text)
    return [binary("haproxy"), "-f", str(config), "-db"]


COMMANDS = {"nginx": _nginx, "caddy": _caddy, "haproxy": _haproxy}


@contextlib.contextmanager
def proxy(name: str, folder: Path, hub: int, *, text: str = "", port: int = 0) -> Iterator[int]:
    """The proxy runs before the hub on this port: with the documented example, or with `text`."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = COMMANDS[name](folder, placed(text or example(name), port, hub))
    env: Mapping[str, str] = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with running(command, env=env, folder=folder, name=name) as process:
        end = time.monotonic() + 30
        while not _open(port):
            assert process.popen.poll() is None, process.said[-2000:]
            assert time.monotonic() < end, process.said[-2000:]
            time.sleep(0.05)
        yield port


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


__all__ = ["AS_IT_COMES", "binary", "example", "proxy"]
