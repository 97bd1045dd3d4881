"""A country of doctors as cells, on disk: lists as counts per profile, and how many doctors each list stands for.

A folder of four parquet files and `country.toml`:
* `doctors`: columns of `doctors.SCHEMA`, weight (number of doctors it stands for);
* `cells`: doctor_id, age, ald, c2s, seen (null: the record does not say), patients;
* `indicators`: indicator_set, doctor_id, indicator, eligible (patients concerned), patients (validated), unseen (among
  these, known as not seen);
* `profiles`: indicator_set, age, ald, c2s, seen, indicator, eligible, validated: the whole country, weighted.

Only counts: no patient, and doctors who do not exist. Lists are read as one version reads them (day, age, last contact);
a version that reads otherwise cannot be priced on them. Decisions: whoever is on the list on 31 December but was not on
the list day is counted in `indicators` (the doctor is paid for him) and not in `profiles`; the weights are whole and
sum to the number of doctors of `country.toml`, spread as evenly as whole numbers allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import tomli_w

from calculators import rules
from calculators.engine import Engine, sql_text
from calculators.errors import UnusableFolderError
from calculators.forfait import cohort
from calculators.forfait.doctors import ROOM, Doctors, Ints
from calculators.forfait.population import Population, Verdicts, as_counted, reading, with_lists
from calculators.forfait.version import FOLDER, Version, load_version
from calculators.records.store import Store
from calculators.rules import Frozen

FILES = ("doctors", "cells", "indicators", "profiles")
SMALL = {"age": pa.int8(), "ald": pa.int8(), "c2s": pa.int8(), "seen": pa.int8(), "birth_day": pa.int32(),
         "installed_day": pa.int32(), "weight": pa.int32()}  # fmt: skip


@dataclass(frozen=True)
class Country:
    """A weighted population, with the patients each indicator concerns. `eligible` is [doctor, indicator] per set, in
    the order of `people.validated`; `profiles` per set: age, ald, c2s, seen, indicator, eligible, validated."""

    label: str
    year: int
    synthetic: bool
    people: Population
    eligible: Mapping[str, Ints]
    profiles: Mapping[str, pa.Table]

    def knows(self, version: Version) -> bool:
        """Was the country counted as this version reads a list (that of its advances, if it has some), and for the
        indicators it pays?"""
        return reading(as_counted(version, self.people)) == self.people.reading and (version.indicator_set or "") in (
            "",
            *self.eligible,
        )


class Scale(Frozen):
    """Whom a national amount is for: so many doctors, paid as those of the reference on average."""

    id: str
    doctors: int
    label: str


@cache
def scales() -> tuple[Scale, ...]:
    """The choices of `country.toml`; the first is the reference itself."""
    given = rules.read_toml(FOLDER / "country.toml")["scale"]
    return tuple(rules.validate(one, Scale, "country.toml") for one in given)


def tables(
    store: Store, version: Version, year: int, judged: Mapping[str, pa.Table], doctors: int | None = None
) -> dict[str, pa.Table]:
    """The four tables of a country from the lists of a store, read as `version` reads them.

    `judged` gives per indicator set the patients concerned on 31 December: patient_id, doctor_id, indicator, validated
    (bool). `doctors`: how many the lists stand for; by default as many as `country.toml` says.
    """
    engine = store.engine()
    people = with_lists(engine, cohort.build(engine, store, version, year, None)[1]).drop_columns(["doctor"])
    total = doctors or int(rules.read_toml(FOLDER / "country.toml")["country"]["doctors"])
    weight = pa.array(_spread(total, people.num_rows), pa.int32())
    people = people.append_column("weight", weight)
    engine.view("weights", people.select(["doctor_id", "weight"]))
    found = {"doctors": people, "cells": engine.fetch(sql_text(ROOM, "cells"))}
    per_set = {name: _judged(engine, table) for name, table in judged.items()}
    for position, file in enumerate(("indicators", "profiles")):
        found[file] = pa.concat_tables(_named(name, parts[position]) for name, parts in per_set.items())
    return found


def save(found: Mapping[str, pa.Table], folder: Path, version: Version, year: int, synthetic: bool) -> None:
    """Write the tables of a country and what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        table = found[name]
        small = [
            pa.field(f.name, SMALL.get(f.name, pa.int32() if f.type == pa.int64() else f.type)) for f in table.schema
        ]
        pq.write_table(
            table.cast(pa.schema(small)), folder / f"{name}.parquet", compression="zstd", compression_level=9
        )
    label = rules.read_toml(FOLDER / "country.toml")["country"]["label"]
    about = {"label": label, "year": year, "version": version.id, "synthetic": synthetic}
    text = tomli_w.dumps(about | {"reading": [str(part) for part in reading(version)]})
    (folder / "country.toml").write_text(text, encoding="utf-8")


def open_country(folder: Path) -> Country:
    """The country of a folder. Raises UnusableFolderError when it is missing, or was read in another way."""
    if not (folder / "country.toml").is_file():
        raise UnusableFolderError(f"« {folder} » n’a pas de population de référence (country.toml manque).")
    about = rules.read_toml(folder / "country.toml")
    version = load_version(about["version"])
    if list(map(str, reading(version))) != about["reading"]:
        raise UnusableFolderError(f"La population de « {folder} » a été comptée sous une autre lecture de la liste.")
    found = {name: pq.read_table(folder / f"{name}.parquet") for name in FILES}
    return build(found, version, about["year"], about["label"], about["synthetic"])


def build(found: Mapping[str, pa.Table], version: Version, year: int, label: str, synthetic: bool) -> Country:
    """A country from its four tables."""
    sets = pc.unique(found["indicators"]["indicator_set"]).to_pylist()
    counted = {name: _of_set(found["indicators"], name) for name in sets}
    people = Population.from_cells(found["cells"], found["doctors"], version, year, counted)
    eligible = {name: _eligible(table, people.doctors) for name, table in counted.items()}
    profiles = {name: _of_set(found["profiles"], name) for name in sets}
    return Country(label, year, synthetic, people, eligible, profiles)


def _judged(engine: Engine, table: pa.Table) -> tuple[pa.Table, pa.Table]:
    columns = ["patient_id", "doctor_id", "indicator"]
    validated = table["validated"].cast(pa.int32())
    engine.view("judged", table.select(columns).append_column("validated", validated))
    return engine.fetch(sql_text(ROOM, "judged_doctors")), engine.fetch(sql_text(ROOM, "judged_profiles"))


def _named(name: str, table: pa.Table) -> pa.Table:
    return table.add_column(0, "indicator_set", pa.array([name] * table.num_rows, pa.string()))


def _of_set(table: pa.Table, name: str) -> pa.Table:
    return table.filter(pc.field("indicator_set") == name).drop_columns(["indicator_set"])


def _eligible(table: pa.Table, doctors: Doctors) -> Ints:
    renamed = table.drop_columns(["patients"]).rename_columns({"eligible": "patients"})
    return Verdicts.from_table(renamed, doctors).patients


def _spread(total: int, among: int) -> Ints:
    """Whole weights that sum to the total; the first ones take one more."""
    weights = np.full(among, total // max(among, 1), dtype=np.int64)
    weights[: total - int(weights.sum())] += 1
    return weights


def _half_up(numerator: Ints, denominator: Ints | int) -> Ints:
    return (2 * numerator + denominator) // (2 * np.asarray(denominator))
