"""A scenario department by department, over the doctors of the folder that is open."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from calculators import french
from calculators.forfait.by_department import Department, by_department, least
from calculators.forfait.population import Priced, price, reading
from calculators.forfait.version import Version
from dashboard import data, tabular, widgets
from dashboard.charts import moves, sized, titled
from dashboard.lab import controls, national
from dashboard.widgets import Choice
from dashboard.words import pay_lines

NO_GEOGRAPHY = "La population de référence n’a pas de géographie : un scénario se compare ici sur vos données."


def way_there() -> None:
    """From a view of the country to the departments, which are a grouping of another view."""
    st.button("Par département", key="vers_departements", icon=":material/map:", on_click=_there)


def _there() -> None:
    st.session_state["vue"], st.session_state["regrouper"] = "cabinets", "departements"


def show(choice: Choice, before: Version, after: Version, with_means: bool) -> None:
    with st.spinner("Calcul pour tous les médecins du dossier…"):
        one, two = (_of_everybody(choice, version, with_means) for version in (before, after))
    beyond = national.told().beyond_cents
    found = by_department(one, two, data.departments(choice.place), beyond)
    known = [one for one in found if one.gap_cents is not None]
    if few := too_few(found):
        st.info(few)
    if not known:
        st.caption(NO_GEOGRAPHY)
        return
    says = sentence(known)
    st.markdown(says)
    bars = pa.Table.from_pylist(
        [{"label": named(one), "euros": (one.gap_cents or 0) / 100, "side": pay_lines.side(one.gap_cents or 0)}
         for one in known]
    )  # fmt: skip
    spec = titled(sized(moves(), len(known), 26), "Écart moyen par médecin, en euros par an")
    controls.chart(
        bars, spec, says, {"label": "Département", "euros": "Écart moyen (€)"}, "departements", of_country=False
    )
    table = exported(known, beyond)
    tabular.grid(table, says, "departements_table", offered=True, height="content")
    widgets.export_buttons(table, "departements", "export_departements")
    apart = french.rounded_apart((one.before_cents or 0, one.after_cents or 0) for one in known)
    st.caption(
        f"Tous les médecins du dossier sont comptés : pas de tirage, donc pas d’intervalle. {NO_GEOGRAPHY} {apart}"
    )


def _of_everybody(choice: Choice, version: Version, with_means: bool) -> Priced:
    people = data.population(choice.place, None, data.year_priced(choice.place, choice.as_of), reading(version))
    return price(people, version, with_means=with_means)


def named(one: Department) -> str:
    return f"{one.department or 'non précisé'} ({one.doctors})"


def sentence(known: Sequence[Department]) -> str:
    """The departments where the mean changes most and least."""
    gaps = sorted(((one.gap_cents or 0.0, one) for one in known), key=lambda pair: pair[0])
    (low, first), (high, last) = gaps[0], gaps[-1]
    if first is last:
        return f"Département {named(first)} : {french.signed_euros(low)} par médecin et par an, en moyenne."
    return (
        f"En moyenne, par médecin et par an : de **{french.signed_euros(low)}** dans {named(first)} à "
        f"**{french.signed_euros(high)}** dans {named(last)}. Entre parenthèses, les médecins du dossier."
    )


def too_few(found: Sequence[Department]) -> str:
    """Departments of which nothing is told; empty when there is none."""
    few = [named(one) for one in found if one.gap_cents is None]
    return f"Non montrés, faute de {least()} médecins dans le dossier : {french.listed(few)}." if few else ""


def exported(known: Sequence[Department], beyond_cents: int) -> pa.Table:
    """For the page and a spreadsheet, in whole euros."""
    beyond = french.euros(beyond_cents)
    return pa.Table.from_pylist(
        [
            {"Département": one.department or "non précisé", "Médecins": one.doctors,
             "Comparaison (€)": french.whole((one.before_cents or 0) / 100),
             "Scénario (€)": french.whole((one.after_cents or 0) / 100),
             "Écart (€)": french.whole((one.gap_cents or 0) / 100), f"Perdent plus de {beyond}": one.losers,
             f"Gagnent plus de {beyond}": one.gainers}
            for one in known
        ]
    )  # fmt: skip
