"""A writer killed where a name changes its meaning, or half-way through a write, leaves the old state or the new one, found
again at the next start. At every file operation: `python -m tests.killing`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.killing import SCENARIOS

ROOT = Path(__file__).parent.parent
LEAST = 2
"""Of the shortest writer, stopped half-way through its write and then not at all: fewer would mean that nothing was."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no fork on Windows")
def test_a_writer_killed_where_it_changes_what_is_found_loses_nothing():
    done = subprocess.run([sys.executable, "-m", "tests.killing", "--swaps"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    stopped = {name: int(count) for name, count in map(str.split, done.stdout.splitlines())}
    assert stopped.keys() == SCENARIOS.keys()
    assert min(stopped.values()) >= LEAST, stopped
