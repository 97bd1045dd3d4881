"""Sections of the page that lays the insurer's list beside the record: row by row, and what is sent to contest it."""

from datetime import datetime
from functools import partial

import streamlit as st

from calculators.prevention.reconcile import Outcome, Reconciled
from dashboard import address, data, tabular, widgets
from dashboard.prevention import contest
from dashboard.widgets import Choice
from dashboard.words import labels

EVERY = "tous"
WIDTHS = {
    "Patient": 150,
    "Indicateur": 190,
    "L’Assurance maladie dit": 170,
    "Les données disent": 140,
    "Notre acte": 100,
}
WIDTHS |= {"Son examen": 105, "Bilan": 190, "Raison": 260}


def one_by_one(choice: Choice, rows: list[Reconciled], set_name: str) -> None:
    """Patient by patient, what differs first; a row opens its patient."""
    st.subheader("Patient par patient")
    kinds = [EVERY, *(str(one) for one in Outcome if any(row.outcome is one for row in rows))]
    address.among("bilan", kinds, str(Outcome.FOUND) if str(Outcome.FOUND) in kinds else None)
    names = {EVERY: "Toutes les lignes"} | {str(one): labels.OUTCOME[one] for one in Outcome}
    picked = st.selectbox("Montrer", kinds, format_func=names.__getitem__, key="bilan")
    kept = [row for row in rows if picked in (EVERY, str(row.outcome))]
    shown = contest.rows_table(kept, data.indicator_set(choice.place, set_name))
    called = widgets.names(choice)
    event = tabular.grid(
        contest.named(shown, called),
        "Ce que dit la liste de l’Assurance maladie et ce que disent les données",
        "rapprochement",
        offered=True,
        column_config=widgets.columns(contest.ROWS, WIDTHS, {}),
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
    )
    if called:
        widgets.no_toolbar("rapprochement")
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(kept) and kept[chosen[0]].status:
        address.open_patient(choice.place.path, kept[chosen[0]].patient_id)
    widgets.export_buttons(shown, f"rapprochement-{choice.as_of}", key="export_rapprochement")


def to_send(choice: Choice, set_name: str) -> None:
    """The letter, and the same as a table."""
    st.subheader("Contester")
    rules = data.indicator_set(choice.place, set_name)
    proofs = data.evidence(choice.place, choice.doctor, choice.as_of, set_name)
    if not proofs:
        st.markdown("Rien à contester : aucun acte de vos données ne manque à cette liste.")
        return
    roster = data.roster(choice.place, choice.doctor, choice.as_of)
    found = contest.contested(proofs, rules, roster, widgets.names(choice))
    st.markdown(contest.to_send(found, choice.named))
    listed_on = max(row.listed_on for row in proofs)
    signed = data.signature(choice.place, choice.doctor)
    st.download_button(
        "Imprimer la lettre",
        data=partial(contest.letter, found, signed, listed_on, datetime.now().date(), rules.label),
        file_name=f"contestation-{choice.as_of}.html",
        mime="text/html",
        key="contestation",
        icon=":material/print:",
        on_click="ignore",
        help="Un fichier à ouvrir dans le navigateur, à relire, à imprimer et à signer.",
    )
    widgets.export_buttons(contest.table(found), f"contestation-{choice.as_of}", key="export_contestation")
