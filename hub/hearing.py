"""The hearing half of a hub, put together: receipts, replies, keys and displays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from hub.flow.answer import TakeAnswer
from hub.flow.inbox import Inbox
from hub.flow.report import Report
from hub.ports import Channel, Wake
from hub.settings import Settings
from hub.store.accounts import AccountLedger
from hub.store.answers import AnswerLedger
from hub.store.calls import CallLedger
from hub.store.database import Database
from hub.store.displays import DisplayLedger
from hub.store.inbox import InboxLedger
from hub.store.pages import PageLedger
from hub.store.receipts import ReceiptLedger


class Hearing(TypedDict):
    """What hears every channel of this hub, and where what it heard goes."""

    answer: TakeAnswer
    inbox: Inbox
    report: Report


def hearing(
    settings: Settings,
    db: Database,
    audit: AccountLedger,
    channels: Mapping[str, Channel],
    wake: Wake,
) -> Hearing:
    answers = AnswerLedger(db)
    answer = TakeAnswer(answers, PageLedger(db), wake, settings.secret_key)
    inbox = Inbox(InboxLedger(db), audit, wake)
    report = Report(
        receipts=ReceiptLedger(db),
        displays=DisplayLedger(db),
        replies=answers,
        calls=CallLedger(db),
        answers=answer,
        inbox=inbox,
        audit=audit,
        channels=channels,
        wake=wake,
        secret=settings.secret_key,
    )
    return {"answer": answer, "inbox": inbox, "report": report}
