"""From one patient of the list to the next, and back to the list; or straight to any patient by name."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators import french
from calculators.prevention.calling import TO_CALL
from calculators.records.identities import Called
from dashboard import address
from dashboard.prevention import calling, follow_up, tables
from dashboard.widgets import Choice
from dashboard.words import labels, plain

RANK = "rang_dans_la_liste"


def through(choice: Choice, listed: Sequence[str], known: Sequence[str], called: Mapping[str, Called]) -> str | None:
    """The patient shown; None when nobody was chosen. `listed`: the list as it is filtered, `known`: all the patients."""
    state = st.session_state
    if state.get("patient") not in known:
        state["patient"] = known[0] if len(known) == 1 else None
    back, before, place, after, call, whom = st.columns(
        [1, 1.2, 0.85, 1.1, 1.45, 1.8], gap="xsmall", vertical_alignment="bottom"
    )
    if back.button("Liste", key="retour", icon=":material/arrow_back:", help="Revenir à la liste, où vous en étiez"):
        address.go("prevention")
    rank = _rank(listed)
    place.markdown(_where(rank, listed))
    previous, next_ = _around(rank, listed)
    for column, label, to, key, arrow, says in (
        (before, "Précédent", previous, "precedent", "Left", "Patient précédent de la liste"),
        (after, "Suivant", next_, "suivant", "Right", "Patient suivant de la liste"),
    ):
        column.button(
            label,
            key=key,
            shortcut=arrow,
            help=f"{says} (touche flèche)",
            disabled=to is None,
            on_click=_go,
            args=(to,),
        )
    names = {key: plain.text(f"{called[key].name} · {key}") if key in called else key for key in known}
    picked = whom.selectbox(
        "Patient",
        known,
        index=known.index(state["patient"]) if state["patient"] else None,
        format_func=names.__getitem__,
        placeholder="Choisir un patient",
    )
    state["patient"] = picked
    if picked is not None and len(known) > 1:
        _call(choice, picked, call)
    return picked


def _call(choice: Choice, patient: str, where: DeltaGenerator) -> None:
    """Where the calls to him stand, set as in the list."""
    key = f"appel_{patient}"
    st.session_state[key] = calling.standing(choice.place).get(patient, TO_CALL)
    said = tables.call_said(calling.latest(choice.place).get(patient), st.session_state[key])
    where.selectbox(
        "Appel",
        list(labels.CALL),
        format_func=labels.CALL.__getitem__,
        key=key,
        help=f"Noté {plain.text(said)}." if said else None,
        on_change=follow_up.ask,
        args=(patient, key),
    )


def _rank(listed: Sequence[str]) -> int | None:
    """His place in the list, from 0; None when he is not there."""
    state = st.session_state
    if state["patient"] in listed:
        state[RANK] = listed.index(state["patient"])
        return int(state[RANK])
    return None


def _around(rank: int | None, listed: Sequence[str]) -> tuple[str | None, str | None]:
    """Who comes before and after. One who has left the list keeps the place he had."""
    left = rank is None
    here = min(st.session_state.get(RANK, 0), len(listed)) if rank is None else rank
    before = listed[here - 1] if 0 < here <= len(listed) else None
    next_ = here if left else here + 1
    return before, listed[next_] if next_ < len(listed) else None


def _where(rank: int | None, listed: Sequence[str]) -> str:
    if not listed:
        return ""
    if rank is None:
        return f"– / {french.number(len(listed))}"
    return f"**{french.number(rank + 1)}** / {french.number(len(listed))}"


def _go(patient: str) -> None:
    st.session_state["patient"] = patient
