"""The life of an indicator, of an agreement: who endorses or opposes it, on what evidence, and the states it went through.

What is proposed is then tried or in force; what is in force may be suspended and come back; what is withdrawn stays
so.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Literal

from pydantic import Field, HttpUrl

from calculators.rules import Frozen

State = Literal["propose", "experimente", "en_vigueur", "suspendu", "retire"]
Position = Literal["pour", "contre", "réserve"]
Grade = Literal["A", "B", "C", "avis"]
"""As the Haute Autorité de santé grades: established, presumed, low level of evidence; `avis`: agreement of experts."""
NEXT: Mapping[State, tuple[State, ...]] = {
    "propose": ("experimente", "en_vigueur", "retire"),
    "experimente": ("en_vigueur", "retire"),
    "en_vigueur": ("suspendu", "retire"),
    "suspendu": ("en_vigueur", "retire"),
    "retire": (),
}


class Endorsement(Frozen):
    """What somebody says of it."""

    by: str = Field(min_length=1)
    on: date
    url: HttpUrl | None = None
    position: Position
    why: str = ""


class Evidence(Frozen):
    grade: Grade
    url: HttpUrl | None = None


class Step(Frozen):
    """The state it has from a day on."""

    on: date
    state: State
    why: str = ""


def check(history: Sequence[Step], state: State) -> None:
    """Raises ValueError (French) when the steps are not in order, when one does not follow from the one before, or when the
    last one is not the state."""
    for one, following in pairwise(history):
        if following.on < one.on:
            raise ValueError(
                f"« history » : le {following.on:%d/%m/%Y} vient après le {one.on:%d/%m/%Y}, dans l’ordre des dates"
            )
        if following.state not in NEXT[one.state]:
            allowed = ", ".join(f"« {name} »" for name in NEXT[one.state]) or "rien"
            raise ValueError(
                f"« history » : « {one.state} » ne devient pas « {following.state} » ; attendu : {allowed}"
            )
    if history and history[-1].state != state:
        raise ValueError(f"« state » dit « {state} », mais la fin de « history » dit « {history[-1].state} »")
