"""The commands of a running incident as the terminal reads them; the work is in `incident`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

from hub.commands.output import as_json, run, settings_of
from hub.tags import tag_fault, tidy_tag

TAGGED = re.compile(r"([A-Za-z]{2,12}(?:[-_][A-Za-z0-9]{2,8})*)=(.*)", re.DOTALL)


class Named(click.ParamType[str]):
    """An incident by its number or its code."""

    name = "incident"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """As it was written, if an incident can be called that."""
        from hub.commands.incident import WRITTEN

        if not WRITTEN.fullmatch(str(value).strip()):
            self.fail(f"{value!r} is neither a number nor a code such as FIRE-0417", param, ctx)
        return str(value).strip()


INCIDENT = click.argument("incident", type=Named())
CONFIRM_HELP = click.option(
    "--confirm-help", type=int, metavar="N", help="Do it although exactly N people need help."
)
KEY = click.option("--key", default="", help="Idempotency key: the same key says it once.")


def _texts(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """What was written in each language."""
    found: dict[str, str] = {}
    for one in given:
        tagged = TAGGED.fullmatch(one)
        if tagged is None:
            raise click.BadParameter("is written LANGUAGE=WORDS, such as en='Use stair B.'")
        tag, meant = tidy_tag(tagged[1]), tag_fault(tagged[1])
        if meant is not None:
            right = meant or "a tag, such as zh-CN or en"
            raise click.BadParameter(f"has {tagged[1]!r} for a language: write {right}")
        if tag in found:
            raise click.BadParameter(f"has {tag} twice")
        found[tag] = tagged[2].strip()
    return {tag: words for tag, words in found.items() if words}


def _text(*, required: bool, words: str) -> Callable[[Any], Any]:
    return click.option(
        "--text", "texts", multiple=True, required=required, callback=_texts,
        metavar="LANGUAGE=WORDS", help=words,
    )  # fmt: skip


def _say(incident: str, stage: str, *, json_: bool, **more: Any) -> None:
    from hub.commands.incident import Asked, run_say

    asked = Asked(stage, **more)
    run(run_say(settings_of(json_=json_), incident, asked, json_=json_), json_=json_)


@click.command()
@INCIDENT
@_text(required=True, words="What has changed, once for each language.")
@click.option("--untranslated", is_flag=True, help="Send it although a language has no text.")
@click.option("--again", is_flag=True, help="Say it once more although it was the last thing said.")
@KEY
@as_json
def update(*, incident: str, json_: bool, **more: Any) -> None:
    """Tell everybody of an incident what has changed."""
    if not more["texts"]:
        raise click.UsageError("an update needs words: --text LANGUAGE=WORDS")
    _say(incident, "update", json_=json_, **more)


@click.command("all-clear")
@INCIDENT
@_text(required=False, words="What to add to the playbook's words, such as what stays closed.")
@CONFIRM_HELP
@KEY
@as_json
def all_clear(*, incident: str, json_: bool, **more: Any) -> None:
    """Tell those who were told of it that it is over; also for a week after the close."""
    _say(incident, "all_clear", json_=json_, **more)


@click.command()
@INCIDENT
@_text(required=False, words="Why it was sent, such as a faulty detector.")
@KEY
@as_json
def correction(*, incident: str, json_: bool, **more: Any) -> None:
    """Withdraw a false alarm: tell those who were told that nothing has happened."""
    _say(incident, "correction", json_=json_, **more)


@click.command()
@INCIDENT
@as_json
def stop(*, incident: str, json_: bool) -> None:
    """Send nothing more of an incident; updates and the all-clear can still be said."""
    from hub.commands.incident import run_stop

    run(run_stop(settings_of(json_=json_), incident, json_=json_), json_=json_)


@click.command()
@INCIDENT
@CONFIRM_HELP
@as_json
def close(*, incident: str, confirm_help: int | None, json_: bool) -> None:
    """End the record of an incident."""
    from hub.commands.incident import run_close

    work = run_close(settings_of(json_=json_), incident, confirm_help=confirm_help, json_=json_)
    run(work, json_=json_)


@click.command()
@INCIDENT
@as_json
def watch(*, incident: str, json_: bool) -> None:
    """Follow an incident until it is closed."""
    from hub.commands.watch import run_watch

    run(run_watch(settings_of(json_=json_), incident, json_=json_), json_=json_)


COMMANDS = (update, all_clear, correction, stop, close, watch)
