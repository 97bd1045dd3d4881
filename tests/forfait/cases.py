"""Practices whose every date sits on an edge, for the property tests of the pay."""

import tempfile
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from calculators.forfait.version import FOLDER
from calculators.records.folder import Dataset
from calculators.records.store import Store, open_store
from calculators.records.tables import TABLES
from tests import practice

YEAR = 2026
LIST_DAY = date(2025, 12, 31)
DAY = timedelta(days=1)
AROUND_LIST = [LIST_DAY - DAY, LIST_DAY, LIST_DAY + DAY, date(2026, 12, 31)]
STARTS = [date(2010, 1, 1), *AROUND_LIST]
ENDS = [None, None, date(2009, 12, 31), *AROUND_LIST]
BIRTHS = [
    date(year, month, day)
    for year in (1915, 1916, 1945, 1946, 1947, 1950, 1951, 1952, 2018, 2019, 2020, 2023, 2024, 2025)
    for month, day in ((1, 1), (12, 31))
] + [date(1944, 2, 29), date(1948, 2, 29), date(2020, 2, 29), date(2024, 2, 29), date(2026, 6, 1)]
SEEN_FROM = date(2024, 1, 1)
ACT_DAYS = [SEEN_FROM - DAY, SEEN_FROM, SEEN_FROM, date(2022, 12, 31), LIST_DAY, LIST_DAY + DAY]
DOCTOR_BIRTHS = [None, *(date(year, m, d) for year in (1957, 1958, 1959, 1960) for m, d in ((1, 1), (12, 31)))]
INSTALLED = [None, date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 10, 31)]
INDICATORS = ["vaccin_grippe", "depistage_mrc", "suivi_hba1c"]
EDGES_OF_QUARTERS = ((3, 31), (4, 1), (5, 31), (6, 30), (7, 1), (10, 31), (11, 1), (12, 30), (12, 31))
ENDS_OF_PRACTICE = [
    *([None] * 8), date(2023, 6, 30), LIST_DAY - DAY, LIST_DAY, LIST_DAY + DAY,
    *(date(2026, month, day) for month, day in EDGES_OF_QUARTERS),
]  # fmt: skip


@dataclass
class Case:
    """A practice as canonical rows, and verdicts (doctor, patient, indicator)."""

    tables: dict[str, list[dict[str, Any]]]
    about: Dataset
    validated: list[tuple[str, str, str]]

    def store(self) -> Store:
        with tempfile.TemporaryDirectory() as place:
            return open_store(practice.write(Path(place) / "d", self.about, **self.tables))

    def verdicts(self) -> pa.Table:
        return verdicts(self.validated)


def verdicts(rows) -> pa.Table:
    """Verdicts as the table the pay receives."""
    columns = ("doctor_id", "patient_id", "indicator")
    rows = [dict(zip(columns, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in columns]))


def agreement(version_id: str) -> dict[str, Any]:
    """The content of a version file, as the oracle reads it."""
    return tomllib.loads((FOLDER / "versions" / f"{version_id}.toml").read_text())


def changed(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The same with other rules (full paths only); the basis of lines touched is a hypothesis."""
    for path, value in changes.items():
        *above, last = path.split(".")
        place = content
        for key in above:
            place = place[key]
            if "basis" in place:
                place["basis"] = "hypothese"
        place[last] = value
    return content


def full(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with every column, absent ones null."""
    empty = {column.name: None for column in TABLES[name].columns}
    return [empty | practice.DEFAULTS.get(name, {}) | row for row in rows]


PATIENTS = [f"p{number:02}" for number in range(12)]
patient_ids = st.sampled_from(PATIENTS)
doctor_ids = st.sampled_from(["d1", "d1", "d2"])
periods = {"from_date": st.sampled_from(STARTS), "to_date": st.sampled_from(ENDS)}


@st.composite
def cases(draw) -> Case:
    """Twelve patients, two doctors, everything on an edge; rights and acts may be absent or unknown."""
    births = draw(st.lists(st.sampled_from(BIRTHS), min_size=12, max_size=12))
    deaths = draw(st.lists(st.sampled_from([None, None, None, *AROUND_LIST]), min_size=12, max_size=12))
    patients = [
        {"patient_id": who, "birth_date": birth, "sex": "F", "died_on": died}
        for who, birth, died in zip(PATIENTS, births, deaths, strict=True)
    ]
    usual = [{"patient_id": who, "doctor_id": "d1", "from_date": date(2010, 1, 1)} for who in PATIENTS[:8]]
    other = draw(some({"patient_id": patient_ids, "doctor_id": doctor_ids} | periods, 8))
    tables = {
        "patients": full("patients", patients),
        "registrations": full("registrations", usual + other),
        "doctors": full("doctors", [{"doctor_id": name} | draw(doctors) for name in ("d1", "d2")]),
    }
    optional = {
        "ald": some({"patient_id": patient_ids, "ald": st.just(8)} | periods, 8),
        "c2s": some({"patient_id": patient_ids} | periods, 8),
        "acts": some(acts, 14),
        "practice_facts": some(facts, 3),
        "groups": some(groups, 4),
        "places": some(places, 3),
    }
    for name, rows in optional.items():
        if draw(st.integers(0, 5)):
            tables[name] = full(name, draw(rows))
    if "practice_facts" in tables:  # of one key and doctor, two rows that start the same day contradict each other
        every = {(row["doctor_id"], row["key"], row["from_date"]): row for row in tables["practice_facts"]}
        tables["practice_facts"] = list(every.values())
    validated = draw(st.lists(st.tuples(doctor_ids, patient_ids, st.sampled_from(INDICATORS)), max_size=12))
    return Case(tables, draw(abouts), validated)


def some(columns, most):
    drawn = columns if isinstance(columns, st.SearchStrategy) else st.fixed_dictionaries(columns)
    return st.lists(drawn, max_size=most)


acts = {
    "patient_id": patient_ids,
    "date": st.sampled_from(ACT_DAYS),
    "system": st.just("ngap"),
    "code": st.sampled_from(["G", "G", "VG"]),
    "quantity": st.sampled_from([1, 1, -1]),
    "performer_id": st.sampled_from(["d1", "d1", "d1", "d2", "d3", "d3", None]),
}
facts = st.one_of(
    *(
        st.fixed_dictionaries(
            {"doctor_id": doctor_ids, "key": st.just(key), "value": st.sampled_from(values)} | periods
        )
        for key, values in (("optam", ["true", "false"]), ("contract", ["CAIM", "COSCOM", "COTRAM", "CSTM"]))
    )
)
groups = {
    "group_id": st.sampled_from(["g1", "g1", "g2"]),
    "doctor_id": st.sampled_from(["d1", "d2", "d3", "d3"]),
    "role": st.sampled_from(["associe", "collaborateur", "collaborateur", "remplacant", "salarie"]),
    "from_date": st.sampled_from([date(2010, 1, 1), SEEN_FROM, LIST_DAY]),
    "to_date": st.sampled_from([None, SEEN_FROM, LIST_DAY]),
}
places = {
    "doctor_id": doctor_ids,
    "zone_gp": st.sampled_from(["zip", "zac", "none", None]),
    "qpv": st.sampled_from([True, False, None]),
}
doctors = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(["zip", "zip", "qpv", "zac", "none"]),
        "birth_date": st.sampled_from(DOCTOR_BIRTHS),
        "installed_on": st.sampled_from(INSTALLED),
        "first_installation": st.booleans(),
        "sector": st.sampled_from(["1", "1", "1", "2_optam", "2"]),
        "active_to": st.sampled_from(ENDS_OF_PRACTICE),
    }
)
known = st.sampled_from([True, True, True, False])
abouts = st.builds(
    practice.dataset,
    ald_known=known,
    c2s_known=known,
    covers_from=st.sampled_from([date(2020, 1, 1), date(2020, 1, 1), SEEN_FROM - DAY, SEEN_FROM, SEEN_FROM + DAY]),
    covers_to=st.sampled_from([date(2026, 6, 30), date(2026, 12, 31), LIST_DAY - DAY, LIST_DAY]),
)
