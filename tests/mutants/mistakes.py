"""The mistakes of `mistakes.toml`, as values."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.mutants.planting import Mutant

_FILE = Path(__file__).with_name("mistakes.toml")


def _read() -> tuple[Mutant, ...]:
    listed = tomllib.loads(_FILE.read_text("utf-8"))["mutant"]
    return tuple(Mutant(**{**one, "tests": tuple(one["tests"])}) for one in listed)


MUTANTS = _read()
