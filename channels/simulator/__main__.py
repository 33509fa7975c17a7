"""`python -m channels.simulator`: the simulator as a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click

from channels.simulator.server import Simulator
from channels.simulator.settings import PROFILES, Settings
from hub.errors import Refused


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8900, show_default=True, help="Port; 0 picks a free one.")
@click.option("--ledger", type=click.Path(path_type=Path), help="File of the ledger (kept).")
@click.option("--seed", default=1, show_default=True, help="Same seed, same world.")
@click.option("--profile", type=click.Choice(sorted(PROFILES)), default="calm", show_default=True)
@click.option("--hub-url", default="", help="Where callbacks and residents go.")
@click.option("--allow-host", multiple=True, help="A host it may call besides loopback.")
@click.option("--speed", default=1.0, show_default=True, help="How much faster residents think.")
@click.option("--account-sid", envvar="MUSTER_TWILIO_ACCOUNT_SID", help="The account it plays.")
@click.option("--auth-token", envvar="MUSTER_TWILIO_AUTH_TOKEN", help="Its token.")
def main(
    *,
    host: str,
    port: int,
    ledger: Path | None,
    seed: int,
    profile: str,
    hub_url: str,
    allow_host: tuple[str, ...],
    speed: float,
    account_sid: str | None,
    auth_token: str | None,
) -> None:
    """Play the providers until Ctrl-C; prints one JSON line with the URL and the ledger's file."""
    given = {"account_sid": account_sid, "auth_token": auth_token}
    settings: Settings = PROFILES[profile](
        seed=seed,
        hub_url=hub_url,
        allow_hosts=allow_host,
        speed=speed,
        **{key: value for key, value in given.items() if value},
    )
    try:
        with asyncio.Runner(loop_factory=_loop()) as runner:
            runner.run(_serve(Simulator(settings, path=ledger, host=host, port=port)))
    except Refused as error:
        for problem in error.problems:
            click.echo(f"{problem.where} {problem.what}: {problem.hint}", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"Cannot listen on {host}:{port}: {error.strerror or error}", err=True)
        sys.exit(1)


def _loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """Uvloop where it exists: a third faster; there is none for Windows."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


async def _serve(simulator: Simulator) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    async with simulator as sim:
        click.echo(json.dumps({"url": sim.url, "ledger": str(sim.path)}))
        await stop.wait()


if __name__ == "__main__":
    main()
