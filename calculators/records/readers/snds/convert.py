"""An extraction of the SNDS -> a data folder: beneficiaries first, then the claims of one flux month after the other.

Memory holds one month of claims at most, and what exceeds `memory` goes to the machine's temporary files. Decisions:

* A person is BEN_IDT_ANO, else BEN_NIR_ANO, else the pseudonym and its rank; several pseudonyms are one patient.
* Reversals are passed on as they are; who computes nets them. The other payment parts of an act, and lines whose nine keys
  are there twice, are left out and counted.
* The amounts of a line that has several codes stand on the first of them.
* Care is complete from the month before the first flux month to `complete_after_months` before the last one of a run of
  months without a hole; a hole is told.
"""

import calendar
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from calculators import french
from calculators.aside import folder_aside
from calculators.dates import add_months
from calculators.engine import DuckEngine, connect, sql_text
from calculators.records.folder import Dataset, dataset_toml, mark, require_new
from calculators.records.readers.shape import Progress, SourceError, Unmapped, quiet
from calculators.records.readers.snds.columns import expression
from calculators.records.readers.snds.files import (
    Extraction,
    Notes,
    SndsFile,
    as_written,
    extraction,
    open_file,
    selected,
)
from calculators.records.readers.snds.tables import SndsTable, reasons, rules, tables

STEPS = "calculators.records.readers.snds"
MEMORY = "900MB"
"""What DuckDB may hold; the program itself takes a few hundred megabytes more."""
SPECIALTY = "case when l.{0} between 1 and 98 then lpad(cast(l.{0} as varchar), 2, '0') end"
KINDS = {"ER_PHA_F": "pha", "ER_BIO_F": "bio", "ER_CAM_F": "cam", "ER_TIP_F": "tip", "ER_UCD_F": "ucd"}
OF_PERSONS = ("patients", "registrations", "ald", "c2s", "vaccinations")
RECORDED = {"ald": "IR_IMB_R", "c2s": "IR_ORC_R", "vaccinations": "IR_VAC_F"}
"""Tables that are written only when the extraction has their source."""


class _MisfiledError(Exception):
    """The name of a file says another month than its lines."""


@dataclass(frozen=True)
class Converted:
    """What was made of an extraction: rows written by canonical table, lines met by SNDS table, and what was left."""

    dataset: Dataset
    complete: bool
    """False when no period of care is complete: the flux months are too few."""
    rows: dict[str, int]
    read: dict[str, int]
    unmapped: tuple[Unmapped, ...]


def convert(given: Iterable[tuple[Path, str]], to: Path, progress: Progress = quiet, memory: str = MEMORY) -> Converted:
    """Write the data folder `to`, whole or absent, from the files of an extraction (path, name as the user knows it).
    `progress(sentence, share done)` is called before each part.

    Raises SourceError (French) when a table cannot be read, UnusableFolderError when `to` already holds something.
    """
    require_new(to)
    found = extraction(given)
    _require(found)
    with folder_aside(to) as aside, tempfile.TemporaryDirectory(prefix="snds-") as scratch:
        converted = _whole(found, aside, Path(scratch), progress, memory)
        (aside / "dataset.toml").write_text(dataset_toml(converted.dataset), encoding="utf-8")
        mark(aside)
    return converted


def _require(found: Extraction) -> None:
    names = sorted({file.table.name for file in found.files})
    for table, what in (("IR_BEN_R", "les bénéficiaires"), ("ER_PRS_F", "les prestations")):
        if table not in names:
            there = f"il y a {french.listed(names)}" if names else "aucune table du SNDS n’a été trouvée"
            raise SourceError(f"La table {table} ({what}) manque à cette extraction du SNDS : {there}.")


def _whole(found: Extraction, aside: Path, scratch: Path, progress: Progress, memory: str) -> Converted:
    try:
        if found.must_be_cut:
            found = _cut(found, scratch / "parts", progress, memory)
        return _Conversion(found, aside, scratch, progress, memory).run()
    except _MisfiledError:
        _empty(aside)
        return _Conversion(_cut(found, scratch / "parts", progress, memory), aside, scratch, progress, memory).run()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _cut(found: Extraction, to: Path, progress: Progress, memory: str) -> Extraction:
    """The same claims, one file per table and flux month."""
    files = [file for file in found.files if not file.table.claims]
    with _connected(memory) as connection:
        connection.execute("set partitioned_write_flush_threshold = 20000")
        for number, file in enumerate(found.claims):
            progress(f"Découpage par mois de flux : {file.table.name}", 0.2 * number / len(found.claims))
            place = to / str(number)
            place.mkdir(parents=True)
            flux = expression("FLX_DIS_DTD", "day", dict(file.types)["FLX_DIS_DTD"])
            with _told(file):
                connection.execute(
                    f"copy (select *, coalesce(strftime({flux}, '%Y%m'), '190001') as part from ({as_written([file])})) "
                    f"to {_quoted(place)} (format parquet, partition_by (part))"
                )
            for month in sorted(place.iterdir()):
                files += _of_month(file, month)
    return replace(found, files=tuple(files))


def _of_month(file: SndsFile, month: Path) -> Iterator[SndsFile]:
    for path in sorted(month.glob("*.parquet")):
        if opened := open_file(path, f"{file.name}/{file.table.name}_{month.name.removeprefix('part=')}"):
            yield opened


@contextmanager
def _connected(memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect(memory)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _told(*files: SndsFile) -> Iterator[None]:
    """A fault of the library, in French and with the files that were being read."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise SourceError(
            "La mémoire ne suffit pas pour un mois de flux : découpez l’extraction, ou donnez plus de mémoire."
        ) from None
    except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException):
        raise  # a fault of this program, not of the files
    except (duckdb.Error, UnicodeDecodeError) as problem:
        blamed = [file for file in files if file.path.name in str(problem)] or list(files)
        names = french.listed([f"« {file.name} »" for file in blamed[:3]])
        raise SourceError(
            f"Une ligne de {names} ne peut pas être lue : elle n’a pas le même nombre de colonnes que les autres, ou le "
            "fichier est abîmé. Refaites l’export."
        ) from None


def _quoted(path: Path) -> str:
    return "'" + str(path.absolute()).replace("'", "''") + "'"


class _Conversion:
    """One run, over parts that are known."""

    def __init__(self, found: Extraction, to: Path, scratch: Path, progress: Progress, memory: str) -> None:
        self.found, self.to, self.scratch, self.progress, self.memory = found, to, scratch, progress, memory
        self.notes = Notes()
        self.rows: dict[str, int] = {}
        self.fluxes: set[date] = set()

    def run(self) -> Converted:
        with _connected(self.memory) as connection:
            self.engine = DuckEngine(connection)
            self._people()
            self._claims()
        dataset, complete, told = self._dataset()
        return Converted(dataset, complete, self.rows, dict(self.notes.read), (*told, *self._unmapped()))

    def _people(self) -> None:
        self.progress("Bénéficiaires et médecins", 0.0)
        others = [file for file in self.found.files if not file.table.claims]
        with _told(*others):
            for table in tables().values():
                if not table.claims:
                    self._raw(table, self.found.of(table.name))
                    self._count(table, self.found.of(table.name))
            self._settings()
            for step in ("beneficiaries", "persons", "benefs", "professionals", "classes"):
                self.engine.step(step, sql_text(STEPS, step))
            if not self._one("select count(*) from persons"):
                raise SourceError("IR_BEN_R n’a aucun bénéficiaire dont l’année de naissance est connue.")
            for table_name in OF_PERSONS:
                if self.found.of(RECORDED.get(table_name, "IR_BEN_R")):
                    self._write_people(table_name)
            self._write_doctors()
            self._write_drugs()

    def _settings(self) -> None:
        given = rules()
        self.engine.view("gp", pa.table({"specialty": pa.array(given.gp, pa.string())}))
        self.engine.view("free_fees", pa.table({"convention": pa.array(given.free_fees, pa.string())}))
        self.engine.view("ald_natures", pa.table({"nature": pa.array(given.ald_natures, pa.int64())}))

    def _raw(self, table: SndsTable, files: list[SndsFile]) -> None:
        """Name the rows of some files of a table, columns as used; nothing when there is no file."""
        self.engine.define(table.raw, selected(table, files))

    def _count(self, table: SndsTable, files: list[SndsFile]) -> None:
        if files:
            self.notes.read[table.name] += self._one(f"select count(*) from {table.raw}")

    def _one(self, sql: str) -> int:
        return int(self.engine.fetch(sql).column(0)[0].as_py() or 0)

    def _write_people(self, name: str) -> None:
        self.engine.step(name, sql_text(STEPS, name), {"c2s": rules().c2s})
        self._write(name, f"select * from {name}", "")

    def _write_doctors(self) -> None:
        self.engine.step("doctors", sql_text(STEPS, "doctors"))
        self._save("doctors", "select * from doctors")

    def _write_drugs(self) -> None:
        if self.found.of("IR_PHA_R"):
            self._save("drugs", "select cip13, atc, label, cast(null as integer) as price_cents from classes")

    def _save(self, name: str, sql: str) -> None:
        self.engine.save(self.to / f"{name}.parquet", f"{sql} order by 1")
        self.rows[name] = pq.read_metadata(self.to / f"{name}.parquet").num_rows

    def _write(self, name: str, sql: str, part: str) -> None:
        """Rows as `<table>/<department>[-<part>].parquet`; an empty file of a department when there is none yet."""
        (self.to / name).mkdir(exist_ok=True)
        place = Path(tempfile.mkdtemp(dir=self.scratch))
        self._spread(place, sql)
        for file in sorted(place.rglob("*.parquet")):
            department = file.parent.name.partition("=")[2]
            name_of = "-".join(
                word for word in (department, part, file.stem.removeprefix("data_0").removeprefix("data_")) if word
            )
            shutil.move(file, self.to / name / f"{name_of}.parquet")
            self.rows[name] = self.rows.get(name, 0) + pq.read_metadata(self.to / name / f"{name_of}.parquet").num_rows
        self.rows.setdefault(name, 0)
        shutil.rmtree(place)

    def _spread(self, place: Path, sql: str) -> None:
        """Rows apart by department; straight to their file when there is one department."""
        found = self.engine.fetch("select distinct department from persons limit 2").column(0).to_pylist()
        if len(found) > 1:
            self.engine.save_by(place, sql, "department")
            return
        (place / f"department={found[0]}").mkdir()
        nothing_else = f"select * exclude (department) from ({sql})"
        self.engine.save(place / f"department={found[0]}" / "data_0.parquet", nothing_else)

    def _fill_empty(self, name: str, sql: str) -> None:
        """A table that is recorded and has no row is not a table that is not recorded."""
        if not any((self.to / name).iterdir()):
            department = str(self.engine.fetch("select min(department) from persons").column(0)[0].as_py())
            nothing = f"select * exclude (department) from ({sql}) where false"
            self.engine.save(self.to / name / f"{department}-0.parquet", nothing)

    def _claims(self) -> None:
        total, done = sum(file.size for file in self.found.claims) or 1, 0
        for months, files in self.found.parts:
            self.progress(_sentence(months), 0.05 + 0.95 * done / total)
            with _told(*files):
                self._part(months, files)
            done += sum(file.size for file in files)
        for name in ("registrations", "ald", "c2s", "vaccinations"):
            if name in self.rows:
                self._fill_empty(name, f"select * from {name}")
        for name in ("acts", "deliveries"):
            self._fill_empty(name, self._final(name))

    def _part(self, months: list[str], files: list[SndsFile]) -> None:
        for table in (table for table in tables().values() if table.claims):
            self._raw(table, [file for file in files if file.table.name == table.name])
        params = {
            "for_information": rules().for_information, "supplements_from": rules().supplements_from,
            "hospital_direct": rules().hospital_direct, "main_activity": rules().main_activity,
            "first_phase": rules().first_phase,
        }  # fmt: skip
        order = "desc" if rules().payment_part == "largest" else ""
        self.engine.step("hospital_direct", sql_text(STEPS, "hospital_direct"), params)
        self.engine.step("prs", sql_text(STEPS, "prs"), params)
        self.engine.step("doubled", sql_text(STEPS, "doubled").replace("{order}", order))
        self.engine.step("affine", " union all ".join(_affine(table) for table in _affine_tables()))
        self.engine.step("firsts", sql_text(STEPS, "firsts"))
        self._verify(months)
        self.engine.step("lines", sql_text(STEPS, "lines"), params)
        self._count_claims()
        for name in ("acts", "deliveries"):
            self._write(name, self._final(name), "-".join(months[:1]))

    def _final(self, name: str) -> str:
        """The step of a canonical table, specialties on two digits."""
        text = sql_text(STEPS, name)
        for column in ("performer_specialty", "prescriber_specialty"):
            text = text.replace("{" + column + "}", SPECIALTY.format(column))
        return text

    def _verify(self, months: list[str]) -> None:
        """The lines are of the month that the names of files say, so that codes meet their line."""
        fluxes = self.engine.fetch(
            "select distinct date_trunc('month', flux) as month from prs union "
            "select distinct date_trunc('month', flux) from affine"
        )
        found = {month for month in fluxes.column(0).to_pylist() if month is not None}
        self.fluxes |= {date(month.year, month.month, 1) for month in found}
        if months and {f"{month:%Y%m}" for month in found} - set(months):
            raise _MisfiledError

    def _count_claims(self) -> None:
        self.notes.read["ER_PRS_F"] += self._one("select count(*) from prs")
        for row in self.engine.fetch("select kind, count(*) as n from affine group by kind").to_pylist():
            self.notes.read[next(name for name, kind in KINDS.items() if kind == row["kind"])] += row["n"]
        counted = " union all ".join(
            f"select aside, count(*) as n from {table} where aside is not null group by aside"
            for table in ("prs", "doubled", "lines")
        )
        for row in self.engine.fetch(counted).to_pylist():
            self.notes.aside[row["aside"]] += row["n"]

    def _dataset(self) -> tuple[Dataset, bool, list[Unmapped]]:
        if not self.fluxes:
            raise SourceError("ER_PRS_F n’a aucune ligne dont la date de flux (FLX_DIS_DTD) est lisible.")
        runs = _runs(sorted(self.fluxes))
        told = [_hole(before[-1], after[0]) for before, after in pairwise(runs)]
        whole = [run for run in runs if len(run) > rules().complete_after_months - 1]
        first, last = self._covered((whole or runs)[-1])
        if not whole:
            told.append(
                Unmapped("Flux", len(self.fluxes), "trop peu de mois pour qu’une période de soins soit complète")
            )
        latest = max(self.fluxes)
        return (
            Dataset(
                title=f"Extrait du SNDS, flux de {french.month(min(self.fluxes))} à {french.month(latest)}",
                synthetic=False,
                source="SNDS, tables du DCIR",
                extracted_on=_end_of_month(latest),
                covers_from=first,
                covers_to=max(first, last),
                ald_known=bool(self.found.of("IR_IMB_R")),
                c2s_known=bool(self.found.of("IR_ORC_R")),
            ),
            bool(whole),
            told,
        )

    def _covered(self, months: list[date]) -> tuple[date, date]:
        """Care of a month is told from the next flux month on."""
        return add_months(months[0], -1), _end_of_month(add_months(months[-1], -rules().complete_after_months))

    def _unmapped(self) -> Iterator[Unmapped]:
        for code, reason in reasons().items():
            if number := self.notes.aside.get(code, 0):
                yield Unmapped("Ligne de prestation", number, reason)
        for table in tables().values():
            for name in table.filters:
                files = self.found.of(table.name)
                if lacking := [file for file in files if name not in {column.upper() for column in file.columns}]:
                    yield Unmapped(
                        f"Colonne {name}", len(lacking), f"absente de {table.name} : rien n’est écarté d’après elle"
                    )
        if not self.found.of("IR_MTT_R"):
            yield Unmapped("Table IR_MTT_R", 1, "absente : aucun patient n’a de médecin traitant")
        if not self.found.of("IR_PHA_R"):
            yield Unmapped(
                "Table IR_PHA_R", 1, "absente : chargez une base de médicaments pour connaître les classes ATC"
            )
        if self.found.named:
            yield Unmapped("Fichier", len(self.found.named), "autre table ou autre fichier, non repris")
        if self.found.twice:
            yield Unmapped("Fichier", len(self.found.twice), "contenu déjà donné sous un autre nom, lu une fois")


def _sentence(months: list[str]) -> str:
    said = [french.month(date(int(month[:4]), int(month[4:]), 1)) for month in months]
    if len(said) > 1:
        return f"Flux de {said[0]} à {said[-1]}"
    return f"Flux de {said[0]}" if said else "Prestations"


def _affine_tables() -> list[SndsTable]:
    return [table for table in tables().values() if table.affine]


def _affine(table: SndsTable) -> str:
    """The codes of one table."""
    place = table.affine.get("order", "").lower()
    values = {
        "kind": KINDS[table.name], "code": table.affine["code"].lower(), "raw": table.raw,
        "place": place or "cast(null as bigint)",
        "quantity": table.affine.get("quantity", "cast(null as smallint)").lower(),
        "activity": table.affine.get("activity", "cast(null as bigint)").lower(),
        "phase": table.affine.get("phase", "cast(null as bigint)").lower(),
    }  # fmt: skip
    text = sql_text(STEPS, "affine")
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def _runs(months: list[date]) -> list[list[date]]:
    """Months that follow one another."""
    runs: list[list[date]] = []
    for month in months:
        if runs and add_months(runs[-1][-1], 1) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return runs


def _hole(before: date, after: date) -> Unmapped:
    first, last = add_months(before, 1), add_months(after, -1)
    number = (last.year - first.year) * 12 + last.month - first.month + 1
    said = french.month(first) if number == 1 else f"de {french.month(first)} à {french.month(last)}"
    return Unmapped("Mois de flux", number, f"absent ({said}) : les soins de ces mois sont incomplets")


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
