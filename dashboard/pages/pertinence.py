"""How do my prescriptions stand on the fifteen objectives of relevance, for my patients, and what can nobody tell?"""

import pyarrow as pa
import streamlit as st

from calculators.pertinence.environment import rules
from calculators.pertinence.objectives import objectives
from calculators.results import NoReferenceError
from dashboard import address, data, tabular, widgets
from dashboard.pertinence import in_words, tables, views
from dashboard.widgets import Choice

TABS = ("Objectif par objectif", "À ne pas faire", "Intéressement", "Environnement")


def show(choice: Choice) -> None:
    st.title("Pertinence des prescriptions")
    st.caption(in_words.NOT_SAID)
    years = data.sobriety_years(choice.place)
    address.among("annee_pertinence", years)
    year = int(st.selectbox("Année", years, key="annee_pertinence", width=160) or years[0])
    address.among("onglet_pertinence", TABS)
    drawn = (objective_by_objective, do_not, paid, environment)
    for tab, draw in zip(st.tabs(TABS, on_change="rerun", key="onglet_pertinence"), drawn, strict=True):
        if tab.open:  # the others are not computed
            with tab:
                draw(choice, year)
    widgets.method_link(choice, "pertinence")


def objective_by_objective(choice: Choice, year: int) -> None:
    """The measures of one objective, then all of them in a table. Those that are not shown are not computed."""
    known, of = data.measures(choice.place), data.measures_by_objective(choice.place)
    folder = views.picked_reference(choice, year)
    try:
        reference, why = data.measures_reference(choice.place, year, folder), ""
    except NoReferenceError as missing:
        reference, why = None, str(missing)
    views.provenance(choice, reference, why)
    names = list(of)
    address.among("objectif", names)
    picked = st.selectbox("Objectif", names, key="objectif")
    for row in data.measure_rows(choice.place, choice.doctor, year, of[picked or names[0]], folder):
        with st.container(border=True):
            views.measure(choice, row, known[row.measure], reference)

    def every() -> None:
        found = data.measure_rows(choice.place, choice.doctor, year, tuple(known), folder)
        objective = {name: label for label, ids in of.items() for name in ids}
        lines = [(objective[row.measure], row, known[row.measure]) for row in found]
        table = pa.table(in_words.overview(lines))
        tabular.grid(table, "Toutes les mesures", "mesures", offered=True)
        widgets.export_buttons(table, f"pertinence-{choice.doctor}-{year}", "export_mesures")
        st.caption(in_words.FOR_THE_GROUP)
        shared = tables.for_the_group([(row, one) for _, row, one in lines])
        widgets.export_button(shared, f"pertinence-groupe-{year}", "export_groupe", "Exporter pour le groupe")

    widgets.folded("Toutes les mesures", "toutes_les_mesures", every)


def do_not(choice: Choice, _year: int) -> None:
    """The list of the day: what was done already, or goes on for too long."""
    found = data.to_avoid(choice.place, choice.doctor, choice.as_of)
    if not found:
        st.info("Rien de tel dans ces données à cette date.", icon=":material/info:")
        return
    views.to_avoid(choice, found, "ne_pas_faire")


def paid(choice: Choice, year: int) -> None:
    """What the intéressements would pay."""
    st.caption("Un ordre de grandeur, selon des lectures qui restent des hypothèses : rien n’est dû avant le texte.")
    views.schemes_paid(data.paid_schemes(choice.place, choice.doctor, year), data.measures(choice.place))


def environment(choice: Choice, year: int) -> None:
    """What the prescriptions weigh beside their cost."""
    st.markdown(in_words.environment(data.environment(choice.place, choice.doctor, year)))
    st.caption(in_words.CARBON_LIMITS)
    objective = objectives()[rules().objective]
    mine = data.measures_by_objective(choice.place)[objective]
    rows = data.measure_rows(choice.place, choice.doctor, year, mine)
    st.markdown(in_words.beside_environment(rows, data.measures(choice.place), objective))


widgets.page(show, "sobriety")
