"""Whom to call first, and for what? The worklist: one row per patient, with all that is due."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators.dates import add_months
from calculators.prevention import worklist
from calculators.prevention.indicator import IndicatorSet
from dashboard import calls, contest, data, letters, widgets, wording
from dashboard.widgets import Choice

STATES = {
    "now_ids": "À faire aujourd’hui",
    "gap_ids": "À faire, même plus tard",
    "unknown_ids": "Inconnu",
    "declined_ids": "Refusé ou non applicable",
    "all": "Tous les patients",
}
SEEN = {
    "all": "Tous",
    "recent": "Vu récemment (3 mois)",
    "leaving": "Sans contact depuis 20 à 24 mois",
    "never": "Jamais vu",
}
WIDTHS = {"Patient": 110, "Âge": 60, "Sexe": 58, "ALD": 76, "En un contact": 245, "Actes à faire": 340}
WHY = {
    "En un contact": "Ce qu’un seul contact permet de faire aujourd’hui",
    "Possible dès": "Premier jour où un acte à faire peut l’être",
    "Échu depuis (jours)": "Depuis que l’acte n’est plus à jour ; vide s’il n’a jamais été retrouvé",
    "Vu le": "Dernier acte fait par vous et retrouvé dans les données",
    "Prochaine échéance": "Premier acte à refaire parmi ceux qui sont à jour",
    "ALD": "Numéros ; vide : aucune",
}


def show(choice: Choice) -> None:
    st.title("Prévention")
    patients(choice)
    widgets.method_link(choice, "prevention")


@widgets.fragment
def patients(choice: Choice) -> None:
    """The list, its filters, its exports; choosing a row reruns this part alone."""
    first, more = st.container(), st.expander("Autres filtres", icon=":material/tune:")
    with more:
        set_name = widgets.indicator_set("jeu")
    rules = data.indicator_set(set_name)
    everyone = data.calls(choice.place, choice.doctor, choice.as_of, set_name, contest.said(choice))
    found = worklist.keep(everyone, **main_filters(first, rules), **other_filters(more, choice.as_of))
    shown = calls.table(found, rules)
    st.markdown(f"**{wording.count(shown.num_rows, 'patient')}** sur {wording.number(everyone.num_rows)}, "
                "dans l’ordre des appels. Cliquez sur une ligne pour ouvrir le patient.")  # fmt: skip
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
    st.caption(f"{calls.ORDER} Cliquez sur un titre de colonne pour trier autrement.")
    rows = event["selection"]["rows"]
    if rows and rows[0] < shown.num_rows:
        st.session_state["patient"] = shown["Patient"][rows[0]].as_py()
        st.switch_page("pages/patient.py")
    dated = shown.append_column("Au", pa.array([choice.as_of] * shown.num_rows, pa.date32()))
    widgets.export_buttons(dated, f"prevention-{choice.as_of}", key="export_prevention")
    letters.panel(choice, found, rules)


def main_filters(place: DeltaGenerator, rules: IndicatorSet) -> dict[str, Any]:
    """For what, in which contact, done or not: arguments of `worklist.keep`."""
    labels = {indicator.id: indicator.label for indicator in rules.indicators}
    contacts = dict.fromkeys(indicator.contact or indicator.id for indicator in rules.indicators)
    words = {"": "tous les contacts"} | {name: calls.contact(name, rules) for name in contacts}
    preset = st.query_params.get("indicateur")
    first, second, third = place.columns([2.4, 2, 1.6], gap="medium")
    wanted = first.multiselect(
        "Indicateurs",
        list(labels),
        default=[preset] if preset in labels else [],
        format_func=labels.__getitem__,
        placeholder="Tous les indicateurs",
        key="filtre_indicateurs",
    )
    contact = second.selectbox("À faire ensemble", list(words), format_func=words.__getitem__, key="filtre_contact")
    among = third.selectbox("Montrer", list(STATES), format_func=STATES.__getitem__, key="filtre_etat")
    return {"indicators": wanted, "contact": contact or None, "among": None if among == "all" else among}


def other_filters(place: DeltaGenerator, as_of: date) -> dict[str, Any]:
    """Age, last contact, ALD."""
    first, second, third = place.columns([2.4, 2, 1.6], gap="medium", vertical_alignment="bottom")
    ages = first.slider("Âge", 0, 110, (0, 110), key="filtre_age")
    seen = second.selectbox("Vu par vous", list(SEEN), format_func=SEEN.__getitem__, key="filtre_vu")
    ald = third.toggle("En ALD", key="filtre_ald")
    between = {
        "recent": (add_months(as_of, -3), as_of),
        "leaving": (add_months(as_of, -24) + timedelta(days=1), add_months(as_of, -20)),
    }
    return {"ages": ages, "ald": ald or None, "seen": between.get(seen), "never_seen": seen == "never"}


widgets.page(show)
