"""Figures of a doctor without any patient: for whom he delegated no more."""

import streamlit as st

from dashboard import data, tabular, widgets
from dashboard.forfait import views as forfait
from dashboard.prevention import in_words as prevention_words
from dashboard.prevention import tables as prevention_tables
from dashboard.prevention.board import board
from dashboard.sobriety import standing
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Chiffres")
    mine = board(choice)
    st.markdown(prevention_words.standing(mine.patients, mine.rates))
    found = prevention_tables.reported(mine.rates)
    tabular.table(
        {"Indicateur": [label for label, _ in found.rows]}
        | {name: [figures[place] for _, figures in found.rows] for place, name in enumerate(found.columns)},
        "Taux de chaque indicateur", "taux",
    )  # fmt: skip
    st.subheader("Sobriété")
    st.markdown(standing.sentence(choice))
    st.subheader("Forfait")
    year = choice.as_of.year
    version = data.version(choice.place, data.version_in_force(choice.place, year))
    st.markdown(forfait.pay_sentence(choice, year, version))


widgets.page(show, "prevention", "forfait")
