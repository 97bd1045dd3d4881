"""What the lines of a folder look like, table by table and month by month: counted once, when the store is built, and kept
with its stamp. Counts alone: what of them is doubtful is judged by `doubts.py`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from calculators.engine import Engine, sql_text
from calculators.records import lossless
from calculators.records.folder import Folder
from calculators.records.tables import DATE, TABLES, Table

ROOM = "calculators.records.compact"
MONTHLY = ("acts", "deliveries", "vaccinations")
"""Tables of which the lines of each month are counted."""
Rows = Callable[[Folder, Table, list[Path]], str]
"""The rows of some files of a table, as SQL."""


@dataclass(frozen=True)
class Month:
    """Lines of a table in a month (`2025-03`), and how many of them repeat another one in every column."""

    table: str
    month: str
    lines: int
    copies: int


@dataclass(frozen=True)
class Amounts:
    """Delivery lines of a month or of a year with an amount of the source's own: how many, how many of them of a sign other
    than that of the boxes, the median amount of a box in cents, how many of a known price, and the median of the amount of a
    box over its known price."""

    period: str
    amounts: int
    opposite: int
    box_cents: float | None
    priced: int
    ratio: float | None


@dataclass(frozen=True)
class Origin:
    """Delivery lines of a year, and those without an amount of the source's own."""

    year: int
    lines: int
    not_own: int


@dataclass(frozen=True)
class Equal:
    """Two files of a table with the same rows, in any order, and the years of their rows (none: no row has a day)."""

    table: str
    file: str
    other: str
    years: tuple[int, ...]


@dataclass(frozen=True)
class Facts:
    """All that is counted. `read`: lines of each table of the folder, set aside or not."""

    read: Mapping[str, int]
    months: tuple[Month, ...]
    amounts: tuple[Amounts, ...]
    equal: tuple[Equal, ...]
    origins: tuple[Origin, ...]

    def to_json(self) -> dict[str, Any]:
        """For the stamp."""
        return asdict(self)

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> "Facts":
        """Raises KeyError, TypeError."""
        return Facts(
            kept["read"],
            tuple(Month(**one) for one in kept["months"]),
            tuple(Amounts(**one) for one in kept["amounts"]),
            tuple(Equal(**one | {"years": tuple(one["years"])}) for one in kept["equal"]),
            tuple(Origin(**one) for one in kept["origins"]),
        )


def measure(folder: Folder, engine: Engine, read: Mapping[str, int], rows: Rows) -> Facts:
    """Count, over an engine that sees the compact tables that this folder tells of. `read`: lines of each of its tables."""
    months = [Month(**row) for table in MONTHLY if folder.has(table) for row in _rows(engine, f"months_of_{table}")]
    has_deliveries = folder.has("deliveries")
    origins = [Origin(**row) for row in _rows(engine, "origins")] if has_deliveries else []
    amounts = _amounts(folder, engine) if has_deliveries else []
    return Facts(read, tuple(months), tuple(amounts), tuple(_equal_files(folder, engine, rows)), tuple(origins))


def _amounts(folder: Folder, engine: Engine) -> list[Amounts]:
    """Without a drug reference no price is known; signs are."""
    if folder.has("drugs"):
        return [Amounts(**row) for row in _rows(engine, "amounts")]
    return [Amounts(**row, priced=0, ratio=None) for row in _rows(engine, "signs")]


def _rows(engine: Engine, step: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.fetch(sql_text(ROOM, step)).to_pylist()
    return rows


def _equal_files(folder: Folder, engine: Engine, rows: Rows) -> Iterator[Equal]:
    for name, files in folder.files.items():
        alike = list(_of_one_length(files))
        if alike:
            yield from _of_one_content(folder, engine, TABLES[name], rows(folder, TABLES[name], alike))


def _of_one_length(files: Sequence[Path]) -> Iterator[Path]:
    """Files that have as many lines as another: the others need not be read again."""
    lengths: dict[int, list[Path]] = {}
    for file in files if len(files) > 1 else ():
        lengths.setdefault(lossless.lines(file), []).append(file)
    for found in lengths.values():
        yield from found if len(found) > 1 else ()


def _of_one_content(folder: Folder, engine: Engine, table: Table, rows: str) -> Iterator[Equal]:
    columns = ", ".join(lossless.named(column) for column in table.columns)
    day = next((column.name for column in table.columns if column.type == DATE and column.name == "date"), None)
    years = f"list_sort(list(distinct cast(year({day}) as integer)))" if day else "[]"
    found = engine.fetch(
        f"select file, count(*) as lines, cast(sum(cast(hash({columns}) as hugeint)) as varchar) as content, "
        f"{years} as years from ({rows}) raw group by file order by lines, content, file"
    ).to_pylist()
    for _, same in groupby(found, lambda row: (row["lines"], row["content"])):
        for one, other in list(combinations(list(same), 2))[:1]:
            first, second = (str(Path(row["file"]).relative_to(folder.path.absolute())) for row in (one, other))
            yield Equal(table.name, first, second, tuple(year for year in one["years"] if year is not None))
