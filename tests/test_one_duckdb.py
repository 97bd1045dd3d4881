"""Databases of the one DuckDB of a worker are as far from each other as DuckDBs are."""

import duckdb
import pytest

from calculators.engine import DuckEngine, connect
from tests.one_duckdb import OneDuckDB


def tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in connection.execute("show tables").fetchall()]


def test_a_table_is_seen_by_all_engines_of_its_database_and_by_no_other():
    one, other = connect(), connect()
    one.execute("create table lines as select 1 as n")
    assert [DuckEngine(one).fetch("select n from lines").to_pylist() for _ in range(2)] == [[{"n": 1}]] * 2
    with pytest.raises(duckdb.CatalogException):
        DuckEngine(other).fetch("select n from lines")
    other.execute("create table lines as select 2 as n")
    assert DuckEngine(one).fetch("select n from lines").to_pylist() == [{"n": 1}]


def test_steps_of_an_engine_are_its_own():
    one = connect()
    first, second = DuckEngine(one), DuckEngine(one)
    first.step("lines", "select 1 as n")
    with pytest.raises(duckdb.CatalogException):
        second.fetch("select n from lines")


def test_an_engine_outlives_the_connection_it_was_made_of_and_its_database_goes_with_it(one_duckdb: OneDuckDB):
    engine = DuckEngine()
    engine.step("lines", "select 1 as n")
    names = "select database_name as name from duckdb_databases()"
    [own] = engine.fetch("select current_database() as name").to_pylist()
    connect()
    assert engine.fetch("select n from lines").to_pylist() == [{"n": 1}]
    assert own in engine.fetch(names).to_pylist()
    del engine
    assert own not in DuckEngine(connect()).fetch(names).to_pylist()


def test_one_whose_memory_is_bounded_is_a_duckdb_of_its_own():
    bounded = connect("100MB")
    assert bounded.execute("select current_setting('memory_limit')").fetchall() == [("95.3 MiB",)]
    assert connect().execute("select current_setting('memory_limit')").fetchall() != [("95.3 MiB",)]
    bounded.execute("create table lines as select 1 as n")
    assert tables(bounded) == ["lines"]
    assert tables(connect()) == []
