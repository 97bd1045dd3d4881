"""What the doctor notes of a patient that no reimbursement says: kept beside the data when they are his, else for this
session only."""

from datetime import date, datetime
from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from calculators import french
from calculators.errors import UserError
from calculators.prevention import noting
from calculators.prevention.noting import Noted, Question
from dashboard import data
from dashboard.data import Place
from dashboard.prevention import declaring
from dashboard.widgets import Choice
from dashboard.words import plain

NOTHING = "–"


def everything(place: Place) -> list[Noted]:
    """All notes on these data, oldest first."""
    return data.noted(place).known + st.session_state.get("constats", {}).get(place.path, [])


def said(place: Place) -> tuple[str, ...]:
    """Notes that hold, as JSON."""
    return tuple(one.model_dump_json() for one in noting.holding(everything(place)))


def form(choice: Choice, patient: str) -> None:
    """What may be noted of a patient, beside what holds."""
    mine = {one.code: one for one in noting.holding(everything(choice.place)) if one.patient_id == patient}
    with st.expander(
        "Ce qu’aucun remboursement ne dit : habitudes, humeur, dossiers à remplir".replace(" :", "\u00a0:")
    ):
        st.caption("Prévention que rien ne paie, et dossiers à remplir. Seul compte ce que vous notez ici.")
        for code, held in mine.items():
            st.markdown(f"{noting.questions()[code].label}\u00a0: **{_in_words(held)}**, le {french.day(held.on)}.")
        with st.form(f"constat_{patient}_{len(everything(choice.place))}", border=False):
            asked = noting.questions()
            code = str(
                st.selectbox("Question", list(asked), format_func=lambda one: asked[one].label, key="constat_quoi")
            )
            values = {one: one for one in _all_values(asked)}
            value = st.selectbox(
                "Réponse", ["", *values], format_func=lambda one: _value_label(one, asked), key="constat_choix"
            )
            typed = st.text_input("Ou un nombre (minutes, score)", key="constat_nombre")
            on = st.date_input("Le", value=choice.as_of, format="DD/MM/YYYY", key="constat_jour")
            if st.form_submit_button("Noter"):
                _note(choice, patient, code, str(typed.strip() or value or ""), on)


def _all_values(asked: dict[str, Question]) -> list[str]:
    return list(dict.fromkeys(value for one in asked.values() for value in one.values))


def _value_label(value: str, asked: dict[str, Question]) -> str:
    if not value:
        return NOTHING
    return next(one.values[value] for one in asked.values() if value in one.values)


def _in_words(noted: Noted) -> str:
    return noting.questions()[noted.code].values.get(noted.value, noted.value)


def _note(choice: Choice, patient: str, code: str, value: str, on: date) -> None:
    """Keep one; what is refused is told."""
    try:
        noted = Noted(
            patient_id=patient,
            code=code,
            value=value,
            on=on,
            by=choice.doctor,
            at=datetime.now().replace(microsecond=0),
        )
        if declaring.is_kept(choice.place):
            noting.note(Path(choice.place.path), noted)
        else:
            st.session_state.setdefault("constats", {}).setdefault(choice.place.path, []).append(noted)
    except ValidationError as faults:
        causes = [fault.get("ctx", {}).get("error", fault["msg"]) for fault in faults.errors()]
        st.error("Rien n’a été noté\u00a0: " + plain.text("\u00a0; ".join(map(str, causes))) + ".")
    except UserError as reason:
        st.error(str(reason))
    else:
        st.rerun()
