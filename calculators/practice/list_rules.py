"""Shape of a list for long consultations (`lists/*.toml`): who, until when, what was billed since, what it is paid.

A closed vocabulary of kinds: `discharge` (a stay ended some days ago), `molecules` (a long treatment), `declared` (the
doctor said so), `new_on_list` (registered a few months ago, with an ALD), `quarter` (an ALD; one a quarter).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from calculators import rules
from calculators.errors import UserError
from calculators.practice.acts import Codes
from calculators.rules import Basis, Frozen, Rule, suggest

FOLDER = Path(__file__).parent / "lists"
Kind = Literal["discharge", "molecules", "declared", "new_on_list", "quarter"]
Stay = Literal["mco", "ssr", "psy", "had", "urgence"]
Positive = Annotated[int, Field(gt=0)]
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "discharge": ("days", "stays", "same_stay"),
    "molecules": ("molecules", "dates", "months"),
    "declared": ("declared",),
    "new_on_list": ("alds", "months"),
    "quarter": ("alds",),
}


class Variant(Frozen):
    """The same list with some of its keys otherwise."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str
    change: dict[str, Any]


class ListRule(Rule):
    """One list. `once`: a patient for whom the code was billed in the civil year or quarter, or ever, is not on it;
    `review`: acts of which the reason speaks when they are found."""

    code: str = Field(pattern=r"^[A-Z0-9]{2,7}$")
    kind: Kind
    amount: Decimal = Field(ge=0)
    basis: Basis
    valid_from: date
    once: Literal["year", "quarter", "ever"]
    billed: Codes
    age_from: int = Field(default=0, ge=0)
    days: Positive | None = None
    months: Positive | None = None
    molecules: Positive | None = None
    dates: Positive | None = None
    stays: tuple[Stay, ...] = ()
    same_stay: Codes | None = None
    declared: tuple[str, ...] = ()
    alds: tuple[Annotated[int, Field(ge=1, le=32)], ...] = ()
    review: Codes = Codes()
    variant: tuple[Variant, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if missing := [key for key in NEEDED[self.kind] if not getattr(self, key)]:
            raise ValueError(f"une liste « {self.kind} » a besoin de « {missing[0]} »")
        return self

    @property
    def cents(self) -> int:
        return int(self.amount * 100)


@cache
def list_rules() -> dict[str, ListRule]:
    """Those that ship, by code, in alphabetical order. Raises RuleError."""
    found = [rules.load(path, ListRule) for path in sorted(FOLDER.glob("*.toml"))]
    return {one.code: one for one in found}


def with_variants(
    known: Mapping[str, ListRule], names: Iterable[str], others: Iterable[str] = ()
) -> dict[str, ListRule]:
    """The lists, those that have a variant of these names under it. `others`: variants of what is not here, told beside
    them. Raises UserError for a name no list has."""
    found = dict(known)
    for name in names:
        having = {code: one for code, rule in found.items() for one in rule.variant if one.id == name}
        if not having:
            every = sorted({one.id for rule in known.values() for one in rule.variant} | set(others))
            raise UserError(f"La variante « {name} » n’existe pas ; {suggest(name, every)}")
        for code, variant in having.items():
            changed = found[code].model_dump() | variant.change
            found[code] = rules.validate(changed, ListRule, f"{code.lower()}.toml")
    return found
