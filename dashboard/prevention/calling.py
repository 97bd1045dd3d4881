"""What came of the calls: kept beside the data when they are the doctor's, else for this session only."""

from datetime import datetime
from pathlib import Path

import streamlit as st

from calculators.prevention import calling
from calculators.prevention.calling import Called, State
from dashboard import data
from dashboard.data import Place
from dashboard.prevention import declaring
from dashboard.widgets import Choice

CALLER = "appelant"


def latest(place: Place) -> dict[str, Called]:
    """The last state of each patient."""
    return calling.latest(data.called(place).known + declaring.unwritten(place, "appels"))


def standing(place: Place) -> dict[str, State]:
    """Where the calls stand now, by patient; one that is not there is to be called."""
    today = datetime.now().date()
    return {patient: calling.standing(one, today) for patient, one in latest(place).items()}


def record(choice: Choice, patient: str, state: State) -> None:
    """Keep one state. Raises UserError (French)."""
    called = Called(patient_id=patient, state=state, by=caller(choice), at=datetime.now().replace(microsecond=0))
    if declaring.is_kept(choice.place):
        calling.record(Path(choice.place.path), called)
    else:
        declaring.keep_unwritten(choice.place, "appels", called)


def caller(choice: Choice) -> str:
    """Who notes the calls: as he wrote it, else the doctor."""
    return str(st.session_state.get(CALLER) or "").strip() or choice.doctor


def ask_caller(choice: Choice) -> None:
    """A secretary calls too."""
    st.text_input(
        "Appels notés par", key=CALLER, max_chars=60, placeholder=choice.doctor, persist_state="session", width=260,
        help="Vide : le médecin. Ce nom est gardé avec chaque appel.",
    )  # fmt: skip
