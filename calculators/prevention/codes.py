"""Codes of acts and drugs by name (`codes.toml`, `[codes.x]` of an indicator): what a rule may count."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from calculators.rules import Frozen, Reference, read_toml, validate

System = Literal["nabm", "ccam", "ngap", "prs_nat", "lpp", "declared", "atc", "cip13"]
SYSTEMS: tuple[System, ...] = get_args(System)
DRUG_SYSTEMS = ("atc", "cip13")

FourDigits = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Ccam = Annotated[str, StringConstraints(pattern=r"^[A-Z]{4}\d{3}$")]
Ngap = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,4}$")]
Lpp = Annotated[str, StringConstraints(pattern=r"^\d{7}$")]
AtcPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$")]
Cip13 = Annotated[str, StringConstraints(pattern=r"^\d{13}$")]


class CodeList(Frozen):
    """Codes of one act or drug. ATC codes are prefixes, all others exact.

    A code that no record could hold (a digit short, small letters) is refused: it would count nothing without a word.
    """

    label: str
    nabm: tuple[FourDigits, ...] = ()
    ccam: tuple[Ccam, ...] = ()
    ngap: tuple[Ngap, ...] = ()
    prs_nat: tuple[FourDigits, ...] = ()
    lpp: tuple[Lpp, ...] = ()
    declared: tuple[str, ...] = ()
    atc: tuple[AtcPrefix, ...] = ()
    cip13: tuple[Cip13, ...] = ()
    names: dict[str, str] = Field(default_factory=dict)
    """Label of each code, as published."""
    reference: tuple[Reference, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if not any(self.codes()):
            raise ValueError(f"aucun code : il en faut au moins un parmi {', '.join(SYSTEMS)}")
        return self

    def codes(self) -> Iterator[tuple[str, str]]:
        """(system, code) pairs."""
        return ((system, code) for system in SYSTEMS for code in getattr(self, system))


def load_codes(path: Path) -> dict[str, CodeList]:
    """Named code lists of a `codes.toml`. Raises RuleError in French."""
    return {name: validate(content, CodeList, f"{path.name} [{name}]") for name, content in read_toml(path).items()}
