"""The slide show in the browser: one slide in sight, keys and a bar, without the server. What is presented: a scenario
(`lab/presentation.py`), or a practice, screen by screen, of which a key shows the next one.

The slides are containers `diapo_1`, `diapo_2`…; the slide in sight is in the address, after the sign #.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import pyarrow as pa
import streamlit as st

from dashboard.charts import Spec, large, on

FILES = files("dashboard")
KEY = "diaporama"
CUT = "Le programme ne répond plus : les diapositives restent à l’écran."
_bar = st.components.v2.component(
    "diaporama",
    css=FILES.joinpath("deck.css").read_text(encoding="utf-8"),
    js=FILES.joinpath("deck.js").read_text(encoding="utf-8"),
)


def prepare(count: int) -> None:
    """Before the slides are drawn: none is in sight until the bar says which."""
    st.html(f"<style>{FILES.joinpath('slides.css').read_text(encoding='utf-8')}{_in_sight(count)}</style>")


def show(count: int, source: str, left: Callable[[], None], another: Callable[[], None] | None = None) -> None:
    """Keys and bar for so many slides; `source` stands beside the number; `left` is called when the show is ended, and
    `another` by the key of the next practice, where there is one."""
    data = {"count": count, "source": source, "another": another is not None, "cut": CUT}
    _bar(key=KEY, data=data, on_leave_change=left, on_another_change=another or _nothing)


def _nothing() -> None:
    """There is no other practice."""


@dataclass(frozen=True)
class Screen:
    """One idea: `figure`, the one thing to keep, very large; `says`, sentences; `points`, a list; a chart with what it says
    to those who cannot see it; `note`, what to know of it, smaller."""

    title: str
    figure: str = ""
    says: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    spec: Spec | None = None
    rows: pa.Table | None = None
    alt: str = ""
    note: str = ""


ASKED = "presenter"
"""What the address says when a slide show is asked for."""


def is_asked() -> bool:
    return bool(st.query_params.get(ASKED))


def button() -> None:
    """The way to it."""
    st.button(
        "Présenter", key="presenter_bouton", icon=":material/slideshow:", on_click=_start,
        help="Une idée par écran, flèches du clavier ; M : le cabinet suivant. Aucun nom n’est montré.",
    )  # fmt: skip


def _start() -> None:
    st.query_params[ASKED] = "1"


def _leave() -> None:
    st.query_params.pop(ASKED, None)


def present(screens: Sequence[Screen], source: str, another: Callable[[], None] | None) -> None:
    """All screens, and the keys."""
    prepare(len(screens))
    for number, screen in enumerate(screens, 1):
        with st.container(key=f"diapo_{number}"):
            _draw(screen, number)
    show(len(screens), source, _leave, another)


def _draw(screen: Screen, number: int) -> None:
    st.title(screen.title)
    if screen.figure:
        st.markdown(f"## {screen.figure}")
    for said in screen.says:
        st.markdown(said)
    if screen.points:
        st.markdown("\n".join(f"* {point}" for point in screen.points))
    if screen.spec is not None:
        st.vega_lite_chart(
            screen.rows,
            on(st.context.theme.type, large(screen.spec)),
            width="stretch",
            alt=screen.alt,
            key=f"diapo_vue_{number}",
        )
    if screen.note:
        st.caption(screen.note)


def _in_sight(count: int) -> str:
    """Hidden slides keep their width, which charts need."""
    return "".join(
        f'html[data-slide="{number}"] .st-key-diapo_{number} {{visibility: visible}}' for number in range(1, count + 1)
    )
