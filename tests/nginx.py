"""Debian's nginx in front of a hub, on loopback, with nothing but a folder of its own."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

CONF = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port};
    {location}
  }}
}}
"""
PROXY = """
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
"""


def kept(path: str, hub: str) -> str:
    """A location that hands the path on as it came."""
    return f"location {path}/ {{ proxy_pass {hub}; {PROXY} }}"


def taken_off(path: str, hub: str) -> str:
    """A location that takes its own path off."""
    return f"location {path}/ {{ proxy_pass {hub}/; {PROXY} }}"


@contextlib.asynccontextmanager
async def nginx(folder: Path, port: int, location: str) -> AsyncIterator[None]:
    """nginx answers at the port; it ends with the block."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if found is None:
        pytest.skip("no nginx here: apt install nginx-light")
    conf = folder / "nginx.conf"
    conf.write_text(CONF.format(folder=folder, port=port, location=location), encoding="utf-8")
    folder.chmod(0o755)
    process = await asyncio.create_subprocess_exec(
        found, "-p", str(folder), "-c", str(conf), stderr=subprocess.DEVNULL
    )
    try:
        await _listens(port)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _listens(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nginx does not listen")
