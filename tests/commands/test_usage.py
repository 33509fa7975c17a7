"""Words a command does not take: exit 2, and what it does take on standard error."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from hub.cli import main

COMMANDS = (
    "demo rehearse serve worker migrate import launch watch token playbook doctor healthcheck"
).split()


@pytest.mark.parametrize(
    "words",
    [
        ["sing"],
        ["--sing"],
        ["import"],
        ["launch", "fire"],
        ["launch", "fire", "--place", "3"],
        ["launch", "fire", "--place", "3", "--live", "--param", "no-equals"],
        ["launch", "--place", "3", "--live"],
        ["launch", "fire", "--place", "3", "--live", "--drill"],
        ["launch", "fire", "--place", "3", "--drill", "--live", "--json"],
        ["launch", "fire", "--place", "3", "--live", "--announce"],
        ["launch", "fire", "--place", "3", "--live", "--param", "a=1", "--param", "a=2"],
        ["watch", "soon"],
        ["token", "create"],
        ["token", "create", "--role", "god"],
        ["rehearse"],
        ["rehearse", "fire", "--people", "0"],
        ["rehearse", "fire", "--speed", "-1"],
        ["rehearse", "fire", "--profile", "weird"],
        ["demo", "--port", "http"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_and_prints_nothing_on_standard_output(words: list[str]) -> None:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Usage: " in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert "Usage: " in done.stdout


def test_the_version_is_told() -> None:
    from hub import __version__

    assert __version__ in CliRunner().invoke(main, ["--version"]).stdout
