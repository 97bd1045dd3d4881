"""Where do my prescriptions stand against what my patients lead one to expect, chance allowed for?"""

from typing import Any

import pyarrow as pa
import streamlit as st

from calculators.errors import UserError
from calculators.sobriety import openings as calculated
from calculators.sobriety.definition import load_definition
from calculators.sobriety.openings import DoctorYear
from dashboard import charts, data, openings, sentences, widgets, wording
from dashboard.widgets import Choice

LARGEST = 10
"""Lines shown; the table has them all."""
COLUMNS = {
    "label": "Groupe",
    "patients": "Patients",
    "observed": "Observé (€)",
    "expected": "Attendu (€)",
    "euros": "Écart (€)",
}


def show(choice: Choice) -> None:
    st.title("Sobriété des prescriptions")
    years = data.sobriety_years(choice.place)
    year = int(st.selectbox("Année", years, key="annee_sobriete", width=160) or years[0])
    reference = own_reference(choice)
    try:
        accept = st.session_state.get("accepter", False)
        row = data.sobriety(choice.place, choice.doctor, year, reference, accept)
    except UserError as reason:
        cannot(str(reason))
        return
    if row["ratio"] is None:
        cannot(row["reason"])
        ask_to_accept(row)
        return
    ratio(choice, row)
    ask_to_accept(row)
    year_opened = data.opened(choice.place, choice.doctor, year, reference)
    mix(year_opened)
    contributions(year_opened)
    movers(year_opened)
    widgets.method_link(choice, "sobriete")


def own_reference(choice: Choice) -> str | None:
    """Folder of a reference of the user's own; the fictitious one serves fictitious data only."""
    with st.expander("Référence", expanded=not data.dataset(choice.place).synthetic):
        typed = st.text_input(
            "Dossier de la référence",
            key="dossier_reference",
            placeholder="vide : la référence fictive fournie (données fictives seulement)",
            help="Produit par « tableau-mt reference build DOSSIER --year AAAA --to DOSSIER ».",
        )
    return typed.strip() or None if typed else None


def cannot(reason: str) -> None:
    """Why there is no ratio, and what would be needed."""
    st.info(reason, icon=":material/info:")
    st.markdown(
        "Le ratio demande, pour une année entière : la liste des patients, leurs ALD et leur C2S, les délivrances avec "
        "leur base de remboursement et leur prescripteur, et plus de cent patients fidèles vus. L’historique d’un seul "
        "patient n’a ni montants ni liste : ses pages Prévention et Patient restent complètes."
    )


def ask_to_accept(row: dict[str, Any]) -> None:
    """Let the user count unknown rights as absent, and say so."""
    if "ALD" in (row["reason"] or "") or "C2S" in (row["reason"] or "") or st.session_state.get("accepter"):
        st.toggle("Compter une ALD ou une C2S non connue comme absente", key="accepter")


def ratio(choice: Choice, row: dict[str, Any]) -> None:
    left, right = st.columns([1, 2.2], gap="large", vertical_alignment="center")
    with left:
        st.metric("Observé / attendu", wording.number(row["ratio"], 2))
    with right:
        st.markdown(sentences.ratio(row))
        st.caption(f"{sentences.interval(row)} {sentences.spending(row)}")
    if row["ratio"] < load_definition(row["year"]).under_treatment.ratio_under:
        st.info(sentences.UNDER_TREATMENT, icon=":material/info:")
        st.page_link("pages/prevention.py", label="Voir les actes à faire", query_params=widgets.url_of(choice))
    if row["low_95"] is not None:
        names = ("ratio", "low_95", "high_95", "low_998", "high_998")
        shown = pa.Table.from_pylist([{name: row[name] for name in names} | {"expected": 1.0}])
        says = f"Ratio {wording.number(row['ratio'], 2)}. {sentences.interval(row)}"
        st.vega_lite_chart(shown, charts.interval(), width="stretch", alt=says, key="intervalle")
        st.caption("Trait pointillé : la dépense attendue. Barre foncée : 95 % ; barre claire : 99,8 %.")


def mix(opened: DoctorYear) -> None:
    """How the patients differ from those of the reference."""
    st.subheader("Vos patients et ceux de la référence")
    rows = openings.traits(calculated.mix(opened))
    says = sentences.mix(rows.to_pylist())
    st.markdown(says)
    spec = charts.sized(charts.mix(), rows.num_rows // 2, 34)
    widgets.chart(rows, spec, says, {"trait": "Groupe", "whose": "Qui", "share": "Part"}, key="composition")


def contributions(opened: DoctorYear) -> None:
    """What makes the difference: the parts sum to observed minus expected, to the cent."""
    st.subheader("D’où vient l’écart à l’attendu")
    by = st.segmented_control("Par", ["groupe de patients", "classe de médicaments"], default="groupe de patients",
                              required=True, key="ecart_par")  # fmt: skip
    if by == "classe de médicaments":
        rows = openings.by_class(calculated.by_class(opened))
    else:
        rows = openings.by_stratum(calculated.by_stratum(opened))
    says = sentences.contributions(rows.to_pylist(), LARGEST)
    st.markdown(says)
    spec = charts.sized(charts.contributions(), min(LARGEST, rows.num_rows), 26)
    st.vega_lite_chart(rows.slice(0, LARGEST), spec, width="stretch", alt=says, key="ecarts")
    with st.expander(f"Voir les {rows.num_rows} lignes"):
        shown = rows.select(list(COLUMNS)).rename_columns(list(COLUMNS.values()))
        config = {name: st.column_config.NumberColumn(format="%.2f") for name in shown.column_names[2:]}
        st.dataframe(shown, hide_index=True, column_config=config, key="ecarts_chiffres", alt=says)


def movers(opened: DoctorYear) -> None:
    """The patients without whom the ratio would be most different."""
    st.subheader("Les patients qui pèsent le plus")
    rows = calculated.movers(opened).to_pylist()
    table = {
        "Patient": [row["patient_id"] for row in rows],
        "Dépense": [wording.euros(row["observed_cents"]) for row in rows],
        "Attendu": [wording.euros(row["expected_cents"]) for row in rows],
        "Ratio sans ce patient": ["–" if row["ratio_without"] is None else wording.number(row["ratio_without"], 2)
                                  for row in rows],
    }  # fmt: skip
    st.table(table, hide_index=True, border="horizontal", alt="Patients qui déplacent le plus le ratio")
    capped = calculated.capped(opened).to_pylist()[0]
    if capped["capped_ratio"] is not None:
        st.caption(
            f"En plafonnant chaque patient au 99,5e centile de son groupe, le ratio serait de "
            f"{wording.number(capped['capped_ratio'], 2)} ; le ratio officiel ne plafonne pas."
        )


widgets.page(show)
