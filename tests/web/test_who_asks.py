"""Whose request it is, behind a proxy: the person's address, however the proxy writes it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.web.parts import House
from web.app import create_app
from web.server import Bind, serve

PORTS = [f"177.1.2.3:{port}" for port in range(20_000, 20_080)]
NETWORK = [f"2001:db8:0:7::{one:x}" for one in range(1, 81)]


async def asked(web: House, sources: Iterable[str]) -> Counter[int]:
    """What pairing codes came to that were asked for from these addresses behind our proxy."""
    bind = Bind(port=0, trusted_proxies=("127.0.0.1",))
    said: Counter[int] = Counter()
    async with serve(create_app(web.hub), bind) as at, web.client() as client:
        for source in sources:
            url = f"{at.url}/api/v1/screens/pairings"
            answer = await client.post(url, json={}, headers={"x-forwarded-for": source})
            said[answer.status_code] += 1
    return said


@pytest.mark.parametrize(
    "sources",
    [
        PORTS,
        [f"[{one}]:{20_000 + at}" for at, one in enumerate(itertools.repeat(NETWORK[0], 80))],
        [f"10.9.9.{at}, 177.1.2.3" for at in range(80)],  # what the person wrote in front
        NETWORK,  # one connection has 2^64 addresses
        [f"[{one}]:443" for one in NETWORK],
    ],
    ids=["ports", "ports of IPv6", "forged", "one network", "one network with ports"],
)
async def test_one_person_is_one_whatever_stands_before_them(
    web: House, sources: list[str]
) -> None:
    said = await asked(web, sources)
    assert said[201] <= 72  # the burst, and what comes back meanwhile
    assert said[429] >= 8


async def test_people_in_different_networks_are_different(web: House) -> None:
    said = await asked(web, [f"2001:db8:0:{one:x}::1" for one in range(70)])
    assert said == {201: 70}
