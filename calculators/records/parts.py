"""A data folder cut by department: parts that share no patient, each with a compact store of its own.

Files belong to a department when their folder or name says so: `deliveries/department=13/…`, `deliveries/13.parquet`
or `deliveries/13-000001.parquet`. It is the department of the patient, the same in all tables, which is verified; a
patient is in one department. The other tables are everybody's: the doctors, who may have patients in several departments,
and what is known of them are a part without patients, so that a change of one doctor leaves the departments as they are.
A folder that is not cut so is one part.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from calculators.engine import DuckEngine, parquet
from calculators.errors import UnusableFolderError
from calculators.records.folder import Folder, list_folder, require_readable
from calculators.records.store import Fate, Store, fingerprint, is_built, open_part
from calculators.records.tables import TABLES

DEPARTMENT = re.compile(r"(?:department=(\d{1,3}|2[ABab])|(\d{2,3}|2[AB]))(?:-.*)?")
OF_PATIENTS = tuple(name for name, table in TABLES.items() if table.of_patients)
OF_DOCTORS = ("doctors", "practice_facts", "groups", "places")
WHOLE, DOCTORS = "tout", "medecins"
STRANGERS = """
select count(*) as rows from {mine} m
semi join {all} everybody on everybody.patient_id = m.patient_id
anti join {here} here on here.patient_id = m.patient_id
"""


@dataclass(frozen=True)
class Part:
    """A department (or the whole folder, or its doctors): which files are read, and the store made of them."""

    name: str
    folder: Folder

    @cached_property
    def fingerprint(self) -> str:
        """Changes when one of these files does; looked at once."""
        return fingerprint(self.folder)

    def open(self, memory: str | None = None) -> Store:
        """Its store, built when it is missing or older than these files."""
        return open_part(self.folder, self.fingerprint, self._store_name, memory)

    @property
    def is_built(self) -> bool:
        """Has it a store of these very files?"""
        return is_built(self.folder, self.fingerprint, self._store_name)

    @property
    def _store_name(self) -> str:
        return "" if self.name == WHOLE else self.name


@dataclass(frozen=True)
class Parts:
    """All parts of a folder. The doctors come apart; the others are sorted by name."""

    folder: Folder
    doctors: Part
    departments: tuple[Part, ...]

    def check(self, part: Part, store: Store) -> None:
        """Raises UnusableFolderError (French) when a table of the part holds patients of another part."""
        for aside in store.set_aside:
            if aside.fate is Fate.STRANGER and (rows := self._strangers(part, aside.table)):
                lines, concern = ("ligne", "concerne") if rows < 2 else ("lignes", "concernent")
                raise UnusableFolderError(
                    f"La table « {aside.table} » n’est pas découpée comme « patients » : {rows} {lines} du département "
                    f"{part.name} {concern} des patients d’un autre département. Découpez toutes les tables selon le "
                    "département du patient."
                )

    def _strangers(self, part: Part, table: str) -> int:
        files = {"mine": part.folder.files[table], "here": part.folder.files["patients"]}
        named = {name: parquet(found) for name, found in (files | {"all": self.folder.files["patients"]}).items()}
        return int(DuckEngine().fetch(STRANGERS.format(**named))["rows"][0].as_py())


def open_parts(path: Path) -> Parts:
    """Cut a data folder. Raises UnusableFolderError (French) when a table cannot be read: those without a store of their
    own are looked at now, rather than when their turn comes."""
    parts = _cut(list_folder(path))
    require_readable(part.folder for part in (parts.doctors, *parts.departments) if not part.is_built)
    return parts


def _cut(folder: Folder) -> Parts:
    cut = {table: _by_department(folder, table) for table in OF_PATIENTS if folder.has(table)}
    names = sorted(cut["patients"])
    if "" in names or any(set(found) - set(names) for found in cut.values()):
        whole = Part(WHOLE, folder)
        return Parts(folder, whole, (whole,))
    shared = {name: [] if name in OF_DOCTORS else files for name, files in folder.files.items()}
    departments = tuple(
        Part(name, replace(folder, files=shared | {table: found.get(name, []) for table, found in cut.items()}))
        for name in names
    )
    alone = {name: files if name in OF_DOCTORS else [] for name, files in folder.files.items()}
    return Parts(folder, Part(DOCTORS, replace(folder, files=alone)), departments)


def _by_department(folder: Folder, table: str) -> dict[str, list[Path]]:
    """Files by department; those of none under an empty name."""
    grouped: dict[str, list[Path]] = {}
    for file in folder.files[table]:
        grouped.setdefault(_department(file.relative_to(folder.path)), []).append(file)
    return grouped


def _department(file: Path) -> str:
    names = (*file.parts[1:-1], file.stem) if len(file.parts) > 1 else ()
    found = (DEPARTMENT.fullmatch(name) for name in names)
    return next(((match[1] or match[2]).upper().zfill(2) for match in found if match), "")
