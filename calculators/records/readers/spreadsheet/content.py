"""What the cells of a column can be: for each kind of content a share of likeness, or a veto.

The header says what a column is called, the cells what it cannot be.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from calculators.records.readers.spreadsheet import codes, folded, values
from calculators.records.readers.spreadsheet.sheets import Cell
from calculators.records.readers.spreadsheet.vaccines import vaccine

MOST = 0.8
"""Share of the cells that must be of the kind."""
SPREAD = 25
"""Years between the youngest and the oldest of a list of patients, when it is long enough to tell."""
LONG = 30
FEW = 3
NEUTRAL = 0.5
"""Likeness of what no cell can deny."""
SWAPPED = "jour et mois intervertis par le tableur"


@dataclass(frozen=True)
class Column:
    """The cells of one column, without the empty ones."""

    cells: Sequence[Cell]
    rows: int
    """Rows of the list, empty ones included."""
    as_of: date
    from_1904: bool | None = None

    def share(self, reading: Callable[[Cell], object]) -> float:
        """Share of the cells that a function can read."""
        if not self.cells:
            return 0.0
        return sum(reading(cell) is not None for cell in self.cells) / len(self.cells)

    @cached_property
    def texts(self) -> list[str]:
        return [values.text(cell) for cell in self.cells]

    @cached_property
    def words(self) -> Counter[str]:
        """Different values, folded."""
        return Counter(folded.plain(text).strip(" .") for text in self.texts)

    @cached_property
    def dates(self) -> "Written":
        """How its dates are written."""
        return written(self.cells, self.as_of)

    @cached_property
    def nirs(self) -> list[str]:
        return [number for cell in self.cells if (number := values.number_of(cell))]


@dataclass(frozen=True)
class Written:
    """Dates of a column: share that is one, first and second numbers seen, forms, years."""

    share: float
    forms: Counter[str]
    american: bool
    """Every first number fits a month and some second one does not: month first."""
    swapped: bool
    """Cells that are dates all have a day up to 12, texts all have one above: the spreadsheet took half of them."""
    years: tuple[int, int]
    future: float
    """Share after the day of the list."""
    unsettled: float
    """Share of births of which two centuries fit."""


def written(cells: Sequence[Cell], as_of: date) -> Written:
    """Look at every date of a column once."""
    how = values.Dates(as_of)
    days = [found for cell in cells if (found := values.written_day(cell, how))]
    pairs = [pair for cell in cells if (pair := _first_two(cell))]
    american = bool(pairs) and all(a <= 12 for a, _ in pairs) and any(b > 12 for _, b in pairs)
    if american:
        how = how._replace(american=True)
        days = [found for cell in cells if (found := values.written_day(cell, how))]
    births = how._replace(birth=True)
    unsettled = sum(found.form in ("fr2", "mois") and not values.day(cell, births) for cell in cells
                    if (found := values.written_day(cell, how)))  # fmt: skip
    years = [found.day.year for found in days] or [0]
    number = max(len(cells), 1)
    return Written(
        share=len(days) / number,
        forms=Counter(found.form for found in days),
        american=american,
        swapped=_swapped(cells, pairs),
        years=(min(years), max(years)),
        future=sum(found.day > as_of for found in days) / number,
        unsettled=unsettled / number,
    )


def _first_two(cell: Cell) -> tuple[int, int] | None:
    found = values.FRENCH.fullmatch(cell) if isinstance(cell, str) else None
    return (int(found[1]), int(found[2])) if found else None


def _swapped(cells: Sequence[Cell], pairs: list[tuple[int, int]]) -> bool:
    """A spreadsheet in American took « 03/04/1950 » for 4 March and left « 25/04/1950 » as a text."""
    real = [cell for cell in cells if isinstance(cell, date | datetime)]
    iso = [found for cell in cells if isinstance(cell, str) and (found := values.ISO.fullmatch(cell))]
    days = [cell.day for cell in real] + [int(found[3]) for found in iso]
    serials = [cell for cell in cells if values.serial(cell) is not None]
    if len(pairs) < FEW or len(days) + len(serials) < FEW or not all(first > 12 for first, _ in pairs):
        return False
    return all(day <= 12 for day in days)


def likeness(kind: str, column: Column) -> float | None:
    """How much the cells are of that kind of content, 0 to 1; None when they cannot be."""
    if not column.cells:
        return NEUTRAL
    return KINDS[kind](column)


def _by(reading: Callable[[Cell], object], most: float = MOST) -> Callable[[Column], float | None]:
    def judged(column: Column) -> float | None:
        share = column.share(reading)
        return share if share >= most else None

    return judged


def _nir(column: Column) -> float | None:
    destroyed = column.share(lambda cell: values.is_destroyed(cell) or None)
    share = column.share(values.number_of)
    if column.share(values.cip13) >= MOST:  # thirteen digits as well
        return None
    return max(share, destroyed) if share + destroyed >= MOST else None


def _dates(column: Column) -> float | None:
    """No date column holds numbers that are postcodes, years or dates of two orders."""
    return column.dates.share if column.dates.share >= MOST else None


def _birth(column: Column) -> float | None:
    share = _dates(column)
    if share is None or column.dates.future > 0:
        return None
    first, last = column.dates.years
    spread = last - first
    if last > column.as_of.year or first < column.as_of.year - 125:
        return None
    if len(column.cells) < LONG:
        return share
    return share if spread >= SPREAD else None


def _past(column: Column) -> float | None:
    share = _dates(column)
    return share if share is not None and column.dates.future <= 0.02 else None


def _event(column: Column) -> float | None:
    """Dates of care: not after the list, and not spread as births are."""
    how = values.Dates(column.as_of, american=column.dates.american)
    share = max(column.dates.share, column.share(lambda cell: values.partial_day(cell, how)))
    if share < MOST or column.dates.future > 0.02:
        return None
    return share if column.dates.share == 0 or column.dates.years[0] >= 1930 else None


def _sex(column: Column) -> float | None:
    if set(column.words) <= {"1", "2"}:
        return 1.0 if len(column.words) == 2 else None
    share = column.share(values.sex)
    mixed = bool({"1", "2"} & set(column.words))
    return share if share >= 0.95 and not mixed and len(column.words) <= 5 else None


def _flag(column: Column) -> float | None:
    if column.share(values.flag) < 0.95 or len(column.words) > 4:
        return None
    return 0.9


def _ald(column: Column) -> float | None:
    if (said := _flag(column)) is not None:
        return said
    if column.dates.share >= MOST / 2:  # « 12-05-24 » reads as three numbers
        return None
    share = column.share(lambda cell: values.alds(cell) or values.flag(cell))
    return share if share >= 0.95 else None


def _name(column: Column) -> float | None:
    """Letters, several values; what reads as something else is no name."""
    if column.share(_as_name) < 0.9:
        return None
    if len(column.cells) >= 10 and len(column.words) <= 2:
        return None
    if len(column.cells) >= 10 and (column.share(values.civility) >= MOST or column.share(values.flag) >= MOST):
        return None
    return 0.7


def _as_name(cell: Cell) -> str | None:
    said = values.text(cell)
    letters = sum(sign.isalpha() or sign in " -'’." for sign in said)
    return said if isinstance(cell, str) and letters >= len(said) - 3 * ("(" in said) and len(said) <= 60 else None


def _full_name(column: Column) -> float | None:
    if _name(column) is None:
        return None
    share = column.share(lambda cell: cell if " " in values.text(cell) else None)
    return 0.9 if share >= 0.9 else None


def _text(column: Column) -> float | None:
    """Anything that is not plainly something else."""
    if column.share(values.number_of) >= MOST or column.share(values.email) >= MOST:
        return None
    return None if len(column.cells) >= FEW and column.dates.share >= MOST else NEUTRAL


def _identifier(column: Column) -> float | None:
    return None if column.share(values.number_of) >= MOST or column.share(values.email) >= MOST else NEUTRAL


def _gp(column: Column) -> float | None:
    """Yes or no, a name, or a number of eleven digits; never an amount."""
    if column.share(values.flag) >= 0.95 and len(column.words) <= 3:
        return 0.8
    if column.share(values.professional) >= MOST:
        return 0.9
    return 0.7 if column.share(_as_name) >= 0.9 else None


def _professional(column: Column) -> float | None:
    if column.share(values.professional) >= MOST:
        return 1.0
    return 0.6 if column.share(_as_name) >= 0.9 else None


def _code(column: Column) -> float | None:
    """Codes of acts; digits alone are one nomenclature or another."""
    share = column.share(lambda cell: codes.acts(cell, "nabm"))
    lpp = column.share(lambda cell: codes.acts(cell, "lpp"))
    names = column.share(lambda cell: cell if len(values.text(cell)) > 20 else None)
    return max(share, lpp) if max(share, lpp) >= MOST and not names else None


def _count(column: Column) -> float | None:
    """Small whole numbers, mostly positive."""
    share = column.share(values.count)
    large = column.share(lambda cell: cell if (values.number(cell) or 0) > 400 else None)
    return 0.8 if share >= 0.95 and large <= 0.02 else None


def _money(column: Column) -> float | None:
    if column.share(values.number) < 0.95:
        return None
    flags = set(column.words) <= {"0", "1"}
    return None if flags and len(column.words) == 2 else 0.8


def _rank(column: Column) -> float | None:
    share = column.share(rank)
    return 0.8 if share >= 0.9 else None


def rank(cell: Cell) -> int | None:
    """« 2 », « D2 », « 2e dose », « R1 » says nothing."""
    said = folded.plain(values.text(cell)).replace("dose", "").strip(" °.")
    digits = said.removeprefix("d").removesuffix("e").removesuffix("eme").removesuffix("ere").removesuffix("er").strip()
    return int(digits) if digits.isdigit() and 1 <= int(digits) <= 12 else None


def _result(column: Column) -> float | None:
    """Numbers mostly, some words."""
    return 0.8 if column.share(values.number) >= 0.5 else 0.5 if column.dates.share < 0.2 else None


def _unit(column: Column) -> float | None:
    return 0.8 if column.share(lambda cell: cell if len(values.text(cell)) <= 15 else None) >= 0.95 else None


def _age(column: Column) -> float | None:
    share = column.share(lambda cell: cell if _is_age(cell) else None)
    return 0.8 if share >= 0.9 else None


def _is_age(cell: Cell) -> bool:
    found = values.number(values.text(cell).replace("ans", "").replace("an", ""))
    return found is not None and 0 <= found <= 120


def _nir_key(column: Column) -> float | None:
    share = column.share(lambda cell: cell if 1 <= (values.count(cell) or 0) <= 97 else None)
    return 0.9 if share >= 0.95 else None


KINDS: dict[str, Callable[[Column], float | None]] = {
    "nir": _nir,
    "nir_key": _nir_key,
    "birth": _birth,
    "past": _past,
    "event": _event,
    "sex": _sex,
    "civility": _by(values.civility, 0.9),
    "flag": _flag,
    "ald": _ald,
    "gp": _gp,
    "name": _name,
    "full_name": _full_name,
    "phone": _by(values.phone),
    "email": _by(values.email),
    "postcode": _by(values.postcode),
    "cip13": lambda column: _cip13(column),
    "atc": _by(values.atc),
    "act_code": _code,
    "system": _by(codes.system),
    "vaccine": lambda column: 1.0 if column.share(vaccine) >= 0.5 else _text(column),
    "professional": _professional,
    "count": _count,
    "number": lambda column: 0.7 if column.share(values.number) >= 0.9 else None,
    "money": _money,
    "rank": _rank,
    "result": _result,
    "unit": _unit,
    "age": _age,
    "id": _identifier,
    "text": _text,
}


def _cip13(column: Column) -> float | None:
    destroyed = column.share(lambda cell: values.is_destroyed(cell) or None)
    share = column.share(values.cip13)
    return max(share, destroyed) if share + destroyed >= MOST else None
