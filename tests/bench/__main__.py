"""`python -m tests.bench NAME [--rounds N] [--json FILE]`: measure, and print one JSON document."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import answers, dispatch, fanout, planning, planning_postgres
from tests.bench.harness import machine

Run = Callable[..., Awaitable[dict[str, Any]]]

BENCHES: Mapping[str, Run] = {
    "planning": planning.run,
    "planning-postgres": planning_postgres.run,
    "dispatch": dispatch.run,
    "fanout": fanout.run,
    "answers": answers.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benches asked for; 0 when all could be measured, whatever their figures."""
    asked = _parser().parse_args(arguments)
    names = list(BENCHES) if asked.name == "all" else [asked.name]
    report = asyncio.run(_report(names, rounds=asked.rounds, size=asked.size))
    text = json.dumps(report, indent=2)
    if asked.json is not None:
        asked.json.write_text(text + "\n", encoding="utf-8")
    print(text)
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


async def _report(names: Sequence[str], *, rounds: int, size: int | None) -> dict[str, Any]:
    given = {} if size is None else {"size": size}
    found = []
    for name in names:
        print(f"{name}: measuring …", file=sys.stderr, flush=True)
        found.append(await BENCHES[name](rounds=rounds, **given))
    return {"machine": machine(), "benches": found}


if __name__ == "__main__":
    sys.exit(main())
