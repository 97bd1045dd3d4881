"""Sobriety before a room: one idea a screen, no patient and no name."""

import pyarrow as pa

from calculators import french, rows
from calculators.errors import UserError
from calculators.sobriety import openings
from calculators.sobriety.definition import load_definition
from calculators.sobriety.openings import ClassGap, DoctorYear
from calculators.sobriety.ratio import Ratio, read_limits
from dashboard import data
from dashboard.deck import Screen
from dashboard.sobriety import charts, in_words
from dashboard.widgets import Choice
from dashboard.words import plain
from dashboard.words.drugs import drug_class

LARGEST = 4
NOT_A_QUALITY = (
    "Le ratio compare une dépense à celle que l’âge, le sexe, l’ALD et la C2S laissent attendre : il ne dit rien de la "
    "qualité.",
    "Un ratio bas peut aussi traduire un sous-traitement.",
    "Sans intervalle, un ratio ne conclut rien.",
)


def screens(choice: Choice) -> list[Screen]:
    """The ratio, what chance allows to conclude, what makes the difference, and what it does not say."""
    year = data.sobriety_years(choice.place)[0]
    last = Screen("Ce que ce ratio ne dit pas", points=NOT_A_QUALITY)
    try:
        reference = data.chosen_reference(choice.place, year)
        row, opened = data.doctor_year(choice.place, choice.doctor, year, reference)
    except UserError as reason:
        return [Screen(f"Sobriété en {year}", says=(plain.text(reason),)), last]
    if opened is None or row.ratio is None:
        return [Screen(f"Sobriété en {year}", "Pas de ratio", (row.reason,)), last]
    return [_ratio(row), _interval(row), _classes(choice, opened), last]


def _ratio(row: Ratio) -> Screen:
    definition = load_definition(row.year)
    limits = read_limits(row, definition)
    shown = limits.ratio if limits else row.ratio
    return Screen(
        "Dépense observée / attendue", french.number(shown or 0, 2), (in_words.ratio(row, definition),),
        note=f"{french.count(row.patients, 'patient fidèle', 'patients fidèles')}.",
    )  # fmt: skip


def _interval(row: Ratio) -> Screen:
    definition = load_definition(row.year)
    said, limits = in_words.interval(row, definition), read_limits(row, definition)
    drawn = pa.Table.from_pylist([limits._asdict() | {"expected": 1.0}]) if limits else None
    return Screen(
        "Ce que le hasard permet de conclure", says=(in_words.verdict(row),), spec=charts.interval() if limits else None,
        rows=drawn, alt=said, note=said,
    )  # fmt: skip


def _classes(choice: Choice, opened: DoctorYear) -> Screen:
    """The classes furthest from what was expected."""
    gaps = [one for one in rows.read(openings.by_class(opened), ClassGap) if one.atc and one.patients]
    gaps.sort(key=lambda one: (-abs(one.gap_cents), one.atc))
    products = data.products(choice.place)
    points = tuple(
        f"{drug_class(one.atc, products)} : **{french.signed_euros(one.gap_cents)}**, chez "
        f"{french.count(one.patients, 'patient')}"
        for one in gaps[:LARGEST]
    )
    return Screen(
        "Les classes les plus loin de l’attendu", points=points,
        note=f"{len(points)} classes sur {len(gaps)} prescrites ; l’écart est l’observé moins l’attendu.",
    )  # fmt: skip
