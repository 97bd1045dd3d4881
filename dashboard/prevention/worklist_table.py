"""The worklist as a table of our own: the whole row opens, every act is in sight, the state of the calls is set in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import streamlit as st

from dashboard.prevention.tables import HEAD, Line

FILES = files("dashboard.prevention")
KEY = "liste"
LABEL = "Patients et actes à faire ; flèches pour passer d’un patient à l’autre, Entrée pour l’ouvrir"
_table = st.components.v2.component(
    "liste_des_appels",
    css=FILES.joinpath("worklist.css").read_text(encoding="utf-8"),
    js=FILES.joinpath("worklist.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Asked:
    """What was asked of the table: a patient to open, a state (patient and state), another page."""

    opened: str | None = None
    state: tuple[str, str] | None = None
    page: int | None = None


def show(lines: Sequence[Line], states: Mapping[str, str], page: int, pages: int, range_: str) -> None:
    """Draw one page of it. `asked` then says what was asked of it, in the next run."""
    shown = {"head": HEAD, "rows": list(lines), "states": dict(states), "page": page, "pages": pages, "range": range_}
    _table(key=KEY, data=shown | {"label": LABEL}, on_open_change=_noted, on_state_change=_noted, on_page_change=_noted)


def asked() -> Asked:
    """Once."""
    found: Asked = st.session_state.pop(f"{KEY}_demande", Asked())
    return found


def _noted() -> None:
    given: Any = st.session_state[KEY]
    state = given.get("state")
    page = given.get("page")
    st.session_state[f"{KEY}_demande"] = Asked(
        given.get("open"), (str(state["id"]), str(state["state"])) if state else None, int(page) if page else None
    )
