"""One doctor or a population under two versions: line by line, doctor by doctor, and as a distribution.

Everything is computed from priced populations (`population.price`), in whole cents; a weighted row counts for the
number of doctors it stands for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pyarrow as pa

from calculators.forfait.doctors import Ints
from calculators.forfait.population import Population, Priced, price
from calculators.forfait.shares import Mean, Share, mean, share
from calculators.forfait.terms import PARTS
from calculators.forfait.version import Version, apply_changes

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)


@dataclass(frozen=True)
class Distribution:
    """Differences between two versions over doctors, in cents: weighted percentiles, mean, and who loses or gains more than
    a sum."""

    doctors: int
    total_cents: int
    mean_cents: float
    percentiles: dict[int, int]
    losers: int
    gainers: int
    beyond_cents: int
    lose: Share


@dataclass(frozen=True)
class Beside:
    """An agreement over a country, beside another one: what it costs, pays a doctor, how far that is from the other; who
    gains and who loses more than a sum a year."""

    version: Version
    cost_cents: int
    pay: Mean
    gap: Mean
    gain: Share
    lose: Share


@dataclass(frozen=True)
class LineChange:
    """A line before and after: one row of `by_line`."""

    part: str
    line: str
    patients_before: int | None
    patients_after: int | None
    before_cents: int
    after_cents: int

    @property
    def gap_cents(self) -> int:
        return self.after_cents - self.before_cents


@dataclass(frozen=True)
class Across:
    """One row of `across`."""

    version: str
    part: str
    line: str
    patients: int | None
    amount_cents: int
    difference_cents: int


def by_line(before: Priced, after: Priced) -> pa.Table:
    """part, line, patients_before, patients_after, before_cents, after_cents, difference_cents: weighted sums."""
    frame = _lines(before, "before").join(_lines(after, "after"), how="outer").fillna(0).astype("int64")
    return _as_table(frame.reset_index(), ["part", "line"])


def across(lines: Mapping[str, pa.Table]) -> pa.Table:
    """Pay lines (columns of `pay.SCHEMA`) of several versions, by name -> doctor_id, version, part, line, patients (null
    for a line of the doctor himself), amount_cents, difference_cents (with the first version).

    A line that a version does not pay and the first one does is there with 0 euro: the differences of a version sum to
    the difference of its total. Doctors in order, then versions as given, then lines in the order of the parts.
    """
    names = list(lines)
    frames = {name: _summed(table) for name, table in lines.items()}
    first, rows = frames[names[0]]["amount_cents"].rename("first"), []
    for name in names:
        joined = frames[name].join(first, how="outer").reset_index()
        joined["difference_cents"] = joined["amount_cents"].fillna(0) - joined["first"].fillna(0)
        rows.append(joined.assign(version=name, place=names.index(name)))
    found = pd.concat(rows)
    found["rank"] = found["part"].map({part: position for position, part in enumerate(PARTS)})
    found["amount_cents"] = found["amount_cents"].fillna(0)
    kept = found.sort_values(["doctor_id", "place", "rank", "line"], kind="stable")[ACROSS.names]
    return pa.Table.from_pandas(kept, schema=ACROSS, preserve_index=False)


ACROSS = pa.schema(
    [
        *((name, pa.string()) for name in ("doctor_id", "version", "part", "line")),
        *((name, pa.int64()) for name in ("patients", "amount_cents", "difference_cents")),
    ]
)


def _summed(lines: pa.Table) -> pd.DataFrame:
    """Patients and cents by doctor, part and line."""
    keys = ["doctor_id", "part", "line"]
    sums = (
        lines.group_by(keys).aggregate([("amount_cents", "sum"), ("patient_id", "count")]).to_pandas().set_index(keys)
    )
    sums = sums.rename(columns={"amount_cents_sum": "amount_cents", "patient_id_count": "patients"}).astype("Int64")
    return sums.assign(patients=sums["patients"].mask(sums["patients"] == 0))


def distribution(before: Priced, after: Priced, beyond_cents: int) -> Distribution:
    """Gains and losses over the doctors, each counted with its weight; who loses or gains `beyond_cents` or less does
    neither."""
    difference, weight = after.totals - before.totals, before.population.weight
    doctors, total = int(weight.sum()), int(difference @ weight)
    lost = difference < -beyond_cents
    return Distribution(
        doctors=doctors,
        total_cents=total,
        mean_cents=total / doctors if doctors else 0.0,
        percentiles={percent: percentile(difference, weight, percent) for percent in PERCENTILES},
        losers=int(weight[lost].sum()),
        gainers=int(weight[difference > beyond_cents].sum()),
        beyond_cents=beyond_cents,
        lose=share(lost, np.ones(len(weight), dtype=bool), weight),
    )


def beside(other: Priced, one: Priced, beyond_cents: int) -> Beside:
    """One agreement beside another, on the same doctors."""
    weight = one.population.weight
    everyone, difference = np.ones(len(weight), dtype=bool), one.totals - other.totals
    return Beside(
        version=one.version,
        cost_cents=one.cost_cents,
        pay=mean(one.totals, everyone, weight),
        gap=mean(difference, everyone, weight),
        gain=share(difference > beyond_cents, everyone, weight),
        lose=share(difference < -beyond_cents, everyone, weight),
    )


def scale_to_cost(people: Population, version: Version, target_cents: int) -> Version:
    """The version with base, C2S and prevention amounts multiplied by one factor so that it costs `target_cents`.

    The factor is rounded to six decimals and unit amounts to the cent: the cost meets the target to within a fraction
    of a cent per patient. Majorations follow the base.
    """
    cost = price(people, version).cost_cents
    if not cost:
        return version
    scale, parts = Decimal(target_cents) / Decimal(cost), ("socle", "c2s", "prevention")
    present = version.scale.model_dump()
    return apply_changes(version, {f"scale.{part}": _six_decimals(present[part] * scale) for part in parts})


def _six_decimals(factor: Decimal) -> float:
    return float(factor.quantize(Decimal("0.000001"), ROUND_HALF_UP))


def _lines(priced: Priced, name: str) -> pd.DataFrame:
    weight = priced.population.weight
    index = pd.MultiIndex.from_tuples(priced.lines, names=["part", "line"])
    columns = {f"patients_{name}": weight @ priced.patients, f"{name}_cents": weight @ priced.cents}
    return pd.DataFrame(columns, index=index)


def _as_table(frame: pd.DataFrame, keys: list[str]) -> pa.Table:
    frame["difference_cents"] = frame["after_cents"] - frame["before_cents"]
    order = [*keys, "patients_before", "patients_after", "before_cents", "after_cents", "difference_cents"]
    rank = frame["part"].map({part: position for position, part in enumerate(PARTS)})
    frame = frame.assign(rank=rank).sort_values([*keys[:-2], "rank", "line"], kind="stable")
    return pa.Table.from_pandas(frame[order], preserve_index=False)


def percentile(values: Ints, weight: Ints, percent: int) -> int:
    """Smallest value that at least `percent` % of the doctors do not exceed."""
    if not len(values):
        return 0
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order]) * 100 >= percent * weight.sum()
    return int(values[order][np.argmax(reached)])
