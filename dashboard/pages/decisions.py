"""Stay or change: a demographic contract, an assistant, the capitation of a group?"""

from functools import partial

import streamlit as st

from dashboard import address, widgets
from dashboard.practice import in_words, views
from dashboard.widgets import Choice

TABS = ("Contrat démographique", "Assistant médical", "Capitation")


def show(choice: Choice) -> None:
    st.title("Décisions")
    if widgets.of_one_patient(choice, in_words.ONE_PATIENT):
        return
    year = views.year(choice, "annee_decisions")
    sections = (views.contract, views.assistant_tab, views.capitated)
    address.among("onglet_decisions", TABS)
    for tab, draw in zip(st.tabs(TABS, on_change="rerun", key="onglet_decisions"), sections, strict=True):
        if tab.open:  # the others are not computed
            with tab:
                widgets.safely(partial(draw, choice, year))
    widgets.method_link(choice, "cabinet")


widgets.page(show, "forfait")
