"""Which rules am I held to, and where do I stand: teleconsultation, OPTAM, DONUM, acts together?"""

import streamlit as st

from calculators.practice.limits import NOT_ALL_ACTS
from dashboard import data, tabular, widgets
from dashboard.practice import in_words, tables, views
from dashboard.practice.opened import of_rules
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Règles à respecter")
    if widgets.of_one_patient(choice, in_words.ONE_PATIENT):
        return
    year = views.year(choice, "annee_regles", begun=True)
    if not data.is_finished(choice.place, year):
        st.caption(in_words.begun(year, data.dataset(choice.place).covers_to))
    rows = data.limits(choice.place, choice.doctor, year)
    if any(one.reason == NOT_ALL_ACTS for one in rows):
        st.info(
            "La part des téléconsultations n’est pas calculable\u00a0: rien ne dit que ces données ont tous vos actes, "
            "ceux des patients hors de votre liste compris.",
            icon=":material/help:",
        )
    tabular.table(tables.limits(rows), "Règles, valeurs et limites", "regles_lignes")
    for section in in_words.unsaid(rows):
        widgets.cabinet_link(choice, section, in_words.SECTION[section])
    of_rules.limits(choice, year, rows)
    st.caption(
        "Trois lectures de la même limite sont montrées côte à côte, car les caisses ne lisent pas toutes de même."
    )
    widgets.method_link(choice, "cabinet")


widgets.page(show, "forfait")
