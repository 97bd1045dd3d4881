"""One figure, computed one way, for the command line, the pages and the reports: what composes the subjects lives here."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from calculators import dates, rows
from calculators.catalogue import Catalogue, in_force
from calculators.comparison import known
from calculators.comparison.campaign import MEASURE
from calculators.comparison.known import Known
from calculators.comparison.sent import contributors
from calculators.defaults import defaults
from calculators.engine import side_by_side
from calculators.errors import UserError
from calculators.forfait import compare, doctors, instalments, unfinished
from calculators.forfait.cautions import ENOUGH, Caution, before_the_figures
from calculators.forfait.pay import State, pay_lines
from calculators.forfait.population import Population, Reading, population
from calculators.forfait.terms import Campaign
from calculators.forfait.version import Change, Version, apply_changes, on_advances
from calculators.pertinence import openings as measure_openings
from calculators.pertinence import publish as measures_published
from calculators.pertinence import rates as measure_rates
from calculators.pertinence.counting import Board
from calculators.pertinence.counting import valued as valued_measures
from calculators.pertinence.measure import Measure, load_measures
from calculators.pertinence.reference import MeasureReference, has_measures, open_measures
from calculators.prevention import group
from calculators.prevention.assess import assess, decoded, statuses
from calculators.prevention.group import GroupRate
from calculators.prevention.indicator import IndicatorSet, load_set
from calculators.records import atc
from calculators.records.prices import Prices, prices_of
from calculators.records.roster import roster
from calculators.records.store import Store
from calculators.sobriety import change as changes
from calculators.sobriety import coverage
from calculators.sobriety import publish as publishing
from calculators.sobriety.change import RatioChange
from calculators.sobriety.definition import load_definition
from calculators.sobriety.openings import DoctorYear, opened_of
from calculators.sobriety.ratio import Ratio, check_definition, count, ratio, ratio_of
from calculators.sobriety.reasons import Reason
from calculators.sobriety.received import open_received
from calculators.sobriety.reference_files import Reference, open_reference


class NoReferenceError(UserError):
    """There is nothing to compare a ratio with; `code` says so when no reference would help."""

    def __init__(self, sentence: str, code: Reason | None = None) -> None:
        super().__init__(sentence)
        self.code = code


CONCERNED = ("up_to_date", "due")


def sobriety(
    store: Store,
    year: int,
    reference: Reference,
    doctor: str | None,
    accept_unknown_rights: bool = False,
    accept_other_year: bool = False,
) -> pa.Table:
    """Columns of `ratio`, one row per doctor."""
    return ratio(
        store,
        year,
        reference,
        load_definition(year),
        doctor,
        accept_unknown_rights,
        accept_other_year,
        contributors(store.folder, reference.contributions, "strata"),
    )


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
    there = contributors(store.folder, reference.contributions, "strata")
    row = rows.only(ratio_of(steps, store, reference, asked, accept_unknown_rights, accept_other_year, there), Ratio)
    return row, opened_of(steps, reference, doctor) if row.ratio is not None or lacks_strata(row) else None


def lacks_strata(row: Ratio) -> bool:
    """Has he no ratio for the sole reason that the reference lacks some of his strata?"""
    return row.reason_code == Reason.MISSING_STRATA


def change(before: DoctorYear, now: DoctorYear) -> RatioChange:
    """From one year of a doctor to the next."""
    return rows.only(changes.change(before, now), RatioChange)


def reference_for(store: Store, year: int, shipped: Path, given: Path | None = None) -> Reference:
    """The reference given, or the fictitious one of the folder `shipped` (one folder per year) for fictitious data: real
    spending is compared with the latest of those that were added, never with an invented one. Raises NoReferenceError."""
    if given:
        return open_reference(given)
    if not store.dataset.synthetic:
        if kept := known.preferred(year):
            return open_reference(kept.path)
        if why := coverage.problem(store, year) or coverage.nobody(store, year):
            raise NoReferenceError(str(why), why.code)  # no reference would help
        raise NoReferenceError(
            f"Ces données sont réelles, la référence fournie avec le programme est fictive, et aucune référence réelle de "
            f"{year} n’a été ajoutée ici : ajoutez celle que vous avez reçue (page Comparaison, ou « tableau-mt reference "
            "add »), ou construisez la vôtre avec « tableau-mt reference build » et indiquez son dossier (page Sobriété, ou "
            "--reference)."
        )
    if not (shipped / str(year)).is_dir():
        years = ", ".join(map(str, reference_years(shipped))) or "aucune"
        raise NoReferenceError(f"Il n’y a pas de référence fournie pour {year} (années fournies : {years}).")
    return open_reference(shipped / str(year))


def add_reference(source: Path, added_on: date) -> Known:
    """Keep a published reference for this user, once its checksums, its definition and its content are found right. Raises
    UserError."""
    return known.add(source, added_on, _open_received)


def _open_received(path: Path) -> None:
    if (path / known.RATES).exists():
        group.check_received(path / known.RATES)
    if (path / known.MEASURES).exists():
        measures_published.check_received(path / known.MEASURES, load_measures())
    if (path / "strata.parquet").exists():
        open_received(path)


def group_rates(store: Store, rules: Catalogue, doctor: str, reference: Known) -> list[GroupRate]:
    """The doctor's rates beside the group's, on the last day of the year of the reference; none when its rates are of a set
    that this program does not have, or words otherwise."""
    table = group.read(reference.path / known.RATES)
    adults = load_definition(reference.year).strata.age_from
    for name, hash_ in dict.fromkeys(zip(table["set"].to_pylist(), table["hash"].to_pylist(), strict=True)):
        rule = rules.sets.get(name)
        if rule is not None and group.set_hash(rule) == hash_:
            mine = group.board(store, rule, date(reference.year, 12, 31), doctor, adults)
            return group.compare(mine, table, name, adults)
    return []


def group_counts(store: Store, rules: IndicatorSet, day: date, doctors: Sequence[str]) -> pa.Table:
    """Counts of prevention of several doctors together, as they may be shown to them (`prevention/group.py`)."""
    adults = load_definition(day.year).strata.age_from
    totals: Counter[str] = Counter()
    for doctor in doctors:
        totals.update(group.board(store, rules, day, doctor, adults).counts)
    asked = [one.id for one in rules.indicators]
    return group.published(group.table_of(rules.id, group.set_hash(rules), asked, totals, adults, len(doctors)))


def publish(source: Path, to: Path, maker: str = "") -> Reference:
    """The copy of a reference that travels, with its rates of prevention and its measures where it has some. Raises
    UserError."""
    definition = load_definition(open_reference(source).year)
    rates = source / known.RATES
    beside = {"prevention": group.published(group.read(rates))} if rates.exists() else {}
    if has_measures(source):
        beside["measures"] = measures_published.published(open_measures(source), load_measures(), maker)
    return publishing.publish(source, to, definition, maker, beside)


def shipped_nearest(store: Store, year: int, shipped: Path) -> Reference | None:
    """The fictitious reference of the nearest year, for fictitious data; None when there is none."""
    years = reference_years(shipped) if store.dataset.synthetic else []
    return open_reference(shipped / str(min(years, key=lambda one: abs(one - year)))) if years else None


def reference_years(shipped: Path) -> list[int]:
    """Years that have a reference in a folder of references, latest first."""
    return sorted((int(path.parent.name) for path in shipped.glob("[0-9]*/reference.toml")), reverse=True)


def pertinence(
    store: Store,
    measures: Mapping[str, Measure],
    year: int,
    doctor: str | None,
    reference: MeasureReference | None = None,
    why_none: str = "",
    board: Board | None = None,
) -> pa.Table:
    """Columns of `pertinence.rates`, one row per doctor and measure; of all, doctors are counted a few at a time. `board`:
    that of the doctor (`board_of`), where somebody keeps it."""
    asked = {one: store.doctor(one).key for one in ([doctor] if doctor else store.doctors())}
    blocks = [list(asked.items())[start : start + TOGETHER] for start in range(0, len(asked), TOGETHER)]
    board = board or board_of(store, doctor)
    numbers = reference.contributions if reference else frozenset()
    there = {name: contributors(store.folder, numbers, f"{MEASURE}{name}") for name in (measures if numbers else ())}
    found = [
        measure_rates.rows_of(store, measures, year, dict(one), reference, board, why_none, there) for one in blocks
    ]
    return pa.concat_tables(found) if found else measure_rates.SCHEMA.empty_table()


TOGETHER = 50
"""Doctors whose patients are held at a time."""


def pertinence_patients(
    store: Store,
    measures: Mapping[str, Measure],
    year: int,
    doctor: str | None,
    board: Board | None = None,
    products: Mapping[str, str] | None = None,
) -> pa.Table:
    """Columns of `pertinence.openings`: the patients behind each figure. `products`: those of the folder, once read."""
    keys = [store.doctor(one).key for one in ([doctor] if doctor else store.doctors())]
    steps, _ = valued_measures(store, {year: measures}, keys, board or board_of(store, doctor))
    return measure_openings.opened(steps, atc.products(store.folder) if products is None else products)


@cache
def _set_that_ships(name: str) -> IndicatorSet:
    return load_set(name)


def board_of(store: Store, doctor: str | None) -> Board:
    """What the prevention board of 31 December says of some indicators, by the keys of doctors and patients; the years are
    judged side by side."""

    def told(years: Sequence[int], indicators: Sequence[str]) -> dict[int, pa.Table]:
        rules = _set_that_ships(defaults().prevention.set)
        kept = tuple(one for one in rules.indicators if one.id in indicators)
        wanted = rules.model_copy(update={"indicators": kept, "unpaid": (), "added": ()})
        names = ["patient", "doctor", "doctor_id", "indicator", "status"]

        def of(year: int) -> pa.Table:
            blocks = statuses(store, wanted, date(year, 12, 31), doctor)
            return pa.concat_tables([decoded(block.select(names)) for block in blocks])

        return side_by_side(of, years)

    return told


def measures_reference(store: Store, year: int, shipped: Path, given: Path | None = None) -> MeasureReference:
    """The measures of the reference given; else those fictitious of `shipped` for fictitious data, those of the latest real
    reference added that has some for real ones. Raises NoReferenceError."""
    if given:
        return open_measures(given)
    if store.dataset.synthetic:
        if not has_measures(shipped / "measures" / str(year)):
            raise NoReferenceError(f"Aucune référence de mesures n’est fournie pour {year}.")
        return open_measures(shipped / "measures" / str(year))
    if kept := preferred_with_measures(year):
        return open_measures(kept.path)
    raise NoReferenceError(
        f"Aucune référence réelle de {year} ajoutée ici n’a de mesures de pertinence : chaque taux est donné sans être "
        "comparé. Ajoutez celle d’une caisse, d’une URPS ou d’un groupe de volontaires (page Comparaison, ou « tableau-mt "
        "reference add »). « tableau-mt reference build --measures » en construit une."
    )


def with_measures(year: int) -> list[known.Known]:
    """The references added for a year that have measures, the latest built first."""
    return [one for one in known.known(year) if has_measures(one.path)]


def preferred_with_measures(year: int) -> known.Known | None:
    """The one that the measures of real data are compared with when nobody chooses: never a fictitious one."""
    return next((one for one in with_measures(year) if not one.synthetic), None)


def pay(store: Store, version: Version, year: int, doctor: str | None, state: State = "acquis") -> pa.Table:
    """Columns of `pay_lines`; the prevention part comes from the indicators of 31 December of the year, in one of the three
    figures of a year that is not finished."""
    done, expected = in_state(store, version, year, doctor, state)
    return pay_lines(store, version, year, done, doctor, state=state, expected=expected)


def pay_by_doctor(store: Store, version: Version, year: int) -> dict[str, int]:
    """Cents of the year of each doctor who has a list."""
    sums = pay(store, version, year, None).group_by("doctor_id").aggregate([("amount_cents", "sum")])
    return dict(zip(sums["doctor_id"].to_pylist(), sums["amount_cents_sum"].to_pylist(), strict=True))


def compared(
    store: Store,
    versions: Sequence[Version],
    year: int,
    doctor: str | None,
    with_means: bool = False,
    state: State = "acquis",
) -> pa.Table:
    """Columns of `compare.across`, then state; indicators are judged once per set and reading of
    the campaigns."""
    judged: dict[tuple[str | None, str], tuple[pa.Table, pa.Table | None]] = {}
    lines: dict[str, pa.Table] = {}
    for version in versions:
        read = version.indicator_set, version.campaign
        if read not in judged:
            judged[read] = in_state(store, version, year, doctor, state)
        done, expected = judged[read]
        lines[version.id] = pay_lines(
            store, version, year, done, doctor, with_means=with_means, state=state, expected=expected
        )
    found = compare.across(lines)
    return found.append_column("state", pa.array([state] * found.num_rows, pa.string()))


def payment_calendar(
    store: Store, version: Version, year: int, doctor: str, lines: pa.Table, earlier: pa.Table | None = None
) -> pa.Table:
    """Columns of `instalments.payment_calendar` of one doctor. `earlier`: his lines on the list of the advances, where the
    calendar has some; by default the list and the rights alone, without what is paid beside."""
    if earlier is None and (before := on_advances(version)) is not version:
        earlier = pay_lines(store, before, year, validated(store, before, year, doctor), doctor)
    last_days = {row["doctor_id"]: row["active_to_day"] for row in doctors.known(store, year, doctor).to_pylist()}
    return instalments.payment_calendar(lines, version, earlier, last_days)


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
    return in_state(store, version, year, doctor, "acquis")[0]


def in_state(
    store: Store, version: Version, year: int, doctor: str | None, state: State
) -> tuple[pa.Table, pa.Table | None]:
    """What `pay_lines` takes for a year in one of its three figures: validated, expected."""
    rules = Catalogue(store.folder).set_of(version)
    if rules is None:
        return unfinished.acquired(None), None
    finished = unfinished.is_finished(store.dataset.covers_to, year)
    return paid_on(rules, finished, year, state, lambda one: at_year_end(store, rules, one, doctor, version.campaign))


def paid_on(
    rules: IndicatorSet, finished: bool, year: int, state: State, judged: Callable[[int], pa.Table]
) -> tuple[pa.Table, pa.Table | None]:
    """`in_state` from the verdicts of the ends of years, `judged` when they are needed."""
    before = judged(year - 1) if state == "tendance" and not finished else None
    return unfinished.in_state(state, finished, rules.paid, judged(year), before)


def at_year_end(
    store: Store, rules: IndicatorSet, year: int, doctor: str | None, campaign: Campaign = "open_on_year_end"
) -> pa.Table:
    """The verdicts an agreement pays on, those of 31 December on what the set pays: columns of `assess`. `campaign`: which
    acts count for the campaigns."""
    return assess(store, rules.only_paid(), date(year, 12, 31), doctor=doctor, reading=campaign)


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


@dataclass(frozen=True)
class Allowed:
    """What the records of a doctor allow, and why they allow no more; each reason is the one its result gives.

    `patients` on his list, of whom `ald` and `c2s` (rights that are known, held or not). `known` and `unknown`: answers of
    prevention; `because`: the unknown ones by what the records do not say (`assess`), some for two reasons. `ratio_year`,
    and `no_ratio`: why it has none, empty when it has one. `cautions` before the pay of `pay_year`.
    """

    doctor: str
    as_of: date
    patients: int
    ald: int
    c2s: int
    prices: Prices
    known: int
    unknown: int
    because: tuple[tuple[str, int], ...]
    ratio_year: int
    no_ratio: str
    pay_year: int
    cautions: tuple[Caution, ...]


def allowed(store: Store, doctor: str, as_of: date, known: Catalogue, board: IndicatorSet, shipped: Path) -> Allowed:
    """Of one doctor on a day. `known`: the rules at hand, `board`: the set judged; `shipped`: folder of references. Raises
    UserError for an unknown doctor."""

    def ratio_in(year: int) -> Ratio:
        return rows.only(sobriety(store, year, reference_for(store, year, shipped), doctor), Ratio)

    listed, verdicts = roster(store, doctor, as_of), assess(store, board, as_of, doctor)
    return allowed_by(store, doctor, as_of, known, listed, verdicts, ratio_in)


def allowed_by(
    store: Store,
    doctor: str,
    as_of: date,
    known: Catalogue,
    listed: pa.Table,
    verdicts: pa.Table,
    ratio_in: Callable[[int], Ratio],
) -> Allowed:
    """The same by what is there already: the list of the day, the verdicts, and the ratio of a year (raises UserError where
    there is none to compare with)."""
    status = Counter(verdicts["status"].to_pylist())
    because = Counter(word for words in verdicts["unknown_because"].to_pylist() if words for word in words.split(","))
    year = store.dataset.last_full_year
    return Allowed(
        doctor=doctor,
        as_of=as_of,
        patients=listed.num_rows,
        ald=pc.sum(listed["ald_known"].cast(pa.int32())).as_py() or 0,
        c2s=listed.num_rows - listed["c2s"].null_count,
        prices=prices_of(store, last=dates.to_day(as_of)),
        known=sum(status[one] for one in CONCERNED),
        unknown=status["unknown"],
        because=tuple(because.most_common()),
        ratio_year=year,
        no_ratio=_why_no_ratio(ratio_in, year),
        pay_year=as_of.year,
        cautions=tuple(_before_the_pay(store, known, as_of.year, listed.num_rows)),
    )


def _why_no_ratio(ratio_in: Callable[[int], Ratio], year: int) -> str:
    try:
        row = ratio_in(year)
    except UserError as reason:
        return str(reason)
    return row.reason if row.ratio is None else ""


def _before_the_pay(store: Store, known: Catalogue, year: int, listed: int) -> list[Caution]:
    version = known.version(in_force(year))
    alone = [Caution("un_seul_patient", year, version)] if 0 < listed < ENOUGH else []
    return before_the_figures(store.dataset, version, year, version) + alone
