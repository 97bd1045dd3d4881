"""Codes of acts and drugs by name (`codes.toml`, `[codes.x]` of an indicator): what a rule may count."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from calculators.rules import Frozen, Reference, read_toml, validate

System = Literal["nabm", "ccam", "ngap", "prs_nat", "lpp", "loinc", "declared", "atc", "cip13", "cis"]
SYSTEMS: tuple[System, ...] = get_args(System)
DRUG_SYSTEMS = ("atc", "cip13", "cis")
VACCINES = "J07"
"""ATC class of all vaccines."""

FourDigits = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Ccam = Annotated[str, StringConstraints(pattern=r"^[A-Z]{4}\d{3}$")]
Ngap = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,4}$")]
Loinc = Annotated[str, StringConstraints(pattern=r"^\d{1,7}-\d$")]
Lpp = Annotated[str, StringConstraints(pattern=r"^\d{7}$")]
AtcPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$")]
Cip13 = Annotated[str, StringConstraints(pattern=r"^\d{13}$")]
Cis = Annotated[str, StringConstraints(pattern=r"^\d{8}$")]


class CodeList(Frozen):
    """Codes of one act or drug. ATC codes are prefixes, all others exact.

    A code that no record could hold (a digit short, small letters) is refused: it would count nothing without a word. So
    is a list of CIS codes alone: deliveries carry a CIP13 or a class, only documents of vaccination carry a CIS.
    """

    label: str
    nabm: tuple[FourDigits, ...] = ()
    ccam: tuple[Ccam, ...] = ()
    ngap: tuple[Ngap, ...] = ()
    prs_nat: tuple[FourDigits, ...] = ()
    lpp: tuple[Lpp, ...] = ()
    loinc: tuple[Loinc, ...] = ()
    declared: tuple[str, ...] = ()
    atc: tuple[AtcPrefix, ...] = ()
    cip13: tuple[Cip13, ...] = ()
    cis: tuple[Cis, ...] = ()
    vaccine: bool = False
    """Are its products vaccines? Known by itself where there is an ATC class."""
    names: dict[str, str] = Field(default_factory=dict)
    """Label of each code, as published."""
    reference: tuple[Reference, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if not any(self.codes()):
            raise ValueError(f"aucun code : il en faut au moins un parmi {', '.join(SYSTEMS)}")
        if self.systems == {"cis"}:
            raise ValueError(
                "des codes CIS seuls ne sont dans aucune table de délivrances : ajoutez les CIP13 ou la classe ATC"
            )
        return self

    @property
    def systems(self) -> set[str]:
        """Those it has codes of."""
        return {system for system, _ in self.codes()}

    @property
    def are_vaccines(self) -> bool:
        """Are its drugs vaccines? Injections then tell of them too."""
        return self.vaccine or (bool(self.atc) and all(code.startswith(VACCINES) for code in self.atc))

    def codes(self) -> Iterator[tuple[str, str]]:
        """(system, code) pairs."""
        return ((system, code) for system in SYSTEMS for code in getattr(self, system))


def code_of(codes: Iterable[tuple[str, str]], system: str, code: str | None, cip13: str | None) -> str | None:
    """The code of a line of care when it is one of these (system, code) pairs."""
    for wanted, given in codes:
        if wanted == "cip13" and cip13 == given:
            return given
        if wanted == system and code and (code.startswith(given) if wanted == "atc" else code == given):
            return code
    return None


def load_codes(path: Path) -> dict[str, CodeList]:
    """Named code lists of a `codes.toml`. Raises RuleError in French."""
    return {name: validate(content, CodeList, f"{path.name} [{name}]") for name, content in read_toml(path).items()}
