"""A scenario on a large screen: one idea at a time, arrow keys, no name and no patient.

The slide shown lives in the session; the scenario comes from the link.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from calculators import french
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait.version import Version
from dashboard import data
from dashboard.charts import large
from dashboard.lab import charts, in_words, national, outcomes, tables
from dashboard.lab import controls as lab_controls
from dashboard.lab.drafts import Draft
from dashboard.lab.outcomes import Outcome
from dashboard.widgets import Choice

LARGE = """<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"] {display: none}
[data-testid="stMainBlockContainer"] {padding: 1.2rem 4rem; max-width: none}
[data-testid="stMainBlockContainer"] h1 {font-size: 3.2rem}
.st-key-diapo [data-testid="stMarkdownContainer"] :is(p, li) {font-size: 1.9rem; line-height: 1.4}
.st-key-diapo [data-testid="stMarkdownContainer"] h2 {font-size: 4.6rem; margin: .2em 0}
</style>"""


Slide = tuple[str, Callable[[], None]]


def show(choice: Choice, drafts: Sequence[Draft]) -> None:
    """The slide asked for, and the way to the others."""
    st.html(LARGE)
    try:
        version = lab_controls.version_of(drafts[0])
    except UserError as mistake:
        st.error(str(mistake))
        return
    before, country = (
        data.version(choice.place, st.session_state.get("compare_a") or defaults().forfait.compared_with),
        data.country(),
    )
    found = outcomes.outcome(country.people, before, version, True, national.told()) if country else None
    slides = all_slides(drafts, version, before, found)
    place = min(max(int(st.session_state.get("diapo_numero", 0)), 0), len(slides) - 1)
    title, draw = slides[place]
    st.title(title)
    with st.container(key="diapo", height=470, border=False):
        draw()
    controls(place, len(slides))


def all_slides(drafts: Sequence[Draft], version: Version, before: Version, found: Outcome | None) -> list[Slide]:
    """Title and drawing of each slide; those of the country only when it can be priced."""
    slides: list[Slide] = [("Le scénario", lambda: what(drafts[0], version, before))]
    if found is None:
        return [*slides, ("Ce qui est supposé", lambda: assumed(version))]
    return [
        *slides,
        ("Ce que cela coûte", lambda: cost(found)),
        ("Pour un médecin, en moyenne", lambda: mean(found)),
        ("Qui gagne, qui perd", lambda: gains(found)),
        ("Où sont ceux qui perdent", lambda: losers(found)),
        ("Ce qui est supposé", lambda: assumed(version)),
    ]


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
    st.vega_lite_chart(tables.bars_of_gains(found), spec, width="stretch", alt=said, key="diapo_gains")


def losers(found: Outcome) -> None:
    known = [one for one in tables.groups(found) if one.share_losers is not None]
    groups = sorted(known, key=lambda one: -(one.share_losers or 0))[:6]
    st.markdown(in_words.groups_in_words(groups).split(" ;")[0].rstrip(".") + ".")
    spec = large(charts.groups())
    st.vega_lite_chart(tables.bars_of_groups(groups), spec, width="stretch", alt="Six groupes", key="diapo_groupes")


def assumed(version: Version) -> None:
    st.markdown(national.FICTIVE)
    st.markdown("ROSP et forfait structure sont des moyennes par médecin ; DONUM est une part de son plafond.")
    count = french.count(len(version.open_point), "point ouvert", "points ouverts")
    st.markdown(f"{count} dans l’accord : chacun a une lecture retenue et une autre, page Forfait.")


def controls(place: int, slides: int) -> None:
    """Before and after, with the arrow keys; and the way out."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.button("Précédent", icon=":material/arrow_back:", key="diapo_avant", shortcut="Left", disabled=place == 0,
                  on_click=turn, args=(place - 1,))  # fmt: skip
        st.caption(f"{place + 1} / {slides} · données fictives", width="content")
        st.button("Suivant", icon=":material/arrow_forward:", key="diapo_apres", shortcut="Right",
                  disabled=place == slides - 1, on_click=turn, args=(place + 1,))  # fmt: skip
        st.button("Quitter", icon=":material/close:", key="diapo_fin", shortcut="Escape", on_click=leave)


def turn(place: int) -> None:
    st.session_state["diapo_numero"] = place


def leave() -> None:
    st.query_params.pop("presenter", None)
    st.session_state.pop("diapo_numero", None)
