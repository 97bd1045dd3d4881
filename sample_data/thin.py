"""What a calculator needs of a practice: lines it never reads are left out of a population that is only counted.

Sobriety wants two years and the six months before; prevention the acts and products its rules name; the pay, these and
who was seen.
"""

from dataclasses import replace
from datetime import date

import numpy as np

from calculators.dates import to_day, year_of
from calculators.sobriety.definition import load_definition
from sample_data import lines, model
from sample_data.generate import Practice

YEARS = (2024, 2025)
"""Of the sobriety reference; the last one is also that of the pay."""
ACTS_FROM = date(YEARS[0], 1, 1)
DELIVERIES_FROM = date(YEARS[0] - 1, 7, 1)
"""Six months before the first year, for its look-back."""
UNTIL = date(YEARS[-1], 12, 31)


def for_sobriety(one: Practice) -> Practice:
    """The years and their look-back, of those who may be faithful; of the acts, one per performer and year says who was
    seen."""
    people, last_year = one.people, YEARS[-1]
    back = np.isin(np.arange(len(people)), people.back[:, 0])
    grown = people.birth <= to_day(date(last_year - load_definition(last_year).patients.minimum_age, 12, 31))
    kept = (
        grown
        & (people.last >= to_day(date(YEARS[0], 12, 31)))
        & ((people.first < to_day(date(last_year, 1, 1))) | back)
    )
    sold, done = (
        _rows(rows, kept[rows["patient"]] & (rows["day"] >= to_day(since)) & (rows["day"] <= to_day(UNTIL)))
        for rows, since in ((one.deliveries, DELIVERIES_FROM), (one.acts, ACTS_FROM))
    )
    key = (done["patient"].astype(np.int64) * 1000 + done["by"]) * 100 + (year_of(done["day"]) - YEARS[0])
    _, once = np.unique(key, return_index=True)
    return replace(one, deliveries=sold, acts=_rows(done, once), more=None)


def for_prevention_and_pay(one: Practice) -> Practice:
    """The acts and products that rules name, and the doctor's own last act for each patient before the list day."""
    given = model.load()
    codes = [section for section in model.rule_codes().values() if isinstance(section, dict)]
    named = {(system, code) for section in codes for system in model.SYSTEMS for code in section.get(system, ())}
    prefixes = tuple(code for section in codes for code in section.get("atc", ()))
    cip13 = {code for section in codes for code in section.get("cip13", ())}
    acts = np.array([act in named for act in given.acts])[one.acts["act"]]
    products = np.array([a.startswith(prefixes) or c in cip13 for a, c in zip(given.atc, given.cip13, strict=True)])
    return replace(
        one, acts=_rows(one.acts, acts | _last_seen(one.acts)),
        deliveries=_rows(one.deliveries, products[one.deliveries["product"]]), more=None,
    )  # fmt: skip


def _last_seen(acts: dict[str, model.Array]) -> model.Array:
    """Which rows are the doctor's own last act for a patient before the last year."""
    rows = np.flatnonzero((acts["by"] == lines.OWN) & (acts["day"] < to_day(date(YEARS[-1], 1, 1))))
    last = rows[np.lexsort([acts["day"][rows], acts["patient"][rows]])]
    ends = np.flatnonzero(np.diff(acts["patient"][last], append=-1))
    return np.isin(np.arange(len(acts["day"])), last[ends])


def _rows(columns: dict[str, model.Array], kept: model.Array) -> dict[str, model.Array]:
    return {name: values[kept] for name, values in columns.items()}
