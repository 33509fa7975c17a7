"""The commands that look at a hub as a whole: `muster doctor`, `muster audit`."""

from __future__ import annotations

import os

import click

from hub.commands.output import as_json, own_language, run, settings_of
from hub.folder import taken, there
from hub.settings import user_data


@click.command()
@click.option("--language", type=click.Choice(["zh-CN", "en"]), help="Default: the system's.")
@as_json
def doctor(*, language: str | None, json_: bool) -> None:
    """Look whether everything a hub needs is well; asks each provider account, sends nothing."""
    from hub.commands.checks import run_doctor

    settings = settings_of(json_=json_)
    nothing_here = settings.embedded and not there(settings.data / "muster.db")
    plain = not any(os.environ.get(f"MUSTER_{name}") for name in ("DATA", "URL", "DATABASE_URL"))
    demo = user_data("muster-demo") if nothing_here and plain else None
    of_demo = demo is not None and there(demo) and taken(demo)
    if of_demo:
        settings = settings_of(json_=json_, own="muster-demo")
    work = run_doctor(
        settings, json_=json_, language=language or own_language(os.environ), demo=of_demo
    )
    run(work, json_=json_)


@click.command()
@click.option("--kind", default="", help="Only rows of this kind, such as launch or login_failed.")
@click.option("--actor", default="", help="Only what user:4, token:2 or local did.")
@click.option("--since", default="", help="Only rows since a time: 2026-12-01T08:00:00+08:00.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500))
@click.option("--after", default=0, type=int, help="Only rows older than this number.")
@click.option("--check", is_flag=True, help="Say whether the record is whole; exit 1 if not.")
@click.option("--noted", default="", metavar="ROW:CHAIN", help="An end noted down earlier.")
@click.option("--language", type=click.Choice(["zh-CN", "en"]), help="Default: the system's.")
@as_json
def audit(
    *,
    kind: str,
    actor: str,
    since: str,
    limit: int,
    after: int,
    check: bool,
    noted: str,
    language: str | None,
    json_: bool,
) -> None:
    """Show who did what and looked at whom, newest first."""
    from hub.commands.audit import Asked, run_audit, run_audit_check

    settings = settings_of(json_=json_)
    tongue = language or own_language(os.environ)
    if check or noted:
        run(run_audit_check(settings, noted, language=tongue, json_=json_), json_=json_)
    asked = Asked(kind, actor, since, after, limit)
    run(run_audit(settings, asked, language=tongue, json_=json_), json_=json_)
