"""`tableau-mt sobriety DIR`: the ratio of every doctor."""

from argparse import Namespace

from calculators import results
from dashboard import shipped
from dashboard.command.output import deliver, opened, say, waiting


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    reference = results.reference_for(store, asked.year, shipped.REFERENCES, asked.reference)
    if not asked.reference:
        say(f"Référence {asked.year} fournie avec le programme : fictive.")
    with waiting("Sobriété"):
        table = results.sobriety(store, asked.year, reference, doctor)
    return deliver(table, asked)
