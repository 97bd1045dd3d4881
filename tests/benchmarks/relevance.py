"""The page of relevance on the practices that ship: how long a doctor waits for each objective, and for the whole page.

    python -m tests.benchmarks.relevance [--repeat 7]

The measures of each objective are counted afresh from the store, for two doctors in turn, the year and the one that it is
compared with: median of wall time and of CPU, after one run that warms up. Where an objective reads boards of prevention,
also once they are kept, as the server does ahead of the page. Then the first visit of the page of each of three doctors.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import cache, partial
from itertools import islice

from calculators import results
from calculators.pertinence.measure import Measure, load_measures
from calculators.pertinence.objectives import objectives
from calculators.records.store import open_store
from dashboard import shipped
from tests.dashboard.opening import opened

YEAR = 2025
DOCTORS = ("M01", "M05", "M02")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=7)
    repeat = parser.parse_args().repeat
    store = open_store(shipped.PRACTICES)
    reference = results.measures_reference(store, YEAR, shipped.REFERENCES)
    labels, of = objectives(), dict[int, dict[str, Measure]]()
    for name, one in load_measures().items():
        of.setdefault(one.objective, {})[name] = one
    for number, wanted in sorted(of.items()):
        asked = [partial(results.pertinence, store, wanted, YEAR, doctor, reference) for doctor in islice(DOCTORS, 2)]
        report(f"{number} {labels[number]} ({len(wanted)})", asked, repeat)
        if any(counted.board for one in wanted.values() for counted in one.counts):
            report(f"{number} its boards kept", [_with_boards(ask) for ask in asked], repeat)
    opened("pertinence", medecin="M12")  # imports belong to start-up
    report(
        "first visit of the page", [lambda doctor=doctor: opened("pertinence", medecin=doctor) for doctor in DOCTORS], 1
    )


def _with_boards(ask: partial[object]) -> Callable[[], object]:
    """The same, with boards that were judged before."""
    store, _, _, doctor, _ = ask.args
    known = cache(results.board_of(store, doctor))
    found = partial(ask, board=lambda years, names: known(tuple(years), tuple(names)))
    found()
    return found


def report(name: str, asked: list[Callable[[], object]], repeat: int) -> None:
    if repeat > 1:
        asked[0]()
    spent = [_spent(one) for _ in range(repeat) for one in asked]
    wall, cpu = (statistics.median(part) for part in zip(*spent, strict=True))
    print(f"{name:48} {wall:6.0f} ms, {cpu:6.0f} ms of CPU", flush=True)


def _spent(run: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


if __name__ == "__main__":
    main()
