"""Inputs that used to give a wrong figure without a word: the same figures as the sound folder, or a sentence, or a row that
says why there is none."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dashboard import command, shipped
from tests import practice
from tests.whole import one_in

pytestmark = pytest.mark.slow

REFERENCE = shipped.REFERENCES / "2025"
CIP = "3400930000007"
PATIENTS = [(f"p{n}", f"{1940 + n}-03-{n % 27 + 1:02}", "FM"[n % 2]) for n in range(40)]
DAYS = [date(2024, 1, 1) + timedelta(days=9 * n) for n in range(100)]
ACTS = [
    (f"p{n % 40}", day, *code, 1, "d1", "01")
    for n, day in enumerate(DAYS)
    for code in (("ngap", "G"), ("nabm", "1577"), ("ccam", "QEQK004"))
]
DELIVERIES = [
    (f"p{(n + k) % 40}", day, CIP, "C10AA05", 1, 700 + k, "d1", "01") for n, day in enumerate(DAYS) for k in range(12)
]
ABOUT = practice.dataset(covers_from=date(2024, 1, 1), covers_to=date(2026, 5, 31))
Damage = Callable[[Path], Path]


def clean(to: Path) -> Path:
    return practice.write(
        to,
        ABOUT,
        patients=PATIENTS,
        ald=[("p1", 8)],
        acts=ACTS,
        deliveries=DELIVERIES,
        drugs=[(CIP, "C10AA05", None, 700)],
    )


def results(
    capsys: pytest.CaptureFixture[str], folder: Path, *more: str, only: str | None = None
) -> dict[str, tuple[int, str, str]]:
    """Exit code, rows and messages of each result, or of one."""
    asked = {
        "prevention": ["--as-of", "2026-05-31"],
        "sobriety": ["--year", "2025", "--reference", str(REFERENCE)],
        "forfait": ["--year", "2025", "--version", "convention_2024"],
    }
    found = {}
    for verb, options in asked.items() if only is None else [(only, asked[only])]:
        code = command.main([verb, str(folder), "--doctor", "all", *options, *more])
        said = capsys.readouterr()
        found[verb] = code, said.out, said.err
    return found


def rewritten(table: str, change: Callable[[pa.Table], pa.Table]) -> Damage:
    def damage(folder: Path) -> Path:
        file = folder / f"{table}.parquet"
        pq.write_table(change(pq.read_table(file)), file)
        return folder

    return damage


def column(name: str, change: Callable[[pa.ChunkedArray], pa.Array]) -> Callable[[pa.Table], pa.Table]:
    return lambda rows: rows.set_column(rows.schema.get_field_index(name), name, change(rows[name]))


def twice(table: str) -> Damage:
    def damage(folder: Path) -> Path:
        rows = pq.read_table(folder / f"{table}.parquet")
        (folder / f"{table}.parquet").unlink()
        (folder / table).mkdir()
        for name in ("export.parquet", "export (1).parquet"):
            pq.write_table(rows, folder / table / name)
        return folder

    return damage


def without_month(table: str, first: date, last: date) -> Damage:
    kept = (pc.field("date") < first) | (pc.field("date") > last)
    return rewritten(table, lambda rows: rows.filter(kept))


def neighbour(folder: Path) -> Path:
    """A folder named like a pattern that would also read the folder beside."""
    other = folder.with_name("export 1")
    folder.rename(folder.with_name("export [1]"))
    practice.write(other, ABOUT, patients=PATIENTS, acts=[*ACTS, *ACTS], deliveries=[*DELIVERIES, *DELIVERIES])
    return other.with_name("export [1]")


SAME: dict[str, Damage] = {
    "acts in lower case": rewritten("acts", column("code", pc.utf8_lower)),
    "classes in lower case": rewritten("deliveries", column("atc", pc.utf8_lower)),
    "codes with a space": rewritten("acts", column("code", lambda codes: pc.binary_join_element_wise(codes, "", " "))),
    "a neighbour's folder": neighbour,
    "no death, as the SNDS writes it": rewritten(
        "patients", column("died_on", lambda days: pa.array([date(1600, 1, 1)] * len(days), pa.date32()))
    ),
    "an ALD open to 9999": rewritten(
        "ald", column("to_date", lambda days: pa.array([date(9999, 12, 31)] * len(days), pa.date32()))
    ),
    "a list registered again": rewritten(
        "registrations",
        lambda rows: pa.concat_tables(
            [rows, column("from_date", lambda d: pa.array([date(2024, 1, 1)] * len(d), pa.date32()))(rows)]
        ),
    ),
}


SOUND: dict[str, tuple[int, str, str]] = {}
"""Results of the sound folder, once they were asked for."""


@pytest.mark.parametrize("kind", one_in(2, list(SAME)))
def test_another_spelling_of_the_same_gives_the_same_figures(tmp_path: Path, capsys, kind: str):
    SOUND.update(SOUND or results(capsys, clean(tmp_path / "sound")))
    found = results(capsys, SAME[kind](clean(tmp_path / "export")))
    assert {verb: one[:2] for verb, one in found.items()} == {verb: one[:2] for verb, one in SOUND.items()}
    assert all(one[0] == 0 for one in found.values())


BLOCKED: dict[str, tuple[Damage, str]] = {
    "a file twice": (twice("deliveries"), "ont le même contenu"),
    "the lines twice in one file": (
        rewritten("deliveries", lambda rows: pa.concat_tables([rows, rows])),
        "en répètent une autre",
    ),
    "euros for cents": (
        rewritten("deliveries", column("base_cents", lambda c: pc.divide(c, 100))),
        "des euros à la place de centimes",
    ),
    "boxes taken back as if paid": (
        rewritten("deliveries", column("base_cents", lambda cents: pc.negate(cents))),
        "de signe contraire",
    ),
}


@pytest.mark.parametrize("kind", BLOCKED)
def test_amounts_in_doubt_leave_a_row_without_figures(tmp_path: Path, capsys, kind: str):
    damage, words = BLOCKED[kind]
    folder = damage(clean(tmp_path / "export"))
    found = results(capsys, folder)
    assert [found[verb][0] for verb in found] == [0, 0, 0]
    (row,) = csv.DictReader(io.StringIO(found["sobriety"][1]))
    assert row["reason_code"] == "donnees_douteuses"
    assert words in row["reason"]
    assert [row[name] for name in ("ratio", "observed_cents", "boxes", "expected_cents")] == [""] * 4
    assert all(words in one[2].splitlines()[0] for one in found.values())
    (row,) = csv.DictReader(io.StringIO(results(capsys, folder, "--accept-doubts", only="sobriety")["sobriety"][1]))
    assert row["reason_code"] == "too_few_seen"


def test_a_missing_month_is_a_month_not_covered(tmp_path: Path, capsys):
    folder = without_month("deliveries", date(2025, 3, 1), date(2025, 3, 31))(clean(tmp_path / "export"))
    found = results(capsys, folder)
    (row,) = csv.DictReader(io.StringIO(found["sobriety"][1]))
    assert row["reason_code"] == "not_covered"
    assert "aucune ligne en mars 2025" in row["reason"]
    assert "Délivrances, mars 2025" in found["prevention"][2]
    (row,) = csv.DictReader(io.StringIO(results(capsys, folder, "--accept-doubts", only="sobriety")["sobriety"][1]))
    assert row["reason_code"] == "too_few_seen"


STOPPED: dict[str, tuple[Damage, str]] = {
    "twins under the number of a parent": (
        rewritten(
            "patients",
            column("patient_id", lambda keys: pa.array([f"p{max(n, 4)}" for n in range(len(keys))], pa.string())),
        ),
        "doublon",
    ),
    "keys in other capitals": (rewritten("acts", column("patient_id", pc.utf8_upper)), "patient inconnu"),
}


@pytest.mark.parametrize("kind", STOPPED)
def test_too_many_lines_set_aside_stop_the_results_that_read_them(tmp_path: Path, capsys, kind: str):
    damage, words = STOPPED[kind]
    folder = damage(clean(tmp_path / "export"))
    found = results(capsys, folder)
    assert {verb: one[0] for verb, one in found.items()} == {"prevention": 2, "sobriety": 0, "forfait": 2}
    assert found["prevention"][1] == found["forfait"][1] == ""
    for verb in ("prevention", "forfait"):
        last = found[verb][2].splitlines()[-1]
        assert last.startswith("Données douteuses. ")
        assert words in last
        assert "--accept-doubts" in last
    assert "donnees_douteuses" in found["sobriety"][1]
    assert [one[0] for one in results(capsys, folder, "--accept-doubts").values()] == [0, 0, 0]


TOLD: dict[str, Damage] = {
    "acts after the extraction": rewritten(
        "acts", column("date", lambda days: pa.array([date(2052, 1, 1), *days.to_pylist()[1:]], pa.date32()))
    ),
    "births put for unknown ones": rewritten(
        "patients",
        column("birth_date", lambda days: pa.array([date(1900, 1, 1)] * 2 + days.to_pylist()[2:], pa.date32())),
    ),
    "an end of practice with an open list": rewritten(
        "doctors", column("active_to", lambda days: pa.array([date(2024, 6, 30)] * len(days), pa.date32()))
    ),
}


@pytest.mark.parametrize("kind", TOLD)
def test_what_contradicts_itself_is_counted_before_every_result(tmp_path: Path, capsys, kind: str):
    found = results(capsys, TOLD[kind](clean(tmp_path / "export")))
    assert all("erreur" in one[2].splitlines()[0] for one in found.values())


def test_a_sound_folder_is_said_sound_before_every_result(tmp_path: Path, capsys):
    found = results(capsys, clean(tmp_path / "export"))
    assert {one[2].splitlines()[0] for one in found.values()} == {
        "Vérification : rien d’anormal dans 1 583 lignes lues."
    }


def test_no_reference_is_built_on_a_doubtful_year(tmp_path: Path, capsys):
    folder = twice("deliveries")(clean(tmp_path / "export"))
    asked = ["reference", "build", str(folder), "--year", "2025", "--to", str(tmp_path / "reference")]
    assert command.main(asked) == 2
    refused = capsys.readouterr().err
    assert "Données douteuses. Délivrances : les fichiers" in refused
    assert "--accept-doubts" in refused
    assert not (tmp_path / "reference").exists()
    assert command.main([*asked, "--accept-doubts"]) == 2
    accepted = capsys.readouterr().err
    assert "Données douteuses" not in accepted
    assert "C2S non renseignée pour 40 patients" in accepted


def test_the_data_of_a_relative_path_are_checked_like_others(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    folder = clean(tmp_path / "export")
    TOLD["acts after the extraction"](folder)
    monkeypatch.chdir(tmp_path)
    assert command.main(["check", "export"]) == 1
    assert "acts.parquet, ligne 1 : Le 01/01/2052" in capsys.readouterr().out
