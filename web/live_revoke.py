"""What was allowed at the hello is asked again: the revoked are closed within five seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable

import structlog

from web.house import House
from web.live_client import Client

log = structlog.get_logger(__name__)

EVERY = 3.0  # seconds
QUERY_SECONDS = 10.0
REVOKED = 4401
CHANGED = 4403


@runtime_checkable
class Standing(Protocol):
    """Accounts that can say what actors are allowed to be now."""

    async def standing(self, actors: Sequence[str]) -> Mapping[str, str]:
        """The present role of each of these actors; absent: closed or revoked."""
        ...


async def standing(hub: House, actors: Collection[str]) -> Mapping[str, str]:
    """The present role by actor id, for those that still stand."""
    accounts: object = hub.accounts
    if isinstance(accounts, Standing):
        return await accounts.standing(sorted(actors))
    users = await hub.accounts.ledger.users()
    roles = {user.actor.id: user.actor.role for user in users if not user.disabled}
    return {actor: roles.get(actor, "") for actor in actors if actor in roles}


class Revoking:
    """Looks after the connected: one query for all devices, one for all people."""

    def __init__(self, hub: House, clients: Collection[Client]) -> None:
        self._hub = hub
        self._clients = clients

    async def run(self) -> None:
        """For ever; a failing database is asked again."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                async with asyncio.timeout(QUERY_SECONDS):
                    await self.devices()
                    await self.people()
            except Exception as error:  # noqa: BLE001 - asked again in a moment
                log.warning("live.revoke_failed", kind=type(error).__name__)

    async def devices(self) -> None:
        """Sockets of devices that are no longer that screen are closed."""
        clients = [client for client in self._clients if client.screen]
        if not clients:
            return
        known = await self._hub.screens.by_devices([client.device for client in clients])
        for client in clients:
            if known.get(client.device) != client.screen:
                client.wire.drop(REVOKED, "this screen is not paired any more")

    async def people(self) -> None:
        """Sockets of people who logged out, whose account was closed or whose role changed are
        closed."""
        clients = [(client, client.actor) for client in self._clients if client.actor]
        if not clients:
            return
        roles = await standing(self._hub, {actor.id for _client, actor in clients})
        named = {actor.session for _client, actor in clients if actor.session}
        logged_in = await self._hub.accounts.sessions(named) if named else frozenset()
        for client, actor in clients:
            role = roles.get(actor.id)
            if actor.session and actor.session not in logged_in:
                client.wire.drop(REVOKED, "this session is over, log in again")
            elif role is None:
                client.wire.drop(REVOKED, "this account is closed")
            elif role != actor.role:
                client.wire.drop(CHANGED, "your role has changed, come back")
