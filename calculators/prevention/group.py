"""Rates of prevention of a group of doctors: counts by age class, sex, ALD and C2S on 31 December, of which nothing is about
one doctor. They are added up by the group, published without small numbers, and compared with a doctor's own.

A table of counts has one row per set, indicator and cell (`age_class`, `sex`, `ald`, `c2s`): eligible (up to date or due),
up_to_date; and one row per set and indicator with null cells, the total. In a published copy a cell where 1 to 10 patients
are, or are not, up to date is null, and others with it until what is hidden of an indicator could be of nobody in
particular; a total that would tell as much is left out with its cells.

A patient of unknown sex, or whose ALD or C2S is not recorded, is in no cell: he is told to the doctor, and not counted.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators.errors import UserError
from calculators.masking import LEAST_SHOWN
from calculators.prevention.assess import assess, assess_blocks, decoded
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import LEAST_PEERS
from calculators.records import cells as records_cells
from calculators.records.cells import SEXES, Cell
from calculators.records.roster import everybody, roster
from calculators.records.store import Store

RATES = {
    "set": pa.string(), "hash": pa.string(), "indicator": pa.string(), "doctors": pa.int64(),
    "age_class": pa.string(), "sex": pa.string(), "ald": pa.bool_(), "c2s": pa.bool_(),
    "eligible": pa.int64(), "up_to_date": pa.int64(),
}  # fmt: skip
SCHEMA = pa.schema(RATES)
KNOWN = ("up_to_date", "due")
Row = dict[str, Any]


@dataclass(frozen=True)
class Board:
    """What a doctor's list says on a day: « indicator cell eligible » -> patients, and « … up_to_date »; how many patients
    fit no cell; how many verdicts are known."""

    counts: dict[str, int]
    left_out: int
    known: int


def set_hash(rules: IndicatorSet) -> str:
    """Changes when what the set judges does; not with its state, its references or what it does not pay."""
    untold = dict.fromkeys(("state", "reference", "label", "unpaid", "added", "valid_from"), True)
    content = rules.model_dump(
        mode="json",
        exclude={**untold, "indicators": {"__all__": {"endorsed", "evidence", "history", "sought_on", "refused"}}},
    )
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def age_classes(adults: Sequence[int]) -> list[str]:
    """Names of the classes that start at these ages, after that of the children: 0-16, 17-39, …, 75+."""
    return records_cells.age_classes([0, *adults])


def cells(adults: Sequence[int]) -> list[Cell]:
    """Every cell there is, by age class, sex, ALD, C2S."""
    return records_cells.cells(age_classes(adults), Cell)


def board(store: Store, rules: IndicatorSet, day: date, doctor: str, adults: Sequence[int]) -> Board:
    """The counts of one doctor's list."""
    of_patient = {row["patient_id"]: _cell(row, adults) for row in roster(store, doctor, day).to_pylist()}
    found = assess(store, rules, day, doctor).select(["patient_id", "indicator", "status"])
    counts: Counter[str] = Counter()
    known = 0
    for patient, indicator, status in zip(*(column.to_pylist() for column in found.columns), strict=True):
        cell = of_patient.get(patient)
        if cell is None or status not in KNOWN:
            continue
        known += 1
        counts[f"{indicator} {cell} eligible"] += 1
        counts[f"{indicator} {cell} up_to_date"] += status == "up_to_date"
    return Board(dict(counts), sum(cell is None for cell in of_patient.values()), known)


def counted(store: Store, rules: IndicatorSet, day: date, adults: Sequence[int]) -> tuple[pa.Table, list[str]]:
    """The counts of all the lists of a store, each added once for each of his doctors: indicator, cell (its key), eligible,
    up_to_date; and the doctors of whom anything is known."""
    of_patient = _cells_of(everybody(store, day), adults)
    parts, doctors = [], set()
    for block in assess_blocks(store, rules, day):
        rows = decoded(block.select(["patient_id", "doctor_id", "indicator", "status"]))
        known = rows.filter(pc.field("status").isin(KNOWN)).join(of_patient, "patient_id", join_type="inner")
        done = known.append_column("up_to_date", pc.equal(known["status"], "up_to_date").cast(pa.int64()))
        parts.append(done.group_by(["indicator", "cell"]).aggregate([([], "count_all"), ("up_to_date", "sum")]))
        doctors |= set(pc.unique(known["doctor_id"]).to_pylist())
    every = pa.concat_tables(parts).rename_columns(["indicator", "cell", "eligible", "up_to_date"])
    return summed([every]), sorted(doctors)


def summed(tables: Sequence[pa.Table]) -> pa.Table:
    """Counts of several stores, added up."""
    named = pa.concat_tables(tables).group_by(["indicator", "cell"])
    found = named.aggregate([("eligible", "sum"), ("up_to_date", "sum")])
    columns = found.rename_columns(["indicator", "cell", "eligible", "up_to_date"])
    return columns.sort_by([("indicator", "ascending"), ("cell", "ascending")])


def counts_of(summed_: pa.Table) -> dict[str, int]:
    """As `Board.counts`."""
    return {
        f"{row['indicator']} {row['cell']} {name}": row[name]
        for row in summed_.to_pylist()
        for name in ("eligible", "up_to_date")
    }


def _cells_of(people: pa.Table, adults: Sequence[int]) -> pa.Table:
    """patient_id, cell: those who fit one."""
    known = people.filter(pc.field("sex").isin(SEXES) & pc.field("ald").is_valid() & pc.field("c2s").is_valid())
    place = np.searchsorted(np.array(adults), known["age"].to_numpy(), side="right")
    for values in (pc.equal(known["sex"], SEXES[1]), known["ald"], known["c2s"]):
        place = 2 * place + values.cast(pa.int64()).to_numpy()
    keys = pa.array([cell.key for cell in cells(adults)], pa.string())  # by age class, sex, ALD, C2S, as places are
    return pa.table({"patient_id": known["patient_id"], "cell": keys.take(pa.array(place))})


def _cell(row: Row, adults: Sequence[int]) -> str | None:
    if row["sex"] not in ("F", "M") or not row["ald_known"] or row["c2s"] is None:
        return None
    place = sum(row["age"] >= start for start in adults)
    return Cell(age_classes(adults)[place], row["sex"], bool(row["ald"]), row["c2s"]).key


def table_of(
    name: str, hash_: str, indicators: Iterable[str], totals: Mapping[str, int], adults: Sequence[int], doctors: int
) -> pa.Table:
    """The table of the totals of a set (rows of `Board.counts`)."""
    rows = []
    for indicator in indicators:
        of_cells = {cell: _two(totals, f"{indicator} {cell.key}") for cell in cells(adults)}
        eligible, done = (sum(two[place] for two in of_cells.values()) for place in (0, 1))
        rows.append(_row(name, hash_, indicator, doctors, None, eligible, done))
        rows += [_row(name, hash_, indicator, doctors, cell, *two) for cell, two in of_cells.items() if two[0]]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _two(totals: Mapping[str, int], start: str) -> tuple[int, int]:
    return totals.get(f"{start} eligible", 0), totals.get(f"{start} up_to_date", 0)


def _row(
    name: str, hash_: str, indicator: str, doctors: int, cell: Cell | None, eligible: int | None, done: int | None
) -> Row:
    of = {"age_class": None, "sex": None, "ald": None, "c2s": None} if cell is None else vars(cell)
    return {"set": name, "hash": hash_, "indicator": indicator, "doctors": doctors, **of,
            "eligible": eligible, "up_to_date": done}  # fmt: skip


def published(table: pa.Table) -> pa.Table:
    """The copy that travels."""
    told: list[Row] = []
    rows = table.to_pylist()
    for name, indicator in dict.fromkeys((row["set"], row["indicator"]) for row in rows):
        mine = [row for row in rows if (row["set"], row["indicator"]) == (name, indicator)]
        [total] = [row for row in mine if row["age_class"] is None]
        if _small(total):
            continue
        of_cells = [row for row in mine if row["age_class"] is not None]
        hidden = _hidden(of_cells)
        told.append(total)
        told += [
            row | ({"eligible": None, "up_to_date": None} if hide else {})
            for row, hide in zip(of_cells, hidden, strict=True)
        ]
    return pa.Table.from_pylist(told, schema=SCHEMA)


def _small(row: Row) -> bool:
    return _few(row["up_to_date"]) or _few(row["eligible"] - row["up_to_date"])


def _few(count: int) -> bool:
    return 0 < count < LEAST_SHOWN


def _hidden(rows: Sequence[Row]) -> list[bool]:
    """Small cells, then the least of the others until what is hidden, which the total gives, is of several cells and is
    small neither of patients up to date nor of others."""
    hidden = [_small(row) for row in rows]
    while any(hidden) and not all(hidden):
        of_hidden = [row for row, hide in zip(rows, hidden, strict=True) if hide]
        together = {name: sum(row[name] for row in of_hidden) for name in ("eligible", "up_to_date")}
        if len(of_hidden) > 1 and not _small(together):
            break
        shown = [place for place, hide in enumerate(hidden) if not hide]
        hidden[min(shown, key=lambda place: (rows[place]["eligible"], place))] = True
    return hidden


def read(file: Path) -> pa.Table:
    """A table of counts. Raises UserError (French) for what is none."""
    try:
        about = pq.read_metadata(file)
        unpacked = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))
        found = pq.read_schema(file)
        if about.num_rows > MOST_ROWS or unpacked > MOST_BYTES or not found.remove_metadata().equals(SCHEMA):
            raise UserError(f"« {file.name} » n’est pas une table de taux de prévention : ses colonnes sont autres.")
        return pq.read_table(file)
    except (pa.ArrowException, OSError):
        raise UserError(f"« {file.name} » n’est pas un fichier parquet entier.") from None


MOST_ROWS, MOST_BYTES = 200_000, 50_000_000


def check_received(file: Path) -> None:
    """Raises UserError (French) when a table that was received is not what a published copy is."""
    rows = read(file).to_pylist()
    totals = Counter((row["set"], row["indicator"]) for row in rows if row["age_class"] is None)
    for row in rows:
        where = f"{file.name}, acte « {row['indicator']} », {row['age_class'] or 'total'}"
        if totals[row["set"], row["indicator"]] != 1:
            raise UserError(f"{where} : un total par acte est attendu.")
        numbers = row["eligible"], row["up_to_date"]
        if numbers == (None, None) and row["age_class"] is not None:
            continue
        if None in numbers or not 0 <= numbers[1] <= numbers[0] < 2**53 or _small(row):
            raise UserError(f"{where} : {numbers} patients ; rien de 1 à 10 n’est attendu d’une copie publiée.")
        if row["age_class"] is not None and None in (row["sex"], row["ald"], row["c2s"]):
            raise UserError(f"{where} : le sexe, l’ALD et la C2S sont attendus.")
        if row["doctors"] is None or row["doctors"] < LEAST_PEERS:
            raise UserError(f"{where} : {row['doctors']} médecins, {LEAST_PEERS} au moins sont attendus.")


@dataclass(frozen=True)
class GroupRate:
    """A doctor's rate beside the group's: `rate` (his, percent), `group` (all patients of the group), `expected` (his
    patients at the group's rate of their cells), null when nobody is concerned; patients and doctors of the group."""

    indicator: str
    known: int
    rate: float | None
    group: float | None
    expected: float | None
    patients: int
    doctors: int


def compare(mine: Board, group: pa.Table, name: str, adults: Sequence[int]) -> list[GroupRate]:
    """Of each indicator of a set that the group tells. A cell that it hides, or has nobody in, is taken at the rate of all
    that it hides, else of everybody."""
    rows = [row for row in group.to_pylist() if row["set"] == name]
    return [
        _compared(mine, [row for row in rows if row["indicator"] == indicator], indicator, adults)
        for indicator in dict.fromkeys(row["indicator"] for row in rows)
    ]


def _compared(mine: Board, rows: Sequence[Row], indicator: str, adults: Sequence[int]) -> GroupRate:
    [total] = [row for row in rows if row["age_class"] is None]
    of_cells = {Cell(row["age_class"], row["sex"], row["ald"], row["c2s"]).key: row for row in rows if row["age_class"]}
    own = {cell.key: _two(mine.counts, f"{indicator} {cell.key}") for cell in cells(adults)}
    concerned, done = (sum(one[place] for one in own.values()) for place in (0, 1))
    rest = _rest(total, of_cells.values())
    expected = sum(n * _rate(of_cells.get(key), rest) for key, (n, _) in own.items() if n)
    return GroupRate(
        indicator, concerned,
        100 * done / concerned if concerned else None,
        100 * total["up_to_date"] / total["eligible"] if total["eligible"] else None,
        100 * expected / concerned if concerned and total["eligible"] else None,
        total["eligible"], total["doctors"],
    )  # fmt: skip


def _rest(total: Row, rows: Iterable[Row]) -> float:
    """Rate of what the group hides, else of all."""
    told = [row for row in rows if row["eligible"] is not None]
    eligible, done = (total[name] - sum(row[name] for row in told) for name in ("eligible", "up_to_date"))
    if eligible > 0:
        return float(done / eligible)
    return float(total["up_to_date"] / total["eligible"]) if total["eligible"] else 0.0


def _rate(row: Row | None, rest: float) -> float:
    if row is None or not row["eligible"]:
        return rest
    return float(row["up_to_date"] / row["eligible"])
