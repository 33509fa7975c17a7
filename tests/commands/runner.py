"""Runs `muster` commands one after another, each in a child, held as an ordinary user is.

Reads one JSON list [[words, environment, most bytes of a file or null], …], and prints another,
[[exit code, standard output, standard error], …]. Importing the house once saves a second for each.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence

ROOMS = "cli wiring worker commands.serve commands.demo commands.rehearse commands.backup".split()
SECONDS = 120  # a command that goes on instead of refusing is ended
PR_CAPBSET_DROP, DAC_OVERRIDE, DAC_READ_SEARCH = 24, 1, 2


def held() -> None:
    """Root obeys permissions, too: what it executes from here on cannot override them."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
            if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "prctl")


def child(words: Sequence[str], env: Mapping[str, str], most: int | None) -> None:
    """Ends with the command's exit code."""
    os.environ.clear()
    os.environ.update(env)
    signal.alarm(SECONDS)
    code = 70
    try:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        sys.modules["hub.cli"].main(list(words), prog_name="muster")
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - what a person would see
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def ran(words: Sequence[str], env: Mapping[str, str], most: int | None) -> list[object]:
    (out, out_end), (err, err_end) = os.pipe(), os.pipe()  # files have a limit of their size
    if (pid := os.fork()) == 0:
        os.dup2(out_end, 1)
        os.dup2(err_end, 2)
        child(words, env, most)
    os.close(out_end)
    os.close(err_end)
    with open(out, "rb") as said, open(err, "rb") as told:  # noqa: PTH123 - they are numbers
        texts = [said.read().decode("utf-8", "replace"), told.read().decode("utf-8", "replace")]
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), *texts]


if __name__ == "__main__":
    if "held" not in sys.argv:
        held()  # takes effect for what is executed next
        os.execv(sys.executable, [sys.executable, "-m", "tests.commands.runner", "held"])
    for room in ROOMS:
        importlib.import_module(f"hub.{room}")
    json.dump([ran(*one) for one in json.load(sys.stdin)], sys.stdout)
