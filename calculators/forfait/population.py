"""Doctors as counts of patients per profile: one practice or a country, priced in one multiplication.

A profile is (age, ALD, C2S, seen), each right 1, 0 or -1 (the record does not say). Unit amounts are whole cents, so a
population gives the totals of its patients one by one, to the cent. `weight` is the number of doctors a row stands for:
amounts stay those of one doctor, sums over the population are weighted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from calculators.engine import Engine, sql_text
from calculators.errors import UserError
from calculators.forfait import cohort, supplements
from calculators.forfait.doctors import ROOM, Doctors, Ints
from calculators.forfait.pay import by_part
from calculators.forfait.standing import Standing, halves_up, standing
from calculators.forfait.supplements import Listed
from calculators.forfait.terms import PARTS, Part
from calculators.forfait.version import Version, on_advances
from calculators.records.store import Store

DEFAULTS = {"ald": 0, "c2s": 0, "seen": 1}
"""What an unknown is paid as: no right, and the ordinary line."""
Reading = tuple[str, str, int, str, str]
"""Day of the list, day of ages, months and author of the last contact, acts of the campaigns: see `reading`."""


@dataclass(frozen=True)
class Verdicts:
    """Validated indicators: `patients` [doctor, indicator], and among them those known as not seen."""

    indicators: tuple[str, ...]
    patients: Ints
    unseen: Ints

    @classmethod
    def from_table(cls, table: pa.Table, doctors: Doctors) -> "Verdicts":
        """From columns doctor_id, indicator, patients, unseen; doctors outside the population are left out."""
        names = sorted(pc.unique(table["indicator"]).to_pylist())
        which = pc.index_in(table["indicator"], pa.array(names, pa.string())).to_numpy()
        who = _places(table, doctors)
        kept = who >= 0
        arrays = []
        for name in ("patients", "unseen"):
            counts = np.zeros((len(doctors), len(names)), dtype=np.int64)
            np.add.at(counts, (who[kept], which[kept]), table[name].to_numpy()[kept])
            arrays.append(counts)
        return cls(tuple(names), *arrays)


@dataclass(frozen=True)
class Population:
    """`counts` [doctor, profile] and `profiles` [profile, (age, ald, c2s, seen)]; `validated` by indicator set."""

    year: int
    reading: Reading
    doctors: Doctors
    weight: Ints
    profiles: Ints
    counts: npt.NDArray[np.float32]
    validated: Mapping[str, Verdicts] = field(default_factory=dict)

    @classmethod
    def from_cells(
        cls,
        cells: pa.Table,
        doctors: pa.Table,
        version: Version,
        year: int,
        validated: Mapping[str, pa.Table] | None = None,
    ) -> "Population":
        """From cells (doctor_id, age, ald, c2s, seen, patients; a null right is unknown) and doctors (columns of
        `doctors.SCHEMA`; optional weight), read as `version` reads a list.

        `validated` gives per indicator set a table doctor_id, indicator, patients, unseen (among them, not seen).
        """
        people = Doctors.from_table(doctors)
        weight = doctors["weight"].to_numpy() if "weight" in doctors.column_names else np.ones(len(people))
        columns = [cells[name].fill_null(-1).to_numpy().astype(np.int64) for name in ("age", *DEFAULTS)]
        code = ((columns[0] * 3 + columns[1] + 1) * 3 + columns[2] + 1) * 3 + columns[3] + 1
        _, first, kind = np.unique(code, return_index=True, return_inverse=True)
        counts = np.zeros((len(people), len(first)), dtype=np.float32)
        np.add.at(counts, (_places(cells, people), kind), cells["patients"].to_numpy().astype(np.float32))
        counted = {name: Verdicts.from_table(table, people) for name, table in (validated or {}).items()}
        profiles = np.stack([column[first] for column in columns], axis=1)
        return cls(year, reading(version), people, weight.astype(np.int64), profiles, counts, counted)

    def listed(self, doctor: str) -> int:
        """Patients on the list of a doctor."""
        return round(float(self.counts[self.doctors.doctor_id == doctor].sum()))


@dataclass(frozen=True)
class Priced:
    """Pay of a population under a version: `patients` and `cents` are [doctor, line]; doctor lines count no patient."""

    version: Version
    population: Population
    lines: tuple[tuple[Part, str], ...]
    patients: Ints
    cents: Ints

    @property
    def totals(self) -> Ints:
        """Cents per doctor."""
        return self.cents.sum(axis=1)

    @property
    def cost_cents(self) -> int:
        """Cents over the weighted population."""
        return int(self.totals @ self.population.weight)

    @property
    def by_part(self) -> dict[str, int]:
        """Weighted cents of each part that costs something, in the usual order."""
        cents = (self.population.weight @ self.cents).tolist()
        return {part: sum_ for part, sum_ in by_part((part for part, _ in self.lines), cents).items() if sum_}

    def table(self) -> pa.Table:
        """doctor_id, part, line, patients, amount_cents: one row per doctor and line paid."""
        who, which = np.nonzero((self.cents != 0) | (self.patients != 0))
        return pa.table(
            {
                "doctor_id": pa.array(self.population.doctors.doctor_id[who], pa.string()),
                "part": pa.array([self.lines[line][0] for line in which], pa.string()),
                "line": pa.array([self.lines[line][1] for line in which], pa.string()),
                "patients": self.patients[who, which],
                "amount_cents": self.cents[who, which],
            }
        )


def reading(version: Version) -> Reading:
    """How a version reads a list and judges it: versions with the same reading may be priced on one population."""
    seen = version.seen
    return version.calendar.list_on, version.age.on, seen.months, seen.by, version.campaign


def as_counted(version: Version, people: Population) -> Version:
    """The version on the list of its advances, when that is the list a population was counted on; else itself."""
    earlier = on_advances(version)
    return earlier if reading(version) != people.reading == reading(earlier) else version


def population(
    store: Store, version: Version, year: int, validated: Mapping[str, pa.Table], doctor: str | None = None
) -> Population:
    """The lists of a store as counts, read as `version` reads them.

    `validated` holds, per indicator set, the verdicts (patient_id, doctor_id, indicator) validated on 31 December.
    """
    engine = store.engine()
    doctors = with_lists(engine, cohort.build(engine, store, version, year, doctor)[1])
    cells = engine.fetch(sql_text(ROOM, "cells"))
    counted = {}
    for name, verdicts in validated.items():
        engine.view("validated", verdicts.select(["patient_id", "doctor_id", "indicator"]))
        counted[name] = engine.fetch(sql_text(ROOM, "validated_counts"))
    return Population.from_cells(cells, doctors, version, year, counted)


def with_lists(engine: Engine, doctors: pa.Table) -> pa.Table:
    """Those of the doctors who have a list in the step table `cohort`."""
    found = engine.fetch(sql_text(ROOM, "list_doctors"))["doctor"]
    return doctors.filter(pc.is_in(doctors["doctor"], found))


def price(
    people: Population,
    version: Version,
    *,
    assume: Mapping[str, int] = DEFAULTS,
    prevention: bool = True,
    with_means: bool = False,
) -> Priced:
    """Pay of every doctor of a population, line by line; `assume` says what an unknown counts as.

    Raises UserError when the population was read in another way, or lacks the verdicts of the version's set.
    """
    if reading(version) != people.reading:
        raise UserError(
            f"« {version.label} » lit la liste autrement (jour, âge ou dernier contact) que la population donnée."
        )
    table, held = _Lines(version, people), standing(version, people.year, people.doctors)
    base = _add_patient_lines(table, people, version, held, assume)
    listed = Listed(base, *_sizes(people, assume))
    for line in supplements.of_the_base(version, people.year, people.doctors, held, listed):
        table.add_doctor_line(line)
    if prevention and version.prevention:
        _add_prevention(table, people, version, held)
    if with_means:
        for line in supplements.beside_the_base(version, people.year, people.doctors, held, listed, {}):
            table.add_doctor_line(line)
    return table.priced()


class _Lines:
    """Columns gathered line by line, put in the order of the parts at the end."""

    def __init__(self, version: Version, people: Population) -> None:
        self.version, self.people = version, people
        self.keys: list[tuple[Part, str]] = []
        self.patients: list[Ints] = []
        self.cents: list[Ints] = []

    def add(self, part: Part, key: str, patients: Ints, cents: Ints) -> None:
        """A line met again, of other doctors, is the same column."""
        if (part, key) in self.keys:
            place = self.keys.index((part, key))
            self.patients[place], self.cents[place] = self.patients[place] + patients, self.cents[place] + cents
            return
        self.keys.append((part, key))
        self.patients.append(patients)
        self.cents.append(cents)

    def add_doctor_line(self, line: supplements.DoctorLine) -> None:
        cents = np.zeros(len(self.people.doctors), dtype=np.int64)
        cents[line.who] = line.amount_cents
        self.add(line.part, line.line, np.zeros_like(cents), cents)

    def priced(self) -> Priced:
        order = sorted(range(len(self.keys)), key=lambda position: PARTS.index(self.keys[position][0]))
        patients, cents = np.stack(self.patients, axis=1)[:, order], np.stack(self.cents, axis=1)[:, order]
        return Priced(self.version, self.people, tuple(self.keys[position] for position in order), patients, cents)


def settled(people: Population, assume: Mapping[str, int]) -> tuple[Ints, Ints, Ints, Ints]:
    """age, ald, c2s, seen of every profile, unknowns replaced."""
    age, *rights = people.profiles.T
    filled = [np.where(right < 0, assume[name], right) for name, right in zip(DEFAULTS, rights, strict=True)]
    return age, filled[0], filled[1], filled[2]


def _add_patient_lines(
    table: _Lines, people: Population, version: Version, held: Standing, assume: Mapping[str, int]
) -> Ints:
    """Base lines, then C2S; returns the base of each doctor before the end of practice takes a part of it."""
    age, ald, c2s, seen = settled(people, assume)
    line = version.tariff.line[age, ald, c2s, seen]
    cents = version.tariff.cents[age, ald, c2s, seen]
    unit = [int(cents[line == position][:1].sum()) for position in range(len(version.tariff.keys))]
    supplement = version.c2s.par_patient
    paid = (c2s == 1) & ((seen == 1) | (supplement is not None and supplement.unseen))
    wanted = np.column_stack([line == position for position in range(len(unit))] + [paid])
    counts = _counted(people, wanted)
    for position, key in enumerate(version.tariff.keys):
        kept = counts[:, position] * held.is_paid
        table.add("socle", key, kept, kept * halves_up(unit[position] * held.share, held.whole))
    if supplement:
        kept = counts[:, -1] * held.rest
        table.add("c2s", "par_patient", kept, kept * held.shared_rest(np.full(len(kept), version.c2s_cents())))
    return counts[:, :-1] @ np.array(unit, dtype=np.int64)


def _sizes(people: Population, assume: Mapping[str, int]) -> tuple[Ints, Ints]:
    """Patients, and patients with C2S, of each doctor."""
    _, _, c2s, _ = settled(people, assume)
    counts = _counted(people, np.column_stack([np.ones(len(c2s), dtype=bool), c2s == 1]))
    return counts[:, 0], counts[:, 1]


def _counted(people: Population, wanted: npt.NDArray[np.bool_]) -> Ints:
    """Patients of each doctor in each group of profiles: exact, a doctor has far fewer than 2**24 patients."""
    return np.rint(people.counts @ wanted.astype(np.float32)).astype(np.int64)


def _add_prevention(table: _Lines, people: Population, version: Version, held: Standing) -> None:
    rule = version.prevention
    assert rule is not None
    if rule.indicator_set not in people.validated:
        raise UserError(f"Les indicateurs validés de l’ensemble « {rule.indicator_set} » manquent à la population.")
    verdicts = people.validated[rule.indicator_set]
    paid = verdicts.patients if rule.unseen else verdicts.patients - verdicts.unseen
    for position, indicator in enumerate(verdicts.indicators):
        counts = paid[:, position] * held.rest
        unit = np.full(len(counts), version.indicator_cents(indicator))
        table.add("prevention", indicator, counts, counts * held.shared_rest(unit))


def _places(table: pa.Table, doctors: Doctors) -> npt.NDArray[np.int64]:
    """Position of each row's doctor, -1 for a doctor outside the population."""
    known = pa.array(doctors.doctor_id, pa.string())
    found = pc.index_in(table["doctor_id"], known)
    return found.fill_null(-1).to_numpy().astype(np.int64)
