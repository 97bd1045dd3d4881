"""The command: names, columns, exit codes, and what each mistake gets."""

import csv
import io
import json
import re
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard import command, export, shipped
from tests import practice

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]

PREVENTION = [
    *("patient_id", "doctor_id", "indicator", "status", "population", "excluded_by", "last_on", "count", "required"),
    *("missing", "due_on", "actionable_on", "validated"),
]
SOBRIETY = [
    *("doctor_id", "year", "patients", "observed_cents", "expected_cents", "ratio", "se", "low_95", "high_95"),
    *("low_998", "high_998", "reliability", "shrunk_ratio", "verdict", "reason"),
]
SHIPPED_REFERENCE = shipped.REFERENCES / "2025"
FORFAIT = ["doctor_id", "patient_id", "part", "line", "amount_cents", "due_on", "basis"]


def run(*arguments: object) -> int:
    """Exit code of a command."""
    try:
        return command.main([str(argument) for argument in arguments])
    except SystemExit as leaving:
        return int(leaving.code or 0)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.slow
def test_prevention_writes_csv_on_standard_output_and_messages_elsewhere(practices: Path, capsys):
    assert run("prevention", practices, "--doctor", "dr-boyer", "--as-of", "2026-12-31") == 0
    said = capsys.readouterr()
    rows = table(said.out)
    assert list(rows[0])[: len(PREVENTION)] == PREVENTION
    assert {row["doctor_id"] for row in rows} == {"dr-boyer"}
    assert {row["validated"] for row in rows} == {"true", "false"}
    assert {row["population"] for row in rows if row["status"] == "not_eligible"} == {""}
    assert all(date.fromisoformat(row["last_on"]) for row in rows if row["last_on"])
    assert "30 juin 2026" in said.err


@pytest.mark.slow
def test_in_the_prolonged_season_the_flu_vaccine_can_be_given_today(practices: Path, capsys):
    run("prevention", practices, "--doctor", "all", "--as-of", "2026-02-10")
    rows = table(capsys.readouterr().out)
    due = [row for row in rows if (row["indicator"], row["status"]) == ("vaccin_grippe", "due")]
    assert due
    assert {row["actionable_on"] for row in due} == {"2026-02-10"}


def test_several_missing_acts_are_joined_in_one_cell(practices: Path, capsys):
    run("prevention", practices, "--doctor", "all", "--as-of", "2026-06-30")
    assert any(" ; " in row["missing"] for row in table(capsys.readouterr().out))


def test_the_set_may_be_a_file_of_ones_own(practices: Path, tmp_path: Path, capsys):
    own = tmp_path / "sets" / "le_mien.toml"
    own.parent.mkdir()
    own.write_text('id = "le_mien"\nlabel = "Le mien"\nindicators = ["vaccin_grippe"]\n')
    assert run("prevention", practices, "--doctor", "all", "--as-of", "2026-06-30", "--set", own) == 0
    assert {row["indicator"] for row in table(capsys.readouterr().out)} == {"vaccin_grippe"}


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json"])
def test_results_are_the_same_whatever_the_file(practices: Path, tmp_path: Path, capsys, suffix: str):
    out = tmp_path / f"etat.{suffix}"
    asked = ("prevention", practices, "--doctor", "dr-ardant", "--as-of", "2026-06-30")
    assert run(*asked) == 0
    screen = capsys.readouterr().out
    assert run(*asked, "--out", out) == 0
    assert capsys.readouterr().out == ""
    rows = table(screen)
    if suffix == "csv":
        assert out.read_text(encoding="utf-8") == screen
    elif suffix == "parquet":
        assert pq.read_table(out)["status"].to_pylist() == [row["status"] for row in rows]
        assert {type(missing) for missing in pq.read_table(out)["missing"].to_pylist()} == {list, type(None)}
    else:
        assert [row["due_on"] or "" for row in json.loads(out.read_text("utf-8"))] == [row["due_on"] for row in rows]
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_a_reference_is_built_then_serves_the_ratio(practices: Path, tmp_path: Path, capsys):
    reference = tmp_path / "reference"
    assert run("reference", "build", practices, "--year", 2025, "--to", reference) == 0
    assert run("sobriety", practices, "--doctor", "all", "--year", 2025, "--reference", reference) == 0
    rows = table(capsys.readouterr().out)
    assert list(rows[0])[: len(SOBRIETY)] == SOBRIETY
    observed, expected = (sum(float(row[name]) for row in rows) for name in ("observed_cents", "expected_cents"))
    assert observed == pytest.approx(expected)


@pytest.mark.slow
def test_a_reference_of_too_few_doctors_is_not_published_and_a_larger_one_is(practices: Path, tmp_path: Path, capsys):
    reference = tmp_path / "reference"
    assert run("reference", "build", practices, "--year", 2025, "--to", reference) == 0
    assert run("reference", "publish", reference, "--to", tmp_path / "copie") == 2
    assert re.search(r"est faite de \d médecins", capsys.readouterr().err)
    assert run("reference", "publish", SHIPPED_REFERENCE, "--to", tmp_path / "copie") == 0
    assert "2 813 médecins" in capsys.readouterr().err
    assert run("sobriety", practices, "--doctor", "all", "--year", 2025, "--reference", tmp_path / "copie") == 0
    said = capsys.readouterr()
    assert "données fictives, copie publiée" in said.err  # a reference that is named is told
    assert "2 813 médecins" in said.err
    assert str(tmp_path / "copie") in said.err
    rows = table(said.out)
    assert {(row["own_weight"], row["ratio_without_self"], row["reference_doctors"]) for row in rows} == {
        ("", "", "2813")
    }
    assert any(row["ratio"] for row in rows)


@pytest.mark.parametrize(("year", "nearest"), [(2026, 2025), (2029, 2025)])
def test_a_year_the_data_do_not_hold_is_told_with_the_nearest_and_the_rows_say_why(
    practices: Path, capsys, year: int, nearest: int
):
    assert run("sobriety", practices, "--doctor", "all", "--year", year) == 0
    said = capsys.readouterr()
    assert f"ne couvrent pas toute l’année {year} ; l’année complète la plus proche est {nearest}." in said.err
    rows = table(said.out)
    assert {(row["ratio"], row["reason_code"]) for row in rows} == {("", "other_year")}


@pytest.mark.slow
def test_the_history_of_one_patient_is_told_to_be_too_short_for_a_ratio(tmp_path: Path, capsys):
    folder = practice.write(
        tmp_path / "d", patients=[("p1", "1970-01-11", "F")], acts=[], deliveries=[], ald=[], c2s=[]
    )
    assert run("sobriety", folder, "--doctor", "all", "--year", 2025, "--reference", SHIPPED_REFERENCE) == 0
    said = capsys.readouterr()
    assert "ce dossier n’a que 1 patient ; un ratio en demande plus de 100" in said.err
    assert [row["reason_code"] for row in table(said.out)] == ["too_few_seen"]


def test_real_data_are_not_compared_with_the_fictitious_reference(record: Path, capsys):
    assert run("sobriety", record, "--doctor", "all", "--year", 2020) == 2
    assert "montant" in capsys.readouterr().err  # what no reference would cure comes first


def test_forfait_pays_the_indicators_that_prevention_validates(practices: Path, capsys):
    run("prevention", practices, "--doctor", "dr-caumont", "--as-of", "2025-12-31")
    validated = [row for row in table(capsys.readouterr().out) if row["validated"] == "true"]
    asked = ("forfait", practices, "--doctor", "dr-caumont", "--year", 2025, "--version", "convention_2024")
    assert run(*asked) == 0
    rows = table(capsys.readouterr().out)
    assert list(rows[0])[: len(FORFAIT)] == FORFAIT
    paid = {(row["patient_id"], row["line"]) for row in rows if row["part"] == "prevention"}
    assert paid == {(row["patient_id"], row["indicator"]) for row in validated}
    assert paid


def test_a_scenario_changes_the_version_it_names(practices: Path, tmp_path: Path, capsys):
    scenario = tmp_path / "plus.toml"
    scenario.write_text('base = "convention_2024"\n[change]\n"socle.de_7_a_74_ans" = 12\n')
    asked = ("forfait", practices, "--doctor", "dr-boyer", "--year", 2025, "--version")
    assert run(*asked, "convention_2024", "--scenario", scenario) == 0
    rows = table(capsys.readouterr().out)
    assert {row["amount_cents"] for row in rows if row["line"] == "de_7_a_74_ans"} == {"1200"}
    assert run(*asked, "option_2", "--scenario", scenario) == 2
    assert "convention_2024" in capsys.readouterr().err


@pytest.mark.slow
def test_check_tells_clean_from_faulty_from_unusable(tmp_path: Path, capsys):
    clean = practice.write(tmp_path / "net", patients=[("p1", "1970-01-11", "F")])
    faulty = practice.write(tmp_path / "faute", patients=[("p1", "1970-01-11", "X")])
    assert run("check", clean) == 0
    capsys.readouterr()
    assert run("check", faulty, "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["problems"]
    assert run("check", tmp_path / "absent") == 2


MISTAKES = [
    (("prevention", "{practices}", "--doctor", "dr-boyet", "--as-of", "2026-06-30"), "dr-boyer"),
    (("prevention", "{practices}", "--doctor", "all", "--as-of", "30/06/2026"), "2025-12-31"),
    (
        ("prevention", "{practices}", "--doctor", "all", "--as-of", "2026-06-30", "--set", "convention"),
        "convention_2024",
    ),
    (("prevention", "{practices}", "--doctor", "all", "--as-of", "2026-06-30", "--out", "x.xlsx"), ".parquet"),
    (("prevention", "{practices}", "--doctor", "all", "--as-of", "2026-06-30", "--out", "absent/x.csv"), "absent"),
    (("prevention", "{practices}", "--doctor", "all"), "--as-of"),
    (("forfait", "{practices}", "--doctor", "all", "--year", "2025", "--version", "option"), "option_1"),
    (("sobriety", "{practices}", "--doctor", "all", "--year", "25"), "2025"),
    (("sobriety", "{practices}", "--doctor", "all", "--year", "2025", "--reference", "absent"), "absent"),
    (("check", "absent"), "dataset.toml"),
    (("prevantion", "x"), "prevention"),
]


@pytest.mark.parametrize(("arguments", "hint"), MISTAKES)
def test_a_mistake_gets_a_sentence_that_says_what_would_be_right(arguments, hint, practices: Path, capsys):
    assert run(*(argument.format(practices=practices) for argument in arguments)) == 2
    said = capsys.readouterr()
    assert hint in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_an_unforeseen_fault_is_one_sentence(practices: Path, capsys, monkeypatch):
    def broken(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError("division")

    monkeypatch.setattr(export, "write_csv", broken)
    assert run("prevention", practices, "--doctor", "all", "--as-of", "2026-06-30") == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


def results(practices: Path, *more: object) -> int:
    return run("prevention", practices, "--doctor", "all", "--as-of", "2026-06-30", *more)


def test_a_result_replaces_no_file_unless_told_to(practices: Path, tmp_path: Path, capsys):
    out = tmp_path / "r.csv"
    out.write_text("à moi")
    assert results(practices, "--out", out) == 2
    assert "existe déjà" in capsys.readouterr().err
    assert out.read_text() == "à moi"
    assert results(practices, "--out", out, "--force") == 0
    assert out.read_text().startswith("patient_id,")
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", ["r.csv", "sous/r.csv", "../{name}/r.csv"])
def test_a_result_never_lands_among_the_data(practices: Path, place: str, capsys):
    assert results(practices, "--out", practices / place.format(name=practices.name)) == 2
    assert "dans le dossier des données" in capsys.readouterr().err


@pytest.mark.slow
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe_unless_raw(tmp_path: Path, capsys):
    folder = practice.write(tmp_path / "cabinet", patients=[("=1+1", "1950-01-01", "F"), ("-p2", "1950-01-01", "F")])
    arguments = ("prevention", folder, "--doctor", "all", "--as-of", "2026-06-30")
    assert run(*arguments) == 0
    assert {row["patient_id"] for row in table(capsys.readouterr().out)} == {"'=1+1", "'-p2"}
    assert run(*arguments, "--raw") == 0
    assert {row["patient_id"] for row in table(capsys.readouterr().out)} == {"=1+1", "-p2"}


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (OSError(28, "No space left on device", "/disque/x"), "plus de place sur le disque"),
        (PermissionError(13, "Permission denied", "/disque/x"), "l’accès est refusé"),
        (OSError(5, "Input/output error"), "ne répond pas bien"),
        (OSError(9999, "?"), "code 9999"),
        (MemoryError(), "La mémoire ne suffit pas"),
        (RecursionError(), "niveaux imbriqués"),
        (duckdb.IOException("IO Error: truncated"), "tableau-mt check"),
        (pa.ArrowInvalid("Parquet magic bytes not found"), "tableau-mt check"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), "UTF-8"),
    ],
)
@pytest.mark.slow
def test_a_fault_of_a_library_or_of_the_machine_is_a_french_sentence(practices: Path, capsys, monkeypatch, fault, hint):
    def broken(*_given: object, **_named: object) -> None:
        raise fault

    monkeypatch.setattr(export, "write_csv", broken)
    assert results(practices) == 2
    said = capsys.readouterr().err
    assert hint in said
    assert "imprévue" not in said


@pytest.mark.slow
@pytest.mark.parametrize("output", [">&-", "> /dev/full", "| head -1 > /dev/null", "2>&- > /dev/null"])
def test_an_output_that_is_closed_or_full_ends_in_french(practices: Path, tmp_path: Path, output: str):
    given = f"'{practices}' --doctor all --as-of 2026-06-30"
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -W ignore -m dashboard prevention {given} {output}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Exception ignored" not in done.stderr
    assert "Traceback" not in done.stderr
    full = ">&-" in output.split() or "full" in output
    assert done.returncode == (2 if full else 0), done.stderr
    assert ("sortie" in done.stderr or "place" in done.stderr) == full


def test_a_busy_port_is_named(practices: Path, capsys):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert run("serve", practices, "--port", port, "--no-browser") == 2
        assert str(port) in capsys.readouterr().err


def test_the_help_is_in_french(capsys):
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert "utilisation" in shown
    assert not {"usage", "show this help", "positional"} & set(shown.lower().split(":"))


@pytest.mark.slow
def test_streamlit_is_not_loaded_by_the_other_commands():
    code = "import sys, dashboard.command.compare, dashboard.command.scenario; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_excel_export_cannot_run_a_formula():
    content = export.excel_csv(pa.table({"patient": ["=1+1", "p2"], "ratio": [1.5, None], "n": [-3, 2]}))
    assert content.decode("utf-8") == "\ufeffpatient;ratio;n\r\n'=1+1;1,5;-3\r\np2;;2\r\n"


@pytest.mark.parametrize(("day", "word"), [("2030-01-01", "s’arrêtent au"), ("2010-01-01", "commencent au")])
def test_a_day_outside_the_data_is_said_with_the_nearest_and_the_rows_are_written(tmp_path: Path, capsys, day, word):
    about = practice.dataset(covers_from=date(2021, 1, 1))
    folder = practice.write(tmp_path / "d", about, patients=[("p1", "1950-03-01", "F")])
    assert command.main(["prevention", str(folder), "--doctor", "all", "--as-of", day]) == 0
    written = capsys.readouterr()
    assert word in written.err
    assert "jour le plus proche est le" in written.err
    assert len(written.out.splitlines()) > 1
