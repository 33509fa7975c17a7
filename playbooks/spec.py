"""The playbook file as its editor sees it: fields, types and limits. Also the JSON Schema."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

SCHEMA_FILE = "playbook.schema.json"

DURATION = r"^[0-9]{1,5}(s|m|h|d)$"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

KEY = r"^[a-z][a-z0-9_-]{0,39}$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def duration(text: str) -> timedelta:
    """The length of time `30s`, `10m`, `24h` or `7d` stand for."""
    if not re.fullmatch(DURATION, text):
        raise ValueError("write a length of time as 30s, 10m, 24h or 7d")
    return timedelta(seconds=int(text[:-1]) * _SECONDS[text[-1]])


def _checked(text: str) -> str:
    duration(text)
    return text


def _parts(value: Any) -> Any:
    """A text alone is the part `body`."""
    return {"body": value} if isinstance(value, str) else value


def _seconds(value: Any) -> Any:
    return "0s" if value == 0 and not isinstance(value, bool) else value


Duration = Annotated[
    str,
    BeforeValidator(_seconds),
    AfterValidator(_checked),
    Field(description="30s, 10m, 24h or 7d", json_schema_extra={"pattern": DURATION}),
]
Key = Annotated[str, Field(pattern=KEY)]
Language = Annotated[str, Field(pattern=LANGUAGE)]
Line = Annotated[str, Field(min_length=1, max_length=400)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Words = dict[Language, Line]
Parts = Annotated[
    dict[Key, Text],
    BeforeValidator(_parts, json_schema_input_type=dict[Key, Text] | Text),
    Field(description="parts of the text; a text alone is the part `body`"),
]
Texts = dict[Language, Parts]
BandKey = Annotated[str, Field(pattern=r"^(\*|[a-z][a-z0-9_-]{0,39})$")]
Stages = dict[
    Literal["alert", "update", "all_clear", "correction"], dict[BandKey, dict[Key, Texts]]
]


class Strict(BaseModel):
    """No field unknown, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ChoiceSpec(Strict):
    """One option of a choice."""

    value: Annotated[str, Field(min_length=1, max_length=40)]
    name: Words


class ParameterSpec(Strict):
    """A field of the operator's form. It has a default, so a place alone is enough to launch."""

    key: Key
    name: Words
    kind: Literal["choice", "text", "minutes", "clock"]
    default: Annotated[str, Field(max_length=200)] = ""
    options: list[ChoiceSpec] = []
    source: Literal["", "assembly_points", "evacuation"] = ""
    required: bool = False
    hint: Words = {}
    limit: Annotated[int, Field(ge=1, le=200)] = 80


class BandSpec(Strict):
    """One part of the audience. The first band that takes a recipient has them."""

    key: Key
    name: Words
    kinds: Annotated[
        list[Literal["resident", "staff", "group", "screen", "outside"]], Field(min_length=1)
    ]
    where: Literal["floor", "evacuate", "building", "site"]
    below: Annotated[int, Field(ge=0, le=10)] = 1
    roles: list[Key] = []
    needs: bool = False


_ANSWERS = Field(ge=0, le=10_000)


class Fill(Strict):
    """How many answers are enough, and whose: of people with one of `roles`, or of the bands."""

    count: Annotated[int, _ANSWERS] = 0
    roles: list[Key] = []


def _fill(value: Any) -> Any:
    """A number alone is a count."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return {"count": value} if is_number else value


class WaveSpec(Strict):
    """Who is told by which channels, after how long, until what.

    A channel without an account on the site is skipped when the wave starts; `door` and `phone`
    are tasks for staff of `role`, one for each household still silent, never a sending.
    """

    key: Key
    name: Words
    after: Duration
    bands: Annotated[list[Key], Field(min_length=1)]
    channels: Annotated[list[Key], Field(min_length=1)]
    mode: Literal["parallel", "first"] = "parallel"
    until: Literal["answered", "delivered", "none"] = "answered"
    repeat: Annotated[int, Field(ge=0, le=10)] = 0
    every: Duration = "0s"
    needs: bool = False
    roles: list[Key] = []
    fill: Annotated[
        Fill,
        BeforeValidator(_fill, json_schema_input_type=Fill | Annotated[int, _ANSWERS]),
        Field(
            description="left out once so many have answered, who is away apart; a number alone:"
            " of its bands"
        ),
    ] = Fill()
    role: Key = "steward"


class TaskEntry(Strict):
    """A checklist item: who does what by when, counted from the launch."""

    key: Key
    name: Words
    role: Key
    due: Duration
    kinds: Annotated[list[Literal["live", "drill", "test"]], Field(min_length=1)] = [
        "live",
        "drill",
    ]


class MustSay(Strict):
    """Words one of which every alert must hold, in each language: hazard and action."""

    hazard: dict[Language, Annotated[list[Line], Field(min_length=1)]]
    action: dict[Language, Annotated[list[Line], Field(min_length=1)]]


class PlaybookSpec(Strict):
    """A playbook: what happens, who is told what and when, and who does what."""

    key: Key
    version: Annotated[int, Field(ge=1)]
    name: Words
    summary: Words
    level: Literal["P1", "P2", "P3", "P4"]
    icon: Key
    lane: Literal["urgent", "routine"]
    expires: Duration
    update_every: Duration
    place_depth: Literal["site", "building", "floor", "unit"] = "building"
    prefer_double: bool = False
    calls: list[Literal["fire", "ambulance", "police"]] = []
    unusable: dict[Key, Words] = {}
    cap: dict[str, Line] = {}
    must_say: MustSay
    parameters: list[ParameterSpec] = []
    bands: Annotated[list[BandSpec], Field(min_length=1)]
    waves: Annotated[list[WaveSpec], Field(min_length=1)]
    tasks: list[TaskEntry] = []
    words: dict[Literal["live", "drill", "test"], Stages]


def schema() -> dict[str, Any]:
    """The JSON Schema editors complete and check with."""
    made = PlaybookSpec.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Muster playbook",
        **{key: value for key, value in made.items() if key != "title"},
    }


def schema_text() -> str:
    """The schema file's exact content."""
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
