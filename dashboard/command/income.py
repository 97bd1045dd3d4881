"""`tableau-mt income DIR`: the income of a year by block and line; what more would bring; what was really paid."""

from argparse import Namespace
from datetime import date

from calculators import economy
from calculators.errors import UserError
from dashboard.command.output import deliver, opened, refuse, say_beyond_cover, waiting


def run(asked: Namespace) -> int:
    if asked.what_if and asked.paid:
        raise UserError("--what-if et --paid donnent deux tables : demandez-les l’une après l’autre.")
    store, doctor = opened(asked)
    refuse(store, "forfait")
    say_beyond_cover(store, date(asked.year, 12, 31))
    compute = economy.what_if if asked.what_if else economy.really_paid if asked.paid else economy.income
    with waiting("Revenu"):
        table = compute(store, asked.year, doctor)
    return deliver(table, asked)
