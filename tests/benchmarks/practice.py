"""One practice, after start-up: how long each of the three results takes.

    python -m tests.benchmarks.practice [--repeat 20]

A fictitious practice of about 1 200 patients and 30 000 deliveries is generated with its peers; every result is computed
afresh from the store each time (no cache), so these are the times of a first click. Prints the median and the slowest.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from calculators import results
from calculators.forfait.pay import pay_lines
from calculators.forfait.version import load_version
from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records.store import Store, open_store
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import ratio
from calculators.sobriety.reference import Reference, build, open_reference
from sample_data.generate import generate

AS_OF = date(2026, 6, 30)
YEAR = 2025
PATIENTS = 1200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--doctors", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "practices"
        generate(options.doctors, 1, folder)
        store = open_store(folder)
        doctor, patients, deliveries = closest(store)
        reference = make_reference(store, Path(scratch) / "reference")
        print(f"practice of {patients} patients, {deliveries} deliveries, among {options.doctors}")
        for name, compute in tasks(store, doctor, reference).items():
            report(name, compute, options.repeat)


def closest(store: Store) -> tuple[str, int, int]:
    """The doctor whose list is nearest to 1 200 patients: id, patients, deliveries."""
    found = store.engine().fetch(
        "select k.professional_id, count(distinct r.patient) as patients, count(*) as deliveries from registrations r "
        "join professional_keys k on k.professional = r.doctor join deliveries d on d.patient = r.patient "
        "group by 1 order by 1"
    )
    row = min(found.to_pylist(), key=lambda row: abs(row["patients"] - PATIENTS))
    return row["professional_id"], row["patients"], row["deliveries"]


def make_reference(store: Store, to: Path) -> Reference:
    build(store, YEAR, load_definition(YEAR), to, AS_OF)
    return open_reference(to)


def tasks(store: Store, doctor: str, reference: Reference) -> dict[str, Callable[[], object]]:
    rules, version, definition = load_set("convention_2024"), load_version("convention_2024"), load_definition(YEAR)
    validated = results.validated(store, version, AS_OF.year, doctor)
    return {
        "prevention, 15 indicators": lambda: assess(store, rules, AS_OF, doctor),
        "sobriety, ratio and interval": lambda: ratio(store, YEAR, reference, definition, doctor),
        "forfait, pay lines": lambda: pay_lines(store, version, AS_OF.year, validated, doctor),
        "forfait, with its prevention": lambda: results.pay(store, version, AS_OF.year, doctor),
    }


def report(name: str, compute: Callable[[], object], repeat: int) -> None:
    compute()  # imports and first plans belong to start-up
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        compute()
        times.append(1000 * (time.perf_counter() - start))
    print(f"{name:32} median {statistics.median(times):6.0f} ms   slowest {max(times):6.0f} ms")


if __name__ == "__main__":
    main()
