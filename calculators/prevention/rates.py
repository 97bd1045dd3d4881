"""Rates of a doctor: today, month by month, beside the country's and his peers'."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from calculators.dates import add_months
from calculators.prevention.assess import decoded, statuses
from calculators.prevention.indicator import IndicatorSet
from calculators.records.store import Store

LEAST_PEERS = 5
"""Peer figures are shown for groups of at least that many doctors (as the insurer's open data do)."""


def rates(board: pa.Table, rules: IndicatorSet) -> pa.Table:
    """One row per indicator, in the order of the set: indicator, label, family, paid, up_to_date, due, unknown, excluded
    (numbers of patients), rate (percent up to date among those of whom the records can tell; null when there is none),
    national_rate (percent, in the slides; null when not given)."""
    counted = board.group_by(["indicator", "status"]).aggregate([([], "count_all")]).to_pylist()
    numbers = {(row["indicator"], row["status"]): row["count_all"] for row in counted}
    return pa.Table.from_pylist(_rows(numbers, rules), schema=RATES)


def _rows(numbers: Mapping[tuple[str, str], int], rules: IndicatorSet) -> list[dict[str, Any]]:
    """A row of `rates` for each indicator. `numbers`: of patients, by indicator and status."""
    rows = []
    for indicator in rules.indicators:
        found = {s: numbers.get((indicator.id, s), 0) for s in ("up_to_date", "due", "unknown", "excluded")}
        known = found["up_to_date"] + found["due"]
        rows.append(
            {"indicator": indicator.id, "label": indicator.label, "family": indicator.family}
            | {"paid": indicator.id in rules.paid}
            | found
            | {"rate": 100 * found["up_to_date"] / known if known else None, "national_rate": indicator.national_rate}
        )
    return rows


RATES = pa.schema(
    [
        *(("indicator", pa.string()), ("label", pa.string()), ("family", pa.string()), ("paid", pa.bool_())),
        *(("up_to_date", pa.int32()), ("due", pa.int32()), ("unknown", pa.int32()), ("excluded", pa.int32())),
        *(("rate", pa.float64()), ("national_rate", pa.float64())),
    ]
)


@dataclass(frozen=True)
class Rate:
    """One row of `rates`."""

    indicator: str
    label: str
    family: str
    paid: bool
    up_to_date: int
    due: int
    unknown: int
    excluded: int
    rate: float | None
    national_rate: float | None

    @property
    def known(self) -> int:
        """Patients of whom the records can tell."""
        return self.up_to_date + self.due

    @property
    def concerned(self) -> int:
        return self.known + self.unknown


@dataclass(frozen=True)
class MonthRate:
    """What is shown of a row of `monthly`."""

    month: date
    label: str
    rate: float | None


@dataclass(frozen=True)
class PeerRate:
    """One row of `peer_rates`."""

    indicator: str
    doctors: int
    low: float
    median: float
    high: float


def month_ends(store: Store, as_of: date, months: int) -> list[date]:
    """Ends of the last full months up to `as_of`, oldest first, none before the data begin."""
    begun = (as_of + timedelta(days=1)).replace(day=1)
    ends = [add_months(begun, -back) - timedelta(days=1) for back in range(months - 1, -1, -1)]
    return [end for end in ends if end >= store.dataset.covers_from]


def at_month_end(store: Store, rules: IndicatorSet, end: date, doctor: str | None) -> pa.Table:
    """Rates of a doctor, or of each, at the end of a month: columns of MONTHS. From the records, with the list of that day;
    nothing is stored."""
    keys = ["doctor_id", "indicator", "status"]
    board = pa.concat_tables([decoded(block.select(keys)) for block in statuses(store, rules, end, doctor)])
    counted = board.group_by(keys).aggregate([([], "count_all")])
    numbers: dict[str, dict[tuple[str, str], int]] = {one: {} for one in ([doctor] if doctor else store.doctors())}
    for one, indicator, status, patients in zip(*(column.to_pylist() for column in counted.columns), strict=True):
        numbers[one][indicator, status] = patients
    found = [{"doctor_id": one, "month": end} | row for one, mine in numbers.items() for row in _rows(mine, rules)]
    return pa.Table.from_pylist(found, schema=MONTHS)


MONTHS = pa.schema([("doctor_id", pa.string()), ("month", pa.date32()), *RATES])


def by_month(parts: Iterable[pa.Table]) -> pa.Table:
    """Tables of `at_month_end`, of which there may be none, as one: month, then the columns of `rates`."""
    return pa.concat_tables([MONTHS.empty_table(), *parts]).drop_columns(["doctor_id"])


def doctor_counts(board: pa.Table) -> pa.Table:
    """What a peer group is made of: doctor_id, indicator, up_to_date, due; one row per doctor and indicator."""
    known = board.filter(pc.field("status").isin(["up_to_date", "due"]))
    done = known.append_column("done", pc.equal(known["status"], "up_to_date").cast(pa.int32()))
    totals = done.group_by(["doctor_id", "indicator"]).aggregate([("done", "sum"), ([], "count_all")])
    due = pc.subtract(totals["count_all"], totals["done_sum"])
    named = {
        "doctor_id": totals["doctor_id"],
        "indicator": totals["indicator"],
        "up_to_date": totals["done_sum"],
        "due": due,
    }
    return pa.table(named).sort_by([("doctor_id", "ascending"), ("indicator", "ascending")])


def nearest_day(peers: pa.Table, as_of: date) -> tuple[pa.Table, date]:
    """Rows of the day nearest to `as_of` among those the peers were assessed on (`as_of` column), and that day: a year
    just begun is not compared with one that ends."""
    day = min(pc.unique(peers["as_of"]).to_pylist(), key=lambda found: (abs((found - as_of).days), found))
    return peers.filter(pc.field("as_of") == pa.scalar(day, pa.date32())), day


def peer_rates(peers: pa.Table) -> pa.Table:
    """Rates among peers: indicator, doctors, median, low and high quartile (percent). Indicators with fewer than five
    doctors with a known rate are left out. `peers`: rows of `doctor_counts`."""
    known = pc.add(peers["up_to_date"], peers["due"]).cast(pa.float64())
    rate = pc.multiply(pc.divide(peers["up_to_date"].cast(pa.float64()), known), 100.0)
    table = pa.table({"indicator": peers["indicator"], "rate": rate})
    rows = []
    for indicator in pc.unique(table["indicator"]).to_pylist():
        values = table.filter(pc.field("indicator") == indicator)["rate"]
        if len(values) >= LEAST_PEERS:
            low, median, high = pc.quantile(values, q=[0.25, 0.5, 0.75]).to_pylist()
            rows.append({"indicator": indicator, "doctors": len(values), "low": low, "median": median, "high": high})
    schema = [("indicator", pa.string()), ("doctors", pa.int32()), ("low", pa.float64()), ("median", pa.float64())]
    return pa.Table.from_pylist(rows, schema=pa.schema([*schema, ("high", pa.float64())]))
