"""What ships: `practices/` (the named practices) and `reference/` (sobriety, measures, peers and the country of the pay).

`python -m sample_data.build [--doctors N] [--work DIR]`. The populations behind the reference do not ship: thinned copies
(`thin.py`) are written, counted and thrown away. `reference/<year>/` is a sobriety reference; `reference/measures/<year>/`
that of the measures of relevance, counted on the named practices themselves; `reference/forfait/` the country
(`country.py`); `reference/prevention_peers.parquet` has doctor_id, indicator, up_to_date, due (numbers of patients) and
as_of.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calculators.dates import to_day
from calculators.defaults import defaults
from calculators.pertinence import reference as measured
from calculators.pertinence.measure import load_measures
from calculators.prevention.assess import assess_blocks, decoded
from calculators.prevention.indicator import load_set
from calculators.prevention.rates import doctor_counts
from calculators.records.folder import Period, dataset_toml
from calculators.records.store import Store, open_store
from calculators.sobriety import reference
from calculators.sobriety.definition import load_definition
from sample_data import country, generate, identities, model, practices, shared, thin
from sample_data.generate import AS_OF
from sample_data.practices import profiles

HERE = Path(__file__).parent
SHIPPED, REFERENCE = HERE / "practices", HERE / "reference"
SEED = 2026
DOCTORS = 3000
YEARS = thin.YEARS
PEER_DAYS = (date(2025, 12, 31), AS_OF)
COUNTED = ["doctor_id", "indicator", "status"]
Tell = Callable[[str], None]


def build_practices(to: Path = SHIPPED) -> None:
    """Write the named practices as one data folder, each drawn from its own stream of random numbers."""
    given, as_of = model.load(), to_day(AS_OF)
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    drawn = []
    for profile in profiles():
        rng = np.random.default_rng(np.random.SeedSequence([SEED, 0, int(profile.id[1:])]))
        drawn.append(generate.practice(given, profile.doctor(), as_of, rng, profile.beside()))
    generate.write_block(given, drawn, to, "")
    shared.write(given, to)
    for name, table in practices.tables():
        pq.write_table(table, to / f"{name}.parquet", compression="zstd", store_schema=False)
    departments = {profile.id: profile.department for profile in profiles()}
    identities.write(to, [SEED, 0], departments, [to / "patients.parquet"])
    (to / "dataset.toml").write_text(dataset_toml(generate.dataset(given, AS_OF)), encoding="utf-8")


def build_measures(work: Path, practices: Path = SHIPPED, to: Path = REFERENCE / "measures") -> None:
    """Count the measures of relevance on the named practices, each year; the sums of their parts stay under `work`."""
    for year in YEARS:
        measured.build(practices, year, load_measures(), work / str(year), AS_OF)
        shutil.copytree(work / str(year), to / str(year), dirs_exist_ok=True)


def build_reference(doctors: int, work: Path, to: Path = REFERENCE, tell: Tell = print) -> None:
    """Build everything under `reference/` from populations of `doctors` practices written under `work`."""
    tell(f"Sobriété : population de {doctors} médecins")
    population = work / "sobriety"
    generate.generate(doctors, SEED, population, thin=thin.for_sobriety)
    _declare_cover(population)
    store = open_store(population)
    for year in YEARS:
        tell(f"Sobriété : référence {year}")
        reference.build(store, year, load_definition(year), to / str(year), AS_OF)
    tell(f"Prévention et forfait : population de {doctors} médecins")
    generate.generate(doctors, SEED, work / "prevention", thin=thin.for_prevention_and_pay)
    store = open_store(work / "prevention")
    tell("Prévention : confrères")
    peers = pa.concat_tables(peer_counts(store, day) for day in PEER_DAYS)
    pq.write_table(peers, to / "prevention_peers.parquet", compression="zstd", compression_level=9)
    tell("Forfait : pays")
    country.build_country(store, to / "forfait")


def peer_counts(store: Store, day: date) -> pa.Table:
    """Rows of `doctor_counts` and their day. Counted block by block: the patients of a doctor may be in two of them."""
    blocks = assess_blocks(store, load_set(defaults().prevention.peers), day)
    counted = pa.concat_tables(doctor_counts(decoded(block.select(COUNTED))) for block in blocks)
    summed = counted.group_by(["doctor_id", "indicator"]).aggregate([("up_to_date", "sum"), ("due", "sum")])
    summed = summed.rename_columns(["doctor_id", "indicator", "up_to_date", "due"])
    summed = summed.sort_by([("doctor_id", "ascending"), ("indicator", "ascending")])
    return summed.append_column("as_of", pa.array([day] * summed.num_rows, pa.date32()))


def _declare_cover(folder: Path) -> None:
    """The thinned population tells its shorter period."""
    told = generate.dataset(
        model.load(), AS_OF, covers_from=thin.ACTS_FROM, covers_to=thin.UNTIL,
        covers={"acts": Period.model_validate({"from": thin.ACTS_FROM, "to": thin.UNTIL}),
                "deliveries": Period.model_validate({"from": thin.DELIVERIES_FROM, "to": thin.UNTIL})},
    )  # fmt: skip
    (folder / "dataset.toml").write_text(dataset_toml(told), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Construit les données fictives livrées.")
    parser.add_argument("--doctors", type=int, default=DOCTORS, help="médecins des populations de référence")
    parser.add_argument("--work", type=Path, help="où écrire les populations (sinon un dossier temporaire)")
    parser.add_argument("--practices-only", action="store_true", help="les cabinets et ce qui se compte sur eux")
    given = parser.parse_args()
    build_practices()
    with tempfile.TemporaryDirectory() as scratch:
        build_measures(Path(scratch))
        if not given.practices_only:
            build_reference(given.doctors, given.work or Path(scratch))


if __name__ == "__main__":
    main()
