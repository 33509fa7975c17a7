"""Commands that ask a hub for something: import, token, login, user."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from hub import logs
from hub.commands.client import Client, at_socket, connected, running
from hub.commands.import_words import import_words, with_options
from hub.commands.output import say
from hub.commands.owner import OWNER, accounts_of, only_database
from hub.errors import Refused
from hub.folder import locked, socket_path
from hub.settings import Settings


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
        try:
            report = await client.call("POST", f"/roster?{query}", form=form)
        except Refused as error:
            raise with_options(error) from error
    say(report, json_=json_, words=lambda: import_words(report))
    return int(dry_run and report["stops"] > 0 and not skip_problems)


def _shown_name(file: Path) -> str:
    """The file's name as letters: systems in Chinese have names in GBK as well."""
    name = os.fsencode(file.name)
    try:
        found = name.decode("utf-8")
    except UnicodeDecodeError:
        found = name.decode("gb18030", "replace")
    return found.replace('"', "'").replace("\r", " ").replace("\n", " ")


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
