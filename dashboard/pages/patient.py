"""What is done, due or unknown for this patient, and why? His care in time."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators import french
from calculators.records.identities import Called
from dashboard import address, data, widgets
from dashboard.pertinence import in_words as relevance_words
from dashboard.prevention import declaring, follow_up, history, listing, noting, views, walk
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
    set_name = chosen_set(choice)
    follow_up.note_asked(choice)
    found = listing.current(choice, set_name)
    patient = walk.through(choice, found.ids(), [one.patient_id for one in roster], called)
    title(head, called.get(patient or ""))
    if patient is None:
        st.info("Aucun patient n’est ouvert : choisissez-le ici, ou dans la liste.", icon=":material/person_search:")
        st.page_link("pages/prevention.py", label="Ouvrir la liste", icon=":material/list:")
        return
    views.identity(next(one for one in roster if one.patient_id == patient), called.get(patient))
    follow_up.panel(choice, found, patient)
    views.verdicts(choice, patient, set_name)
    noting.form(choice, patient)
    not_to_do(choice, patient)
    declaring.panel(choice)
    history.show(choice, patient, data.indicator_set(choice.place, set_name))
    widgets.indicator_set()
    widgets.method_link(choice, "prevention")


def not_to_do(choice: Choice, patient: str) -> None:
    """What was done already, or goes on for too long; nothing where there is none."""
    found = [one for one in data.to_avoid(choice.place, choice.doctor, choice.as_of) if one.patient_id == patient]
    if found:
        st.subheader("À ne pas faire, sauf indication")
        st.markdown(relevance_words.not_to_do(found, choice.as_of))


def chosen_set(choice: Choice) -> str:
    """The agreement whose indicators are judged; the field that changes it stands at the end of the page."""
    address.among("jeu", data.set_names(choice.place), data.preferred_set(choice.place))
    return str(st.session_state["jeu"])


def title(place: DeltaGenerator, called: Called | None) -> None:
    """His name when names are shown."""
    with place:
        if called:
            st.title(plain.text(called.name))
        else:
            st.title("Patient")


widgets.page(show, "prevention")
