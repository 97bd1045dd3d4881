"""The rules that one is held to, opened to the acts that they count."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from calculators.practice.limits import Limit
from dashboard import data
from dashboard.practice import in_words, tables
from dashboard.practice.opened.in_rows import acts, one_of
from dashboard.widgets import Choice


def limits(choice: Choice, year: int, rows: Sequence[Limit]) -> None:
    """A rule: the acts of its numerator."""
    names = tables.limits(rows)["Règle"]
    one_of("Ouvrir une règle à ses patients et à ses actes", "ligne_regles", {
        one.rule: (name, partial(_rule, choice, year, one)) for one, name in zip(rows, names, strict=True)
    })  # fmt: skip


def _rule(choice: Choice, year: int, one: Limit) -> None:
    mine = data.limit_acts(choice.place, choice.doctor, year, one.rule) if in_words.is_of_acts(one) else []
    st.markdown(in_words.acts_of_rule(mine, one))
    if mine:
        acts(choice, mine, "regles_actes")
