"""The country of the forfait: the lists of a generated population, counted by profile.

Doctors installed since the list day have no list and are not counted; those installed in the years before are.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from calculators.defaults import defaults
from calculators.forfait import country
from calculators.forfait.version import available_versions, load_version
from calculators.prevention.assess import assess_blocks, decoded
from calculators.prevention.indicator import load_set
from calculators.records.store import Store
from sample_data.thin import YEARS

YEAR = YEARS[-1]
"""The last year whose acts are complete: list of 31 December before, indicators of 31 December."""
CONCERNED = ("up_to_date", "due", "unknown")


def build_country(store: Store, to: Path) -> None:
    """Count the lists of a store, write the country."""
    version = load_version(defaults().forfait.counted)
    sets = sorted({name for one in available_versions() if (name := load_version(one).indicator_set)})
    found = country.tables(store, version, YEAR, {name: judged(store, name, YEAR) for name in sets})
    country.save(found, to, version, YEAR, synthetic=True)


def judged(store: Store, indicator_set: str, year: int) -> pa.Table:
    """patient_id, doctor_id, indicator, validated: the patients whom an indicator concerns at the end of the year."""
    blocks = assess_blocks(store, load_set(indicator_set).only_paid(), date(year, 12, 31))
    return pa.concat_tables(_concerned(block) for block in blocks)


def _concerned(block: pa.Table) -> pa.Table:
    kept = block.filter(pc.field("status").isin(CONCERNED))
    return decoded(kept.select(["patient_id", "doctor_id", "indicator", "validated"]))
