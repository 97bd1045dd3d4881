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

    def ratio(self, doctor: str) -> Row:
        """patients, seen, observed, expected, ratio, se; KeyError names a stratum missing from the reference."""
        strata = self.strata()
        tracked = {atc for atc, (_, _, kept) in self.scope().items() if kept}
        spend = self.spend(doctor, tracked)
        of = {p["patient_id"]: self.stratum(p) for p in self.faithful(doctor)}
        mean = {patient: Fraction(sum(strata[key]), len(strata[key])) for patient, key in of.items()}
        observed, expected, n = sum(spend.values()), sum(mean.values()), len(of)
        row = {
            "patients": n, "seen": len(self.seen(doctor)), "observed": observed, "expected": float(expected),
            "ratio": None, "se": None,
        }  # fmt: skip
        if expected <= 0:
            return row
        ratio = observed / expected
        row["ratio"] = float(ratio)
        if observed > 0:
            residual = sum((spend[p] - ratio * mean[p]) ** 2 for p in of)
            own = math.sqrt(Fraction(n, n - 1) * residual) / observed if n > 1 else 0.0
            nat = math.sqrt(sum(variance(strata[of[p]]) for p in of)) / float(expected)
            row["se"] = max(own, nat)
        return row


def variance(values: list[int]) -> Fraction:
    if len(values) < 2:
        return Fraction(0)
    mean = Fraction(sum(values), len(values))
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
