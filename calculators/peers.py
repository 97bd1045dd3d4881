"""The rates of prevention of all the doctors of a folder, department by department, beside the reference of the ratio:
what a group of volunteers sums (`collecting.py`), counted where all the claims are.

A department counted is kept beside the reference, as its other sums are: a run goes on where it was stopped, and only what
changed is counted again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from calculators.errors import UserError
from calculators.prevention import group
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import LEAST_PEERS
from calculators.records import doubts
from calculators.records.parts import Part, Parts, open_parts
from calculators.records.store import Store
from calculators.sobriety.partial_sums import Piece, Progress, Work, stamp
from calculators.sobriety.reference import DoubtfulReferenceError, work_beside

KEPT = ("counted", "rated")
LAYOUT = 1
"""Raise it when what a department counts changes."""


@dataclass(frozen=True)
class Asked:
    """What is counted: the lists of 31 December of a year, by classes of age that start at these ages."""

    year: int
    adults: Sequence[int]
    memory: str | None = None
    accept_doubts: bool = False


def rates(folder: Path, sets: Sequence[IndicatorSet], asked: Asked, to: Path, tell: Progress) -> pa.Table:
    """A table of counts (`prevention/group.py`) of the sets, of all the doctors of a folder; what is counted is kept beside
    the reference `to`. Raises UserError (French): fewer than five doctors, doubtful data, a folder at fault."""
    parts, work = open_parts(folder), Work(work_beside(to))
    pieces = {rules.id: [_piece(parts, part, rules, asked) for part in parts.departments] for rules in sets}
    tables = [_of_set(pieces[rules.id], rules, asked, work, tell) for rules in sets]
    work.keep_only(KEPT, {piece.name: piece.stamp for of_set in pieces.values() for piece in of_set})
    return pa.concat_tables(tables)


def _of_set(pieces: Sequence[Piece], rules: IndicatorSet, asked: Asked, work: Work, tell: Progress) -> pa.Table:
    counted, doctors = [], set()
    for done, piece in enumerate(pieces):
        tell(f"Prévention ({piece.name})", done / len(pieces))
        if not work.has(KEPT, piece, piece.stamp):
            _count(piece, rules, asked, work)
        counted.append(work.kept("counted", piece, piece.stamp))
        doctors |= set(work.kept("rated", piece, piece.stamp)["doctor_id"].to_pylist())
    if len(doctors) < LEAST_PEERS:
        raise UserError(
            f"Les taux de prévention de {len(doctors)} médecins ne se donnent pas : {LEAST_PEERS} au moins sont attendus."
        )
    totals = group.counts_of(group.summed(counted))
    ids = [one.id for one in rules.own]
    return group.table_of(rules.id, group.set_hash(rules), ids, totals, asked.adults, len(doctors))


def _piece(parts: Parts, part: Part, rules: IndicatorSet, asked: Asked) -> Piece:
    def opened() -> Store:
        store = part.open(asked.memory)
        parts.check(part, store)
        if not asked.accept_doubts and (said := doubts.why_not(store, "prevention")):
            raise DoubtfulReferenceError(said)
        return store

    counted = stamp(
        LAYOUT, part.fingerprint, asked.year, list(asked.adults), group.set_hash(rules), asked.accept_doubts
    )
    return Piece(f"{part.name}-{rules.id}", counted, opened)


def _count(piece: Piece, rules: IndicatorSet, asked: Asked, work: Work) -> None:
    counted, doctors = group.counted(piece.open(), rules, date(asked.year, 12, 31), asked.adults)
    work.keep("counted", piece, piece.stamp, counted)
    work.keep("rated", piece, piece.stamp, pa.table({"doctor_id": pa.array(doctors, pa.string())}))
