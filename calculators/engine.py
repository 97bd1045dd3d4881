"""Runs named SQL steps. DuckDB here; the texts keep to the subset that Spark accepts unchanged.

A step is a file beside the calculator that owns it. Parameters are written `:name`; inputs and outputs are named
tables. Steps of one run share an engine and see each other's tables; two runs never do.
"""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa

PARAMETER = re.compile(r"(?<!:):([a-z_]\w*)")
Params = dict[str, Any]
ROW_GROUP = 122_880
"""Rows of a row group: the best of the sizes measured, for a scan and for one doctor alike."""


class Engine(Protocol):
    """What a calculator may ask of an engine."""

    def view(self, name: str, source: pa.Table | str) -> None:
        """Name an Arrow table, or the parquet files of a glob, so that steps can read it."""

    def step(self, name: str, sql: str, params: Params | None = None) -> None:
        """Run a query and keep its rows as the table `name`, replacing an earlier one."""

    def define(self, name: str, sql: str) -> None:
        """Name a query without running it; it has no parameters."""

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        """Rows of a query as an Arrow table."""

    def save(self, path: Path, sql: str, params: Params | None = None) -> None:
        """Stream the rows of a query to a parquet file, in the layout of the store."""


class DuckEngine:
    """DuckDB in process. One connection is shared; every engine has its own cursor, thus its own step tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self._cursor = (connection or connect()).cursor()

    def view(self, name: str, source: pa.Table | str) -> None:
        if isinstance(source, str):
            path = source.replace("'", "''")
            self._cursor.execute(f"create or replace temp view {name} as select * from read_parquet('{path}')")
        else:
            self._cursor.register(name, source)

    def step(self, name: str, sql: str, params: Params | None = None) -> None:
        self._run(f"create or replace temp table {name} as {sql}", params)

    def define(self, name: str, sql: str) -> None:
        self._cursor.execute(f"create or replace temp view {name} as {sql}")

    def save(self, path: Path, sql: str, params: Params | None = None) -> None:
        target = str(path).replace("'", "''")
        layout = f"(format parquet, compression zstd, row_group_size {ROW_GROUP})"
        self._run(f"copy ({sql}) to '{target}' {layout}", params)

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        text, named = _bind(sql, params)
        return self._cursor.sql(text, params=named).to_arrow_table()

    def _run(self, sql: str, params: Params | None) -> None:
        text, named = _bind(sql, params)
        self._cursor.execute(text, named)


def connect(memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that never leaves the machine: no extension is fetched."""
    config: dict[str, Any] = {"autoinstall_known_extensions": False, "preserve_insertion_order": False}
    return duckdb.connect(":memory:", config=config | ({"memory_limit": memory} if memory else {}))


def sql_text(package: str, name: str) -> str:
    """Text of the step `name` of a calculator, for instance sql_text("calculators.sobriety", "cohort")."""
    return files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def parquet_glob(path: Path) -> str:
    """The file itself, or every parquet file of the folder at any depth."""
    return str(path / "**" / "*.parquet") if path.is_dir() else str(path)


def _bind(sql: str, params: Params | None) -> tuple[str, Params]:
    """DuckDB spells parameters `$name`, and refuses those a text does not use."""
    used = set(PARAMETER.findall(sql))
    return PARAMETER.sub(r"$\1", sql), {name: value for name, value in (params or {}).items() if name in used}
