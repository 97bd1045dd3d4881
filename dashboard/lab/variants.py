"""An indicator and a variant of it, side by side: what differs, who changes on this list, rates, euros, the others."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from calculators import french
from calculators.forfait.version import Version
from calculators.prevention.variants import OUT, Compared, Counts, Variant
from dashboard import data, tabular, widgets
from dashboard.lab import figures, lives
from dashboard.lab.in_words import Figure
from dashboard.widgets import Choice
from dashboard.words import labels, plain, rule_texts

NONE = (
    "Aucune variante : ni fichier qui en soit une (« variant_of »), dans le dossier « indicators » de vos données, ni autre "
    "jeu qui dise autrement un indicateur."
)
STATUS = {**labels.STATUS, OUT: "non concerné"}


def show(choice: Choice) -> None:
    found = data.variants(choice.place)
    if not found:
        st.info(NONE)
        return
    names = {key: title(one) for key, one in found.items()}
    if st.session_state.get("variante") not in names:
        st.session_state["variante"] = next(iter(names))
    picked = str(st.selectbox("Variante", list(names), format_func=names.__getitem__, key="variante"))
    one, year = found[picked], choice.as_of.year
    version = data.version(choice.place, data.version_in_force(choice.place, year))
    result = data.compared_variant(choice.place, choice.doctor, choice.as_of, picked)
    st.markdown(sentence(result, one, version))
    table = told(result, one, version)
    figures.table(*table)
    wordings(one)
    changes(result)
    widgets.export_buttons(exported(*table), f"variante-{picked}", "export_variante")
    st.caption(
        f"Au {french.day(choice.as_of)}, sur cette liste. Euros : {version.label}, montant de l’indicateur, s’il payait "
        "l’un ou l’autre. Confrères : les autres médecins de ces données, à partir de cinq."
    )


def title(one: Variant) -> str:
    """« Vaccin contre la grippe · Proposition du 14 mars 2024 »."""
    by = f" ({one.variant.author})" if one.variant.author else ""
    named = one.variant.label if one.variant.label != one.original.label else one.variant_alone.label
    return f"{one.original.label} · {named}{by}"


def sentence(found: Compared, one: Variant, version: Version) -> str:
    """How many patients change, and what it would be worth at most."""
    moved = sum(move.patients for move in found.moves)
    if not moved:
        return "Aucun patient de cette liste ne change d’état."
    gap = found.variant.concerned - found.original.concerned
    worth = french.signed_euros(gap * version.indicator_cents(one.original.id))
    more = f"{'+' if gap > 0 else ''}{french.number(gap)}"
    return (
        f"**{french.count(moved, 'patient')}** de cette liste {'change' if moved < 2 else 'changent'} d’état. Patients "
        f"concernés : **{more}**, soit {worth} au plus."
    )


def told(found: Compared, one: Variant, version: Version) -> tuple[list[str], list[list[Figure]]]:
    """A row per wording."""
    cents = version.indicator_cents(one.original.id)
    heads = ["", "Concernés", "À jour", "À faire", "Inconnus", "Taux", "Confrères", "Euros acquis", "Au plus"]
    rows = (("Original", found.original, found.peers[0]), ("Variante", found.variant, found.peers[1]))
    return heads, [[(name, ""), *_figures(counts, peers, cents)] for name, counts, peers in rows]


def _figures(one: Counts, peers: float | None, cents: int) -> list[Figure]:
    whole = [one.concerned, one.up_to_date, one.due, one.unknown]
    rates = ["–" if rate is None else french.percent(rate / 100) for rate in (one.rate, peers)]
    euros = [french.euros(one.up_to_date * cents), french.euros(one.concerned * cents)]
    return [(text, "") for text in (*map(french.number, whole), *rates, *euros)]


def wordings(one: Variant) -> None:
    """What one says and the other does not, side by side."""
    texts = rule_texts.indicator(one.original, one.original_alone), rule_texts.indicator(one.variant, one.variant_alone)
    lives.wordings(("L’original dit", texts[0]), ("La variante dit", texts[1]))
    if one.variant.why:
        st.caption(plain.text(one.variant.why))
    lives.side_by_side(("Original", one.original), ("Variante", one.variant))


def changes(found: Compared) -> None:
    """From which status to which, and how many."""
    if not found.moves:
        return
    table = {
        "Avec l’original": [STATUS[move.before] for move in found.moves],
        "Avec la variante": [STATUS[move.after] for move in found.moves],
        "Patients": [french.number(move.patients) for move in found.moves],
    }
    tabular.table(table, "Patients qui changent d’état", "changent_d_etat")


def exported(heads: Sequence[str], rows: Sequence[Sequence[Figure]]) -> pa.Table:
    """The same rows for a spreadsheet, as they are read."""
    named = ["Rédaction", *heads[1:]]
    return pa.table({head: [french.plain(row[place][0]) for row in rows] for place, head in enumerate(named)})
