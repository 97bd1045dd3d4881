"""Runs named SQL steps, the same texts on DuckDB (in process, the default) and on Spark (an optional extra).

A step is a file beside the calculator that owns it. Parameters are written `:name`; inputs and outputs are named
tables. Steps of one run share an engine and see each other's tables; two runs never do.
"""

import atexit
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from calculators import visit
from calculators.errors import UserError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

A = TypeVar("A")
T = TypeVar("T")
PARAMETER = re.compile(r"(?<!:):([a-z_]\w*)")
Params = dict[str, Any]
ROW_GROUP = 122_880
"""Rows of a row group: the best of the sizes measured, for a scan and for one doctor alike."""
SPILL = Path(tempfile.gettempdir()) / f"{visit.PREFIX}{os.getpid()}"
STATEMENTS = 1000
"""Parsed statements that are kept; a few hundred are those of the steps, the others say a path or a day."""
_PARSED: dict[str, duckdb.Statement] = {}
atexit.register(_PARSED.clear)  # what the interpreter ends with is a leak to DuckDB, which tells of it
SPARK = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.session.timeZone": "UTC"}


class Engine(Protocol):
    """What a calculator may ask of an engine."""

    def view(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        """Name an Arrow table, or parquet files, so that steps can read it."""

    def step(self, name: str, sql: str, params: Params | None = None) -> None:
        """Run a query and keep its rows as the table `name`, replacing an earlier one."""

    def define(self, name: str, sql: str, params: Params | None = None) -> None:
        """Name a query without running it: it runs in each step that reads it."""

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        """Rows of a query as an Arrow table."""

    def save(self, path: Path, sql: str, params: Params | None = None) -> None:
        """Stream the rows of a query to a parquet file, in the layout of the store."""


class DuckEngine:
    """DuckDB in process. One connection is shared; every engine has its own cursor, thus its own step tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self._cursor = (connection or connect()).cursor()

    def view(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        if isinstance(source, pa.Table):
            self._cursor.register(name, source)
        else:
            self._cursor.execute(f"create or replace temp view {name} as select * from {parquet(source)}")

    def step(self, name: str, sql: str, params: Params | None = None) -> None:
        text, named = _bind(f"create or replace temp table {name} as {sql}", params)
        self._cursor.execute(parsed(self._cursor, text), named)

    def define(self, name: str, sql: str, params: Params | None = None) -> None:
        text = f"create or replace temp view {name} as {_with_literals(sql, params or {})}"
        self._cursor.execute(parsed(self._cursor, text))

    def save(self, path: Path, sql: str, params: Params | None = None) -> None:
        target = str(path.absolute()).replace("'", "''")
        layout = f"(format parquet, compression zstd, row_group_size {ROW_GROUP})"
        text, named = _bind(sql, params)
        self._cursor.execute(f"copy ({text}) to '{target}' {layout}", named)

    def save_by(self, folder: Path, sql: str, column: str) -> None:
        """Stream the rows of a query to parquet files below `folder`, apart by the value of a column, which they lack."""
        target = str(folder.absolute()).replace("'", "''")
        layout = f"format parquet, compression zstd, row_group_size {ROW_GROUP}, partition_by ({column})"
        self._cursor.execute(f"copy ({sql}) to '{target}' ({layout}, overwrite_or_ignore)")

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        text, named = _bind(sql, params)
        return self._cursor.sql(parsed(self._cursor, text), params=named).to_arrow_table()


def parsed(connection: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    """The statement of a text, which every connection may run: the same few hundred are run time and again, and to parse
    them takes longer than to run them on a small practice."""
    if (known := _PARSED.get(text)) is None:
        [known] = connection.extract_statements(text)
        if len(_PARSED) >= STATEMENTS:
            _PARSED.clear()
        _PARSED[text] = known
    return known


class SparkEngine:
    """PySpark, on this machine or on a cluster. Every engine has its own session, thus its own step tables.

    A step is computed once and kept (Spark would otherwise compute it again each time it is read).
    """

    def __init__(self, session: "SparkSession") -> None:
        self._session = session.newSession()

    def view(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        if isinstance(source, pa.Table):
            found = self._session.createDataFrame(source)
        else:
            from pyspark.sql.pandas.types import from_arrow_schema

            plain = self._session.read.option("recursiveFileLookup", "true")  # no partition is read off a path
            columns = from_arrow_schema(pq.read_schema(source[0]))  # asked of Spark, a job of its own for each table
            found = plain.schema(columns).parquet(*(_spark_path(file) for file in source))
        found.createOrReplaceTempView(name)

    def step(self, name: str, sql: str, params: Params | None = None) -> None:
        self._query(sql, params).localCheckpoint().createOrReplaceTempView(name)

    def define(self, name: str, sql: str, params: Params | None = None) -> None:
        self._query(sql, params).createOrReplaceTempView(name)

    def save(self, path: Path, sql: str, params: Params | None = None) -> None:
        pq.write_table(self.fetch(sql, params), path, compression="zstd", row_group_size=ROW_GROUP)

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        return self._query(sql, params).toArrow()

    def _query(self, sql: str, params: Params | None) -> "DataFrame":
        used = set(PARAMETER.findall(sql))
        return self._session.sql(sql, args={name: value for name, value in (params or {}).items() if name in used})


def start_spark(memory: str | None = None, cores: str = "*", more: Mapping[str, str] | None = None) -> "SparkSession":
    """A Spark session on this machine, seen from nowhere else; on the cluster that TABLEAU_MT_SPARK_MASTER names, if any.
    `more` are settings of Spark.

    Raises UserError (French) when PySpark or Java is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")  # nothing passes through it
            from pyspark.errors import PySparkRuntimeError
            from pyspark.sql import SparkSession
            from pyspark.testing.utils import have_pandas  # noqa: F401  warns once, here
    except ImportError:
        raise UserError("Le moteur spark n’est pas installé : pip install 'tableau-mt[spark]'.") from None
    master = os.environ.get("TABLEAU_MT_SPARK_MASTER", f"local[{cores}]")
    settings = SPARK
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        settings = SPARK | {
            "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),  # 200, the default, is for a cluster
        }  # fmt: skip
    builder = SparkSession.builder.appName("tableau-mt").master(master)
    for name, value in (
        settings | ({"spark.driver.memory": memory.removesuffix("B")} if memory else {}) | dict(more or {})
    ).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except PySparkRuntimeError:
        raise UserError("Le moteur spark demande Java 17 ou plus récent, qui n’a pas pu démarrer.") from None
    session.sparkContext.setLogLevel("ERROR")
    return session


def connect(memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that never leaves the machine: no extension is fetched, and what exceeds `memory` ("8GB") goes
    to the machine's folder of temporary files, not to the working folder."""
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False, "preserve_insertion_order": False, "temp_directory": str(SPILL),
        "allocator_background_threads": True,  # else what a question took stays with a program that stays up
    }  # fmt: skip
    return duckdb.connect(":memory:", config=config | ({"memory_limit": memory} if memory else {}))


def side_by_side(compute: Callable[[A], T], each: Sequence[A], start: Callable[[], object] | None = None) -> dict[A, T]:
    """What is computed of each, by as many threads as there are processors: an engine computes while another does. `start`:
    what each thread begins with."""
    if len(each) < 2:
        return {one: compute(one) for one in each}
    with ThreadPoolExecutor(min(len(each), os.cpu_count() or 1), initializer=start) as pool:
        return dict(zip(each, pool.map(compute, each), strict=True))


@cache
def sql_text(package: str, name: str) -> str:
    """Text of the step `name` of a calculator, for instance sql_text("calculators.sobriety", "cohort")."""
    return files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def parquet_in(path: Path) -> list[Path]:
    """The file itself, or every parquet file of the folder at any depth, in a stable order."""
    return sorted(path.rglob("*.parquet")) if path.is_dir() else [path]


def parquet(files: Sequence[Path], *options: str) -> str:
    """The rows of parquet files, in the SQL of DuckDB. Paths are literal: a bracket in the name of a folder is no pattern,
    a tilde nobody's home, and a folder `sex=F` above changes nothing."""
    given = ("hive_partitioning = false", *options)
    return f"read_parquet([{', '.join(literal(_escaped(file)) for file in files)}], {', '.join(given)})"


def _escaped(file: Path) -> str:
    path = str(file.absolute())
    if os.sep == "/" and "\\" in path and re.search(r"[*?\[]", path):  # DuckDB reads it as a separator then
        raise UserError(
            f"Le chemin « {path} » contient à la fois une barre oblique inverse et l’un des signes * ? [ : renommez le "
            "dossier, ou copiez-le ailleurs."
        )
    return re.sub(r"([*?\[])", r"[\1]", path)


def _spark_path(file: Path) -> str:
    return re.sub(r"([*?\[\]{}\\])", r"\\\1", str(file.absolute()))


SQL_TYPES = {
    pa.string(): "string", pa.bool_(): "boolean", pa.date32(): "date", pa.float64(): "double", pa.int8(): "tinyint",
    pa.int16(): "smallint", pa.int32(): "int", pa.int64(): "bigint", pa.list_(pa.string()): "string[]",
}  # fmt: skip
"""How both engines name the types of Arrow; the last is DuckDB's alone."""


def no_rows(schema: pa.Schema) -> str:
    """A query without rows, of these columns."""
    columns = (f"cast(null as {SQL_TYPES[field.type]}) as {field.name}" for field in schema)
    return f"select {', '.join(columns)} where 1 = 0"


def in_front(sql: str, tables: Mapping[str, str]) -> str:
    """The query with these named in front of it, each before those that read it."""
    if not tables:
        return sql
    front = ",\n".join(f"{name} as ({text})" for name, text in tables.items())
    return f"with {front}" + (f",\n{sql.removeprefix('with ')}" if sql.startswith("with ") else f"\n{sql}")


def _bind(sql: str, params: Params | None) -> tuple[str, Params]:
    """DuckDB spells parameters `$name`, and refuses those a text does not use."""
    used = set(PARAMETER.findall(sql))
    named = {name: value for name, value in (params or {}).items() if name in used}
    return _replaced(sql, named, "${}".format), named


def _with_literals(sql: str, params: Params) -> str:
    """A view of DuckDB keeps no parameters: their values (whole numbers and texts) stand in its text."""
    return _replaced(sql, params, lambda name: literal(params[name]))


def _replaced(sql: str, params: Params, by: Callable[[str], str]) -> str:
    """Only what is a parameter: a file may be in a folder named « a:b »."""
    return PARAMETER.sub(lambda found: by(found[1]) if found[1] in params else found[0], sql)


def literal(value: int | str | None) -> str:
    """A value in the SQL of every engine."""
    if value is None:
        return "null"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
