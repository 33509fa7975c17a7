"""The limit of file handles, in a process of its own: a limit taken is not given back."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.processes import ROOT

ASK = """
import resource
from web import handles
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(handles.raise_limit(), handles.limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "word"), [(256, 2_048, "few_below"), (512, 6_000, "now=6000")]
)
def test_the_limit_is_raised_to_the_hard_one_and_said(soft, hard, word):
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(soft=soft, hard=hard)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    *logged, figures = done.stdout.splitlines()
    assert figures.split() == [str(hard)] * 3
    assert "handles.limit" in logged[0]
    assert word in logged[0]
