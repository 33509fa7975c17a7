"""The first frame of a live socket: who is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.errors import NotKnown
from web.house import House
from web.live_client import Client
from web.live_devices import Devices
from web.wire import Wire

LONGEST = 128  # characters of any token of ours


@dataclass(frozen=True, slots=True)
class Hello:
    """What a hello carries: one of a ticket, a device token, a resident's token, or nothing."""

    ticket: str = ""
    device: str = ""
    token: str = ""

    @classmethod
    def of(cls, frame: Mapping[str, Any]) -> Hello:
        """The hello in a frame; NotKnown (the socket is closed) for anything else."""
        if frame.get("op") != "hello":
            raise NotKnown("The first frame must be a hello.")
        known = {key: frame[key] for key in ("ticket", "device", "token") if frame.get(key)}
        if len(known) > 1:
            raise NotKnown("A hello carries one of ticket, device and token.")
        if any(not isinstance(value, str) or len(value) > LONGEST for value in known.values()):
            raise NotKnown("This hello cannot be read.")
        return cls(**known)


async def greet_back(hello: Hello, wire: Wire, *, hub: House, devices: Devices) -> Client:
    """The client of this hello; NotKnown for a ticket or token that does not work (any more)."""
    if hello.ticket:
        actor = await hub.accounts.redeem(hello.ticket)
        if actor is None:
            raise NotKnown("This ticket was used or is too old; ask for a new one.")
        return Client(wire, actor=actor)
    if hello.device:
        screen = await devices.find(hello.device)
        if screen is None:
            raise NotKnown("This screen is not paired (any more).")
        return Client(wire, device=hello.device, screen=screen)
    if hello.token:
        if hub.answer.whose(hello.token) is None:
            raise NotKnown("This link is not known.")
        return Client(wire, token=hello.token)
    return Client(wire)
