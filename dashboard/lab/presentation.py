"""A scenario on a large screen: one idea at a time, arrow keys, no name and no patient.

All slides are drawn in one run and the browser shows one of them: a key asks nothing of the server, a refresh or a lost
connection keeps the slide (its number is in the address). Which slides, and in what order, is in the link, with the
scenario.
"""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from calculators import french
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait.claims import Claim, claims, put_to_the_test
from calculators.forfait.country import Country
from calculators.forfait.version import Version
from dashboard import data
from dashboard.charts import large
from dashboard.lab import charts, deck, in_words, national, outcomes, tables
from dashboard.lab import claims as claims_in_words
from dashboard.lab import controls as lab_controls
from dashboard.lab.drafts import Draft
from dashboard.lab.outcomes import Outcome
from dashboard.widgets import Choice

NAMES = {
    "scenario": "Le scénario",
    "cout": "Ce que cela coûte",
    "medecin": "Pour un médecin, en moyenne",
    "gains": "Qui gagne, qui perd",
    "perdants": "Où sont ceux qui perdent",
    "suppose": "Ce qui est supposé",
}
"""Slides shown unless others are chosen, in order."""
OF_COUNTRY = ("cout", "medecin", "gains", "perdants")
ASKED, SLIDES = "presenter", "diapos"
"""What the address says: a slide show is asked for; its slides, in order."""
Slide = tuple[str, Callable[[], None]]


def names() -> dict[str, str]:
    """Every slide there may be: those of the scenario, then one for each statement put to the test."""
    return NAMES | {f"affirmation-{one.id}": one.label for one in claims()}


def choose() -> None:
    """Which slides, in what order; and the way to them."""
    known = names()
    chosen = st.multiselect(
        "Écrans, dans l’ordre où ils sont choisis", list(known), default=list(NAMES), format_func=known.__getitem__,
        key="ecrans", persist_state="session", placeholder="Choisir des écrans",
    )  # fmt: skip
    st.button(
        "Présenter : une idée par écran, flèches du clavier", key="presenter_bouton", icon=":material/slideshow:",
        on_click=start, args=(chosen,), disabled=not chosen,
    )  # fmt: skip


def start(chosen: Sequence[str]) -> None:
    """Open the slide show on these slides."""
    st.query_params.update({ASKED: "1", SLIDES: ",".join(chosen)})


def leave() -> None:
    for name in (ASKED, SLIDES):
        st.query_params.pop(name, None)


def show(choice: Choice, drafts: Sequence[Draft]) -> None:
    """All slides asked for, and the keys."""
    try:
        version = lab_controls.version_of(drafts[0])
        before = data.version(choice.place, st.session_state.get("compare_a") or defaults().forfait.compared_with)
    except UserError as mistake:
        st.error(str(mistake))
        return
    slides = all_slides(choice, drafts, version, before)
    deck.prepare(len(slides))
    for number, (title, draw) in enumerate(slides, 1):
        with st.container(key=f"diapo_{number}"):
            st.title(title)
            draw()
    deck.show(len(slides), "données fictives" if data.country() else "", leave)


def all_slides(choice: Choice, drafts: Sequence[Draft], version: Version, before: Version) -> list[Slide]:
    """Title and drawing of each slide; those of the country only when it can be priced."""
    country = data.country()
    found = outcomes.outcome(country.people, before, version, True, national.told()) if country else None
    known = names()
    asked = [name for name in str(st.query_params.get(SLIDES, "")).split(",") if name in known] or list(NAMES)
    if found is None:
        asked = [name for name in asked if name not in OF_COUNTRY] or ["scenario"]
    every: dict[str, Callable[[], None]] = {
        "scenario": partial(what, drafts[0], version, before),
        "suppose": partial(assumed, version),
        **({"cout": partial(cost, found), "medecin": partial(mean, found)} if found else {}),
        **({"gains": partial(gains, found), "perdants": partial(losers, found)} if found else {}),
    }
    if country:
        old = data.version(choice.place, defaults().forfait.compared_with)
        every |= {f"affirmation-{one.id}": partial(claim, one, country, version, old) for one in claims()}
    return [(known[name], every[name]) for name in asked if name in every]


def what(draft: Draft, version: Version, before: Version) -> None:
    base = data.version(lab_controls.here(), draft.base)
    st.markdown(f"**{base.label}**, comparé à « {before.label} ».")
    lines = in_words.paths_in_words(version, base, draft.changes)
    words = in_words.changes_in_words(draft, base, lab_controls.indicators(base))
    st.markdown("\n".join(f"* {line}" for line in words or lines) or "L’accord tel qu’il est, sans changement.")


def cost(found: Outcome) -> None:
    gap = found.of_all(found.spread.total_cents)
    st.markdown(f"## {french.about_millions(found.of_all(found.after.cost_cents))} par an")
    side = "de plus" if gap > 0 else "de moins"
    st.markdown(
        f"pour les {found.told.scale.label} : **{french.about_millions(abs(gap))} {side}** que « "
        f"{found.before.version.label} », ROSP, forfait structure et DONUM compris."
    )


def mean(found: Outcome) -> None:
    one = found.spread
    st.markdown(f"## {in_words.about_signed(one.mean_cents)} par an")
    st.markdown(
        f"La moitié des médecins : {in_words.about_signed(one.percentiles[50])} ou plus. "
        f"Un sur dix : {in_words.about_signed(one.percentiles[10])} ou moins."
    )


def gains(found: Outcome) -> None:
    says = in_words.losers_in_words(found)
    st.markdown(says)
    spec, said = large(charts.gains()), says.replace("*", "")
    st.vega_lite_chart(tables.bars_of_gains(found), spec, width="stretch", alt=said, key="graphique_gains")


def losers(found: Outcome) -> None:
    known = [one for one in tables.groups(found) if one.share_losers is not None]
    groups = sorted(known, key=lambda one: -(one.share_losers or 0))[:6]
    st.markdown(in_words.groups_in_words(groups).split(" ;")[0].rstrip(".") + ".")
    spec = large(charts.groups())
    st.vega_lite_chart(tables.bars_of_groups(groups), spec, width="stretch", alt="Six groupes", key="graphique_groupes")


def assumed(version: Version) -> None:
    st.markdown(national.FICTIVE)
    st.markdown("ROSP et forfait structure sont des moyennes par médecin ; DONUM est une part de son plafond.")
    count = french.count(len(version.open_point), "point ouvert", "points ouverts")
    st.markdown(f"{count} dans l’accord : chacun a une lecture retenue et une autre, page Forfait.")


def claim(one: Claim, country: Country, version: Version, old: Version) -> None:
    """What was said, the verdict, and the figures it rests on."""
    if not (country.knows(version) and country.knows(old)):
        st.markdown("La population de référence ne permet pas de recalculer cette affirmation avec ce scénario.")
        return
    tested = put_to_the_test(one, country, version, old)
    icon, word = claims_in_words.VERDICT[tested.verdict]
    st.markdown(f"## {icon} {word}")
    st.markdown(claims_in_words.range_in_words(tested))
