"""How do my patients stand, indicator by indicator, beside the country and my peers, and over time?"""

from functools import partial

import streamlit as st

from calculators import rows
from calculators.prevention.indicator import MOST_PAID, IndicatorSet
from calculators.prevention.rates import Rate
from dashboard import data, tabular, widgets
from dashboard.charts import sized
from dashboard.pages import _bilan
from dashboard.prevention import charts, in_words, tables, views
from dashboard.serving import ways
from dashboard.widgets import Choice

SHOWN = {"label": "Indicateur", "up_to_date": "À jour", "unknown": "Inconnus", "due": "À faire"}


def show(choice: Choice) -> None:
    st.title("Indicateurs")
    set_name = widgets.indicator_set()
    rules = data.indicator_set(choice.place, set_name)
    rates = data.rates(choice.place, choice.doctor, choice.as_of, set_name)
    too_many(rules)
    says = in_words.rates_in_words(rates)
    st.markdown(f"{says} Un taux plus haut dit plus de patients à jour, rien d’autre.")
    found, told = rows.table(rates, Rate), says.replace("**", "")
    spec = widgets.pickable(sized(charts.statuses(), len(rates), 26), "indicator", "status")
    if picked := widgets.picked(found, spec, told, "indicateurs"):
        views.open_patients(choice, set_name, picked["indicator"], picked["status"])
    views.patients_of(choice, set_name, rates)
    widgets.figures(found, spec, told, SHOWN, "indicateurs")
    st.subheader("Mois par mois")
    months = st.container()
    views.beside(choice, rates, set_name)
    if ways.is_alone() and data.references_with_rates(choice.place):
        group = "Vos taux à côté de ceux d’un groupe"
        st.page_link("pages/comparaison.py", label=group, icon=":material/groups:", query_params=widgets.url_of(choice))
    st.caption(in_words.FOR_THE_GROUP)
    with st.container(horizontal=True):
        widgets.export_button(
            tables.for_the_group(rates),
            f"indicateurs-groupe-{choice.as_of}",
            "export_groupe",
            "Exporter pour le groupe",
        )
        _bilan.for_the_group(choice)
    views.ahead(choice, set_name)
    st.subheader("Qui les demande")
    tabular.table(tables.origins(rules), "Origine de chaque indicateur", "origines")
    widgets.method_link(choice, "prevention")
    with months:  # last: the rest of the page is there while the months are counted
        views.sparklines(choice, set_name)
        widgets.folded("Un indicateur en grand", "mois_en_grand", partial(views.over_time, choice, set_name))


def too_many(rules: IndicatorSet) -> None:
    """The insurer's slides of 2022 promise at most fifteen."""
    if len(rules.paid) > MOST_PAID:
        st.warning(
            f"Ce jeu rémunère {len(rules.paid)} indicateurs ; le diaporama de 2022 en promet {MOST_PAID} au plus.",
            icon=":material/rule:",
        )


widgets.page(show, "prevention")
