"""What do I say of my practice that no record says: contract, missions, equipment, instalments received?"""

import streamlit as st

from calculators.records.facts import FILE
from dashboard import widgets
from dashboard.practice import cabinet
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Mon cabinet")
    if cabinet.is_kept(choice.place):
        st.markdown("Ce que vous dites ici est gardé à côté des données. Un champ vide est inconnu, jamais deviné.")
        st.caption(f"Fichier\u00a0: `{FILE}`, que vous seul pouvez lire.")
    else:
        st.info(
            "Ces données sont fictives, ouvertes pour une visite ou protégées\u00a0: rien ne peut y être enregistré.",
            icon=":material/lock:",
        )
    cabinet.questions(choice)


widgets.page(show)
