"""Which table of the SNDS a file is, told by its columns; what is used of each (`snds.toml`)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from calculators import rules as rule_files
from calculators.rules import Frozen, Reference

Kind = Literal["key", "part", "code", "text", "professional", "day", "cents", "quantity"]


class Rules(Frozen):
    """Values that the rules of reading turn on."""

    for_information: int
    supplements_from: int
    hospital_direct: int
    payment_part: Literal["smallest", "largest"]
    ald_natures: tuple[int, ...]
    c2s: int
    main_activity: int
    first_phase: int
    complete_after_months: int
    gp: tuple[str, ...]
    free_fees: tuple[str, ...]
    first_year: int
    last_year: int
    part_mb: int
    part_months: int


class SndsTable(Frozen):
    """One table: the column that tells it, and those that are used."""

    name: str
    mark: str
    claims: bool = False
    """Cut by flux month, with the nine keys."""
    affine: Mapping[str, str] = Field(default_factory=dict)
    """A code of a line of care: which column is its code, quantity, order, activity, phase."""
    required: dict[str, Kind]
    optional: Mapping[str, Kind] = Field(default_factory=dict)
    filters: Mapping[str, Kind] = Field(default_factory=dict)
    """Optional columns by which lines are left out: their absence is told."""

    @property
    def used(self) -> dict[str, Kind]:
        """All columns used."""
        keys = _declared().keys if self.claims else {}
        return {**keys, **self.required, **self.optional, **self.filters}

    @property
    def raw(self) -> str:
        """Name of the view of its files."""
        return f"raw_{self.name.lower()}"

    def missing(self, columns: list[str]) -> list[str]:
        """Columns without which it cannot be read."""
        needed = (list(_declared().keys) if self.claims else []) + list(self.required)
        return [name for name in needed if found_name(name, columns) is None]


class _Declared(Frozen):
    reference: tuple[Reference, ...]
    rules: Rules
    table: tuple[SndsTable, ...]
    keys: dict[str, Kind]
    otherwise_named: dict[str, str]
    aside: dict[str, str]


@cache
def _declared() -> _Declared:
    return rule_files.load(Path(__file__).with_name("snds.toml"), _Declared)


def rules() -> Rules:
    return _declared().rules


def tables() -> dict[str, SndsTable]:
    """All tables that are read, by name."""
    return {table.name: table for table in _declared().table}


def reasons() -> dict[str, str]:
    """Why a line is in no table, in French, by code."""
    return _declared().aside


def found_name(name: str, columns: list[str]) -> str | None:
    """The column as the file spells it: capitals do not matter, and an extraction may have renamed it."""
    spelt = {column.strip().upper(): column for column in columns}
    return spelt.get(name, spelt.get(_declared().otherwise_named.get(name, "")))


def table_of(columns: list[str]) -> SndsTable | None:
    """The table that has these columns: its mark and at least half of what it needs."""
    spelt = {column.strip().upper() for column in columns}
    for table in _declared().table:
        needed = [*(_declared().keys if table.claims else ()), *table.required]
        if table.mark in spelt and len(table.missing(columns)) * 2 <= len(needed):
            return table
    return None
