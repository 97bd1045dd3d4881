"""`tableau-mt sample`: write fictitious practices."""

from argparse import Namespace

from dashboard.command.output import progress, say
from sample_data.generate import AS_OF, generate


def run(asked: Namespace) -> int:
    with progress("Données fictives") as told:
        generate(asked.doctors, asked.seed, asked.to, asked.as_of or AS_OF, told, since=asked.since, named=True)
    say(f"Dossier écrit : {asked.to} (données fictives)")
    return 0
