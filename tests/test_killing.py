"""A writer killed at any of its file operations leaves the old state or the new one, found again at the next start."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.killing import SCENARIOS

ROOT = Path(__file__).parent.parent
LEAST = 5
"""Operations of the shortest writer: fewer would mean that nothing was stopped."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no fork on Windows")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_writer_killed_at_any_operation_loses_nothing(scenario: str, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.killing", scenario, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > LEAST
