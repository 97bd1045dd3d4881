"""The measures of each doctor: rate, what is expected for his patients, change, and whether the target is reached.

Columns of the result, one row per doctor and measure: `SCHEMA`. A rate is `per` times numerator over denominator. The ratio
to what is expected needs a reference and a measure with strata. `reached` compares limits with the target: a figure whose
limits hold it on both sides is « on ne peut pas dire ».

A doctor of the reference is partly compared with himself, which draws his ratio to 1. `own_weight` is the share he is of
what his patients are compared with (`Strata.own_weight`, from the records given, whatever the year of the reference): 0 when
he is not in it, null when the reference does not tell its doctors and nothing says that he contributed. He has no ratio
(`self_only`) where he is the only doctor of the measure. Elsewhere the ratio is the one of the definition, everybody
included, and the share is said beside it, whatever it is. No smallest number of doctors is asked besides: two other doctors
are a poor reference, but they are others, and how many they are is said; campaigns and published copies have their own
minimum.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.french import count as counted
from calculators.french import lower_first, number, percent, plain
from calculators.pertinence import statistics
from calculators.pertinence.counting import Board, Counts, count_years
from calculators.pertinence.measure import Measure, Target, texts
from calculators.pertinence.needs import Reason, Why
from calculators.pertinence.reference import MeasureReference
from calculators.pertinence.settings import settings
from calculators.records.store import Store
from calculators.spread import Floats

YES, NO, CANNOT_TELL = "oui", "non", "on ne peut pas dire"
ABOVE, COMPATIBLE, BELOW = "au-dessus", "compatible", "en dessous"
TEXT, REAL, WHOLE = pa.string(), pa.float64(), pa.int64()
SCHEMA = pa.schema(
    [
        ("doctor_id", TEXT), ("measure", TEXT), ("year", pa.int32()), ("scope", TEXT), ("denominator", WHOLE),
        ("numerator", WHOLE),
        *((name, REAL) for name in ("rate", "expected", "ratio", "low_95", "high_95", "low_998", "high_998")),
        ("verdict", TEXT), ("previous_numerator", WHOLE), ("previous_denominator", WHOLE),
        *((name, REAL) for name in ("previous_rate", "change", "change_low_95", "change_high_95")),
        ("target_kind", TEXT), ("target", REAL), ("reached", TEXT), ("reason", TEXT), ("reason_code", TEXT),
        *((name, REAL) for name in ("phi", "tau", "reliability")), ("previous_year", pa.int32()),
        ("target_year", pa.int32()), ("target_version", TEXT), ("priced_share", REAL),
        ("patients", WHOLE), ("patients_counted", WHOLE), ("own_weight", REAL),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class MeasureRow:
    """The row."""

    doctor_id: str
    measure: str
    year: int
    scope: str
    denominator: int | None
    numerator: int | None
    rate: float | None
    expected: float | None
    ratio: float | None
    low_95: float | None
    high_95: float | None
    low_998: float | None
    high_998: float | None
    verdict: str
    previous_numerator: int | None
    previous_denominator: int | None
    previous_rate: float | None
    change: float | None
    change_low_95: float | None
    change_high_95: float | None
    target_kind: str
    target: float | None
    reached: str
    reason: str
    reason_code: str
    phi: float | None
    tau: float | None
    reliability: float | None
    previous_year: int | None
    target_year: int | None
    target_version: str
    priced_share: float | None
    """Share of the lines of an amount of money that have one; null for anything else."""
    patients: int | None
    patients_counted: int | None
    """Patients of the denominator, and those of them who add something to the numerator."""
    own_weight: float | None
    """Share that the doctor is of what his patients are compared with; null where nobody can tell."""


@dataclass(frozen=True)
class Sums:
    """A doctor's measure in a year."""

    patients: int
    denominator: int
    numerator: int
    earlier: int
    strata: Mapping[int, int]
    """Denominator by stratum."""
    lines: int = 0
    unpriced: int = 0
    """Of amounts of money: lines counted, and those without an amount."""

    @property
    def rate(self) -> float:
        return self.numerator / self.denominator

    @property
    def priced_share(self) -> float | None:
        return 1 - self.unpriced / self.lines if self.lines else None

    @property
    def is_priced(self) -> bool:
        """Do almost all lines have their amount?"""
        return self.unpriced <= settings().amounts.unpriced_at_most * self.lines


NOTHING = Sums(0, 0, 0, 0, {})


@dataclass
class Year:
    """Counts of a year, opened by doctor (key) and measure."""

    counts: Counts
    sums: dict[tuple[int, str], Sums] = field(default_factory=dict)

    @cached_property
    def adding(self) -> dict[tuple[int, int], int]:
        """By doctor and number of the measure, patients who add something to the numerator."""
        some = self.counts.shares.filter(pc.greater(self.counts.shares["numerator"], 0))
        found = some.group_by(["doctor", "measure"]).aggregate([([], "count_all")])
        return {(row["doctor"], row["measure"]): row["count_all"] for row in found.to_pylist()}

    def __post_init__(self) -> None:
        for key, rows in _grouped(self.counts.cells, [one.id for one in self.counts.rules.measures]):
            total = {
                name: sum(row[name] for row in rows)
                for name in ("patients", "denominator", "numerator", "earlier", "lines", "unpriced")
            }
            self.sums[key] = Sums(**total, strata={row["stratum"]: row["denominator"] for row in rows})

    def of(self, doctor: int, measure: str) -> Sums:
        return self.sums.get((doctor, measure), NOTHING)


def rows_of(
    store: Store,
    measures: Mapping[str, Measure],
    year: int,
    doctors: Mapping[str, int],
    reference: MeasureReference | None = None,
    board: Board | None = None,
    why_none: str = "",
    contributed: Mapping[str, Collection[str]] | None = None,
) -> pa.Table:
    """Rows of `SCHEMA` of these doctors (id -> key), in order. `board`: what the prevention board says; `why_none`: why
    there is no reference; `contributed`: by measure, ids of those who are known to have contributed to it."""
    keys = list(doctors.values())
    earlier = {back: {one.id: one for one in asked} for back, asked in _years_before(measures.values(), year).items()}
    years = {each: Year(of) for each, of in count_years(store, {year: measures} | earlier, keys, board).items()}
    judge = Judge(store, years.pop(year), years, reference, why_none, contributed or {})
    found = [judge.row(id_, key, one) for id_, key in doctors.items() for one in measures.values()]
    return pa.Table.from_pylist(found, schema=SCHEMA)


def target_of(measure: Measure, year: int) -> Target | None:
    """The target of the year in the first text that has some (the signed one, else the slides): the first that ends then or
    later, else the last."""
    by_text = ([one for one in measure.target if one.version == text] for text in texts())
    asked = sorted(next(filter(None, by_text), []), key=lambda one: one.end or year)
    return next((one for one in asked if (one.end or year) >= year), asked[-1] if asked else None)


def start_of(measure: Measure, year: int) -> int:
    """The year that the year is compared with: the one its target starts from, else the one before."""
    target = target_of(measure, year)
    start = year - 1 if target is None else target.start or settings().targets.default_from
    return start if start < year else year - 1


def _years_before(measures: Iterable[Measure], year: int) -> dict[int, list[Measure]]:
    found: dict[int, list[Measure]] = {}
    for one in measures:
        for back in {start_of(one, year), year - 1}:
            found.setdefault(back, []).append(one)
    return found


class Judge:
    """What the counts of two years make of a doctor's measure."""

    def __init__(
        self, store: Store, now: Year, before: Mapping[int, Year], reference: MeasureReference | None, why_none: str,
        contributed: Mapping[str, Collection[str]],
    ) -> None:  # fmt: skip
        self.store, self.now, self.before = store, now, before
        self.reference, self.why_none, self.contributed = reference, why_none, contributed
        self.known = settings().statistics
        self._squares: dict[tuple[int, str], dict[int, float]] = {}

    def row(self, id_: str, key: int, one: Measure) -> dict[str, Any]:
        """One row of `SCHEMA`."""
        counts, mine = self.now.counts, self.now.of(key, one.id)
        row: dict[str, Any] = dict.fromkeys(SCHEMA.names) | {
            "doctor_id": id_, "measure": one.id, "year": counts.rules.year, "verdict": "", "target_kind": "", "reached": "",
            "scope": one.told_scope(counts.rules.prescribers_known), "target_version": "",
        }  # fmt: skip
        row["priced_share"] = mine.priced_share
        why = counts.problems.get(one.id) or self._unpriced(mine) or self._nobody(mine)
        if why is None:
            row |= {
                "denominator": mine.denominator, "numerator": mine.numerator, "rate": one.per * mine.rate,
                "patients": mine.patients,
                "patients_counted": self.now.adding.get((key, _number(counts, one.id)), 0),
            }  # fmt: skip
            row["own_weight"] = self._own_weight(id_, one, mine)
            why = self._compare(row, one, mine)
            self._since(row, one, key, mine)
        elif why.code is Reason.NOBODY:
            row |= {"denominator": 0, "numerator": 0}
        return row | {"reason": why.said if why else "", "reason_code": why.code.value if why else ""}

    def _nobody(self, mine: Sums) -> Why | None:
        return None if mine.denominator else Why(Reason.NOBODY, "Aucun patient de la liste n’est concerné.")

    def _unpriced(self, mine: Sums) -> Why | None:
        if not mine.lines or mine.unpriced < mine.lines:
            return None
        return Why(Reason.NO_AMOUNT, f"Non calculable : aucun montant n’est connu, de {_lines(mine.lines)}.")

    # beside what is expected
    def _compare(self, row: dict[str, Any], one: Measure, mine: Sums) -> Why | None:
        """Fill the ratio, and give the reason when there is none, or no verdict."""
        if why := self._why_no_ratio(row, one, mine):
            return why
        assert self.reference is not None
        strata = self.reference.strata(one.id)
        assert strata is not None
        expected = sum(size * strata.rate[stratum] for stratum, size in mine.strata.items() if size)
        row |= {"expected": expected, "phi": strata.phi, "tau": self.reference.tau(one.id)}
        if expected <= 0:
            return Why(Reason.NOTHING_EXPECTED, "La référence n’attend rien de ces patients.")
        row["ratio"] = mine.numerator / expected
        if mine.numerator < self.known.interval_from:
            return Why(Reason.TOO_FEW, _too_few(mine.numerator, self.known.interval_from, one.numerator.in_cents))
        return self._verdict(row, mine)

    def _verdict(self, row: dict[str, Any], mine: Sums) -> Why | None:
        for name, z in (("95", self.known.z_95), ("998", self.known.z_998)):
            row[f"low_{name}"], row[f"high_{name}"] = statistics.of_count(row["ratio"], mine.numerator, row["phi"], z)
        tau, floor = row["tau"] ** 2, self.known.reliability_floor
        row["reliability"] = tau / (tau + row["phi"] / mine.numerator)
        if row["reliability"] < floor:
            said = f"Fiabilité de {number(row['reliability'], 2)}, sous {number(floor, 2)} : pas de verdict."
            return Why(Reason.LOW_RELIABILITY, said)
        row["verdict"] = ABOVE if row["low_998"] > 1 else BELOW if row["high_998"] < 1 else COMPATIBLE
        return None

    def _own_weight(self, id_: str, one: Measure, mine: Sums) -> float | None:
        strata = self.reference.strata(one.id) if self.reference else None
        if self.reference is None or strata is None or not one.strata:
            return None
        if id_ in self.reference.members.get(one.id, ()) or id_ in self.contributed.get(one.id, ()):
            return strata.own_weight(mine.strata)
        return 0.0 if self.reference.told is None else None

    def _himself_alone(self, row: Mapping[str, Any]) -> Why | None:
        assert self.reference is not None
        if self.reference.members.get(row["measure"]) == frozenset([row["doctor_id"]]):
            said = "Non calculable : ce médecin est le seul de la référence, il ne serait comparé qu’à lui-même."
            return Why(Reason.SELF_ONLY, said)
        return None

    def _why_no_ratio(self, row: Mapping[str, Any], one: Measure, mine: Sums) -> Why | None:
        if not mine.is_priced:
            share = percent(mine.priced_share or 0.0, 1)
            said = f"Montants connus pour {share} des lignes, les seules comptées : pas de comparaison."
            return Why(Reason.UNPRICED_LINES, said)
        if not one.strata:
            return Why(Reason.RAW_RATE, "Taux brut : cette mesure n’est pas corrigée de la patientèle.")
        reference = self.reference
        if reference is None or reference.strata(one.id) is None:
            left_out = reference.not_measured.get(one.id) if reference else None
            said = f"La référence ne donne pas cette mesure : {lower_first(left_out)}" if left_out else ""
            return Why(Reason.NO_REFERENCE, said or self.why_none or "Aucune référence n’a cette mesure.")
        if reference.hashes.get(one.id) != one.hash:
            return Why(Reason.OTHER_DEFINITION, "La référence compte cette mesure autrement : reconstruisez-la.")
        unknown = [name.upper() for name in ("ald", "c2s") if name in one.strata and not self.store.knows(name)]
        if unknown:
            return Why(Reason.UNKNOWN_RIGHTS, f"{unknown[0]} non renseignée : pas de comparaison.")
        if why := self._himself_alone(row):
            return why
        strata = reference.strata(one.id)
        lacking = sum(1 for stratum, size in mine.strata.items() if size and strata and stratum not in strata.rate)
        if lacking:
            groups = plain(counted(lacking, "groupe"))
            return Why(Reason.MISSING_STRATA, f"La référence n’a aucun patient dans {groups} de cette liste.")
        return None

    # since the year before
    def _since(self, row: dict[str, Any], one: Measure, key: int, mine: Sums) -> None:
        """Fill the year before, the change and the target."""
        target = target_of(one, row["year"])
        back = next((year for year in (start_of(one, row["year"]), row["year"] - 1)
                     if one.id not in self.before[year].counts.problems and self.before[year].of(key, one.id).denominator
                     and self.before[year].of(key, one.id).is_priced),
                    None)  # fmt: skip
        if one.denominator.over_before is not None:
            self._paired(row, one, key, mine)
        elif back is not None:
            then = self.before[back].of(key, one.id)
            row |= {
                "previous_numerator": then.numerator, "previous_denominator": then.denominator,
                "previous_rate": one.per * then.rate, "previous_year": back,
            }  # fmt: skip
            if mine.is_priced:
                self._change(row, one, key, mine, then)
        if target and one.polarity != "aucune":
            row |= {
                "target_kind": target.kind, "target": target.value, "target_year": target.end,
                "target_version": target.version,
            }  # fmt: skip
            row["reached"] = self._reached(row, one, target, mine) if mine.is_priced else CANNOT_TELL

    def _change(self, row: dict[str, Any], one: Measure, key: int, mine: Sums, then: Sums) -> None:
        if then.rate > 0:
            row["change"] = mine.rate / then.rate - 1
        if min(mine.numerator, then.numerator) >= self.known.interval_from:
            squares = self._sum_of_squares(row["previous_year"], one.id).get(key, 0.0)
            limits = statistics.of_change(then.rate, mine.rate, squares, self.known.z_95)
            row["change_low_95"], row["change_high_95"] = limits

    def _paired(self, row: dict[str, Any], one: Measure, key: int, mine: Sums) -> None:
        """Of the same patients in the year before: the mean of their differences."""
        shares = _shares(self.now.counts, one.id, key)
        row |= {
            "previous_numerator": mine.earlier, "previous_denominator": mine.denominator, "previous_year": row["year"] - 1,
            "previous_rate": one.per * mine.earlier / mine.denominator,
            "change": (mine.numerator - mine.earlier) / mine.denominator,
        }  # fmt: skip
        differences = shares["numerator"].to_numpy() - shares["earlier"].to_numpy()
        if len(differences) >= self.known.interval_from:
            limits = statistics.of_difference(differences.astype(float), self.known.z_95)
            row["change_low_95"], row["change_high_95"] = limits

    def _reached(self, row: Mapping[str, Any], one: Measure, target: Target, mine: Sums) -> str:
        """Is the target reached, with the limits of the figure it is about?"""
        if target.kind in ("change", "difference"):
            low, high = row["change_low_95"], row["change_high_95"]
        else:
            low, high = statistics.wilson(mine.numerator, mine.denominator, self.known.z_95)
        if low is None or high is None:
            return CANNOT_TELL
        if one.polarity == "conforme":
            low, high = 1 - high, 1 - low
        more = one.polarity in ("plus", "conforme")
        if (low >= target.value) if more else (high <= target.value):
            return YES
        return NO if ((high < target.value) if more else (low > target.value)) else CANNOT_TELL

    def _sum_of_squares(self, back: int, measure: str) -> dict[int, float]:
        """Sum of d_i squared over the patients of either list, by doctor (key); in one order, to the last digit."""
        if (back, measure) not in self._squares:
            parts = [influence(year, measure, sign) for year, sign in ((self.now, 1.0), (self.before[back], -1.0))]
            both = pa.concat_tables(parts).group_by(["doctor", "patient"], use_threads=False).aggregate([("d", "sum")])
            squared = both.append_column("square", pc.multiply(both["d_sum"], both["d_sum"]))
            summed = squared.group_by("doctor", use_threads=False).aggregate([("square", "sum")])
            self._squares[back, measure] = dict(
                zip(summed["doctor"].to_pylist(), summed["square_sum"].to_pylist(), strict=True)
            )
        return self._squares[back, measure]


def _lines(many: int) -> str:
    return plain(counted(many, "ligne"))


def _too_few(observed: int, least: int, in_cents: bool) -> str:
    """Why no interval stands beside a ratio, so that no verdict does."""
    if in_cents:
        return "Sans intervalle ni verdict : la dépense observée est nulle, ou presque."
    there_are = {0: "aucun", 1: "qu’un"}.get(max(observed, 0), f"que {observed}")
    return f"Sans intervalle ni verdict : il faut au moins {least} cas, et il n’y en a {there_are}."


def influence(year: Year, measure: str, sign: float) -> pa.Table:
    """doctor, patient, d: what each patient adds to the error of the log of the rate of his doctor."""
    shares = _shares(year.counts, measure)
    doctors = shares["doctor"].to_pylist()
    sums = {key: year.of(key, measure) for key in set(doctors)}
    numerator = np.array([sums[key].numerator or np.inf for key in doctors], dtype=float)
    denominator = np.array([sums[key].denominator or np.inf for key in doctors], dtype=float)
    d: Floats = sign * (shares["numerator"].to_numpy() / numerator - shares["denominator"].to_numpy() / denominator)
    return pa.table({"doctor": shares["doctor"], "patient": shares["patient"], "d": d})


def _shares(counts: Counts, measure: str, doctor: int | None = None) -> pa.Table:
    found = counts.shares.filter(pc.equal(counts.shares["measure"], _number(counts, measure)))
    return found if doctor is None else found.filter(pc.equal(found["doctor"], doctor))


def _number(counts: Counts, measure: str) -> int:
    return next(place for place, one in enumerate(counts.rules.measures) if one.id == measure)


def _grouped(cells: pa.Table, names: Sequence[str]) -> Iterable[tuple[tuple[int, str], list[dict[str, Any]]]]:
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in cells.to_pylist():
        found.setdefault((row["doctor"], names[row["measure"]]), []).append(row)
    return found.items()
