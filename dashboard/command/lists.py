"""`tableau-mt lists DIR`: who is on each list on a day, and until when it can be billed."""

from argparse import Namespace

from calculators import economy, french
from calculators.practice.list_rules import list_rules
from calculators.practice.lists import lacking
from dashboard.command.output import deliver, opened, refuse, say, say_outside, waiting


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    refuse(store, "prevention")
    say_outside(store, asked.as_of)
    for code, table in lacking(store, list_rules()).items():
        if not asked.list or code in asked.list:
            say(
                french.plain(f"Attention : liste {code} non calculable en entier : {table} n’est pas dans ces données.")
            )
    with waiting("Listes"):
        table = economy.lists(store, asked.as_of, doctor, asked.list, asked.variant)
    return deliver(table, asked)
