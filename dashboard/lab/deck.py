"""The slide show in the browser: one slide in sight, keys and a bar, without the server.

The slides are containers `diapo_1`, `diapo_2`…; the slide in sight is in the address, after the sign #.
"""

from collections.abc import Callable
from importlib.resources import files

import streamlit as st

FILES = files("dashboard.lab")
KEY = "diaporama"
_bar = st.components.v2.component(
    "diaporama",
    css=FILES.joinpath("deck.css").read_text(encoding="utf-8"),
    js=FILES.joinpath("deck.js").read_text(encoding="utf-8"),
)


def prepare(count: int) -> None:
    """Before the slides are drawn: none is in sight until the bar says which."""
    st.html(f"<style>{FILES.joinpath('slides.css').read_text(encoding='utf-8')}{_in_sight(count)}</style>")


def show(count: int, source: str, left: Callable[[], None]) -> None:
    """Keys and bar for so many slides; `source` stands beside the number; `left` is called when the show is ended."""
    _bar(key=KEY, data={"count": count, "source": source}, on_leave_change=left)


def _in_sight(count: int) -> str:
    """Hidden slides keep their width, which charts need."""
    return "".join(
        f'html[data-slide="{number}"] .st-key-diapo_{number} {{visibility: visible}}' for number in range(1, count + 1)
    )
