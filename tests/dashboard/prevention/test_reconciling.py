"""The insurer's list on screen, on the command line and in the letter that contests it."""

import csv
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from calculators import rows
from calculators.prevention.assess import Verdict, assess
from calculators.prevention.indicator import load_set
from calculators.prevention.reconcile import Outcome, Reason, They
from calculators.records import identities, intake
from calculators.records import practice as folders
from calculators.records.identities import Identity
from calculators.records.store import open_store
from dashboard import data
from dashboard.command import main
from dashboard.prevention import contest
from dashboard.words import labels
from tests.dashboard.opening import opened, words

pytestmark = pytest.mark.slow

RULES, DAY, DOCTOR = load_set("convention_2024"), date(2026, 6, 30), "dr-ardant"
GIVEN = ("Camille", "Dominique", "Claude", "Alix", "Maxime")
ASKED = ("vaccin_grippe", "depistage_diabete")


def name(number: int) -> str:
    """A name of letters alone for each number."""
    return "Nom" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


@pytest.fixture(scope="module")
def reconciled(tmp_path_factory: pytest.TempPathFactory, practices: Path) -> tuple[Path, Counter[str]]:
    """The small practices with names and a list that calls everybody concerned by two indicators not up to date."""
    to = tmp_path_factory.mktemp("rapprochement")
    shutil.copytree(practices, to / "d")
    verdicts = rows.read(assess(open_store(to / "d"), RULES, DAY, DOCTOR), Verdict)
    patients = {one.patient_id: number for number, one in enumerate(verdicts)}
    births = {row["patient_id"]: row for row in pq.read_table(to / "d" / "patients.parquet").to_pylist()}
    identities.write(
        to / "d", [Identity(one, family=name(n), given=GIVEN[n % len(GIVEN)]) for one, n in patients.items()], b"s" * 32
    )
    with (to / "liste.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Nom", "Prénom", "Date de naissance", "Sexe", "Indicateur", "Statut"])
        for one in verdicts:
            if one.indicator in ASKED and one.status in ("up_to_date", "due"):
                who, number = births[one.patient_id], patients[one.patient_id]
                label = RULES.indicator(one.indicator).label
                writer.writerow(
                    [name(number), GIVEN[number % len(GIVEN)], f"{who['birth_date']:%d/%m/%Y}", who["sex"], label,
                     "Non à jour"]
                )  # fmt: skip
    folders.add(to / "d", intake.take([to / "liste.csv"]).documents, DOCTOR, today=DAY)
    counts = Counter(one.status for one in verdicts if one.indicator in ASKED)
    return to / "d", counts


def test_the_page_counts_what_the_record_answers(reconciled: tuple[Path, Counter[str]]):
    folder, counts = reconciled
    app = opened("rapprochement", dossier=str(folder), medecin=DOCTOR, date=DAY.isoformat())
    assert not app.exception
    assert f"{counts['up_to_date']}" in re.sub(r"\s", "", words(app))
    shown = app.dataframe[0].value
    assert len(shown) == counts["up_to_date"] > 0
    assert set(shown["Bilan"]) == {labels.OUTCOME[Outcome.FOUND]}
    app.selectbox(key="bilan").set_value("tous").run()
    assert len(app.dataframe[0].value) == counts["up_to_date"] + counts["due"]


def test_names_are_in_the_grid_only_while_they_are_shown(reconciled: tuple[Path, Counter[str]]):
    app = opened("rapprochement", dossier=str(reconciled[0]), medecin=DOCTOR, date=DAY.isoformat())
    app.toggle(key="noms").set_value(False).run()
    assert not any("NOM" in name for name in app.dataframe[0].value["Patient"])
    assert "numéro de dossier" in words(app)
    app.toggle(key="noms").set_value(True).run()
    assert all("NOM" in name for name in app.dataframe[0].value["Patient"])
    assert "y sont nommés, parce que" in words(app)


def test_without_a_list_the_page_says_what_to_import(practices: Path):
    app = opened("rapprochement", dossier=str(practices))
    assert "Importez celle que vous avez reçue" in words(app)


def test_the_command_writes_the_rows_and_the_letter(
    reconciled: tuple[Path, Counter[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder, counts = reconciled
    asked = ["reconcile", str(folder), "--doctor", DOCTOR, "--as-of", DAY.isoformat()]
    letter = tmp_path / "lettre.html"
    assert main([*asked, "--out", str(tmp_path / "r.csv"), "--contest", str(letter)]) == 0
    lines = list(csv.DictReader((tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()))
    assert Counter(line["outcome"] for line in lines) == {
        "acte_retrouve": counts["up_to_date"], "accord": counts["due"],
    }  # fmt: skip
    assert str(counts["up_to_date"]) in capsys.readouterr().err
    text = letter.read_text(encoding="utf-8")
    assert text.count("<tr><td>") == counts["up_to_date"]
    assert "NOM" not in text
    assert set(re.findall(r"\(([A-Z]+) ", text)) <= {"NABM", "ATC"}
    assert main([*asked, "--out", str(tmp_path / "r2.csv"), "--contest", str(letter)]) == 2
    assert main([*asked, "--contest", str(letter), "--names", "--force"]) == 0
    assert "NOM" in letter.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--doctor", "all", "--contest", "l.html"], "Une lettre est celle d’un médecin"),
        (["--doctor", DOCTOR, "--contest", "l.pdf"], ".html"),
        (["--doctor", DOCTOR, "--contest", "{folder}/l.html"], "dans le dossier des données"),
    ],
)
def test_a_mistake_is_a_sentence(
    reconciled: tuple[Path, Counter[str]], arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    folder = reconciled[0]
    given = [one.format(folder=folder) for one in arguments]
    try:
        code = main(["reconcile", str(folder), "--as-of", "2026-06-30", *given])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert said in capsys.readouterr().err


def test_a_folder_without_a_list_says_how_to_import_one(practices: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["reconcile", str(practices), "--doctor", DOCTOR, "--as-of", "2026-06-30"]) == 2
    assert "tableau-mt import" in capsys.readouterr().err


def test_every_outcome_word_and_reason_has_french_words():
    assert set(labels.OUTCOME) == set(Outcome)
    assert set(labels.SAYS) == set(They)
    assert set(labels.WHY_NOT) == set(Reason)


def test_a_list_of_another_time_is_said_to_be(reconciled: tuple[Path, Counter[str]]):
    place = data.place(reconciled[0])
    found = data.reconciled(place, DOCTOR, DAY, RULES.id)
    listed_on = found.rows[0].listed_on
    assert contest.apart(found, listed_on) == ""
    assert "peut expliquer un écart" in contest.apart(found, date(2020, 1, 1))
