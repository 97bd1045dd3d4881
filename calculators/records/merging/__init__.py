"""The same act in two documents counts once: tables of all documents of a practice folder -> tables of its patients.

Acts are the same when patient, system, code and day are; deliveries when patient, CIP13 and day are, or, where one of two
lacks its CIP13, the ATC class. Of two documents the one that gives more is kept, whatever the days it covers; one that takes
something back on the key wins over one that does not, of two such the newer. Its rows are kept as they are, nothing netted;
performer, prescriber, specialty and amount are filled from the others.

Injections of two documents are one dose when they are of one vaccine (same CIP13, CIS, or one ATC class inside the other)
and one date is inside the other; the more precise is kept. Undated ones are matched by rank; without rank only what
exceeds the dated ones is kept.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators import dates
from calculators.engine import DuckEngine, connect, sql_text
from calculators.records.tables import TABLES

ROOM = "calculators.records.merging"
FILLED = {"acts": "kept_acts", "deliveries": "kept_deliveries"}
LINES = {"acts": "act_lines", "deliveries": "delivery_lines"}
LEAST_CLASS = 5
"""Characters from which an ATC class names a vaccine: J07 is all of them."""
PRECISION = ("day", "month", "year", "before")
"""From the most precise to the least."""
MEMORY = "256MB"
"""What the comparison of documents may hold; beyond, it goes through the disk."""
WHO_SAYS = ("coverage", "insurer_list")
"""Tables of which every row keeps the source that says it."""
Row = dict[str, Any]


def merged(tables: Mapping[str, pa.Table], nodes: Mapping[str, str], ages: Sequence[str]) -> dict[str, pa.Table]:
    """Tables of the patients of a folder.

    `tables` have a column source_id, and those of patients a node as patient_id; `nodes` gives the key of each; `ages` are
    the sources that speak, the oldest first: what others say is left out. Of what has a key of its own and is no patient's
    (doctors, drugs) the newest row is kept.
    """
    with closing(connect(MEMORY)) as connection:
        engine = _engine(connection, tables, nodes, ages)
        return {
            name: _once(engine, name, table, nodes, ages) if name in FILLED else _merged(engine, name, table)
            for name, table in sorted(tables.items())
        }


def _engine(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], nodes: Mapping[str, str], ages: Sequence[str]
) -> DuckEngine:
    """Who the people are, which documents are newer, and the classes of the drugs."""
    engine = DuckEngine(connection)
    keys = {"node": pa.array(nodes.keys(), pa.string()), "patient_id": pa.array(nodes.values(), pa.string())}
    engine.view("nodes", pa.table(keys))
    engine.view(
        "ages", pa.table({"source_id": pa.array(ages, pa.string()), "age": pa.array(range(len(ages)), pa.int32())})
    )
    engine.view("all_drugs", tables.get("drugs", TABLES["drugs"].schema.empty_table()))
    engine.step("known_drugs", "select cip13, max(atc) as atc from all_drugs where cip13 is not null group by cip13")
    return engine


def _merged(engine: DuckEngine, name: str, table: pa.Table) -> pa.Table:
    engine.view("lines", table.append_column("line", pa.array(np.arange(table.num_rows))))
    if "patient_id" not in table.column_names:
        return _newest(engine, name, table)
    columns = ", ".join(f'l."{column}"' for column in table.column_names if column not in ("patient_id", "line"))
    found = engine.fetch(
        f"select p.patient_id, {columns} from lines l join nodes p on p.node = l.patient_id "
        "join ages a on a.source_id = l.source_id order by p.patient_id, a.age, l.line"
    )
    if name == "vaccinations":
        return one_dose_each(found)
    return found if name in WHO_SAYS else _distinct(engine, found)


def _once(engine: DuckEngine, name: str, table: pa.Table, nodes: Mapping[str, str], ages: Sequence[str]) -> pa.Table:
    """Acts, or deliveries: the lines that are kept, with what the other documents add. People and documents go by their
    numbers, in the order of the keys and of the ages: as texts they would weigh more than all the rest."""
    keys = pa.array(sorted(set(nodes.values())), pa.string())
    node_keys = pc.index_in(pa.array(nodes.values(), pa.string()), value_set=keys)
    patient = node_keys.take(numbers(table["patient_id"], pa.array(nodes.keys(), pa.string())))
    age = numbers(table["source_id"], pa.array(ages, pa.string()))
    if len(pc.unique(age.drop_null())) < 2:
        return _of_one(table, pc.and_(patient.is_valid(), age.is_valid()), keys, patient)
    told = {"line": pa.array(np.arange(table.num_rows)), "patient": patient, "age": age}
    others = {one: table[one] for one in table.column_names if one not in ("patient_id", "source_id")}
    unsaid = {
        one.name: pa.nulls(table.num_rows, one.type)
        for one in TABLES[name].schema
        if one.name not in table.column_names
    }
    engine.view(LINES[name], pa.table(told | unsaid | others))
    kept = engine.fetch(sql_text(ROOM, FILLED[name]))
    found = table.drop_columns(["source_id"]).take(kept["line"])
    filled = {one: kept[one] for one in kept.column_names if one in others}
    for column, values in (filled | {"patient_id": keys.take(kept["patient"].combine_chunks())}).items():
        place = found.schema.get_field_index(column)
        kind = pa.string() if column == "patient_id" else found.schema.field(column).type
        found = found.set_column(place, pa.field(column, kind), values.cast(kind))
    return found


def _of_one(table: pa.Table, speaks: pa.Array, keys: pa.Array, patient: pa.Array) -> pa.Table:
    """One document alone tells of these lines: they are kept as they are."""
    place = table.schema.get_field_index("patient_id")
    named = pa.DictionaryArray.from_arrays(patient, keys)
    table = table.set_column(place, pa.field("patient_id", named.type), named).drop_columns(["source_id"])
    return table if pc.all(speaks).as_py() else table.filter(speaks)


def numbers(column: pa.ChunkedArray, known: pa.Array) -> pa.Array:
    """Place of each text among those known, null when it is not one of them; texts may be kept as a dictionary."""
    parts = [
        pc.index_in(chunk.dictionary, value_set=known).take(chunk.indices)
        if pa.types.is_dictionary(chunk.type)
        else pc.index_in(chunk, value_set=known)
        for chunk in column.chunks
    ]
    return pa.concat_arrays(parts) if parts else pa.array([], pa.int32())


def _newest(engine: DuckEngine, name: str, table: pa.Table) -> pa.Table:
    """What is of no patient: one row of each key."""
    columns = [column for column in table.column_names if column not in ("source_id", "line")]
    listed, key = (", ".join(f'l."{column}"' for column in names) for names in (columns, _key(name) or columns))
    ranked = f"select {listed}, row_number() over (partition by {key} order by a.age desc, l.line) as nth from lines l"
    joined = f"{ranked} join ages a on a.source_id = l.source_id"
    return engine.fetch(f"select * exclude (nth) from ({joined}) ranked where nth = 1 order by all")


def _key(name: str) -> tuple[str, ...]:
    return TABLES[name].key if name in TABLES else ()


def _distinct(engine: DuckEngine, found: pa.Table) -> pa.Table:
    """What two documents say alike is said once."""
    engine.view("found", found.drop_columns(["source_id"]))
    return engine.fetch("select distinct * from found order by all")


@dataclass
class _Dose:
    """A dose, from the documents that tell of it."""

    row: Row
    first: int
    last: int
    sources: set[str]

    @property
    def is_dated(self) -> bool:
        return bool(self.row["precision"] != "before")

    def is_in(self, other: "_Dose") -> bool:
        return other.first <= self.first and self.last <= other.last

    def add(self, other: "_Dose") -> None:
        self.sources |= other.sources
        self.row |= {name: value for name, value in other.row.items() if self.row[name] is None}


def one_dose_each(rows: pa.Table) -> pa.Table:
    """Vaccinations, with column source_id: each dose once, in the words of the most precise document."""
    given: dict[str, list[Row]] = defaultdict(list)
    for row in rows.to_pylist():
        given[row["patient_id"]].append(row)
    kept = [row for patient in sorted(given) for row in _doses(given[patient])]
    return pa.Table.from_pylist(kept, schema=rows.schema)


def _doses(rows: list[Row]) -> list[Row]:
    """Doses of one patient; what was not done is as it was said."""
    doses: list[_Dose] = []
    for row in sorted((row for row in rows if not row["not_done"]), key=_most_precise_first):
        dose = _Dose(dict(row), *period(row["date"], row["precision"]), {row["source_id"]})
        same = next((one for one in doses if _is_same(dose, one)), None)
        if same:
            same.add(dose)
        else:
            doses.append(dose)
    refused = {tuple(row.items()): row for row in rows if row["not_done"]}
    return [dose.row for dose in doses] + list(refused.values())


def _most_precise_first(row: Row) -> tuple[Any, ...]:
    told = [row[name] is None for name in ("cip13", "cis", "atc", "rank")]
    texts = [str(row[name]) for name in ("cip13", "cis", "atc", "lot", "source_id")]
    return PRECISION.index(row["precision"]), row["date"], row["rank"] or 0, told, texts


def _is_same(dose: _Dose, kept: _Dose) -> bool:
    """Is it the dose that another document told of?"""
    if dose.sources & kept.sources or not same_vaccine(dose.row, kept.row):
        return False
    if dose.is_dated:
        return kept.is_in(dose)
    if kept.first > dose.last:
        return False
    ranks = dose.row["rank"], kept.row["rank"]
    return None in ranks or ranks[0] == ranks[1]


def same_vaccine(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Do two rows with cip13, cis and atc name one vaccine?"""
    if any(one.get(name) and one.get(name) == other.get(name) for name in ("cip13", "cis")):
        return True
    short, long = sorted((one.get("atc") or "", other.get("atc") or ""), key=len)
    return len(short) >= LEAST_CLASS and long.startswith(short)


def period(day: date, precision: str) -> tuple[int, int]:
    """First and last day of a date of some precision, as numbers; of `before`, that day alone."""
    if precision == "year":
        return dates.to_day(date(day.year, 1, 1)), dates.to_day(date(day.year, 12, 31))
    if precision == "month":
        first = day.replace(day=1)
        return dates.to_day(first), dates.to_day(dates.add_months(first, 1)) - 1
    return dates.to_day(day), dates.to_day(day)
