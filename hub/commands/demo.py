"""`muster demo`: the whole thing on one machine, with nobody real at the other end."""

from __future__ import annotations

from pathlib import Path

from channels.simulator.settings import calm
from hub import logs
from hub.commands.estate_entries import demo_entries
from hub.commands.output import note
from hub.commands.stage import Stage, players, staged
from hub.folder import locked, made
from hub.model import Actor
from hub.settings import Settings
from hub.signals import stop_asked
from hub.wiring import Hub
from web import handles

DEMO = Actor("hub", "hub", "demo")
UNPAIRED = 2  # screens left for a visitor to pair
KINDS = (
    ("resident", "residents"),
    ("staff", "staff"),
    ("screen", "screens"),
    ("group", "chat groups"),
)
THINKS = 25.0  # seconds half of the residents have answered after


async def run_demo(settings: Settings, *, people: int) -> int:
    """The demo hub runs until asked to stop; what it did stays in its folder for the next time."""
    logs.configure("warning", pretty=True)
    handles.raise_limit()
    made(settings.data)
    world = calm(hub_url=_near(settings), thinks=THINKS, remembers=True)
    with stop_asked() as asked, locked(settings.data):
        async with staged(settings, world, ledger=settings.data / "simulator.jsonl") as stage:
            await _estate(stage.hub, people)
            async with players(stage, leave=UNPAIRED):
                await _welcome(stage, settings.data)
                await asked.wait()
                note("Stopping: sends under way end first.")
    return 0


def _near(settings: Settings) -> str:
    """Where the simulator finds this hub, whatever its public address is."""
    return f"http://127.0.0.1:{settings.port}"


async def _estate(hub: Hub, people: int) -> None:
    """The demo estate is there; an estate that is there already is kept."""
    if await hub.estate.sites():
        return
    site, rows, recipients = demo_entries(people)
    await hub.estate.load(site, rows, recipients, who=DEMO)


async def _welcome(stage: Stage, folder: Path) -> None:
    url = stage.hub.settings.public_url
    accounts = stage.hub.accounts
    first = await accounts.wants_password()
    way = f"once/{await accounts.first_login(who=DEMO)}" if first else ""
    counts = await stage.hub.estate.counts()
    lines = (
        "",
        f"  Muster demo      {url}",
        f"  Log in once      {url}/login/{way}" if way else f"  Log in           {url}/login",
        f"  A lobby screen   {url}/screen",
        "",
        "  "
        + ", ".join(f"{counts.get(kind, 0)} {words}" for kind, words in KINDS)
        + ", all simulated: nothing leaves this machine.",
        f"  Data: {folder}",
        "  Ctrl-C stops it; starting it again goes on where it was.",
        "",
    )
    print("\n".join(lines), flush=True)  # noqa: T201 - this is what the command is for
