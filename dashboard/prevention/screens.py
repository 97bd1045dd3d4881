"""Prevention before a room: one idea a screen, no patient and no name."""

from calculators import french, rows
from calculators.prevention.rates import Rate
from dashboard.charts import sized
from dashboard.deck import Screen
from dashboard.prevention import charts, in_words
from dashboard.prevention.board import board
from dashboard.widgets import Choice

FEW = 5
"""Rates on one screen."""
LIMITS = (
    "« Inconnu » n’est pas « non fait » : un acte fait en PMI, en pharmacie ou à l’hôpital manque souvent aux données.",
    "Sous une trentaine de patients, un seul déplace le taux de plus de trois points.",
    "Un taux plus haut dit plus de patients à jour, rien d’autre.",
)


def screens(choice: Choice) -> list[Screen]:
    """Where the list stands, what to do first, act by act, and what these figures do not say."""
    found = board(choice)
    rules, rates = found.rules, found.rates
    done, known = sum(rate.up_to_date for rate in rates), sum(rate.known for rate in rates)
    points = tuple(in_words.action(action) for action in found.actions) or (in_words.nothing_to_do(rates),)
    return [
        Screen("Où en est la liste", french.percent(done / known) if known else "–",
               (in_words.standing(found.patients, rates),)),
        Screen("Que faire d’abord", points=points,
               note=in_words.how_actions_are_chosen(len(found.actions), len(rules.own), len(rules.added))),
        _lowest(rates),
        Screen("Ce que ces chiffres ne disent pas", points=LIMITS),
    ]  # fmt: skip


def _lowest(rates: list[Rate]) -> Screen:
    """The acts due to most patients: a chart of all of them cannot be read from the back."""
    most = sorted(rates, key=lambda rate: (-rate.due, rate.label))[:FEW]
    says = in_words.rates_in_words(most).replace("**", "")
    return Screen(
        "Les actes qui manquent au plus de patients", spec=sized(charts.statuses(), len(most), 60),
        rows=rows.table(most, Rate), alt=says,
        note=f"{len(most)} indicateurs sur {len(rates)}, ceux qui ont le plus de patients à voir.",
    )  # fmt: skip
