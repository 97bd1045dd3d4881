"""The sobriety ratio from raw rows, in plain slow Python, written from the definition and from nothing else.

`World` holds the canonical rows as dicts with dates. Everything is recomputed at each question: a person can check
each function against the text of the definition.
"""

import calendar
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from scipy import stats

Row = dict[str, Any]


def months_before(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


@dataclass
class World:
    """Canonical rows and the numbers of the definition."""

    tables: dict[str, list[Row]]
    year: int
    seen_over: int
    minimum_age: int = 17
    age_from: tuple[int, ...] = (17, 40, 55, 65, 75)
    gp: tuple[str, ...] = ("01", "22", "23")
    months: int = 6

    @property
    def last(self) -> date:
        return date(self.year, 12, 31)

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def doctors(self) -> list[str]:
        return sorted({r["doctor_id"] for name in ("doctors", "registrations") for r in self.rows(name)})

    def active(self, row: Row, on: date) -> bool:
        return row["from_date"] <= on and (row["to_date"] is None or row["to_date"] >= on)

    def acts(self) -> list[tuple]:
        """(patient, system, code, date) of the year that happened."""
        net: dict[tuple, int] = defaultdict(int)
        for r in self.rows("acts"):
            net[r["patient_id"], r["system"], r["code"], r["date"]] += r["quantity"]
        return [key for key, quantity in net.items() if quantity > 0 and key[3].year == self.year]

    def deliveries(self) -> dict[tuple, bool]:
        """(patient, atc, date, prescriber) that happened, at any date -> prescribed by a GP."""
        net: dict[tuple, int] = defaultdict(int)
        by_gp: dict[tuple, bool] = defaultdict(bool)
        for r in self.rows("deliveries"):
            key = r["patient_id"], r["atc"], r["date"], r["prescriber_id"]
            net[key] += r["boxes"]
            by_gp[key] |= r["prescriber_specialty"] in self.gp
        return {key: by_gp[key] for key, boxes in net.items() if boxes > 0}

    def faithful(self, doctor: str) -> list[Row]:
        """Patients rows, sorted by id."""
        before = date(self.year - 1, 12, 31)
        mine = [r for r in self.rows("registrations") if r["doctor_id"] == doctor]
        now = {r["patient_id"] for r in mine if self.active(r, self.last)}
        then = {r["patient_id"] for r in mine if self.active(r, before)}
        cared = {k[0] for k in self.acts()} | {k[0] for k in self.deliveries() if k[2].year == self.year}
        return [
            p
            for p in sorted(self.rows("patients"), key=lambda p: p["patient_id"])
            if p["patient_id"] in now & then & cared
            and age(p["birth_date"], self.last) >= self.minimum_age
            and (p["died_on"] is None or p["died_on"] > self.last)
        ]

    def faithful_ids(self, doctor: str) -> list[str]:
        return [p["patient_id"] for p in self.faithful(doctor)]

    def seen(self, doctor: str) -> list[str]:
        """Faithful patients with an act that happened and that the doctor performed."""
        happened = set(self.acts())
        found = []
        for p in self.faithful(doctor):
            net: dict[tuple, int] = defaultdict(int)
            for r in self.rows("acts"):
                if r["patient_id"] == p["patient_id"] and r["performer_id"] == doctor:
                    net[r["patient_id"], r["system"], r["code"], r["date"]] += r["quantity"]
            if any(quantity > 0 and key in happened for key, quantity in net.items()):
                found.append(p["patient_id"])
        return found

    def scope(self) -> dict[str, tuple[int, int, bool]]:
        """ATC -> patients with an initiation, of whom by a GP, tracked."""
        faithful = {p["patient_id"] for doctor in self.doctors() for p in self.faithful(doctor)}
        happened = self.deliveries()
        initiated: dict[str, dict[str, bool]] = defaultdict(dict)
        for (patient, atc, day, prescriber), by_gp in happened.items():
            if patient not in faithful or day.year != self.year or prescriber is None:
                continue
            if atc is None or atc.startswith("J07"):
                continue
            start = months_before(day, self.months)
            if not any(
                (p, a) == (patient, atc) and other not in (None, prescriber) and start <= when < day
                for p, a, when, other in happened
            ):
                initiated[atc][patient] = initiated[atc].get(patient, False) or by_gp
        counts = {atc: (len(found), sum(found.values())) for atc, found in initiated.items()}
        return {atc: (n, gp, Fraction(gp, n) > Fraction(1, 2)) for atc, (n, gp) in sorted(counts.items())}

    def stratum(self, patient: Row) -> str:
        years = age(patient["birth_date"], self.last)
        place = max(i for i, start in enumerate(self.age_from) if start <= years)
        low = self.age_from[place]
        name = f"{low}+" if place + 1 == len(self.age_from) else f"{low}-{self.age_from[place + 1] - 1}"
        rights = [
            label
            for label, table in (("ALD", "ald"), ("C2S", "c2s"))
            if any(r["patient_id"] == patient["patient_id"] and self.active(r, self.last) for r in self.rows(table))
        ]
        return " ".join([name, patient["sex"], *rights])

    def spend(self, doctor: str, tracked: set[str], column: str = "base_cents") -> dict[str, int]:
        """Faithful patient -> sum of the doctor's tracked deliveries of the year."""
        total = {p["patient_id"]: 0 for p in self.faithful(doctor)}
        for r in self.rows("deliveries"):
            mine = r["prescriber_id"] == doctor and r["patient_id"] in total
            if mine and r["date"].year == self.year and r["atc"] in tracked:
                total[r["patient_id"]] += r[column] or 0
        return total

    def reference_doctors(self) -> list[str]:
        tracked = {atc for atc, (_, _, kept) in self.scope().items() if kept}
        happened = [key for key in self.deliveries() if key[2].year == self.year and key[1] in tracked]
        kept = []
        for d in sorted(self.rows("doctors"), key=lambda d: d["doctor_id"]):
            doctor, mine = d["doctor_id"], {p["patient_id"] for p in self.faithful(d["doctor_id"])}
            if (
                d["specialty"] in ("gp", "gp_mep")
                and (d["active_to"] is None or d["active_to"] >= self.last)
                and (d["installed_on"] is None or d["installed_on"] < date(self.year, 1, 1))
                and len(self.seen(doctor)) > self.seen_over
                and any(key[0] in mine and key[3] == doctor for key in happened)
            ):
                kept.append(doctor)
        return kept

    def strata(self) -> dict[str, list[int]]:
        """Stratum -> spend of each of its patients, over the doctors of the reference."""
        tracked = {atc for atc, (_, _, kept) in self.scope().items() if kept}
        found: dict[str, list[int]] = defaultdict(list)
        for doctor in self.reference_doctors():
            spend = self.spend(doctor, tracked)
            for p in self.faithful(doctor):
                found[self.stratum(p)].append(spend[p["patient_id"]])
        return dict(found)

    def held(self) -> "Held":
        """The reference, each stratum on its own."""
        tracked = {atc for atc, (_, _, kept) in self.scope().items() if kept}
        groups: dict[frozenset[str], list[tuple[str, int]]] = defaultdict(list)
        for doctor in self.reference_doctors():
            spend = self.spend(doctor, tracked)
            for p in self.faithful(doctor):
                groups[frozenset([self.stratum(p)])].append((doctor, spend[p["patient_id"]]))
        return Held(dict(groups))

    def patients_of(self, doctor: str) -> list[tuple[str, int]]:
        """Stratum and spend of each faithful patient."""
        tracked = {atc for atc, (_, _, kept) in self.scope().items() if kept}
        spend = self.spend(doctor, tracked)
        return [(self.stratum(p), spend[p["patient_id"]]) for p in self.faithful(doctor)]

    def ratio(self, doctor: str) -> Row:
        """The figures of `compare`, then seen, reason_code and what is known of tau; without a ratio where a stratum is
        missing from the reference."""
        held, mine, members = self.held(), self.patients_of(doctor), self.reference_doctors()
        missing = [key for key, _ in mine if held.group_of(key) is None]
        row = {} if missing else compare(mine, held, doctor if doctor in members else None)
        row |= {
            "patients": len(mine), "seen": len(self.seen(doctor)), "observed": sum(cents for _, cents in mine),
            "smallest_stratum": min((len(held.groups.get(held.group_of(key), [])) for key, _ in mine), default=None),
            "own_weight": held.own_weight(mine, doctor if doctor in members else None),
        } | self.tau(held)  # fmt: skip
        row["reason_code"] = self.reason_code(doctor, row, bool(missing), members)
        return row

    def tau(self, held: "Held") -> Row:
        """Of too few doctors to estimate it: assumed, with limits from three doctors on."""
        found = [compare(self.patients_of(doctor), held, doctor) for doctor in self.reference_doctors()]
        known = [(row["ratio"], row["chance"]) for row in found if row["ratio"] and row["ratio"] > 0 and row["chance"]]
        assert len(known) < 20
        low, high = spread_limits(known) if len(known) > 2 else (None, None)
        return {"tau": 0.15, "tau_basis": "supposé", "tau_low": low, "tau_high": high}

    def reason_code(self, doctor: str, row: Row, missing: bool, members: list[str]) -> str:
        [about] = [d for d in self.rows("doctors") if d["doctor_id"] == doctor] or [{"installed_on": None}]
        if row["seen"] <= self.seen_over:
            return "too_few_seen"
        if members == [doctor]:
            return "self_only"
        if missing:
            return "missing_strata"
        if row["ratio"] is None:
            return "nothing_expected"
        if row["se"] is None:
            return "nothing_observed"
        if row["own_weight"] > 0.02 and row["without_self"]["se"] is None:
            return "nothing_expected"
        if about["installed_on"] and about["installed_on"] >= date(self.year, 1, 1):
            return "installed_in_year"
        return "low_reliability" if 0.15**2 / (0.15**2 + row["se"] ** 2) < 0.70 else ""


@dataclass
class Held:
    """A reference: (doctor, cents) of each patient, by group of strata held as one (a stratum alone, unless published)."""

    groups: dict[frozenset[str], list[tuple[str, int]]]
    least: int = 20

    def group_of(self, key: str) -> frozenset[str] | None:
        return next((group for group in self.groups if key in group), None)

    def everybody(self, without: str | None = None) -> list[int]:
        return [cents for patients in self.groups.values() for doctor, cents in patients if doctor != without]

    def compared_with(self, group: frozenset[str], without: str | None) -> list[int]:
        """Whose mean a patient of this group is expected to cost: the others there; else those of the same sex and rights
        at any age; else all others."""
        here = [cents for doctor, cents in self.groups[group] if doctor != without]
        lines = {line_of(key) for key in group}
        near = [
            cents
            for other, patients in self.groups.items()
            if lines & {line_of(key) for key in other}
            for doctor, cents in patients
            if doctor != without
        ]
        return here or near or self.everybody(without)

    def variance(self, group: frozenset[str]) -> Fraction:
        """Its own from 20 patients on; else that of its age class; else that of everybody."""
        own = [cents for _, cents in self.groups[group]]
        if len(own) >= self.least:
            return variance(own)
        ages = {age_of(key) for key in group}
        pool = [
            cents
            for other, patients in self.groups.items()
            if ages & {age_of(key) for key in other}
            for _, cents in patients
        ]
        return variance(pool if len(pool) >= self.least else self.everybody())

    def own_weight(self, mine: list[tuple[str, int]], doctor: str | None) -> float | None:
        """For each of his patients, which share of the patients of that stratum are his; on average."""
        shares = []
        for key, _ in mine:
            there = self.groups.get(self.group_of(key), [])
            shares.append(Fraction(sum(one == doctor for one, _ in there), len(there) or 1))
        return float(sum(shares) / len(shares)) if shares else None


def age_of(key: str) -> str:
    return key.split()[0]


def line_of(key: str) -> str:
    return " ".join(key.split()[1:])


def compare(mine: list[tuple[str, int]], held: Held, doctor: str | None) -> Row:
    """Figures of a doctor (None: not of the reference), and `without_self` those without him; a figure that does not exist
    is None. `mine`: stratum and cents of each of his patients."""
    return against(mine, held, None) | {"without_self": against(mine, held, doctor)}


def against(mine: list[tuple[str, int]], held: Held, without: str | None) -> Row:
    """expected, ratio, chance (the greater of own and nat), ref, se and the four limits."""
    groups = [held.group_of(key) for key, _ in mine]
    behind = {group: held.compared_with(group, without) for group in groups}
    mean = {group: Fraction(sum(pool), len(pool)) if pool else None for group, pool in behind.items()}
    nothing = dict.fromkeys(("expected", "ratio", "chance", "ref", "se", *LIMITS))
    if None in mean.values():
        return nothing
    observed, expected, n = sum(cents for _, cents in mine), sum(mean[group] for group in groups), len(mine)
    if expected <= 0:
        return nothing | {"expected": float(expected)}
    ratio = Fraction(observed) / expected
    row = nothing | {"expected": float(expected), "ratio": float(ratio)}
    if observed <= 0:
        return row
    residual = sum((cents - ratio * mean[group]) ** 2 for (_, cents), group in zip(mine, groups, strict=True))
    own = math.sqrt(Fraction(n, n - 1) * residual) / observed if n > 1 else 0.0
    nat = math.sqrt(sum(held.variance(group) for group in groups)) / float(expected)
    ref = math.sqrt(
        sum(Fraction(groups.count(group) ** 2, len(behind[group])) * held.variance(group) for group in set(groups))
    ) / float(expected)
    se = math.sqrt(max(own, nat) ** 2 + ref**2)
    limits = [_times_exp(float(ratio), sign * z * se) for z in (1.96, 3.09) for sign in (-1, 1)]
    return row | {"chance": max(own, nat), "ref": ref, "se": se} | dict(zip(LIMITS, limits, strict=True))


def _times_exp(ratio: float, exponent: float) -> float | None:
    """None where it is beyond what a number holds."""
    try:
        found = ratio * math.exp(exponent)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


LIMITS = ("low_95", "high_95", "low_998", "high_998")


def spread_limits(doctors: list[tuple[float, float]]) -> tuple[float, float]:
    """Limits of tau from (ratio, standard error) of each doctor: Q falls as tau grows, so halve until it is met."""

    def q(squared: float) -> float:
        weights = [1 / (se**2 + squared) for _, se in doctors]
        effects = [math.log(ratio) for ratio, _ in doctors]
        centre = sum(w * e for w, e in zip(weights, effects, strict=True)) / sum(weights)
        return sum(w * (e - centre) ** 2 for w, e in zip(weights, effects, strict=True))

    def where(target: float) -> float:
        low, high = 0.0, 1.0
        if q(0.0) <= target:
            return 0.0
        while q(high) > target:
            high *= 2
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if q(middle) > target else (low, middle)
        return math.sqrt(low)

    degrees = len(doctors) - 1
    return where(stats.chi2.ppf(0.975, degrees)), where(stats.chi2.ppf(0.025, degrees))


def variance(values: list[int]) -> Fraction:
    if len(values) < 2:
        return Fraction(0)
    mean = Fraction(sum(values), len(values))
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def joined(patients: dict[str, int], ages: list[str], least: int) -> set[frozenset[str]] | None:
    """Strata held as one so that no group has 1 to `least` - 1 patients: the published rule, word for word. `patients` in
    the order of the file."""
    order = list(patients)
    groups = {frozenset([key]) for key in order}

    def size(group: frozenset[str]) -> int:
        return sum(patients[key] for key in group)

    while any(size(group) < least for group in groups):
        group = min((g for g in groups if size(g) < least), key=lambda g: (size(g), min(map(order.index, g))))
        others = groups - {group}
        partners = _same_line(group, others, ages)
        sexes, alds = ({part(key) for key in group} for part in (_sex, _ald))
        for widened in ((sexes, alds, {0, 1}), (sexes, {0, 1}, {0, 1}), ({"F", "M"}, {0, 1}, {0, 1})):
            partners = partners or {
                other
                for other in others
                if any(_sex(k) in widened[0] and _ald(k) in widened[1] and _c2s(k) in widened[2] for k in other)
            }
        if not partners:
            return None
        groups = (others - partners) | {group.union(*partners)}
    return groups


def _same_line(group: frozenset[str], others: set[frozenset[str]], ages: list[str]) -> set[frozenset[str]]:
    """The next younger age class of the same sex and rights, else the next older."""
    [line, *more] = {line_of(key) for key in group}
    if more:
        return set()
    near = {other for other in others if {line_of(key) for key in other} == {line}}
    youngest = min(ages.index(age_of(key)) for key in group)
    younger = {other for other in near if all(ages.index(age_of(key)) < youngest for key in other)}
    if younger:
        return {max(younger, key=lambda other: max(ages.index(age_of(key)) for key in other))}
    return {min(near, key=lambda other: min(ages.index(age_of(key)) for key in other))} if near else set()


def _sex(key: str) -> str:
    return key.split()[1]


def _ald(key: str) -> int:
    return int("ALD" in key.split())


def _c2s(key: str) -> int:
    return int("C2S" in key.split())
