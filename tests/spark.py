"""Every step on both engines: `Both` runs each text on DuckDB and on Spark and demands the same rows.

A text that is run again, for another store, year or measure, goes to Spark where it gives more than twice the rows of
before; what but shows a table that was compared does not. What no command gives to Spark (all but what a reference is built
of) is compared with `TESTS=all`, which compares all rows, each time; that its SQL is what both engines read is for
`test_steps.py`. One Spark session serves the whole run. Without Java the tests that need it are skipped, except where CI is
set: there it is a fault of the machine.
"""

import os
import re
import shutil
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pytest

from calculators import engine
from calculators.engine import DuckEngine, Params, SparkEngine, start_spark
from calculators.records.store import Store
from tests.whole import WHOLE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",  # each small table would be a job of its own
    "spark.sql.artifact.isolation.enabled": "false",
    "spark.broadcast.compress": "false",
    "spark.shuffle.compress": "false",
    "spark.cleaner.referenceTracking": "false",
    "spark.ui.liveUpdate.period": "-1",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.subexpressionElimination.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions "
    "-XX:-BytecodeVerificationRemote "  # of ten thousand classes, at each start
    "-Xms700m -Xmn300m -XX:MetaspaceSize=300m",  # it starts so small that it cleans up seventy times
}
NO_JAVA = "Java n’est pas installé : les étapes SQL ne sont PAS comparées entre DuckDB et Spark."
PLAIN = re.compile(
    r"select (\*|(distinct )?\w+(, \w+)*|1( as \w+)?) from (?P<table>\w+)( where \w+ [=>] ('\w+'|\d+))?"
    r"( order by \w+(, \w+)*)?( limit \d+)?"
)
"""Columns of a single table as they are."""


@cache
def session():
    """The one Spark session of the test run."""
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_JAVA)
    return start_spark("1GB", "1", SMALL)


@cache
def texts() -> dict[str, str]:
    """Name of every step, by its text: a last step is fetched rather than kept."""
    return {file.read_text(encoding="utf-8"): file.stem for file in Path(engine.__file__).parent.rglob("*.sql")}


class Once(SparkEngine):
    """Asked the same of the same rows, it gives what it gave: it would compute it anew, and each question is slow."""

    longest: ClassVar[dict[str, pa.Table]] = {}
    """What Spark gave for each text, where that had the most rows."""

    def __init__(self, session: "SparkSession") -> None:
        super().__init__(session)
        self._seen: dict[str, str] = {}
        self._waiting: dict[str, Callable[[], None]] = {}
        """What no question has read so far: of some thirty tables of a store, each slow to show, most are never read."""
        self._shown: dict[str, pa.Table | Sequence[Path]] = {}
        self._given: dict[str, pa.Table] = {}

    def view(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        if self._shown.get(name) is source:
            return
        self._shown[name] = source
        content = repr((source.schema, rows(source)) if isinstance(source, pa.Table) else source)
        if self._seen.get(name) != content:
            self._waiting[name] = partial(super().view, name, source)
        self._seen[name] = content

    def define(self, name: str, sql: str, params: Params | None = None) -> None:
        self._waiting[name] = partial(super().define, name, sql, params)
        self._seen[name] = repr((sql, params))

    def _query(self, sql: str, params: Params | None) -> "DataFrame":
        for name in words_of(sql) & self._waiting.keys():
            if show := self._waiting.pop(name, None):
                show()
        return super()._query(sql, params)

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        words = words_of(sql)
        question = repr((sql, [(name, self._seen[name]) for name in sorted(words & self._seen.keys())],
                         [(name, (params or {})[name]) for name in sorted(words & (params or {}).keys())]))  # fmt: skip
        if question not in self._given:
            self._given[question] = super().fetch(sql, params)
        return self._given[question]


class Both:
    """An engine that is both, and remembers the most rows each step had."""

    compared: ClassVar[dict[str, int]] = {}

    def __init__(self, store: Store, spark: "Once") -> None:
        self.duck, self.spark = DuckEngine(store._connection), spark
        self._made: dict[str, pa.Table | list[Path]] = {}

    def view(self, name: str, source: pa.Table | list[Path]) -> None:
        self.duck.view(name, source)
        self._made[name] = source

    def define(self, name: str, sql: str, params: Params | None = None) -> None:
        self.duck.define(name, sql, params)
        self._same(name, self.duck.fetch(f"select * from {name}"), sql, params)

    def step(self, name: str, sql: str, params: Params | None = None) -> None:
        self.duck.step(name, sql, params)
        self._same(name, self.duck.fetch(f"select * from {name}"), sql, params)

    def _same(self, name: str, duck: pa.Table, sql: str, params: Params | None) -> None:
        """Spark is asked once, and keeps the rows it gave: what comes after starts from them."""
        if (known := self.spark.longest.get(sql)) is not None and self._is_enough(known, duck):
            self._made[name] = duck.cast(known.schema)
            return
        found = self._ask_spark(sql, params)
        self._compare(name, duck, found)
        self._made[name], self.spark.longest[sql] = found, found

    def _is_enough(self, known: pa.Table, duck: pa.Table) -> bool:
        return not WHOLE and duck.num_rows <= 2 * known.num_rows

    def _ask_spark(self, sql: str, params: Params | None) -> pa.Table:
        """Another engine of the store may have made a table of this name since, in the session that all share."""
        for name in words_of(sql) & self._made.keys():
            self.spark.view(name, self._made[name])
        return self.spark.fetch(sql, params)

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        duck, known = self.duck.fetch(sql, params), self.spark.longest.get(sql)
        if not WHOLE and (shown := PLAIN.fullmatch(sql)) and shown["table"] in self._made:
            return duck
        if known is not None and self._is_enough(known, duck):
            return duck
        step = next((name for text, name in texts().items() if sql.startswith(text)), "")
        self.spark.longest[sql] = self._ask_spark(sql, params)
        return self._compare(step or sql, duck, self.spark.longest[sql])

    def _compare(self, step: str, duck: pa.Table, spark: pa.Table) -> pa.Table:
        assert [(one.name, kind(one.type)) for one in duck.schema] == [
            (one.name, kind(one.type)) for one in spark.schema
        ], step
        assert rows(duck) == rows(spark), step
        self.compared[step] = max(self.compared.get(step, 0), duck.num_rows)
        return duck


def ask_both(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """From now on a store asks both engines; gives the most rows of each step compared. Spark learns the tables of a
    store once, for that is slow."""
    shown: dict[str, Once] = {}

    def engine(store: Store) -> Both:
        place = str(store.place)
        shown[place] = shown.get(place) or store.shown_to(Once(session()))
        return Both(store, shown[place])

    monkeypatch.setattr(Store, "engine", engine)
    return Both.compared


def words_of(sql: str) -> set[str]:
    """Whatever may be the name of a table."""
    return set(re.findall(r"\w+", sql))


def rows(table: pa.Table) -> list[dict[str, Any]]:
    return sorted(table.to_pylist(), key=repr)


def kind(type_: pa.DataType) -> str:
    """What a reader of the rows can tell: a whole number of any width, a text, a truth, a real number."""
    return "int" if pa.types.is_integer(type_) else str(type_).removeprefix("large_")
