"""The reference of all measures of relevance beside that of sobriety, on the same fictitious practices, in one run.

    python -m tests.benchmarks.measures --practices 100 [--each]

Prints CPU and wall seconds of both and their ratio, each from stores whose lines were read once; with `--each`
the CPU seconds of every measure alone. Lines are those of the year and the two before it, which the measures look back to.
"""

import argparse
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from calculators.pertinence import reference as measured
from calculators.pertinence.measure import Measure, load_measures
from calculators.records.parts import open_parts
from sample_data.generate import generate
from tests.benchmarks.sobriety import BUILT_ON, UNTIL, YEAR, build, read, spent

SINCE = date(2023, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--practices", type=int, default=100)
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "practices"
        generate(options.practices, 1, folder, UNTIL, since=SINCE)
        parts = open_parts(folder)
        read(parts, None)
        sobriety = spent(lambda: build(folder, Path(scratch) / "sobriety", None))
        measures = counted(folder, load_measures())
        for name, (cpu, wall) in (("sobriety", sobriety), ("measures", measures)):
            print(f"{name:10} {cpu:7.1f} s of CPU {wall:7.1f} s")
        print(
            f"measures / sobriety: {measures[0] / sobriety[0]:.1f} in CPU, {measures[1] / sobriety[1]:.1f} in wall time"
        )
        for name, one in load_measures().items() if options.each else ():
            print(f"{name:28} {alone(folder, name, one)}", flush=True)


def alone(folder: Path, name: str, one: Measure) -> str:
    """CPU seconds of a measure, or that the fictitious practices have nothing of what it counts."""
    try:
        return f"{counted(folder, {name: one})[0]:6.1f} s of CPU"
    except measured.UnusableMeasuresError as why:
        return str(why)


def counted(folder: Path, measures: Mapping[str, Measure]) -> tuple[float, float]:
    """CPU and wall seconds of a reference of these measures, counted anew."""
    to = folder.parent / "measures"
    shutil.rmtree(folder.parent / ".measures-parts", ignore_errors=True)
    return spent(lambda: measured.build(folder, YEAR, measures, to, BUILT_ON))


if __name__ == "__main__":
    main()
