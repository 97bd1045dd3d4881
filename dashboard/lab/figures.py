"""A table of few figures, each with its interval under it, large enough for a room."""

from collections.abc import Sequence

import streamlit as st

from dashboard.lab import tables
from dashboard.lab.in_words import Figure

STYLE = """<style>
.chiffres {width: 100%; border-collapse: collapse; font-size: 1.1rem; line-height: 1.25}
.chiffres th, .chiffres td {text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0}
.chiffres tr {border-bottom: 1px solid var(--st-border-color, #d5dfe6)}
.chiffres td b, .chiffres span {white-space: nowrap}
.chiffres span {display: block}
</style>"""


def table(heads: Sequence[str], rows: Sequence[Sequence[Figure]]) -> None:
    st.html(STYLE + tables.as_page(heads, rows))
