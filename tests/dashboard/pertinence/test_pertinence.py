"""The page of relevance: figures in a doctor's words, what nobody can tell beside them, opened to the patients."""

import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from calculators import french, results
from calculators.pertinence import environment as weights
from calculators.pertinence import interessement
from calculators.pertinence.codes import load_codes
from calculators.pertinence.environment import Environment
from calculators.pertinence.measure import load_measures
from dashboard import data, shipped
from dashboard.pertinence import in_words
from tests.dashboard.opening import at_tab, opened, words

SUPPLIES = "Bandelettes, compléments, pansements"

pytestmark = pytest.mark.slow


def at_antibiotics() -> AppTest:
    return opened("pertinence").selectbox(key="objectif").set_value("Antibiotiques").run()


def test_the_page_says_scope_chance_target_and_what_the_record_cannot_say():
    app = at_antibiotics()
    said = words(app)
    assert "mes prescriptions" in said
    assert "Ce que le dossier ne dit pas" in said
    assert "on ne peut pas dire" in said
    assert "Référence fictive" in said
    assert "pratique anormale" not in said


def test_a_figure_opens_to_its_patients_in_two_clicks():
    app = at_antibiotics()
    app.session_state["mesures_ouvertes"] = ["antibiotiques"]
    app.run()
    assert list(app.exception) == []
    shown = next(table.value for table in app.dataframe if "Lignes" in table.value.columns)
    assert shown["Nombre"].sum() == 481


def test_money_is_in_euros_and_a_year_before_of_none_is_told():
    said = words(opened("pertinence", medecin="M09").selectbox(key="objectif").set_value(SUPPLIES).run())
    assert f"({french.euros(76_000)} sur {french.number(1086)})" in said
    assert f"Attendu pour ces patients : {french.euros(115_657)} " in said
    said = words(opened("pertinence", medecin="M09").selectbox(key="objectif").set_value("Biosimilaires").run())
    assert "En 2024 : 0,0." in said


def test_too_few_for_an_interval_says_how_many_there_are_and_how_many_it_takes():
    said = words(opened("pertinence").selectbox(key="objectif").set_value("Imagerie").run())
    for there_are in ("aucun", "qu’un", "que 4"):
        assert f"il faut au moins 5 cas, et il n’y en a {there_are}." in said


@pytest.mark.parametrize("tab", ["À ne pas faire", "Intéressement", "Environnement"])
def test_every_tab_opens(tab: str):
    app = at_tab(opened("pertinence"), tab, "pertinence")
    assert list(app.exception) == []
    assert [fault.value for fault in app.error] == []


def test_the_tab_of_the_environment_has_the_inhalers_and_says_where_their_objective_is():
    app = at_tab(opened("pertinence"), "Environnement", "pertinence")
    inhalers = next(one for one in load_measures().values() if one.objective == weights.rules().objective)
    assert inhalers.label in words(app)
    assert "Objectif par objectif" in words(app)
    picked = opened("pertinence").selectbox(key="objectif").set_value("Environnement").run()
    shares = [re.search(r"([\d,]+) boîtes pour 100", words(one)) for one in (app, picked)]
    assert all(shares)
    assert len({one[1] for one in shares if one}) == 1


def test_a_number_of_an_interessement_says_of_what_it_is():
    known = interessement.schemes()
    assert in_words.scheme_count(6294, known["orthese_mandibulaire"]) == f"{french.count(6294, 'médecin')} en France"
    assert in_words.scheme_count(1, known["ipp"]) == french.count(1, "patient")
    assert in_words.scheme_count(None, known["ipp"]) == "–"


def test_the_numbers_of_patients_say_what_they_are_and_one_each_is_not_written():
    known = load_measures()
    wanted = {"arrets_jours": "Jours", "opioides_palier2": "Boîtes", "polymedication": "", "cno_depense": "Montant (€)"}
    assert {name: in_words.of_a_patient(known[name]) for name in wanted} == wanted


def test_boxes_beyond_need_are_of_treatments_that_a_pack_lasts_for():
    found = Environment(0, 0.0, 497.4, 4901, "", 1.0)
    said = in_words.environment(found)
    assert f"environ 500 sur {french.number(4900)}. Ne sont comptés que les traitements de fond" in said
    assert not any("N02BE01".startswith(code) for code in load_codes()[weights.rules().stock.codes].atc)


def test_all_measures_are_computed_only_when_they_are_opened_and_may_be_taken_to_a_group(
    monkeypatch: pytest.MonkeyPatch,
):
    asked: list[int] = []
    count = results.pertinence
    monkeypatch.setattr(
        results, "pertinence", lambda store, wanted, *rest: asked.append(len(wanted)) or count(store, wanted, *rest)
    )
    st.cache_resource.clear()  # another test may have opened them
    app = opened("pertinence", medecin="M11")
    assert asked
    assert max(asked) < 10
    assert "Exporter pour le groupe" not in {button.proto.label for button in app.get("download_button")}
    app.session_state["toutes_les_mesures"] = True
    app.run()
    assert list(app.exception) == []
    assert asked[-1] > 50
    assert "Exporter pour le groupe" in {button.proto.label for button in app.get("download_button")}


def screenings_of_a_visit() -> None:
    import streamlit as st

    from dashboard import data, shipped

    place = data.Place(str(shipped.PRACTICES), data.place(shipped.PRACTICES).stamp, uploaded=True)
    names = data.measures_by_objective(place)["Dépistages précoces"]
    st.session_state["found"] = data.measure_rows(place, "M01", 2025, names)


def test_the_boards_of_a_visit_are_its_own_and_those_of_a_folder():
    """They are judged on threads of their own, which know whose visit it is."""
    app = AppTest.from_function(screenings_of_a_visit, default_timeout=60).run()
    assert not app.exception
    place = data.place(shipped.PRACTICES)
    known = data.measure_rows(place, "M01", 2025, data.measures_by_objective(place)["Dépistages précoces"])
    assert app.session_state["found"] == known
    assert all(one.numerator and one.previous_rate for one in known)
