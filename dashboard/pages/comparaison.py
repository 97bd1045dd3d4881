"""What am I compared with: a reference received, a group of volunteers, the insurer's figure?"""

from functools import partial

import streamlit as st

from dashboard import address, fields, widgets
from dashboard.comparaison import insurer, prevention, references, volunteers
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Comparaison")
    st.html(fields.french_files("ou le déposer ici", "200 Mo"))
    st.markdown(
        "Un ratio, un taux ne disent rien seuls. De quoi les comparer vient d’une référence publiée, d’un groupe de "
        "médecins volontaires, ou du chiffre que l’Assurance maladie vous montre."
    )
    sections = {
        "Références reçues": references.section,
        "Prévention": prevention.section,
        "Chiffre de l’Assurance maladie": insurer.section,
        "Contribuer à un groupe": volunteers.contribute,
        "Organiser un groupe": volunteers.organise,
    }
    address.among("onglet_comparaison", list(sections))
    tabs = st.tabs(list(sections), on_change="rerun", key="onglet_comparaison")
    for tab, section in zip(tabs, sections.values(), strict=True):
        with tab:
            widgets.safely(partial(section, choice))
    widgets.method_link(choice, "sobriete")


widgets.page(show)
