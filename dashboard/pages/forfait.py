"""What am I paid for the year, line by line, when, and what would another agreement pay?"""

from functools import partial

import streamlit as st

from calculators.forfait import pay
from calculators.forfait.pay import State
from calculators.forfait.version import Version
from dashboard import address, data, tabular, widgets
from dashboard.forfait import in_words, tables, views
from dashboard.lab import controls
from dashboard.pages import _bilan
from dashboard.widgets import Choice

TABS = ("Ligne par ligne", "Mois par mois", "Autres accords", "Ce qui est supposé", "Un point de plus")


def show(choice: Choice) -> None:
    st.html(controls.STYLE)
    st.title("Forfait médecin traitant")
    year, version = pick(choice)
    if not views.may_be_drawn(choice, year, version):
        widgets.method_link(choice, "forfait")
        return
    state = views.state(choice, year, version)
    lines = data.forfait(choice.place, choice.doctor, year, version.id, state)
    total, by_part = pay.total_cents(lines), pay.lines_by_part(lines)
    views.total(choice, year, version, state, in_words.pay(by_part, total))
    views.parts(by_part, in_words.pay(by_part, total))
    stakes(choice, year, version)
    views.soon_unseen(choice, version)
    drawn = (
        partial(line_by_line, choice, year, version, state),
        partial(views.calendar, choice, year, version, state),
        partial(views.side_by_side, choice, year, version, state),
        partial(views.open_points, choice, year, version),
        partial(views.one_more_point, choice, year, version),
    )
    address.among("onglet_forfait", TABS)
    for tab, draw in zip(st.tabs(TABS, on_change="rerun", key="onglet_forfait"), drawn, strict=True):
        if tab.open:  # the others are not computed
            with tab:
                draw()
    with st.container(horizontal=True):
        widgets.method_link(choice, "forfait")
        _bilan.button(choice)


def pick(choice: Choice) -> tuple[int, Version]:
    """The year paid and the agreement; by default the one in force."""
    last, first = choice.as_of.year, data.dataset(choice.place).covers_from.year
    years = list(range(last, max(first, last - 3), -1)) or [last]
    one, other = st.columns([1, 3], gap="medium")
    address.among("annee_forfait", years)
    year = int(one.selectbox("Année payée", years, key="annee_forfait") or last)
    known = {version.id: version for version in data.versions(choice.place)}
    address.among("accord_forfait", list(known), data.version_in_force(choice.place, year))
    name = other.selectbox("Accord", list(known), format_func=lambda n: known[n].label, key="accord_forfait")
    return year, known[str(name)]


def stakes(choice: Choice, year: int, version: Version) -> None:
    """Patients whose rights or last contact are unknown, and what that is worth."""
    rows = data.at_stake(choice.place, choice.doctor, year, version.id)
    if said := in_words.at_stake(rows):
        st.info(said, icon=":material/help:")
    lines = data.pay_lines(choice.place, choice.doctor, year, version.id)
    known = data.contract_is_known(choice.place, choice.doctor)
    if not known and (said := in_words.contracts_unknown(lines, version)):
        st.info(said, icon=":material/help:")


def line_by_line(choice: Choice, year: int, version: Version, state: State) -> None:
    """Patients x amount = euros, to the cent."""
    lines = data.pay_lines(choice.place, choice.doctor, year, version.id, state)
    summed = tables.by_line(lines, version, views.labels(choice, version))
    tabular.table(tables.printed(summed), "Lignes du forfait, dont la somme est le total", None)
    views.patients_of_line(choice, lines, views.labels(choice, version))
    exported = tables.exported(summed, choice.doctor, year, version, state)
    widgets.export_buttons(exported, f"forfait-{year}-{version.id}-{state}", "export_forfait")


widgets.page(show, "forfait")
