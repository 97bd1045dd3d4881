"""The list as it is filtered, sorted and worked through: what the list shows, what the page of a patient walks."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import streamlit as st

from calculators.prevention import calling as calls
from calculators.prevention import worklist
from calculators.prevention.calling import State
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.worklist import Call
from calculators.records.identities import Called as Named
from dashboard import address, data, widgets
from dashboard.prevention import calling, declaring, filters
from dashboard.widgets import Choice

AT_ONCE = 20
"""Patients of a page, and of one session of calls."""
SESSION = "seance"


@dataclass(frozen=True)
class Listing:
    """Patients in the order shown, and what they were chosen from."""

    calls: list[Call]
    everyone: int
    rules: IndicatorSet
    wanted: list[str]
    begun: int
    """How many the session of calls began with; 0 without one."""
    picked: str
    """What the patients were picked for elsewhere; empty when they were not."""

    def ids(self) -> list[str]:
        return [call.patient_id for call in self.calls]


def current(choice: Choice, set_name: str) -> Listing:
    """As the filters of this session say, whichever page asks."""
    rules = data.indicator_set(choice.place, set_name)
    everyone = data.calls(choice.place, choice.doctor, choice.as_of, set_name, declaring.said(choice))
    wanted = filters.wanted(choice.as_of, rules)
    found, standing = worklist.keep(everyone, **wanted), calling.standing(choice.place)
    if state := filters.call_state():
        found = [call for call in found if standing.get(call.patient_id, calls.TO_CALL) == state]
    if label := picked(choice)[:1]:
        found = [call for call in found if call.patient_id in picked(choice)[1:]]
    begun = session(choice)
    if begun:
        found = to_call((call for call in found if call.patient_id in begun), standing)
    sorted_ = _sorted(found, filters.order(), widgets.names(choice))
    return Listing(sorted_, len(everyone), rules, wanted["indicators"], len(begun), "".join(label))


def to_call(found: Iterable[Call], standing: Mapping[str, State]) -> list[Call]:
    """Those of whom an act can be done today, and whom no call has settled."""
    return [call for call in found if call.now_ids and standing.get(call.patient_id, calls.TO_CALL) == calls.TO_CALL]


def picked(choice: Choice) -> Sequence[str]:
    """What patients were picked for from a figure of another page, then these patients."""
    return address.several(choice.place.path, st.session_state.get("choix") or "")


def unfiltered() -> None:
    """Every patient of the list, whatever was asked of it."""
    for part in address.PARTS:
        if part.group == address.LIST:
            st.session_state[part.key] = copy(part.usual)
    st.session_state["filtre_etat"] = "all"


def everybody() -> None:
    st.session_state["choix"] = ""
    filters.first_page()


def session(choice: Choice) -> Sequence[str]:
    """The patients of the session of calls under way; none without one."""
    return address.several(choice.place.path, st.session_state.get(SESSION) or "")


def begin(choice: Choice, patients: Sequence[str]) -> None:
    """Start a session of calls with these patients."""
    st.session_state[SESSION] = address.number_of(choice.place.path, tuple(patients))
    filters.first_page()


def end() -> None:
    st.session_state[SESSION] = ""
    filters.first_page()


def _sorted(found: list[Call], order: str, names: Mapping[str, Named]) -> list[Call]:
    match order:
        case "nom" if names:
            return sorted(found, key=lambda call: names[call.patient_id].name if call.patient_id in names else "")
        case "age":
            return sorted(found, key=lambda call: -call.age)
        case "vu":
            return sorted(found, key=lambda call: call.last_seen_on.toordinal() if call.last_seen_on else 0)
        case _:
            return found
