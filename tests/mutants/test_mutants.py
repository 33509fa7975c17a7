"""The list of planted mistakes is true to the code: none has silently become no mistake at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mutants.mistakes import MUTANTS
from tests.mutants.planting import ROOT, Fate, Mutant, failed, tried

ENOUGH = 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_each_has_its_place_and_its_tests(mutant: Mutant) -> None:
    source = (ROOT / mutant.file).read_text("utf-8")
    compile(mutant.planted(source), mutant.file, "exec")  # a mistake that still runs
    assert mutant.tests
    assert [test for test in mutant.tests if not (ROOT / test).is_file()] == []


def test_there_are_enough_and_no_two_of_one_name() -> None:
    assert len({one.name for one in MUTANTS}) == len(MUTANTS) >= ENOUGH


def _tree(folder: Path, *tests: str) -> Path:
    (folder / "sums.py").write_text("def double(x):\n    return x * 2\n")
    (folder / "test_sums.py").write_text("\n\n".join(("from sums import double", *tests)) + "\n")
    return folder


NOTICED = "def test_doubles():\n    assert double(3) == 6"
BLIND = "def test_is_there():\n    assert double"
STUCK = "def test_waits():\n    while double(3) != 6:\n        pass"


@pytest.mark.parametrize(
    ("tests", "fate", "seconds"),
    [
        ([NOTICED], Fate.CAUGHT, 120.0),
        ([BLIND], Fate.SURVIVED, 120.0),
        ([STUCK], Fate.HUNG, 4.0),
        ([], Fate.BROKEN, 120.0),
    ],
    ids=["noticed", "blind", "stuck", "none"],
)
def test_what_the_tests_say_is_the_fate(
    tmp_path: Path, tests: Sequence[str], fate: Fate, seconds: float
) -> None:
    tree = _tree(tmp_path, *tests)
    mutant = Mutant("thrice", "sums.py", "x * 2", "x * 3", ("test_sums.py",))
    assert tried(mutant, tree, seconds=seconds).fate is fate
    assert (tree / "sums.py").read_text() == "def double(x):\n    return x * 2\n"


def test_a_failure_is_seen_though_the_tests_do_not_end() -> None:
    printed = "t/test_a.py::test_1 PASSED [ 3%]\nt/test_a.py::test_2[a b] FAILED [ 6%]\nError"
    assert failed(printed) == "t/test_a.py::test_2[a b]"
    assert failed("t/test_a.py::test_1 PASSED [ 3%]\n") == ""


def test_a_mistake_without_a_place_is_refused() -> None:
    lost = Mutant("lost", "sums.py", "y * 2", "y", ())
    with pytest.raises(ValueError, match="0 times"):
        lost.planted("x * 2")
