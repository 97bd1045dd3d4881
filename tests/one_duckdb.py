"""A DuckDB for all the tests of a worker. Each connection asked for is one more database in it, empty, held in memory, gone
when nothing reads it: as many DuckDBs took a fifth of the processor time of tests over a few patients. One of which the
memory is bounded is of its own, as are those of commands and servers, other processes."""

import weakref
from itertools import count
from threading import Lock
from typing import Any

import duckdb

start = duckdb.connect


class Database:
    """One in it; who reads it holds it."""

    def __init__(self, name: str) -> None:
        self.name = name


class Connection:
    """To a database; its cursors are too, which a cursor of DuckDB is not."""

    def __init__(self, all_of_them: duckdb.DuckDBPyConnection, database: Database) -> None:
        self._connection, self._database = all_of_them.cursor(), database
        self._connection.execute(f"use {database.name}")

    def cursor(self) -> "Connection":
        return Connection(self._connection, self._database)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class OneDuckDB:
    """In place of `duckdb.connect`."""

    def __init__(self) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._numbers = count()
        self._read_no_more: list[str] = []
        self._lock = Lock()

    def connect(self, place: str = ":memory:", config: dict[str, Any] | None = None) -> Any:
        if place != ":memory:" or not config or "memory_limit" in config:
            return start(place, config=config or {})
        with self._lock:
            return self._database(config)

    def _database(self, config: dict[str, Any]) -> Connection:
        self._connection = self._connection or start(":memory:", config=config)
        while self._read_no_more:  # not when it is found out: that may be in the middle of a question
            self._connection.execute(f"detach {self._read_no_more.pop()}")
        database = Database(f"of_a_test_{next(self._numbers)}")
        weakref.finalize(database, self._read_no_more.append, database.name)
        self._connection.execute(f"attach ':memory:' as {database.name}")
        return Connection(self._connection, database)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
