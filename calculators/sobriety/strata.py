"""The strata: age class x sex x ALD x C2S. A stratum is a place 0, 1, … in the steps, a readable key in the files.

place = ((age class * 2 + sex) * 2 + ald) * 2 + c2s with sex 0 = F, 1 = M; key = "75+ F ALD C2S", "17-39 M".
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from calculators.records.cells import Cell, cells
from calculators.sobriety.definition import Definition

LINES = 8
"""Strata of each age class."""


@dataclass(frozen=True)
class Stratum(Cell):
    """One stratum."""

    @property
    def line(self) -> tuple[str, bool, bool]:
        """What it shares with its other age classes."""
        return self.sex, self.ald, self.c2s

    @property
    def label(self) -> str:
        """In French: « femmes de 75 ans et plus, avec ALD, sans C2S »."""
        sex = {"F": "femmes", "M": "hommes"}[self.sex]
        low, _, high = self.age_class.partition("-")
        age = f"de {low} à {high} ans" if high else f"de {low.removesuffix('+')} ans et plus"
        return f"{sex} {age}, {'avec' if self.ald else 'sans'} ALD, {'avec' if self.c2s else 'sans'} C2S"


def strata_of(definition: Definition) -> list[Stratum]:
    """All strata, in the order of their places."""
    return _strata(tuple(definition.strata.age_classes))


@cache
def _strata(ages: tuple[str, ...]) -> list[Stratum]:
    return cells(ages, Stratum)


def same_line(definition: Definition) -> npt.NDArray[np.bool_]:
    """Strata x strata: the same sex, ALD and C2S."""
    line = np.arange(len(strata_of(definition))) % LINES
    return line[:, None] == line


def same_age(definition: Definition) -> npt.NDArray[np.bool_]:
    """Strata x strata: the same age class."""
    age = np.arange(len(strata_of(definition))) // LINES
    return age[:, None] == age
