"""Rows of a result table as frozen dataclasses: what the pages are given, so that a misspelt column is a type error."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RowT = TypeVar("RowT", bound="DataclassInstance")


def read(table: pa.Table, kind: type[RowT]) -> list[RowT]:
    """One instance per row, in order. The fields of the dataclass name the columns; other columns are left out."""
    columns = [_values(table[field.name]) for field in fields(kind)]
    return [kind(*values) for values in zip(*columns, strict=True)]


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Words, days and lists are few, and said many times: one object for each, which takes less time and memory."""
    if pa.types.is_list(column.type) and not pa.types.is_nested(column.type.value_type):
        said_before: dict[tuple[Any, ...], list[Any]] = {}
        return [one if one is None else said_before.setdefault(tuple(one), one) for one in column.to_pylist()]
    if not (pa.types.is_string(column.type) or pa.types.is_date32(column.type)):
        return column.to_pylist()
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):  # of no rows
        return column.to_pylist()
    said = [*encoded.dictionary.to_pylist(), None]
    return [said[place] for place in encoded.indices.fill_null(-1).to_pylist()]


def table(rows: Sequence[RowT], kind: type[RowT]) -> pa.Table:
    """The inverse of `read`, for a chart or a grid."""
    return pa.table({field.name: [getattr(row, field.name) for row in rows] for field in fields(kind)})


def only(table: pa.Table, kind: type[RowT]) -> RowT:
    """The one row of a table."""
    [row] = read(table, kind)
    return row
