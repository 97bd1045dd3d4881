"""After a call that says something of acts (refused, done elsewhere): which ones? The doctor says, act by act; what he does
not say changes no verdict."""

from datetime import datetime

import streamlit as st

from calculators.prevention import calling as calls
from calculators.prevention.calling import STATES
from dashboard import data, widgets
from dashboard.prevention import calling, declaring
from dashboard.prevention.listing import Listing
from dashboard.widgets import Choice
from dashboard.words import labels, plain

ASKED = "appel_a_preciser"


def note(choice: Choice, patient: str, state: str) -> None:
    """Keep the state of a call that was set in the list."""
    known = next((one for one in STATES if one == state), None)
    if known is None:
        return
    calling.record(choice, patient, known)
    st.session_state[ASKED] = (patient, known) if known in calls.BY_ACT else None


def panel(choice: Choice, found: Listing) -> None:
    """Which acts the call was about, when it said something of them."""
    asked = st.session_state.get(ASKED)
    if not asked:
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
            _done()
        later.button("Plus tard", key="preciser_non", on_click=_close, help="L’appel est noté ; aucun acte ne change.")


def _close() -> None:
    st.session_state[ASKED] = None


def _done() -> None:
    _close()
    st.rerun(scope="fragment")
