"""`tableau-mt envelope DIR`: what each indicator of prevention brings, one point more, and the case-mix variant."""

from argparse import Namespace
from datetime import date

from calculators import economy
from dashboard.command.output import deliver, opened, refuse, say_beyond_cover, waiting


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    refuse(store, "forfait")
    say_beyond_cover(store, date(asked.year, 12, 31))
    compute = economy.case_mix if asked.case_mix else economy.envelope
    with waiting("Enveloppe"):
        table = compute(store, asked.year, doctor)
    return deliver(table, asked)
