"""`muster site`: what an estate says of itself."""

from __future__ import annotations

import click

from hub.commands.output import as_json, fail, run
from hub.errors import HubError
from hub.settings import Settings, load


@click.group()
def site() -> None:
    """Sites: who speaks, where people meet, whom to call, who leaves, who practises."""


@site.command("show")
@click.argument("key", default="")
@as_json
def show(*, key: str, json_: bool) -> None:
    """Show what a site says of itself, and what nobody has said yet."""
    from hub.commands.sites import run_show

    run(run_show(_settings(json_=json_), key, json_=json_), json_=json_)


@site.command("set")
@click.argument("file")
@click.option("--site", "key", default="", help="Key of the site, where there are several.")
@as_json
def change(*, file: str, key: str, json_: bool) -> None:
    """Set the fields in FILE (JSON or TOML; - reads standard input), whole or not at all."""
    from hub.commands.sites import run_set

    run(run_set(_settings(json_=json_), file, key=key, json_=json_), json_=json_)


def _settings(*, json_: bool) -> Settings:
    try:
        return load()
    except HubError as error:
        fail(error, json_=json_)
