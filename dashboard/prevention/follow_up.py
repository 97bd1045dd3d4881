"""After a call that says something of acts (refused, done elsewhere): which ones? The doctor says, act by act; what he does
not say changes no verdict."""

from datetime import datetime
from typing import Literal

import streamlit as st

from calculators.prevention import calling as calls
from calculators.prevention.calling import STATES
from dashboard import data, widgets
from dashboard.prevention import calling, declaring
from dashboard.prevention.listing import Listing
from dashboard.widgets import Choice
from dashboard.words import labels, plain

ASKED = "appel_a_preciser"
TO_NOTE = "appel_a_noter"


def note(choice: Choice, patient: str, state: str) -> None:
    """Keep the state of a call that was set in the list."""
    known = next((one for one in STATES if one == state), None)
    if known is None:
        return
    calling.record(choice, patient, known)
    st.session_state[ASKED] = (patient, known) if known in calls.BY_ACT else None


def ask(patient: str, key: str) -> None:
    """Note what now stands in a field, as soon as the page is drawn: there a mistake can be told."""
    st.session_state[TO_NOTE] = (patient, st.session_state[key])


def note_asked(choice: Choice) -> None:
    """Keep the state that was set on the page of a patient, once. Raises UserError (French)."""
    if asked := st.session_state.pop(TO_NOTE, None):
        note(choice, *asked)


def panel(choice: Choice, found: Listing, only: str | None = None) -> None:
    """Which acts the call was about, when it said something of them. `only`: about that patient, on his own page; else it is
    part of the list, and reruns alone."""
    asked = st.session_state.get(ASKED)
    if not asked or only not in (None, asked[0]):
        return
    patient, state = asked
    everyone = data.calls(choice.place, choice.doctor, choice.as_of, found.rules.id, declaring.said(choice))
    due = next((call.gap_ids for call in everyone if call.patient_id == patient), [])
    if not due:
        return
    called = widgets.names(choice).get(patient)
    with st.container(border=True, key="preciser"):
        st.markdown(
            f"**{plain.text(called.name if called else patient)}** · {labels.CALL[state].lower()} : quels actes ?"
        )
        words = {one: found.rules.indicator(one).label for one in due}
        picked = st.pills(
            "Actes", due, selection_mode="multi", format_func=words.__getitem__, key=f"preciser_{patient}_{state}",
            label_visibility="collapsed",
        )  # fmt: skip
        on = None
        if state == "fait_ailleurs":
            on = st.date_input(
                "Fait le",
                value=None,
                format="DD/MM/YYYY",
                max_value=datetime.now().date(),
                key=f"preciser_le_{patient}",
            )
        save, later = st.columns([1, 3])
        asked = save.button("Déclarer ces actes", key="preciser_ok", type="primary", disabled=not picked)
        if asked and declaring.say(choice, patient, list(picked), calls.BY_ACT[state], on):
            _done("app" if only else "fragment")
        later.button("Plus tard", key="preciser_non", on_click=_close, help="L’appel est noté ; aucun acte ne change.")


def _close() -> None:
    st.session_state[ASKED] = None


def _done(scope: Literal["app", "fragment"]) -> None:
    _close()
    st.rerun(scope=scope)
