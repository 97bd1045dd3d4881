"""What was opened for a visit is gone with it, or at the next start."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from calculators import visit


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_visit_s_folder_is_its_owner_s_alone_and_goes_with_it():
    with visit.folder() as name:
        assert Path(name).stat().st_mode & 0o777 == 0o700
    assert not Path(name).exists()


def test_what_a_crash_left_is_swept_and_what_is_in_use_stays(tmp_path: Path):
    crashed = subprocess.Popen([sys.executable, "-c", ""])
    crashed.wait()
    left = tmp_path / f"tableau-mt-{crashed.pid}-abc"
    (left / "donnees").mkdir(parents=True)
    (left / "donnees" / "patients.parquet").write_bytes(b"x")
    (tmp_path / "tableau-mt-autre").mkdir()
    kept = visit.folder()
    assert visit.sweep() == [left]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([Path(kept.name).name, "tableau-mt-autre"])
    kept.cleanup()
