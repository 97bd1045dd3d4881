"""A year that is not finished has three figures: what is acquired, what the trend adds, what is possible.

* `acquis`: what is validated on 31 December with the acts known;
* `tendance`: the same, and per doctor and indicator what is missing to the rate of 31 December before on that day's list,
  times the patients concerned now (half up, never less than what is acquired);
* `plein`: every patient concerned, done or due.

Concerned: up to date or due. Of a year covered to its end the three are equal. Decision where the definition is silent: a
version that does not pay unseen patients still has its trend on everybody concerned.
"""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from calculators.forfait.pay import State

VALIDATED = ("patient_id", "doctor_id", "indicator")
EXPECTED = pa.schema([("doctor_id", pa.string()), ("indicator", pa.string()), ("patients", pa.int64())])


def is_finished(covers_to: date, year: int) -> bool:
    """Do the data cover the year to its end?"""
    return covers_to >= date(year, 12, 31)


def in_state(
    state: State, finished: bool, paid: Sequence[str], now: pa.Table, before: pa.Table | None
) -> tuple[pa.Table, pa.Table | None]:
    """What `pay_lines` is given: validated (patient_id, doctor_id, indicator), and expected (None: nothing to add).

    `now`, `before`: verdicts of 31 December of the year and of the year before, the latter for the trend alone. `paid`:
    the indicators that are paid.
    """
    if state == "plein" and not finished:
        return _concerned(now, paid).select(list(VALIDATED)), None
    done = acquired(now, paid)
    if state == "tendance" and not finished:
        assert before is not None
        return done, expected(now, before, paid)
    return done, None


def acquired(verdicts: pa.Table | None, paid: Sequence[str] = ()) -> pa.Table:
    """patient_id, doctor_id, indicator of the paid ones validated; none when an agreement pays no indicator."""
    if verdicts is None:
        return pa.table({name: pa.array([], pa.string()) for name in VALIDATED})
    return verdicts.filter(
        pc.field("validated") & pc.field("indicator").isin(pa.array(list(paid), pa.string()))
    ).select(list(VALIDATED))


def expected(now: pa.Table, before: pa.Table, paid: Sequence[str]) -> pa.Table:
    """doctor_id, indicator, patients: what the trend adds, where it adds something."""
    rates = {key: (done, of) for key, done, of in _counted(before, paid)}
    rows = []
    for (doctor, indicator), acquired_now, eligible in _counted(now, paid):
        done, of = rates.get((doctor, indicator), (0, 0))
        reached = (2 * done * eligible + of) // (2 * of) if of else 0
        if reached > acquired_now:
            rows.append({"doctor_id": doctor, "indicator": indicator, "patients": reached - acquired_now})
    return pa.Table.from_pylist(rows, schema=EXPECTED)


def _concerned(verdicts: pa.Table, paid: Sequence[str]) -> pa.Table:
    return verdicts.filter(
        pc.field("status").isin(["up_to_date", "due"]) & pc.field("indicator").isin(pa.array(list(paid), pa.string()))
    )


def _counted(verdicts: pa.Table, paid: Sequence[str]) -> list[tuple[tuple[str, str], int, int]]:
    """(doctor, indicator), up to date, concerned."""
    kept = _concerned(verdicts, paid)
    done = kept.append_column("done", pc.equal(kept["status"], "up_to_date").cast(pa.int64()))
    sums = done.group_by(["doctor_id", "indicator"]).aggregate([("done", "sum"), ("done", "count")])
    keys = zip(sums["doctor_id"].to_pylist(), sums["indicator"].to_pylist(), strict=True)
    return list(zip(keys, sums["done_sum"].to_pylist(), sums["done_count"].to_pylist(), strict=True))
