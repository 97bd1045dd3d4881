"""`tableau-mt forfait DIR`: pay lines of every doctor, the prevention part fed by what is validated on 31 December."""

from argparse import Namespace
from datetime import date
from pathlib import Path

from calculators import results
from calculators.catalogue import Catalogue
from calculators.errors import UserError
from calculators.forfait.version import Version
from dashboard.command.output import deliver, opened, refuse, say_beyond_cover, say_without_list, waiting
from dashboard.command.pay_cautions import say_cautions, say_lists_of_one


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    refuse(store, "forfait")
    version = _version(asked)
    say_cautions(store, [version], asked.year)
    say_beyond_cover(store, date(asked.year, 12, 31))
    with waiting("Forfait"):
        table = results.pay(store, version, asked.year, doctor, asked.state)
    say_lists_of_one(table)
    say_without_list(store, table, doctor, version.list_day(asked.year))
    return deliver(table, asked)


def _version(asked: Namespace) -> Version:
    """The agreement, or the scenario on it. Two answers to « which agreement » would leave the reader in doubt."""
    known = Catalogue(asked.folder)
    version = known.version(asked.version)
    if not asked.scenario:
        return version
    base = known.read_scenario(asked.scenario).base
    if Path(base).stem != Path(asked.version).stem:
        raise UserError(
            f"Le scénario « {asked.scenario} » part de « {base} » : "
            f"demandez --version {base}, ou changez sa clé « base »."
        )
    return known.scenario(asked.scenario)
