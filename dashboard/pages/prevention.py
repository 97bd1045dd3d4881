"""Whom to call first, and for what? The worklist: one row per patient, with all that is due."""

import pyarrow as pa
import streamlit as st

from calculators import french
from calculators.prevention import worklist
from dashboard import address, data, widgets
from dashboard.prevention import declaring, filters, in_words, letters, tables
from dashboard.widgets import Choice

WIDTHS = {"Patient": 110, "Nom": 190, "Téléphone": 135, "Âge": 60, "Sexe": 58, "ALD": 76}
WIDTHS |= {"En un contact": 245, "À faire aujourd’hui": 340}
WHY = {
    "En un contact": "Ce qu’un seul contact permet de faire aujourd’hui",
    "Possible dès": "Premier jour où un acte à faire peut l’être",
    "À faire aujourd’hui": "L’acte choisi d’abord, puis celui qui est échu depuis le plus longtemps",
    "À faire plus tard": "Actes à faire qui ne sont pas possibles aujourd’hui : campagne fermée, âge, période passée",
    "Échu depuis (jours)": "Du premier acte nommé ; vide s’il n’a jamais été à jour",
    "Vu le": "Dernier acte fait par vous et retrouvé dans les données",
    "Prochaine échéance": "Premier acte à refaire parmi ceux qui sont à jour",
    "ALD": "Numéros ; vide : aucune",
}


def show(choice: Choice) -> None:
    st.title("Prévention")
    if said := st.session_state.pop("dit_sur_la_liste", ""):
        st.info(said, icon=":material/info:")
    patients(choice)
    widgets.method_link(choice, "prevention")


@widgets.fragment
def patients(choice: Choice) -> None:
    """The list, its filters, its exports; choosing a row reruns this part alone."""
    first, more = st.container(), st.expander("Autres filtres", icon=":material/tune:")
    with more:
        set_name = widgets.indicator_set()
    rules = data.indicator_set(choice.place, set_name)
    everyone = data.calls(choice.place, choice.doctor, choice.as_of, set_name, declaring.said(choice))
    wanted = filters.main_filters(first, rules) | filters.other_filters(more, choice.as_of)
    found = worklist.keep(everyone, **wanted)
    shown = tables.calls_table(found, rules, wanted["indicators"])
    st.markdown(f"**{french.count(shown.num_rows, 'patient')}** sur {french.number(len(everyone))}, "
                "dans l’ordre des appels. Cliquez sur une ligne pour ouvrir le patient.")  # fmt: skip
    if others := filters.others_in_words():
        st.caption(f"Seulement : {others} (« Autres filtres »).")
    if late := in_words.late_doses(rules, choice.as_of):
        st.info(late, icon=":material/info:")
    called = widgets.names(choice)
    seen = tables.named(shown, called) if called else shown
    event = st.dataframe(
        seen,
        column_config=widgets.columns(seen.schema, WIDTHS, WHY),
        hide_index=True,
        height=460,
        on_select="rerun",
        selection_mode="single-row",
        key="liste",
        placeholder="",
        alt="Liste des patients et de leurs actes à faire, dans l’ordre des appels",
    )
    if called:
        widgets.no_toolbar("liste")
    st.caption(f"{in_words.ORDER} Cliquez sur un titre de colonne pour trier autrement.")
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(found):
        address.open_patient(choice.place.path, found[rows[0]].patient_id)
    dated = shown.append_column("Au", pa.array([choice.as_of] * shown.num_rows, pa.date32()))
    widgets.export_buttons(dated, f"prevention-{choice.as_of}", key="export_prevention")
    letters.panel(choice, found, rules, wanted["indicators"])


widgets.page(show, "prevention")
