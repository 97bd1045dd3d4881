"""What is done, due or unknown for this patient, and why? His care in time."""

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from calculators import french
from calculators.prevention import declarations
from calculators.prevention.explain import explain
from calculators.prevention.indicator import IndicatorSet
from dashboard import data, widgets
from dashboard.charts import sized
from dashboard.prevention import charts, declaring, timeline
from dashboard.widgets import Choice
from dashboard.words import labels

GROUPS = (("due", True), ("unknown", True), ("up_to_date", True), ("excluded", False), ("not_eligible", False))
SIGNS = {"due": "◯", "unknown": "?", "up_to_date": "●", "excluded": "–", "not_eligible": "–"}


def show(choice: Choice) -> None:
    st.title("Patient")
    roster = data.roster(choice.place, choice.doctor, choice.as_of)
    if not roster.num_rows:
        st.info(
            f"Aucun patient sur la liste au {french.day(choice.as_of)} : choisissez une autre date.",
            icon=":material/info:",
        )
        return
    patient = pick(roster["patient_id"].to_pylist())
    identity(next(row for row in roster.to_pylist() if row["patient_id"] == patient))
    set_name = widgets.indicator_set("jeu_patient")
    verdicts(choice, patient, set_name)
    declaring.panel(choice)
    care(choice, patient, data.indicator_set(set_name))
    widgets.method_link(choice, "prevention")


def pick(known: list[str]) -> str:
    """The patient, kept in the session and never in the URL."""
    if st.session_state.get("patient") not in known:
        st.session_state["patient"] = known[0]
    place = known.index(st.session_state["patient"])
    picked = st.selectbox("Patient", known, index=place, placeholder="Choisir un patient")
    st.session_state["patient"] = picked
    return str(picked)


def identity(row: dict) -> None:
    ald = (
        f"ALD {', '.join(map(str, row['ald']))}"
        if row["ald"]
        else ("sans ALD" if row["ald_known"] else "ALD non connue")
    )
    c2s = {True: "C2S", False: "sans C2S", None: "C2S non connue"}[row["c2s"]]
    sex = labels.SEX.get(row["sex"], "sexe non connu")
    born = "née" if row["sex"] == "F" else "né"
    age = f"{row['age']}{french.NBSP}{'an' if row['age'] < 2 else 'ans'}"
    st.markdown(f"**{age}**, {sex}, {born} le {french.day(row['birth_on'])} · {ald} · {c2s}")


def verdicts(choice: Choice, patient: str, set_name: str) -> None:
    """Each indicator with its status, its dates, the sentence that says why, and what the doctor says."""
    said, his = declaring.said(choice), pc.field("patient_id") == patient
    recorded = data.prevention(choice.place, choice.doctor, choice.as_of, set_name).filter(his)
    judged = data.judged(choice.place, choice.doctor, choice.as_of, set_name, said).filter(his)
    mine = declarations.beside(recorded, judged, data.holding(said)).to_pylist()
    counted = declaring.counted(choice.place)
    for status, unfolded in GROUPS:
        found = [row for row in mine if row["status"] == status]
        if not found:
            continue
        title = f"{labels.STATUS[status]} ({len(found)})"
        place = st.container(border=True) if unfolded else st.expander(title)
        with place:
            if unfolded:
                st.markdown(f"#### {SIGNS[status]} {title}")
                st.caption(labels.STATUS_MEANING[status].capitalize() + ".")
            for row in found:
                verdict(choice, row, data.indicator_set(set_name), counted[patient, row["indicator"]])


def verdict(choice: Choice, row: dict, rules: IndicatorSet, times: int) -> None:
    dates = [
        f"dernier acte {french.short_day(row['last_on'])}" if row["last_on"] else "",
        f"échéance {french.short_day(row['due_on'])}" if row["due_on"] else "",
    ]
    said = " · ".join(part for part in dates if part)
    unpaid = " (non rémunéré)" if row["indicator"] in rules.unpaid else ""
    title = f"**{rules.indicator(row['indicator']).label}**{unpaid}" + (f" — {said}" if said else "")
    judged = labels.DOCTOR_STATUS[row["doctor_status"]].lower()
    doctor = f"  \n**Vous** : {row['doctor_says']} Compté ainsi : {judged}." if row["doctor_says"] else ""
    left, right = st.columns([5, 1], gap="small", vertical_alignment="top")
    left.markdown(f"{title}  \n{explain(row, rules, choice.as_of)}{doctor}")
    if row["status"] in ("due", "unknown") or row["doctor_says"]:
        with right:
            declaring.form(choice, row["patient_id"], row["indicator"], times, already=bool(row["doctor_says"]))


def care(choice: Choice, patient: str, rules: IndicatorSet) -> None:
    """The timeline."""
    st.subheader("Soins dans le temps")
    points = timeline.points(data.care(choice.place, patient, choice.as_of), rules)
    if not points.num_rows:
        st.info("Aucun soin de ce patient dans les données.", icon=":material/info:")
        return
    spec = sized(charts.timeline(), len(set(points["lane"].to_pylist())), 26)
    st.vega_lite_chart(points, spec, width="stretch", alt=in_words(points), key="frise")
    with st.expander("Voir les soins en tableau"):
        names = {"date": "Date", "label": "Soin", "system": "Nomenclature", "code": "Code", "quantity": "Nombre"}
        st.dataframe(
            points.select(list(names)).rename_columns(list(names.values())),
            hide_index=True,
            column_config={"Date": st.column_config.DateColumn(format="DD/MM/YYYY")},
            key="soins",
            placeholder="",
            alt="Soins du patient",
        )


def in_words(points: pa.Table) -> str:
    first, last = points["date"][0].as_py(), points["date"][-1].as_py()
    return (
        f"{french.count(points.num_rows, 'soin')} du {french.day(first)} au {french.day(last)}, "
        f"par nature : {french.listed(list(dict.fromkeys(points['lane'].to_pylist())))}."
    )


widgets.page(show)
