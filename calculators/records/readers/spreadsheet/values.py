"""Cells of a list as values: each function gives None for what it cannot read, never a guess."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from calculators.records import nir
from calculators.records.readers.spreadsheet import folded
from calculators.records.readers.spreadsheet.sheets import Cell

SYSTEM_1900, SYSTEM_1904 = date(1899, 12, 30), date(1904, 1, 1)
SERIALS = (2_101, 80_000)
"""Day numbers of a spreadsheet, 1905 to 2119: below are years, ages and counts."""
OLDEST = 106
"""Years: an age that a two-digit year of birth may still say."""
MONTHS = ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}[:h]\d{2}.*)?")
FRENCH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:,? (?:a )?\d{1,2}[:h]\d{2}.*)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
COMPACT_FRENCH = re.compile(r"(\d{2})(\d{2})(\d{4})")
WRITTEN = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})")
SCIENTIFIC = re.compile(r"\d[.,]?\d*e[+]?\d+", re.I)
AMOUNT = re.compile(r"-?\d+(?:\.\d+)?")
EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[a-z]{2,}", re.I)
YES = frozenset({"oui", "o", "x", "✓", "✔", "1", "vrai", "true", "yes", "y", "ok", "☑"})
NO = frozenset({"non", "n", "0", "faux", "false", "no", "☐"})
MARKS = frozenset({"x", "✓", "✔", "1", "☑"})
"""Where such a sign is the only one, nothing means no."""
MEN = frozenset({"m", "mr", "monsieur", "mons", "mm", "m r"})
WOMEN = frozenset({"mme", "mlle", "madame", "mademoiselle", "melle", "mrs"})
MALE = frozenset({"m", "h", "masculin", "homme", "masc", "hom", "garcon", "male"})
FEMALE = frozenset({"f", "feminin", "femme", "fem", "fille", "femelle"})


class Day(NamedTuple):
    """A date and how it was written: `iso`, `fr`, `fr2` (two-digit year), `mois`, `compact`, `serie`, `cellule`."""

    day: date
    form: str


class Dates(NamedTuple):
    """How the dates of a column are read. `as_of`: no date of the list is after that day; it settles two-digit years."""

    as_of: date
    american: bool = False
    from_1904: bool = False
    birth: bool = False
    swapped: bool = False
    """The spreadsheet took the day for the month wherever it could."""


def partial_day(cell: Cell, how: Dates) -> tuple[date, str] | None:
    """A day, a month (« 03/2015 ») or a year, with its precision; the rest is conventional."""
    if found := day(cell, how):
        return found, "day"
    said = text(cell).strip()
    if re.fullmatch(r"(?:19|20)\d\d", said) and int(said) <= how.as_of.year:
        return date(int(said), 1, 1), "year"
    if (month := re.fullmatch(r"(\d{1,2})[/.-]((?:19|20)\d\d)", said)) and 1 <= int(month[1]) <= 12:
        return date(int(month[2]), int(month[1]), 1), "month"
    return None


def text(cell: Cell) -> str:
    """A cell as it is shown; a decimal number with a point."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return "" if cell is None else str(cell)


def day(cell: Cell, how: Dates) -> date | None:
    """The day a cell says."""
    found = written_day(cell, how)
    if found and how.swapped and found.form in ("cellule", "iso", "serie") and found.day.day <= 12:
        return date(found.day.year, found.day.day, found.day.month)
    return found.day if found else None


@lru_cache(maxsize=100_000)
def written_day(cell: Cell, how: Dates) -> Day | None:
    """The day a cell says, and how; None when it says none, or one of two centuries."""
    try:
        return _written_day(cell, how)
    except (ValueError, OverflowError):
        return None


def _written_day(cell: Cell, how: Dates) -> Day | None:
    if isinstance(cell, datetime):
        return Day(cell.date(), "cellule")
    if isinstance(cell, date):
        return Day(cell, "cellule")
    if isinstance(cell, int | float):
        return _of_number(cell, how)
    said = " ".join((cell or "").split())
    if said.isdigit():
        return _of_number(int(said), how, said)
    if found := ISO.fullmatch(said):
        return Day(date(int(found[1]), int(found[2]), int(found[3])), "iso")
    if found := FRENCH.fullmatch(folded.plain(said)):
        first, second = (int(found[2]), int(found[1])) if how.american else (int(found[1]), int(found[2]))
        year = century(found[3], second, first, how)
        return Day(date(year, second, first), "fr" if len(found[3]) == 4 else "fr2") if year else None
    return _of_words(said, how)


def _of_words(said: str, how: Dates) -> Day | None:
    """« 3 janv. 2024 », « mardi 1er mars 2022 »."""
    found = WRITTEN.fullmatch(" ".join(re.findall(r"[a-z0-9]+", folded.plain(said))))
    if not found or not (month := _month(found[2])):
        return None
    year = century(found[3], month, int(found[1]), how)
    return Day(date(year, month, int(found[1])), "mois") if year else None


@cache
def _month(name: str) -> int:
    """1 to 12; 0 for what is no month, or two of them (« jui »)."""
    found = [number for number, start in enumerate(MONTHS, 1) if name.startswith(start) or start.startswith(name)]
    return found[0] if len(name) >= 3 and len(found) == 1 else {"fev": 2}.get(name, 0)


def _of_number(number: float, how: Dates, said: str = "") -> Day | None:
    """A day number of the spreadsheet, or AAAAMMJJ, or JJMMAAAA."""
    if SERIALS[0] <= number <= SERIALS[1]:
        whole = SYSTEM_1904 if how.from_1904 else SYSTEM_1900
        return Day(whole + timedelta(days=int(number)), "serie")
    if number != int(number):
        return None
    digits = said or str(int(number))
    if (found := COMPACT.fullmatch(digits)) and 1880 <= int(found[1]) <= how.as_of.year + 50 and int(found[2]) <= 12:
        return Day(date(int(found[1]), int(found[2]), int(found[3])), "compact")
    if found := COMPACT_FRENCH.fullmatch(digits.zfill(8) if len(digits) == 7 else digits):
        return Day(date(int(found[3]), int(found[2]), int(found[1])), "compact")
    return None


def century(year: str, month: int, day: int, how: Dates) -> int | None:
    """Year of four digits. Of two: the one that is not after `as_of`; None for a birth when both centuries fit."""
    if len(year) == 4:
        return int(year)
    this, before = 2000 + int(year), 1900 + int(year)
    if (this, month, day) > (how.as_of.year, how.as_of.month, how.as_of.day):
        return before
    return None if how.birth and how.as_of.year - before <= OLDEST else this


def serial(cell: Cell) -> int | None:
    """The day number in a cell that holds nothing else."""
    said = text(cell)
    if re.fullmatch(r"\d{1,5}(?:\.\d+)?", said) and SERIALS[0] <= float(said) <= SERIALS[1]:
        return int(float(said))
    return None


def is_destroyed(cell: Cell) -> bool:
    """« 1,79035E+14 »: a number whose last digits the spreadsheet threw away."""
    return isinstance(cell, str) and bool(SCIENTIFIC.fullmatch(cell.replace(" ", "")))


@lru_cache(maxsize=100_000)
def number_of(cell: Cell) -> str | None:
    """A social security number, 13 or 15 characters; O typed for 0 put right, spaces and dots left out."""
    return None if isinstance(cell, float | date) else nir.normalised(text(cell))


@cache
def sex(cell: Cell) -> str | None:
    """F or M; `1` and `2` are for the column to judge."""
    said = folded.words(text(cell))
    return "M" if said in MALE else "F" if said in FEMALE else {"1": "M", "2": "F"}.get(said)


@cache
def civility(cell: Cell) -> str | None:
    """F, M, or U for a title that says neither."""
    said = folded.words(text(cell))
    if said in MEN or said.startswith(("m et ", "mr et ")):
        return "M" if said in MEN else "U"
    return (
        "F"
        if said in WOMEN
        else "U"
        if said in ("dr", "docteur", "enfant", "bebe", "pr", "me", "maitre", "bb", "mx")
        else None
    )


@cache
def flag(cell: Cell) -> bool | None:
    """Yes, no, or neither."""
    said = folded.plain(text(cell)).strip(" .")
    return True if said in YES else False if said in NO else None


@cache
def alds(cell: Cell) -> tuple[int, ...] | None:
    """Numbers of long illnesses: « 8 », « ALD 8, 13 », « 8 - diabète »."""
    said = folded.plain(text(cell))
    if isinstance(cell, float) and not said.startswith("0."):
        said = said.replace(".", ",")  # « 8,13 » that the spreadsheet took for a number
    found = re.fullmatch(
        r"(?:ald)?[ n°:]*(\d{1,2})(?:(?: ?[,;/+&-] ?| et )(?:ald ?)?(\d{1,2}))*(?: ?[-:(] ?[a-z].*)?", said
    )
    if not found:
        return None
    start = re.match(r"[^a-z]*", said.removeprefix("ald"))
    numbers = tuple(dict.fromkeys(int(n) for n in re.findall(r"\d{1,2}", start[0] if start else "")))
    return numbers if numbers and all(1 <= n <= 32 for n in numbers) else None


@lru_cache(maxsize=100_000)
def number(cell: Cell) -> float | None:
    """« 1 234,50 € », « 1.234,50 », « 12,5 »."""
    if isinstance(cell, int | float):
        return float(cell)
    said = re.sub(r"[\s€]|eur(?:os?)?$", "", text(cell), flags=re.I)
    if "," in said:
        said = said.replace(".", "").replace(",", ".") if said.rfind(",") > said.rfind(".") else said.replace(",", "")
    return float(said) if AMOUNT.fullmatch(said) else None


def cents(cell: Cell) -> int | None:
    """An amount in euros, in cents, half up."""
    found = number(cell)
    if found is None or abs(found) > 20_000_000:
        return None
    return int(abs(found) * 100 + 0.5 + 1e-7) * (1 if found >= 0 else -1)


def count(cell: Cell) -> int | None:
    """A whole number that fits the tables."""
    found = number(cell)
    return int(found) if found is not None and found.is_integer() and abs(found) < 2**15 else None


@lru_cache(maxsize=100_000)
def phone(cell: Cell) -> str | None:
    """Ten digits: the lost zero is put back, +33 and 0033 become 0."""
    said = re.sub(r"[\s.\-_/()]", "", text(cell)).lstrip("'’")
    said = re.sub(r"^(?:\+33|0033)(?:\(?0\)?)?", "0", said)
    if re.fullmatch(r"33[1-9]\d{8}", said):
        said = "0" + said[2:]
    if re.fullmatch(r"[1-9]\d{8}", said):
        said = "0" + said
    return said if re.fullmatch(r"0[1-9]\d{8}", said) else None


def email(cell: Cell) -> str | None:
    said = text(cell).removeprefix("mailto:")
    return said if EMAIL.fullmatch(said) else None


@lru_cache(maxsize=100_000)
def cip13(cell: Cell) -> str | None:
    """Thirteen digits that begin with 3400."""
    if isinstance(cell, float | date):
        return None
    said = re.sub(r"[\s.\-'’]", "", text(cell))
    return said if re.fullmatch(r"3400\d{9}", said) else None


@cache
def atc(cell: Cell) -> str | None:
    """Three to seven characters."""
    said = re.sub(r"\s", "", text(cell)).upper()
    return said if re.fullmatch(r"[A-V]\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?", said) else None


def postcode(cell: Cell) -> str | None:
    """Five digits, the lost zero put back."""
    said = text(cell).replace(" ", "")
    said = "0" + said if re.fullmatch(r"[1-9]\d{3}", said) else said
    return said if re.fullmatch(r"\d{5}|2[AB]\d{3}", said) else None


def professional(cell: Cell) -> str | None:
    """A number of eleven digits (RPPS)."""
    said = re.sub(r"[\s.]", "", text(cell))
    return said if re.fullmatch(r"1\d{10}", said) else None


Reading = Callable[[Cell], object]
