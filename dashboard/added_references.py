"""The reference picked on a page among those that were added: the same list wherever something is compared with one."""

from collections.abc import Sequence

import streamlit as st

from calculators.comparison.known import Known
from dashboard import data, widgets
from dashboard.widgets import Choice
from dashboard.words import plain


def picked(choice: Choice, every: Sequence[Known], first: str | None, key: str) -> str | None:
    """Folder of the one picked among `every`. `first`: of the one taken when nobody chooses. None leaves fictitious data to
    the one that ships, and real data without one: a fictitious reference serves them only when it is picked."""
    synthetic = data.dataset(choice.place).synthetic
    names = {str(one.path): _name(one) for one in every}
    if synthetic:
        names = {"": "celle qui est fournie, fictive"} | names
    if not every:
        return first
    taken = "" if synthetic else first
    found = st.selectbox("Référence", list(names), index=None if taken is None else list(names).index(taken),
                         format_func=names.__getitem__, key=key, placeholder="aucune n’est choisie")  # fmt: skip
    if found:
        st.caption(plain.text(f"Gardée dans {found}"))
    return str(found) if found else None


def ask_for_one(choice: Choice) -> None:
    """The way to the page where one is added."""
    st.page_link("pages/comparaison.py", label="Ajouter une référence reçue", query_params=widgets.url_of(choice))


def _name(one: Known) -> str:
    return f"{one.id} · {one.maker or one.source}{', fictive' if one.synthetic else ''}"
