"""`python -m tests.bench.table FILE…`: measured documents as the tables of docs/BENCHMARKS.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Document = Mapping[str, Any]


def tables(documents: Sequence[Document]) -> str:
    """One table of ratios and one of figures for each bench, over all documents' runs."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        for bench in document["benches"]:
            found.setdefault(bench["bench"], []).append(bench)
    return "\n".join(line for name, runs in found.items() for line in _bench(name, runs))


def _bench(name: str, runs: Sequence[Document]) -> Iterator[str]:
    size = ", ".join(f"{key} {value}" for key, value in runs[0]["size"].items())
    yield f"### {name} ({size})\n"
    yield "| ratio or limit | target | " + " | ".join(_heading(run) for run in runs) + " |"
    yield "|---|---|" + "---|" * len(runs)
    for kind in ("ratios", "limits"):
        for key, one in runs[0][kind].items():
            cells = " | ".join(_spread(run[kind][key]) for run in runs)
            yield f"| {key} | {one.get('target', '')} | {cells} |"
    yield ""
    names = _names(runs[-1])
    yield "| contender, medians of the last run | " + " | ".join(names) + " |"
    yield "|---|" + "---|" * len(names)
    for contender, figures in runs[-1]["contenders"].items():
        values = [f"{figures[key]['median']:g}" if key in figures else "" for key in names]
        yield f"| {contender} | " + " | ".join(values) + " |"
    yield ""


def _heading(run: Document) -> str:
    return f"min / **median** / max of {run['rounds']} rounds, load {max(run['load_average']):g}"


def _spread(one: Document) -> str:
    return f"{one['min']:g} / **{one['median']:g}** / {one['max']:g}"


def _names(run: Document) -> list[str]:
    """The figures of any contender, in the order they were first given."""
    names = (key for figures in run["contenders"].values() for key in figures)
    return list(dict.fromkeys(names))


if __name__ == "__main__":
    print(tables([json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:]]))
