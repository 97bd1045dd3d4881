"""Whom can I see for a long consultation, a key age, or prevention that nothing pays, and until when?"""

import streamlit as st

from calculators.practice.list_rules import list_rules
from calculators.practice.lists import lacking
from dashboard import address, data, widgets
from dashboard.practice import in_words, views
from dashboard.prevention import noting
from dashboard.widgets import Choice
from dashboard.words.labels import TABLE


def show(choice: Choice) -> None:
    st.title("Listes")
    labels = data.list_labels(choice.place)
    letter = st.toggle("Âges clés de la lettre de 2022", key="listes_lettre")
    variants = ("lettre_2022",) if letter else ()
    asked = choice.place, choice.doctor, choice.as_of, noting.said(choice.place), variants
    address.among("liste_choisie", list(labels), lambda: data.first_list(*asked))
    name = str(st.selectbox("Liste", list(labels), format_func=labels.__getitem__, key="liste_choisie"))
    found = data.lists_like(name, *asked)
    missing = lacking(data.store(choice.place), list_rules())
    if name in missing:
        table = TABLE.get(missing[name], missing[name])
        st.info(f"Cette liste ne peut pas être faite en entier\u00a0: ces données n’ont pas la table {table}.")
    views.one_list(choice, found, name)
    st.caption(in_words.NOT_PATIENTS.replace(" :", "\u00a0:"))
    widgets.method_link(choice, "cabinet")


widgets.page(show, "prevention")
