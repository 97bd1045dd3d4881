"""Prevention before a room: one idea a screen, no patient and no name."""

from calculators import french, rows
from calculators.prevention import worklist
from calculators.prevention.rates import Rate
from dashboard import data
from dashboard.charts import sized
from dashboard.deck import Screen
from dashboard.prevention import charts, declaring, in_words
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
    set_name = data.preferred_set(choice.place)
    rules = data.indicator_set(choice.place, set_name)
    verdicts = data.judged(choice.place, choice.doctor, choice.as_of, set_name, declaring.said(choice))
    every = data.rates(choice.place, choice.doctor, choice.as_of, set_name)
    rates = [rate for rate in every if rate.indicator not in rules.added]
    patients = len(data.roster(choice.place, choice.doctor, choice.as_of))
    done, known = sum(rate.up_to_date for rate in rates), sum(rate.known for rate in rates)
    actions = worklist.actions(verdicts, rules, choice.as_of)
    points = tuple(in_words.action(action) for action in actions) or (in_words.nothing_to_do(rates),)
    return [
        Screen("Où en est la liste", french.percent(done / known) if known else "–",
               (in_words.standing(patients, rates),)),
        Screen("Que faire d’abord", points=points,
               note=in_words.how_actions_are_chosen(len(actions), len(rules.own), len(rules.added))),
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
