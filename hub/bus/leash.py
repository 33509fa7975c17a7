"""Starts a program that dies with the process that asked for it. Run as a script, by path.

    python -I -S leash.py (kernel|pipe) PARENT PROGRAM ARGUMENTS…

`kernel` (Linux): asks the kernel for SIGKILL when the parent goes, then becomes the program.
`pipe` (elsewhere): stays, holds the parent's pipe as standard input, and ends the program when that
pipe closes, which it does however the parent died.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1


def by_kernel(parent: int, program: list[str]) -> None:
    """This process is the program now, and ends when its parent does."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # the parent went before the kernel was asked
        raise SystemExit(1)
    os.execv(program[0], program)  # noqa: S606 the path is ours


def by_pipe(program: list[str]) -> None:
    """The program has ended: by itself, or because standard input closed or we were told to."""
    told: list[int] = []
    # Before the program runs: told in between, it would be left behind.
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    child = subprocess.Popen(program, stdin=subprocess.DEVNULL)  # noqa: S603 the path is ours
    while child.poll() is None:
        ready, _, _ = select.select([0], [], [], 0.2)
        if told or (ready and not os.read(0, 1)):
            child.kill()
    raise SystemExit(child.wait())


if __name__ == "__main__":
    way, parent_pid, *command = sys.argv[1:]
    by_kernel(int(parent_pid), command) if way == "kernel" else by_pipe(command)
