"""Every verdict explains itself in French."""

from dataclasses import replace
from datetime import date

import pytest

from calculators.prevention.assess import Verdict
from calculators.prevention.explain import explain, requirement_sentence, window_sentence
from calculators.prevention.indicator import Requirement, load_set
from calculators.records.roster import Care

AS_OF = date(2026, 6, 30)


DUE = Verdict(
    patient_id="p1", doctor_id="d1", indicator="depistage_cancer_sein", status="due", population="femmes de 50 à 74 ans",
    excluded_by=None, last_on=None, count=0, required=1, missing=["mammographie de dépistage"],
    due_on=None, actionable_on=AS_OF, validated=False, unknown_because=None, noted=None,
)  # fmt: skip


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
    sentence = explain(replace(DUE, **changes), load_set("convention_2024"), AS_OF)
    assert all(word in sentence for word in words), sentence


def need(**changes):
    base = {"label": "test", "codes": "hba1c", "window": {"kind": "rolling", "months": 24}}
    return Requirement.model_validate(base | changes)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ({"kind": "rolling", "months": 24}, "dans les 24 derniers mois"),
        ({"kind": "calendar_year"}, "dans l’année civile"),
        ({"kind": "campaign"}, "depuis l’ouverture de la dernière campagne de vaccination contre la grippe"),
        (
            {"kind": "campaign", "vaccine": "covid"},
            "depuis l’ouverture de la dernière campagne de vaccination contre la Covid-19",
        ),
        ({"kind": "rolling", "years": 1}, "dans la dernière année"),
        ({"kind": "rolling", "months": 1}, "dans le dernier mois"),
        ({"kind": "rolling", "days": 60}, "dans les 60 derniers jours"),
        ({"kind": "rolling", "years": 5}, "dans les 5 dernières années"),
        ({"kind": "rolling", "months": 27, "ends": "year_end"}, "dans les 27 mois qui finissent avec l’année"),
        ({"kind": "since_birth"}, "une fois dans la vie"),
        ({"kind": "since_age", "years": 11}, "depuis le 11e anniversaire"),
        ({"kind": "since_date", "date": date(2023, 1, 1)}, "depuis le 1er janvier 2023"),
        (
            {"kind": "between_ages", "from": {"days": 0}, "to": {"days": 9}},
            "entre la naissance et la veille de 9 jours",
        ),
        ({"kind": "between_ages", "from": {"months": 8}, "to": {"years": 2}}, "entre 8 mois et la veille de 2 ans"),
    ],
)
def test_every_window_has_its_words(window, words):
    assert window_sentence(need(window=window)) == words


def test_a_requirement_says_how_many_and_how_far_apart_only_when_it_matters():
    assert requirement_sentence(need()) == "test : dans les 24 derniers mois"
    twice = requirement_sentence(need(count=2, min_interval_days=28))
    assert twice == (
        "test : dans les 24 derniers mois, 2 fois à des dates différentes, à 28 jours d’intervalle au moins"
    )


@pytest.mark.parametrize(("required", "said"), [(1, False), (2, True), (3, True)])
def test_what_was_found_is_counted_when_more_than_one_is_asked_for(required, said):
    verdict = replace(DUE, last_on=date(2026, 1, 5), count=1, required=required)
    sentence = explain(verdict, load_set("convention_2024"), AS_OF)
    assert (f"(1 sur {required} dans la période)" in sentence) == said


def care(code: str, day: date, quantity: int = 1) -> Care:
    return Care(day, "ccam", code, None, quantity, None)


DOUBTFUL = replace(
    DUE, status="unknown", unknown_because="exclusion", excluded_by="deux mastectomies totales, côté non dit",
    actionable_on=None,
)  # fmt: skip


def test_an_exclusion_says_what_it_was_read_from_and_on_which_days():
    lines = [care("QEFA019", date(2005, 4, 11)), care("QEFA005", date(2011, 9, 20)), care("HHQE002", date(2024, 1, 1))]
    sentence = explain(DOUBTFUL, load_set("convention_2024"), AS_OF, lines)
    assert "une exclusion est possible, deux mastectomies totales, côté non dit" in sentence
    assert "Lu dans les actes remboursés (mastectomie totale ou sous-cutanée, CCAM)" in sentence
    assert "QEFA005 le 20 septembre 2011 et QEFA019 le 11 avril 2005" in sentence
    assert "À vous de trancher" in sentence
    assert "HHQE002" not in sentence


def test_what_was_taken_back_is_not_named_and_a_line_of_two_is():
    lines = [
        care("QEFA019", date(2005, 4, 11), 2),
        care("QEFA005", date(2011, 9, 20)),
        care("QEFA005", date(2011, 9, 20), -1),
    ]
    sentence = explain(DOUBTFUL, load_set("convention_2024"), AS_OF, lines)
    assert "QEFA019 le 11 avril 2005 (2 fois)" in sentence
    assert "QEFA005" not in sentence


def test_a_single_one_is_said_beside_and_still_called_for():
    sentence = explain(
        replace(DUE, noted="exclusion"), load_set("convention_2024"), AS_OF, [care("QEFA019", date(2005, 4, 11))]
    )
    assert sentence.startswith("À faire")
    assert "QEFA019 le 11 avril 2005 dans les données, pas assez pour une exclusion" in sentence


def test_a_right_that_excludes_says_so():
    row = replace(DUE, indicator="depistage_diabete", status="excluded", excluded_by="diabète en ALD")
    assert "Lu dans les ALD enregistrées." in explain(row, load_set("convention_2024"), AS_OF)


@pytest.mark.parametrize(("day", "said"), [(AS_OF, False), (date(2026, 7, 1), True)])
def test_a_day_to_come_is_told_and_today_is_not(day, said):
    sentence = explain(replace(DUE, actionable_on=day), load_set("convention_2024"), AS_OF)
    assert ("Possible à partir du" in sentence) == said
