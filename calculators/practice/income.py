"""Income of a year by block and line: acts at the tariff of their day, the pay of the agreement in force, missions said.

Nothing is invented. A code without a tariff on its day is listed without an amount, and so is what the doctor has not said;
`reason` says it, and what it would be worth. The block `forfait` comes from pay lines, given as a table, and so does the
aid to install; the rest of `aides` from what the doctor said; `interessement` from rows given.

Decisions where the definition is silent: an act has no `due_on`, it is paid when it is billed; a mission said to be true on
31 December is paid for the whole year.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from calculators import french
from calculators.dates import to_day
from calculators.practice import acts, aids
from calculators.practice.aids import NOT_SAID
from calculators.practice.tariffs import BLOCKS, Mission, Period, Tariffs, periods, tariff_table, tariffs
from calculators.records.facts import Facts, facts
from calculators.records.store import Store

SCHEMA = pa.schema(
    [
        *(("doctor_id", pa.string()), ("year", pa.int32()), ("block", pa.string()), ("line", pa.string())),
        *(("quantity", pa.int64()), ("unit_cents", pa.int64()), ("amount_cents", pa.int64()), ("basis", pa.string())),
        *(("due_on", pa.date32()), ("reason", pa.string())),
    ]
)
WITHOUT_TARIFF = "sans tarif : le code n’a pas de tarif connu ce jour-là"
NO_AMOUNT = "montant non publié : saisissez ce que vous avez reçu"
Row = dict[str, Any]


@dataclass(frozen=True)
class IncomeLine:
    """One row."""

    doctor_id: str
    year: int
    block: str | None
    line: str
    quantity: int | None
    unit_cents: int | None
    amount_cents: int | None
    basis: str | None
    due_on: date | None
    reason: str | None


def income(
    store: Store,
    year: int,
    doctor: str | None,
    pay: pa.Table,
    in_zip: Mapping[str, bool],
    shared_savings: Iterable[Row] = (),
) -> pa.Table:
    """Columns of SCHEMA, by doctor, in the order of the blocks. `pay`: columns of the pay lines of the year; `in_zip`: who
    practises in a ZIP, for the missions paid more there; `shared_savings`: rows of the block `interessement`. Raises
    UserError: unknown doctor, fault of practice.toml."""
    known, said = tariffs(), facts(store)
    asked = acts.asked(store, doctor)["doctor_id"].to_pylist()
    of_acts_ = of_acts(store, year, doctor, known)
    fees: Counter[str] = Counter()
    for row in of_acts_:
        fees[row["doctor_id"]] += row.get("amount_cents") or 0
    rows = [
        *of_acts_,
        *of_pay(pay, year),
        *shared_savings,
        *(row for one in asked for row in aids.lines(one, year, said, fees[one])),
        *(row for one in asked for row in _said(one, year, known, said, in_zip.get(one, False))),
    ]
    return in_order(rows)


def in_order(rows: Iterable[Row]) -> pa.Table:
    """Rows as a table, by doctor and block; those without a block last."""
    places: dict[str | None, int] = {block: place for place, block in enumerate(BLOCKS)}
    known = [dict.fromkeys(SCHEMA.names) | row for row in rows]
    known.sort(key=lambda row: (row["doctor_id"], places.get(row["block"], len(BLOCKS))))
    return pa.Table.from_pylist(known, schema=SCHEMA)


def of_acts(store: Store, year: int, doctor: str | None, known: Tariffs) -> list[Row]:
    """Lines of the acts that the doctors did in the year, by code and period of its tariff."""
    engine = store.engine()
    acts.take(engine, store, doctor, date(year, 1, 1), date(year, 12, 31))
    engine.view("tariffs", tariff_table(store, known))
    acts.step(engine, ["priced"])
    found = engine.fetch(
        "select d.doctor_id, p.tariff, p.system, p.code, p.quantity from priced p join asked d on d.doctor = p.doctor "
        "order by d.doctor_id, p.tariff, p.system, p.code"
    ).to_pylist()
    return [*_priced(found, year, known), *_without_tariff(found, year), *_possible(found, year, known)]


def _priced(found: Sequence[Row], year: int, known: Tariffs) -> Iterator[Row]:
    """One row per doctor, code and period, whatever the nomenclature that named the act."""
    numbered = periods(known)
    counted: Counter[tuple[str, int]] = Counter()
    for row in found:
        if row["tariff"] is not None:
            counted[row["doctor_id"], row["tariff"]] += row["quantity"]
    for (doctor, number), quantity in sorted(counted.items()):
        one = numbered[number]
        yield _line(doctor, year, one.tariff.block, one.letter, quantity, one.period)


def _line(doctor: str, year: int, block: str, letter: str, quantity: int, period: Period) -> Row:
    return {
        "doctor_id": doctor, "year": year, "block": block, "line": letter, "quantity": quantity,
        "unit_cents": period.cents, "amount_cents": quantity * period.cents, "basis": period.basis,
    }  # fmt: skip


def _without_tariff(found: Sequence[Row], year: int) -> Iterator[Row]:
    for row in found:
        if row["tariff"] is None:
            line, quantity = row["code"], row["quantity"]
            yield {"doctor_id": row["doctor_id"], "year": year, "line": line, "quantity": quantity,
                   "reason": WITHOUT_TARIFF}  # fmt: skip


def _possible(found: Sequence[Row], year: int, known: Tariffs) -> Iterator[Row]:
    """What a code that the record does not hold could bring at most."""
    numbered = periods(known)
    billed: dict[str, Counter[str]] = {}
    for row in found:
        if row["tariff"] is not None:
            billed.setdefault(row["doctor_id"], Counter())[numbered[row["tariff"]].letter] += row["quantity"]
    for doctor, letters in sorted(billed.items()):
        for one in known.possible.values():
            number = sum(letters[letter] for letter in one.of)
            tariff = known.tariff[one.code]
            period = tariff.on(date(year, 12, 31))
            if number and not letters[one.code] and period:
                most = french.plain(french.euros(number * period.cents))
                yield _line(doctor, year, tariff.block, one.code, number, period) | {
                    "amount_cents": None, "reason": f"{one.label} : {most} au plus, absentes des données"
                }  # fmt: skip


def of_pay(pay: pa.Table, year: int) -> Iterator[Row]:
    """Lines of the pay, patients counted together; the unit is told where all are paid alike."""
    keys = ["doctor_id", "part", "line", "due_on", "basis"]
    sums = pay.group_by(keys, use_threads=False).aggregate(
        [("amount_cents", "sum"), ("amount_cents", "min"), ("amount_cents", "max"), ([], "count_all")]
    )
    for row in sums.to_pylist():
        alike = row["amount_cents_min"] == row["amount_cents_max"]
        yield {
            "doctor_id": row["doctor_id"], "year": year, "block": "aides" if row["part"] == "aide" else "forfait",
            "line": f"{row['part']}.{row['line']}", "quantity": row["count_all"],
            "unit_cents": row["amount_cents_min"] if alike else None, "amount_cents": row["amount_cents_sum"],
            "basis": row["basis"], "due_on": row["due_on"],
        }  # fmt: skip


def _said(doctor: str, year: int, known: Tariffs, said: Facts, in_zip: bool) -> Iterator[Row]:
    """Missions, and the shifts of which nobody publishes the amount."""
    day = to_day(date(year, 12, 31))
    for name, mission in known.mission.items():
        if mission.from_.year <= year and (value := said.on(doctor, mission.fact, day)) != "false":
            yield _mission(doctor, year, name, mission, value == "true", in_zip)
    if shifts := said.on(doctor, "pdsa_shifts", day):
        yield {"doctor_id": doctor, "year": year, "block": "pdsa", "line": "gardes", "quantity": int(float(shifts)),
               "reason": NO_AMOUNT}  # fmt: skip


def _mission(doctor: str, year: int, name: str, mission: Mission, held: bool, in_zip: bool) -> Row:
    more = mission.euros_in_zip if in_zip else None
    cents = int((mission.euros if more is None else more) * 100)
    return {
        "doctor_id": doctor, "year": year, "block": "missions", "line": name, "quantity": 1 if held else None,
        "unit_cents": cents, "amount_cents": cents if held else None, "basis": mission.basis,
        "reason": None if held else NOT_SAID,
    }  # fmt: skip


def what_if(
    year: int,
    known: Tariffs,
    on_lists: Mapping[tuple[str, str], int],
    day: date,
    said: Facts,
    in_zip: Mapping[str, bool],
) -> pa.Table:
    """What an act more for each patient of a list would bring, and a mission not held: columns of SCHEMA, none of it in the
    income. `on_lists`: patients by (doctor_id, list) on the day; `in_zip`: as for `income`, of every doctor asked for."""
    rows = [row for one, zip_ in in_zip.items() for row in _missions_more(one, year, known, said, zip_)]
    for one in known.what_if.values():
        new = known.tariff[one.code].on(day)
        old = known.tariff[one.instead_of].on(day) if one.instead_of else None
        if new is None:
            continue
        unit = new.cents - (old.cents if old else 0)
        for (doctor, name), patients in sorted(on_lists.items()):
            if name == one.list:
                rows.append(
                    {"doctor_id": doctor, "year": year, "block": known.tariff[one.code].block, "line": one.code,
                     "quantity": patients, "unit_cents": unit, "amount_cents": patients * unit, "basis": "hypothese",
                     "reason": one.label}
                )  # fmt: skip
    return in_order(rows)


def _missions_more(doctor: str, year: int, known: Tariffs, said: Facts, in_zip: bool) -> Iterator[Row]:
    """Missions of the year that the doctor does not say he has."""
    day = to_day(date(year, 12, 31))
    for name, mission in known.mission.items():
        if mission.from_.year <= year and said.on(doctor, mission.fact, day) != "true":
            yield _mission(doctor, year, name, mission, True, in_zip) | {
                "reason": f"{mission.label}, si vous l’ajoutez"
            }


def total_cents(table: pa.Table) -> int:
    """Sum of what has an amount."""
    return sum(filter(None, table["amount_cents"].to_pylist()))
