"""`tableau-mt agreement check FILE [DIR]`: run its examples, say what is missing, and what it would pay in a folder."""

from argparse import Namespace

from calculators import catalogue, french, results
from calculators.catalogue import Catalogue, around
from calculators.forfait.check import run_examples, unsaid
from calculators.forfait.version import Version
from calculators.records.store import open_store
from dashboard.command.output import refuse, verified, waiting
from dashboard.command.rule_report import tell, tell_examples, tell_rows, tell_unsaid


def check(asked: Namespace) -> int:
    """0 when every example comes out as written, 1 when one does not."""
    known = Catalogue(asked.folder) if asked.folder else around(asked.file)
    version = known.version(asked.file)
    tell(f"Accord « {version.label} » ({version.id}).")
    passed = tell_examples(run_examples(version))
    tell_unsaid(unsaid(version))
    if asked.folder:
        _tell_pay(asked, known, version)
    return 0 if passed else 1


def _tell_pay(asked: Namespace, known: Catalogue, version: Version) -> None:
    """Per doctor and in total, beside the agreement in force on the last day of the data."""
    store = verified(open_store(asked.folder), asked)
    refuse(store, "forfait")
    about = store.dataset
    in_force, year = known.version(catalogue.in_force(about.covers_to.year)), about.last_full_year
    with waiting("Forfait"):
        new, now = (results.pay_by_doctor(store, one, year) for one in (version, in_force))
    tell(f"Dossier « {asked.folder} », année {year}, à côté de « {in_force.label} » :")
    rows = [(doctor, new.get(doctor, 0), now.get(doctor, 0)) for doctor in sorted({*new, *now})]
    rows.append(("total", sum(new.values()), sum(now.values())))
    figures = [(name, *map(_euros, (cents, before)), _signed(cents - before)) for name, cents, before in rows]
    tell_rows([("médecin", "cet accord", "en vigueur", "écart"), *figures])


def _euros(cents: int) -> str:
    return french.euros(cents, 2)


def _signed(cents: int) -> str:
    return french.signed_euros(cents, 2)
