"""What is done, due or unknown for this patient, and why? His care in time."""

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators import french
from calculators.records.identities import Called
from dashboard import address, data, widgets
from dashboard.prevention import declaring, views
from dashboard.widgets import Choice
from dashboard.words import plain

GONE = (
    "Le patient de cette adresse n’est plus connu ici : une adresse ne nomme personne, et ne vaut que pour qui l’a ouverte, "
    "jusqu’à l’arrêt du programme. Choisissez-le dans la liste."
)


def show(choice: Choice) -> None:
    if address.lost():
        st.session_state["dit_sur_la_liste"] = GONE
        address.go("prevention")
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
    title(head, called.get(patient or ""))
    if patient is None:
        st.info("Aucun patient n’est ouvert : choisissez-le ici, ou dans la liste.", icon=":material/person_search:")
        st.page_link("pages/prevention.py", label="Ouvrir la liste", icon=":material/list:")
        return
    views.identity(next(one for one in roster if one.patient_id == patient), called.get(patient))
    set_name = widgets.indicator_set()
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


def pick(known: list[str], called: Mapping[str, Called]) -> str | None:
    """The patient, kept in the session and never in the address; the only one of a list; nobody else unasked."""
    names = {key: f"{called[key].name} · {key}" if key in called else key for key in known}
    if st.session_state.get("patient") not in known:
        st.session_state["patient"] = known[0] if len(known) == 1 else None
    picked = st.selectbox(
        "Patient",
        known,
        index=None if (now := st.session_state["patient"]) is None else known.index(now),
        format_func=names.__getitem__,
        placeholder="Choisir un patient",
    )
    st.session_state["patient"] = picked
    return picked


widgets.page(show, "prevention")
