"""The locks hold everything: they are installed without resolving, so what they lack is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOME = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+?))?(?: \\)?$", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    """Each package of a lock that is for this machine, with its version."""
    text = (HOME / name).read_text(encoding="utf-8")
    lines = [Requirement(f"{one[1]}=={one[2]}" + (f"; {one[3]}" if one[3] else ""))
             for one in PINNED.finditer(text)]  # fmt: skip
    here = [one for one in lines if one.marker is None or one.marker.evaluate()]
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in here}


def needs(name: str, extras: frozenset[str] = frozenset()) -> Iterator[Requirement]:
    for line in metadata.requires(name) or ():
        need = Requirement(line)
        wanted = [{"extra": extra} for extra in extras or {""}]
        if need.marker is None or any(need.marker.evaluate(one) for one in wanted):
            yield need


def fits(version: str | None, need: Requirement) -> bool:
    return version is not None and need.specifier.contains(version, prereleases=True)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_all_it_needs_in_it(name: str) -> None:
    pins = locked(name)
    assert len(pins) > 30
    missing = [
        f"{package} needs {need}"
        for package in pins
        for need in needs(package)
        if not fits(pins.get(canonicalize_name(need.name)), need)
    ]
    assert missing == []


@pytest.mark.parametrize(("name", "extras"), [(LOCKS[0], {"build"}), (LOCKS[1], {"build", "dev"})])
def test_a_lock_fits_what_the_project_asks_for(name: str, extras: set[str]) -> None:
    pins = locked(name)
    for need in needs("muster-hub", frozenset(extras) | {""}):
        assert fits(pins.get(canonicalize_name(need.name)), need), need


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_index(name: str) -> None:
    text = (HOME / name).read_text(encoding="utf-8")
    assert len(re.findall(r"^\S.*\\\n +--hash=sha256:", text, re.MULTILINE)) == len(
        PINNED.findall(text)
    )
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_nothing_is_resolved_where_the_environment_is_made() -> None:
    lines = (HOME / ".ci" / "prepare").read_text(encoding="utf-8").splitlines()
    calls = [line.strip() for line in lines if re.match(r"\s+install --", line)]
    assert calls
    assert all("--no-deps" in line for line in calls)
    assert all("--require-hashes" in line or "--no-build-isolation" in line for line in calls)
