"""A program on a leash ends when the one who holds it does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from hub.bus.valkey import LEASH

LINUX = sys.platform == "linux"


def leashed(way: str, *program: str, parent: int | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-S", str(LEASH), way, str(parent or os.getpid()), *program]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@pytest.mark.parametrize("way", ["kernel", "pipe"] if LINUX else ["pipe"])
def test_it_runs_the_program_and_passes_on_how_it_ended(way: str) -> None:
    with leashed(way, "/bin/sh", "-c", "echo hello; exit 3") as child:
        assert child.stdout is not None
        assert child.stdout.read() == b"hello\n"
    assert child.returncode == 3


def test_by_pipe_the_program_ends_when_the_pipe_closes() -> None:
    with leashed("pipe", "/bin/sh", "-c", "echo up; exec sleep 60") as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        assert child.stdin is not None
        child.stdin.close()
        assert child.stdout.read() == b""  # nobody holds the other end: the program is gone
    assert child.returncode != 0


def test_by_pipe_the_program_ends_when_the_leash_is_asked_to() -> None:
    with leashed("pipe", "/bin/sh", "-c", "echo up; exec sleep 60") as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        child.terminate()
        assert child.stdout.read() == b""


@pytest.mark.skipif(not LINUX, reason="asks the Linux kernel")
def test_by_kernel_nothing_starts_for_a_parent_that_is_gone() -> None:
    with leashed("kernel", "/bin/echo", "never", parent=1_000_000) as child:
        assert child.stdout is not None
        assert child.stdout.read() == b""
    assert child.returncode == 1
