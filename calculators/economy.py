"""What the economy of a practice takes from the pay and from prevention: the rooms never see one another, this file does."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from calculators import french, results
from calculators.catalogue import Catalogue, in_force
from calculators.dates import from_day, to_day
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait import doctors, donum, unfinished
from calculators.forfait.pay import pay_lines
from calculators.forfait.version import Version
from calculators.pertinence.interessement import Collective, PaidScheme, Scheme, interessement, schemes, total
from calculators.practice import aids, assistant, capitation, contracts, received, rosp
from calculators.practice import envelope as envelopes
from calculators.practice import income as incomes
from calculators.practice import limits as rules_held
from calculators.practice import lists as on_lists
from calculators.practice.envelope import Cells
from calculators.practice.list_rules import list_rules, with_variants
from calculators.practice.lists import OnList
from calculators.practice.tariffs import tariffs
from calculators.prevention import noting
from calculators.prevention.assess import assess, statuses
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.noting import Noted
from calculators.prevention.reconcile import Proof, codes_named, evidence
from calculators.records.facts import NO_CONTRACT, Facts, facts
from calculators.records.roster import Care, care_of, roster
from calculators.records.store import Store
from calculators.rows import read
from calculators.rules import suggest

KEY_AGES = "RDV"
"""Code of the appointments at key ages, and name of their list."""


def income(
    store: Store, year: int, doctor: str | None, with_savings: bool = True, pay: pa.Table | None = None
) -> pa.Table:
    """Columns of `income`; the forfait is that of the agreement in force in the year, without the means. `with_savings`:
    with the block `interessement`, as long to compute as all the others. `pay`: the pay lines, when they are there."""
    pay = _pay(store, year, doctor) if pay is None else pay
    savings = _shared_savings(store, year, doctor) if with_savings else ()
    return incomes.income(store, year, doctor, pay, in_zip(store, year, doctor), savings)


def _pay(store: Store, year: int, doctor: str | None) -> pa.Table:
    """Pay lines under the agreement in force in the year."""
    return results.pay(store, Catalogue(store.folder).version(in_force(year)), year, doctor)


def shared_savings(store: Store, year: int, doctor: str | None) -> pa.Table:
    """The block `interessement` of the income alone."""
    return incomes.in_order(_shared_savings(store, year, doctor))


def _shared_savings(store: Store, year: int, doctor: str | None) -> Iterator[dict[str, Any]]:
    """A line of the income by scheme that there is in the year. Of two readings the lower counts, and both are told."""
    there = {name: one for name, one in schemes().items() if one.is_of(year)}
    if not there:
        return
    measures, said, day = Catalogue(store.folder).measures, facts(store), to_day(date(year, 12, 31))
    for one in [doctor] if doctor else store.doctors():
        found = read(interessement(store, measures, year, one), PaidScheme)
        for name, scheme in there.items():
            if not (isinstance(scheme, Collective) and said.on(one, scheme.concerned, day) == "false"):
                saving = _saving(scheme, [line for line in found if line.scheme == name])
                yield saving | {
                    "doctor_id": one, "year": year, "block": "interessement", "line": f"interessement.{name}"
                }  # fmt: skip


def _saving(scheme: Scheme, mine: list[PaidScheme]) -> dict[str, Any]:
    """Amount, basis and reason of a scheme."""
    bounds = total(mine, scheme.id)
    if bounds is None:
        unknown = list(dict.fromkeys(_why(scheme, one) for one in mine if one.amount_cents is None and one.reason))
        return {"basis": mine[0].basis, "reason": french.lower_first(french.plain(" ".join(unknown)).rstrip("."))}
    low, high = (french.plain(french.euros(one, 2)) for one in bounds)
    reason = "rien n’est atteint dans l’année" if bounds == (0, 0) else None
    if low != high:
        reason = f"de {low} à {high} selon la lecture ; la plus basse est comptée"
    is_guess = low != high or any(one.basis == "hypothese" for one in mine)
    return {"amount_cents": bounds[0], "basis": "hypothese" if is_guess else mine[0].basis, "reason": reason}


def _why(scheme: Scheme, one: PaidScheme) -> str:
    """What a scheme does not say is named, not told: a sentence says so."""
    named = one.reason == scheme.unknown
    return f"Ce qui n’est pas connu : {french.lower_first(scheme.unknown)}" if named else str(one.reason)


def in_zip(store: Store, year: int, doctor: str | None) -> dict[str, bool]:
    """Who practises in a ZIP."""
    known = doctors.known(store, year, doctor)
    return {row["doctor_id"]: row["zone"] == "zip" for row in known.to_pylist()}


def list_names(rules: Catalogue) -> list[str]:
    """Every list: those of long consultations, the key ages, then what nothing pays."""
    return [*list_rules(), *judged_names(rules)]


def judged_names(rules: Catalogue) -> list[str]:
    """The lists whose patients are judged by indicators: half of what all lists take."""
    return [KEY_AGES, *(one.id for one in rules.indicator_set(defaults().prevention.unpaid).indicators)]


def lists(
    store: Store,
    as_of: date,
    doctor: str | None,
    only: Sequence[str] = (),
    variants: Sequence[str] = (),
    notes: Iterable[Noted] | None = None,
) -> pa.Table:
    """Columns of `lists`: who is on each list on the day. `only`: names of lists, all without; `variants`: of the rules that
    have them; `notes`: what the doctor noted of his patients, by default what lies beside the data. Raises UserError: a
    list or a variant that does not exist."""
    known, chosen = Catalogue(store.folder), defaults().prevention
    wanted = only or list_names(known)
    if unknown := next((name for name in wanted if name not in list_names(known)), None):
        raise UserError(f"La liste « {unknown} » n’existe pas ; {suggest(unknown, list_names(known))}")
    said = list(noting.read(store.folder).known if notes is None else notes)
    bands = [name for name in variants if name in chosen.key_ages_variants]
    of_lists = [name for name in variants if name not in bands]
    rules = with_variants(list_rules(), of_lists, chosen.key_ages_variants)
    long = {code: rule for code, rule in rules.items() if code in wanted}
    found = on_lists.found(store, long, as_of, doctor, noting.entries(said)) if long else []
    ages = known.indicator_set(chosen.key_ages_variants[bands[-1]] if bands else chosen.key_ages)
    unpaid = known.indicator_set(chosen.unpaid)
    asked = [set_ for set_, names in ((ages, [KEY_AGES]), (unpaid, _ids(unpaid))) if set(names) & set(wanted)]
    due = _due(store, asked, as_of, doctor, said)
    bands_of = set(_ids(ages)) if KEY_AGES in wanted else set()
    in_band, others = ([row for row in due if row["indicator"] in names] for names in (bands_of, set(wanted)))
    rows = [*_key_ages(store, ages, in_band, as_of), *_unpaid(unpaid, others)]
    return on_lists.as_table([*found, *rows])


def _ids(rules: IndicatorSet) -> list[str]:
    return [one.id for one in rules.indicators]


def _due(
    store: Store, asked: Sequence[IndicatorSet], as_of: date, doctor: str | None, notes: Iterable[Noted]
) -> list[dict[str, Any]]:
    """Who is due, by the indicators of these sets: judged together where they can be, which reads the record once."""
    noted, rows = noting.table(notes), []
    for rules in _together(asked):
        verdicts = assess(store, rules, as_of, doctor=doctor, noted=noted)
        kept = verdicts.filter(pc.field("status") == "due")
        rows += kept.select(["doctor_id", "patient_id", "indicator", "last_on", "due_on"]).to_pylist()
    return rows


def _together(asked: Sequence[IndicatorSet]) -> list[IndicatorSet]:
    if len({(one.age_on, one.codes_file) for one in asked}) != 1:
        return list(asked)
    first, *others = asked
    try:
        for rules in others:
            for one in rules.indicators:
                first = first.joined_by(one, rules.codes_file)
    except UserError:  # codes of the same name: apart
        return list(asked)
    return [first]


def _key_ages(store: Store, rules: IndicatorSet, rows: Sequence[Mapping[str, Any]], as_of: date) -> Iterator[OnList]:
    bands = {one.id: next(entry.age for entry in one.eligible if entry.age) for one in rules.indicators}
    due = [
        (row["doctor_id"], row["patient_id"], bands[row["indicator"]].min or 0, bands[row["indicator"]].max or 0)
        for row in rows
    ]
    tariff = tariffs().tariff[KEY_AGES]
    period = tariff.on(as_of) or tariff.periods[0]
    yield from on_lists.key_ages(due, births(store, {row[1] for row in due}), KEY_AGES, period.cents, period.basis)


def _unpaid(rules: IndicatorSet, rows: Iterable[Mapping[str, Any]]) -> Iterator[OnList]:
    basis = {one.id: one.reference[0].basis for one in rules.indicators}
    for row in rows:
        if (name := row["indicator"]) in basis:
            asked = row["last_on"]
            said = f"demandé le {french.plain_day(asked)}" if asked else "jamais noté"
            yield OnList(row["doctor_id"], row["patient_id"], name, row["due_on"], None, said, 0, False, basis[name])


def births(store: Store, patients: Iterable[str]) -> dict[str, date]:
    """Birth of each of these patients."""
    engine = store.engine()
    engine.view("wanted", pa.table({"patient_id": pa.array(sorted(patients), pa.string())}))
    rows = engine.fetch(
        "select w.patient_id, p.birth_day from wanted w join patient_keys k on k.patient_id = w.patient_id "
        "join patients p on p.patient = k.patient"
    )
    return {row["patient_id"]: from_day(row["birth_day"]) for row in rows.to_pylist()}


def what_if_lists(store: Store, year: int, doctor: str | None) -> pa.Table:
    """Columns of `lists`: who is on those of `what_if` on the last day of the year."""
    wanted = sorted({one.list for one in tariffs().what_if.values()})
    return lists(store, date(year, 12, 31), doctor, wanted)


def what_if(store: Store, year: int, doctor: str | None, listed: pa.Table | None = None) -> pa.Table:
    """Columns of `income`: what an act more for each patient of a list would bring in the year, and a mission that is not
    held, beside the income. The day is the last of the year, the tariff that of the code when it exists. `listed`: the
    lists, when they are there."""
    day, known = date(year, 12, 31), tariffs()
    found = what_if_lists(store, year, doctor) if listed is None else listed
    counted = Counter(zip(found["doctor_id"].to_pylist(), found["list"].to_pylist(), strict=True))
    opened = max(day, *(known.tariff[one.code].periods[0].from_ for one in known.what_if.values()))
    return incomes.what_if(year, known, counted, opened, facts(store), in_zip(store, year, doctor))


def really_paid(store: Store, year: int, doctor: str | None, pay: pa.Table | None = None) -> pa.Table:
    """Columns of `received`: the instalments typed beside those computed for the year, by the calendar of the pay. `pay`: as
    for `income`."""
    version, said = Catalogue(store.folder).version(in_force(year)), facts(store)
    lines, found = _pay(store, year, doctor) if pay is None else pay, []
    for one in [doctor] if doctor else store.doctors():
        mine = lines.filter(pc.field("doctor_id") == one)
        due = results.payment_calendar(store, version, year, one, mine).to_pylist()
        computed = [(row["part"], row["due_on"], row["amount_cents"]) for row in due]
        found += received.compared(one, computed, said, date(year, 1, 1), date(year, 12, 31))
    return pa.Table.from_pylist([vars(row) for row in found], schema=received.SCHEMA)


def limits(store: Store, year: int, doctor: str | None) -> pa.Table:
    """Columns of `limits`: teleconsultations, OPTAM, pairs of acts, and the numeric endowment by item."""
    said = facts(store)
    names = [doctor] if doctor else store.doctors()
    return rules_held.limits(store, year, doctor, [row for one in names for row in _donum(one, said, year)])


def _donum(doctor: str, said: Facts, year: int) -> Iterator[dict[str, Any]]:
    """The points of the year, then each item beside its threshold."""
    known, items = donum.dotation(), said.starting(doctor, "donum", to_day(date(year, 12, 31)))
    version = Catalogue().version(defaults().forfait.in_force[-1])
    ceiling = version.means["donum"].amount
    if year < (version.valid_from or date.min).year:
        return
    points = donum.points(items, year) if items else None
    total: dict[str, Any] = {"doctor_id": doctor, "rule": "donum_points", "denominator": known.all_points}
    if points is None:
        yield total | {"limit": float(ceiling), "reason": "non saisi : aucun volet n’est dit"}
    else:
        cents = donum.cents(points, ceiling)
        yield total | {"numerator": points, "value": cents / 100, "limit": float(ceiling), "reason": "en euros"}
    for name, item in known.item.items():
        value = items.get(name)
        had = None if value is None else float(value == "true") if value in ("true", "false") else float(value)
        reached = [float(one.share) for one in item.thresholds if one.from_ <= year]
        why = "non saisi" if value is None else None if item.is_had(value, year) else "non acquis"
        yield {"doctor_id": doctor, "rule": f"donum_{name}", "value": had, "limit": reached[-1] if reached else None,
               "reason": why}  # fmt: skip


DECISIONS = ("contract", "assistant", "capitation")
DECIDED = pa.schema(
    [
        *(("doctor_id", pa.string()), ("year", pa.int32()), ("decision", pa.string()), ("branch", pa.string())),
        *(("month", pa.date32()), ("stratum", pa.string()), ("amount_cents", pa.int64()), ("basis", pa.string())),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Decided:
    """One row of `decide`."""

    decision: str
    branch: str | None
    month: date | None
    stratum: str | None
    amount_cents: int | None
    basis: str | None
    reason: str | None


@dataclass(frozen=True)
class Contact:
    """Patients of one age class, with or without ALD: acts of the doctor for them in the year, what the base of the pay and
    the indicators validated bring; cents."""

    stratum: str
    patients: int
    acts: int
    base_cents: int
    prevention_cents: int


def decide(store: Store, year: int, doctor: str | None, wanted: Sequence[str] = DECISIONS) -> pa.Table:
    """Columns of DECIDED: each branch of the decisions asked for, by doctor."""
    makers = {"contract": _contracts, "assistant": _assistants, "capitation": _capitations}
    rows = [row for name in DECISIONS if name in wanted for row in makers[name](store, year, doctor)]
    return as_decided(rows, {doctor} if doctor else set(store.doctors()))


def as_decided(rows: Iterable[dict[str, Any]], asked: Collection[str]) -> pa.Table:
    """Columns of DECIDED, of these doctors."""
    full = [dict.fromkeys(DECIDED.names) | row for row in rows if row["doctor_id"] in asked]
    return pa.Table.from_pylist(sorted(full, key=lambda row: row["doctor_id"]), schema=DECIDED)


def _contracts(store: Store, year: int, doctor: str | None) -> Iterator[dict[str, Any]]:
    said, version = facts(store), Catalogue(store.folder).version(defaults().forfait.in_force[-1])
    bases = base_cents(store, version, year, doctor)
    known = {row["doctor_id"]: row for row in doctors.known(store, year, doctor).to_pylist()}
    fees = fees_cents(store, year - 1, doctor)
    for one in known:
        held = contracts.held(one, said, year)
        zone = _zone(known[one], bases.get(one, 0), version, year, held.name if held else "")
        if held is None:
            yield _no_contract(one, year, zone, said.on(one, "contract", to_day(date(year, 1, 1))) == NO_CONTRACT)
        else:
            yield from contracts.compared(held, zone, fees.get(one, 0))


def _zone(known: Mapping[str, Any], base: int, version: Version, year: int, contract: str) -> contracts.Zone:
    years = range(year, year + contracts.contracts().most_years + 1)
    rates = {one: zone_rate(version, known, one) for one in years}
    lines = [line for line in version.majoration.values() if known["zone"] in line.zones]
    kept = bool(contract) and all(contract not in line.not_with for line in lines)
    return contracts.Zone(base, rates, kept)


def zone_rate(version: Version, known: Mapping[str, Any], year: int) -> Decimal:
    """The rate that the zone of a doctor without a contract brings in a year."""
    installed = known["installed_day"]
    place = year - from_day(installed).year + 1 if known["first_installation"] and installed is not None else 0
    found, replaced = {}, set()
    for key, line in version.majoration.items():
        bounds = line.installation_year
        always = bounds.min is None and bounds.max is None
        inside = always or (place > 0 and (bounds.min or 0) <= place <= (bounds.max or place))
        if known["zone"] in line.zones and inside:
            found[key] = line.rate
            replaced |= set(line.replaces)
    return sum((rate for key, rate in found.items() if key not in replaced), Decimal(0))


def _no_contract(doctor: str, year: int, zone: contracts.Zone, is_none: bool) -> dict[str, Any]:
    cents = int(zone.rates[year] * zone.base_cents)
    said = "pas de contrat démographique" if is_none else "aucun contrat démographique n’est dit"
    if cents and not is_none:
        said += f" ; s’il y en a un, la majoration de zone ({french.plain(french.euros(cents, 2))}) n’est pas payée"
    return {"doctor_id": doctor, "year": year, "decision": "contrat", "reason": said}


def _assistants(store: Store, year: int, doctor: str | None) -> Iterator[dict[str, Any]]:
    for one in cabinets(store, year, doctor):
        yield from with_assistant(store, year, one)


def with_assistant(store: Store, year: int, one: assistant.Cabinet) -> Iterator[dict[str, Any]]:
    """Rows of the decision on an assistant, with the full-time equivalents that the doctor says."""
    option = assistant_option(facts(store), one.doctor_id, year)
    yield from assistant.compared(one, year, assistant.Wanted(option=option))


def assistant_option(said: Facts, doctor: str, year: int) -> str:
    """The option of the contract by the full-time equivalents said on the last day of the year."""
    return assistant.option_of(said.on(doctor, "assistant_etp", to_day(date(year, 12, 31))))


def cabinets(
    store: Store,
    year: int,
    doctor: str | None,
    groups: Iterable[capitation.Group] | None = None,
    base: pa.Table | None = None,
) -> list[assistant.Cabinet]:
    """Doctors as the contract of an assistant sees them, on the list and the fees of the year observed. `groups`: theirs,
    and `base`: their `base_lines` of the year after, when they are there."""
    version = Catalogue(store.folder).version(defaults().forfait.in_force[-1])
    known = {row["doctor_id"]: row for row in doctors.known(store, year + 1, doctor).to_pylist()}
    fees = {group.doctors: group for group in (capitation.groups(store, year, doctor) if groups is None else groups)}
    said = facts(store)
    bases = _by_doctor(base_lines(store, version, year + 1, doctor) if base is None else base)
    found = []
    for group in fees.values():
        for one in group.doctors:
            if one in known:
                mine = group.of(one)
                may = bool(known[one]["is_paid_previous_year_end"])
                cents = sum(patient.fee_cents for patient in mine)
                there = aids.there(one, said, date(year, 12, 31))
                found.append(assistant.Cabinet(one, may, len(mine), cents, bases.get(one, 0), there))
    return sorted(found, key=lambda cabinet: cabinet.doctor_id)


def _capitations(store: Store, year: int, doctor: str | None) -> Iterator[dict[str, Any]]:
    for group in capitation.groups(store, year, doctor):
        yield from capitation.compared(group, year)


def base_cents(store: Store, version: Version, year: int, doctor: str | None) -> dict[str, int]:
    """The base of the pay of the year, by doctor."""
    return _by_doctor(base_lines(store, version, year, doctor))


def _by_doctor(lines: pa.Table) -> dict[str, int]:
    """Cents of these pay lines, by doctor."""
    sums = lines.group_by("doctor_id").aggregate([("amount_cents", "sum")]).to_pylist()
    return {row["doctor_id"]: row["amount_cents_sum"] for row in sums}


def base_lines(store: Store, version: Version, year: int, doctor: str | None) -> pa.Table:
    """Pay lines of the base of the year: patient by patient, whatever prevention was done."""
    return pay_lines(store, version, year, unfinished.acquired(None), doctor).filter(pc.field("part") == "socle")


def fees_cents(store: Store, year: int, doctor: str | None) -> dict[str, int]:
    """Cents of the acts of the year, by doctor."""
    found: Counter[str] = Counter()
    for row in incomes.of_acts(store, year, doctor, tariffs()):
        found[row["doctor_id"]] += row.get("amount_cents") or 0
    return dict(found)


def envelope(store: Store, year: int, doctor: str | None, board: pa.Table | None = None) -> pa.Table:
    """Columns of `envelope`: each indicator that the agreement pays, on the verdicts of 31 December of the year. `board`:
    these verdicts, when they are there."""
    amounts, verdicts = _verdicts(store, year, doctor, board)
    return envelopes.envelope(_counted(verdicts), amounts)


@dataclass(frozen=True)
class Placed:
    """Of a verdict, what says who is concerned and which acts answer."""

    patient_id: str
    indicator: str
    status: str
    population: str | None
    last_on: date | None


@dataclass(frozen=True)
class Concerned:
    """A patient behind a row of the envelope: `up_to_date` (validated), `due` or `unknown`, and the acts that answer."""

    patient_id: str
    status: str
    acts: tuple[Proof, ...]


def concerned(store: Store, year: int, doctor: str, indicator: str, board: pa.Table | None = None) -> list[Concerned]:
    """Who is behind a row of the envelope, validated first. `board`: as for `envelope`. Raises UserError: the agreement does
    not pay the indicator."""
    known = Catalogue(store.folder)
    version = known.version(defaults().forfait.in_force[-1])
    rules, day = known.set_of(version), date(year, 12, 31)
    if rules is None or indicator not in rules.paid:
        raise UserError(f"L’accord ne paie pas l’indicateur « {indicator} ».")
    alone = rules.alone(rules.indicator(indicator), rules.codes_file)
    if board is None:
        board = assess(store, alone, day, doctor=doctor, reading=version.campaign)
    kept = read(board.filter((pc.field("indicator") == indicator) & pc.field("status").isin([*PLACE_OF])), Placed)
    lines: dict[str, list[Care]] = {one.patient_id: [] for one in kept if one.status == "up_to_date"}
    care = care_of(store, sorted(lines), day, codes_named(alone.indicators[0], alone))
    for line in care.to_pylist():
        lines[line.pop("patient_id")].append(Care(**line))
    found = [
        Concerned(one.patient_id, one.status, tuple(evidence(one, alone, mine)) if mine is not None else ())
        for one in kept
        for mine in [lines.get(one.patient_id)]
    ]
    return sorted(found, key=lambda one: (PLACE_OF[one.status], one.patient_id))


PLACE_OF = {"up_to_date": 0, "due": 1, "unknown": 2}
"""What a row of the envelope counts."""


@dataclass(frozen=True)
class Mixed:
    """Cents of each indicator paid, and its cells among every doctor of the folder: all that the variant is made of."""

    amounts: Mapping[str, int]
    cells: Mapping[str, Cells]


def mixed(store: Store, year: int) -> Mixed:
    """What the variant of the year is made of."""
    known = Catalogue(store.folder)
    version = known.version(defaults().forfait.in_force[-1])
    rules, day = known.set_of(version), date(year, 12, 31)
    if rules is None:
        return Mixed({}, {})
    amounts = _amounts(version, rules)
    judged = statuses(store, rules.only_paid(), day, reading=version.campaign)
    return Mixed(amounts, envelopes.cells(judged, envelopes.strata(store, None, day), amounts))


def case_mix(store: Store, year: int, doctor: str | None) -> pa.Table:
    """Columns of `case_mix`; the rates expected are those of every doctor of the folder."""
    whole = mixed(store, year)
    found = envelopes.case_mix(whole.cells, whole.amounts)
    return found if doctor is None else found.filter(pc.field("doctor_id") == doctor)


JUDGED = pa.schema([(name, pa.string()) for name in ("doctor_id", "patient_id", "indicator", "status")])


def _verdicts(
    store: Store, year: int, doctor: str | None, board: pa.Table | None = None
) -> tuple[dict[str, int], pa.Table]:
    """Cents of each indicator, and the verdicts of the lists: columns of JUDGED at least."""
    known = Catalogue(store.folder)
    version = known.version(defaults().forfait.in_force[-1])
    rules = known.set_of(version)
    if rules is None:
        return {}, JUDGED.empty_table()
    if board is None:
        board = results.at_year_end(store, rules, year, doctor, version.campaign)
    return _amounts(version, rules), board


def _amounts(version: Version, rules: IndicatorSet) -> dict[str, int]:
    """Cents of each indicator that an agreement pays."""
    return {name: version.indicator_cents(name) for name in rules.paid}


def _counted(verdicts: pa.Table) -> list[tuple[str, str, str, int]]:
    """doctor_id, indicator, status, and how many patients."""
    keys = ["doctor_id", "indicator", "status"]
    found = verdicts.group_by(keys, use_threads=False).aggregate([([], "count_all")])
    return list(zip(*(found[name].to_pylist() for name in (*keys, "count_all")), strict=True))


def rosp_lines(store: Store, year: int, doctor: str | None, board: pa.Table | None = None) -> pa.Table:
    """Columns of `rosp`: the indicators of the old scheme that the record can show, on 31 December of the year. `board`:
    as for `envelope`."""
    _, verdicts = _verdicts(store, year, doctor, board)
    counted: dict[str, dict[str, list[int]]] = {}
    for one, indicator, status, patients in _counted(verdicts):
        if status in ("up_to_date", "due"):
            cell = counted.setdefault(one, {}).setdefault(indicator, [0, 0])
            cell[0] += patients
            cell[1] += patients * (status == "up_to_date")
    found, said, day = [], facts(store), to_day(date(year, 12, 31))
    for one, mine in sorted(counted.items()):
        listed = roster(store, one, date(year, 12, 31))
        adults = sum(age >= rosp.rosp().adult_from for age in listed["age"].to_pylist())
        typed = said.starting(one, "rosp", day)
        found += rosp.lines(one, {name: (cell[0], cell[1]) for name, cell in mine.items()}, adults, typed)
    return pa.Table.from_pylist([vars(row) for row in found], schema=rosp.SCHEMA)


def contacts(
    store: Store, year: int, doctor: str, done: pa.Table | None = None, group: capitation.Group | None = None
) -> pa.Table:
    """Fields of Contact: what is paid for patients of each stratum beside the acts that the doctor did for them, to put to
    the test that following a complex patient pays more. The list is that of the end of the year. `done`: what is validated,
    when it is there; `group`: his, likewise."""
    version = Catalogue(store.folder).version(defaults().forfait.in_force[-1])
    done = results.validated(store, version, year, doctor) if done is None else done
    lines = pay_lines(store, version, year + 1, done, doctor).to_pylist()
    paid: dict[tuple[str, str], int] = {}
    for row in lines:
        key = row["patient_id"], row["part"]
        paid[key] = paid.get(key, 0) + row["amount_cents"]
    if group is None:
        group = next(one for one in capitation.groups(store, year, doctor) if doctor in one.doctors)
    found = [
        Contact(
            stratum,
            len(patients),
            sum(one.acts for one in patients),
            sum(paid.get((one.patient_id, "socle"), 0) for one in patients),
            sum(paid.get((one.patient_id, "prevention"), 0) for one in patients),
        )
        for stratum, patients in capitation.by_stratum(group.of(doctor)).items()
    ]
    return pa.table({one.name: [getattr(row, one.name) for row in found] for one in fields(Contact)})
