"""The `muster` command. The work is in `hub.commands`, loaded when it is asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from hub import __version__
from hub.commands.incident_options import COMMANDS
from hub.commands.looking import audit, doctor
from hub.commands.output import as_json, fail, run
from hub.commands.output import settings_of as _settings
from hub.commands.site_group import site
from hub.errors import HubError

FILE = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="muster")
def main() -> None:
    """Muster reaches everyone in a building when something happens, and accounts for everyone."""


for command in COMMANDS:
    main.add_command(command)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port of the console.")
@click.option("--people", default=2000, show_default=True, help="Residents of the demo estate.")
def demo(*, port: int, people: int) -> None:
    """Try everything on this machine: simulated providers, residents and screens."""
    from hub.commands.demo import run_demo

    settings = _settings(own="muster-demo")
    if not os.environ.get("MUSTER_PUBLIC_URL"):
        settings = settings.with_(public_url=f"http://localhost:{port}")
    embedded = settings.with_(
        port=port,
        database_url=f"sqlite:///{settings.data / 'muster.db'}",
        redis_url=None,
    )
    run(run_demo(embedded, people=people))


@main.command()
@click.argument("playbook")
@click.option("--roster", type=FILE, help="Residents from this CSV or XLSX instead of the demo's.")
@click.option("--place", default="", help="Where it happens, such as 3/12; default: a fitting one.")
@click.option("--people", default=2000, show_default=True, help="Residents of the demo estate.")
@click.option("--speed", default=60.0, show_default=True, help="How much faster wave timers run.")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same residents.")
@click.option("--profile", default="calm", type=click.Choice(["calm", "nasty"]), show_default=True)
@as_json
def rehearse(
    *,
    playbook: str,
    roster: Path | None,
    place: str,
    people: int,
    speed: float,
    seed: int,
    profile: str,
    json_: bool,
) -> None:
    """Run a playbook from launch to the last answer against simulated providers and residents."""
    from hub.commands.rehearse import Asked, run_rehearse

    if speed <= 0 or people <= 0:
        raise click.UsageError("--speed and --people must be above 0")
    asked = Asked(playbook, roster, place, people, speed, seed, profile, json_)
    run(run_rehearse(_settings(json_=json_), asked), json_=json_)


@main.command()
def serve() -> None:
    """Serve the hub. On SQLite also its worker; on PostgreSQL run `muster worker` beside it."""
    from hub.commands.serve import run_serve

    run(run_serve(_settings()))


@main.command()
def worker() -> None:
    """Send what is due (PostgreSQL and Redis; any number of these)."""
    from hub.commands.serve import run_worker

    run(run_worker(_settings()))


@main.command()
@as_json
def migrate(*, json_: bool) -> None:
    """Bring the database to the schema of this release."""
    from hub.commands.checks import run_migrate

    run(run_migrate(_settings(json_=json_), json_=json_), json_=json_)


@main.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.option("--check", is_flag=True, help="Make nothing: say whether FILE is a whole backup.")
@as_json
def backup(*, file: Path, force: bool, check: bool, json_: bool) -> None:
    """Write the whole hub to FILE, also while it runs. The secret key is not in it."""
    from hub.commands.backup import run_backup, run_check

    settings = _settings(json_=json_)
    if check:
        run(run_check(settings, file, json_=json_), json_=json_)
    run(run_backup(settings, file, force=force, json_=json_), json_=json_)


@main.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Put it in the place of what this hub holds.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing.")
@as_json
def restore(*, file: Path, replace: bool, yes: bool, json_: bool) -> None:
    """Bring a backup into a stopped hub. Nothing that was under way is sent again."""
    from hub.commands.backup import run_restore

    work = run_restore(_settings(json_=json_), file, replace=replace, yes=yes, json_=json_)
    run(work, json_=json_)


@main.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--skip-problems", is_flag=True, help="Take the rows that can be understood.")
@click.option("--site", default="", help="Key of the site, where there are several.")
@click.option("--map", "maps", multiple=True, metavar="TITLE=FIELD", help="What a column is.")
@click.option("--encoding", default="", help="What a CSV is written in: cp1252, big5 …")
@click.option("--hidden", type=click.Choice(["take", "leave"]), help="Whether hidden rows belong.")
@click.option("--remove", type=int, help="How many people leave, where a file removes many.")
@click.option("--keep", is_flag=True, help="Remove nobody the file does not name.")
@as_json
def import_(
    *,
    file: Path,
    dry_run: bool,
    skip_problems: bool,
    site: str,
    maps: tuple[str, ...],
    encoding: str,
    hidden: str | None,
    remove: int | None,
    keep: bool,
    json_: bool,
) -> None:
    """Import residents from CSV or XLSX, whole or not at all."""
    from hub.commands.calls import run_import

    settings = _settings(json_=json_)
    asked = [("map", one) for one in maps]
    asked += [("encoding", encoding), ("hidden", hidden or ""), ("site", site)]
    asked += [("missing", "keep")] if keep else []
    if remove is not None:
        asked.append(("confirm_remove", str(remove)))
    work = run_import(
        settings, file, dry_run=dry_run, skip_problems=skip_problems, asked=asked, json_=json_
    )
    run(work, json_=json_)


@main.command()
@click.argument("playbook")
@click.option("--place", required=True, help="Where: 3/12/1203, 3/12, 3, or all.")
@click.option("--live", is_flag=True, help="It is happening. Real people are told.")
@click.option("--drill", is_flag=True, help="Practice, marked everywhere.")
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="A form field.")
@click.option("--people", type=int, help="Refuse unless exactly so many people would be told.")
@click.option("--announce", is_flag=True, help="A drill for everybody, not only its participants.")
@click.option("--again", is_flag=True, help="Start it beside the same that runs there already.")
@click.option("--key", default="", help="Idempotency key: the same key launches once.")
@as_json
def launch(
    *,
    playbook: str,
    place: str,
    live: bool,
    drill: bool,
    params: tuple[str, ...],
    people: int | None,
    announce: bool,
    again: bool,
    key: str,
    json_: bool,
) -> None:
    """Start a playbook for a place."""
    from hub.commands.launch import Asked, run_launch

    if live == drill:
        raise click.UsageError("say --live or --drill" + (", not both" if live else ""))
    if live and announce:
        raise click.UsageError("--announce is for a drill: what is --live tells everybody anyway")
    fields = _fields(params)
    kind = "live" if live else "drill"
    asked = Asked(playbook, place, kind, fields, people, announce=announce, again=again)
    run(run_launch(_settings(json_=json_), asked, key=key, json_=json_), json_=json_)


def _fields(params: tuple[str, ...]) -> dict[str, str]:
    """The form as it was given, each field once."""
    pairs = [param.partition("=") for param in params]
    if any(not equals for _, equals, _ in pairs):
        raise click.UsageError("--param is written KEY=VALUE")
    fields = {name: value for name, _, value in pairs}
    if len(fields) < len(pairs):
        raise click.UsageError("--param gives one field two values: say which")
    return fields


@main.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.option("--role", type=click.Choice(["admin", "duty", "viewer"]), required=True)
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@as_json
def token_create(*, role: str, name: str, json_: bool) -> None:
    """Make an API token; it is shown this once."""
    from hub.commands.calls import run_token

    run(run_token(_settings(json_=json_), role=role, name=name, json_=json_), json_=json_)


@main.command()
@as_json
def login(*, json_: bool) -> None:
    """Make a link that lets the first admin in once."""
    from hub.commands.calls import run_login

    run(run_login(_settings(json_=json_), json_=json_), json_=json_)


@main.group()
def user() -> None:
    """People who log in."""


@user.command("set")
@click.argument("login")
@click.option("--role", type=click.Choice(["admin", "duty", "viewer"]), required=True)
@click.option("--name", default="", help="As it stands in the record; unset: the old one stays.")
@click.option("--keep-password", is_flag=True, help="Do not ask for a password.")
@click.option("--disable", is_flag=True, help="They may not log in any more.")
@as_json
def user_set(
    *, login: str, role: str, name: str, keep_password: bool, disable: bool, json_: bool
) -> None:
    """Let somebody log in, or change how. The password is asked for, never an argument."""
    from hub.commands.calls import run_user

    settings = _settings(json_=json_)
    password = None if keep_password or disable else _new_password()
    work = run_user(
        settings,
        login,
        role=role,
        name=name,
        password=password,
        disabled=disable,
        json_=json_,
    )
    run(work, json_=json_)


def _new_password() -> str:
    """Typed twice without being shown; from a pipe: its first line."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


main.add_command(site)


@main.group()
def playbook() -> None:
    """Playbooks."""


@playbook.command("check")
@click.argument("files", type=FILE, nargs=-1)
@as_json
def playbook_check(*, files: tuple[Path, ...], json_: bool) -> None:
    """Say of playbooks (default: all there are) what is wrong, by line and column."""
    from hub.commands.checks import run_check

    settings = _settings(json_=json_)
    try:
        code = run_check(files, settings, json_=json_)
    except HubError as error:
        fail(error, json_=json_)
    raise SystemExit(code)


@playbook.command("forget")
@click.argument("key")
@as_json
def playbook_forget(*, key: str, json_: bool) -> None:
    """Keep no version of an own playbook whose file was removed on purpose."""
    from hub.commands.shelves import run_forget

    run(run_forget(_settings(json_=json_), key, json_=json_), json_=json_)


@main.command(hidden=True)
def healthcheck() -> None:
    """Exit 0 if the web process on this machine answers."""
    from hub.commands.checks import run_healthcheck

    run(run_healthcheck(_settings()))


main.add_command(doctor)
main.add_command(audit)
