"""The engine: parameters, saved rows, and Spark when it is not there."""

import sys
from pathlib import Path

import pyarrow as pa
import pytest

from calculators import engine as engines
from calculators.engine import DuckEngine, connect, in_front, no_rows, start_spark
from calculators.errors import UserError


def test_a_parameter_the_text_does_not_name_is_left_aside():
    engine = DuckEngine()
    engine.view("ages", pa.table({"age": [16, 17, 18]}))
    engine.step("adults", "select age from ages where age >= :least", {"least": 17, "most": 99})
    assert engine.fetch("select age from adults order by age")["age"].to_pylist() == [17, 18]


def test_rows_are_saved_and_read_back(tmp_path: Path):
    engine = DuckEngine()
    engine.save(tmp_path / "l’âge.parquet", "select :age as age", {"age": 17})
    engine.view("saved", [tmp_path / "l’âge.parquet"])
    assert engine.fetch("select * from saved").to_pylist() == [{"age": 17}]


def test_two_runs_never_see_each_other_s_tables():
    connection = connect("500MB")
    one, other = DuckEngine(connection), DuckEngine(connection)
    one.step("found", "select 1 as n")
    other.step("found", "select 2 as n")
    assert one.fetch("select n from found").to_pylist() == [{"n": 1}]


def test_spark_that_is_not_installed_is_told_in_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(UserError, match="pip install"):
        start_spark()


def test_an_empty_table_stands_in_the_text_of_a_query():
    schema = pa.schema([("patient", pa.int32()), ("cents", pa.int64()), ("code", pa.string())])
    for query in (
        "select count(*) as n from nobody",
        "with those as (select * from nobody) select count(*) as n from those",
    ):
        sql = in_front(query, {"nobody": no_rows(schema)})
        assert DuckEngine().fetch(sql)["n"].to_pylist() == [0]
    assert in_front("select 1", {}) == "select 1"
    assert DuckEngine().fetch(no_rows(schema)).schema == schema


def test_a_text_is_parsed_once_for_all_connections_and_few_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engines, "_PARSED", {})
    monkeypatch.setattr(engines, "STATEMENTS", 3)
    for limit in (1, 2):
        one = DuckEngine(connect())
        one.step("few", "select range as n from range(10) where range < :limit", {"limit": limit})
        assert one.fetch("select count(*) as n from few").to_pylist() == [{"n": limit}]
        assert len(engines._PARSED) == 2
    one.fetch("select 1 as n")
    one.fetch("select 2 as n")
    assert len(engines._PARSED) == 1
