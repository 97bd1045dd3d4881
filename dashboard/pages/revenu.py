"""What did the practice earn in a year, block by block, and what was really paid?"""

from functools import partial

import streamlit as st

from dashboard import address, widgets
from dashboard.practice import in_words, views
from dashboard.widgets import Choice

TABS = ("Le revenu", "Intéressement", "Et si…", "Versements reçus", "ROSP")


def show(choice: Choice) -> None:
    st.title("Revenu du cabinet")
    if widgets.of_one_patient(choice, in_words.ONE_PATIENT):
        return
    year = views.year(choice, "annee_revenu")
    sections = (views.income, views.savings, views.what_if, views.received, views.rosp)
    address.among("onglet_revenu", TABS)
    for tab, draw in zip(st.tabs(TABS, on_change="rerun", key="onglet_revenu"), sections, strict=True):
        if tab.open:  # the others are not computed
            with tab:
                widgets.safely(partial(draw, choice, year))
    widgets.method_link(choice, "cabinet")


widgets.page(show, "forfait")
