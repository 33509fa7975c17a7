from __future__ import annotations

from dataclasses import dataclass

import pytest

from hub.decide.tokens import attempt_token
from hub.errors import NotAllowed, Unknown
from hub.flow.report import Report
from hub.model import Receipt
from hub.ports import HookRequest, Inward
from hub.states import DeliveryState, Reason
from hub.store import schema as t
from hub.store.answers import AnswerLedger
from hub.store.displays import DisplayLedger
from hub.store.receipts import ReceiptLedger
from tests.flow.stage import SECRET, Doorbell, Provider

DELIVERED = Receipt(DeliveryState.DELIVERED, Reason.OK, "SM1", "delivered")


@dataclass
class Signed(Provider):
    """An account whose provider signs with a key of its own."""

    key: bytes = b""

    def verify(self, request: HookRequest) -> bool:
        return request.body == self.key

    def read(self, request: HookRequest) -> Inward:
        return Inward(receipts=(DELIVERED,))


def report(stage) -> Report:
    answers = AnswerLedger(stage.db)
    return Report(
        receipts=ReceiptLedger(stage.db),
        displays=DisplayLedger(stage.db),
        replies=answers,
        calls=None,
        answers=None,
        inbox=None,
        audit=None,
        channels={
            "main": Signed("sms_twilio", key=b"one"),
            "deaf": Provider("sms_twilio"),
            "spare": Signed("sms_twilio", key=b"two"),
        },
        wake=Doorbell(),
        secret=SECRET,
    )


@pytest.mark.parametrize("key", [b"one", b"two"])
async def test_any_account_of_a_channel_may_have_sent_a_callback(stage, key):
    await stage.set_up(people=1)
    await stage.plan(state="accepted", account="spare")
    [attempt] = await stage.db.write(
        lambda conn: [stage._one(conn)(t.attempts, delivery_id=1, fence=0, started_at=0)]
    )
    asked = HookRequest("https://muster.example", {}, key, callback=attempt_token(SECRET, attempt))
    await report(stage).receipts("sms_twilio", asked)
    assert [row.state for row in await stage.deliveries()] == ["delivered"]


async def test_what_no_account_has_signed_is_forged_and_account_names_are_no_addresses(stage):
    await stage.set_up(people=1)
    asked = HookRequest("https://muster.example", {}, b"three", callback=attempt_token(SECRET, 1))
    with pytest.raises(NotAllowed):
        await report(stage).receipts("sms_twilio", asked)
    with pytest.raises(Unknown):
        await report(stage).receipts("main", asked)
