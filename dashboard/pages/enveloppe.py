"""What does prevention bring, what would one point more, and what if the patients were allowed for?"""

import streamlit as st

from dashboard import address, data, tabular, widgets
from dashboard.practice import in_words, tables, views
from dashboard.practice.opened import of_prevention
from dashboard.widgets import Choice

TABS = ("Indicateur par indicateur", "Selon la patientèle", "Par contact")


def show(choice: Choice) -> None:
    st.title("Enveloppe de prévention")
    if widgets.of_one_patient(choice, in_words.ONE_PATIENT):
        return
    year = views.year(choice, "annee_enveloppe")
    labels = data.labels(choice.place)
    address.among("onglet_enveloppe", TABS)
    by_indicator, by_patients, by_contact = st.tabs(TABS, on_change="rerun", key="onglet_enveloppe")
    if by_indicator.open:
        with by_indicator:
            rows = data.envelope(choice.place, choice.doctor, year)
            st.markdown(in_words.envelope(rows))
            tabular.table(tables.envelope(rows, labels), "Enveloppe par indicateur", "enveloppe_indicateurs")
            of_prevention.envelope(choice, year, rows, labels)
    if by_patients.open:
        with by_patients:
            mixed = data.case_mix(choice.place, choice.doctor, year)
            st.markdown(in_words.case_mix(mixed))
            tabular.table(tables.case_mix(mixed, labels), "Selon la patientèle", "enveloppe_patientele")
            of_prevention.case_mix(choice, year, mixed, labels)
    if by_contact.open:
        with by_contact:
            seen = data.contacts(choice.place, choice.doctor, year)
            st.markdown(in_words.contacts(seen))
            tabular.table(tables.contacts(seen), "Par contact", "enveloppe_contacts")
            of_prevention.contacts(choice, year, seen)
    widgets.method_link(choice, "cabinet")


widgets.page(show, "forfait")
