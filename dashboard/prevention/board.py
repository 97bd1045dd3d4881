"""What the pages of prevention start from: the list of the day, judged by the preferred set, and what to do first."""

from dataclasses import dataclass

import pyarrow as pa

from calculators.prevention import worklist
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import Rate
from calculators.prevention.worklist import Action
from dashboard import data
from dashboard.prevention import declaring
from dashboard.widgets import Choice


@dataclass(frozen=True)
class Board:
    """`rates`: of the indicators of the set, those that were added left out."""

    set_name: str
    rules: IndicatorSet
    verdicts: pa.Table
    rates: list[Rate]
    patients: int
    actions: list[Action]


def board(choice: Choice) -> Board:
    set_name = data.preferred_set(choice.place)
    rules = data.indicator_set(choice.place, set_name)
    verdicts = data.judged(choice.place, choice.doctor, choice.as_of, set_name, declaring.said(choice))
    every = data.rates(choice.place, choice.doctor, choice.as_of, set_name)
    rates = [rate for rate in every if rate.indicator not in rules.added]
    patients = len(data.roster(choice.place, choice.doctor, choice.as_of))
    return Board(set_name, rules, verdicts, rates, patients, worklist.actions(verdicts, rules, choice.as_of))
