"""`python -m tests.mutants [NAME …] [--json FILE]`: plants each mistake in a copy of the tree and
runs the tests that must notice. Exit 1 if a dangerous one was not caught by a failing test."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.mistakes import MUTANTS
from tests.mutants.planting import Fate, Mutant, Result, copied, tried

SECONDS = 300.0  # one mistake's tests at most; a mistake may make them hang


def main() -> int:
    asked = _arguments()
    chosen = [one for one in MUTANTS if not asked.names or one.name in asked.names]
    if unknown := set(asked.names) - {one.name for one in MUTANTS}:
        print(f"no such mistake: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="muster-mutants-") as folder, copied(Path(folder)) as t:
        results = [_told(tried(one, t, seconds=SECONDS)) for one in chosen]
    _summary(results)
    if asked.json:
        asked.json.write_text(json.dumps([_plain(one) for one in results], indent=1) + "\n")
    missed = [r for r in results if r.fate is not Fate.CAUGHT and not r.mutant.safe]
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="which mistakes (all)")
    parser.add_argument("--json", type=Path, help="where to write what became of each")
    return parser.parse_args()


def _told(result: Result) -> Result:
    kind = "" if not result.mutant.safe else " (harmless)"
    print(f"{result.fate:9} {result.mutant.name}{kind}: {result.said}", flush=True)
    return result


def _summary(results: Sequence[Result]) -> None:
    counts = {fate: sum(r.fate is fate for r in results) for fate in Fate}
    print(", ".join(f"{count} {fate}" for fate, count in counts.items() if count))


def _plain(result: Result) -> dict[str, object]:
    mutant: Mutant = result.mutant
    return {
        "name": mutant.name,
        "file": mutant.file,
        "dangerous": not mutant.safe,
        "fate": str(result.fate),
        "said": result.said,
    }


if __name__ == "__main__":
    sys.exit(main())
