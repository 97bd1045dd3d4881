"""One figure, computed one way, for the command line, the pages and the reports: what composes the subjects lives here."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from calculators import rows
from calculators.catalogue import Catalogue
from calculators.errors import UserError
from calculators.forfait import compare
from calculators.forfait.pay import pay_lines
from calculators.forfait.population import Population, Reading, population
from calculators.forfait.version import Campaign, Change, Version, apply_changes
from calculators.prevention.assess import assess
from calculators.prevention.indicator import IndicatorSet
from calculators.records.store import Store
from calculators.sobriety import change as changes
from calculators.sobriety import coverage
from calculators.sobriety.change import RatioChange
from calculators.sobriety.definition import load_definition
from calculators.sobriety.openings import DoctorYear, opened_of
from calculators.sobriety.ratio import Ratio, check_definition, count, ratio, ratio_of
from calculators.sobriety.reasons import Reason
from calculators.sobriety.reference_files import Reference, open_reference


class NoReferenceError(UserError):
    """There is nothing to compare a ratio with; `code` says so when no reference would help."""

    def __init__(self, sentence: str, code: Reason | None = None) -> None:
        super().__init__(sentence)
        self.code = code


VALIDATED = ("patient_id", "doctor_id", "indicator")
CONCERNED = ("up_to_date", "due", "unknown")


def sobriety(
    store: Store,
    year: int,
    reference: Reference,
    doctor: str | None,
    accept_unknown_rights: bool = False,
    accept_other_year: bool = False,
) -> pa.Table:
    """Columns of `ratio`, one row per doctor."""
    return ratio(store, year, reference, load_definition(year), doctor, accept_unknown_rights, accept_other_year)


def doctor_year(
    store: Store,
    year: int,
    reference: Reference,
    doctor: str,
    accept_unknown_rights: bool = False,
    accept_other_year: bool = False,
) -> tuple[Ratio, DoctorYear | None]:
    """One doctor's ratio, and his year, counted once: to be opened by stratum, class and patient when he has a ratio, and
    to be pooled (`openings.pooled`) when the reference lacks some of his strata."""
    definition = load_definition(year)
    check_definition(reference, definition)
    asked = {doctor: store.doctor(doctor)}
    steps = count(store, year, reference, definition, asked.values(), opening=True)
    row = rows.only(ratio_of(steps, store, reference, asked, accept_unknown_rights, accept_other_year), Ratio)
    return row, opened_of(steps, reference, doctor) if row.ratio is not None or lacks_strata(row) else None


def lacks_strata(row: Ratio) -> bool:
    """Has he no ratio for the sole reason that the reference lacks some of his strata?"""
    return row.reason_code == Reason.MISSING_STRATA


def change(before: DoctorYear, now: DoctorYear) -> RatioChange:
    """From one year of a doctor to the next."""
    return rows.only(changes.change(before, now), RatioChange)


def reference_for(store: Store, year: int, shipped: Path, given: Path | None = None) -> Reference:
    """The reference given, or the fictitious one of the folder `shipped` (one folder per year) for fictitious data: real
    spending is not compared with an invented one. Raises NoReferenceError."""
    if given:
        return open_reference(given)
    if not store.dataset.synthetic:
        if why := coverage.problem(store, year):
            raise NoReferenceError(str(why), why.code)  # no reference would help
        raise NoReferenceError(
            "Ces données sont réelles et la référence fournie avec le programme est fictive : construisez la vôtre "
            "avec « tableau-mt reference build », puis indiquez son dossier (page Sobriété, ou --reference)."
        )
    if not (shipped / str(year)).is_dir():
        years = ", ".join(map(str, reference_years(shipped))) or "aucune"
        raise NoReferenceError(f"Il n’y a pas de référence fournie pour {year} (années fournies : {years}).")
    return open_reference(shipped / str(year))


def shipped_nearest(store: Store, year: int, shipped: Path) -> Reference | None:
    """The fictitious reference of the nearest year, for fictitious data; None when there is none."""
    years = reference_years(shipped) if store.dataset.synthetic else []
    return open_reference(shipped / str(min(years, key=lambda one: abs(one - year)))) if years else None


def reference_years(shipped: Path) -> list[int]:
    """Years that have a reference in a folder of references, latest first."""
    return sorted((int(path.parent.name) for path in shipped.glob("[0-9]*/reference.toml")), reverse=True)


def pay(store: Store, version: Version, year: int, doctor: str | None) -> pa.Table:
    """Columns of `pay_lines`; the prevention part comes from the indicators validated on 31 December of the year."""
    return pay_lines(store, version, year, validated(store, version, year, doctor), doctor=doctor)


def pay_by_doctor(store: Store, version: Version, year: int) -> dict[str, int]:
    """Cents of the year of each doctor who has a list."""
    sums = pay(store, version, year, None).group_by("doctor_id").aggregate([("amount_cents", "sum")])
    return dict(zip(sums["doctor_id"].to_pylist(), sums["amount_cents_sum"].to_pylist(), strict=True))


def compared(
    store: Store, versions: Sequence[Version], year: int, doctor: str | None, with_means: bool = False
) -> pa.Table:
    """Columns of `compare.across`; indicators are judged once per set and reading of the campaigns."""
    judged: dict[tuple[str | None, str], pa.Table] = {}
    lines: dict[str, pa.Table] = {}
    for version in versions:
        read = version.indicator_set, version.campaign
        if read not in judged:
            judged[read] = validated(store, version, year, doctor)
        lines[version.id] = pay_lines(store, version, year, judged[read], doctor, with_means=with_means)
    return compare.across(lines)


def across(lines: Mapping[str, pa.Table]) -> list[compare.Across]:
    """Rows of `compare.across`."""
    return rows.read(compare.across(lines), compare.Across)


def counted(store: Store, year: int, read: Reading, doctor: str | None, versions: Sequence[Version]) -> Population:
    """The lists as counts under one reading, with the verdicts of every indicator set the versions pay."""
    list_on, age_on, months, by, campaign = read
    rules: Mapping[str, Change] = {"calendar.list_on": list_on, "age.on": age_on, "seen.months": months, "seen.by": by}
    paying = {
        version.indicator_set: apply_changes(version, {"prevention.campaign": campaign})
        for version in versions
        if version.indicator_set
    }
    one = apply_changes([*versions, *paying.values()][-1], rules)
    done = {name: validated(store, version, year, doctor) for name, version in paying.items()}
    return population(store, one, year, done, doctor)


def validated(store: Store, version: Version, year: int, doctor: str | None) -> pa.Table:
    """patient_id, doctor_id, indicator validated on 31 December of the year; none when the version pays none."""
    rules = Catalogue(store.folder).set_of(version)
    return validated_of(at_year_end(store, rules, year, doctor, version.campaign) if rules else None)


def at_year_end(
    store: Store, rules: IndicatorSet, year: int, doctor: str | None, campaign: Campaign = "open_on_year_end"
) -> pa.Table:
    """The verdicts an agreement pays on, those of 31 December on what the set pays: columns of `assess`. `campaign`: which
    acts count for the campaigns."""
    return assess(store, rules.only_paid(), date(year, 12, 31), doctor=doctor, reading=campaign)


def validated_of(verdicts: pa.Table | None) -> pa.Table:
    """patient_id, doctor_id, indicator of those validated; none when an agreement pays no indicator."""
    if verdicts is None:
        return pa.table({name: pa.array([], pa.string()) for name in VALIDATED})
    return verdicts.filter(pc.field("validated")).select(list(VALIDATED))


def concerned(rules: IndicatorSet, verdicts: pa.Table) -> pa.Table:
    """indicator, eligible (patients concerned), validated: what more or less prevention would be worth, for each that is
    paid. `verdicts`: rows of `at_year_end` under these rules."""
    kept = verdicts.filter(pc.field("status").isin(CONCERNED))
    done = kept.set_column(kept.column_names.index("validated"), "validated", kept["validated"].cast(pa.int64()))
    found = {row["indicator"]: row for row in done.group_by("indicator").aggregate(
        [([], "count_all"), ("validated", "sum")]).to_pylist()}  # fmt: skip
    names = rules.paid
    return pa.table(
        {
            "indicator": names,
            "eligible": [found[name]["count_all"] if name in found else 0 for name in names],
            "validated": [found[name]["validated_sum"] if name in found else 0 for name in names],
        }
    )
