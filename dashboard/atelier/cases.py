"""Guided cases: one idea each. A file says the question, where to look, the trap and what to discuss; the answer is computed
from the data when it is shown (`answers.py`)."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from calculators.errors import UserError
from calculators.rules import Frozen, load

FOLDER = Path(__file__).parent / "cases"
Computed = Literal[
    "first_calls",
    "fragile_rate",
    "unseen",
    "ratio",
    "mix",
    "heaviest_class",
    "low_ratio",
    "losers",
    "three_figures",
    "not_again",
]
"""The answers there are."""


class Case(Frozen):
    """One file. `page`: name of the page to look at; `choices`: opinions to pick from, by the key that the answer may give
    as the right one; `versions`: the two agreements compared, for an answer about them."""

    rank: int = Field(ge=1)
    title: str = Field(min_length=3)
    idea: str = Field(min_length=10)
    minutes: int = Field(ge=1, le=30)
    page: str
    look: str = Field(min_length=10)
    question: str = Field(min_length=10)
    choices: dict[str, str] = Field(default_factory=dict)
    answer: Computed
    versions: tuple[str, str] | None = None
    trap: str = Field(min_length=10)
    discussion: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _agreements_where_they_are_compared(self) -> "Case":
        if (self.answer == "losers") != (self.versions is not None):
            raise ValueError("« versions » va avec la réponse « losers », et avec elle seule")
        return self


@cache
def cases() -> dict[str, Case]:
    """By the name of their file, in their order. Raises RuleError (French) for one that cannot be read."""
    found = {file.stem: load(file, Case) for file in sorted(FOLDER.glob("*.toml"))}
    if not found:
        raise UserError(f"Aucun cas dans « {FOLDER} ».")
    return dict(sorted(found.items(), key=lambda pair: (pair[1].rank, pair[0])))
