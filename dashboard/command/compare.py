"""`tableau-mt compare DIR`: the same lists under several agreements, line by line, each beside the first."""

from argparse import Namespace
from datetime import date

from calculators import results
from calculators.catalogue import Catalogue
from dashboard.command.output import deliver, opened, refuse, say_beyond_cover, waiting
from dashboard.command.pay_cautions import say_cautions


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    refuse(store, "forfait")
    wanted = Catalogue(asked.folder).compared(asked.versions)
    say_cautions(store, wanted, asked.year)
    say_beyond_cover(store, date(asked.year, 12, 31))
    with waiting("Comparaison"):
        table = results.compared(store, wanted, asked.year, doctor, asked.with_means, asked.state)
    return deliver(table, asked)
