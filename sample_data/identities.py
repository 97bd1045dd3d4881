"""Names and phones of fictitious patients, for the folder as it stands: `identities.parquet`, as a practice folder has one.

Each doctor has a stream of random numbers of his own for this, apart from the one his patients and their care are drawn
from: with or without names, no figure moves. Given names are those of the sex and the decade of birth; two patients may
share a phone. Nobody here exists.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators.aside import file_aside
from calculators.records import identities
from calculators.rules import Frozen, Rule, load
from sample_data.model import Array

DATA = Path(__file__).with_name("identities.toml")
STREAM = 1946
"""Tells this stream of a doctor from the one of his patients."""
DECADE = 10


class Family(Frozen):
    flat: float
    names: tuple[str, ...]


class Flat(Frozen):
    """How flat the weights are, by year of birth and sex."""

    years: tuple[int, int]
    F: tuple[float, float]
    M: tuple[float, float]


class Phones(Frozen):
    mobile: str
    landline: dict[str, tuple[str, ...]]


class Names(Rule):
    """Shape of identities.toml. `given`: by sex, then by first year of a decade, the most frequent first."""

    mobile_born_from: int
    mobile: tuple[float, float]
    phones: Phones
    family: Family
    flat: Flat
    given: dict[str, dict[int, tuple[str, ...]]]


@cache
def names() -> Names:
    return load(DATA, Names)


def write(folder: Path, seed: Sequence[int], departments: Mapping[str, str | None], files: Iterable[Path]) -> None:
    """Write `identities.parquet` of a folder, for the patients of these files, whose ids start with their doctor's.
    `departments`: where each doctor practises. Written part by part: memory does not grow with the folder."""
    with (
        file_aside(folder / identities.FILE) as aside,
        pq.ParquetWriter(aside, identities.SCHEMA, compression="zstd") as writer,
    ):
        for file in files:
            patients = pq.read_table(file, columns=["patient_id", "birth_date", "sex"])
            for doctor, own in _by_doctor(patients):
                rng = np.random.default_rng(np.random.SeedSequence([*seed, int(doctor[1:]), STREAM]))
                writer.write_table(draw(own, departments.get(doctor), rng))


def draw(patients: pa.Table, department: str | None, rng: np.random.Generator) -> pa.Table:
    """One row of `identities.SCHEMA` per row of `patients` (patient_id, birth_date, sex)."""
    size, years = patients.num_rows, pc.year(patients["birth_date"]).to_numpy()
    family = _ranks(np.full(size, names().family.flat), len(names().family.names), rng)
    columns = {
        "key": patients["patient_id"],
        "leads_to": [""] * size,
        "documents": [[]] * size,
        "number": [""] * size,
        "family": pa.array(names().family.names).take(pa.array(family)),
        "given": _given(years, patients["sex"].to_pylist(), rng),
        "birth_date": patients["birth_date"],
        "sex": patients["sex"],
        "phone": _phones(years, department, rng),
        "email": [""] * size,
    }
    return pa.table(columns, schema=identities.SCHEMA)


def _by_doctor(patients: pa.Table) -> Iterable[tuple[str, pa.Table]]:
    doctors = pc.list_element(pc.split_pattern(patients["patient_id"], "-"), 0)
    for doctor in pc.unique(doctors).to_pylist():
        yield doctor, patients.filter(pc.equal(doctors, doctor))


def _ranks(flat: Array, most: int, rng: np.random.Generator) -> Array:
    """A rank from 0 for each, of weight 1 / (rank from 1 + flat). The sum of these weights is near a logarithm, of which the
    inverse is taken."""
    low, high = flat + 0.5, flat + 0.5 + most
    drawn = low * (high / low) ** rng.random(len(flat)) - low
    return np.minimum(drawn.astype(np.int64), most - 1)


def _given(years: Array, sexes: Sequence[str], rng: np.random.Generator) -> list[str]:
    flat = {sex: np.interp(years, names().flat.years, getattr(names().flat, sex)) for sex in ("F", "M")}
    ranks = _ranks(np.where(np.array(sexes) == "F", flat["F"], flat["M"]), _fewest(), rng)
    return [_list_of(*one)[rank] for *one, rank in zip(sexes, years.tolist(), ranks.tolist(), strict=True)]


@cache
def _fewest() -> int:
    return min(len(one) for lists in names().given.values() for one in lists.values())


@cache
def _list_of(sex: str, year: int) -> tuple[str, ...]:
    """The names of the decade, or of the nearest there is."""
    lists = names().given[sex]
    return lists[max((first for first in lists if first <= year), default=min(lists))]


def _phones(years: Array, department: str | None, rng: np.random.Generator) -> list[str]:
    """Mobile, or the landline of the department; mobile where it has none."""
    at_home = next((start for start, where in names().phones.landline.items() if department in where), None)
    before, since = names().mobile
    mobile = rng.random(len(years)) < np.where(years < names().mobile_born_from, before, since)
    last = rng.integers(0, 10_000, len(years))
    starts = [names().phones.mobile if one or at_home is None else at_home for one in mobile.tolist()]
    return [f"{start} {n // 100:02d} {n % 100:02d}" for start, n in zip(starts, last.tolist(), strict=True)]
