"""How a column of a file of the SNDS is read, whatever the type it was written in: expressions in the SQL of DuckDB."""

from collections.abc import Callable, Mapping

from calculators.engine import literal
from calculators.records.readers.snds.tables import Kind, rules

FORMATS = "['%d/%m/%Y', '%Y%m%d', '%d%b%Y', '%d%b%Y:%H:%M:%S', '%d/%m/%Y %H:%M:%S', '%d-%m-%Y']"
TYPES: Mapping[Kind, str] = {
    "key": "bigint", "part": "varchar", "code": "bigint", "text": "varchar", "professional": "varchar", "day": "date",
    "cents": "bigint", "quantity": "smallint",
}  # fmt: skip


def expression(name: str, kind: Kind, found: str | None) -> str:
    """The value of a column of type `found` (None: the file lacks it), as the type of its kind."""
    if found is None:
        return f"cast(null as {TYPES[kind]})"
    return READ[kind](identifier(name), found)


def identifier(name: str) -> str:
    """A column name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _text(column: str, found: str) -> str:
    if found == "VARCHAR":
        return f"nullif(trim({column}), '')"
    if found in ("DOUBLE", "DECIMAL"):
        return f"cast(try_cast({column} as bigint) as varchar)"
    return f"cast({column} as varchar)"


def _code(column: str, found: str) -> str:
    return f"try_cast({column} as bigint)"


def _key(column: str, found: str) -> str:
    """Text that is no number keeps its place among the numbers by its hash."""
    if found == "INTEGER":
        return f"cast({column} as bigint)"
    text = _text(column, found)
    return f"coalesce(try_cast({text} as bigint), cast(hash({text}) >> 1 as bigint))"


def _part(column: str, found: str) -> str:
    """Sorted as text, numbers in their order."""
    return _padded(_text(column, found), 12)


def _professional(column: str, found: str) -> str:
    """Eight characters: a number written without its zeros gets them back, and zero is nobody."""
    text = _text(column, found)
    number = f"try_cast({text} as bigint)"
    return f"case when {number} is null then {text} when {number} > 0 then {_padded(text, 8)} end"


def _padded(text: str, length: int) -> str:
    return f"case when length({text}) < {length} then lpad({text}, {length}, '0') else {text} end"


def _day(column: str, found: str) -> str:
    if found == "DATE":
        day = column
    elif found == "TIMESTAMP":
        day = f"cast({column} as date)"
    else:
        text = _text(column, found)
        day = f"coalesce(try_cast({text} as date), cast(try_strptime({text}, {FORMATS}) as date))"
    first, last = (
        literal(f"{year}-{rest}") for year, rest in ((rules().first_year, "01-01"), (rules().last_year, "12-31"))
    )
    return f"case when {day} between date {first} and date {last} then {day} end"


def _cents(column: str, found: str) -> str:
    amount = column if found != "VARCHAR" else f"replace({column}, ',', '.')"
    return f"cast(round(try_cast({amount} as decimal(18, 4)) * 100) as bigint)"


def _quantity(column: str, found: str) -> str:
    amount = column if found != "VARCHAR" else f"replace({column}, ',', '.')"
    return f"try_cast(round(try_cast({amount} as decimal(18, 4))) as smallint)"


READ: Mapping[Kind, Callable[[str, str], str]] = {
    "key": _key, "part": _part, "code": _code, "text": _text, "professional": _professional, "day": _day,
    "cents": _cents, "quantity": _quantity,
}  # fmt: skip
