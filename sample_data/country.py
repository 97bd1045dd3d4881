"""The country of the forfait: `reference/forfait/`, lists drawn at random and counted by profile.

`python -m sample_data.country [--doctors N] [--work DIR] [--to DIR]`. The population itself does not ship: only the
acts that say who was seen and what prevention rules name are drawn on disk, counted, then thrown away. Doctors installed
since the list day have no list and are not counted; those installed in the years before are.
"""

import argparse
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.dates import to_day
from calculators.forfait import country
from calculators.forfait.version import available_versions, load_version
from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records.store import Store, open_store
from sample_data import build, generate, lines
from sample_data.generate import Practice

TO = build.REFERENCE / "forfait"
DOCTORS = 1000
YEAR = 2025
"""The last year whose acts are complete: list of 31 December before, indicators of 31 December."""
VERSION = "convention_2024"
CONCERNED = ("up_to_date", "due", "unknown")


def build_country(doctors: int, population: Path, to: Path = TO, tell: build.Tell = print) -> None:
    """Draw the lists under `population`, count them, write the country."""
    tell(f"Forfait : patientèles de {doctors} médecins")
    generate.generate(doctors, build.SEED, population, thin=_for_forfait)
    store, version = open_store(population), load_version(VERSION)
    sets = sorted({name for one in available_versions() if (name := load_version(one).indicator_set)})
    found = country.tables(store, version, YEAR, {name: judged(store, name, YEAR) for name in sets})
    country.save(found, to, version, YEAR, synthetic=True)


def judged(store: Store, indicator_set: str, year: int) -> pa.Table:
    """patient_id, doctor_id, indicator, validated: the patients whom an indicator concerns at the end of the year."""
    verdicts = assess(store, load_set(indicator_set), date(year, 12, 31))
    kept = verdicts.filter(pc.field("status").isin(CONCERNED))
    return kept.select(["patient_id", "doctor_id", "indicator", "validated"])


def _for_forfait(one: Practice) -> Practice:
    """What prevention rules name, and the last act of the doctor himself for each patient before the list day."""
    thin = build._for_prevention(one)
    acts, mine = one.acts, one.acts["by"] == lines.OWN
    before = mine & (acts["day"] <= to_day(date(YEAR - 1, 12, 31)))
    rows = np.flatnonzero(before)
    last = rows[np.lexsort([acts["day"][rows], acts["patient"][rows]])]
    ends = np.flatnonzero(np.diff(acts["patient"][last], append=-1))
    kept = {name: np.concatenate([thin.acts[name], values[last[ends]]]) for name, values in acts.items()}
    return replace(thin, acts=generate._sorted(kept, "patient", "act", "day"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Construit la population de référence du forfait.")
    parser.add_argument("--doctors", type=int, default=DOCTORS, help="patientèles tirées")
    parser.add_argument("--work", type=Path, help="où écrire les patientèles (sinon un dossier temporaire)")
    parser.add_argument("--to", type=Path, default=TO, help="où écrire la population")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        build_country(given.doctors, given.work or Path(scratch) / "population", given.to)


if __name__ == "__main__":
    main()
