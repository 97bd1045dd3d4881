"""What am I compared with: a reference received, a group of volunteers, the insurer's figure?"""

from functools import partial

import streamlit as st

from dashboard import widgets
from dashboard.comparaison import references
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Comparaison")
    st.markdown(
        "Un ratio, un taux ne disent rien seuls. De quoi les comparer vient d’une référence publiée, d’un groupe de "
        "médecins volontaires, ou du chiffre que l’Assurance maladie vous montre."
    )
    [published] = st.tabs(["Références reçues"])
    with published:
        widgets.safely(partial(references.section, choice))
    widgets.method_link(choice, "sobriete")


widgets.page(show)
