"""Commands that ask a hub for something: import, launch, token."""

from __future__ import annotations

import asyncio
import contextlib
import os
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

from hub import logs
from hub.commands.client import Client, at_socket, connected, running
from hub.commands.output import note, say
from hub.commands.owner import OWNER, accounts_of, only_database
from hub.errors import Refused
from hub.folder import locked, socket_path
from hub.settings import Settings

OUTBOX = 120.0  # seconds a launch without a running hub stays to send what is due


@contextlib.asynccontextmanager
async def reached(settings: Settings, *, work: bool = False) -> AsyncIterator[Client]:
    """A client of the running hub, or of one that is opened for this command alone.

    `work`: that one also sends what is due.
    """
    if running(settings):
        async with connected(settings) as client:
            yield client
        return
    from hub.commands.serve import desk_of  # only here: it loads the whole house
    from hub.wiring import opened
    from hub.worker import working

    logs.configure("warning", pretty=True)
    with locked(settings.data):
        async with contextlib.AsyncExitStack() as stack:
            hub = await stack.enter_async_context(opened(settings))
            await stack.enter_async_context(desk_of(hub))
            if work:
                await stack.enter_async_context(working(hub))
            yield await stack.enter_async_context(at_socket(socket_path(settings.data)))


async def run_import(
    settings: Settings,
    file: Path,
    *,
    dry_run: bool,
    skip_problems: bool,
    asked: Sequence[tuple[str, str]],
    json_: bool,
) -> int:
    """The roster is in; or, with `dry_run`, what would change: 1 where rows stop it."""
    try:
        data = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.", code="file") from error
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", data, filename=_shown_name(file))
    query = urlencode([("dry_run", int(dry_run)), ("skip_problems", int(skip_problems)), *asked])
    async with reached(settings) as client:
        report = await client.call("POST", f"/roster?{query}", form=form)
    say(report, json_=json_, words=lambda: _import_words(report))
    return int(dry_run and report["stops"] > 0 and not skip_problems)


def _shown_name(file: Path) -> str:
    """The file's name as letters: systems in Chinese have names in GBK as well."""
    name = os.fsencode(file.name)
    try:
        found = name.decode("utf-8")
    except UnicodeDecodeError:
        found = name.decode("gb18030", "replace")
    return found.replace('"', "'").replace("\r", " ").replace("\n", " ")


def _import_words(report: dict[str, Any]) -> str:
    counts, change = report["reading"]["counts"], report["difference"]["counts"]
    lines = [
        (
            f"{counts['people']} people in {counts['households']} flats,"
            f" {counts['addresses']} addresses ({counts['unusable']} unusable),"
            f" {counts['unreachable']} unreachable"
        ),
        "  ".join(f"{name} {number}" for name, number in change.items()),
    ]
    for sheet in report["reading"]["sheets"]:
        lines.append(f"  {sheet['name']}, titles in row {sheet['header_row']}:")
        lines += [_column_words(column) for column in sheet["columns"]]
    for found in report["reading"]["problems"]:
        column = f" column {found['letter']} ({found['column']})" if found["letter"] else ""
        shown = f" {found['found']!r}:" if found["found"] else ""
        row = f" row {found['row']}" if found["row"] else ""  # none: of the whole sheet
        where = f"{found['sheet']}{row}{column}"
        lines.append(f"  [{found['severity']}] {where}:{shown} {found['expected']['en']}")
    stops = sum(found["severity"] == "stop" for found in report["reading"]["problems"])
    if stops and not report["applied"]:
        lines.append(
            f"{stops} rows cannot be understood: nothing is imported until they are mended, or left"
            " out with --skip-problems."
        )
    lines.append("Imported." if report["applied"] else "Dry run: nothing was written.")
    return "\n".join(lines)


def _column_words(column: dict[str, Any]) -> str:
    field = {"": "not imported", "ignored": "ignored"}.get(column["field"], column["field"])
    return f"    {column['letter']} {column['header']} → {field}: {', '.join(column['examples'])}"


async def run_launch(
    settings: Settings,
    playbook: str,
    *,
    place: str,
    kind: str,
    params: dict[str, str],
    people: int | None,
    announce: bool,
    key: str,
    json_: bool,
) -> int:
    """The incident runs. Without a running hub what is due now is sent before this returns."""
    body: dict[str, Any] = {"playbook": playbook, "place": place, "kind": kind, "params": params}
    if people is not None:
        body["confirm_people"] = people
    if announce:
        body["announce"] = True
    alone = not running(settings)
    async with reached(settings, work=True) as client:
        found = await client.call("POST", "/incidents", body, key=key or uuid.uuid4().hex)
        if alone:
            await _sent(client, found["id"])
            note("No hub is running: later waves go out when `muster serve` runs.")
    words = f"{found['code']}: {found['people']} people, {found['deliveries']} deliveries."
    say(found, json_=json_, words=words)
    return 0


async def _sent(client: Client, incident: int) -> None:
    """Everything due now has been handed to its provider, or two minutes have passed."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(OUTBOX):
            while True:
                found = await client.call("GET", f"/incidents/{incident}")
                by_channel = found["tally"]["deliveries"].values()
                if not any(states.get("planned") or states.get("sending") for states in by_channel):
                    return
                await asyncio.sleep(0.2)


async def run_token(settings: Settings, *, role: str, name: str, json_: bool) -> int:
    """A new API token, shown this once."""
    if only_database(settings):
        async with accounts_of(settings) as accounts:
            token = await accounts.create_token(name, role, OWNER)
    else:
        async with reached(settings) as client:
            found = await client.call("POST", "/tokens", {"role": role, "name": name})
            token = found["token"]
    say({"token": token}, json_=json_, words=token)
    return 0


async def run_login(settings: Settings, *, json_: bool) -> int:
    """A link that lets the first admin in once."""
    if only_database(settings):
        async with accounts_of(settings) as accounts:
            token = await accounts.first_login(who=OWNER)
    else:
        async with reached(settings) as client:
            token = (await client.call("POST", "/logins", {}))["token"]
    url = f"{settings.public_url}/login/once/{token}"
    said = f"{url}\nIt works once, within a day, and until an admin has a password."
    say({"url": url}, json_=json_, words=said)
    return 0


async def run_user(
    settings: Settings,
    login: str,
    *,
    role: str,
    name: str,
    password: str | None,
    disabled: bool,
    json_: bool,
) -> int:
    """The user exists with this role; without a new password the old one stays."""
    if only_database(settings):
        async with accounts_of(settings) as accounts:
            number = await accounts.put_user(
                login, name=name, role=role, password=password, disabled=disabled, who=OWNER
            )
    else:
        body = {"login": login, "role": role, "name": name, "disabled": disabled}
        async with reached(settings) as client:
            found = await client.call("POST", "/users", body | _given("password", password))
            number = int(found["id"])
    state = "may not log in any more" if disabled else f"has the role {role}"
    say({"id": number, "login": login, "role": role}, json_=json_, words=f"{login} {state}.")
    return 0


def _given(key: str, value: str | None) -> dict[str, str]:
    return {} if value is None else {key: value}
