"""A measure file that cannot be used says which file, which key, and what would be right."""

from pathlib import Path

import pytest

from calculators.catalogue import Catalogue
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


INHALERS = """
[codes.doseurs]
label = "Aérosols doseurs"
atc = ["B01"]
device = "pmdi"
reference = [{ title = "Choix", date = 2026-11-27, basis = "hypothese" }]
"""


def test_a_pack_that_two_lists_of_a_count_may_both_keep_is_refused(tmp_path: Path):
    """By its role on one and by its device on the other; classes apart, or packs of two roles, add up."""
    file, text = tmp_path / "les_miens.toml", (MEASURES / "biosimilaires_enoxaparine.toml").read_text(encoding="utf-8")
    mine = text.replace('id = "biosimilaires_enoxaparine"', 'id = "les_miens"') + INHALERS
    both = mine.replace('"enoxaparine_reference"]', '"doseurs"]')
    apart, alike = both.replace('atc = ["B01"]', 'atc = ["R03"]'), both.replace('device = "pmdi"', 'role = "reference"')
    for usable in (mine, apart, alike):
        file.write_text(usable, encoding="utf-8")
        assert load_measure(file).id == "les_miens"
    file.write_text(both, encoding="utf-8")
    with pytest.raises(RuleError, match=r"« enoxaparine_biosimilaire » et « doseurs » : une même boîte"):
        load_measure(file)


def test_a_measure_with_one_example_is_told_without_a_word_of_the_program(tmp_path: Path):
    first = TEXT.index("[[example]]")
    end = TEXT.index("[[example]]", first + 1)
    (tmp_path / "antibiotiques.toml").write_text(TEXT[:end], encoding="utf-8")
    with pytest.raises(RuleError) as mistake:
        load_measure(tmp_path / "antibiotiques.toml")
    assert str(mistake.value).endswith("« example » est une liste de 1 élément ; 2 éléments au moins sont attendus.")


def test_what_cannot_be_used_beside_the_data_is_set_aside_and_the_rest_is_at_hand(tmp_path: Path):
    (tmp_path / "measures").mkdir()
    mine = TEXT.replace('id = "antibiotiques"', 'id = "les_miens"')
    for name, text in {"antibiotiques": TEXT, "casse": "id = [", "faux": mine, "les_miens": mine}.items():
        (tmp_path / "measures" / f"{name}.toml").write_text(text, encoding="utf-8")
    known = Catalogue(tmp_path)
    assert set(known.measures) == {*load_measures(), "les_miens"}
    assert known.measures["antibiotiques"] == load_measures()["antibiotiques"]
    said = {one.id: (one.taken, one.reason) for one in known.set_aside if one.kind == "measures"}
    assert [said[name][0] for name in ("antibiotiques", "casse", "faux")] == [True, False, False]
    assert "déjà fournie" in said["antibiotiques"][1]
    assert "casse.toml" in said["casse"][1]
    assert "« faux » est attendu" in said["faux"][1]
    with pytest.raises(RuleError, match=r"casse\.toml"):
        known.measure("casse")


def test_every_objective_has_a_measure_and_each_says_what_it_needs():
    known = load_measures()
    assert {one.objective for one in known.values()} >= set(range(1, 16))
    assert needed(known["biosimilaires_enoxaparine"])[-2:] == ("drugs.group", "drugs.role")
    assert "deliveries.exo" in needed(known["bizone_en_rapport"])
    assert "sick_leaves" in needed(known["arrets_jours"])
