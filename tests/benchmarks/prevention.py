"""Prevention at several sizes, as a ratio to merely reading the columns it needs.

    python -m tests.benchmarks.prevention --practices 1 100 3000 [--keep FOLDER]

Fictitious practices are generated (about half a minute for 300), then assessed on one date: CPU seconds and peak memory
for reading, for one indicator (the mean of the 15, each alone) and for all 15. Each size runs in a process of its own.
The store is built before. 3 000 practices (4 million patients, more than 10 % of the country) take about 20 minutes,
nearly all of it generating.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from calculators.prevention.assess import assess_blocks
from calculators.prevention.indicator import IndicatorSet, load_set
from calculators.records.store import Store, open_store
from sample_data.generate import generate

AS_OF = date(2026, 6, 30)
NEEDED = {
    "acts": ("patient", "act", "day", "quantity"),
    "deliveries": ("patient", "drug", "product", "day", "boxes"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--practices", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--keep", type=Path, help="folder for the generated practices, reused when it exists")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    print("practices  patients     lines   read s  one s  15 s   15/one  15/read  peak GB")
    with tempfile.TemporaryDirectory() as scratch:
        for number in options.practices:
            folder = (options.keep or Path(scratch)) / f"practices-{number}"
            if not (folder / "dataset.toml").exists():
                generate(number, 1, folder)
            open_store(folder)
            command = [sys.executable, "-m", "tests.benchmarks.prevention", "--measure", str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            print(line(number, json.loads(done.stdout)), flush=True)


def line(practices: int, found: dict[str, float]) -> str:
    one, every, read = found["one"], found["every"], found["read"]
    return (
        f"{practices:9} {found['patients']:9.0f} {found['lines']:9.0f} {read:8.2f} {one:6.2f} {every:6.2f} "
        f"{every / one:7.1f} {every / read:8.1f} {found['peak']:8.2f}"
    )


def measure(folder: Path) -> dict[str, float]:
    """CPU seconds of each part, on a store opened beforehand."""
    store, rules = open_store(folder), load_set("convention_2024")
    alone = [rules.model_copy(update={"indicators": (indicator,)}) for indicator in rules.indicators]
    run(store, alone[0])  # imports belong to start-up
    single = [cpu(lambda one=one: run(store, one)) for one in alone]
    return {
        "patients": store.rows["patients"],
        "lines": store.rows["acts"] + store.rows["deliveries"],
        "read": cpu(lambda: read(store)),
        "one": sum(single) / len(single),
        "every": cpu(lambda: run(store, rules)),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def run(store: Store, rules: IndicatorSet) -> None:
    for _ in assess_blocks(store, rules, AS_OF):
        pass


def read(store: Store) -> None:
    """Read the needed columns whole (bit_xor cannot be answered from statistics)."""
    for table, columns in NEEDED.items():
        store.engine().fetch("select " + ", ".join(f"bit_xor({c})" for c in columns) + f" from {table}")


def cpu(task: Callable[[], None]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


if __name__ == "__main__":
    main()
