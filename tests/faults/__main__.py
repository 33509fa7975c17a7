"""`python -m tests.faults`: trials on real processes; exit code 1 unless every promise held."""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from tests.faults.actions import ACTIONS
from tests.faults.hub import SETUPS
from tests.faults.script import Script, outage, script
from tests.faults.trial import Result, run

# seed, set-up, kind: both set-ups; a process, a deploy, a provider, a database, a fence, a disk, a
# clock
SMALL = (
    (1, "sqlite", "kill_worker"),
    (2, "postgres", "kill_worker"),
    (3, "sqlite", "roll"),
    (4, "postgres", "kill_postgres"),
    (5, "sqlite", "provider_crashes"),
    (6, "postgres", "freeze"),
    (7, "sqlite", "disk_full"),
    (8, "postgres", "clock_jump"),
)
SMALL_PEOPLE = (60, 120)
PEOPLE = (200, 600)
RELEASE_MINUTES = 240.0
OUTAGE_PEOPLE = 5_000


@dataclass
class Sum:
    """What all trials together came to."""

    trials: int = 0
    bad: list[int] = field(default_factory=list)
    unfinished: list[int] = field(default_factory=list)  # the bench itself could not go on
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    promises: Counter[str] = field(default_factory=Counter)
    recovery: float = 0.0  # seconds until work that was due went on
    in_doubt: float = 0.0  # and work that had been begun

    def add(self, result: Result) -> None:
        self.trials += 1
        if result.violations:
            self.bad.append(result.script.seed)
        if result.trouble:
            self.unfinished.append(result.script.seed)
        for name in ("launches", "deliveries", "texts", "doubles", "flagged", "in_doubt", "untold"):
            self.counts[name] += result.figures.get(name, 0)
        self.faults.update(result.figures.get("faults", {}))
        self.promises.update(one.promise for one in result.violations)
        self.recovery = max(self.recovery, result.figures.get("recovery", 0.0))
        self.in_doubt = max(self.in_doubt, result.figures.get("recovery_in_doubt", 0.0))

    def to_json(self) -> dict[str, Any]:
        unflagged = self.promises["at most one extra copy"]
        return {
            "trials": self.trials,
            "trials_with_violations": self.bad,
            "trials_not_finished": self.unfinished,
            **self.counts,
            "losses": self.promises["no loss"] + self.promises["an answer is never lost"],
            "doubles_against_the_promise": unflagged,
            "violations": dict(self.promises),
            "faults": dict(sorted(self.faults.items())),
            "recovery_seconds_max": self.recovery,
            "recovery_in_doubt_seconds_max": self.in_doubt,
        }


def all_of(
    plans: Iterator[Script], *, at_once: int, keep: bool, done: Callable[[Result], None]
) -> None:
    """Every trial has been made, so many side by side: most of their time is waiting."""
    with ThreadPoolExecutor(at_once) as pool:
        running: set[Future[Result]] = set()
        for plan in plans:
            running.add(pool.submit(run, plan, keep=keep))
            if len(running) < at_once:
                continue
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for one in finished:
                done(one.result())
        for one in running:
            done(one.result())


def _endless(minutes: float, setup: str, only: str, people: tuple[int, int]) -> Iterator[Script]:
    """Random seeds until the time is over."""
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        yield script(secrets.randbelow(10**9), setup=setup, only=only, people=people)


def _small(setup: str, only: str) -> Iterator[Script]:
    for seed, where, fault in SMALL:
        yield script(seed, setup=setup or where, only=only or fault, people=SMALL_PEOPLE)


def _between(_context: object, _parameter: object, text: str) -> tuple[int, int] | None:
    if not text:
        return None
    low, _, high = text.partition("-")
    if not (low.isdigit() and (high or low).isdigit() and 10 <= int(low) <= int(high or low)):
        raise click.BadParameter("write a number, or two as in 200-600; at least 10 people")
    return int(low), int(high or low)


@click.command()
@click.option("--long", "minutes", is_flag=False, flag_value=60.0, type=float, help="Minutes.")
@click.option("--release", is_flag=True, help=f"Random trials for {RELEASE_MINUTES:g} minutes.")
@click.option("--outage", "kills", type=int, help="5,000 people, and so many kills.")
@click.option("--seed", type=int, multiple=True, help="The trial of this seed, again.")
@click.option("--only", type=click.Choice(sorted(ACTIONS)), default=None, help="One kind of fault.")
@click.option("--setup", type=click.Choice(SETUPS), default=None)
@click.option("--people", callback=_between, default="", help="How many, as 200-600.")
@click.option("--at-once", default=2, show_default=True, help="Trials side by side.")
@click.option("--keep", is_flag=True, help="Keep the folders of good trials too.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="File for the figures.")
def main(
    *,
    minutes: float | None,
    release: bool,
    kills: int | None,
    seed: Sequence[int],
    only: str | None,
    setup: str | None,
    people: tuple[int, int] | None,
    at_once: int,
    keep: bool,
    json_file: Path | None,
) -> None:
    """Trials with faults: eight fixed ones, or those asked for."""
    whole, span = Sum(), people or PEOPLE
    where, fault = setup or "", only or ""
    if kills:
        number = people[1] if people else OUTAGE_PEOPLE
        plans: Iterator[Script] = (
            outage(one, kills=kills, setup=where, people=number) for one in seed or (1,)
        )
    elif seed:
        plans = (script(one, setup=where, only=fault, people=span) for one in seed)
    elif minutes or release:
        plans = _endless(minutes or RELEASE_MINUTES, where, fault, span)
    else:
        plans = _small(where, fault)

    def done(result: Result) -> None:
        whole.add(result)
        if json_file is not None:  # after each: a run that is cut short keeps its figures
            json_file.write_text(json.dumps(whole.to_json(), indent=2) + "\n")

    all_of(iter(plans), at_once=at_once, keep=keep, done=done)
    click.echo(json.dumps(whole.to_json(), indent=2))
    sys.exit(1 if whole.bad or whole.unfinished else 0)


if __name__ == "__main__":
    main()
