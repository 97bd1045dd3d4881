"""`python -m tests.records.dcir --doctors N [--form csv|parquet] [--work DIR]`: an extraction of the DCIR of N fictitious
doctors is written, converted to a data folder, and the time told beside the one DuckDB takes to read the needed columns of
the same files; so is the most memory that the conversion took.

A department has about 600 doctors. What was written in DIR is used again.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from calculators.engine import connect, parquet
from calculators.records.readers.snds.files import SndsFile, extraction
from sample_data import dcir
from sample_data.generate import generate

ALONE = """
import re, sys, time
from pathlib import Path
from calculators.records.readers import snds
start = time.perf_counter()
files = [(path, path.name) for path in sorted(Path(sys.argv[1]).iterdir())]
rows = snds.convert(files, Path(sys.argv[2])).rows
seconds = time.perf_counter() - start
most = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # this process, not its parent
print(seconds, most, sum(rows.values()), time.process_time())
"""


def reading(folder: Path) -> tuple[float, float]:
    """Seconds, and seconds of processor, in which DuckDB reads the columns that are used, one file after the other."""
    found = extraction([(path, path.name) for path in sorted(folder.iterdir())])
    connection = connect()
    start, worked = time.perf_counter(), time.process_time()
    for file in found.files:
        columns = ", ".join(file.used.values())
        connection.execute(f"select bit_xor(hash({columns})) from {_as_anyone_would(file)}").fetchall()
    return time.perf_counter() - start, time.process_time() - worked


def _as_anyone_would(file: SndsFile) -> str:
    return f"read_csv('{file.path}')" if file.separator else parquet([file.path])


def measure(doctors: int, form: dcir.Form, work: Path) -> None:
    canonical, written, to = work / f"canonique-{doctors}", work / f"dcir-{doctors}-{form}", work / "dossier"
    if not canonical.exists():
        generate(doctors, 1, canonical)
    if not written.exists():
        dcir.export(canonical, written, form=form)
    size = sum(path.stat().st_size for path in written.iterdir())
    shutil.rmtree(to, ignore_errors=True)
    run = subprocess.run([sys.executable, "-c", ALONE, written, to], capture_output=True, text=True, check=True)
    seconds, memory, rows, worked = (float(word) for word in run.stdout.split())
    least = min(reading(written) for _ in range(2))
    print(
        f"{doctors} médecins, {form}, {size / 1024**2:.0f} Mo, {rows:.0f} lignes : {seconds:.1f} s, {memory:.0f} Mo ; "
        f"lecture par DuckDB {least[0]:.1f} s ; rapport {seconds / least[0]:.1f} "
        f"(processeur : {worked:.1f} s, {least[1]:.1f} s, {worked / least[1]:.1f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--doctors", type=int, required=True)
    parser.add_argument("--form", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--work", type=Path, help="dossier des fichiers écrits (sinon temporaire)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(given.doctors, given.form, given.work or Path(scratch))


if __name__ == "__main__":
    main()
