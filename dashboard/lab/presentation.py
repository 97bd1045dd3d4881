"""A scenario on a large screen: one idea at a time, arrow keys, no name and no patient.

All slides are drawn in one run and the browser shows one of them: a key asks nothing of the server, a refresh or a lost
connection keeps the slide (its number is in the address). Which slides, and in what order, is in the link, with the
scenario.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import streamlit as st

from calculators.defaults import defaults
from calculators.errors import UserError
from dashboard import data, deck
from dashboard.charts import large, on
from dashboard.lab import agreements, figures, handout, national, outcomes, sharing, slides, state
from dashboard.lab import controls as lab_controls
from dashboard.lab.slides import Slide, Subject
from dashboard.widgets import Choice

ASKED, SLIDES = "presenter", "diapos"
"""What the address says: a slide show is asked for; and, as it was written before, its slides in order."""
MIME = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
}
MADE = (("pdf", handout.pdf, "picture_as_pdf"), ("pptx", handout.pptx, "slideshow"), ("zip", handout.charts, "image"))


def choose() -> None:
    """Which slides, in what order; and the way to them."""
    known = slides.names()
    chosen = st.multiselect(
        "Écrans, dans l’ordre où ils sont choisis", list(known), format_func=known.__getitem__, key="ecrans",
        placeholder="Choisir des écrans",
    )  # fmt: skip
    if len(chosen) > 1:
        in_order(chosen, known)
    st.button(
        "Présenter : une idée par écran, flèches du clavier", key="presenter_bouton", icon=":material/slideshow:",
        on_click=start, disabled=not chosen,
    )  # fmt: skip


def in_order(chosen: Sequence[str], known: Mapping[str, str]) -> None:
    """The order of the slides, and what moves one of them: fields that stay where they are, so that a key may be pressed
    again."""
    st.caption(" ; ".join(f"{place}\\. {known[name]}" for place, name in enumerate(chosen, 1)))
    if st.session_state.get("ecran_deplace") not in chosen:
        st.session_state["ecran_deplace"] = chosen[0]
    one, two, three = st.columns([2, 1, 1], vertical_alignment="bottom")
    name = str(one.selectbox("Écran à déplacer", list(chosen), format_func=known.__getitem__, key="ecran_deplace"))
    here = list(chosen).index(name)
    for column, label, icon, by in ((two, "Plus tôt", "arrow_upward", -1), (three, "Plus tard", "arrow_downward", 1)):
        column.button(
            label, key=f"ecran_{by}", icon=f":material/{icon}:", width="stretch", on_click=_move, args=(name, by),
            disabled=not 0 <= here + by < len(chosen),
        )  # fmt: skip


def _move(name: str, by: int) -> None:
    """One place earlier or later."""
    order = list(st.session_state["ecrans"])
    here = order.index(name)
    if 0 <= here + by < len(order):
        order[here], order[here + by] = order[here + by], order[here]
        st.session_state["ecrans"] = order


def take_away(choice: Choice) -> None:
    """The same slides as files, made when they are asked for."""
    try:
        subject = about(choice)
    except UserError:  # told beside
        return
    told = tuple(asked()), subject, date.today()
    with st.container(horizontal=True):
        for suffix, make, icon in MADE:
            what = "Graphiques : PNG, SVG, CSV" if suffix == "zip" else "Diapositives"
            st.download_button(
                f"{what} ({suffix.upper()})", data=partial(make, *told), file_name=f"scenario.{suffix}",
                mime=MIME[suffix], key=f"diapos_{suffix}", icon=f":material/{icon}:", on_click="ignore",
                disabled=not st.session_state["ecrans"],
            )  # fmt: skip


def start() -> None:
    """Open the slide show on the slides chosen."""
    st.query_params[ASKED] = "1"


def leave() -> None:
    for name in (ASKED, SLIDES):
        st.query_params.pop(name, None)


def show(choice: Choice) -> None:
    """All slides asked for, and the keys."""
    try:
        subject = about(choice)
    except UserError as mistake:
        st.error(str(mistake))
        return
    shown = slides.slides(asked(), subject)
    deck.prepare(len(shown))
    for number, slide in enumerate(shown, 1):
        with st.container(key=f"diapo_{number}"):
            draw(slide)
    deck.show(len(shown), "données fictives" if data.country() else "", leave)


def asked() -> Sequence[str]:
    """Slides of an address as it was written before, else those chosen."""
    older = str(st.query_params.get(SLIDES, ""))
    return older.split(",") if older else st.session_state["ecrans"]


def about(choice: Choice) -> Subject:
    """What is on screen. Raises UserError when the scenario is no agreement."""
    place = st.session_state["scenario_actif"]
    draft, country = lab_controls.kept()[place], data.country()
    version, base = lab_controls.version_of(draft), data.version(choice.place, draft.base)
    before = data.version(choice.place, st.session_state["compare_a"])
    means, how = st.session_state["avec_moyennes"], national.told()
    every = agreements.priced(choice, means)
    return Subject(
        draft=draft, base=base, version=version, before=before,
        old=data.version(choice.place, defaults().forfait.compared_with),
        indicators=lab_controls.indicators(base), country=country,
        found=outcomes.outcome(country.people, before, version, means, how) if country else None,
        told=how, agreements=agreements.beside(every, before, how.beyond_cents) if before.id in every else (),
        link=state.address(choice),
    )  # fmt: skip


def draw(slide: Slide) -> None:
    st.title(slide.title)
    if slide.figure:
        st.markdown(f"## {slide.figure}")
    for said in slide.says:
        st.markdown(said)
    if slide.points:
        st.markdown("\n".join(f"* {point}" for point in slide.points))
    if slide.table:
        figures.table(slide.table.heads, slide.table.rows)
    if chart := slide.chart:
        said = chart.says.replace("*", "")
        st.vega_lite_chart(
            chart.rows,
            on(st.context.theme.type, large(chart.spec)),
            width="stretch",
            alt=said,
            key=f"graphique_{chart.name}",
        )
    if slide.note:
        st.caption(slide.note)
    if slide.link:
        sharing.code(slide.link, 420)
        sharing.copy_button(slide.link, "copier_diapo")
