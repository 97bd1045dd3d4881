"""Every verdict explains itself in French."""

from datetime import date

import pytest

from calculators.prevention.explain import explain
from calculators.prevention.indicator import load_set

AS_OF = date(2026, 6, 30)


def row(**changes):
    base = {
        "indicator": "depistage_cancer_sein", "status": "due", "population": "femmes de 50 à 74 ans",
        "excluded_by": None, "last_on": None, "count": 0, "required": 1, "missing": ["mammographie de dépistage"],
        "due_on": None, "actionable_on": AS_OF, "unknown_because": None,
    }  # fmt: skip
    return base | changes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["À faire", "mammographie de dépistage", "Aucun acte retrouvé"]),
        ({"last_on": date(2023, 3, 1), "due_on": date(2025, 3, 1)}, ["le 1er mars 2023", "depuis le 1er mars 2025"]),
        ({"actionable_on": date(2026, 10, 15)}, ["Possible à partir du 15 octobre 2026"]),
        ({"actionable_on": None}, ["La période prévue est passée"]),
        (
            {"status": "up_to_date", "missing": [], "last_on": date(2026, 1, 5), "due_on": date(2028, 1, 5)},
            ["À jour jusqu’au 4 janvier 2028 inclus"],
        ),
        ({"status": "excluded", "excluded_by": "deux mastectomies totales"}, ["Exclu : deux mastectomies totales"]),
        ({"status": "not_eligible", "population": None}, ["Non concerné"]),
        ({"status": "unknown", "population": None, "unknown_because": "ald"}, ["Impossible à dire", "ALD"]),
        ({"status": "unknown", "unknown_because": "couverture"}, ["ne remontent pas assez loin"]),
    ],
)
def test_the_sentence_gives_the_status_and_the_reason(changes, words):
    sentence = explain(row(**changes), load_set("convention_2024"), AS_OF)
    assert all(word in sentence for word in words), sentence
