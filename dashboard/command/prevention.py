"""`tableau-mt prevention DIR`: the state of every patient for every indicator."""

from argparse import Namespace

from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from dashboard.command.output import deliver, opened, say_beyond_cover, waiting


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    rules = load_set(asked.set)
    say_beyond_cover(store, asked.as_of)
    with waiting("Prévention"):
        table = assess(store, rules, asked.as_of, doctor=doctor)
    return deliver(table, asked.out)
