"""Measures of relevance on the command line: one that cannot be read is told and left aside."""

from pathlib import Path

import pytest

from calculators.pertinence.measure import MEASURES
from calculators.pertinence.reference import open_measures
from dashboard import shipped
from tests import practice
from tests.dashboard.command.test_command import run, table

pytestmark = pytest.mark.slow
OWN = (MEASURES / "antibiotiques.toml").read_text(encoding="utf-8").replace('id = "antibiotiques"', 'id = "mienne"')
ASKED = ("--doctor", "d1", "--year", "2025")


def test_a_broken_measure_is_told_and_the_others_are_computed(tmp_path: Path, capsys):
    folder = practice.write(
        tmp_path / "d", patients=[("p1", "1950-03-01", "F")],
        deliveries=[{"patient_id": "p1", "date": "2025-05-02", "atc": "J01CA04", "prescriber_id": "d1"}],
    )  # fmt: skip
    (folder / "measures").mkdir()
    (folder / "measures" / "mienne.toml").write_text('id = "mienne"\nlibelle = "x"\n', encoding="utf-8")
    assert run("pertinence", folder, *ASKED) == 0
    found = capsys.readouterr()
    assert "La mesure « mienne » est laissée de côté. Fichier « mienne.toml »" in found.err
    [row] = [one for one in table(found.out) if one["measure"] == "antibiotiques"]
    assert row["numerator"] == "1"
    assert run("pertinence", folder, *ASKED, "--measure", "mienne") != 0
    assert "« libelle » est inconnue" in capsys.readouterr().err


def test_an_example_of_an_added_measure_that_expects_otherwise_is_told(tmp_path: Path, capsys):
    folder = practice.write(tmp_path / "d", patients=[("p1", "1950-03-01", "F")], deliveries=[])
    (folder / "measures").mkdir()
    for text, said in ((OWN, False), (OWN.replace("numerator = 2 }", "numerator = 7 }"), True)):
        (folder / "measures" / "mienne.toml").write_text(text, encoding="utf-8")
        assert run("pertinence", folder, *ASKED, "--measure", "mienne") == 0
        assert ("le fichier attend « 7 »" in capsys.readouterr().err) is said


def test_a_reference_that_is_named_is_told_with_its_doctors_its_source_and_that_it_is_fictitious(
    tmp_path: Path, capsys
):
    folder = practice.write(tmp_path / "d", patients=[("p1", "1950-03-01", "F")], deliveries=[])
    named = shipped.REFERENCES / "measures" / "2025"
    assert run("pertinence", folder, *ASKED, "--measure", "antibiotiques", "--reference", named) == 0
    said = capsys.readouterr().err
    reference = open_measures(named)
    told = ("Référence fictive, 2025", f"{reference.size} médecins", reference.source.rstrip("."), str(named))
    assert [words for words in told if words not in said] == []
