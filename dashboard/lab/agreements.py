"""Every agreement on one screen, over the country; then any of them in depth, beside the one compared."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators.forfait import compare
from calculators.forfait.compare import Beside
from calculators.forfait.population import Priced
from calculators.forfait.version import Version
from dashboard import data, widgets
from dashboard.charts import by_part, sized
from dashboard.lab import controls, figures, in_words, lives, national, tables
from dashboard.lab.outcomes import Outcome, Told
from dashboard.lab.slides import FICTIVE
from dashboard.widgets import Choice
from dashboard.words import pay_lines, rule_texts


def priced(choice: Choice, with_means: bool) -> dict[str, Priced]:
    """Every agreement the country can be priced under, by id, oldest first."""
    found = {one.id: data.national(choice.place, one.id, with_means) for one in data.versions(choice.place)}
    return {name: one for name, one in found.items() if one is not None}


def beside(every: dict[str, Priced], other: Version, beyond_cents: int) -> list[Beside]:
    """Each of them beside the one compared."""
    return [compare.beside(every[other.id], one, beyond_cents) for one in every.values()]


def show(choice: Choice, other: Version, with_means: bool, above: DeltaGenerator) -> None:
    """The table, in the place kept above the controls; then the parts, and one of them in depth."""
    how, every = national.ask(), priced(choice, with_means)
    if other.id not in every:
        st.info(national.OTHER_READING)
        return
    found = beside(every, other, how.beyond_cents)
    with above:
        figures.table(*tables.agreements_told(found, other, how))
        st.caption(in_words.standing_on(found) + f" {FICTIVE}")
    widgets.export_buttons(tables.agreements(found, how), "accords", "export_accords")
    st.subheader("Ce qui est payé, part par part")
    doctors = max(int(every[other.id].population.weight.sum()), 1)
    bars = pay_lines.bars({one.version.name: one.by_part for one in every.values()}, doctors)
    columns = {"version": "Accord", "part": "Part", "euros": "Euros par médecin"}
    says = "Euros par médecin et par an, en moyenne, part par part."
    controls.chart(bars, sized(by_part(), len(every), 34), says, columns, "accords")
    in_depth(every, other, how, with_means)


def in_depth(every: dict[str, Priced], other: Version, how: Told, with_means: bool) -> None:
    """One agreement beside the one compared, as a scenario is."""
    st.subheader("Deux accords en détail")
    names = {
        one.version.id: one.version.name + (" (sa variante)" if one.version.variant_of == other.id else "")
        for one in every.values() if one.version.id != other.id
    }  # fmt: skip
    if not names:
        return
    if st.session_state["en_detail"] not in names:
        st.session_state["en_detail"] = next(reversed(names))
    picked = st.selectbox(
        f"Face à « {other.name} »", list(names), format_func=names.__getitem__, key="en_detail"
    )  # fmt: skip
    found, one = Outcome(every[other.id], every[str(picked)], how, with_means), every[str(picked)].version
    national.country(found)
    national.losers(found)
    lives.side_by_side((other.name, other), (one.name, one))

    def draw() -> None:
        lives.wordings((other.name, rule_texts.version(other)), (one.name, rule_texts.version(one)))

    widgets.folded("Ce que l’un dit et l’autre non", "textes_des_accords", draw)
