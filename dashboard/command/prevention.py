"""`tableau-mt prevention DIR`: the state of every patient for every indicator."""

from argparse import Namespace

from calculators.catalogue import Catalogue
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.prevention.assess import assess
from calculators.prevention.indicator import IndicatorSet
from dashboard.command.output import deliver, opened, refuse, say, say_outside, say_without_list, waiting
from dashboard.words import labels, rule_texts


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    refuse(store, "prevention")
    rules = _rules(asked)
    say_outside(store, asked.as_of)
    with waiting("Prévention"):
        table = assess(store, rules, asked.as_of, doctor=doctor)
    say_without_list(store, table, doctor, asked.as_of)
    return deliver(table, asked)


def _rules(asked: Namespace) -> IndicatorSet:
    """The set asked for, then the indicators beside the data and those given. Raises UserError when one of them has the id
    of another; one beside the data that cannot be read is told and left aside."""
    known = Catalogue(asked.folder)
    board = known.board(known.indicator_set(asked.set or defaults().prevention.set), asked.indicator)
    for one in board.set_aside:
        if one.taken:
            raise UserError(one.reason)
        say(rule_texts.set_aside(one))
    for id_ in board.rules.added:
        say(
            f"Indicateur {labels.ADDED} : « {board.rules.indicator(id_).label} » ({id_}), jugé à la suite, jamais payé."
        )
    return board.rules
