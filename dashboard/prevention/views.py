"""Sections of the pages of prevention: a patient's verdicts and care, indicators over time, beside peers, falling due."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from calculators import french, rows
from calculators.prevention import declarations, visits
from calculators.prevention.assess import Verdict
from calculators.prevention.declarations import Said
from calculators.prevention.explain import explain
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import MonthRate, Rate
from calculators.prevention.refused import Seen
from calculators.prevention.worklist import Action
from calculators.records.identities import Called
from calculators.records.roster import Care, Listed
from dashboard import address, data, tabular, widgets
from dashboard.prevention import charts, declaring, in_words, listing, tables
from dashboard.prevention.board import Board
from dashboard.widgets import Choice
from dashboard.words import labels, plain

GROUPS = (("due", True), ("unknown", True), ("up_to_date", True), ("excluded", False), ("not_eligible", False))
SIGNS = {"due": "◯", "unknown": "?", "up_to_date": "●", "excluded": "–", "not_eligible": "–"}
SETTLED = "Réglés d’après vous"
LENGTHS = {12: "12 mois", 24: "24 mois", 600: "toute la période"}


def identity(patient: Listed, called: Called | None = None) -> None:
    """Age, sex, birth and rights in one line, with his phone when names are shown."""
    phone = f" · {plain.text(called.phone)}" if called and called.phone else ""
    st.markdown(in_words.identity(patient) + phone)


def of_one_patient(choice: Choice, found: Board) -> None:
    """The board of the only patient there is: what is due, unknown, done; neither ratio nor pay."""
    st.markdown(in_words.ONE_PATIENT)
    listed = data.roster(choice.place, choice.doctor, choice.as_of)
    if not listed:
        st.info(f"Ce patient n’est sur aucune liste au {french.day(choice.as_of)} : choisissez une autre date.")
        return
    identity(listed[0], widgets.names(choice).get(listed[0].patient_id))
    states = found.verdicts["status"].to_pylist()
    for column, state in zip(st.columns(3), ("due", "unknown", "up_to_date"), strict=True):
        with column.container(border=True, height="stretch"):
            st.metric(labels.STATUS[state], states.count(state))
            st.caption(in_words.named_indicators(found.verdicts, found.rules, state))
    widgets.patient_link(choice)


def verdicts(choice: Choice, patient: str, set_name: str) -> None:
    """Each indicator with its status, its dates, the sentence that says why, and what the doctor says."""
    said, his = declaring.said(choice), pc.field("patient_id") == patient
    recorded = data.prevention(choice.place, choice.doctor, choice.as_of, set_name).filter(his)
    judged = data.judged(choice.place, choice.doctor, choice.as_of, set_name, said).filter(his)
    mine = _as_settled(rows.read(declarations.beside(recorded, judged, data.holding(said)), Said), judged)
    rules, counted = data.indicator_set(choice.place, set_name), declaring.counted(choice.place)
    refused = data.refused(choice.place, choice.doctor, choice.as_of, set_name, mine)
    for status, unfolded in GROUPS:
        if not (found := [row for row in mine if row.status == status]):
            continue
        parts = _parts(status, found, choice.as_of)
        titles = [f"{title} ({len(part)})" for title, part in parts]
        with st.container(border=True) if unfolded else st.expander(titles[0]):
            if unfolded:
                st.markdown(f"#### {SIGNS[status]} {titles[0]}")
                st.caption(labels.STATUS_MEANING[status].capitalize() + ".")
            for rank, (title, (_, part)) in enumerate(zip(titles, parts, strict=True)):
                with st.container(key=f"{status}_{rank}"):
                    if rank:
                        st.markdown(f"##### {title}")
                        if parts[rank][0] == SETTLED:
                            st.caption(labels.SETTLED[status].capitalize() + ".")
                    for row in part:
                        verdict(
                            choice, row, rules, counted[patient, row.indicator], refused.get((patient, row.indicator))
                        )
    st.html("<style>.st-key-due_1, .st-key-due_2, .st-key-unknown_1 {opacity: .75}</style>")


def _as_settled(mine: Sequence[Said], judged: pa.Table) -> list[Said]:
    """Rows as recorded; one in doubt that concerns the patient, says the doctor, is an act like another, with its days."""
    settled = {row.indicator: asdict(row) for row in rows.read(judged, Verdict)}
    return [
        replace(row, **settled[row.indicator]) if (row.status, row.doctor_status) == ("unknown", "due") else row
        for row in mine
    ]


def _parts(status: str, found: Sequence[Said], as_of: date) -> list[tuple[str, list[Said]]]:
    """The acts of one status by what they ask of the doctor; those that he has settled are apart."""
    if status == "due":
        return _parts_due(found, as_of)
    settled = [row for row in found if status == "unknown" and row.doctor_status != status]
    left = [row for row in found if row not in settled]
    return [(labels.STATUS[status], left), *([(SETTLED, settled)] if settled else [])]


def _parts_due(found: Sequence[Said], as_of: date) -> list[tuple[str, list[Said]]]:
    """Acts of today as the list counts them, those that cannot be done yet, those the doctor settled; empty ones but the
    first are left out."""
    due = [row for row in found if row.doctor_status == "due"]
    today = [row for row in due if _is_today(row, as_of)]
    later = [row for row in due if row not in today]
    settled = [row for row in found if row not in due]
    after = [("Plus tard", later), (SETTLED, settled)]
    return [("À faire aujourd’hui", today), *((title, part) for title, part in after if part)]


def _is_today(row: Verdict, as_of: date) -> bool:
    """Can this act be done on the day judged?"""
    return row.actionable_on is not None and row.actionable_on <= as_of


def verdict(choice: Choice, row: Said, rules: IndicatorSet, times: int, refused: Seen | None) -> None:
    """One indicator of the patient; `refused`: an act of his that does not count for it."""
    dates = [
        f"dernier acte {french.short_day(row.last_on)}" if row.last_on else "",
        f"échéance {french.short_day(row.due_on)}" if row.due_on else "",
        tables.not_before(row) if row.status == "due" and not _is_today(row, choice.as_of) else "",
    ]
    said = " · ".join(part for part in dates if part)
    unpaid = " (non rémunéré)" if row.indicator in rules.unpaid else ""
    title = f"**{rules.indicator(row.indicator).label}**{unpaid}" + (f" — {said}" if said else "")
    judged = labels.DOCTOR_STATUS[row.doctor_status].lower()
    doctor = f"  \n**Vous** : {row.doctor_says} Compté ainsi : {judged}." if row.doctor_says else ""
    left, right = st.columns([5, 1], gap="small", vertical_alignment="top")
    left.markdown(f"{title}  \n{explain(row, rules, choice.as_of, _care_of(choice, row), refused)}{doctor}")
    if row.status in ("due", "unknown") or row.doctor_says:
        with right:
            declaring.form(choice, row.patient_id, row.indicator, times, bool(row.doctor_says), _is_doubtful(row))


def _care_of(choice: Choice, row: Said) -> list[Care]:
    """The lines that an exclusion may have been read from."""
    named = row.excluded_by or row.noted
    return data.care(choice.place, row.patient_id, choice.as_of) if named else []


def _is_doubtful(row: Said) -> bool:
    return row.unknown_because == "exclusion"


SHOWN = {"due": "gap_ids", "unknown": "unknown_ids"}
"""What the list shows for a state of an indicator; those up to date are picked one by one."""


def patients_of(choice: Choice, set_name: str, rates: Sequence[Rate]) -> None:
    """What a bar of the chart opens, for the keyboard: an indicator, a state, its patients."""
    names = {rate.indicator: rate.label for rate in rates}
    left, middle, right = st.columns([2.2, 1.6, 1], gap="small", vertical_alignment="bottom")
    address.among("mois_indicateur", list(names))
    which = left.selectbox("Patients de", list(names), format_func=names.__getitem__, key="mois_indicateur")
    states = {name: labels.STATUS[name] for name in address.JUDGED}
    address.among("patients_etat", list(states))
    state = middle.segmented_control(
        "Qui sont", list(states), required=True, format_func=states.__getitem__, key="patients_etat"
    )
    if right.button("Voir les patients", key="voir_patients", icon=":material/arrow_forward:"):
        open_patients(choice, set_name, str(which), str(state))
    st.caption("Un clic sur une barre du graphique ouvre aussi ses patients.")


def open_patients(choice: Choice, set_name: str, indicator: str, status: str) -> None:
    """The list, on the patients of an indicator in one state."""
    state = st.session_state
    listing.unfiltered()
    if status in SHOWN:
        state["filtre_indicateurs"], state["filtre_etat"] = [indicator], SHOWN[status]
    else:
        board = data.judged(choice.place, choice.doctor, choice.as_of, set_name, declaring.said(choice))
        mine = board.filter((pc.field("indicator") == indicator) & (pc.field("status") == status))
        label = (
            f"{data.indicator_set(choice.place, set_name).indicator(indicator).label}, {labels.STATUS[status].lower()}"
        )
        state["choix"] = address.number_of(choice.place.path, (label, *mine["patient_id"].to_pylist()))
    address.go("prevention")


def beside(choice: Choice, rates: list[Rate], set_name: str) -> None:
    """The doctor's rate, the country's and his peers'."""
    st.subheader("Votre taux, celui du pays, celui des pairs")
    peers, day = data.peers(choice.place, choice.as_of, set_name)
    tabular.table(tables.beside(rates, peers), "Taux de chaque indicateur", "taux_et_pairs")
    st.caption(
        "Taux : patients à jour, sur ceux dont les données disent l’état. Taux du pays : diaporama du 14 mars 2024. "
        + in_words.about_peers(peers, day)
    )


def sparklines(choice: Choice, set_name: str) -> None:
    """Each indicator at the end of each of the last twelve months, drawn small; its two ends in figures."""
    with st.spinner("Calcul mois par mois…"):
        table = data.monthly(choice.place, choice.doctor, choice.as_of, set_name, data.MONTHS)
    shown = tables.sparklines(rows.read(table, MonthRate))
    if not shown.num_rows:
        st.caption("Les données ne permettent de juger aucun indicateur à aucune fin de mois.")
        return
    tabular.grid(
        shown,
        "Taux de chaque indicateur, mois par mois",
        "mois_par_mois",
        column_config=widgets.columns(shown.schema, {"Indicateur": 300}, {})
        | {"Douze mois": st.column_config.LineChartColumn(width=240, y_min=0, y_max=100)},
        height="content",
        placeholder="–",
    )
    st.caption("À jour, en % (0 à 100 sur chaque trait), à chaque fin de mois, avec la liste de ce jour-là.")


@widgets.fragment
def over_time(choice: Choice, set_name: str) -> None:
    """One indicator, large, beside the country. More than a year is computed when it is asked for, since each month judges
    the whole list again."""
    names = {one.id: one.label for one in data.indicator_set(choice.place, set_name).indicators}
    left, middle, right = st.columns([2.4, 1.4, 1], gap="medium", vertical_alignment="bottom")
    address.among("mois_grand", list(names))
    address.among("mois_duree", list(LENGTHS))
    picked = left.selectbox("Indicateur", list(names), format_func=lambda name: names[name], key="mois_grand")
    months = int(
        middle.selectbox("Sur", list(LENGTHS), format_func=lambda n: LENGTHS[n], key="mois_duree") or data.MONTHS
    )
    asked = (choice.place, choice.doctor, choice.as_of, set_name, months)
    if months > data.MONTHS and right.button("Calculer", key="mois_calculer", width="stretch"):
        st.session_state["mois_demande"] = asked
    if months > data.MONTHS and st.session_state.get("mois_demande") != asked:
        st.caption("Chaque mois, toute la liste est jugée de nouveau : quelques secondes.")
        return
    with st.spinner("Calcul mois par mois…"):
        table = data.monthly(*asked)
    found = table.filter(pc.field("indicator") == picked)
    says = in_words.monthly(rows.read(found, MonthRate))
    st.markdown(says)
    columns = {
        "month": "Fin de mois",
        "rate": "À jour (%)",
        "up_to_date": "À jour",
        "due": "À faire",
        "unknown": "Inconnus",
    }
    widgets.chart(found, charts.monthly(), says, columns, key="mois")
    st.caption(
        "Trait plein : vos patients, avec la liste de ce jour-là. Pointillé : le pays (diaporama du 14 mars 2024)."
    )


def ahead(choice: Choice, set_name: str) -> None:
    """Acts now up to date that will have to be done again."""
    st.subheader("Ce qui arrivera à échéance")
    soon = tables.ahead(data.falling_due(choice.place, choice.doctor, choice.as_of, set_name))
    if not soon["Indicateur"]:
        st.markdown("Aucun acte à jour n’arrivera à échéance dans les 12 mois.")
        return
    st.markdown(f"Patients à jour au {french.day(choice.as_of)} qui ne le seront plus dans ce délai sans nouvel acte.")
    tabular.table(soon, "Échéances à 3, 6 et 12 mois", "echeances")


def since(choice: Choice, verdicts: pa.Table, set_name: str) -> None:
    """What changed since the last visit, on the doctor's own data and their last day; each number opens its patients."""
    if not declaring.is_kept(choice.place) or choice.as_of != data.last_day(choice.place):
        return
    now = visits.snapshot(verdicts, choice.as_of, datetime.now().replace(microsecond=0))
    found = visits.visited(Path(choice.place.path), choice.doctor, set_name, now)
    if found is None:
        return
    st.markdown(in_words.since(found))
    opened = [(words, acts) for words, acts in in_words.since_parts(found) if acts]
    for column, (words, acts) in zip(st.columns(max(len(opened), 1)), opened, strict=False):
        patients = dict.fromkeys(patient for patient, _ in acts)
        column.page_link(
            "pages/prevention.py",
            label=f"Voir {french.count(len(patients), 'patient')} : {words}",
            icon=":material/arrow_forward:",
            query_params=widgets.list_link(
                choice, f"{words} depuis le {french.plain_day(found.since.at.date())}", patients
            ),
        )


def actions(choice: Choice, found: list[Action], rates: Sequence[Rate]) -> None:
    """What to do first, each as a card that opens its patients."""
    if not found:
        st.info(in_words.nothing_to_do(rates), icon=":material/info:")
        return
    for column, action in zip(st.columns(len(found), gap="medium"), found, strict=True):
        with column.container(border=True, height="stretch", key=f"action_{action.indicator.id}"):
            st.markdown(f"### {in_words.action(action)}")
            st.page_link(
                "pages/prevention.py",
                label=f"Voir {french.count(action.patients, 'patient')}"
                if action.patients == 1
                else f"Voir les {french.count(action.patients, 'patient')}",
                icon=":material/arrow_forward:",
                query_params=widgets.url_of(choice, indicateur=action.indicator.id),
            )
