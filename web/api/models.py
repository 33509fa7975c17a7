"""The bodies the API takes, checked before they reach the hub, and the shapes it documents.

What comes in refuses unknown fields; sizes are bounded here, meaning is checked by the hub.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from hub.model import AnswerWord, Kind, LaunchRequest
from hub.tags import tag_fault, tidy_tag

Id = Annotated[int, Field(gt=0, le=2**53, strict=True)]
_TAG = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
Tag = Annotated[str, Field(pattern=_TAG.pattern)]
Short = Annotated[str, Field(max_length=200)]
Scalar = str | bool | int | float
ConfirmHelp = Annotated[
    Any,
    Field(
        description="How many people still need help, if it is to be done all the same: their"
        " number, or the counts by kind.",
        json_schema_extra={
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
                {"type": "null"},
            ]
        },
    ),
]
"""Anything else than the number confirms nothing, and is answered with the counts as they are."""


class Taken(BaseModel):
    """A body that comes in."""

    model_config = ConfigDict(extra="forbid", str_max_length=10_000)


class LaunchBody(Taken):
    """What to launch, or to preview. `confirm_people`, `confirm_audience`: what the preview said
    (`confirm`, `audience_hash`); `again`: beside the same that runs there already."""

    playbook: Annotated[str, Field(min_length=1, max_length=64, examples=["fire"])]
    place: Annotated[str, Field(min_length=1, max_length=128, examples=["3/12"])]
    kind: Kind = Kind.LIVE
    params: Annotated[dict[Short, Scalar], Field(max_length=40)] = {}
    confirm_people: Annotated[int, Field(ge=0, strict=True)] | None = None
    announce: bool = False
    confirm_audience: Annotated[str, Field(max_length=128)] = ""
    again: bool = False

    def request(self) -> LaunchRequest:
        """As the hub asks for it: every parameter a text."""
        return LaunchRequest(
            playbook=self.playbook,
            place=self.place,
            kind=self.kind,
            params={key: _as_text(value) for key, value in self.params.items()},
            confirm_people=self.confirm_people,
            announce=self.announce,
            confirm_audience=self.confirm_audience,
            again=self.again,
        )


class NoticeBody(Taken):
    """What to say next. An update needs its text in every language of its audience, unless it is
    `untranslated` on purpose; a text alone is in the site's first language. The others have words
    of their own."""

    stage: Annotated[str, Field(max_length=40, examples=["update", "all_clear", "correction"])]
    text: str | Annotated[dict[Tag, str], Field(max_length=20)] = Field(
        default="",
        examples=[{"zh-CN": "A梯有烟，请走B梯。", "en": "Stair A has smoke, use stair B."}],
    )
    untranslated: Annotated[bool, Field(strict=True)] = False
    confirm_help: ConfirmHelp = None

    @field_validator("text", mode="before")
    @classmethod
    def _text(cls, given: object) -> object:
        """A text, or texts by language whose tags are written as we write them. One sentence for
        whatever is neither."""
        if isinstance(given, str):
            return given
        if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
            raise PydanticCustomError("texts", "must be a text, or a text for each language tag")
        return _by_tag(given)


def _by_tag(given: Mapping[str, str]) -> dict[str, str]:
    """The texts by tidy tags (`zh_CN` is zh-CN). Nothing written for people is lost because its tag
    names a language of nobody (`jp`), or one language twice."""
    found: dict[str, str] = {}
    for tag, said in given.items():
        meant, tidy = tag_fault(tag), tidy_tag(tag)
        if meant is not None:
            named = {"tag": repr(tag[:20]), "right": meant or "a tag, such as zh-CN or en"}
            raise PydanticCustomError("tag", "has {tag} for a language: write {right}", named)
        if tidy in found:
            raise PydanticCustomError("tag_twice", "has {tag} twice", {"tag": tidy})
        found[tidy] = said
    return found


class CloseBody(Taken):
    """Closing needs nothing said, but for how many still need help, if anybody does."""

    confirm_help: ConfirmHelp = None


class AnswerBody(Taken):
    """An answer on someone's behalf."""

    recipient: Id
    answer: AnswerWord


class TaskBody(Taken):
    """What to change of a task; at least one. `was`: the state it was seen in, if that matters."""

    state: str | None = None
    assigned: str | None = None
    outcome: str | None = None
    was: str | None = None


class CallBody(Taken):
    """An outside call that was made."""

    number: Annotated[str, Field(min_length=1, max_length=64, examples=["119"])]


class ClaimBody(Taken):
    """The secret a screen got with its pairing code."""

    claim: Annotated[str, Field(min_length=1, max_length=128)]


class ConfirmBody(Taken):
    """Which screen the device with this code is; and, if that is said now, where it stands and
    which way it points."""

    recipient: Id
    place: Annotated[str, Field(max_length=60, examples=["3-1/lobby"])] | None = None
    way: dict[str, Any] | None = Field(
        default=None,
        examples=[{"arrow": "left", "door": {"zh-CN": "南门", "en": "South door"}, "metres": 20}],
    )


class LoginBody(Taken):
    """A login with its password."""

    login: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=1, max_length=1024)]


class TokenBody(Taken):
    """A new API token."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    role: Literal["admin", "duty", "viewer"]


class UserBody(Taken):
    """A user as they should be. Without a name or a password the old one stays."""

    login: Annotated[str, Field(min_length=1, max_length=200)]
    name: Annotated[str, Field(max_length=120)] = ""
    role: Literal["admin", "duty", "viewer"]
    password: Annotated[str, Field(max_length=1024)] | None = None
    disabled: bool = False


class RecipientBody(BaseModel):
    """Fields of a recipient; those left out stay as they are. Each is checked by the hub."""

    model_config = ConfigDict(extra="forbid")

    site: str | None = None
    kind: Any = None
    name: Any = None
    place: Any = None
    homes: Any = None
    language: Any = None
    roles: Any = None
    needs: Any = None
    drill: Any = None
    no_drill: Any = None
    way: Any = None
    addresses: Any = None
    version: Any = None


class ProblemOut(BaseModel):
    """One thing wrong with the input. `label`: the field as people call it; `code` is for
    programs: it stays the same in every language. Both may be empty."""

    where: str
    what: str
    hint: str
    code: str
    label: str


class ProblemsOut(BaseModel):
    """application/problem+json (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    problems: list[ProblemOut]


class LaunchedOut(BaseModel):
    """A launch that is durable."""

    id: int
    code: str
    kind: Kind
    people: int
    deliveries: int
    watch: str
    url: str


class SaidOut(BaseModel):
    """A notice that is durable."""

    notice: int
    revision: int
    deliveries: int


class PairingOut(BaseModel):
    """A code to show on the new screen, and the secret it claims its token with."""

    code: str
    claim: str
    expires_in: int


class DeviceOut(BaseModel):
    """The device token, handed over once."""

    device: str
    recipient: int


class TicketOut(BaseModel):
    """A ticket for one hello, good for 30 s."""

    ticket: str
    expires_in: int


class SessionOut(BaseModel):
    """Who you are."""

    id: str
    role: str
    name: str


class TokenOut(BaseModel):
    """A new token, told this once."""

    token: str


class ListOut(BaseModel):
    """A page of a list: give `next` as `after` (of events: `since`) for the next one."""

    items: list[dict[str, Any]]
    next: int | str | None


class RepairsOut(ListOut):
    """Numbers to repair: a page of them, and how many there are in all."""

    total: int


class AlarmText(BaseModel):
    """An alarm in one language: what is so, and what to do."""

    what: str
    do: str


class AlarmOut(BaseModel):
    """Something that is not as it should be with the hub itself. Times are milliseconds; the same
    `key` is the same thing. It is over when `cleared_at` is set."""

    id: int
    key: str
    kind: str
    severity: Literal["critical", "warning"]
    incident: int | None
    data: dict[str, Any]
    raised_at: int
    seen_at: int
    cleared_at: int | None
    acknowledged_at: int | None
    acknowledged_by: str
    words: dict[str, AlarmText]


class AlarmsOut(BaseModel):
    """Alarms, the open ones first. `audited` false: nobody has looked for 20 s, so that no alarm
    is no good news."""

    items: list[AlarmOut]
    next: None
    audited: bool
    audited_ms_ago: int | None


class AnyOut(BaseModel):
    """An object described in docs/PROTOCOL.md."""

    model_config = ConfigDict(extra="allow")


def _as_text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
