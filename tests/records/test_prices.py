"""Where amounts come from, beside every amount: the shares are those of the lines, and nothing is said of a source's own."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.french import percent, plain
from calculators.records.prices import Prices, by_doctor
from calculators.records.store import open_store
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import ratio
from calculators.sobriety.reference_files import open_reference
from dashboard import shipped
from tests import practice

OWN, PRICED, UNKNOWN = "3400930000007", "3400930000014", "3400930000021"
PAUL = ("paul", "1960-07-15", "M")


@pytest.fixture
def store(tmp_path: Path):
    lines = [(OWN, 700, "d1"), (PRICED, None, "d1"), (PRICED, None, "d1"), (UNKNOWN, None, "d1"), (OWN, 700, "d2")]
    rows = [("paul", f"2025-03-{n + 1:02}", cip, "C09AA05", 1, cents, who) for n, (cip, cents, who) in enumerate(lines)]
    rows.append(("paul", "2024-03-05", OWN, "C09AA05", 1, 700, "d1"))
    drugs = [(PRICED, "C09AA05", None, 250)]
    return open_store(practice.write(tmp_path / "d", patients=[PAUL], deliveries=rows, drugs=drugs))


def test_each_prescriber_has_the_shares_of_his_own_lines_of_the_year(store):
    found = by_doctor(store, 2025)
    assert found[store.doctor_key("d1")] == Prices(1, 2, 1, None, None)
    assert found[store.doctor_key("d1")].share == 3 / 4
    assert found[store.doctor_key("d1")].reference_share == 2 / 3
    assert by_doctor(store, 2024) == {}


def test_the_ratio_says_of_which_prices_it_is_made(store):
    row = ratio(store, 2025, open_reference(shipped.REFERENCES / "2025"), load_definition(2025), "d1").to_pylist()[0]
    assert (row["priced_share"], row["reference_price_share"]) == (3 / 4, 2 / 3)
    assert (row["prices_from"], row["prices_to"]) == (None, None)


def test_nothing_is_priced_of_a_doctor_without_deliveries(tmp_path: Path):
    rows = [("paul", "2025-03-01", OWN, "C09AA05", 1, 700, "d1")]
    patients = [PAUL, ("anne", "1970-07-15", "F")]
    lists = [("paul", "d1", "2010-01-01"), ("anne", "d2", "2010-01-01")]
    small = open_store(practice.write(tmp_path / "d", patients=patients, registrations=lists, deliveries=rows))
    reference = open_reference(shipped.REFERENCES / "2025")
    found = ratio(small, 2025, reference, load_definition(2025)).to_pylist()
    assert {row["doctor_id"]: row["priced_share"] for row in found} == {"d1": 1.0, "d2": None}


@given(
    st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.sampled_from([(None, None), (2024, 2024), (2023, 2025)])
)
def test_the_sentence_names_what_is_not_the_source_s_own(own: int, reference: int, without: int, years: tuple):
    said = plain(Prices(own, reference, without, *years).sentence())
    lines = own + reference + without
    if not lines or (not reference and not without):
        assert said == ""
    elif not own and not reference:
        assert "Aucune délivrance n’a de montant" in said
    else:
        assert f"pour {plain(percent((own + reference) / lines))} des lignes" in said
        assert ("base de médicaments" in said) == bool(reference)
        assert all(str(year) in said for year in years if year and reference)
        assert ("d’une année non dite" in said) == (bool(reference) and years[0] is None)


def test_a_price_of_the_reference_has_the_years_that_it_says():
    assert "aux prix de la base de médicaments de 2024 à 2025" in plain(Prices(1, 1, 0, 2024, 2025).sentence())
