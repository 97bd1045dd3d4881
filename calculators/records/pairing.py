"""A vaccine delivered, then injected, is one dose: which deliveries an injection speaks for.

An injection on the day of a delivery of the same vaccine, or at most `within_days` after (pairing.toml), is that dose. Each
delivery serves once, the latest first. An injection of which only the month or the year is known speaks for nothing: the
delivery, dated to the day, is the better word, and the injection is left out; so is one known to be done by a day, when a
delivery came before.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from calculators import rules
from calculators.records.merging import same_vaccine

INJECTED = pa.schema([("patient", pa.int32()), ("drug", pa.int32()), ("product", pa.int32()), ("day", pa.int32())])
DAY, BEFORE = 0, 3


class _Rule(rules.Rule):
    """Shape of pairing.toml."""

    within_days: int


RULE = rules.load(Path(__file__).with_name("pairing.toml"), _Rule)
Row = dict[str, Any]


class Paired(NamedTuple):
    """Deliveries that an injection speaks for; places, among the doses given, of those that a delivery speaks for."""

    injected: pa.Table
    left: set[int]


def paired(doses: list[Row], deliveries: list[Row]) -> Paired:
    """`doses`: patient, cip13, cis, atc, first_day, last_day, precision (0 day, 1 month, 2 year, 3 before); `deliveries`:
    patient, cip13, atc, drug, product, day, of net quantity above zero."""
    given: dict[int, list[tuple[int, Row]]] = defaultdict(list)
    for place, dose in enumerate(doses):
        given[dose["patient"]].append((place, dose))
    delivered: dict[int, list[Row]] = defaultdict(list)
    for row in deliveries:
        delivered[row["patient"]].append(row)
    injected: list[Row] = []
    left: set[int] = set()
    for patient, mine in given.items():
        latest_first = sorted(delivered[patient], key=lambda row: (-row["day"], _name(row)))
        _pair(mine, latest_first, injected, left)
    return Paired(pa.Table.from_pylist(injected, schema=INJECTED), left)


def _pair(doses: Iterable[tuple[int, Row]], deliveries: list[Row], injected: list[Row], left: set[int]) -> None:
    """Doses of one patient, the most precise first, the earliest first; deliveries, the latest first."""
    for place, dose in sorted(doses, key=lambda one: (one[1]["precision"], one[1]["first_day"], _name(one[1]))):
        found = next((row for row in deliveries if _is_that(dose, row)), None)
        if found is None:
            continue
        deliveries.remove(found)
        if dose["precision"] == DAY:
            injected.append(found)
        else:
            left.add(place)


def _name(row: Row) -> tuple[str, ...]:
    return tuple(row.get(name) or "~" for name in ("cip13", "cis", "atc"))


def _is_that(dose: Row, delivery: Row) -> bool:
    if not same_vaccine(dose, delivery):
        return False
    if dose["precision"] == BEFORE:
        return bool(delivery["day"] <= dose["last_day"])
    return bool(dose["first_day"] - RULE.within_days <= delivery["day"] <= dose["last_day"])
