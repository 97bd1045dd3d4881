"""Stop a writer at each of its file operations, and look at what it leaves.

    python -m tests.killing [SCENARIO] [--swaps]

Each scenario prepares a folder, then acts on it in a child process that kills itself (SIGKILL, no clean-up) just before
its n-th file operation, for n from 1 until it ends well; a write of bytes is stopped half-way too. After each, what a
person finds must be the old state or the new one, whole, once the program has started again.

Operations that only read change nothing, and those inside a folder that is written aside nothing that is found: of a run
of these, one in twenty-five is stopped at. With `--swaps` (the short form, in the tests) it is stopped only where a name
comes to stand for something else, or for nothing, and half-way through each write: not before files that are opened or made.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.aside import UNFINISHED
from calculators.prevention import declarations
from calculators.prevention.declarations import Declaration
from calculators.records import practice as grown
from calculators.records.readers.shape import Document
from calculators.records.store import open_store
from dashboard import export
from tests import practice
from tests.records.documents import document, person

OPERATIONS = ("open", "os.", "shutil.", "ctypes.dlsym", "tempfile.")
SWAPS = ("os.rename", "os.remove", "os.rmdir", "os.link", "ctypes.dlsym", "shutil.rmtree")
READING = ("os.scandir", "os.listdir", "os.listxattr", "os.walk")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
MOST = 1000


class Scenario(NamedTuple):
    """How it starts, what is done, what a person sees (after the next start)."""

    prepare: Callable[[Path], None]
    act: Callable[[Path], object]
    seen: Callable[[Path], object]


def small(folder: Path, patients: int) -> None:
    people = [(f"p{number}", "1960-01-01", "F") for number in range(patients)]
    lists = [(f"p{number}", "d1", "2020-01-01") for number in range(patients)]
    practice.write(folder, practice.dataset(), patients=people, registrations=lists)


def imported(folder: Path) -> None:
    """What an import ends with: other tables in place of the earlier ones."""
    small(folder, 3)


def said(patient: str) -> Declaration:
    return Declaration(
        patient_id=patient, indicator="i", kind="refus", by="d1", reason="ligne\u2028coupée", at=datetime(2026, 1, 2)
    )


def on_list(folder: Path) -> object:
    store = open_store(folder)
    rows = store.engine().fetch("select patient_id from patient_keys order by 1")["patient_id"].to_pylist()
    return rows, [one.patient_id for one in declarations.read(folder).known]


def first_document(folder: Path) -> None:
    grown.add(folder, [document("a", person("Martin", "Jean", date(1955, 9, 1), "M"))])
    declarations.declare(folder, said(table_of(folder)[0]))


def second_document() -> Document:
    return document("b", person("Durand", "Anne", date(1955, 9, 1), "F"))


def table_of(folder: Path) -> list[str]:
    return list(pq.read_table(folder / "patients.parquet")["patient_id"].to_pylist())


def births_and_declarations(folder: Path) -> object:
    """Sources and patients, without the keys, which are drawn anew; how many patients hold a declaration."""
    open_store(folder)
    held = {one.patient_id for one in declarations.read(folder).known}
    rows = pq.read_table(folder / "patients.parquet").to_pylist()
    patients = sorted((row["birth_date"], row["sex"], row["patient_id"] in held) for row in rows)
    return [one.name for one in grown.listed(folder)], patients


SCENARIOS = {
    "declaration": Scenario(
        lambda folder: (small(folder, 2), declarations.declare(folder, said("p0")))[0],
        lambda folder: declarations.declare(folder, said("p1")),
        lambda folder: [one.patient_id for one in declarations.read(folder).known],
    ),
    "import": Scenario(
        lambda folder: (small(folder, 2), declarations.declare(folder, said("p0")))[0], imported, on_list
    ),
    "document": Scenario(
        first_document, lambda folder: grown.add(folder, [second_document()]), births_and_declarations
    ),
    "withdrawal": Scenario(
        lambda folder: (first_document(folder), grown.add(folder, [second_document()]))[0],
        lambda folder: grown.remove(folder, second_document().source_id),
        births_and_declarations,
    ),
    "store": Scenario(lambda folder: small(folder, 3), open_store, on_list),
    "export": Scenario(
        lambda folder: (folder.mkdir(), (folder / "r.csv").write_text("avant"))[0],
        lambda folder: export.write(pa.table({"a": ["après"]}), folder / "r.csv"),
        lambda folder: (folder / "r.csv").read_text(),
    ),
}


def run(scenario: Scenario, work: Path, operations: tuple[str, ...] = OPERATIONS) -> int:
    """Number of operations it was stopped at. AssertionError when something was lost."""
    template = work / "modele"
    scenario.prepare(template)
    shutil.rmtree(template / ".tableau-mt", ignore_errors=True)
    old = _seen(scenario, template, work)
    new = _seen(scenario, template, work, act=True)
    for count in range(1, MOST):
        folder = _fresh(template, work)
        ended = _child(scenario, folder, count, operations)
        found = scenario.seen(folder)
        assert found in (old, new), (count, found, old, new)
        shutil.rmtree(folder.parent)
        if ended:
            assert found == new
            return count
    raise AssertionError("it never ends")


def _seen(scenario: Scenario, template: Path, work: Path, act: bool = False) -> object:
    folder = _fresh(template, work)
    if act:
        scenario.act(folder)
    found = scenario.seen(folder)
    shutil.rmtree(folder.parent)
    return found


def _fresh(template: Path, work: Path) -> Path:
    folder = work / "essai" / "dossier"
    folder.parent.mkdir()
    shutil.copytree(template, folder)
    return folder


def _child(scenario: Scenario, folder: Path, stop_at: int, operations: tuple[str, ...]) -> bool:
    """Run it in a child that stops at an operation; True when it got to the end."""
    child = os.fork()
    if child == 0:
        try:
            _stop_at(stop_at, operations)
            scenario.act(folder)
            os._exit(0)
        except BaseException:
            os._exit(3)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed instead of being stopped"
    return not os.WIFSIGNALED(status)


def _stop_at(stop_at: int, operations: tuple[str, ...]) -> None:
    done, aside = 0, Aside()

    def count() -> bool:
        nonlocal done
        done += 1
        return done == stop_at

    def before(event: str, arguments: tuple[object, ...]) -> None:
        changes = event.startswith(operations) and event not in READING and not _reads(event, arguments)
        if changes and not aside.is_more_of_the_same(event, arguments) and count():
            os.kill(os.getpid(), signal.SIGKILL)

    write = os.write

    def torn(handle: int, content: bytes) -> int:
        if count():
            write(handle, content[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return write(handle, content)

    os.write = torn  # type: ignore[assignment]
    sys.addaudithook(before)


def _reads(event: str, arguments: tuple[object, ...]) -> bool:
    return event == "open" and isinstance(arguments[2], int) and not arguments[2] & WRITING


class Aside:
    """Runs of operations inside folders that are written aside, or removed once they were replaced."""

    def __init__(self) -> None:
        self.run, self.removing = 0, False

    def is_more_of_the_same(self, event: str, arguments: tuple[object, ...]) -> bool:
        path = os.fsdecode(arguments[0]) if arguments and isinstance(arguments[0], str | bytes | Path) else ""
        if event == "shutil.rmtree":
            self.removing = UNFINISHED in path
        nameless = bool(path) and os.sep not in path  # in a folder that is being removed
        inside = UNFINISHED in str(Path(path).parent) or (nameless and self.removing)
        self.run = self.run + 1 if inside else 0
        return self.run > 1 and self.run % 25 != 0


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("scenario", nargs="?", choices=SCENARIOS)
    asked.add_argument("--swaps", action="store_true")
    given = asked.parse_args()
    for name in [given.scenario] if given.scenario else SCENARIOS:
        with tempfile.TemporaryDirectory() as work:
            print(name, run(SCENARIOS[name], Path(work), SWAPS if given.swaps else OPERATIONS), flush=True)


if __name__ == "__main__":
    main()
