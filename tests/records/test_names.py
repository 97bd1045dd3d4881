"""Names are literal: a folder called anything gives the figures it gives elsewhere, or a sentence."""

import contextlib
import io
import shutil
import tempfile
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calculators.given import path as given_path
from calculators.records.folder import list_folder
from calculators.records.store import open_store
from dashboard import command
from tests import practice

PIECES = [*"[]?*~=:`%#&;,$!(){}|<>", *"'\\ ", '"', "\n", "\r", "\t", *"éœ’«»1aF", "sex=F", "..a", "\u202f"]
NASTY = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map("".join)
PEOPLE = [("p1", "1950-03-01", "F"), ("p2", "1948-07-09", "M"), ("p3", "1990-01-01", "F")]
ACTS = [("p1", "2026-01-05", "nabm", "1577"), ("p2", "2025-11-20", "nabm", "0552")]


def usable(name: str) -> bool:
    return name not in (".", "..") and len(name.encode()) < 200


def readable(name: str) -> bool:
    """Can DuckDB be told this name? Else it is told to the user."""
    return not ("\\" in name and set(name) & set("[*?"))


def verdicts(folder: Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command.main(["prevention", str(folder), "--doctor", "all", "--as-of", "2026-06-30"])
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return practice.write(tmp_path_factory.mktemp("noms") / "cabinet", patients=PEOPLE, acts=ACTS)


@pytest.fixture(scope="module")
def wanted(plain: Path) -> tuple[int, str, str]:
    return verdicts(plain)


@pytest.mark.slow
@settings(max_examples=3)
@given(name=NASTY.filter(usable))
@example("export[1]")
@example("sex=F")
@example("Données [2025]")
@example("~")
@example("a:as_of")
@example("*")
@example("l’été\nà deux lignes")
@example('"entre guillemets"')
@example("file:")
@example("é" * 95)
def test_a_folder_of_any_name_gives_the_same_figures(plain: Path, wanted: tuple[int, str, str], name: str):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "dessus=M" / name
        folder.parent.mkdir()
        shutil.copytree(plain, folder, ignore=shutil.ignore_patterns(".tableau-mt*"))
        if readable(name):
            assert verdicts(folder) == wanted
            assert verdicts(folder) == wanted  # and once more, from the store beside the data
        else:
            code, out, said = verdicts(folder)
            assert (code, out, "renommez le dossier" in said) == (2, "", True)


def test_the_patients_printed_are_those_of_the_folder_named(tmp_path: Path):
    practice.write(tmp_path / "export1", patients=[("voisine", "1950-01-01", "F")])
    practice.write(tmp_path / "export[1]", patients=[("mienne", "1950-01-01", "F")])
    code, out, _ = verdicts(tmp_path / "export[1]")
    assert code == 0
    assert "mienne" in out
    assert "voisine" not in out


def test_partitions_are_read_below_the_table_s_own_folder_only(tmp_path: Path):
    folder = practice.write(tmp_path / "sex=M" / "cabinet", patients=PEOPLE)
    table = pq.read_table(folder / "patients.parquet")
    (folder / "patients.parquet").unlink()
    for sex in ("F", "M"):
        place = folder / "patients" / f"sex={sex}"
        place.mkdir(parents=True)
        own = table.filter(pc.equal(table["sex"], sex))
        pq.write_table(own.drop_columns(["sex"]), place / "un.parquet")
    found = open_store(folder).engine().fetch("select sex, count(*) as n from patients group by sex order by sex")
    assert found.to_pylist() == [{"sex": "F", "n": 2}, {"sex": "M", "n": 1}]
    assert list_folder(folder).partition(folder / "patients" / "sex=F" / "un.parquet") == {"sex": "F"}


@pytest.mark.parametrize("written", ['"{}"', "'{}'", "« {} »", "  {}  ", "file://{}", "FILE://localhost{}", "“{}”"])
def test_a_path_pasted_as_people_paste_them_is_understood(plain: Path, written: str):
    assert given_path(written.format(plain)) == plain


def test_a_url_keeps_its_spaces_and_accents(tmp_path: Path):
    folder = tmp_path / "Données d’été"
    folder.mkdir()
    assert given_path(folder.as_uri()) == folder


def test_what_exists_is_taken_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in ("~", '"x"', "file:y", " z "):
        Path(name).mkdir()
        assert given_path(name) == Path(name)


@pytest.mark.parametrize(
    ("given_name", "said"),
    [
        ("x" * 300, "trop long"),
        ("y" * 5000, "ne peut pas être un chemin"),
        ("a\0b", "ne peut pas être un chemin"),
        ("~/nulle-part", "n’existe pas"),
    ],
)
def test_a_path_that_is_none_gets_a_sentence(given_name: str, said: str, capsys: pytest.CaptureFixture[str]):
    with contextlib.suppress(SystemExit):
        code = command.main(["prevention", given_name, "--doctor", "all", "--as-of", "2026-06-30"])
        assert code == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


def test_a_file_given_for_a_folder_is_told_which_folder(plain: Path):
    code, _, said = verdicts(plain / "patients.parquet")
    assert (code, str(plain) in said) == (2, True)
    assert "est un fichier" in said
