"""What is compared between DuckDB and Spark: a text that is asked again is compared where it gives more than
twice the rows of before."""

from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from calculators.engine import DuckEngine, Params, connect
from tests import spark as lane
from tests.spark import Both

pytestmark = pytest.mark.spark

STEP = "select cast(range as bigint) as n from range(:rows)"


class Standing:
    """In the place of Spark: DuckDB, which is wrong from so many rows on."""

    def __init__(self, wrong_from: int) -> None:
        self.engine, self.wrong_from = DuckEngine(connect()), wrong_from
        self.longest: dict[str, pa.Table] = {}
        self.asked: list[int] = []

    def view(self, name: str, source: pa.Table) -> None:
        self.engine.view(name, source)

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        found = self.engine.fetch(sql, params)
        self.asked.append(found.num_rows)
        return found if found.num_rows < self.wrong_from else found.slice(1)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Both:
    monkeypatch.setattr(Both, "compared", {})
    return Both(cast(Any, SimpleNamespace(_connection=connect())), cast(Any, Standing(wrong_from=7)))


@pytest.mark.parametrize("way", ["step", "define", "fetch"])
def test_twice_the_rows_of_before_are_compared_and_a_difference_is_caught(both: Both, way: str):
    def ask(rows: int) -> None:
        given = (STEP, {"rows": rows}) if way == "fetch" else ("counted", STEP, {"rows": rows})
        getattr(both, way)(*given)

    for rows in (1, 0, 2, 3, 6):
        ask(rows)
    asked = cast(Any, both.spark).asked
    assert asked == ([1, 0, 2, 3, 6] if lane.WHOLE else [1, 3])
    assert max(both.compared.values()) == asked[-1]
    with pytest.raises(AssertionError):
        ask(7)


@pytest.mark.parametrize("plain", ["select * from counted", "select distinct n from counted order by n limit 3"])
def test_what_shows_a_table_that_was_compared_is_not_compared_again(both: Both, plain: str):
    both.step("counted", STEP, {"rows": 3})
    assert both.fetch(plain)["n"].to_pylist() == [0, 1, 2]
    assert cast(Any, both.spark).asked == ([3, 3] if lane.WHOLE else [3])
    both.fetch("select max(n) + 1 as n from counted")
    assert cast(Any, both.spark).asked[-1] == 1


def test_what_follows_starts_from_the_rows_of_the_last_question(both: Both):
    for rows in (4, 2):
        both.step("counted", STEP, {"rows": rows})
    assert both.fetch("select sum(n) as total from counted")["total"].to_pylist() == [1]


def test_a_difference_is_caught_at_the_first_question(both: Both):
    with pytest.raises(AssertionError):
        both.step("counted", STEP, {"rows": 7})
