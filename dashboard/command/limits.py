"""`tableau-mt limits DIR`: the rules one is held to, each with its numerator, its denominator and its limit."""

from argparse import Namespace
from datetime import date

from calculators import economy
from dashboard.command.output import deliver, opened, refuse, say_beyond_cover, waiting


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    refuse(store, "forfait")
    say_beyond_cover(store, date(asked.year, 12, 31))
    with waiting("Règles"):
        table = economy.limits(store, asked.year, doctor)
    return deliver(table, asked)
