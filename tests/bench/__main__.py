"""`python -m tests.bench NAME [--rounds N] [--json FILE]`: measure, and print one JSON document."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import (
    answers,
    curve,
    dispatch,
    fanout,
    hostile,
    planning,
    planning_postgres,
    sizes,
    urgent,
    workers,
)
from tests.bench.harness import machine

Run = Callable[..., Awaitable[dict[str, Any]]]

BENCHES: Mapping[str, Run] = {
    "planning": planning.run,
    "planning-postgres": planning_postgres.run,
    "dispatch": dispatch.run,
    "fanout": fanout.run,
    "answers": answers.run,
    "curve": curve.run,
    "curve-postgres": curve.run_postgres,
    "urgent": urgent.run,
    "urgent-postgres": urgent.run_postgres,
    "workers": workers.run,
    "sizes": sizes.run,
    "hostile": hostile.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benches asked for; 0 when all could be measured, whatever their figures."""
    asked = _parser().parse_args(arguments)
    names = list(BENCHES) if asked.name == "all" else [asked.name]
    report: dict[str, Any] = {"machine": machine(), "benches": []}
    for name in names:
        print(f"{name}: measuring …", file=sys.stderr, flush=True)
        report["benches"].append(asyncio.run(_measured(name, asked)))
        if asked.json is not None:  # after each: what is measured is kept, whatever comes later
            asked.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", choices=[*BENCHES, "all"], help="what to measure")
    parser.add_argument("--rounds", type=_count, default=5, help="turns of each contender")
    parser.add_argument("--size", type=_count, help="deliveries, watchers or people")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the document here too")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 1000000")
    return number


async def _measured(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    given = {} if asked.size is None else {"size": asked.size}
    return await BENCHES[name](rounds=asked.rounds, **given)


if __name__ == "__main__":
    sys.exit(main())
