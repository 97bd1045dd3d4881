"""Traces of accesses: each line hangs on the one before; what is changed, added or removed is found; months go in time."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.errors import UserError
from dashboard.command import main
from dashboard.serving import audit
from dashboard.serving.audit import FIELDS, Trail
from dashboard.serving.settings import Audit

START = datetime(2026, 11, 26, 8)


def written(folder: Path, lines: int, apart: timedelta = timedelta(minutes=1)) -> Trail:
    trail = Trail(Audit(folder=folder))
    for place in range(lines):
        trail.note(START + place * apart, "810001234567", "consultation", "M03", "prevention")
    return trail


def test_lines_hang_together_across_months_and_restarts(tmp_path: Path):
    written(tmp_path, 40, timedelta(days=2))
    written(tmp_path, 3)
    found = audit.check(tmp_path)
    assert (found.lines, found.fault) == (43, "")
    assert found.last == audit.last_digest(tmp_path)
    assert len(audit.files(tmp_path)) == 4
    assert {file.stat().st_mode & 0o777 for file in audit.files(tmp_path)} == {0o600}
    line = json.loads(audit.files(tmp_path)[0].read_text().splitlines()[0])
    assert set(line) == {*FIELDS, "before", "digest"}


@given(st.integers(0, 8), st.sampled_from([*FIELDS, "remove", "add", "swap"]), st.text(min_size=1, max_size=4))
def test_any_change_but_of_the_end_is_found(tmp_path_factory: pytest.TempPathFactory, place: int, what: str, text: str):
    folder = tmp_path_factory.mktemp("acces")
    written(folder, 10)
    [file] = audit.files(folder)
    lines = file.read_text(encoding="utf-8").splitlines()
    told = json.loads(lines[place])
    match what:
        case "remove":
            del lines[max(place, 1)]
        case "add":
            lines.insert(place + 1, lines[place])
        case "swap":
            lines[place], lines[place + 1] = lines[place + 1], lines[place]
        case _:
            lines[place] = json.dumps({**told, what: told[what] + text})
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert audit.check(folder).fault


def test_months_are_kept_for_a_year_and_the_rest_still_hangs_together(tmp_path: Path):
    trail = Trail(Audit(folder=tmp_path))
    for month in range(15):
        trail.note(datetime(2025 + month // 12, month % 12 + 1, 3), "a", "connexion")
    assert audit.files(tmp_path)[0].stem == "acces-2025-03"
    assert len(audit.files(tmp_path)) == 13
    assert audit.check(tmp_path).fault == ""


def test_the_command_says_how_many_lines_and_where_the_fault_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    written(tmp_path, 3)
    assert main(["audit", "check", str(tmp_path)]) == 0
    assert f"3\xa0lignes entières ; dernière empreinte : {audit.last_digest(tmp_path)}" in capsys.readouterr().err
    [file] = audit.files(tmp_path)
    file.write_text(file.read_text().replace("M03", "M04", 1))
    assert main(["audit", "check", str(tmp_path)]) == 1
    assert "acces-2026-11.jsonl, ligne 1" in capsys.readouterr().err
    with pytest.raises(UserError, match="Aucun accès"):
        audit.check(tmp_path / "vide")


def test_what_cannot_be_written_down_is_not_shown(tmp_path: Path):
    (tmp_path / "fichier").write_text("")
    with pytest.raises(UserError, match="ne peuvent pas être tracés"):
        written(tmp_path / "fichier" / "acces", 1)
