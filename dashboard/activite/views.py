"""Sections of the page of the activity."""

from datetime import timedelta

import streamlit as st

from calculators.activity.measure import Beside
from calculators.records import history
from dashboard import data, tabular, widgets
from dashboard.activite import charts, in_words, tables
from dashboard.charts import sized
from dashboard.widgets import Choice

COLUMNS = {"age": "Âge", "whose": "De qui", "patients": "Patients"}


def figures(choice: Choice) -> None:
    """What was done and for whom, measure by measure."""
    found, day = data.activity(choice.place, choice.doctor, choice.as_of)
    value = {one.measure: one.value or 0 for one in found}
    if not value["acts"]:
        st.info(in_words.NO_ACTS, icon=":material/info:")
    else:
        st.markdown(in_words.done(found, choice.as_of))
        if not is_covered(choice):
            st.caption(in_words.AT_LEAST)
    shown = found if value["acts"] else [one for one in found if one.measure not in DONE]
    st.caption(in_words.others(shown, day, data.is_sample(choice.place)))
    tabular.table(tables.beside(shown), "Votre activité, mesure par mesure", "activite")
    st.caption(in_words.LIMITS)
    if value["acts"] and is_covered(choice):
        expected(choice)
    by_age(shown)
    behind = data.activity_patients(choice.place, choice.doctor, choice.as_of)
    widgets.open_patients(
        choice, "Ouvrir une mesure à ses patients", "activite_ouverte",
        {name: (in_words.name(name), patients) for name, patients in behind.items()},
    )  # fmt: skip


def expected(choice: Choice) -> None:
    """What others would have done for the patients of this list."""
    found = data.expected_activity(choice.place, choice.doctor, choice.as_of)
    if found is None:
        return
    st.subheader("Ce qui serait attendu pour votre liste")
    st.markdown(in_words.how_expected(found, data.is_sample(choice.place)))
    st.markdown(in_words.expected_in_words(found))
    tabular.table(tables.expected(found), "Votre activité et ce qui serait attendu", "activite_attendue")
    st.caption(in_words.EXPECTED_LIMITS)


DONE = ("acts", "consultation", "visite", "teleconsultation", "autre", "active_file")
"""Measures that come from acts."""


def by_age(found: list[Beside]) -> None:
    st.subheader("Votre liste par âge")
    drawn = tables.by_age(found)
    with_others = any(one.doctors for one in found)
    ages = len({row["age"] for row in drawn.to_pylist()})
    says = "Patients de la liste par classe d’âge" + (", à côté de la médiane fictive." if with_others else ".")
    spec = widgets.pickable(sized(charts.by_age(with_others), ages, 40), "age")
    if mark := widgets.picked(drawn, spec, says, "liste_par_age"):
        named = (one.measure for one in found if in_words.name(one.measure).removeprefix("dont ") == mark["age"])
        st.session_state["activite_ouverte"] = next(named, "")
        st.rerun()
    widgets.figures(drawn, spec, says, COLUMNS, "liste_par_age")


def is_covered(choice: Choice) -> bool:
    """Do the data tell the acts of all the twelve months?"""
    begins, ends = data.store(choice.place).dataset.cover_of("acts")
    first, last = history.year_of(choice.as_of)
    return begins <= first + timedelta(days=1) and last <= ends
