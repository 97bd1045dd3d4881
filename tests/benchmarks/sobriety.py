"""The sobriety reference at several sizes, as a ratio to merely reading the columns it needs; then one doctor.

    python -m tests.benchmarks.sobriety --practices 30 430 [--keep FOLDER] [--memory 3GB]

Fictitious practices are generated with the lines of one year and its look-back; each size runs in a process of its own.
430 practices are 1 % of the country; 10 % and the country are commands of their own, for a machine with time:

    python -m tests.benchmarks.sobriety --practices 4376 --keep /data/one-tenth
    python -m tests.benchmarks.sobriety --practices 43760 --keep /data/country --memory 3GB    (about 16 GB of disk)

Columns: CPU seconds to build the stores (0 when they were kept), CPU and wall seconds of the reference, CPU seconds of
reading, the ratios of the two in CPU and in wall time, CPU seconds to refresh one department of how many (the one of median
size), peak memory, and how much went to temporary files; then, for the doctor nearest to 1 200 patients, milliseconds
(median) of the ratio, and of all that the page shows (ratio, contributions, funnel), computed afresh each time on an opened
store.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from calculators.engine import SPILL, parquet
from calculators.records.parts import Parts, open_parts
from calculators.records.store import Store
from calculators.sobriety import openings, peers
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import ratio
from calculators.sobriety.reference import Reference, build_by_part, open_reference
from sample_data.generate import generate
from tests.benchmarks.practice import closest

YEAR, BUILT_ON = 2025, date(2026, 6, 30)
NEEDED = {
    "acts": ("patient", "act", "day", "quantity", "performer"),
    "deliveries": ("patient", "drug", "day", "boxes", "base_cents", "prescriber", "prescriber_specialty"),
}
REPEAT = 9
HEADER = (
    "doctors  patients       lines  store s   CPU s  wall s  read s  ratio  wall  refresh s  parts  peak GB  spill GB  "
    "ratio ms  page ms"
)
SINCE, UNTIL = date(2024, 7, 1), date(2025, 12, 31)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--practices", type=int, nargs="+", default=[30])
    parser.add_argument("--keep", type=Path, help="folder for the generated practices, reused when it exists")
    parser.add_argument("--memory", help="what DuckDB may take, for instance 3GB")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.memory)))
        return
    print(HEADER)
    with tempfile.TemporaryDirectory() as scratch:
        for number in options.practices:
            folder = (options.keep or Path(scratch)) / f"practices-{number}"
            generate(number, 1, folder, UNTIL, since=SINCE)
            command = [sys.executable, "-m", "tests.benchmarks.sobriety", "--measure", str(folder)]
            more = ["--memory", options.memory] if options.memory else []
            done = subprocess.run([*command, *more], stdout=subprocess.PIPE, text=True, check=True)
            print(line(number, json.loads(done.stdout)), flush=True)


def line(doctors: int, found: dict[str, float]) -> str:
    return (
        f"{doctors:7} {found['patients']:9.0f} {found['lines']:11.0f} {found['store']:8.1f} {found['cpu']:7.2f} "
        f"{found['wall']:7.2f} {found['read']:7.2f} {found['cpu'] / found['read']:6.1f} "
        f"{found['wall'] / found['read_wall']:5.1f} {found['refresh']:10.2f} "
        f"{found['parts']:6.0f} {found['peak']:8.2f} {found['spill']:9.2f} {found['ratio']:9.0f} {found['page']:8.0f}"
    )


def measure(folder: Path, memory: str | None) -> dict[str, float]:
    """Everything about one size. What reading and counting need is in the page cache for both."""
    parts, to = open_parts(folder), folder.parent / f"{folder.name}-reference"
    rows: list[dict[str, int]] = []
    store, _ = spent(lambda: rows.extend(part.open(memory).rows for part in parts.departments))
    read(parts, memory)
    cpu_read, wall_read = spent(lambda: read(parts, memory))
    work = to.parent / f".{to.name}-parts"
    shutil.rmtree(work, ignore_errors=True)
    with spilled() as spill:
        cpu, wall = spent(lambda: build(folder, to, memory))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    lines = [row["acts"] + row["deliveries"] for row in rows]
    middle = parts.departments[lines.index(statistics.median_low(lines))].name
    refresh = refreshed(middle, work, lambda: build(folder, to, memory))
    found = {
        "patients": sum(row["patients"] for row in rows), "lines": sum(lines), "store": store, "cpu": cpu, "wall": wall,
        "read": cpu_read, "read_wall": wall_read,
        "parts": len(parts.departments), "refresh": refresh, "peak": peak, "spill": max(spill),
    }  # fmt: skip
    return found | one_doctor(parts.departments[0].open(memory), open_reference(to))


@contextmanager
def spilled() -> Iterator[list[float]]:
    """GB this process has in temporary files, looked at twenty times a second."""
    seen, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            sizes = (file.stat().st_size for file in SPILL.glob("duckdb_temp_*") if file.exists())
            seen.append(sum(sizes) / 2**30)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield seen
    finally:
        ended.set()
        watch.join()


def build(folder: Path, to: Path, memory: str | None) -> None:
    build_by_part(folder, YEAR, load_definition(YEAR), to, BUILT_ON, memory=memory)


def read(parts: Parts, memory: str | None) -> None:
    """Read the needed columns whole."""
    for part in parts.departments:
        store = part.open(memory)
        for table, columns in NEEDED.items():
            read_columns(store, table, columns)


def read_columns(store: Store, table: str, columns: tuple[str, ...]) -> None:
    """From the files, whole (bit_xor cannot be answered from statistics)."""
    named = ", ".join(f"bit_xor({column})" for column in columns)
    store.engine().fetch(f"select {named} from {parquet(store.files_of(table))}")


def refreshed(name: str, work: Path, again: Callable[[], None]) -> float:
    """CPU seconds when one department is counted again."""
    for file in work.glob(f"*/{name}-*.parquet"):
        file.unlink()
    return spent(again)[0]


def spent(task: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    task()
    return time.process_time() - cpu, time.perf_counter() - wall


def one_doctor(store: Store, reference: Reference) -> dict[str, float]:
    """Milliseconds, median of several, nothing remembered from one to the next but the opened store."""
    definition, (doctor, *_) = load_definition(YEAR), closest(store)

    def page() -> None:
        row = ratio(store, YEAR, reference, definition, doctor).to_pylist()[0]
        opened = openings.open_doctor(store, YEAR, reference, definition, doctor)
        for table in (openings.by_stratum, openings.by_class, openings.by_patient, openings.capped, openings.mix):
            table(opened)
        peers.funnel(reference, definition, row["expected_cents"])
        peers.points(reference)
        peers.position(row, None, reference, definition)

    return {
        "ratio": median(lambda: ratio(store, YEAR, reference, definition, doctor)),
        "page": median(page),
    }


def median(task: Callable[[], object]) -> float:
    task()  # imports and first plans belong to start-up
    return statistics.median(1000 * spent(task)[1] for _ in range(REPEAT))


if __name__ == "__main__":
    main()
