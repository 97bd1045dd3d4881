"""`tableau-mt import SOURCE... --to DIR`: convert source files into a data folder."""

from argparse import Namespace

from calculators.records.readers import import_sources
from dashboard.command.output import say


def run(asked: Namespace) -> int:
    imported = import_sources(asked.sources, asked.to)
    for kind, lines in imported.read.items():
        say(f"{kind} : {lines} ligne{'s' if lines > 1 else ''}")
    for unmapped in imported.unmapped:
        say(f"À savoir : {unmapped}")
    say(f"Dossier écrit : {asked.to}")
    return 0
