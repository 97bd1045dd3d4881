"""What if an amount, an age, a rate or a rule were other? This list, the practices, the country, at once."""

import streamlit as st

from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait.population import Population, price
from calculators.forfait.version import Version
from dashboard import data, widgets
from dashboard.lab import controls, outcomes, presentation, views
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
    if st.query_params.get("presenter"):
        presentation.show(choice, drafts)
        return
    st.html(controls.TOOLBARS)
    st.title("Scénarios")
    st.markdown("Changez un montant, un âge, un taux ou une règle : le résultat suit. Rien n’est officiel ici.")
    place, before, with_means = head(choice)
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
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
        results(choice, view, place, before, after, with_means)
    widgets.method_link(choice, "forfait")


def head(choice: Choice) -> tuple[int, Version, bool]:
    """Which of the three, compared with what, and whether what is paid beside the forfait counts."""
    one, other, third = st.columns([0.7, 1.6, 1.6], vertical_alignment="bottom")
    name = one.segmented_control(
        "Scénario",
        controls.NAMES,
        default=controls.NAMES[0],
        required=True,
        key="scenario_actif",
        format_func=lambda n: n[-1],
    )
    known = {version.id: version.label for version in data.versions(choice.place)}
    names, usual = list(known), defaults().forfait.compared_with
    first = names.index(usual) if usual in names else 0
    base = other.selectbox("Comparé à", names, index=first, format_func=lambda n: known[n], key="compare_a")
    means = third.toggle(
        "Avec ROSP, forfait structure et DONUM",
        value=True,
        key="avec_moyennes",
        help="Moyennes par médecin (DONUM : plafond), telles que chaque accord les verse.",
    )
    return controls.NAMES.index(str(name)), data.version(choice.place, str(base)), means


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
        views.three(choice, people, controls.kept(), before, with_means)
    elif view == "partager":
        controls.share(place, controls.kept()[place])
        views.present_link(choice)
    elif people is None:
        st.info("La population de référence n’est pas livrée avec cette installation.")
    else:
        whole(view, people, place, before, after, with_means)


def whole(view: str, people: Population, place: int, before: Version, after: Version, with_means: bool) -> None:
    """The views of the country."""
    found = outcomes.outcome(people, before, after, with_means)
    if found is None:
        st.info(views.OTHER_READING)
        return
    {"pays": views.country, "perdants": views.losers}.get(
        view, lambda one: views.budget(one, place, people, with_means)
    )(found)


widgets.page(show)
