"""A table of which a folder tells nothing is written and held without a step: as the step would have made it."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from calculators.records import compact_columns, store
from calculators.records.store import COMPACT_TABLES, IN_FULL, Store, open_store
from tests.practice import write

PATIENTS = [{"patient_id": "p1", "birth_date": "1950-03-01", "sex": "F"}]
TOLD = {
    "acts": [{"patient_id": "p1", "date": "2025-05-02", "system": "nabm", "code": "1577", "value": 1.5, "quantity": quantity,
              "performer_id": "d2"} for quantity in (1, -1)],
    "deliveries": [{"patient_id": "p1", "date": "2025-05-02", "cip13": "3400930000001", "atc": "J07BB02", "boxes": boxes}
                   for boxes in (1, 2, -1)],
    "drugs": [{"cip13": "3400930000001", "atc": "J07BB02", "price_cents": 100, "molecules": ["A10BA02", "A10BB01"]}],
    "vaccinations": [{"patient_id": "p1", "date": "2025-05-02", "cip13": "3400930000001"}],
}  # fmt: skip


@pytest.fixture
def with_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Store, Store]]:
    """The store of a folder, and the same after all steps have run."""

    def both(*tables: str) -> tuple[Store, Store]:
        told = {name: TOLD[name] for name in tables}
        found = open_store(write(tmp_path / "short", patients=PATIENTS, **told))
        monkeypatch.setattr(store, "_tells_of", lambda _folder, _step: True)
        return found, open_store(write(tmp_path / "long", patients=PATIENTS, **told))

    return both


def rows(opened: Store, table: str) -> pa.Table:
    return pa.concat_tables(pq.read_table(file) for file in opened.files_of(table))


def types(of: pa.Table | pa.Schema) -> list[tuple[str, pa.DataType]]:
    schema = of if isinstance(of, pa.Schema) else of.schema
    return [(field.name, field.type) for field in schema]


@pytest.mark.slow
@pytest.mark.parametrize(
    "tables", [(), *((name,) for name in TOLD), ("deliveries", "drugs"), ("deliveries", "vaccinations"), tuple(TOLD)]
)
def test_what_no_step_is_run_for_is_as_if_it_were(
    tables: tuple[str, ...], with_every_step: Callable[..., tuple[Store, Store]]
) -> None:
    short, long = with_every_step(*tables)
    for table in COMPACT_TABLES:
        assert rows(short, table).to_pylist() == rows(long, table).to_pylist(), table
        assert types(rows(short, table)) == types(rows(long, table)) == types(compact_columns.schema(table)), table
    for table in (*COMPACT_TABLES, *IN_FULL.values()):
        held = f"select * from {table}"
        assert types(short.engine().fetch(held)) == types(long.engine().fetch(held)), table
    assert (short.facts, short.filled, short.set_aside, short.rows) == (
        long.facts,
        long.filled,
        long.set_aside,
        long.rows,
    )
    assert {name: short.facts.read[name] for name in tables} == {name: len(TOLD[name]) for name in tables}
