"""The engine beside pandas, numpy by hand and Spark, in one run: ratios to compare, since machines differ.

    python -m tests.benchmarks.engines FOLDER [--spark]

FOLDER is cut by department, such as the one `tests.benchmarks.sobriety --keep` or `tableau-mt sample` writes. All give the
same integers, or the run stops.

* The smallest department: CPU seconds of both passes of the reference, of the same in pandas, of the look-back
  (deliveries kept and initiations) beside reading its five columns. With Spark: what a further line costs there, from the
  smallest department to the one of median size.
* One doctor of the shipped practices, nearest to 1 200 patients, everything in memory for all: milliseconds of the
  ratio, median and 95th centile, computed afresh each time; the same in pandas and by hand in numpy. Then one doctor's
  lines fetched from the files of the largest department.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from calculators.engine import Engine, SparkEngine, sql_text, start_spark
from calculators.records.parts import Part, open_parts
from calculators.records.store import LARGE, Store, open_store
from calculators.sobriety.definition import Definition, load_definition
from calculators.sobriety.ratio import ratio
from calculators.sobriety.reference import open_reference
from calculators.sobriety.steps import PACKAGE, Steps, Year, calendar, tracked_classes
from calculators.sobriety.strata import strata_of
from dashboard import shipped
from tests.benchmarks.in_numpy import InNumpy, arrays_of
from tests.benchmarks.in_pandas import CELLS, Frames, InPandas, frames_of
from tests.benchmarks.practice import closest
from tests.benchmarks.sobriety import YEAR, read_columns, spent

FIVE = ("patient", "drug", "day", "prescriber", "prescriber_specialty")
REPEAT = 40
Sums = tuple[list[tuple[str, int, int]], list[tuple[int, ...]]]
Answer = tuple[int, int, int, int]
"""Patients, patients seen, observed and expected cents."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--spark", action="store_true", help="Spark too (the extra, and Java)")
    options = parser.parse_args()
    parts = sorted(open_parts(options.folder).departments, key=size)
    compare_department(parts[0].open())
    if options.spark:
        tell_spark(parts[0].open(), parts[len(parts) // 2].open())
    compare_doctor()
    tell_fetch(parts[-1].open())


def size(part: Part) -> int:
    return sum(file.stat().st_size for file in part.folder.files["deliveries"])


def compare_department(store: Store) -> None:
    definition = load_definition(YEAR)
    ours, duck = warm(store, store.engine(), time.process_time)
    frames = frames_of(store)
    found: list[Sums] = []
    pandas, _ = spent(lambda: found.append(in_pandas(frames, definition)))
    assert found[0] == ours, "the engines differ"
    print(f"smallest department: {about(store)}")
    tell("reference, CPU s", duck)
    tell("  in pandas", pandas, duck)
    tell_look_back(store, definition)


def tell_spark(small: Store, large: Store) -> None:
    """What a further line costs: the difference between two departments, so that what any run costs is left out."""
    session = start_spark("6GB")
    clock = partial(cpu_of, session.sparkContext._gateway.proc.pid)
    used = []
    for store in (small, large):
        ours, duck = warm(store, store.engine(), time.process_time)
        theirs, spark = warm(store, store.shown_to(SparkEngine(session)), clock)
        assert ours == theirs, "the engines differ"
        print(f"{about(store)}: CPU s {duck:.2f}, on Spark {spark:.2f}")
        used.append((duck, spark))
    (duck, spark), (more_duck, more_spark) = used
    print(f"{'a further line on Spark':34} {(more_spark - spark) / (more_duck - duck):8.1f}")


def about(store: Store) -> str:
    return f"{store.rows['patients']} patients, {sum(store.rows[table] for table in LARGE)} lines"


def warm(store: Store, engine: Engine, clock: Callable[[], float]) -> tuple[Sums, float]:
    """What both passes give, and CPU seconds of the third run: files in the page cache, code compiled."""
    definition = load_definition(YEAR)
    for _ in range(3):
        start = clock()
        found = both_passes(Steps(store, YEAR, definition, engine))
        used = clock() - start
    return found, used


def both_passes(steps: Steps) -> Sums:
    """Initiations by class, then the cells of every doctor."""
    steps.cohort(None, look_back=True)
    steps.seen()
    steps.initiated()
    steps.prescribed()
    steps.scope()
    steps.tracked(tracked_classes(steps.engine.fetch("select * from scope")))
    steps.spend()
    initiated = steps.engine.fetch("select atc, initiations, gp_initiations from initiated").to_pylist()
    cells = steps.cells().select(["doctor", "stratum", "patients", *CELLS]).to_pylist()
    return sorted(tuple(row.values()) for row in initiated), [tuple(row.values()) for row in cells]


def in_pandas(frames: Frames, definition: Definition) -> Sums:
    year = Year(YEAR, definition.drugs.look_back_months)
    work = InPandas(frames, year, definition)
    acts, deliveries = work.acts_kept(), work.deliveries_kept(year.params["look_back_first"])
    cohort = work.cohort(acts, deliveries)
    work.seen(cohort, acts)
    initiated = work.initiated(deliveries, calendar(year, definition.drugs.look_back_months))
    over = initiated.gp_initiations * 100 > initiated.initiations * definition.drugs.gp_share_over_percent
    cells = work.cells(cohort, initiated.drug[over].to_numpy()).sort_values(["doctor", "stratum"])
    named = initiated.merge(frames["drug_keys"], on="drug")[["atc", "initiations", "gp_initiations"]]
    return sorted(named.itertuples(index=False, name=None)), list(cells.itertuples(index=False, name=None))


def tell_look_back(store: Store, definition: Definition) -> None:
    steps = Steps(store, YEAR, definition)
    steps.cohort(None, look_back=True)
    kept, days = sql_text(PACKAGE, "deliveries_kept"), steps.year.params
    used = spent(lambda: steps.engine.step("deliveries_kept", kept, days))[0] + spent(steps.initiated)[0]
    read = min(spent(lambda: read_columns(store, "deliveries", FIVE))[0] for _ in range(3))
    tell("look-back, CPU s", used)
    tell("  its five columns read", read, used)


def compare_doctor() -> None:
    store, definition = open_store(shipped.PRACTICES), load_definition(YEAR)
    reference, (doctor, patients, _) = open_reference(shipped.REFERENCES / str(YEAR)), closest(store)
    key, frames = store.known_doctors[doctor].key, frames_of(store)
    wanted = set(reference.tracked)
    drugs = np.array([row["drug"] for row in frames["drug_keys"].to_dict("records") if row["atc"] in wanted])
    is_tracked = np.zeros(len(frames["drug_keys"]) + 1, dtype=bool)
    is_tracked[drugs] = True
    means = reference.norms(strata_of(definition)).mean
    year = Year(YEAR, definition.drugs.look_back_months)
    by_hand = InNumpy(arrays_of(frames), year, np.array(definition.strata.age_from), is_tracked)

    def ours() -> Answer:
        row = ratio(store, YEAR, reference, definition, doctor).to_pylist()[0]
        return row["patients"], row["seen"], row["observed_cents"], round(row["expected_cents"])

    def pandas() -> Answer:
        work = InPandas(frames, year, definition, key)
        acts, deliveries = work.acts_kept(), work.deliveries_kept(year.params["first"])
        cohort = work.cohort(acts, deliveries)
        cells = work.cells(cohort, drugs)
        expected = (cells.patients * means[cells.stratum]).sum()
        return int(cells.patients.sum()), work.seen(cohort, acts), int(cells.cents.sum()), round(expected)

    def numpy() -> Answer:
        by_stratum, cents, seen = by_hand.sums(key)
        some = by_stratum > 0
        return int(by_stratum.sum()), seen, cents, round((by_stratum[some] * means[some]).sum())

    assert ours() == pandas() == numpy(), "the engines differ"
    times = interleaved(ours, pandas, numpy)
    print(f"one doctor, {patients} patients: median and 95th centile, ms")
    for name, found in zip(("the ratio", "  in pandas", "  by hand"), times, strict=True):
        low, high = statistics.median(found), statistics.quantiles(found, n=20)[-1]
        print(f"{name:34} {low:8.1f} {high:8.1f}   {statistics.median(times[0]) / low:6.2f}")


def interleaved(*tasks: Callable[[], object]) -> list[list[float]]:
    """Milliseconds of each, turn after turn."""
    times: list[list[float]] = [[] for _ in tasks]
    for _ in range(REPEAT):
        for task, found in zip(tasks, times, strict=True):
            found.append(1000 * spent(task)[1])
    return times


def tell_fetch(store: Store) -> None:
    """The lines of one doctor's patients, all columns, out of the files of a department."""
    doctor, _, _ = closest(store)
    keys = store.engine().fetch(
        f"select min(patient), max(patient) from registrations where doctor = {store.known_doctors[doctor].key}"
    )
    low, high = (column[0].as_py() for column in keys.columns)
    sql = f"select * from read_parquet('{store.files_of('deliveries')}') where patient between {low} and {high}"
    engine = store.engine()
    times = interleaved(lambda: engine.fetch(sql))[0]
    print(f"one doctor's {engine.fetch(sql).num_rows} deliveries out of the files: {statistics.median(times):.1f} ms")


def cpu_of(pid: int) -> float:
    """CPU seconds a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tell(what: str, seconds: float, ours: float | None = None) -> None:
    print(f"{what:34} {seconds:8.2f}" + (f"   {ours / seconds:6.2f}" if ours else ""), flush=True)


if __name__ == "__main__":
    main()
