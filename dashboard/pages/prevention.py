"""Whom to call, for what? One row per patient with all his gaps; one bar per indicator."""

import functools
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboard import board, charts, data, sentences, widgets, wording
from dashboard.widgets import Choice

COLUMNS = {
    "patient_id": "Patient",
    "age": "Âge",
    "sex": "Sexe",
    "ald": "ALD",
    "due": "À faire",
    "gaps": "Actes à faire",
    "next_on": "Prochaine échéance",
    "actionable_on": "Possible dès",
    "unknown": "Inconnus",
}
STATES = ("À faire", "Inconnu", "Tous")


def show(choice: Choice) -> None:
    st.title("Prévention")
    set_name = widgets.indicator_set("jeu")
    rules = data.indicator_set(set_name)
    tallied = data.tally(choice.place, choice.doctor, choice.as_of, set_name)
    says = sentences.rates_in_words(board.rates(tallied, rules))
    st.subheader("Les patients")
    patients(choice, set_name)
    st.subheader("Les indicateurs")
    st.markdown(says)
    names = {"label": "Indicateur", "status_label": "État", "patients": "Patients"}
    widgets.chart(
        tallied,
        charts.sized(charts.statuses(), len(rules.indicators), 26),
        says.replace("**", ""),
        names,
        key="indicateurs",
    )
    widgets.method_link(choice, "prevention")


@st.fragment
def patients(choice: Choice, set_name: str) -> None:
    """The list, its filters and its export; choosing a row reruns this part alone."""
    everyone = data.gaps(choice.place, choice.doctor, choice.as_of, set_name)
    shown = filtered(everyone, set_name)
    st.markdown(
        f"{wording.count(shown.num_rows, 'patient')} sur {wording.number(everyone.num_rows)}, "
        "dans cet ordre : le plus d’actes à faire, puis ce qui peut être fait le plus tôt. "
        "Cliquez sur un titre de colonne pour trier autrement, sur une ligne pour ouvrir le patient."
    )
    event = st.dataframe(
        shown.select(list(COLUMNS)),
        column_config=column_config(),
        hide_index=True,
        height=460,
        on_select="rerun",
        selection_mode="single-row",
        key="liste",
        placeholder="",
        alt="Liste des patients et de leurs actes à faire",
    )
    rows = event["selection"]["rows"]
    if rows and rows[0] < shown.num_rows:
        st.session_state["patient"] = shown["patient_id"][rows[0]].as_py()
        st.switch_page("pages/patient.py")
    widgets.export_button(exported(shown, choice.as_of), f"prevention-{choice.as_of}", key="export_prevention")


def filtered(table: pa.Table, set_name: str) -> pa.Table:
    """Rows that match the filters."""
    labels = {indicator.id: indicator.label for indicator in data.indicator_set(set_name).indicators}
    first, second, third, fourth = st.columns([2.4, 2.6, 2, 1.2], gap="medium", vertical_alignment="bottom")
    preset = st.query_params.get("indicateur")
    with first:
        wanted = st.multiselect(
            "Indicateurs",
            list(labels),
            default=[preset] if preset in labels else [],
            format_func=lambda name: labels[name],
            placeholder="Tous les indicateurs",
            key="filtre_indicateurs",
        )
    with second:
        state = st.segmented_control("État", STATES, default=STATES[0], required=True, key="filtre_etat")
    with third:
        ages = st.slider("Âge", 0, 110, (0, 110), key="filtre_age")
    with fourth:
        only_ald = st.toggle("En ALD", key="filtre_ald")
    keep = (pc.field("age") >= ages[0]) & (pc.field("age") <= ages[1])
    if only_ald:
        keep = keep & (pc.field("ald") != "")
    return _in_state(table.filter(keep), state, set(wanted))


def _in_state(table: pa.Table, state: str | None, wanted: set[str]) -> pa.Table:
    """Patients with a gap (or an unknown) among the wanted indicators; all of them when none is wanted."""
    columns = {"À faire": ["gap_ids"], "Inconnu": ["unknown_ids"]}.get(state or "", [])
    if not columns and wanted:
        columns = ["gap_ids", "unknown_ids"]
    if not columns:
        return table
    listed = zip(*(table[name].to_pylist() for name in columns), strict=True)
    names = [{name for one in lists for name in one} for lists in listed]
    return table.filter(pa.array([bool(found & wanted if wanted else found) for found in names], pa.bool_()))


def column_config() -> dict:
    """French headings, days and lists."""
    day = functools.partial(st.column_config.DateColumn, format="DD/MM/YYYY", width=115)
    number = functools.partial(st.column_config.NumberColumn, width=72)
    return {
        "patient_id": st.column_config.TextColumn("Patient", pinned=True, width=115),
        "age": number("Âge", format="%d ans"),
        "sex": st.column_config.TextColumn("Sexe", width=58),
        "ald": st.column_config.TextColumn("ALD", width=72, help="Numéros ; vide : aucune, ou non connue"),
        "due": number("À faire"),
        "gaps": st.column_config.ListColumn("Actes à faire", width=380),
        "next_on": day("Échéance", help="Premier acte à refaire parmi ceux qui sont à jour"),
        "actionable_on": day("Possible dès", help="Premier jour où un acte à faire peut l’être"),
        "unknown": number("Inconnus", help="Actes dont les données ne disent rien"),
    }


def exported(table: pa.Table, as_of: date) -> pa.Table:
    """What the secretary receives, dated."""
    renamed = table.select(list(COLUMNS)).rename_columns(list(COLUMNS.values()))
    return renamed.append_column("Au", pa.array([as_of] * table.num_rows, pa.date32()))


widgets.page(show)
