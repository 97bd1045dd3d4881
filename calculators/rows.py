"""Rows of a result table as frozen dataclasses: what the pages are given, so that a misspelt column is a type error."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RowT = TypeVar("RowT", bound="DataclassInstance")


def read(table: pa.Table, kind: type[RowT]) -> list[RowT]:
    """One instance per row, in order. The fields of the dataclass name the columns; other columns are left out."""
    columns = [table[field.name].to_pylist() for field in fields(kind)]
    return [kind(*values) for values in zip(*columns, strict=True)]


def table(rows: Sequence[RowT], kind: type[RowT]) -> pa.Table:
    """The inverse of `read`, for a chart or a grid."""
    return pa.table({field.name: [getattr(row, field.name) for row in rows] for field in fields(kind)})


def only(table: pa.Table, kind: type[RowT]) -> RowT:
    """The one row of a table."""
    [row] = read(table, kind)
    return row
