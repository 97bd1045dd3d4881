"""How do my patients stand, indicator by indicator, beside the country and my peers, and over time?"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from calculators import french
from calculators.prevention.indicator import MOST_PAID, IndicatorSet
from dashboard import data, widgets
from dashboard.charts import sized
from dashboard.prevention import charts, in_words, tables
from dashboard.widgets import Choice

LENGTHS = {12: "12 mois", 24: "24 mois", 600: "toute la période"}
SHOWN = {"label": "Indicateur", "up_to_date": "À jour", "unknown": "Inconnus", "due": "À faire"}


def show(choice: Choice) -> None:
    st.title("Indicateurs")
    set_name = widgets.indicator_set("jeu_indicateurs")
    rules = data.indicator_set(set_name)
    rates = data.rates(choice.place, choice.doctor, choice.as_of, set_name)
    too_many(rules)
    says = in_words.rates_in_words(rates.to_pylist())
    st.markdown(f"{says} Un taux plus haut dit plus de patients à jour, rien d’autre.")
    spec = sized(charts.statuses(), rates.num_rows, 26)
    widgets.chart(rates, spec, says.replace("**", ""), SHOWN, key="indicateurs")
    beside(choice, rates, set_name)
    over_time(choice, set_name)
    ahead(choice, set_name)
    st.subheader("Qui les demande")
    st.table(tables.origins(rules), hide_index=True, border="horizontal", alt="Origine de chaque indicateur")
    widgets.method_link(choice, "prevention")


def too_many(rules: IndicatorSet) -> None:
    """The insurer's slides of 2022 promise at most fifteen."""
    if len(rules.paid) > MOST_PAID:
        st.warning(
            f"Ce jeu rémunère {len(rules.paid)} indicateurs ; le diaporama de 2022 en promet {MOST_PAID} au plus.",
            icon=":material/rule:",
        )


def beside(choice: Choice, rates: pa.Table, set_name: str) -> None:
    """The doctor's rate, the country's and his peers'."""
    st.subheader("Votre taux, celui du pays, celui des pairs")
    peers, day = data.peers(choice.place, choice.as_of, set_name) or (None, None)
    st.table(tables.beside(rates, peers), hide_index=True, border="horizontal", alt="Taux de chaque indicateur")
    st.caption(
        "Taux : patients à jour, sur ceux dont les données disent l’état. Taux du pays : diaporama du 14 mars 2024. "
        + in_words.about_peers(peers, day)
    )


@widgets.fragment
def over_time(choice: Choice, set_name: str) -> None:
    """Month by month: computed when it is asked for, since each month judges the whole list again."""
    st.subheader("Mois par mois")
    labels = {one.id: one.label for one in data.indicator_set(set_name).indicators}
    left, middle, right = st.columns([2.4, 1.4, 1], gap="medium", vertical_alignment="bottom")
    picked = left.selectbox("Indicateur", list(labels), format_func=lambda name: labels[name], key="mois_indicateur")
    months = middle.selectbox("Sur", list(LENGTHS), format_func=lambda n: LENGTHS[n], key="mois_duree")
    asked = (choice.place, choice.doctor, choice.as_of, set_name, int(months or 12))
    if right.button("Calculer", key="mois_calculer", width="stretch"):
        st.session_state["mois_demande"] = asked
    if st.session_state.get("mois_demande") != asked:
        st.caption("Chaque mois, toute la liste est jugée de nouveau : quelques secondes.")
        return
    with st.spinner("Calcul mois par mois…"):
        table = data.monthly(*asked)
    rows = table.filter(pc.field("indicator") == picked)
    says = in_words.monthly(rows.to_pylist())
    st.markdown(says)
    names = {
        "month": "Fin de mois",
        "rate": "À jour (%)",
        "up_to_date": "À jour",
        "due": "À faire",
        "unknown": "Inconnus",
    }
    widgets.chart(rows, charts.monthly(), says, names, key="mois")
    st.caption(
        "Trait plein : vos patients, avec la liste de ce jour-là. Pointillé : le pays (diaporama du 14 mars 2024)."
    )


def ahead(choice: Choice, set_name: str) -> None:
    """Acts now up to date that will have to be done again."""
    st.subheader("Ce qui arrivera à échéance")
    soon: dict[str, Any] = tables.ahead(data.falling_due(choice.place, choice.doctor, choice.as_of, set_name))
    if not soon["Indicateur"]:
        st.markdown("Aucun acte à jour n’arrivera à échéance dans les 12 mois.")
        return
    st.markdown(f"Patients à jour au {french.day(choice.as_of)} qui ne le seront plus dans ce délai sans nouvel acte.")
    st.table(soon, hide_index=True, border="horizontal", alt="Échéances à 3, 6 et 12 mois")


widgets.page(show)
