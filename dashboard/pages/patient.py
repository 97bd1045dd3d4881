"""What is done, due or unknown for this patient, and why? His care in time."""

import streamlit as st

from calculators import french
from dashboard import data, widgets
from dashboard.prevention import declaring, views
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Patient")
    roster = data.roster(choice.place, choice.doctor, choice.as_of)
    if not roster:
        st.info(
            f"Aucun patient sur la liste au {french.day(choice.as_of)} : choisissez une autre date.",
            icon=":material/info:",
        )
        return
    patient = pick([one.patient_id for one in roster])
    views.identity(next(one for one in roster if one.patient_id == patient))
    set_name = widgets.indicator_set("jeu_patient")
    views.verdicts(choice, patient, set_name)
    declaring.panel(choice)
    views.care(choice, patient, data.indicator_set(choice.place, set_name))
    widgets.method_link(choice, "prevention")


def pick(known: list[str]) -> str:
    """The patient, kept in the session and never in the URL."""
    if st.session_state.get("patient") not in known:
        st.session_state["patient"] = known[0]
    place = known.index(st.session_state["patient"])
    picked = st.selectbox("Patient", known, index=place, placeholder="Choisir un patient")
    st.session_state["patient"] = picked
    return str(picked)


widgets.page(show, "prevention")
