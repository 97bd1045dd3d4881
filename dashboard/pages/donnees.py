"""Whose data are these, what are they made of, what do they allow? Files are dropped here, folders opened and erased."""

from functools import partial
from typing import get_args

import streamlit as st

from calculators.records.check_rules import Result
from dashboard import data, widgets
from dashboard.donnees import adding, views
from dashboard.forfait import in_words as forfait_words
from dashboard.widgets import Choice

RESULTS: tuple[Result, ...] = get_args(Result)


def show(choice: Choice | None) -> None:
    st.title("Données")
    views.said()
    st.subheader("Ajouter des fichiers")
    widgets.safely(partial(adding.section, choice))
    if choice is not None:
        opened(choice)
    st.subheader("Ouvrir un autre dossier")
    widgets.safely(partial(views.switch, choice))
    if choice is not None:
        st.subheader("Effacer ce dossier")
        widgets.safely(partial(views.erase, choice))


def opened(choice: Choice) -> None:
    """The folder on screen: what it is made of, what waits for an answer, what it allows."""
    st.subheader("Le dossier ouvert")
    views.in_short(choice)
    views.checks(list(dict.fromkeys(filter(None, (data.doubts(choice.place, one) for one in RESULTS)))))
    found = data.allowed(choice.place, choice.doctor, choice.as_of)
    views.allowed(choice, [forfait_words.caution(one) for one in found.cautions])
    if data.sources(choice.place):
        widgets.safely(partial(views.pairs, choice))
        st.subheader("Les documents du dossier")
        widgets.safely(partial(views.sources, choice))


widgets.page(show, always=True)
