"""What does the insurer's list say otherwise than my data, and what can I contest?"""

import streamlit as st

from dashboard import data, tabular, widgets
from dashboard.prevention import contest, reconciling
from dashboard.widgets import Choice
from dashboard.words import plain

NONE = (
    "Aucune liste de l’Assurance maladie dans ces données. Importez celle que vous avez reçue (CSV ou Excel : un patient et "
    "un indicateur par ligne), avec vos autres documents."
)


def show(choice: Choice) -> None:
    st.title("Rapprochement")
    if not data.insurer_told(choice.place):
        st.info(NONE, icon=":material/info:")
        return
    set_name = widgets.indicator_set()
    rules = data.indicator_set(choice.place, set_name)
    found = data.reconciled(choice.place, choice.doctor, choice.as_of, set_name)
    st.markdown(contest.summary(found))
    if said := contest.unmatched(found):
        st.warning(plain.text(said), icon=":material/help:")
    if said := contest.apart(found, choice.as_of):
        st.info(said, icon=":material/schedule:")
    if found.rows:
        tabular.table(contest.by_indicator(found, rules), "Bilan par indicateur", "bilan_par_indicateur")
        reconciling.one_by_one(choice, list(found.rows), set_name)
        reconciling.to_send(choice, set_name)
    widgets.method_link(choice, "prevention")


widgets.page(show)
