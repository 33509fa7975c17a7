"""Settling a reply and opening it again, and a bare digit after a cry, on both databases."""

from __future__ import annotations

from hub.decide.answers import Given
from hub.decide.inbox import Note, Settling, Why
from hub.model import AnswerWord
from hub.store import schema as t
from hub.store.answers import AnswerLedger
from hub.store.inbox import InboxLedger
from tests.flow.stage import Stage


async def stands(stage: Stage) -> list[str]:
    return [row.answer for row in await stage.rows(t.audience)]


async def test_a_reply_is_settled_opened_again_and_settled_otherwise(stage: Stage) -> None:
    await stage.set_up(people=2)
    inbox, one = InboxLedger(stage.db), stage.people[0]
    await inbox.keep(Note("sms", "+1", "hm", cry=False, why=Why.UNCLEAR, incident=stage.incident))
    await inbox.settle(1, Settling(one, "safe", ""), "user:1")
    assert await stands(stage) == ["safe", ""]
    opened = await inbox.reopen(1, "user:1")
    assert (opened.new, opened.reply["state"]) == (True, "open")
    assert await stands(stage) == ["", ""]
    assert not (await inbox.reopen(1, "user:1")).new
    await inbox.settle(1, Settling(stage.people[1], "away", ""), "user:1")
    assert await stands(stage) == ["", "away"]


async def test_a_bare_digit_is_held_while_help_is_open(stage: Stage) -> None:
    await stage.set_up(people=2)
    ledger, one = AnswerLedger(stage.db), stage.people[0]

    def said(word: AnswerWord, once: str) -> Given:
        return Given(stage.incident, one, word, "sms", "recipient:1", once=once, bare=True)

    both = [said(AnswerWord.HELP, "a"), said(AnswerWord.SAFE, "b")]  # in one set, too
    found = await ledger.take_all(both)
    assert [one.held for one in found] == [False, True]
    again = await ledger.take(said(AnswerWord.EVACUATED, "c"))
    assert (again.held, again.answer) == (True, "help")
    assert await stands(stage) == ["help", ""]
    assert len(await stage.rows(t.answers)) == 3
