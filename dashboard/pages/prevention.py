"""Whom to call first, and for what? The worklist: one row per patient, with all that is due."""

from datetime import date

import pyarrow as pa
import streamlit as st

from calculators.dates import add_months
from calculators.prevention import worklist
from dashboard import calls, contest, data, letters, widgets, wording
from dashboard.widgets import Choice

STATES = {
    "now_ids": "À faire aujourd’hui",
    "gap_ids": "À faire, même plus tard",
    "unknown_ids": "Inconnu",
    "declined_ids": "Refusé ou non applicable",
    None: "Tous les patients",
}
SEEN = {None: "Tous", "recent": "Vu récemment (3 mois)", "never": "Jamais vu"}
WIDTHS = {"Patient": 115, "Âge": 72, "Sexe": 60, "ALD": 72, "À proposer": 260, "Actes à faire": 340}
WHY = {
    "À proposer": "Ce qu’un seul contact permet de faire aujourd’hui",
    "Possible dès": "Premier jour où un acte à faire peut l’être",
    "Échu depuis (jours)": "Depuis que l’acte n’est plus à jour ; vide s’il n’a jamais été retrouvé",
    "Vu le": "Dernier acte fait par vous et retrouvé dans les données",
    "Prochaine échéance": "Premier acte à refaire parmi ceux qui sont à jour",
    "ALD": "Numéros ; vide : aucune",
}


def show(choice: Choice) -> None:
    st.title("Prévention")
    set_name = widgets.indicator_set("jeu")
    patients(choice, set_name)
    widgets.method_link(choice, "prevention")


@st.fragment
def patients(choice: Choice, set_name: str) -> None:
    """The list, its filters, its exports; choosing a row reruns this part alone."""
    rules = data.indicator_set(set_name)
    everyone = data.calls(choice.place, choice.doctor, choice.as_of, set_name, contest.said(choice))
    found = filtered(everyone, set_name, choice.as_of)
    shown = calls.table(found, rules)
    st.markdown(
        f"**{wording.count(shown.num_rows, 'patient')}** sur {wording.number(everyone.num_rows)}. {calls.ORDER}"
    )
    event = st.dataframe(
        shown,
        column_config=widgets.columns(calls.COLUMNS, WIDTHS, WHY),
        hide_index=True,
        height=460,
        on_select="rerun",
        selection_mode="single-row",
        key="liste",
        placeholder="",
        alt="Liste des patients et de leurs actes à faire, dans l’ordre des appels",
    )
    st.caption("Cliquez sur un titre de colonne pour trier autrement, sur une ligne pour ouvrir le patient.")
    rows = event["selection"]["rows"]
    if rows and rows[0] < shown.num_rows:
        st.session_state["patient"] = shown["Patient"][rows[0]].as_py()
        st.switch_page("pages/patient.py")
    dated = shown.append_column("Au", pa.array([choice.as_of] * shown.num_rows, pa.date32()))
    widgets.export_buttons(dated, f"prevention-{choice.as_of}", key="export_prevention")
    letters.panel(choice, found, rules)


def filtered(table: pa.Table, set_name: str, as_of: date) -> pa.Table:
    """Rows that match the filters, in the same order."""
    rules = data.indicator_set(set_name)
    labels = {indicator.id: indicator.label for indicator in rules.indicators}
    contacts = list(dict.fromkeys(indicator.contact or indicator.id for indicator in rules.indicators))
    preset = st.query_params.get("indicateur")
    first, second, third = st.columns([2.4, 2, 1.6], gap="medium", vertical_alignment="bottom")
    wanted = first.multiselect(
        "Indicateurs",
        list(labels),
        default=[preset] if preset in labels else [],
        format_func=lambda name: labels[name],
        placeholder="Tous les indicateurs",
        key="filtre_indicateurs",
    )
    one = second.selectbox("À faire ensemble", [None, *contacts], key="filtre_contact",
                           format_func=lambda name: calls.contact(name, rules) if name else "tous les contacts")  # fmt: skip
    state = third.selectbox("Montrer", list(STATES), format_func=lambda name: STATES[name], key="filtre_etat")
    first, second, third = st.columns([2.4, 2, 1.6], gap="medium", vertical_alignment="bottom")
    ages = first.slider("Âge", 0, 110, (0, 110), key="filtre_age")
    seen = second.selectbox("Vu par vous", list(SEEN), format_func=lambda name: SEEN[name], key="filtre_vu")
    only_ald = third.toggle("En ALD", key="filtre_ald")
    return worklist.keep(
        table,
        wanted,
        among=state,
        contact=one,
        ages=ages,
        ald=True if only_ald else None,
        seen=(add_months(as_of, -3), as_of) if seen == "recent" else None,
        never_seen=seen == "never",
    )


widgets.page(show)
