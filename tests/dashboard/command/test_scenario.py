"""`compare` and `scenario check`: what they write, what they refuse, and how they say it."""

from pathlib import Path

import pytest

from calculators import french
from tests import practice
from tests.dashboard.command.test_command import run, table

pytestmark = pytest.mark.slow


def scenario(folder: Path, change: str, base: str = "convention_2024") -> Path:
    file = folder / "essai.toml"
    file.write_text(f'base = "{base}"\nlabel = "Essai"\n[change]\n{change}\n', encoding="utf-8")
    return file


def test_compare_puts_every_agreement_beside_the_first_one(practices: Path, tmp_path: Path, capsys):
    file = scenario(tmp_path, '"socle.ald_des_80_ans" = 120')
    asked = ("compare", practices, "--doctor", "all", "--year", 2025, "--versions", f"fpmt_2024,convention_2024,{file}")
    assert run(*asked) == 0
    rows = table(capsys.readouterr().out)
    assert list(rows[0]) == [
        "doctor_id", "version", "part", "line", "patients", "amount_cents", "difference_cents", "state",
    ]  # fmt: skip
    cents = {(r["doctor_id"], r["version"], r["line"]): int(r["amount_cents"]) for r in rows}
    old = [r for r in rows if r["version"] == "fpmt_2024"]
    assert all(r["difference_cents"] == "0" for r in old)
    for doctor in ("dr-ardant", "dr-boyer", "dr-caumont"):
        mine = [r for r in rows if r["doctor_id"] == doctor]
        totals = {v: sum(int(r["amount_cents"]) for r in mine if r["version"] == v) for v in ("fpmt_2024", "essai")}
        moved = sum(int(r["difference_cents"]) for r in mine if r["version"] == "essai")
        assert moved == totals["essai"] - totals["fpmt_2024"]
        signed, changed = (cents[doctor, version, "ald_des_80_ans"] for version in ("convention_2024", "essai"))
        assert changed * 100 == signed * 120


def test_compare_writes_the_means_only_when_asked(practices: Path, tmp_path: Path):
    asked = ("compare", practices, "--doctor", "dr-boyer", "--year", 2025, "--versions", "fpmt_2024,option_1")
    assert (
        run(*asked, "--out", tmp_path / "sans.csv") == run(*asked, "--with-means", "--out", tmp_path / "avec.csv") == 0
    )
    without, with_means = ((tmp_path / name).read_text() for name in ("sans.csv", "avec.csv"))
    assert "rosp" not in without
    assert "dr-boyer,option_1,rosp,rosp,,0,-536100" in with_means


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ("convention_2024", "au moins deux accords"),
        ("option_1,option_1", "demandé deux fois"),
        ("option_1,option_3", "« option_2 » ou « option_1 »"),
    ],
)
def test_compare_refuses_what_cannot_be_compared(practices: Path, capsys, versions: str, said: str):
    assert run("compare", practices, "--doctor", "all", "--year", 2025, "--versions", versions) == 2
    assert said in capsys.readouterr().err


def test_a_scenario_that_holds_is_told_change_by_change(tmp_path: Path, capsys):
    change = '"socle.ald_des_80_ans" = 120\n"seen.unseen" = "ordinary_line"\n"c2s.par_patient.unseen" = true'
    assert run("scenario", "check", scenario(tmp_path, change)) == 0
    said = capsys.readouterr().out
    assert "Scénario valide : « Essai »" in said
    for line in ("ald_des_80_ans : 100 → 120", "seen.unseen : own_line → ordinary_line", "unseen : non → oui"):
        assert line in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('"socle.ald_des_80_an" = 120', "« socle.ald_des_80_ans »"),
        ('"socle.ald_des_80_ans" = -3', "un montant ne peut pas être négatif"),
        ('"majoration.zip" = 1.2', "100 % au plus"),
        ('"socle.ald_des_80_ans.age.min" = 85', "aucune ligne de socle pour un patient de 80 ans, en ALD"),
        ('"socle.ald_des_80_ans.age.min" = 70', "plusieurs lignes de socle (ald_des_80_ans, ald_avant_80_ans)"),
    ],
)
def test_a_scenario_at_fault_is_refused_with_the_reason(tmp_path: Path, capsys, change: str, said: str):
    assert run("scenario", "check", scenario(tmp_path, change)) == 2
    assert said in capsys.readouterr().err


def test_an_unknown_agreement_in_a_scenario_names_the_known_ones(tmp_path: Path, capsys):
    assert run("scenario", "check", scenario(tmp_path, "", "convention_2025")) == 2
    assert "convention_2024" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("nan", "« socle.ald_des_80_ans » : un nombre fini est attendu"),
        ("inf", "« socle.ald_des_80_ans » : un nombre fini est attendu"),
        ("true", "« socle.ald_des_80_ans.amount » vaut « true » ; un nombre est attendu"),
        ("2026-01-01", "« socle.ald_des_80_ans » : un nombre, un mot, true ou false est attendu"),
        ("[1, 2]", "« socle.ald_des_80_ans » : un nombre, un mot, true ou false est attendu"),
        ("-1", "un montant ne peut pas être négatif"),
        ("1000.01", "1 000 euros par an et par patient au plus"),
        ("5.001", "deux décimales au plus"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_a_sentence(tmp_path: Path, capsys, value: str, told: str):
    assert run("scenario", "check", scenario(tmp_path, f'"socle.ald_des_80_ans" = {value}')) == 2
    said = capsys.readouterr()
    assert told in french.plain(said.err)
    assert not said.out


def test_the_largest_amount_is_taken(tmp_path: Path, capsys):
    assert run("scenario", "check", scenario(tmp_path, '"socle.ald_des_80_ans" = 1000')) == 0


SIGNED = ("--version", "convention_2024")


def test_what_to_know_before_the_pay_goes_to_standard_error_and_the_rows_are_written(practices: Path, capsys):
    asked = ("forfait", practices, "--doctor", "all", "--year", 2025, "--version", "convention_2024")
    assert run(*asked) == 0
    said = capsys.readouterr()
    assert (
        "« Convention médicale 2024, forfait médecin traitant (FMT) » s’applique depuis 2026, pas en 2025" in said.err
    )
    assert "choisissez l’année 2026 ou « Forfait patientèle médecin traitant 2024-2025 »" in said.err
    assert len(table(said.out)) > 100
    assert run("forfait", practices, "--doctor", "all", "--year", 2026, *SIGNED) == 0
    assert "s’applique" not in capsys.readouterr().err


def test_a_list_of_one_is_said_and_written(tmp_path: Path, capsys):
    folder = practice.write(
        tmp_path / "un", patients=[("p0", "1980-01-01", "F")], registrations=[("p0", "d1", "2018-01-01")]
    )
    assert run("forfait", folder, "--doctor", "d1", "--year", 2026, *SIGNED) == 0
    said = capsys.readouterr()
    assert "un seul patient sur la liste de d1" in said.err
    assert [row["line"] for row in table(said.out)] == ["de_7_a_74_ans"]


def test_the_three_figures_of_a_year_are_asked_by_their_state(practices: Path, capsys):
    totals = {}
    for state in ("acquis", "tendance", "plein"):
        assert run("forfait", practices, "--doctor", "dr-ardant", "--year", 2026, *SIGNED, "--state", state) == 0
        rows = table(capsys.readouterr().out)
        assert list(rows[0])[-1] == "state"
        assert {row["state"] for row in rows} == {state}
        totals[state] = sum(int(row["amount_cents"]) for row in rows)
    assert totals["acquis"] < totals["tendance"] <= totals["plein"]
    assert run("forfait", practices, "--doctor", "dr-ardant", "--year", 2026, *SIGNED) == 0
    assert {row["state"] for row in table(capsys.readouterr().out)} == {"acquis"}
    assert run("forfait", practices, "--doctor", "dr-ardant", "--year", 2026, *SIGNED, "--state", "tout") == 2
