"""The page of the activity: the figures of the calculator, the others named fictitious, no verdict."""

import re
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest

from calculators import french
from calculators.activity.expected import by_cell, standardised
from calculators.activity.measure import Beside, measures, names, patients_of
from calculators.records.store import open_store
from dashboard import shipped
from dashboard.activite import in_words, tables
from tests.dashboard.opening import opened, words

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("kept_caches")]
DAY = "2026-06-30"


def table(app) -> dict[str, list[str]]:
    return {name: list(app.table[0].value[name]) for name in app.table[0].value.columns}


def test_a_fictitious_practice_stands_beside_the_median_of_the_eleven_others():
    app = opened("activite", medecin="M01", date=DAY)
    assert [fault.message for fault in app.exception] == []
    shown, said = table(app), words(app)
    found = measures(open_store(shipped.PRACTICES), ["M01"], date(2026, 6, 30)).to_pylist()
    own = {row["measure"]: row["value"] for row in found}
    assert shown["Vous"] == [in_words.figure(name, own[name]) for name in names()]
    assert list(shown) == ["Mesure", "Vous", "Médiane fictive"]
    assert "Médiane de 11 autres cabinets fictifs" in said
    assert "avec les taux des 11 autres cabinets fictifs, à âge, sexe, ALD et C2S égaux" in said
    store = open_store(shipped.PRACTICES)
    cells = by_cell(store, store.doctors(), date(2026, 6, 30))
    mix = standardised(cells.filter(pc.field("doctor_id") == "M01"), cells, "M01")
    assert [list(app.table[1].value[name]) for name in app.table[1].value.columns] == list(
        tables.expected(mix).values()
    )
    assert in_words.expected_in_words(mix) in said
    assert "un exemple, pas une norme" in said


def test_a_measure_opens_to_its_patients():
    app = opened("activite", medecin="M01", date=DAY)
    app.selectbox(key="activite_ouverte").set_value("visite").run()
    [link] = [link for link in app.get("page_link") if "dans la liste" in link.proto.label]
    behind = patients_of(open_store(shipped.PRACTICES), "M01", date(2026, 6, 30))["visite"]
    assert re.sub(r"\D", "", link.proto.label) == str(len(behind))
    assert "choix=" in link.proto.query_string


def test_ones_own_list_stands_beside_the_twelve_fictitious_ones(practices: Path):
    app = opened("activite", dossier=str(practices))
    assert [fault.message for fault in app.exception] == []
    assert "Médiane de 12 cabinets fictifs fournis avec le programme" in words(app)
    assert "avec les taux des 12 cabinets fictifs fournis" in words(app)
    assert table(app)["Médiane fictive"][0] != "–"


def test_one_patient_says_nothing_of_a_doctor(record: Path):
    app = opened("activite", dossier=str(record))
    assert in_words.ONE_PATIENT in words(app)
    assert [link.proto.label for link in app.get("page_link") if "fiche=" in link.proto.query_string] == [
        "Ouvrir sa fiche"
    ]
    for page in ("aujourdhui", "revenu", "decisions", "enveloppe", "regles"):
        app = opened(page, dossier=str(record))
        assert [fault.message for fault in app.exception] == []
        assert "celles d’un seul patient" in words(app)
        assert not re.search(r"\d\u00a0€|non calculé", words(app))
        assert "Ouvrir sa fiche" in [link.proto.label for link in app.get("page_link")]
    assert (len(app.table), len(app.get("vega_lite_chart"))) == (0, 0)


def test_acts_of_nobody_are_told_and_are_not_zero(practices: Path):
    app = opened("activite", dossier=str(practices), date="2019-01-31")
    assert in_words.NO_ACTS in words(app)
    assert in_words.name("acts") not in table(app)["Mesure"]
    assert in_words.name("listed") in table(app)["Mesure"]
    assert "attendu pour votre liste" not in words(app)


def test_classes_of_age_are_told_whole():
    told = [french.plain(in_words.name(name)) for name in names() if name.startswith("age_")]
    assert (told[0], told[1]) == ("dont moins de 7 ans", "dont 7 à 16 ans")
    assert told[-1] == "dont 80 ans et plus"


def test_without_others_there_is_no_median_column():
    found = [Beside(name, 1.0, None, 0) for name in names()]
    assert "Médiane fictive" not in tables.beside(found)
    assert set(tables.by_age(found)["whose"].to_pylist()) == {"Votre liste"}
