"""What if an amount, an age, a rate or a rule were other? This list, the practices, the country, at once."""

import streamlit as st

from calculators.errors import UserError
from calculators.forfait.population import Priced, price
from calculators.forfait.version import Version
from dashboard import data, tabular, widgets
from dashboard.lab import (
    agreements,
    controls,
    departments,
    mine,
    national,
    presentation,
    sharing,
    state,
    variants,
    views,
)
from dashboard.widgets import Choice

COUNTRY = ("pays", "perdants")
"""Views in which one looks for the departments."""


def show(choice: Choice) -> None:
    state.open_address()
    if st.query_params.get(presentation.ASKED):
        state.write()
        presentation.show(choice)
        return
    st.html(controls.STYLE)
    st.title("Scénarios")
    state.told()
    top = st.container()
    view = state.view()
    if view == "accords":
        every_agreement(choice)
        widgets.method_link(choice, "forfait")
        return
    with top:
        place, before, with_means = views.head(choice)
    if view in state.WIDE:
        wide(choice, view, before, with_means)
        widgets.method_link(choice, "forfait")
        return
    left, right = st.columns([1, 2.4], gap="medium")
    with left, st.container(key=f"scenario_{tabular.CONTROLS}"):
        above = st.container()
        draft = controls.edit(place, controls.kept()[place])
    with right:
        shared = st.container()
        try:
            after = controls.version_of(draft)
        except UserError as mistake:
            st.error(str(mistake))
            state.write()
            return
        controls.keep(place, draft)
        tabular.line_on_paper(controls.on_paper(draft))
        controls.steps(above)  # once the last one is known
        if said := views.beside_left_out(draft, with_means):
            st.info(said)
        results(choice, view, place, before, after, with_means)
        state.write()
        with shared:
            sharing.in_short(state.address(choice))
    widgets.method_link(choice, "forfait")


def every_agreement(choice: Choice) -> None:
    """The agreements in sight of a room as the view opens; what they are compared with and for whom, under them."""
    table = st.container()
    _, before, with_means = views.head(choice)
    if data.country() is None:
        st.info(national.ABSENT)
    else:
        agreements.show(choice, before, with_means, table)
        with table:
            departments.way_there()
    state.write()
    sharing.in_short(state.address(choice))


def wide(choice: Choice, view: str, before: Version, with_means: bool) -> None:
    """One view in which no scenario is edited."""
    shared = st.container()
    if view == "variantes":
        variants.show(choice)
    elif data.country() is None:
        st.info(national.ABSENT)
    else:
        mine.show(choice, before, with_means)
    state.write()
    with shared:
        sharing.in_short(state.address(choice))


def results(choice: Choice, view: str, place: int, before: Version, after: Version, with_means: bool) -> None:
    """One view of the scenario."""
    country = data.country()
    people = country.people if country else None
    if view == "liste":
        views.this_list(choice, *priced(choice, before, after, with_means))
    elif view == "cabinets" and views.grouped() == "departements":
        departments.show(choice, before, after, with_means)
    elif view == "cabinets":
        views.practices(choice, *priced(choice, before, after, with_means))
    elif view == "trois":
        national.three(choice, people, controls.kept(), before, with_means)
    elif view == "partager":
        presentation.choose()
        presentation.take_away(choice)
        sharing.whole(state.address(choice))
        controls.files(place, controls.kept()[place])
    elif people is None:
        st.info(national.ABSENT)
    else:
        if view in COUNTRY:
            departments.way_there()
        national.whole(view, people, place, before, after, with_means)


def priced(choice: Choice, before: Version, after: Version, with_means: bool) -> list[Priced]:
    """The lists of the folder under both; they are counted once, which takes a second or two."""
    with st.spinner("Calcul des listes du dossier…"):
        return [price(views.of_folder(choice, one), one, with_means=with_means) for one in (before, after)]


widgets.page(show, "forfait")
