"""What do I say of my practice that no record says: contract, missions, equipment, instalments received?"""

import streamlit as st

from calculators import french
from calculators.records.facts import FILE
from dashboard import widgets
from dashboard.practice import views
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Mon cabinet")
    if views.is_kept(choice.place):
        st.markdown("Ce que vous dites ici est gardé à côté des données. Un champ vide est inconnu, jamais deviné.")
        st.caption(f"Fichier\u00a0: `{FILE}`, que vous seul pouvez lire.")
    else:
        st.info(
            "Ces données sont fictives, ouvertes pour une visite ou protégées\u00a0: rien ne peut y être enregistré.",
            icon=":material/lock:",
        )
    if changed := st.session_state.pop("cabinet_enregistre", 0):
        st.success(f"Enregistré\u00a0: {french.count(changed, 'valeur changée', 'valeurs changées')}.")
    views.facts(choice)


widgets.page(show)
