"""Statements made about the change, each judged over every reading of it that is listed.

The statements, what they announce and their readings are data (`claims.toml`); each names one of the tests below. A reading
is a list of changes to the agreement, or to the scheme it replaces, and which figure is taken. A verdict is about the
population given and what `how` says, nothing else: `holds` when every reading does, `fails` when none does, `depends`
otherwise; each reading says on which side of the announcement it falls.

Decisions: profiles are compared within one age band of the version, one right at a time, and only when the band holds
patients of both kinds; prevention per patient is what his profile validates in the whole population, at the version's
amounts; means of rates weigh each indicator by the patients it concerns. A reading whose changes the agreement chosen cannot
take, or that stands on too few simulated doctors, is left out, and named.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pydantic import Field

from calculators import rules
from calculators.forfait.country import Country
from calculators.forfait.doctors import Ints
from calculators.forfait.population import DEFAULTS, Priced, as_counted, price, reading, settled
from calculators.forfait.sensitivity import published_lines
from calculators.forfait.shares import Share, share
from calculators.forfait.version import FOLDER, Change, Version, applicable, apply_changes
from calculators.rules import Frozen, Reference

Verdict = Literal["holds", "depends", "fails", "untested"]
Side = Literal["within", "above", "below"]
Test = Literal[
    "complex_pays_more",
    "no_saving",
    "average_rise",
    "mean_rate",
    "nobody_loses",
    "mean_pay",
    "envelope_moved",
    "structure_lost",
]
Unit = Literal["euros", "percent", "change"]


class Reading(Frozen):
    """One way to read a statement. `change`, `replaced`: changes to the agreement and to the scheme it replaces. The rest
    says which figure is taken, each test its own."""

    label: str
    change: dict[str, Change] = Field(default_factory=dict)
    replaced: dict[str, Change] = Field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    among: Literal["seen", "everybody"] = "everybody"
    parts: tuple[str, ...] = ()
    of: Literal["total", "each_doctor", "median"] = "total"
    weighted: bool = False
    indicator_set: str = ""
    rates: Literal["observed", "published"] = "observed"
    beyond: float = 0.0
    contract: float = 0.0


class Claim(Frozen):
    """One statement: what it announces (from `low` to `high`; an absent end is open), what is measured, how it is tested
    and read, what is left aside. A reading may have bounds of its own."""

    id: str
    label: str
    measure: str
    test: Test
    unit: Unit
    announced: str
    low: float | None = None
    high: float | None = None
    how: str
    not_tested: str
    reference: tuple[Reference, ...]
    reading: tuple[Reading, ...]


class Claims(Frozen):
    claim: tuple[Claim, ...]


@dataclass(frozen=True)
class Pair:
    """Two profiles that differ by one right: what each is worth."""

    right: Literal["ald", "c2s"]
    from_age: int
    to_age: int | None
    seen: int
    other: int
    patients: int
    with_cents: float
    without_cents: float

    @property
    def gap_cents(self) -> float:
        return self.with_cents - self.without_cents


@dataclass(frozen=True)
class PartCost:
    """Cost of a part over the country."""

    part: str
    before_cents: int
    after_cents: int


@dataclass(frozen=True, slots=True)
class DoctorPay:
    """A doctor of the population before and after; how many he stands for."""

    before_cents: int
    after_cents: int
    doctors: int

    @property
    def gap_cents(self) -> int:
        return self.after_cents - self.before_cents


@dataclass(frozen=True)
class IndicatorRate:
    """An indicator: published rate, patients concerned and validated in the population (None: not in the set)."""

    indicator: str
    national: float
    eligible: int | None
    validated: int | None


Row = Pair | PartCost | DoctorPay | IndicatorRate


@dataclass(frozen=True)
class Figure:
    """What a reading comes to: euros in cents, or a fraction (None: of too few doctors to be told); the share it is, when it
    is one; the rows behind it."""

    value: float | None
    rows: Sequence[Row] = ()
    share: Share | None = None


@dataclass(frozen=True)
class Read:
    """A reading judged: `side` of what was announced."""

    reading: Reading
    value: float
    side: Side
    share: Share | None


@dataclass(frozen=True)
class Tested:
    """A verdict, the readings it rests on, those left out, and the rows behind the first reading."""

    claim: Claim
    verdict: Verdict
    readings: tuple[Read, ...]
    left_out: tuple[str, ...]
    rows: Sequence[Row]

    @property
    def low(self) -> float:
        return min(one.value for one in self.readings)

    @property
    def high(self) -> float:
        return max(one.value for one in self.readings)


@dataclass(frozen=True)
class Asked:
    """What a test is given: the country, the agreement and the scheme it replaces under a reading, the reading."""

    country: Country
    version: Version
    old: Version
    reading: Reading

    @property
    def weight(self) -> Ints:
        return self.country.people.weight


def claims() -> tuple[Claim, ...]:
    """The statements of `claims.toml`."""
    return rules.load(FOLDER / "claims.toml", Claims).claim


def put_to_the_test(claim: Claim, country: Country, version: Version, old: Version) -> Tested:
    """Judge a statement for `version` against the scheme it replaces, reading by reading."""
    found: list[tuple[Read, Sequence[Row]]] = []
    left_out = []
    for one in claim.reading:
        asked = _asked(country, version, old, one)
        figure = TESTS[claim.test](asked) if asked else None
        if figure is None or figure.value is None:
            left_out.append(one.label)
            continue
        found.append((Read(one, figure.value, _side(claim, one, figure.value), figure.share), figure.rows))
    reads = tuple(read for read, _ in found)
    rows = next((rows for _, rows in found if rows), ())
    return Tested(claim, _verdict(reads), reads, tuple(left_out), rows)


def _verdict(reads: Sequence[Read]) -> Verdict:
    held = [read.side == "within" for read in reads]
    if not held:
        return "untested"
    return "holds" if all(held) else "depends" if any(held) else "fails"


def _asked(country: Country, version: Version, old: Version, one: Reading) -> Asked | None:
    """The reading on this agreement; None when it cannot take the changes, or the country cannot be priced so."""
    changed = []
    for given, change in ((version, one.change), (old, one.replaced)):
        if applicable(given, change) != change:
            return None
        changed.append(as_counted(apply_changes(given, change), country.people))
    if any(reading(one) != country.people.reading for one in changed):
        return None
    if one.indicator_set and one.indicator_set not in country.eligible:
        return None
    return Asked(country, changed[0], changed[1], one)


def _side(claim: Claim, one: Reading, value: float) -> Side:
    """Where a value falls; euros are in cents, bounds in euros."""
    unit = 100 if claim.unit == "euros" else 1
    low, high = (getattr(one, end) if getattr(one, end) is not None else getattr(claim, end) for end in ("low", "high"))
    if low is not None and value < low * unit - TINY:
        return "below"
    return "above" if high is not None and value > high * unit + TINY else "within"


TINY = 1e-9


# What a patient is worth


def per_patient(country: Country, version: Version) -> pa.Table:
    """Mean pay of a patient by age band of the version, ALD, C2S and seen: from_age, to_age (null: no end), ald, c2s, seen,
    patients (weighted), base_cents, c2s_cents, prevention_cents, total_cents (means, not rounded). Majorations of the
    doctor left out."""
    age, ald, c2s, seen = settled(country.people, DEFAULTS)
    patients = country.people.weight @ country.people.counts.astype(np.float64)
    supplement = version.c2s.par_patient
    paid = (c2s == 1) & ((seen == 1) | (supplement is not None and supplement.unseen))
    frame = pd.DataFrame(
        {
            "band": _band(version, age), "ald": ald, "c2s": c2s, "seen": seen,
            "patients": patients, "base_cents": patients * version.tariff.cents[age, ald, c2s, seen],
            "c2s_cents": patients * paid * version.c2s_cents(),
        }
    )  # fmt: skip
    keys = ["band", "ald", "c2s", "seen"]
    found = (
        frame.groupby(keys, as_index=False).sum().merge(_prevention(country, version), on=keys, how="left").fillna(0)
    )
    found["total_cents"] = found["base_cents"] + found["c2s_cents"] + found["prevention_cents"]
    for name in ("base_cents", "c2s_cents", "prevention_cents", "total_cents"):
        found[name] = found[name] / found["patients"]
    found["patients"] = np.rint(found["patients"]).astype(np.int64)
    return _with_ages(pa.Table.from_pandas(found[found["patients"] > 0], preserve_index=False), version)


def _band(version: Version, age: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Place of each age among the bands of the version."""
    return np.searchsorted([band.first for band in version.bands], age, side="right") - 1


def _with_ages(table: pa.Table, version: Version) -> pa.Table:
    """The bounds of a band in place of its number."""
    held = [version.bands[place] for place in table["band"].to_pylist()]
    first, last = (pa.array([band[end] for band in held], pa.int64()) for end in (0, 1))
    return table.drop_columns(["band"]).add_column(0, "from_age", first).add_column(1, "to_age", last)


def _prevention(country: Country, version: Version) -> pd.DataFrame:
    """Cents of prevention by profile, unseen patients left out when the version does not pay them."""
    keys = ["band", "ald", "c2s", "seen"]
    if version.prevention is None:
        return pd.DataFrame({name: np.array([], dtype=np.int64) for name in keys} | {"prevention_cents": np.array([])})
    frame = country.profiles[version.prevention.indicator_set].to_pandas()
    for name, default in DEFAULTS.items():
        frame[name] = frame[name].fillna(default).astype(np.int64)
    frame["band"] = _band(version, frame["age"].to_numpy())
    unit = frame["indicator"].map({name: version.indicator_cents(name) for name in set(frame["indicator"])})
    paid = (frame["seen"] == 1) | version.prevention.unseen
    frame["prevention_cents"] = frame["validated"] * unit * paid
    return frame.groupby(keys, as_index=False)["prevention_cents"].sum()


def _complex_pays_more(asked: Asked) -> Figure:
    """The least gap between a patient with a right and one without it, in cents."""
    table = per_patient(asked.country, asked.version)
    pairs = [one for right in ("ald", "c2s") for one in _pairs(table, right)]
    kept = [one for one in pairs if asked.reading.among == "everybody" or one.seen]
    return Figure(min((one.gap_cents for one in kept), default=0.0), kept)


def _pairs(table: pa.Table, right: Literal["ald", "c2s"]) -> list[Pair]:
    """Profiles that differ by one right."""
    other = "c2s" if right == "ald" else "ald"
    rows = {(r["from_age"], r["seen"], r[other], r[right]): r for r in table.to_pylist()}
    return [
        Pair(
            right, age, rows[age, seen, rest, 1]["to_age"], seen, rest, rows[age, seen, rest, 1]["patients"],
            rows[age, seen, rest, 1]["total_cents"], rows[age, seen, rest, 0]["total_cents"],
        )
        for age, seen, rest, has in sorted(rows, key=lambda key: (-key[1], key[0], key[2]))
        if has == 1 and (age, seen, rest, 0) in rows
    ]  # fmt: skip


# What the country costs, and what a doctor is paid


def costs(country: Country, version: Version) -> dict[str, int]:
    """Cents of each part over the country, means of what is paid beside the forfait included."""
    return price(country.people, as_counted(version, country.people), with_means=True).by_part


def _no_saving(asked: Asked) -> Figure:
    """By how much the agreement costs more than what it replaces, as a fraction."""
    new, before = costs(asked.country, asked.version), costs(asked.country, asked.old)
    rows = [PartCost(part, before.get(part, 0), new.get(part, 0)) for part in dict.fromkeys([*before, *new])]
    return Figure(_rise(sum(new.values()), sum(before.values())), rows)


def _average_rise(asked: Asked) -> Figure:
    """Rise of some parts (a part, or `part.line`), in all or as the mean of the rises of each doctor."""
    after, before = (_of_parts(_priced(asked, one), asked.reading.parts) for one in (asked.version, asked.old))
    rows = _doctors(before, after, asked.weight)
    if asked.reading.of == "total":
        return Figure(_rise(float(after @ asked.weight), float(before @ asked.weight)), rows)
    paid = before > 0
    each = (after[paid] / before[paid] - 1) @ asked.weight[paid]
    return Figure(float(each) / float(asked.weight[paid].sum()), rows)


def _mean_pay(asked: Asked) -> Figure:
    """Mean, or median, of some parts over the doctors, in cents."""
    after, before = (_of_parts(_priced(asked, one), asked.reading.parts) for one in (asked.version, asked.old))
    rows = _doctors(before, after, asked.weight)
    if asked.reading.of == "median":
        order = np.argsort(after, kind="stable")
        place = np.argmax(np.cumsum(asked.weight[order]) * 2 >= asked.weight.sum())
        return Figure(float(after[order][place]), rows)
    return Figure(float(after @ asked.weight) / float(asked.weight.sum()), rows)


def _nobody_loses(asked: Asked) -> Figure:
    """Share of doctors who lose more than a sum; with a `contract`, of those of a zone with a majoration, to whom it brings
    less than that sum of euros a year."""
    one = asked.reading
    after, before = (_of_parts(_priced(asked, each), one.parts) for each in (asked.version, asked.old))
    among = np.ones(len(after), dtype=bool)
    if one.contract:
        before = np.full(len(after), round(100 * one.contract))
        zones = {zone for line in asked.version.majoration.values() for zone in line.zones}
        among = np.isin(asked.country.people.doctors.zone, sorted(zones))
    found = share(after - before < -100 * one.beyond, among, asked.weight)
    return Figure(found.value, _doctors(before, after, asked.weight), found)


def _envelope_moved(asked: Asked) -> Figure:
    """By how much the prevention part is more than the ROSP it replaces: as observed, or at the published rates."""
    rosp = costs(asked.country, asked.old).get("rosp", 0)
    if asked.reading.rates == "observed":
        new = costs(asked.country, asked.version).get("prevention", 0)
    else:
        new = round(sum(_at_published_rates(asked)))
    return Figure(_rise(new, rosp), [PartCost("rosp", rosp, 0), PartCost("prevention", 0, new)])


def _at_published_rates(asked: Asked) -> list[Fraction]:
    """Cents of each indicator over the country; one without a published rate brings nothing."""
    name = asked.version.indicator_set
    if name is None:
        return []
    eligible = _eligible(asked.country, name)
    published = published_lines(eligible)
    known = [one for one in eligible if one in published]
    return [asked.version.indicator_cents(one) * eligible[one] * published[one] for one in known]


def _structure_lost(asked: Asked) -> Figure:
    """What a doctor no longer has of the forfait structure, DONUM taken off, in cents."""
    kept = (asked.old.means.get("structure"), asked.version.means.get("donum"))
    had, has = (float(mean.amount * mean.share) * 100 if mean else 0.0 for mean in kept)
    return Figure(had - has)


def _priced(asked: Asked, version: Version) -> Priced:
    return price(asked.country.people, version, with_means=True)


def _of_parts(priced: Priced, parts: Sequence[str]) -> Ints:
    """Cents of each doctor in some parts, or lines written `part.line`; in all without any."""
    wanted = [
        place
        for place, (part, line) in enumerate(priced.lines)
        if not parts or part in parts or f"{part}.{line}" in parts
    ]
    return priced.cents[:, wanted].sum(axis=1)


def _doctors(before: Ints, after: Ints, weight: Ints) -> list[DoctorPay]:
    columns = (array.tolist() for array in (before, after, weight))
    return [DoctorPay(*row) for row in zip(*columns, strict=True)]


def _rise(new: float, before: float) -> float:
    return new / before - 1 if before else 0.0


# Rates of the indicators


def _mean_rate(asked: Asked) -> Figure:
    """Mean of the published rates: plain, or weighted by the patients that each indicator concerns in the country."""
    name = asked.reading.indicator_set or asked.version.indicator_set or next(iter(asked.country.eligible))
    verdicts, eligible = asked.country.people.validated[name], _eligible(asked.country, name)
    published = published_lines(verdicts.indicators)
    done = dict(zip(verdicts.indicators, (asked.weight @ verdicts.patients).tolist(), strict=True))
    rows = [IndicatorRate(one, float(rate), eligible.get(one), done.get(one)) for one, rate in published.items()]
    if not asked.reading.weighted:
        return Figure(float(sum(published.values(), Fraction()) / len(published)), rows)
    known = [one for one in published if one in eligible]
    concerned = sum(eligible[one] for one in known)
    weighted = sum((published[one] * eligible[one] for one in known), Fraction())
    return Figure(float(weighted / concerned) if concerned else 0.0, rows)


def _eligible(country: Country, name: str) -> dict[str, int]:
    """Patients concerned by each indicator of a set, over the country."""
    indicators = country.people.validated[name].indicators
    return dict(zip(indicators, (country.people.weight @ country.eligible[name]).tolist(), strict=True))


TESTS: Mapping[Test, Callable[[Asked], Figure]] = {
    "complex_pays_more": _complex_pays_more,
    "no_saving": _no_saving,
    "average_rise": _average_rise,
    "mean_rate": _mean_rate,
    "nobody_loses": _nobody_loses,
    "mean_pay": _mean_pay,
    "envelope_moved": _envelope_moved,
    "structure_lost": _structure_lost,
}
