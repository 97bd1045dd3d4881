"""Rows of a table as dataclasses: every value as Arrow gives it."""

from dataclasses import astuple, dataclass
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators import rows

SCHEMA = pa.schema([("word", pa.string()), ("day", pa.date32()), ("count", pa.int64()), ("alds", pa.list_(pa.int32()))])


@dataclass(frozen=True)
class Told:
    word: str | None
    day: date | None
    count: int | None
    alds: list[int] | None


told = st.builds(
    Told,
    st.none() | st.sampled_from(["", "a", "é"]),
    st.none() | st.dates(),
    st.none() | st.integers(-5, 5),
    st.none() | st.lists(st.integers(1, 32), max_size=2),
)


@given(st.lists(told, max_size=8), st.lists(told, max_size=3))
def test_what_is_read_is_what_was_written_in_one_piece_or_several(first: list[Told], then: list[Told]):
    pieces = [pa.Table.from_pylist([vars(row) for row in part], schema=SCHEMA) for part in (first, then)]
    assert rows.read(pa.concat_tables(pieces), Told) == first + then
    assert [astuple(row) for row in rows.read(pieces[0], Told)] == [astuple(row) for row in first]


def test_a_word_said_many_times_is_one_object():
    found = rows.read(
        pa.table({"word": ["deux mots", "deux mots"], "day": [None] * 2, "count": [1, 2], "alds": [None] * 2}), Told
    )
    assert found[0].word is found[1].word


def test_a_table_of_two_rows_is_not_one():
    with pytest.raises(ValueError, match="too many values"):
        rows.only(pa.Table.from_pylist([vars(Told(None, None, None, None))] * 2, schema=SCHEMA), Told)
