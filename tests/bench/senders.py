"""The ways to send that `dispatch` compares, each run in a child of its own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from hub.model import Lane
from hub.store.database import database
from tests.bench.dispatch import figures, side_by_side
from tests.bench.estate import channels_to, deliverer, twilio_setting
from tests.bench.harness import Moment
from tests.bench.parcels import Order, orders, parcels

APPRISE_AT_ONCE = 50  # notifiers of one async_notify, each with its share of the recipients


async def ours(given: Mapping[str, Any]) -> Mapping[str, float]:
    """The whole way, as a worker goes it."""
    db = database(str(given["url"]))
    await db.open()
    channels = channels_to(given["api_url"])
    for channel in channels.values():
        await channel.open()
    deliver = deliverer(db, channels)
    began = Moment.now()
    sent = await deliver.drain(Lane.URGENT)
    passed = began.passed()
    await deliver.stop()
    left = await db.read(
        lambda conn: conn.exec_driver_sql(
            "SELECT count(*) FROM deliveries WHERE state NOT IN ('accepted', 'unreachable')"
        ).scalar_one()
    )
    for channel in channels.values():
        await channel.close()
    await db.close()
    if left:
        raise AssertionError(f"{left} deliveries were not accepted")
    return figures(sent, passed)


async def channel(given: Mapping[str, Any]) -> Mapping[str, float]:
    """Our channel alone: parcels made before, outcomes thrown away."""
    found = await parcels(str(given["url"]), int(given["most"]))
    one = channels_to(given["api_url"])["sms_twilio"]
    await one.open()
    began = Moment.now()
    sent = await side_by_side(one.send, found)
    passed = began.passed()
    await one.close()
    return figures(sent, passed)


async def sdk(given: Mapping[str, Any]) -> Mapping[str, float]:
    """A bare loop over the SDK with its own asynchronous client."""
    from twilio.http.async_http_client import AsyncTwilioHttpClient
    from twilio.rest import Client

    account = twilio_setting(given["api_url"])
    found = await orders(str(given["url"]), int(given["most"]))
    http = AsyncTwilioHttpClient()
    client = Client(account["account_sid"], account["auth_token"], http_client=http)
    client.api.base_url = account["api_url"]

    async def send(order: Order) -> None:
        await client.messages.create_async(
            to=order.to,
            from_=account["from"],
            body=order.body,
            status_callback=order.callback,
            validity_period=order.life,
        )

    began = Moment.now()
    sent = await side_by_side(send, found)
    passed = began.passed()
    await http.close()
    return figures(sent, passed)


async def bare_http(given: Mapping[str, Any]) -> Mapping[str, float]:
    """The same forms over the client below the SDK: as good as an asynchronous sender gets."""
    account = twilio_setting(given["api_url"])
    sid = account["account_sid"]
    url = f"{account['api_url']}/2010-04-01/Accounts/{sid}/Messages.json"
    key = b64encode(f"{sid}:{account['auth_token']}".encode()).decode()
    head = {
        "Authorization": f"Basic {key}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    found = await orders(str(given["url"]), int(given["most"]))
    async with aiohttp.ClientSession() as session:

        async def send(order: Order) -> None:
            form = urlencode(order.form(account["from"])).encode()
            async with session.post(url, data=form, headers=head) as response:
                await response.json()

        began = Moment.now()
        sent = await side_by_side(send, found)
        return figures(sent, began.passed())


async def apprise(given: Mapping[str, Any]) -> Mapping[str, float]:
    """Apprise at its best: no pause between requests, the recipients spread over many notifiers."""
    return await _apprise(given, at_once=APPRISE_AT_ONCE, pause=0)


async def apprise_as_it_is(given: Mapping[str, Any]) -> Mapping[str, float]:
    """Apprise as its page tells to use it: one address with all recipients, its own pauses."""
    return await _apprise(given, at_once=1)


async def _apprise(
    given: Mapping[str, Any], *, at_once: int, pause: float | None = None
) -> Mapping[str, float]:
    from apprise import Apprise
    from apprise.plugins.twilio import NotifyTwilio

    account = twilio_setting(given["api_url"])
    NotifyTwilio.notify_sms_url = account["api_url"] + "/2010-04-01/Accounts/{sid}/Messages.json"
    if pause is not None:
        NotifyTwilio.request_rate_per_sec = pause
    found = await orders(str(given["url"]), int(given["most"]))
    start = f"twilio://{account['account_sid']}:{'a' * 32}@{account['from']}"
    notifiers = Apprise()
    for share in range(at_once):
        if mine := found[share::at_once]:
            notifiers.add(f"{start}/{'/'.join(order.to for order in mine)}")
    began = Moment.now()
    if not await notifiers.async_notify(body=found[0].body):
        raise AssertionError("Apprise says that something was not sent")
    return figures(len(found), began.passed())
