"""Rows of `strata.parquet` joined by key to the strata of a definition, as arrays for the arithmetic.

In a published copy some rows are those of several strata held as one, told by the column `merged_with`.
"""

from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from calculators.sobriety.definition import Definition
from calculators.sobriety.statistics import Flags, Floats, Integers, Norms, Population
from calculators.sobriety.strata import Stratum, same_age, same_line, strata_of

MERGED_WITH = "merged_with"
"""Keys of the strata that are one with the row's, separated by SEPARATOR; null alone."""
SEPARATOR = ", "


class Strata:
    """The rows of a reference, in the order of the file."""

    def __init__(self, table: pa.Table) -> None:
        self.rows: dict[str, dict[str, Any]] = {row["stratum"]: row for row in table.to_pylist()}

    @cached_property
    def first_of(self) -> dict[str, str]:
        """Key of each stratum -> key of the first of those that are one with it."""
        order = {key: place for place, key in enumerate(self.rows)}
        groups = {key: [key, *self.merged_with(key)] for key in self.rows}
        return {key: min(group, key=order.__getitem__) for key, group in groups.items()}

    def merged_with(self, key: str) -> list[str]:
        found = self.rows[key].get(MERGED_WITH)
        return found.split(SEPARATOR) if found else []

    @property
    def patients(self) -> int:
        """Of all strata; those held as one count once."""
        return int(sum(row["patients"] for key, row in self.rows.items() if self.first_of[key] == key))

    def norms(self, definition: Definition) -> Norms:
        """Means, variances (by the rule of the definition) and numbers of patients; nan for a stratum it does not have."""
        strata, group = strata_of(definition), self._group(definition)
        variance = self.population(definition).ruled_variance(definition.expected.own_variance_from)[group]
        together = None if (group == np.arange(len(group))).all() else group
        return Norms(self._column(strata, "mean_cents"), variance, self._column(strata, "patients"), together)

    def box_norms(self, definition: Definition) -> Norms:
        """The same in boxes, as if they were exact: only the ratio is taken from them."""
        strata = strata_of(definition)
        return Norms(self._column(strata, "mean_boxes"), self._column(strata, "var_boxes2"))

    def population(self, definition: Definition) -> Population:
        """All patients; strata held as one are counted in the first of them."""
        strata, group = strata_of(definition), self._group(definition)
        first = group == np.arange(len(strata))
        patients, amount, variance = (
            np.where(first, np.nan_to_num(self._column(strata, name)), 0.0)
            for name in ("patients", "sum_cents", "var_cents2")
        )
        line, age = (_of_groups(alike(definition), group) for alike in (same_line, same_age))
        return Population(patients, amount, variance, line, age)

    def _column(self, strata: list[Stratum], name: str) -> Floats:
        found = [self.rows[stratum.key][name] if stratum.key in self.rows else np.nan for stratum in strata]
        return np.array(found, dtype=np.float64)

    def _group(self, definition: Definition) -> Integers:
        """Place of the first of the strata that are one with each."""
        places = {stratum.key: place for place, stratum in enumerate(strata_of(definition))}
        return np.array([places[self.first_of.get(key, key)] for key in places], dtype=np.int64)


def _of_groups(alike: Flags, group: Integers) -> Flags:
    """Two groups are alike when a stratum of one and a stratum of the other are."""
    member = np.zeros(alike.shape, dtype=np.int64)
    member[np.arange(len(group)), group] = 1
    return (member.T @ alike @ member) > 0
