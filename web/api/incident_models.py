"""What the API answers where an incident cannot begin or end as asked, and where it has ended."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from hub.model import Kind
from web.api.models import ProblemsOut


class StandingOut(BaseModel):
    """An open incident of the same playbook and kind at the same or an overlapping place."""

    id: int
    code: str
    kind: Kind
    playbook: str
    place: str
    place_spoken: dict[str, str]
    launched_at: str


class LaunchConflictOut(ProblemsOut):
    """Why it was not launched. `already_open`: `incident` and all that is `running` there.
    `audience_changed`: how many `people` it would be now."""

    incident: int | None = None
    running: list[StandingOut] = Field(default_factory=list)
    people: int | None = None


class HelpBy(BaseModel):
    """Who still needs help, by how the hub knows of them: they said so themselves; staff said so;
    they cried for help and nobody has said yet who and where they are."""

    asked: int
    marked: int
    cries: int


class HelpOpenOut(ProblemsOut):
    """`help_open`: people still need help, so many; give the number as `confirm_help` to go on."""

    help: int
    help_by: HelpBy


class ClosedOut(BaseModel):
    """A record that is final, and what it leaves open. `help_open`: how many still need help;
    `clear_until`: until when an all-clear or a correction can still be said, where none was."""

    status: Literal["closed"]
    untold: int
    help_open: int
    help_by: HelpBy
    cleared: bool
    clear_until: str | None
