"""What a doctor takes to a group of peers: no number of one to ten patients, nor what tells it."""

import pytest

from calculators.pertinence.measure import load_measures
from calculators.pertinence.rates import SCHEMA, MeasureRow
from dashboard.pertinence.tables import for_the_group

BOXES = load_measures()["opioides_palier2"]


def row(patients: int, counted: int, numerator: int) -> MeasureRow:
    empty: dict = dict.fromkeys(SCHEMA.names)
    return MeasureRow(**empty | {"patients": patients, "patients_counted": counted, "denominator": patients,
                                 "numerator": numerator, "rate": 100 * numerator / patients, "ratio": 1.5})  # fmt: skip


@pytest.mark.parametrize(
    ("patients", "counted", "shown"),
    [
        (200, 30, (200, 30, 200.0, 90.0, 45.0, 1.5)),
        (200, 0, (200, 0, 200.0, 0.0, 0.0, 1.5)),
        (200, 3, (200, None, 200.0, None, None, None)),
        (200, 195, (200, None, 200.0, None, None, None)),
        (9, 3, (None, None, None, None, None, None)),
    ],
)
def test_what_is_counted_of_few_patients_or_of_all_but_few_goes_with_them(patients: int, counted: int, shown: tuple):
    [told] = for_the_group([(row(patients, counted, 3 * counted), BOXES)]).to_pylist()
    assert tuple(told.values())[2:] == shown


def test_a_measure_without_a_figure_is_not_in_it():
    assert for_the_group([(MeasureRow(**dict.fromkeys(SCHEMA.names)), BOXES)]).num_rows == 0
