#!/bin/sh
# aiocoap 0.4.17 (PyPI). Wireless smoke and water sensors in China speak CoAP; one is watched by an observation (RFC 7641).
# The device restarts and has forgotten who observes it. Its last notification had a Max-Age of 5 s; after that a
# client must not take its value for fresh and should register again (RFC 7641, section 3.3.1). One expects a new
# registration, or that the iteration raises. Seen: neither, for 25 s and as long as one waits: the device tells
# new values to whoever asks, `observation` gives none of them and does not end.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check aiocoap==0.4.17
cat >"$work/device.py" <<'PY'
import asyncio
import sys

from aiocoap import Context, Message
from aiocoap.resource import ObservableResource, Site


class Smoke(ObservableResource):
    number = 0

    async def render_get(self, request: Message) -> Message:
        answer = Message(payload=f"{sys.argv[2]} {self.number}".encode())
        answer.opt.max_age = 5
        return answer


async def main() -> None:
    site, smoke = Site(), Smoke()
    site.add_resource(["smoke"], smoke)
    await Context.create_server_context(site, bind=("127.0.0.1", int(sys.argv[1])))
    for smoke.number in range(60):
        await asyncio.sleep(2)
        smoke.updated_state()


asyncio.run(main())
PY
cat >"$work/watch.py" <<'PY'
import asyncio
import socket
import subprocess
import sys
from pathlib import Path

from aiocoap import GET, Context, Message

DEVICE = Path(__file__).with_name("device.py")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    PORT = str(free.getsockname()[1])


def start(life: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(DEVICE), PORT, life])


async def main() -> None:
    seen: list[str] = []
    device = start("before")
    await asyncio.sleep(2)
    context = await Context.create_client_context()
    address = f"coap://127.0.0.1:{PORT}/smoke"
    request = context.request(Message(code=GET, uri=address, observe=0))
    await request.response

    async def watch() -> None:
        async for notification in request.observation:
            seen.append(notification.payload.decode())

    watching = asyncio.create_task(watch())
    await asyncio.sleep(5)
    device.kill()
    device.wait()
    device = start("after")
    await asyncio.sleep(25)
    asked = (await context.request(Message(code=GET, uri=address)).response).payload.decode()
    device.kill()
    print("told:", seen, " asked afterwards:", asked, " the watch has ended:", watching.done())
    assert seen and all(value.startswith("before") for value in seen)
    assert asked.startswith("after")
    assert not watching.done()


asyncio.run(main())
PY
"$work/venv/bin/python" "$work/watch.py"
