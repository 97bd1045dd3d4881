"""What is done, due or unknown for this patient, and why? His care in time."""

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators import french
from calculators.records.identities import Called
from dashboard import data, widgets
from dashboard.prevention import declaring, views
from dashboard.widgets import Choice
from dashboard.words import plain


def show(choice: Choice) -> None:
    head, called = st.container(), widgets.names(choice)
    roster = data.roster(choice.place, choice.doctor, choice.as_of)
    if not roster:
        title(head, None)
        st.info(
            f"Aucun patient sur la liste au {french.day(choice.as_of)} : choisissez une autre date.",
            icon=":material/info:",
        )
        return
    patient = pick([one.patient_id for one in roster], called)
    title(head, called.get(patient))
    views.identity(next(one for one in roster if one.patient_id == patient), called.get(patient))
    set_name = widgets.indicator_set("jeu_patient")
    views.verdicts(choice, patient, set_name)
    declaring.panel(choice)
    views.care(choice, patient, data.indicator_set(choice.place, set_name))
    widgets.method_link(choice, "prevention")


def title(place: DeltaGenerator, called: Called | None) -> None:
    """His name when names are shown."""
    with place:
        if called:
            st.title(plain.text(called.name))
        else:
            st.title("Patient")


def pick(known: list[str], called: Mapping[str, Called]) -> str:
    """The patient, kept in the session and never in the URL."""
    names = {key: f"{called[key].name} · {key}" if key in called else key for key in known}
    if st.session_state.get("patient") not in known:
        st.session_state["patient"] = known[0]
    place = known.index(st.session_state["patient"])
    picked = st.selectbox(
        "Patient", known, index=place, format_func=names.__getitem__, placeholder="Choisir un patient"
    )
    st.session_state["patient"] = picked
    return str(picked)


widgets.page(show, "prevention")
