"""The load of a room in a short form: participants come in by the door, read pages, and click all at once."""

from pathlib import Path

import pytest

from tests import load
from tests.dashboard.serving.server import room

pytestmark = pytest.mark.slow


def test_a_few_participants_read_pages_and_click_at_once(tmp_path: Path):
    with room(tmp_path, ahead=False) as server:
        crowd = load.measure(server, visitors=3, think=0.2, seconds=0.5, seed=2)
    assert len(crowd.at_once) == 3
    assert len(crowd.runs) >= 3  # each has read one page at least, however busy the machine
    assert "all at once" in "\n".join(load.told(crowd))
