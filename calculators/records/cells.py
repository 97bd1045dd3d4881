"""Patients by age class, sex, ALD and C2S: what a spend or a rate is standardised by."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

SEXES = ("F", "M")


@dataclass(frozen=True)
class Cell:
    """Whom a figure is about; `key`: « 75+ F ALD C2S », « 17-39 M »."""

    age_class: str
    sex: str
    ald: bool
    c2s: bool

    @property
    def key(self) -> str:
        return " ".join([self.age_class, self.sex, *(["ALD"] if self.ald else []), *(["C2S"] if self.c2s else [])])


CellT = TypeVar("CellT", bound=Cell)


def age_classes(starts: Sequence[int]) -> list[str]:
    """Names of the classes that start at these ages, youngest first: 17-39, …, 75+."""
    return [f"{low}-{high - 1}" for low, high in pairwise(starts)] + [f"{starts[-1]}+"]


def cells(ages: Sequence[str], kind: type[CellT]) -> list[CellT]:
    """Every cell there is of these classes, by age class, sex, ALD, C2S."""
    flags = (False, True)
    return [kind(age, sex, ald, c2s) for age in ages for sex in SEXES for ald in flags for c2s in flags]
