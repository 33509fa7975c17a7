"""A hub with the whole world around it: provider simulator, residents, and screens that show.

The demo and the rehearsal stand on this. Its numbers are reserved for fiction and its accounts
point at this machine alone, so nothing here can reach anybody.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from channels.simulator.screens import Screens as ScreenPlayers
from channels.simulator.server import Simulator
from channels.simulator.settings import Settings as World
from hub.account_settings import AccountSetting
from hub.commands.serve import standing
from hub.settings import Settings
from hub.store.screens import pair_all
from hub.wiring import Hub
from web.server import Serving

SENDER = "+15005550006"
CALLER = "+15005550007"


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands: the hub, where it answers, and the simulator with its ledger."""

    hub: Hub
    serving: Serving
    simulator: Simulator


@contextlib.asynccontextmanager
async def staged(settings: Settings, world: World, *, ledger: Path) -> AsyncIterator[Stage]:
    """The hub serves and works, with the simulator as its only provider."""
    async with Simulator(world, path=ledger) as simulator:
        private = settings.with_(
            accounts=accounts(simulator, settings),
            loopback_only=True,
            # Simulated phones each name an address of their own, as they would behind a proxy.
            trusted_proxies=(*settings.trusted_proxies, "127.0.0.1"),
        )
        async with standing(private) as (hub, serving):
            yield Stage(hub, serving, simulator)


def accounts(simulator: Simulator, settings: Settings) -> tuple[AccountSetting, ...]:
    """Provider accounts that lead to the simulator."""
    world = simulator.world.settings
    pace = next((a.options.get("pace") for a in settings.accounts if a.options.get("pace")), None)
    twilio = {
        "account_sid": world.account_sid,
        "auth_token": world.auth_token,
        "api_url": simulator.url,
    }
    sms = twilio | {"from": SENDER, "pace": pace or PACE}
    calls = twilio | {"from": CALLER, "pace": CALLS, "lines": LINES}
    return (
        AccountSetting("simulator", "sms_twilio", sms),
        AccountSetting("simulator_voice", "voice_twilio", calls),
        AccountSetting("groups", "chat_wecom", {"api_url": simulator.url}),
    )


PACE = 600.0  # segments a second, as a pool of short codes has
CALLS = 30.0  # calls a second, the most Twilio grants an account
LINES = 300  # calls under way at once


def device_token(secret: bytes, recipient: int) -> str:
    """The device token of a simulated screen: known to this hub alone, the same at each start."""
    return hmac.new(secret, b"demo-screen:%d" % recipient, hashlib.sha256).hexdigest()


@contextlib.asynccontextmanager
async def players(stage: Stage, *, leave: int = 0) -> AsyncIterator[ScreenPlayers]:
    """Simulated devices play the screens; the last `leave` of them wait for somebody to pair.

    Screens a person has paired are left alone.
    """
    hub = stage.hub
    ids = await _paired(hub, leave=leave)
    tokens = {number: device_token(hub.settings.secret_key, number) for number in ids}
    world = stage.simulator.world
    here = f"http://{stage.serving.host}:{stage.serving.port}"
    async with ScreenPlayers(here, tokens, ledger=world.ledger, settings=world.settings) as played:
        yield played


async def _paired(hub: Hub, *, leave: int) -> Sequence[int]:
    rows = await hub.screens.ledger.all(None)
    ids = [row.recipient for row in rows]
    ours = ids[: len(ids) - leave] if leave else ids
    tokens = {n: device_token(hub.settings.secret_key, n) for n in ours}
    digests = {n: hashlib.sha256(t.encode()).hexdigest() for n, t in tokens.items()}
    return await hub.db.write(lambda conn: pair_all(conn, digests))


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
