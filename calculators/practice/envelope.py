"""The prevention envelope by indicator, one point of rate, and a variant that allows for who the patients are.

The variant pays k x 5 euros x n x p x O / E: n patients concerned, p the rate of all, O validated, E expected at the rate
that the same patients (age, sex, C2S, ALD) have among all doctors of the folder; k makes the sum what the flat rule pays.
Where E is under five the flat rule holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from calculators.dates import ages_on, to_day
from calculators.engine import sql_text
from calculators.practice import acts
from calculators.practice.acts import ROOM
from calculators.practice.capitation import capitation
from calculators.records.store import Store
from calculators.records.views import with_rights

SCHEMA = pa.schema(
    [
        *(("doctor_id", pa.string()), ("indicator", pa.string()), ("eligible", pa.int64()), ("unknown", pa.int64())),
        *(("validated", pa.int64()), ("amount_cents", pa.int64()), ("one_point_cents", pa.int64())),
    ]
)
CASE_MIX = pa.schema(
    [
        *(("doctor_id", pa.string()), ("indicator", pa.string()), ("eligible", pa.int64()), ("validated", pa.int64())),
        *(("expected", pa.float64()), ("flat_cents", pa.int64()), ("case_mix_cents", pa.int64())),
        ("difference_cents", pa.int64()),
    ]
)
LEAST_EXPECTED = 5
CONCERNED, VALIDATED = ("up_to_date", "due"), ("up_to_date",)
Cells = Mapping[tuple[str, str], Sequence[int]]
"""Concerned and validated, by (doctor, stratum)."""


@dataclass(frozen=True)
class Envelope:
    """One row: patients concerned (up to date or due), unknown, validated; what is paid, and what one point of rate is."""

    doctor_id: str
    indicator: str
    eligible: int
    unknown: int
    validated: int
    amount_cents: int
    one_point_cents: int


@dataclass(frozen=True)
class CaseMix:
    """One row: what a doctor is paid for an indicator under the flat rule and under the variant."""

    doctor_id: str
    indicator: str
    eligible: int
    validated: int
    expected: float
    flat_cents: int
    case_mix_cents: int
    difference_cents: int


@dataclass(frozen=True)
class Profile:
    """Patients alike behind a row of the variant: how many of a doctor are concerned and validated; `rate`, that of all
    doctors, so that `expected` sums to that of the row."""

    stratum: str
    eligible: int
    validated: int
    rate: float

    @property
    def expected(self) -> float:
        return self.eligible * self.rate


def envelope(verdicts: Iterable[tuple[str, str, str, int]], amounts: Mapping[str, int]) -> pa.Table:
    """Columns of SCHEMA, by doctor, in the order of `amounts` (cents of each indicator paid). `verdicts`: doctor_id,
    indicator, status, patients."""
    counted: dict[str, dict[str, list[int]]] = defaultdict(lambda: {name: [0, 0, 0] for name in amounts})
    for doctor, indicator, status, patients in verdicts:
        if indicator in amounts:
            mine = counted[doctor][indicator]
            mine[0] += patients * (status in ("up_to_date", "due"))
            mine[1] += patients * (status == "unknown")
            mine[2] += patients * (status == "up_to_date")
    rows = [
        Envelope(doctor, name, eligible, unknown, done, done * amounts[name], _half_up(eligible * amounts[name], 100))
        for doctor, found in sorted(counted.items())
        for name, (eligible, unknown, done) in found.items()
    ]
    return pa.Table.from_pylist([vars(row) for row in rows], schema=SCHEMA)


def cells(
    blocks: Iterable[pa.Table], strata: Mapping[tuple[str, str], str], amounts: Mapping[str, int]
) -> dict[str, dict[tuple[str, str], list[int]]]:
    """The cells of each indicator paid. `blocks`: doctor_id, patient_id, indicator, status, dictionary-encoded, of every
    doctor of the folder, words of a doctor and of his patient at one place; `strata`: of each (doctor, patient)."""
    counted: dict[str, dict[tuple[str, str], list[int]]] = {name: {} for name in amounts}
    for block in blocks:
        persons, person = _encoded(block["doctor_id"])
        patients, _ = _encoded(block["patient_id"])
        names, indicator = _encoded(block["indicator"])
        words, status = _encoded(block["status"])
        alike: dict[tuple[str, str], int] = {}
        keys = zip(persons, patients, strict=True)
        cell = np.array(
            [alike.setdefault((one, strata[one, patient]), len(alike)) for one, patient in keys], dtype=np.int64
        )
        sizes = [
            np.bincount(len(names) * cell[person[kept]] + indicator[kept], minlength=len(names) * len(alike))
            for kept in (np.isin(status, [words.index(one) for one in told]) for told in (CONCERNED, VALIDATED))
        ]
        for place, key in enumerate(alike):
            for at, name in enumerate(names):
                concerned, done = (int(size[len(names) * place + at]) for size in sizes)
                if concerned and name in amounts:
                    found = counted[name].setdefault(key, [0, 0])
                    found[0] += concerned
                    found[1] += done
    return counted


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The words of a dictionary-encoded column, and the place of each row's."""
    one = column.combine_chunks()
    return one.dictionary.to_pylist(), one.indices.to_numpy().astype(np.int64)


def case_mix(counted: Mapping[str, Cells], amounts: Mapping[str, int]) -> pa.Table:
    """Columns of CASE_MIX, by doctor and indicator. `counted`: the cells of each indicator."""
    rows = [row for name in amounts for row in shared(name, counted[name], amounts[name])]
    rows.sort(key=lambda row: row.doctor_id)
    return pa.Table.from_pylist([vars(row) for row in rows], schema=CASE_MIX)


def profiles(counted: Cells, doctor: str) -> list[Profile]:
    """The cells of one doctor and indicator, by stratum, beside the rate of all doctors."""
    known = rates(counted)
    mine = sorted((stratum, cell) for (one, stratum), cell in counted.items() if one == doctor)
    return [Profile(stratum, concerned, done, known[stratum]) for stratum, (concerned, done) in mine]


def rates(counted: Cells) -> dict[str, float]:
    """The rate of each stratum among all these doctors."""
    sizes: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (_, stratum), (concerned, done) in counted.items():
        sizes[stratum][0] += concerned
        sizes[stratum][1] += done
    return {name: done / size for name, (size, done) in sizes.items()}


def shared(
    indicator: str,
    counted: Cells,
    cents: int,
    reference: Mapping[str, float] | None = None,
) -> list[CaseMix]:
    """What each doctor is paid for one indicator. `reference`: rate of each stratum, by default that of all these
    doctors."""
    doctors: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    known = rates(counted) if reference is None else reference
    expected: dict[str, float] = defaultdict(float)
    for (doctor, stratum), (concerned, done) in counted.items():
        doctors[doctor][0] += concerned
        doctors[doctor][1] += done
        expected[doctor] += concerned * known[stratum]
    everyone, validated = (sum(total[place] for total in doctors.values()) for place in (0, 1))
    rate = validated / everyone if everyone else 0.0
    weighed = {
        one: doctors[one][0] * rate * doctors[one][1] / expected[one]
        for one in doctors
        if expected[one] >= LEAST_EXPECTED
    }
    whole = sum(doctors[one][1] for one in weighed)
    k = whole / sum(weighed.values()) if sum(weighed.values()) else 1.0
    return [_paid(indicator, one, doctors[one], expected[one], weighed.get(one), k, cents) for one in sorted(doctors)]


def _paid(
    indicator: str, doctor: str, counted: Sequence[int], expected: float, weighed: float | None, k: float, cents: int
) -> CaseMix:
    flat = counted[1] * cents
    other = flat if weighed is None else int(Decimal(k * weighed * cents).to_integral_value(ROUND_HALF_UP))
    return CaseMix(doctor, indicator, counted[0], counted[1], expected, flat, other, other - flat)


def strata(store: Store, doctor: str | None, day: date) -> dict[tuple[str, str], str]:
    """Age class, sex, C2S and ALD of each (doctor_id, patient_id) of the lists on a day; what is not recorded is its own."""
    engine = store.engine()
    engine.view("asked", acts.asked(store, doctor))
    acts.step(engine, ["listed"], {"list_day": to_day(day)})
    engine.define("with_ald", with_rights(sql_text(ROOM, "with_ald")), store.rights_on(to_day(day)))
    rows = engine.fetch(
        "select d.doctor_id, k.patient_id, l.birth_day, l.sex, w.ald, w.c2s from listed l "
        "join asked d on d.doctor = l.doctor join patient_keys k on k.patient = l.patient "
        "left join with_ald w on w.doctor = l.doctor and w.patient = l.patient"
    )
    ages = ages_on(rows["birth_day"].to_numpy().astype(np.int32), day).tolist()
    columns = (rows[name].to_pylist() for name in ("doctor_id", "patient_id", "sex", "ald", "c2s"))
    firsts = {age: max(one for one in capitation().ages if one <= age) for age in set(ages)}
    words: dict[tuple[int, Any, Any, Any], str] = {}
    found = {}
    for one, patient, *of, age in zip(*columns, ages, strict=True):
        alike = (firsts[age], *of)
        found[one, patient] = words.get(alike) or words.setdefault(alike, " ".join(map(str, alike)))
    return found


def _half_up(value: int, by: int) -> int:
    return (2 * value + by) // (2 * by)
