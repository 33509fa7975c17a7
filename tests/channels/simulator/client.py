"""A plain client of the simulated Twilio, for the simulator's tests."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import aiohttp

from channels.simulator import Settings, Simulator, calm

SID = Settings().account_sid


def basic(token: str) -> dict[str, str]:
    """The header of Basic authentication for the simulated account."""
    return {"Authorization": "Basic " + b64encode(f"{SID}:{token}".encode()).decode()}


AUTH = basic("simulator")
PATH = f"/2010-04-01/Accounts/{SID}/Messages.json"


def form(**changes: str) -> dict[str, str]:
    """What the hub would post; keys as Twilio's."""
    given = {"To": "+12025550142", "From": "+12025550100", "Body": "Fire. Leave now."}
    return {key: value for key, value in {**given, **changes}.items() if value}


async def post(
    sim: Simulator, data: dict[str, str], *, auth: dict[str, str] | None = AUTH, path: str = PATH
) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(sim.url + path, data=data, headers=auth) as response,
    ):
        return response.status, await response.json()


async def get(sim: Simulator, path: str, **params: str) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(sim.url + path, params=params, headers=AUTH) as response,
    ):
        return response.status, await response.json()


def swift(**changes: Any) -> Settings:
    """A calm world in which nothing takes long and nobody answers unless asked to."""
    given = {
        "latency": 0.0,
        "sent_after": 0.01,
        "delivered_after": 0.02,
        "thinks": 0.01,
        "handset_off": 0.0,
        "by_link": 0.0,
        "by_digit": 0.0,
    }
    return calm(**{**given, **changes})
