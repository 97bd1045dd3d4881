"""What the acts and devices of the measures are called in French (`act_names.toml`)."""

from functools import cache
from pathlib import Path

from calculators import rules
from calculators.pertinence.codes import Ccam, FourDigits, Lpp
from calculators.rules import Frozen, Reference

SYSTEMS = {"nabm": "NABM", "ccam": "CCAM", "ngap": "NGAP", "prs_nat": "prestation", "lpp": "LPP", "loinc": "LOINC"}
"""What a doctor calls the nomenclature of a code."""


class Names(Frozen):
    """Names by code, of each nomenclature."""

    reference: tuple[Reference, ...]
    ccam: dict[Ccam, str]
    nabm: dict[FourDigits, str]
    prs_nat: dict[FourDigits, str]
    lpp: dict[Lpp, str]


@cache
def names() -> Names:
    """Raises RuleError in French."""
    return rules.load(Path(__file__).with_name("act_names.toml"), Names)


def of(system: str, code: str) -> str | None:
    """« radiographie du thorax »; None when the file does not have it."""
    known: dict[str, str] = getattr(names(), system, {})
    return known.get(code)


def told(system: str, code: str, label: str | None = None) -> str:
    """« radiographie du thorax, CCAM ZBQK002 ». `label`: what the record calls a device that the file does not have."""
    named = of(system, code) or label
    written = f"{SYSTEMS.get(system, system.upper())} {code}"
    return f"{named}, {written}" if named else written
