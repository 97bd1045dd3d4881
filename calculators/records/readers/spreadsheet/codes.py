"""Codes of acts as people write them in lists: several in one cell, with a coefficient, without their zeros."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from calculators.records.readers.spreadsheet import folded, values
from calculators.records.readers.spreadsheet.sheets import Cell

CCAM = re.compile(r"([A-Z]{4}\d{3})(?:[ .\-/]*[01](?:[ .\-/]*\d)?)?")
NGAP = re.compile(r"([A-Z]{1,5}\d{0,2})(?: ?[xX*]? ?(\d{1,3}(?:[.,]\d+)?))?")
SYSTEMS = {"nabm": "nabm", "ccam": "ccam", "ngap": "ngap", "lpp": "lpp", "loinc": "loinc", "prs_nat": "prs_nat"}


class Act(NamedTuple):
    system: str
    code: str


@cache
def acts(cell: Cell, digits: str) -> tuple[Act, ...] | None:
    """Acts of one cell; `digits`: the system of a code of four digits, empty when the list does not say. None: none."""
    said = values.text(cell).strip().upper().lstrip("'’")
    found = [_act(part.strip(), digits) for part in re.split(r"\s*[+]\s*|\s*;\s*", said) if part.strip()]
    return tuple(one for one in found if one) if found and all(found) else None


def _act(said: str, digits: str) -> Act | None:
    if found := CCAM.fullmatch(said):
        return Act("ccam", found[1])
    if re.fullmatch(r"\d{1,5}-\d", said):
        return Act("loinc", said)
    if re.fullmatch(r"\d{1,7}", said):
        return _of_digits(said, digits)
    found = NGAP.fullmatch(said)
    return Act("ngap", found[1]) if found and found[1] in _letters() else None


@cache
def _letters() -> frozenset[str]:
    return frozenset(tomllib.loads(Path(__file__).with_name("codes.toml").read_text(encoding="utf-8"))["ngap"])


def _of_digits(said: str, digits: str) -> Act | None:
    """The zeros a spreadsheet ate are put back."""
    if digits == "nabm" and len(said) <= 4:
        return Act("nabm", said.zfill(4))
    if digits == "prs_nat" and len(said) == 4:
        return Act("prs_nat", said)
    return Act("lpp", said.zfill(7)) if digits == "lpp" and len(said) >= 6 else None


def digits_of(header: str) -> str:
    """System of a code of digits under this header."""
    said = folded.words(header).split()
    if "nabm" in said or "analyse" in said or "biologie" in said:
        return "nabm"
    if "lpp" in said:
        return "lpp"
    return "prs_nat" if "nature" in said and "prestation" in said else ""


@cache
def system(cell: Cell) -> str | None:
    """A nomenclature named in a cell."""
    said = folded.words(values.text(cell))
    return next((name for word, name in SYSTEMS.items() if word in said.split() or said == name), None)
