"""The examples worked with a pencil come out to the cent."""

import pytest

from calculators.forfait.pay import pay_lines, total_cents
from calculators.forfait.sensitivity import attainment, published_lines
from calculators.forfait.version import load_version
from calculators.records.store import open_store
from tests import practice
from tests.forfait.cases import verdicts

YEAR = 2026
GROUPS = [
    (60, "1940-06-01", True), (180, "1970-06-01", True), (30, "1940-06-01", False), (30, "1949-06-01", False),
    (680, "1980-06-01", False), (50, "2022-06-01", False), (20, "2025-06-01", False),
]  # fmt: skip
INDICATORS = ["vaccin_grippe", "vaccin_covid"]


@pytest.fixture(scope="module")
def practices(tmp_path_factory):
    """The list of 1 050 patients, all seen, 105 of them with C2S in `c2s` and the ones that follow."""
    people, ald = [], []
    for size, birth, with_ald in GROUPS:
        for _ in range(size):
            people.append((f"p{len(people):04}", birth, "F"))
            ald += [(people[-1][0], 8)] if with_ald else []
    common = {
        "patients": people, "ald": ald,
        "acts": [{"patient_id": who, "date": "2025-07-01", "system": "ngap", "code": "G", "performer_id": "d1"}
                 for who, *_ in people],
    }  # fmt: skip
    c2s = {"c2s": [(who,) for who, *_ in people[:105]]}
    zip_doctor = {"doctor_id": "d1", "zone": "zip", "installed_on": "2010-01-01", "first_installation": True}
    kinds = {
        "plain": {"c2s": []},
        "c2s": c2s,
        "zip": c2s | {"doctors": [zip_doctor]},
        "first": c2s | {"doctors": [zip_doctor | {"installed_on": "2026-03-01"}]},
    }
    place = tmp_path_factory.mktemp("exemples")
    return {name: open_store(practice.write(place / name, **common, **more)) for name, more in kinds.items()}


def euros(lines):
    return total_cents(lines) / 100


@pytest.mark.parametrize(
    ("name", "total"),
    [("fpmt_2023", 16_990), ("fpmt_2024", 17_830), ("option_1", 20_800), ("option_2", 22_000), ("convention_2024", 22_450)],
)  # fmt: skip
def test_the_base_of_the_list_of_1_050_patients(practices, name, total):
    assert euros(pay_lines(practices["plain"], load_version(name), YEAR, verdicts([]), "d1")) == total


@pytest.mark.parametrize(("kind", "total"), [("c2s", 28_860), ("zip", 31_105), ("first", 40_085)])
def test_the_signed_pay_with_105_c2s_patients_and_1_072_validated_indicators(practices, kind, total):
    validated = [("d1", f"p{number:04}", name) for name in INDICATORS for number in range(1050)][:1072]
    lines = pay_lines(practices[kind], load_version("convention_2024"), YEAR, verdicts(validated), "d1")
    assert euros(lines) == total


def test_the_old_total_with_mean_rosp_and_forfait_structure(practices):
    lines = pay_lines(practices["plain"], load_version("fpmt_2024"), YEAR, verdicts([]), "d1", with_means=True)
    assert euros(lines) == 27_371


def test_the_mean_of_the_fifteen_rates_of_the_slides():
    rates = list(published_lines(()).values())
    assert (sum(rates) * 100, len(rates)) == (845, 15)


def test_an_indicator_judged_in_the_place_of_a_line_has_its_rates_and_stands_for_it_once():
    rates, lines = attainment(), published_lines(["examen_enfant_m9"])
    assert rates["examen_enfant_m9"] == rates["examen_enfant_j8_m9"]
    assert "examen_enfant_m9" in lines
    assert "examen_enfant_j8_m9" not in lines
    assert len(lines) == 15
