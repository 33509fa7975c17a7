"""An estate with a launch under way, for tests of what follows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from hub.model import LaunchRequest
from tests.launch_estate import WHO, House, Who, open_house, put_estate

PATHS = ("3/5/501", "3/12/1201", "3/12/1202", "4/1/101")
FIRE = LaunchRequest("fire", "3/12")


def sms(number: int) -> tuple[tuple[str, str], ...]:
    return (("sms", f"+1555010{number:04d}"),)


PEOPLE = (
    Who("3/12/1201", ways=sms(1)),
    Who("3/12/1202", ways=sms(2), language="en"),
    Who("3/5/501", ways=sms(3), drill=True),
    Who("3/5/501", ways=sms(3)),  # shares it
    Who("4/1/101"),  # nobody can reach them
    Who("4/1/101", ways=sms(6)),
)


@asynccontextmanager
async def launched(url: str, request: LaunchRequest = FIRE) -> AsyncIterator[tuple[House, int]]:
    home = await open_house(url)
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        begun = await home.launch.start(request, who=WHO, key="launch")
        home.bells.rung.clear()
        home.bells.told.clear()
        yield home, begun.id
    finally:
        await home.db.close()


async def sent(home: House, recipient: int, state: str = "accepted", **more: Any) -> None:
    unsure = more.get("unsure", 0)
    await home.run(
        "UPDATE deliveries SET state = :state, unsure = :unsure WHERE recipient_id = :who",
        state=state,
        unsure=unsure,
        who=recipient,
    )


async def reached(home: House, notice: int) -> list[tuple[int, str]]:
    rows = await home.rows(
        "SELECT recipient_id, address FROM deliveries WHERE notice_id = :n AND channel = 'sms'"
        " ORDER BY recipient_id",
        n=notice,
    )
    return [(int(who), str(address)) for who, address in rows]
