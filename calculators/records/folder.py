"""A data folder on disk: `dataset.toml` and one parquet file, or folder of parquet files, per canonical table."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w
from pydantic import BaseModel, ConfigDict, Field, model_validator

from calculators import faults, given, rules
from calculators.aside import UNFINISHED, folder_aside, recover
from calculators.errors import UnusableFolderError
from calculators.records import lossless
from calculators.records.encodings import decoded
from calculators.records.tables import TABLES, Column, Table

Source = Literal["acts", "deliveries", "biology", "vaccinations", "stays"]
STANDS_FOR: dict[Source, Source] = {"biology": "acts", "vaccinations": "deliveries"}
"""Whose period is that of a domain that dataset.toml says nothing of."""
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""What a writer of partitions puts for a missing value."""
STORES = ".tableau-mt"
MADE = ".tableau-mt-origine"
"""What `store.py` keeps beside the tables begins so."""
OF_DOCUMENTS = ("sources", "sources.parquet", "identities.parquet", "answers.parquet")
"""What `practice.py` keeps of the documents a folder was made from: other tables in their place make it void."""


class Period(BaseModel):
    """First and last day of a period in which a table is complete."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    covers_from: date = Field(alias="from")
    covers_to: date = Field(alias="to")


class Dataset(BaseModel):
    """`dataset.toml`: where the data come from, what they cover, what a missing row means."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    title: str
    synthetic: bool
    source: str
    extracted_on: date
    covers_from: date
    covers_to: date
    ald_known: bool
    c2s_known: bool
    covers: dict[Source, Period] = {}
    all_acts_of_doctor: bool = False
    """Are the acts of the doctors on patients outside their lists there too?"""

    @model_validator(mode="after")
    def _ordered(self) -> "Dataset":
        if self.covers_from > self.covers_to:
            raise ValueError("la période couverte finit (covers_to) avant de commencer (covers_from)")
        return self

    @property
    def last_full_year(self) -> int:
        """The last calendar year that the data cover to its end."""
        return self.covers_to.year - ((self.covers_to.month, self.covers_to.day) != (12, 31))

    def cover_of(self, source: Source) -> tuple[date, date]:
        """Period in which the acts, or the deliveries…, are complete."""
        if period := self.covers.get(source) or self.covers.get(STANDS_FOR.get(source, source)):
            return period.covers_from, period.covers_to
        return self.covers_from, self.covers_to


@dataclass(frozen=True)
class Folder:
    """A folder that has every table; `require_readable` says whether they can be read."""

    path: Path
    dataset: Dataset
    files: dict[str, list[Path]]
    """Parquet files of each table the folder holds."""
    recovered: str = ""
    """What was put back after an interrupted writing, in French."""

    def has(self, table: str) -> bool:
        return table in self.files

    def partition(self, file: Path) -> dict[str, str | None]:
        """Columns whose value is in the path of a file: folders `column=value` below the table's own, and only there."""
        pairs = (name.partition("=") for name in file.relative_to(self.path).parts[1:-1] if "=" in name)
        return {column: None if value == NO_VALUE else unquote(value) for column, _, value in pairs}


def open_folder(path: Path) -> Folder:
    """Open a data folder. Raises UnusableFolderError in French when one of its tables cannot be read."""
    folder = list_folder(path)
    require_readable([folder])
    return folder


def list_folder(path: Path) -> Folder:
    """The same without opening the tables, of which there may be thousands of files."""
    recovered = recover(path)
    _require_folder(path)
    found = {name: parquet_files(path, name) for name in TABLES}
    files = {name: found[name] for name in found if found[name]}
    folder = Folder(path, _read_dataset(path / "dataset.toml"), files, recovered)
    missing = [table.name for table in TABLES.values() if not (table.optional or folder.has(table.name))]
    if missing:
        raise UnusableFolderError("\n".join([*(_missing(path, table) for table in missing), *_faults([folder])]))
    return folder


def _require_folder(path: Path) -> None:
    if not given.exists(path):
        raise UnusableFolderError(
            f"Le dossier de données « {path} » n’existe pas. Indiquez un dossier qui contient dataset.toml."
        )
    if not path.is_dir():
        raise UnusableFolderError(
            f"« {path} » est un fichier : indiquez le dossier qui le contient, « {path.parent} »."
        )


def require_readable(folders: Iterable[Folder]) -> None:
    """Raise UnusableFolderError (French) unless every file of these folders is whole, with the declared columns and
    types. A file they share is looked at once."""
    if faults := _faults(folders):
        raise UnusableFolderError("\n".join(faults))


def write_folder(path: Path, tables: Mapping[str, pa.Table], dataset: Dataset) -> None:
    """Write canonical tables in place of those of an earlier data folder; whatever else is there stays.

    Raises UnusableFolderError when `path` already holds something other than an earlier data folder.
    """
    if path.exists() and any(path.iterdir()) and not (path / "dataset.toml").exists():
        raise UnusableFolderError(
            f"Le dossier « {path} » contient déjà autre chose. Choisissez un dossier vide ou nouveau."
        )
    with folder_aside(path, keep=_not_ours(path)) as aside:
        for name, table in tables.items():
            schema = TABLES[name].schema_of(table)
            pq.write_table(table.select(schema.names).cast(schema), aside / f"{name}.parquet", compression="zstd")
        (aside / "dataset.toml").write_text(dataset_toml(dataset), encoding="utf-8")
        mark(aside)


def require_new(to: Path) -> None:
    """Raises UnusableFolderError (French) when a folder to be written already holds something."""
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UnusableFolderError(f"« {to} » existe déjà : choisissez un dossier vide ou nouveau.")


def mark(folder: Path) -> None:
    """Say that this program made the folder: it may then offer to erase it whole."""
    (folder / MADE).touch()


def made_here(folder: Path) -> bool:
    """Did this program make the folder?"""
    return (folder / MADE).is_file()


def _not_ours(path: Path) -> list[Path]:
    """What stands in a data folder beside the tables: the doctor's declarations, his notes. Stores are built again."""
    if not path.exists():
        return []
    of_tables = (f"{name}.{ending}" for name in TABLES for ending in ("parquet", "csv"))
    ours = {"dataset.toml", *TABLES, *of_tables, *OF_DOCUMENTS}
    cached = (STORES, UNFINISHED)
    return [file for file in path.iterdir() if file.name not in ours and not any(word in file.name for word in cached)]


def dataset_toml(dataset: Dataset) -> str:
    """Text of `dataset.toml`."""
    unsaid = {name for name in ("covers", "all_acts_of_doctor") if not getattr(dataset, name)}
    return tomli_w.dumps(dataset.model_dump(by_alias=True, exclude=unsaid))


def parquet_files(folder: Path, table: str) -> list[Path]:
    """The file `<table>.parquet`, or every parquet file under a folder of that name, in order; else the same in CSV."""
    single = folder / f"{table}.parquet"
    if single.is_dir():
        return _within(single, ".parquet")
    if single.exists():
        return [single]
    if found := _within(folder / table, ".parquet"):
        return found
    written = folder / f"{table}.csv"
    return [written] if written.is_file() else _within(folder / table, ".csv")


def _within(folder: Path, ending: str) -> list[Path]:
    """Files at any depth; what a system or a writer keeps for itself (« ._x », « _temporary ») is none of them."""
    if not folder.is_dir():
        return []
    found = (file for file in folder.rglob(f"*{ending}") if file.is_file())
    parts = ((file, file.relative_to(folder).parts) for file in found)
    return sorted(file for file, names in parts if not any(name[0] in "._" for name in names))


def _read_dataset(path: Path) -> Dataset:
    if not path.exists():
        raise UnusableFolderError(
            f"Le dossier « {path.parent} » ne contient pas dataset.toml, qui dit la période couverte par les données "
            "(title, synthetic, source, extracted_on, covers_from, covers_to, ald_known, c2s_known)."
        )
    try:
        return rules.validate(tomllib.loads(decoded(path.read_bytes())), Dataset, str(path))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise UnusableFolderError(
            f"Le fichier « {path} » n’est pas un fichier TOML lisible : {faults.cause(problem)}."
        ) from None
    except OSError as problem:
        raise UnusableFolderError(str(faults.in_french(problem))) from None
    except rules.RuleError as problem:
        raise UnusableFolderError(str(problem)) from None


def _faults(folders: Iterable[Folder]) -> list[str]:
    files = {
        file: (TABLES[name], folder.partition(file))
        for folder in folders
        for name, found in folder.files.items()
        for file in found
    }
    return [fault for file, (table, partition) in files.items() for fault in _file_faults(file, table, partition)]


def _missing(path: Path, table: str) -> str:
    return f"La table « {table} » manque : {path / (table + '.parquet')} est attendu."


def _file_faults(file: Path, table: Table, partition: Mapping[str, str | None]) -> list[str]:
    try:
        layout = lossless.layout_of(file)
    except (pa.ArrowException, ValueError):
        return [
            f"Le fichier « {file} » n’est pas un fichier {_format(file)} entier : copiez-le de nouveau depuis sa source."
        ]
    except OSError as problem:
        return [f"Le fichier « {file} » ne peut pas être lu : {faults.cause(problem)}."]
    if found := [fault for column in table.columns if (fault := _column_fault(file, partition, layout, column))]:
        return found
    return list(_lossy_faults(file, table))


def _format(file: Path) -> str:
    return file.suffix.lstrip(".").replace("csv", "CSV")


def _column_fault(
    file: Path, partition: Mapping[str, str | None], layout: lossless.Layout, column: Column
) -> str | None:
    if column.name in partition:
        return None
    found = layout.kinds.get(column.name)
    if found is None:
        if column.optional or (layout.is_csv and lossless.may_lack(column)):
            return None
        return f"Le fichier « {file} » n’a pas la colonne « {column.name} » ({column.meaning}, type {column.type})."
    if lossless.can_be(found, column):
        return None
    return f"Le fichier « {file} », colonne « {column.name} » : type {found.in_french} trouvé, {column.type} attendu."


def _lossy_faults(file: Path, table: Table) -> Iterator[str]:
    """Values that the declared type cannot hold, in a file of other types."""
    try:
        for lost in lossless.lossy(file, table):
            column = table.column(lost.column)
            more = f" ({lost.number} lignes dans ce cas)" if lost.number > 1 else ""
            yield (
                f"Le fichier « {file} », ligne {lost.row}, colonne « {lost.column} » : « {lost.value} » n’est pas "
                f"{lossless.EXPECTED[lossless.wanted(column)]}{more}."
            )
    except duckdb.Error as problem:
        yield f"Le fichier « {file} » ne peut pas être lu jusqu’au bout. {faults.in_french(problem)}"
