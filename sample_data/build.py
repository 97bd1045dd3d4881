"""What ships: `practices/` (the named practices) and `reference/` (sobriety and peers, from a larger population).

`python -m sample_data.build [--doctors N] [--work DIR]`. The population itself does not ship. Thinned copies of it are
written, for each calculator reads little of it: sobriety wants two years and the six months before, prevention the acts
and products its rules name. `reference/<year>/` is a reference folder; `reference/prevention_peers.parquet` has
doctor_id, indicator, up_to_date, due (numbers of patients) and as_of.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calculators.dates import to_day, year_of
from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.prevention.rates import doctor_counts
from calculators.records.folder import Period, dataset_toml
from calculators.records.store import open_store
from calculators.sobriety import reference
from calculators.sobriety.definition import load_definition
from sample_data import generate, model
from sample_data.generate import AS_OF, Practice
from sample_data.practices import profiles

HERE = Path(__file__).parent
SHIPPED, REFERENCE = HERE / "practices", HERE / "reference"
SEED = 2026
DOCTORS = 3000
PREVENTION_DOCTORS = 600
YEARS = (2024, 2025)
PEER_DAYS = (date(2025, 12, 31), AS_OF)
RULES = "convention_2024"
ACTS_FROM = date(YEARS[0], 1, 1)
DELIVERIES_FROM = date(YEARS[0] - 1, 7, 1)
"""Six months before the first year, for its look-back."""
Tell = Callable[[str], None]


def build_practices(to: Path = SHIPPED) -> None:
    """Write the named practices as one data folder, each drawn from its own stream of random numbers."""
    given, as_of = model.load(), to_day(AS_OF)
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    drawn = []
    for profile in profiles():
        rng = np.random.default_rng(np.random.SeedSequence([SEED, 0, int(profile.id[1:])]))
        drawn.append(generate.practice(given, profile.doctor(), as_of, rng))
    generate.write_block(given, drawn, to, "")
    (to / "dataset.toml").write_text(dataset_toml(generate.dataset(given, AS_OF)), encoding="utf-8")


def build_reference(doctors: int, work: Path, to: Path = REFERENCE, tell: Tell = print) -> None:
    """Build the sobriety references and the prevention peers from generated populations written under `work`."""
    tell(f"Sobriété : population de {doctors} médecins")
    population = work / "sobriety"
    generate.generate(doctors, SEED, population, thin=_for_sobriety)
    _declare_cover(population)
    tell("Sobriété : base compacte")
    store = open_store(population)
    for year in YEARS:
        tell(f"Sobriété : référence {year}")
        reference.build(store, year, load_definition(year), to / str(year), AS_OF)
    _write_peers(min(doctors, PREVENTION_DOCTORS), work / "prevention", to, tell)


def _write_peers(doctors: int, population: Path, to: Path, tell: Tell) -> None:
    tell(f"Prévention de {doctors} médecins")
    generate.generate(doctors, SEED, population, thin=_for_prevention)
    store, rules = open_store(population), load_set(RULES)
    parts = []
    for day in PEER_DAYS:
        counted = doctor_counts(assess(store, rules, day))
        parts.append(counted.append_column("as_of", pa.array([day] * counted.num_rows, pa.date32())))
    peers = pa.concat_tables(parts)
    pq.write_table(peers, to / "prevention_peers.parquet", compression="zstd", compression_level=9)


def _for_sobriety(one: Practice) -> Practice:
    """The years and their look-back, of those who may be faithful; of the acts, one per performer and year says who was
    seen."""
    people, since, first, until = (
        one.people,
        to_day(DELIVERIES_FROM),
        to_day(ACTS_FROM),
        to_day(date(YEARS[-1], 12, 31)),
    )
    back = np.isin(np.arange(len(people)), people.back[:, 0])
    grown = people.birth <= to_day(date(YEARS[-1] - load_definition(YEARS[-1]).patients.minimum_age, 12, 31))
    kept = (
        grown
        & (people.last >= to_day(date(YEARS[0], 12, 31)))
        & ((people.first < to_day(date(YEARS[-1], 1, 1))) | back)
    )
    sold, done = one.deliveries, one.acts
    sold = _rows(sold, kept[sold["patient"]] & (sold["day"] >= since) & (sold["day"] <= until))
    done = _rows(done, kept[done["patient"]] & (done["day"] >= first) & (done["day"] <= until))
    key = (done["patient"].astype(np.int64) * 1000 + done["by"]) * 100 + (year_of(done["day"]) - YEARS[0])
    _, once = np.unique(key, return_index=True)
    return replace(one, deliveries=sold, acts={name: values[once] for name, values in done.items()})


def _for_prevention(one: Practice) -> Practice:
    """The acts and products that rules name."""
    given = model.load()
    codes = [section for section in model.rule_codes().values() if isinstance(section, dict)]
    named = {(system, code) for section in codes for system in model.SYSTEMS for code in section.get(system, ())}
    prefixes = tuple(code for section in codes for code in section.get("atc", ()))
    cip13 = {code for section in codes for code in section.get("cip13", ())}
    acts = np.array([act in named for act in given.acts])
    products = np.array([a.startswith(prefixes) or c in cip13 for a, c in zip(given.atc, given.cip13, strict=True)])
    return replace(
        one, acts=_rows(one.acts, acts[one.acts["act"]]),
        deliveries=_rows(one.deliveries, products[one.deliveries["product"]]),
    )  # fmt: skip


def _rows(columns: dict[str, model.Array], kept: model.Array) -> dict[str, model.Array]:
    return {name: values[kept] for name, values in columns.items()}


def _declare_cover(folder: Path) -> None:
    """The thinned population tells its shorter period."""
    until = date(YEARS[-1], 12, 31)
    told = generate.dataset(
        model.load(), AS_OF, covers_from=ACTS_FROM, covers_to=until,
        covers={"acts": Period.model_validate({"from": ACTS_FROM, "to": until}),
                "deliveries": Period.model_validate({"from": DELIVERIES_FROM, "to": until})},
    )  # fmt: skip
    (folder / "dataset.toml").write_text(dataset_toml(told), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Construit les données fictives livrées.")
    parser.add_argument("--doctors", type=int, default=DOCTORS, help="médecins de la population de référence")
    parser.add_argument("--work", type=Path, help="où écrire la population (sinon un dossier temporaire)")
    parser.add_argument("--practices-only", action="store_true", help="les cabinets, sans la référence")
    given = parser.parse_args()
    build_practices()
    if given.practices_only:
        return
    with tempfile.TemporaryDirectory() as scratch:
        build_reference(given.doctors, given.work or Path(scratch))
        build_country(given.work or Path(scratch))


def build_country(work: Path) -> None:
    """The population of the forfait; its module builds on this one."""
    from sample_data import country

    country.build_country(min(DOCTORS, country.DOCTORS), work / "forfait")


if __name__ == "__main__":
    main()
