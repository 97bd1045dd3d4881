"""Amounts some lines of which have none: said, never counted as nothing without a word."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from calculators import results, rows
from calculators.pertinence import reference as measured
from calculators.pertinence.environment import environment
from calculators.pertinence.measure import load_measures
from calculators.pertinence.publish import SMALL
from calculators.pertinence.rates import MeasureRow
from calculators.pertinence.reference import open_measures
from calculators.records.store import Store, open_store
from dashboard.pertinence import in_words
from tests import practice

pytestmark = pytest.mark.slow
SUPPLEMENTS = "cno_depense"
WANTED = {SUPPLEMENTS: load_measures()[SUPPLEMENTS].model_copy(update={"strata": ("sex",)})}


def opened(folder: Path, amounts: list[int | None], boxes: list[int | None] | None = None) -> Store:
    """A doctor whose patients got a nutritional supplement each, on his prescription, in 2024 at 10 euros and in 2025."""
    people = [(f"p{place}", "1950-03-01", "F") for place in range(len(amounts))]
    acts = [
        {"patient_id": patient, "date": f"{year}-05-02", "system": "lpp", "code": "1104262", "prescriber_id": "d1",
         "performer_id": None, "base_cents": cents}
        for (patient, _, _), now in zip(people, amounts, strict=True) for year, cents in ((2024, 1000), (2025, now))
    ]  # fmt: skip
    drugs = [
        {"patient_id": "p0", "date": "2025-05-02", "atc": "C09AA05", "prescriber_id": "d1", "base_cents": cents}
        for cents in boxes or []
    ]
    return open_store(practice.write(folder, patients=people, acts=acts, deliveries=drugs))


def row_of(store: Store, reference: measured.MeasureReference | None = None) -> MeasureRow:
    [found] = rows.read(results.pertinence(store, WANTED, 2025, "d1", reference), MeasureRow)
    return found


def built(folder: Path, source: Path) -> measured.MeasureReference:
    measured.build(source, 2025, WANTED, folder, date(2026, 1, 1))
    return open_measures(folder)


def of_another(reference: measured.MeasureReference) -> measured.MeasureReference:
    """The same sums, of a doctor of another name."""
    other = pa.array(["d9"] * reference.doctors.num_rows)
    return replace(reference, doctors=reference.doctors.set_column(0, "doctor_id", other))


def test_where_no_line_has_an_amount_there_is_no_figure(tmp_path: Path):
    row = row_of(opened(tmp_path / "d", [None, None, None]))
    assert (row.reason_code, row.rate, row.numerator, row.priced_share) == ("no_amount", None, None, 0)
    assert "aucun montant n’est connu, de 3 lignes" in row.reason.replace("\u00a0", " ")


def test_where_some_have_none_the_share_is_said_and_nothing_is_compared(tmp_path: Path):
    reference = of_another(built(tmp_path / "r", opened(tmp_path / "all", [1000] * 4).folder))
    row = row_of(opened(tmp_path / "some", [1000, 1000, 1000, None]), reference)
    assert (row.numerator, row.denominator, row.priced_share) == (3000, 4, 0.75)
    assert (row.reason_code, row.ratio, row.change, row.reached) == (
        "unpriced_lines",
        None,
        None,
        "on ne peut pas dire",
    )
    assert "Montants connus pour 75,0" in in_words.rate(row, WANTED[SUPPLEMENTS])
    whole = row_of(opened(tmp_path / "whole", [1000] * 4), reference)
    assert (whole.ratio, whole.change, whole.priced_share) == (1, 0, 1)


def test_a_reference_has_no_expected_value_where_too_many_lines_have_no_amount(tmp_path: Path):
    found = opened(tmp_path / "d", [1000, 1000, 1000, None]).folder
    reference = built(tmp_path / "r", found)
    assert reference.strata(SUPPLEMENTS) is None
    assert reference.not_measured == {SUPPLEMENTS: "1 ligne sans montant sur 4."}
    row = row_of(opened(tmp_path / "whole", [1000] * 4), reference)
    assert (row.reason_code, row.reason) == (
        "no_reference", "La référence ne donne pas cette mesure : 1 ligne sans montant sur 4."
    )  # fmt: skip
    small = replace(reference, not_measured={SUPPLEMENTS: SMALL})
    assert row_of(opened(tmp_path / "again", [1000] * 4), small).reason == (
        "La référence ne donne pas cette mesure : trop peu de patients pour être dite."
    )


@pytest.mark.parametrize(("men", "said"), [(("p0",), "1 groupe de cette liste"), (("p0", "p1"), "2 groupes de cette")])
def test_groups_that_the_reference_lacks_are_counted_in_french(tmp_path: Path, men: tuple[str, ...], said: str):
    strata = ("sex", "age:0,16,40")
    wanted = {SUPPLEMENTS: WANTED[SUPPLEMENTS].model_copy(update={"strata": strata})}
    folder = opened(tmp_path / "r", [1000] * 4).folder
    measured.build(folder, 2025, wanted, tmp_path / "built", date(2026, 1, 1))
    births = {"p0": "1950-03-01", "p1": "2000-03-01"}
    people = [(one, births[one], "M") for one in men]
    acts = [
        {"patient_id": one, "date": "2025-05-02", "system": "lpp", "code": "1104262", "prescriber_id": "d1",
         "performer_id": None, "base_cents": 1000} for one in men
    ]  # fmt: skip
    store = open_store(practice.write(tmp_path / "d", patients=people, acts=acts, deliveries=[]))
    reference = of_another(open_measures(tmp_path / "built"))
    [row] = rows.read(results.pertinence(store, wanted, 2025, "d1", reference), MeasureRow)
    assert said in row.reason


def test_deliveries_that_are_not_covered_are_told_in_their_gender(tmp_path: Path):
    about = practice.dataset(covers_from=date(2025, 6, 1))
    store = open_store(practice.write(tmp_path / "d", about, patients=[("p0", "1950-03-01", "F")], deliveries=[]))
    wanted = {"antibiotiques": load_measures()["antibiotiques"]}
    [row] = rows.read(results.pertinence(store, wanted, 2025, "d1"), MeasureRow)
    assert "les délivrances ne sont pas connues du 01/01/2025 au" in row.reason


def test_what_drugs_weigh_says_the_share_of_lines_priced(tmp_path: Path):
    some = environment(opened(tmp_path / "d", [None], [500, None]), 2025, "d1")
    assert (some.cents, some.priced_share) == (500, 0.5)
    assert "Montants connus pour 50,0" in in_words.environment(some)
    none = environment(opened(tmp_path / "e", [None], [None]), 2025, "d1")
    assert (none.cents, none.tonnes) == (None, None)
    assert "non calculables" in in_words.environment(none)
