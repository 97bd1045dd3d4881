"""`check.toml` as it is read: rules row by row, thresholds of what is doubtful, and what each result reads."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from calculators import rules

Severity = Literal["erreur", "information"]
Result = Literal["prevention", "sobriety", "forfait"]
FILE = Path(__file__).with_name("check.toml")


class Suspicion(StrEnum):
    """Why the lines of a table, of a month or of a year are not believed."""

    EQUAL_FILES = "fichiers_egaux"
    COPIES = "lignes_repetees"
    MISSING_MONTH = "mois_manquant"
    PRICE = "prix_incoherent"
    SMALL = "montants_infimes"
    OPPOSITE = "signes_contraires"
    SET_ASIDE = "trop_de_lignes_ecartees"


class Declared(rules.Frozen):
    """One `[[rule]]`: the rows of `over` on which `when` is true are at fault."""

    id: str
    tables: tuple[str, ...]
    column: str
    over: str = "rows"
    when: str
    against: str = "null"
    severity: Severity
    sentence: str


class Threshold(rules.Frozen):
    """A number beyond which something is doubtful, and how sure we are of it."""

    value: float
    basis: rules.Basis
    meaning: str


class Thresholds(rules.Frozen):
    """One per suspicion, and the fewest lines of which a share or a median is believed."""

    fewest_lines: Threshold
    copies: Threshold
    price_factor: Threshold
    least_box: Threshold
    opposite: Threshold
    set_aside: Threshold


class Catalogue(rules.Frozen):
    """The whole file."""

    over: dict[str, str]
    rule: tuple[Declared, ...]
    threshold: Thresholds
    reads: dict[Result, tuple[str, ...]]
    """Tables that each result reads."""
    blocks: dict[Suspicion, tuple[Result, ...]]
    """Results that are not given when this is suspected of a table they read; the others only say it."""
    names: dict[str, str]
    """Of the tables, in French."""


@cache
def catalogue() -> Catalogue:
    """What is checked. Raises RuleError."""
    return rules.load(FILE, Catalogue)
