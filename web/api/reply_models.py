"""Replies that people see to: what the API takes, and the shapes it documents."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hub.model import AnswerWord
from web.api.models import Id, Taken


class ReplyBody(Taken):
    """What is made of a reply: whose it is, what it answers, a note. Nothing at all: seen to.
    `state` `open`, alone: it waits again, and what settling it recorded is taken back."""

    recipient: Id | None = None
    answer: AnswerWord | None = None
    note: Annotated[str, Field(max_length=500)] = ""
    state: Literal["open", "settled"] = "settled"


class GuessOut(BaseModel):
    """Who or where a reply probably is. `by`: `number` (it is theirs) or `words` (a place is named
    in them). Without a person only the place is guessed."""

    recipient: int | None
    name: str
    kind: str
    place: str
    place_id: int | None
    spoken: dict[str, str]
    by: str


class SettledOut(BaseModel):
    """What was made of a reply. `incidents`: where its answer was recorded. `by` is `hub` where
    the hub recorded it at once."""

    at: str
    by: str
    by_name: str
    recipient: int | None
    name: str
    place: str
    place_id: int | None
    spoken: dict[str, str]
    answer: str
    note: str
    incidents: list[int]


class LookOut(BaseModel):
    """Who has seen it, and when first."""

    by: str
    name: str
    at: str


class ReplyOut(BaseModel):
    """Words that came in. `answer`: what was read in them; `why`: why they stand here."""

    id: int
    at: str
    channel: Literal["sms", "rcs", "whatsapp", "voice", "link"]
    sender: str
    words: str
    cry: bool
    answer: str
    why: Literal[
        "stranger",
        "removed",
        "opted_out",
        "over",
        "drill",
        "staff_phone",
        "unclear",
        "bare",
        "after_help",
        "robot",
        "heard",
    ]
    guess: GuessOut | None
    incident: int | None
    incident_code: str
    state: Literal["open", "settled"]
    settled: SettledOut | None
    seen_by: list[LookOut]


class RepliesOut(BaseModel):
    """A page of replies, and how many there are that nobody has seen to."""

    items: list[ReplyOut]
    next: str | None
    open: int
    cries: int
