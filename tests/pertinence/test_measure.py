"""A measure file that cannot be used says which file, which key, and what would be right."""

from pathlib import Path

import pytest

from calculators.pertinence.measure import MEASURES, load_measure, load_measures
from calculators.pertinence.needs import needed
from calculators.rules import RuleError

TEXT = (MEASURES / "antibiotiques.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('count = "patient_dates"', 'count = "patient_date"', "valeurs possibles"),
        ('codes = "antibiotiques_systemiques"', 'codes = "antibiotique_systemiques"', "antibiotiques_systemiques"),
        ('polarity = "moins"', 'polarite = "moins"', "polarity"),
        ('strata = ["age:0,16,40,65,75", "sex", "ald"]', 'strata = ["age:16,0"]', "croissants"),
        ('count = "patient_dates"', 'count = "patient_dates"\nover = 3', "« of » dit quoi"),
    ],
)
def test_a_mistake_names_the_file_the_key_and_what_is_right(tmp_path: Path, before: str, after: str, said: str):
    file = tmp_path / "antibiotiques.toml"
    assert before in TEXT
    file.write_text(TEXT.replace(before, after), encoding="utf-8")
    with pytest.raises(RuleError, match=r"Fichier « antibiotiques.toml »") as mistake:
        load_measure(file)
    assert said in str(mistake.value)


def test_a_measure_beside_the_data_never_takes_the_place_of_one_that_ships(tmp_path: Path):
    (tmp_path / "measures").mkdir()
    (tmp_path / "measures" / "antibiotiques.toml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(RuleError, match="déjà fournie"):
        load_measures(tmp_path)


def test_every_objective_has_a_measure_and_each_says_what_it_needs():
    known = load_measures()
    assert {one.objective for one in known.values()} >= set(range(1, 16))
    assert needed(known["biosimilaires_enoxaparine"])[-2:] == ("drugs.group", "drugs.role")
    assert "deliveries.exo" in needed(known["bizone_en_rapport"])
    assert "sick_leaves" in needed(known["arrets_jours"])
