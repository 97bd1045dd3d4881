"""Indicators x patients -> one row each: status, dates, which population matched.

Decisions where the definition is silent:

* `excluded_by` is given only when the status is `excluded`; a patient who is not eligible is not excluded.
* An ALD criterion is unknown when `ald_known` is false and no active row carries one of *its* numbers.
* Alternatives (requirements of one `group`) count as one requirement: unmet, all their labels are missing; met, the one
  that lasts longest gives `due_on`; for `last_on`, `count` and `required` the nearest to done speaks for the group.
* `due_on` is the first day on which the patient will no longer be up to date, minimum intervals included.
* `actionable_on` looks at windows only, not at ages or intervals; of several requirements, the first.
* With intervals or ages by dose the first act of the window that may be the first dose counts, then each one that is far
  enough from the last counted and may be the next dose. It is the most that any choice of doses would give: intervals and
  ages never ask less of a later act.
* An act too close after another vaccine's (`apart_from`) does not count, whatever was made of that other one.
* `absent` holds when fewer than `count` are found and the window is covered.
* Units (`count_by`) are those of the days whose net is positive, as everywhere: what was taken back on another day is not
  taken off.
* A right held for some months: held on each day of the window of so many months that ends on the day it is read, in periods
  that touch or overlap; for an ALD, of one number of the list or from one to another.
* A possible exclusion is weighed after everything else: it concerns those eligible for sure and not up to date.
* A code list that mixes acts and drugs needs both to be covered.
* Data said patient by patient: a window is covered when none of its days is missing up to his last covered day, and that day
  is at most 92 days before its end; one that has not begun lacks nothing.
* A dose of which only the month or the year is known counts when the whole of it, from his birth on, is in the window; then
  intervals are not asked of it, and ages of the whole of it. One known to be done by a day counts for a window since birth.
* An act of biology as it is reimbursed (NABM) and a result (LOINC) come from two kinds of source. Those of one code list,
  few days apart (one_test.toml), are one test, on the day of the result; two acts, or two results, of different days are
  two. Results of one code list on one day are one test, whatever their number.
* A missing table covers nothing; a missing `ald` or `c2s` table knows nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.dates import OPEN_END, to_day
from calculators.engine import Engine, no_rows, sql_text
from calculators.prevention import rule_tables
from calculators.prevention.campaign import load_campaigns
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rule_tables import ANY_DOSE, NEVER, RESULT_DAYS, CampaignReading, RuleTables
from calculators.records.store import CARES, Store
from calculators.records.views import with_rights

DOUBTS = {1: "sexe", 2: "ald", 4: "c2s", 8: "couverture", 16: "date", 32: "exclusion"}
NOTES = {1: "exclusion", 2: "resultat", 4: "fin"}
LATE_DAYS = 92
"""Days by which the data of a patient may stop before the end of a window, which is then computed as if they were complete
[hypothese]."""
BLOCK = 250_000
"""Patients assessed at a time."""
LAST_KEY = 2**31 - 1
STATUSES = ("not_eligible", "excluded", "unknown", "up_to_date", "due")
"""In the order of their numbers in `board.sql`; the first has no row there."""


def _every_word(bits: Mapping[int, str]) -> pa.Array:
    """The words of each sum of bits, at its place."""
    return pa.array(
        [",".join(word for bit, word in bits.items() if sum_ & bit) or None for sum_ in range(2 * max(bits))],
        pa.string(),
    )


DECLARED = pa.schema([("patient_id", pa.string()), ("indicator", pa.string()), ("day", pa.int32())])
NOTED = pa.schema([("patient_id", pa.string()), ("code", pa.string()), ("day", pa.int32())])
DOUBT_WORDS, NOTE_WORDS = _every_word(DOUBTS), _every_word(NOTES)


@dataclass(frozen=True)
class Verdict:
    """One row."""

    patient_id: str
    doctor_id: str
    indicator: str
    status: str
    population: str | None
    excluded_by: str | None
    last_on: date | None
    count: int | None
    required: int | None
    missing: list[str] | None
    due_on: date | None
    actionable_on: date | None
    validated: bool
    unknown_because: str | None
    noted: str | None


def assess(
    store: Store,
    rules: IndicatorSet,
    as_of: date,
    doctor: str | None = None,
    declared: pa.Table | None = None,
    confirmed: pa.Table | None = None,
    reading: CampaignReading = "open_on_year_end",
    noted: pa.Table | None = None,
) -> pa.Table:
    """One row per (patient, doctor, indicator) of the lists on `as_of`, for one doctor or all.

    Columns: patient_id, doctor_id, indicator, status, population, excluded_by, last_on, count, required, missing (list
    of labels), due_on, actionable_on, validated, then `unknown_because` (what the record does not say: sexe, ald, c2s,
    couverture or date, or exclusion for a possible one; null unless unknown) and `noted` (what is said beside: exclusion, a
    possible one is partly found; resultat, up to date by an act whose result is not known; fin, due, and the data of the
    patient stop a little before). Sorted by doctor, patient, order of the set.

    What the doctor says: acts `declared` done elsewhere (patient_id, indicator, day as int32), counted as if recorded (but
    for `apart_from`: what is declared rules no other act out), and patients `confirmed` (patient_id, indicator), to whom no
    possible exclusion applies. `reading`: which acts the campaigns count, for an agreement that pays. `noted`: what he notes
    of his patients (patient_id, code, day as int32), counted by the codes `declared`. Raises UserError: unknown doctor.
    """
    given = declared, confirmed, reading, noted
    blocks = [decoded(block) for block in assess_blocks(store, rules, as_of, doctor, *given)]
    if len(blocks) == 1:
        return blocks[0]
    order = {indicator.id: position for position, indicator in enumerate(rules.indicators)}
    rows = pa.concat_tables(blocks)
    positions = pa.array([order[name] for name in rows["indicator"].to_pylist()], pa.int32())
    keys = [("doctor_id", "ascending"), ("patient_id", "ascending"), ("position", "ascending")]
    return rows.append_column("position", positions).sort_by(keys).drop(["position"])


def assess_blocks(
    store: Store,
    rules: IndicatorSet,
    as_of: date,
    doctor: str | None = None,
    declared: pa.Table | None = None,
    confirmed: pa.Table | None = None,
    reading: CampaignReading = "open_on_year_end",
    noted: pa.Table | None = None,
) -> Iterator[pa.Table]:
    """`assess` in blocks of about 250 000 patients, each sorted: memory does not grow with the country. Words are
    dictionary-encoded."""
    said = _Said(declared, confirmed, noted)
    for engine, tables, has, block in _asked(store, rules, as_of, doctor, reading):
        yield _assess_block(engine, tables, has, block, said)


def statuses(
    store: Store,
    rules: IndicatorSet,
    as_of: date,
    doctor: str | None = None,
    reading: CampaignReading = "open_on_year_end",
) -> Iterator[pa.Table]:
    """Of every list, or of a doctor's, what `assess_blocks` says of those who are or may be eligible, and no more than what
    counts them: patient and doctor (keys), patient_id, doctor_id, indicator, status, words dictionary-encoded, in no order.
    A quarter less long."""
    for engine, tables, has, block in _asked(store, rules, as_of, doctor, reading):
        _judge(engine, tables, has, block, _Said(None, None, None), is_told=False)
        for name in ("needs_of", "verdicts", "judged"):  # not kept: what does not say the status is not computed
            engine.define(name, _text(name))
        found = engine.fetch(
            "select j.place, j.indicator, j.status, l.patient, l.doctor from judged j join listed l on l.place = j.place"
        )
        listed, ids = _listed(engine, tables)
        yield pa.table(
            {
                "patient": found["patient"],
                "doctor": found["doctor"],
                "patient_id": _words(found["place"], listed["patient_id"]),
                "doctor_id": _words(found["place"], listed["doctor_id"]),
                "indicator": _words(found["indicator"], ids),
                "status": _words(found["status"], pa.array(STATUSES)),
            }
        )


def _asked(
    store: Store, rules: IndicatorSet, as_of: date, doctor: str | None, reading: CampaignReading
) -> Iterator[tuple[Engine, RuleTables, "_Has", dict[str, int]]]:
    """What each block is judged with: the rules are loaded, and the folder looked at, once."""
    tables = rule_tables.compile_rules(rules, as_of, load_campaigns(), reading)
    engine, has = store.engine(), _has(store)
    params = {
        "as_of": to_day(as_of),
        "last_day": max(counter.limits.last_day for counter in tables.counters),
        "doctor": store.doctor_key(doctor),
        "open_end": OPEN_END,
        "any_dose": ANY_DOSE,
        "late_days": LATE_DAYS,
        "result_days": RESULT_DAYS,
    } | store.rights_on(to_day(as_of))
    _load_rules(engine, tables, store, has)
    for block in _blocks(store, doctor):
        yield engine, tables, has, params | block


def _blocks(store: Store, doctor: str | None) -> list[dict[str, int]]:
    """First and last keys of patients of each; one for somebody's own patients, who are few and may be anywhere."""
    if doctor is not None or store.only is not None:
        return [{"first_patient": 0, "last_patient": LAST_KEY}]
    starts = range(0, max(store.rows["patients"], 1), BLOCK)
    return [{"first_patient": first, "last_patient": first + BLOCK - 1} for first in starts]


class _Said(NamedTuple):
    """What the doctor says, beside the record."""

    declared: pa.Table | None
    confirmed: pa.Table | None
    noted: pa.Table | None


class _Has(NamedTuple):
    """What few folders have; the steps that read it run with these alone."""

    coverage: bool
    injections: bool
    vague: bool
    results: bool


def _has(store: Store) -> _Has:
    engine, injections = store.engine(), store.rows.get("vaccinations", 0) > 0
    vague = injections and engine.fetch("select 1 from vaccinations where precision > 0 limit 1").num_rows > 0
    results = engine.fetch("select 1 from act_keys where system = 'loinc' limit 1").num_rows > 0
    return _Has(store.covers_by_patient, injections, vague, results)


def _assess_block(
    engine: Engine,
    tables: RuleTables,
    has: _Has,
    params: dict[str, int],
    said: _Said,
) -> pa.Table:
    _judge(engine, tables, has, params, said)
    for step in ("needs_of", "verdicts", "furthest"):
        _step(engine, step, params)
    engine.define("judged", _text("judged"))
    masks = _masks(engine)
    engine.view("missing", rule_tables.mask_table(masks))
    return _in_words(engine, engine.fetch(_text("board"), params), tables, masks)


def _judge(
    engine: Engine, tables: RuleTables, has: _Has, params: dict[str, int], said: _Said, is_told: bool = True
) -> None:
    """Whom each indicator concerns, and what is found of what it asks. `is_told`: with how long what is found lasts, and all
    that is read twice kept; without, the status alone can be read of it."""
    params = params | _find_people(engine, tables, params)
    _record(engine, has, params)
    _count_events(engine, tables, has, params, said, is_told)
    _gather(engine, has, params)
    _stand(engine, tables, params, said.confirmed, is_told)
    _step(engine, "listed", params)


def _gather(engine: Engine, has: _Has, params: dict[str, int]) -> None:
    """What is recorded, with what the data of a patient lack; where dataset.toml speaks for all, nothing is said of one."""
    if has.coverage:
        _step(engine, "covering", params)
        _step(engine, "gathered", params)
    else:
        engine.define("gathered", "select *, 1 as covered, 0 as late from progress")


def _stand(
    engine: Engine, tables: RuleTables, params: dict[str, int], confirmed: pa.Table | None, is_told: bool
) -> None:
    """Whom each indicator concerns. What few rules ask for, or the doctor says, is added where it is."""
    _refine(engine, "concerned", ("rights_read", "rights_held") if tables.moments else (), params, is_told)
    _refine(engine, "truths", ("further",) if tables.entry_more else (), params, is_told)
    if confirmed is not None:
        engine.view("confirmed", confirmed)
    _refine(engine, "standing", () if confirmed is None else ("settled",), params)


def _refine(engine: Engine, name: str, by: Sequence[str], params: dict[str, int], is_kept: bool = True) -> None:
    """A step, improved once by what these steps find, when there are any; else, where it need not be kept, a view: no column
    is computed that is not read."""
    if not by and not is_kept:
        engine.define(name, with_rights(_text(f"{name}_first")), params)
        return
    for step in by:
        _step(engine, step, params)
    _repeat(engine, name, min(len(by), 1), params)


def _load_rules(engine: Engine, tables: RuleTables, store: Store, has: _Has) -> None:
    covers = {care: NEVER if store.covers_by_patient else store.covered_from(care) for care in CARES}
    ids = [indicator.id for indicator in tables.rules.indicators]
    engine.view("indicators", pa.table({"indicator": pa.array(range(len(ids)), pa.int32()), "id": ids}))
    engine.view("entries", rule_tables.entry_table(tables))
    engine.view("entry_alds", rule_tables.entry_ald_table(tables))
    engine.view("needs", rule_tables.need_table(tables))
    engine.view("counters", rule_tables.counter_table(tables, covers))
    codes = rule_tables.code_table(tables)
    engine.view("counter_codes", codes)
    _view_unless_empty(engine, "entry_more", rule_tables.more_table(tables))
    _view_unless_empty(engine, "moments", rule_tables.moment_table(tables))
    engine.view("counter_values", rule_tables.value_table(tables))
    if store.covers_by_patient:
        engine.view("counter_cares", rule_tables.care_table(tables))
    vaccines, tests = ["counter_vaccines"] * has.injections, ["counter_tests"] * has.results
    for step in ("counter_acts", *tests, *vaccines):
        _step(engine, step, {})
    named = set(codes["system"].to_pylist())
    for step, system, key in (("counter_drugs", "atc", "drug"), ("counter_products", "cip13", "product")):
        if system in named:
            _step(engine, step, {})
        else:  # few rules name a drug, and deliveries are most of the record
            engine.define(step, _nothing(f"counter {key} useful_from useful_to"))


def _nothing(columns: str) -> str:
    """A query of these columns, without rows."""
    return no_rows(pa.schema([(column, pa.int32()) for column in columns.split()]))


def _view_unless_empty(engine: Engine, name: str, table: pa.Table) -> None:
    """What few rules say; the steps that read it run with these alone."""
    if table.num_rows:
        engine.view(name, table)


def _find_people(engine: Engine, tables: RuleTables, params: dict[str, int]) -> dict[str, int]:
    """Make the cohort; gives its first and last patient key."""
    _step(engine, "cohort", params)
    births = _distinct(engine, "birth_day", "cohort")
    engine.view("births", rule_tables.birth_table(tables, births))
    engine.view("reached", rule_tables.reached_table(tables, births))
    engine.view("ripe", rule_tables.ripe_table(tables, births))
    _step(engine, "people", params)
    ends = "select coalesce(min(patient), 0) as first_patient, coalesce(max(patient), -1) as last_patient from people"
    found: dict[str, int] = engine.fetch(ends).to_pylist()[0]
    return found


def _record(engine: Engine, has: _Has, params: dict[str, int]) -> None:
    """What is recorded of each counter, by day."""
    if has.results:
        engine.step("acts_counted_before", _text("acts_counted_first"), params)
        engine.step("acts_counted", _text("acts_counted_next"), params)
    else:
        engine.define("acts_counted", _text("acts_counted_first"), params)
    for counted, delivered in (("drugs_counted", "drugs_delivered"), ("products_counted", "products_delivered")):
        engine.define(counted, _text(counted) if has.injections else f"select * from {delivered}")
    _repeat(engine, "recorded_events", int(has.injections), params)


def _count_events(
    engine: Engine, tables: RuleTables, has: _Has, params: dict[str, int], said: _Said, is_told: bool
) -> None:
    if said.declared is None and said.noted is None:
        engine.define("events", "select * from recorded_events")
    else:
        engine.view("declared", DECLARED.empty_table() if said.declared is None else said.declared)
        engine.view("noted", NOTED.empty_table() if said.noted is None else said.noted)
        _step(engine, "noted_events", params)
        _step(engine, "events", params)
    days = _distinct(engine, "day", "events")
    if has.vague:
        _step(engine, "spans", params)
        for column in ("first_day", "high"):
            days = np.union1d(days, _distinct(engine, column, "spans"))
    engine.view("untils", rule_tables.until_table(tables, days))
    engine.view("gaps", rule_tables.gap_table(tables, days))
    is_kept = is_told or tables.has_order or has.vague
    _refine(engine, "dated", ("outcomes", "details") if tables.has_details else (), params, is_kept)
    if is_kept:
        _repeat(engine, "chains", tables.longest_chain - 1, params)
        _repeat(engine, "tally", _most_events(engine) - 1 if tables.has_order else 0, params)
    else:  # how long what is found lasts says nothing of how much is found; no act depends on the one before
        engine.define("chains", _nothing("counter patient day until held last_day"))
        engine.define("tally", _nothing("counter patient found last_day"))
    _refine(engine, "progress", ("vague",) if has.vague else (), params)


def _repeat(engine: Engine, name: str, times: int, params: dict[str, int]) -> None:
    """A step that starts from `<name>_first` and is improved `times` times by `<name>_next`."""
    engine.step(name, with_rights(_text(f"{name}_first")), params)
    for done in range(times):
        engine.step(f"{name}_before", f"select * from {name}")
        engine.step(name, _text(f"{name}_next"), params | {"length": done + 2})


def _most_events(engine: Engine) -> int:
    per_patient = "select count(*) as n from dated where ordered = 1 group by counter, patient"
    return engine.fetch(f"select coalesce(max(n), 1) as n from ({per_patient}) counted").column(0)[0].as_py()


def _masks(engine: Engine) -> list[tuple[int, int]]:
    found = engine.fetch("select distinct entry, bits from verdicts")
    return list(zip(found["entry"].to_pylist(), found["bits"].to_pylist(), strict=True))


def _distinct(engine: Engine, column: str, table: str) -> np.ndarray:
    return engine.fetch(f"select distinct {column} from {table} order by 1").column(0).to_numpy().astype(np.int32)


def _step(engine: Engine, name: str, params: dict[str, int]) -> None:
    engine.step(name, with_rights(_text(name)), params)


def _text(name: str) -> str:
    return sql_text("calculators.prevention", name)


def _in_words(engine: Engine, found: pa.Table, tables: RuleTables, masks: list[tuple[int, int]]) -> pa.Table:
    """The whole board in words and in order: a row for those not eligible too, ids, labels and dates for numbers."""
    listed, ids = _listed(engine, tables)
    labels = pa.array([entry["label"] for entry in tables.entries], pa.string())
    person, indicator = (axis.ravel() for axis in np.indices((listed.num_rows, len(ids)), dtype=np.int32))
    rows = found.take(_places(found, listed.num_rows, len(ids)))
    status = pc.fill_null(rows["status"], 0)
    return pa.table(
        {
            "patient_id": _words(person, listed["patient_id"]),
            "doctor_id": _words(person, listed["doctor_id"]),
            "indicator": _words(indicator, ids),
            "status": _words(status, pa.array(STATUSES)),
            "population": _words(rows["population"], labels),
            "excluded_by": _words(rows["excluded_by"], labels),
            "last_on": _date(rows["last_on"]),
            "count": rows["found"].cast(pa.int32()),
            "required": rows["required"].cast(pa.int32()),
            "missing": _words(rows["missing"], rule_tables.missing_labels(tables, masks)),
            "due_on": _date(rows["due_on"]),
            "actionable_on": _date(rows["actionable_on"]),
            "validated": pc.equal(status, STATUSES.index("up_to_date")),
            "unknown_because": _words(pc.fill_null(rows["doubt"], 0), DOUBT_WORDS),
            "noted": _words(pc.fill_null(rows["noted"], 0), NOTE_WORDS),
        }
    )


def _listed(engine: Engine, tables: RuleTables) -> tuple[pa.Table, pa.Array]:
    """patient_id and doctor_id by place, and the indicators by number."""
    listed = engine.fetch("select patient_id, doctor_id from listed order by place")
    return listed, pa.array([indicator.id for indicator in tables.rules.indicators], pa.string())


def _words(numbers: Any, words: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    """Numbers and the words they point to, not yet written out."""
    if isinstance(words, pa.ChunkedArray):
        words = words.combine_chunks()
    if isinstance(numbers, pa.ChunkedArray):
        numbers = numbers.combine_chunks()
    return pa.DictionaryArray.from_arrays(pa.array(numbers).cast(pa.int32()), words)


def decoded(block: pa.Table) -> pa.Table:
    """A block of `assess_blocks`, or some columns of it, with its words written out."""
    columns = [
        pc.take(column.chunk(0).dictionary, column.chunk(0).indices) if pa.types.is_dictionary(column.type) else column
        for column in block.combine_chunks().columns
    ]
    return pa.table(dict(zip(block.column_names, columns, strict=True)))


def _places(found: pa.Table, persons: int, indicators: int) -> pa.Array:
    """Where each (person, indicator), in order, is among the rows found; null where it is not."""
    place = np.full(persons * indicators, -1)
    at = found["place"].to_numpy().astype(np.int64) * indicators + found["indicator"].to_numpy()
    place[at] = np.arange(found.num_rows)
    return pa.array(place, mask=place < 0)


def _date(days: pa.ChunkedArray) -> pa.ChunkedArray:
    return days.cast(pa.int32()).cast(pa.date32())
