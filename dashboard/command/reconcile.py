"""`tableau-mt reconcile DIR`: what the insurer's list says beside what the data say, and the letter that contests it."""

from argparse import Namespace
from datetime import date

import pyarrow as pa

from calculators import rows
from calculators.aside import file_aside
from calculators.catalogue import Catalogue
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.french import plain
from calculators.prevention import reconcile
from calculators.prevention.assess import Verdict, assess
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.reconcile import Reconciliation
from calculators.records import identities, insurer, roster
from calculators.records.roster import Listed
from calculators.records.store import Store
from dashboard.command.output import deliver, may_write, opened, say, say_outside, waiting
from dashboard.prevention import contest

COLUMNS = pa.schema(
    [
        *((name, pa.string()) for name in ("patient_id", "doctor_id", "indicator", "they")),
        *((name, pa.date32()) for name in ("they_on", "listed_on")),
        ("status", pa.string()),
        ("last_on", pa.date32()),
        ("outcome", pa.string()),
        ("reasons", pa.list_(pa.string())),
    ]
)


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    if asked.contest:
        _may_contest(asked)
    told = insurer.told(asked.folder)
    if not told:
        raise UserError(
            f"« {asked.folder} » n’a aucune liste de l’Assurance maladie : importez-la avec « tableau-mt import LISTE --to "
            f"{asked.folder} » (CSV ou Excel, un patient et un indicateur par ligne)."
        )
    rules = Catalogue(asked.folder).indicator_set(asked.set or defaults().prevention.set)
    say_outside(store, asked.as_of)
    with waiting("Rapprochement"):
        verdicts = rows.read(assess(store, rules, asked.as_of, doctor=doctor), Verdict)
        found = reconcile.reconcile(told, verdicts, rules)
    say(plain(contest.summary(found).replace("**", "")))
    if said := contest.unmatched(found):
        say(f"Attention : {plain(said)}")
    if said := contest.apart(found, asked.as_of):
        say(f"Attention : {plain(said)}")
    if asked.contest:
        _contest(store, found, rules, asked)
    return deliver(_table(found), asked)


def _may_contest(asked: Namespace) -> None:
    if asked.doctor == "all":
        raise UserError("Une lettre est celle d’un médecin : donnez son identifiant à --doctor.")
    may_write(Namespace(out=asked.contest, force=asked.force, folder=asked.folder))


def _table(found: Reconciliation) -> pa.Table:
    lines = [
        {name: getattr(row, name) for name in COLUMNS.names} | {"reasons": list(row.reasons)} for row in found.rows
    ]
    return pa.Table.from_pylist(lines, schema=COLUMNS)


def _contest(store: Store, found: Reconciliation, rules: IndicatorSet, asked: Namespace) -> None:
    """Write the letter."""
    proofs = reconcile.proven(found, rules, store, asked.as_of)
    if not proofs:
        say("Rien à contester : aucun acte de ces données ne manque à la liste.")
        return
    listed = rows.read(roster.roster(store, asked.doctor, asked.as_of), Listed)
    called = identities.called(asked.folder, [row.patient_id for row in proofs]) if asked.names else {}
    lines = contest.contested(proofs, rules, listed, called)
    day = max(row.listed_on for row in proofs)
    with file_aside(asked.contest) as aside:
        aside.write_bytes(contest.letter(lines, asked.doctor, day, date.today(), rules.label))
    say(f"Lettre écrite : {asked.contest}")
