"""Canonical tables that others wrote, in CSV or parquet, with the types and spellings of `lossless`.

The folder has its dataset.toml. The patients keep their keys, unless these are social security numbers. `read` gives a
folder as a document; `convert` streams a large one to a folder of ours, whatever its size.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath

import duckdb
import pyarrow as pa

from calculators import faults
from calculators.aside import folder_aside
from calculators.engine import SQL_TYPES, DuckEngine, connect
from calculators.errors import UnusableFolderError
from calculators.records import lossless, nir
from calculators.records.encodings import encoding_of
from calculators.records.folder import Folder, dataset_toml, list_folder, mark, require_new, require_readable
from calculators.records.readers.shape import (
    Covered,
    Document,
    Person,
    Progress,
    SourceError,
    SourceFile,
    Streamed,
    Unmapped,
    quiet,
)
from calculators.records.store import Fate, SetAside, judge_tables
from calculators.records.tables import TABLES, Table

KINDS = ("tables",)
ABOUT = "dataset.toml"
DOMAINS = {"acts": ("acts", "biology"), "deliveries": ("deliveries", "vaccinations")}
"""What a table that is complete for a period is complete for."""
PIECE = 1 << 20
"""Bytes read at a time."""
MEMORY = "500MB"
"""What DuckDB may hold while a large folder is converted."""


def recognise(head: bytes, name: str) -> str | None:
    """`tables` for dataset.toml, and for a file of a table: by its columns when it is a text, else by its name."""
    if PurePosixPath(name.replace("\\", "/")).name == ABOUT:
        return "tables"
    table = _table_of(name)
    if head.startswith(b"PAR1"):
        return "tables" if table else None
    first = head.decode(encoding_of(head), errors="ignore").lstrip("\ufeff").splitlines()[:1] if head else []
    names = {part.strip().strip('"') for part in re.split(r"[;,\t|]", first[0])} if first else set()
    if table and names >= _required(TABLES[table]):
        return "tables"
    return (
        "tables"
        if any(names >= _required(one) | {"patient_id"} for one in TABLES.values() if one.of_patients)
        else None
    )


def read(sources: Sequence[SourceFile]) -> Iterator[Document]:
    """One document per folder of tables. Raises SourceError (French)."""
    for files in _by_folder(sources).values():
        with _on_disk(files) as root:
            yield _document(root, files)


def convert(given: Sequence[tuple[Path, str]], to: Path, progress: Progress = quiet) -> Streamed:
    """Write the data folder `to`, whole or absent, from the files of one folder of tables (path, name as the user knows it).
    `progress(sentence, share done)` is called before each table.

    Raises SourceError (French): several folders, tables that cannot be read, social security numbers as keys;
    UnusableFolderError when `to` already holds something.
    """
    require_new(to)
    roots = _by_folder([SourceFile(path) for path, _ in given])
    if len(roots) != 1:
        raise SourceError("Plusieurs dossiers de tables, trop grands pour être réunis : importez-les un par un.")
    [(_, root)] = roots
    with _in_french(root):
        folder = list_folder(Path(root))
        require_readable([folder])
        with closing(connect(MEMORY)) as connection, folder_aside(to) as aside:
            found = _converted(folder, DuckEngine(connection), aside, progress)
            (aside / ABOUT).write_text(dataset_toml(folder.dataset), encoding="utf-8")
            mark(aside)
    return found


@contextmanager
def _in_french(named: str) -> Iterator[None]:
    """What cannot be read of the tables, with their name."""
    try:
        yield
    except UnusableFolderError as problem:
        raise SourceError(f"Les tables de « {named} » ne peuvent pas être lues : {problem}") from None
    except (duckdb.Error, pa.ArrowException, OSError) as problem:
        raise SourceError(f"Les tables de « {named} » : {faults.in_french(problem)}") from None


def _converted(folder: Folder, engine: DuckEngine, aside: Path, progress: Progress) -> Streamed:
    judge_tables(folder, engine)
    _refuse_numbers(engine, folder)
    read: dict[str, int] = {}
    left: list[Unmapped] = []
    for place, name in enumerate(folder.files):
        progress(f"table {name}", place / len(folder.files))
        names = ", ".join(f'cast("{c.name}" as {SQL_TYPES[c.type]}) as "{c.name}"' for c in TABLES[name].schema)
        engine.save(aside / f"{name}.parquet", f"select {names} from usable_{name} where {_fits(TABLES[name])}")
        read[name] = _number(engine, f"judged_{name}")
        left += _aside(engine, name)
    return Streamed(read, tuple(left))


def _number(engine: DuckEngine, table: str) -> int:
    return int(engine.fetch(f"select count(*) as n from {table}")["n"][0].as_py())


def _refuse_numbers(engine: DuckEngine, folder: Folder) -> None:
    """Keys that are numbers of the social security are drawn anew, which a stream cannot do."""
    for batch in engine.fetch("select patient_id, birth_date from usable_patients").to_batches():
        known = zip(batch["patient_id"].to_pylist(), batch["birth_date"].to_pylist(), strict=True)
        if any(nir.is_whole(key) and nir.agrees(key, birth) for key, birth in known):
            raise SourceError(
                f"« {folder.path} » a pour clés des numéros de sécurité sociale : mettez un numéro quelconque à la place de "
                "chacun, le même dans toutes les tables, puis recommencez."
            )


def _required(table: Table) -> set[str]:
    return {column.name for column in table.columns if not lossless.may_lack(column)}


def _table_of(name: str) -> str | None:
    """The table that a path names: its file, or a folder above it."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    named = (part.removesuffix(".parquet").removesuffix(".csv") for part in reversed(parts))
    return next((one for one in named if one in TABLES), None)


def _where(source: SourceFile) -> str:
    return source.member or source.path.as_posix()


def _root(source: SourceFile) -> tuple[Path | None, str]:
    """The archive and the folder of the tables that a file is of."""
    path = PurePosixPath(_where(source))
    root = path.parent
    for parent in (path, *path.parents):
        if parent.name.removesuffix(".parquet").removesuffix(".csv") in TABLES:
            root = parent.parent
            break
    return (source.path if source.member else None), root.as_posix()


def _by_folder(sources: Sequence[SourceFile]) -> dict[tuple[Path | None, str], list[SourceFile]]:
    found: dict[tuple[Path | None, str], list[SourceFile]] = {}
    for source in sources:
        found.setdefault(_root(source), []).append(source)
    return found


@contextmanager
def _on_disk(files: Sequence[SourceFile]) -> Iterator[Path]:
    """The folder itself; of an archive, a copy for its owner alone, gone at the end."""
    archive, root = _root(files[0])
    if archive is None:
        yield Path(root)
        return
    with tempfile.TemporaryDirectory(prefix="tableau-mt-") as copy:
        for source in files:
            to = Path(copy) / PurePosixPath(source.member).relative_to(root)
            if ".." in to.parts:
                raise SourceError(f"Le fichier « {source.name} » sort de son archive : il n’est pas lu.")
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(source.content())
        yield Path(copy)


def _document(root: Path, files: Sequence[SourceFile]) -> Document:
    named = files[0].name if len(files) == 1 else _folder_name(files[0])
    with _in_french(named):
        folder = list_folder(root)
        require_readable([folder])
        return _read(folder, named, files)


def _folder_name(source: SourceFile) -> str:
    archive, root = _root(source)
    return f"{archive} ({root})" if archive else root


def _read(folder: Folder, named: str, files: Sequence[SourceFile]) -> Document:
    connection = connect()
    try:
        engine = DuckEngine(connection)
        judge_tables(folder, engine)
        tables = {name: _table(engine, TABLES[name]) for name in folder.files}
        aside = [one for name in folder.files for one in _aside(engine, name)]
        read = {name: _number(engine, f"judged_{name}") for name in folder.files}
    finally:
        connection.close()
    people = tuple(_people(tables["patients"]))
    about = folder.dataset
    return Document(
        kind="tables",
        name=named,
        title=about.title,
        source_id=_digest(folder),
        people=people,
        tables=tables,
        covered=tuple(_covered(folder, people)),
        created_on=about.extracted_on,
        read=read,
        unmapped=tuple(aside),
        synthetic=about.synthetic,
        ald_known=about.ald_known,
        c2s_known=about.c2s_known,
    )


def _table(engine: DuckEngine, table: Table) -> pa.Table:
    """Usable rows, in the order of the files, whose integers fit."""
    names = ", ".join(map(lossless.named, table.columns))
    found = engine.fetch(f"select {names} from usable_{table.name} where {_fits(table)} order by file, row")
    return found.cast(table.schema)


def _fits(table: Table) -> str:
    widths = {c.name: 2 ** (c.type.bit_width - 1) for c in table.columns if pa.types.is_integer(c.type)}
    tests = [f"({name} is null or {name} between {-most} and {most - 1})" for name, most in widths.items()]
    return " and ".join(tests) or "true"


def _aside(engine: DuckEngine, name: str) -> Iterator[Unmapped]:
    """Rows that are not taken, by reason."""
    counted = engine.fetch(
        f"select set_aside_for as code, cast(count(*) as bigint) as rows from judged_{name} "
        "where set_aside_for is not null group by 1 order by 1"
    )
    for row in counted.to_pylist():
        found = SetAside(name, row["code"], row["rows"])
        more = " ; deux enfants sous le numéro d’un parent ? Ajoutez leur rang à la clé" if _is_twin(found) else ""
        yield Unmapped(f"lignes de {name}", found.rows, found.reason + more)
    large = _number(engine, f"usable_{name} where not ({_fits(TABLES[name])})")
    if large:
        yield Unmapped(f"lignes de {name}", large, "nombre entier trop grand")


def _is_twin(found: SetAside) -> bool:
    return found.table == "patients" and found.fate is Fate.DUPLICATE


def _people(patients: pa.Table) -> Iterator[Person]:
    for row in patients.select(["patient_id", "birth_date", "sex"]).to_pylist():
        key, birth = row["patient_id"], row["birth_date"]
        number = key if nir.is_whole(key) and nir.agrees(key, birth) else ""
        sex = row["sex"] if row["sex"] in ("F", "M") else "U"
        yield Person(key=key, birth=birth, sex=sex, number=number, keeps_key=not number)


def _covered(folder: Folder, people: Sequence[Person]) -> Iterator[Covered]:
    """The periods of dataset.toml, for each patient and each table there is."""
    for source, domains in DOMAINS.items():
        if folder.has(source):
            first, last = folder.dataset.cover_of("acts" if source == "acts" else "deliveries")
            for person in people:
                for domain in domains:
                    yield Covered(person.key, domain, first, last)


def _digest(folder: Folder) -> str:
    """Of the content of every file, in the order of the tables."""
    whole = hashlib.sha256()
    for file in (folder.path / ABOUT, *(file for files in folder.files.values() for file in files)):
        with file.open("rb") as stream:
            while piece := stream.read(PIECE):
                whole.update(piece)
    return whole.hexdigest()
