"""`tableau-mt forfait DIR`: pay lines of every doctor, the prevention part fed by what is validated on 31 December."""

from argparse import Namespace
from datetime import date
from pathlib import Path

from calculators import results
from calculators.errors import UserError
from calculators.forfait.version import load_scenario, load_version, read_scenario
from dashboard.command.output import deliver, opened, say_beyond_cover, waiting


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    version = load_version(asked.version)
    if asked.scenario:
        _check_base(read_scenario(asked.scenario).base, asked)
        version = load_scenario(asked.scenario)
    say_beyond_cover(store, date(asked.year, 12, 31))
    with waiting("Forfait"):
        table = results.pay(store, version, asked.year, doctor)
    return deliver(table, asked.out)


def _check_base(base: str, asked: Namespace) -> None:
    """Two answers to « which agreement » would leave the reader in doubt."""
    if Path(base).stem != Path(asked.version).stem:
        raise UserError(
            f"Le scénario « {asked.scenario} » part de « {base} » : "
            f"demandez --version {base}, ou changez sa clé « base »."
        )
