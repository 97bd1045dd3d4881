"""What is said before any figure of the pay: years outside the data or the agreement, lists of one."""

from datetime import date

import pytest

from calculators.forfait.cautions import before_the_figures, patients_listed
from calculators.forfait.pay import pay_lines
from calculators.forfait.version import load_version
from tests import practice
from tests.forfait.cases import YEAR
from tests.forfait.test_pay import NONE, folder

SIGNED, OLD, OPTION = (load_version(name) for name in ("convention_2024", "fpmt_2024", "option_2"))
ABOUT = practice.dataset(covers_from=date(2020, 1, 1), covers_to=date(2026, 6, 30))


def told(version, year, in_force=SIGNED, about=ABOUT):
    found = before_the_figures(about, version, year, in_force)
    return [(one.code, one.nearest, one.in_force and one.in_force.id) for one in found]


@pytest.mark.parametrize(
    ("version", "year", "expected"),
    [
        (SIGNED, 2026, []),
        (SIGNED.model_copy(update={"signed_to": 2025}), 2026, [("apres_les_montants_connus", 2025, None)]),
        (SIGNED.model_copy(update={"signed_to": 2026}), 2026, []),
        (SIGNED, 2025, [("accord_d_autres_annees", 2026, "fpmt_2024")]),
        (OLD, 2025, []),
        (OLD, 2026, [("accord_d_autres_annees", 2025, "convention_2024")]),
        (OLD, 2023, [("accord_d_autres_annees", 2024, "fpmt_2023")]),
        (OPTION, 2023, []),
    ],
)
def test_an_agreement_of_other_years_names_the_nearest_year_and_the_one_in_force(version, year, expected):
    in_force = SIGNED if year > 2025 else OLD if year > 2023 else load_version("fpmt_2023")
    assert told(version, year, in_force) == expected


@pytest.mark.parametrize(
    ("version", "year", "expected"),
    [
        (SIGNED, 2019, [("liste_avant_les_donnees", 2021, None)]),  # its first list in the data is that of 31/12/2020
        (OLD, 2019, [("liste_avant_les_donnees", 2020, None)]),
        (OLD, 2020, []),
        (SIGNED, 2027, [("liste_apres_les_donnees", 2026, None)]),  # on 31/12/2026, after the data
        (SIGNED, 2026, []),
        (OLD, 2026, []),  # the list of the end of the year is known as far as the data go
    ],
)
def test_a_list_outside_the_data_names_the_nearest_year_that_has_one(version, year, expected):
    found = [one for one in told(version, year, version) if one[0].startswith("liste")]
    assert found == expected


def test_a_list_day_on_the_first_day_of_the_data_is_within_them():
    about = practice.dataset(covers_from=date(2019, 12, 31), covers_to=date(2026, 6, 30))
    assert told(OPTION, 2020, SIGNED, about) == []
    assert told(OPTION, 2019, SIGNED, about) == [("liste_avant_les_donnees", 2020, None)]


@pytest.mark.parametrize("patients", [0, 1, 2])
def test_patients_of_a_list_are_counted_from_its_base_lines(tmp_path, patients):
    people = [(f"p{n}", "1970-01-11", "F") for n in range(patients)] or [("p0", "1970-01-11", "F", "2020-01-01")]
    store = folder(tmp_path, patients=people, c2s=[(one[0],) for one in people])
    assert patients_listed(pay_lines(store, SIGNED, YEAR, NONE)) == patients
