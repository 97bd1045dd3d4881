"""What every figure of the economy opens to: a choice of figures, rows of patients and acts, the list to call from."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pyarrow as pa
import streamlit as st

from calculators.practice.behind import ActBehind
from dashboard import address, tabular, widgets
from dashboard.practice import in_words, tables
from dashboard.widgets import Choice

Openings = Mapping[str, tuple[str, Callable[[], None]]]
"""What can be opened, by what stands for it in the address: its name, and what draws it."""


def one_of(label: str, key: str, known: Openings) -> None:
    """A list of figures, one of which is open."""
    picked = widgets.one_of(label, key, {name: said for name, (said, _) in known.items()})
    if picked in known:
        known[picked][1]()


def acts(choice: Choice, found: Sequence[ActBehind], key: str) -> None:
    """Each act, with its patient and its day; a row opens its patient."""
    patients_in_rows(choice, partial(tables.acts, found), [one.patient_id for one in found], key)


def patients_in_rows(
    choice: Choice,
    drawn: Callable[[Mapping[str, str]], pa.Table],
    patients: Sequence[str],
    key: str,
    says: str = "Patients et actes",
) -> None:
    """Rows about patients: the names are on screen alone; the row that is picked opens its patient, if he is on the list."""
    called = {patient: one.name for patient, one in widgets.names(choice).items()}
    if called:
        widgets.no_toolbar(key)
    event = tabular.grid(drawn(called), says, key, saved=drawn({}), on_select="rerun", selection_mode="single-row")
    if chosen := event["selection"]["rows"]:
        listed = widgets.listed(choice, set(patients))
        if patients[chosen[0]] in listed:
            address.open_patient(choice.place.path, patients[chosen[0]], (says, *listed))
        st.info(in_words.off_the_list(choice.as_of), icon=":material/person_off:")
    with st.container(key=f"{key}_{tabular.ON_SCREEN}"):
        st.caption(in_words.A_ROW_OPENS)


def stratum(choice: Choice, year: int, name: str, patients: Sequence[str]) -> None:
    widgets.patients_in_list(choice, f"liste de {year}, {in_words.stratum(name)}", patients)
