"""`tableau-mt decide DIR`: stay in a contract or leave it, an assistant, the capitation of a group."""

from argparse import Namespace

from calculators import economy
from dashboard.command.output import deliver, opened, refuse, waiting


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    refuse(store, "forfait")
    wanted = [name for name in economy.DECISIONS if getattr(asked, name)] or economy.DECISIONS
    with waiting("Décisions"):
        table = economy.decide(store, asked.year, doctor, wanted)
    return deliver(table, asked)
