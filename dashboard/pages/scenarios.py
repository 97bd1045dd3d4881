"""What if an amount, an age, a rate or a rule were other? This list, the practices, the country, at once."""

import streamlit as st

from calculators.errors import UserError
from calculators.forfait.population import price
from calculators.forfait.version import Version
from dashboard import data, widgets
from dashboard.lab import controls, national, presentation, views
from dashboard.widgets import Choice

VIEWS = {
    "liste": "Cette liste",
    "cabinets": "Cabinets",
    "pays": "Pays",
    "perdants": "Qui perd",
    "budget": "Budget",
    "trois": "Les trois",
    "partager": "Partager",
}


def show(choice: Choice) -> None:
    drafts = controls.kept()
    if st.query_params.get(presentation.ASKED):
        presentation.show(choice, drafts)
        return
    st.html(controls.TOOLBARS)
    st.title("Scénarios")
    st.markdown("Changez un montant, un âge, un taux ou une règle : le résultat suit. Rien n’est officiel ici.")
    place, before, with_means = views.head(choice)
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        above = st.container()
        draft = controls.edit(place, drafts[place])
    with right:
        view = str(
            st.segmented_control(
                "Voir", list(VIEWS), default="liste", required=True, format_func=VIEWS.__getitem__, key="vue"
            )
        )
        try:
            after = controls.version_of(draft)
        except UserError as mistake:
            st.error(str(mistake))
            return
        controls.keep(place, draft)
        controls.steps(above)  # once the last one is known
        if said := views.beside_left_out(draft, with_means):
            st.info(said)
        results(choice, view, place, before, after, with_means)
    widgets.method_link(choice, "forfait")


def results(choice: Choice, view: str, place: int, before: Version, after: Version, with_means: bool) -> None:
    """One view of the scenario."""
    country = data.country()
    people = country.people if country else None
    if view == "liste":
        mine = [price(views.of_folder(choice, one), one, with_means=with_means) for one in (before, after)]
        views.this_list(choice, *mine)
    elif view == "cabinets":
        mine = [price(views.of_folder(choice, one), one, with_means=with_means) for one in (before, after)]
        views.practices(choice, *mine)
    elif view == "trois":
        national.three(choice, people, controls.kept(), before, with_means)
    elif view == "partager":
        controls.share(place, controls.kept()[place])
        presentation.choose()
    elif people is None:
        st.info(national.ABSENT)
    else:
        national.whole(view, people, place, before, after, with_means)


widgets.page(show, "forfait")
