"""The day before, the day, the day after: what counts and what does not, one sentence each."""

from datetime import date
from pathlib import Path

import pytest

from calculators.sobriety.ratio import ratio
from calculators.sobriety.steps import Steps
from tests.sobriety.villages import DRUG, YEAR, definition, opened, referenced, village

pytestmark = pytest.mark.slow

ACT = ("p1", "2025-05-02", "ngap", "G", 1, "d1", "01")
BEFORE = date(2025, 8, 31)  # six months before, clamped: 28 February


def run(folder: Path, **changes) -> Steps:
    """Steps over one faithful patient p1 of d1, changed as told."""
    tables = {"patients": [("p1", "1950-06-15", "F")], "acts": [ACT]} | changes
    steps = Steps(opened(folder, **tables), YEAR, definition(0))
    steps.cohort(None, look_back=True)
    steps.seen()
    steps.initiated()
    steps.scope()
    return steps


def pairs(steps: Steps, table: str) -> int:
    return steps.engine.fetch(f"select * from {table}").num_rows


@pytest.mark.parametrize(("born", "counts"), [("2008-12-31", 1), ("2009-01-01", 0)])
def test_one_must_be_seventeen_on_31_december(tmp_path: Path, born: str, counts: int):
    assert pairs(run(tmp_path / "d", patients=[("p1", born, "F")]), "cohort") == counts


@pytest.mark.parametrize(
    ("born", "age_class"),
    [("1986-01-01", 0), ("1985-12-31", 1), ("1971-01-01", 1), ("1970-12-31", 2), ("1960-12-31", 3), ("1950-12-31", 4)],
)
def test_the_age_class_is_the_one_of_31_december(tmp_path: Path, born: str, age_class: int):
    steps = run(tmp_path / "d", patients=[("p1", born, "F")])
    assert steps.engine.fetch("select age_class from cohort")["age_class"].to_pylist() == [age_class]


@pytest.mark.parametrize(("died", "counts"), [("2025-12-31", 0), ("2026-01-01", 1)])
def test_one_must_outlive_31_december(tmp_path: Path, died: str, counts: int):
    assert pairs(run(tmp_path / "d", patients=[("p1", "1950-06-15", "F", died)]), "cohort") == counts


@pytest.mark.parametrize(
    ("periods", "counts"),
    [
        ([("2024-12-31", "2025-12-31")], 1),
        ([("2025-01-01", None)], 0),
        ([("2010-01-01", "2025-12-30")], 0),
        ([("2010-01-01", "2025-03-01"), ("2025-09-01", None)], 1),
        ([("2010-01-01", "2025-12-31"), ("2024-06-01", None)], 1),
    ],
)
def test_one_must_be_registered_on_both_31_decembers(tmp_path: Path, periods: list, counts: int):
    registrations = [("p1", "d1", start, end) for start, end in periods]
    assert pairs(run(tmp_path / "d", registrations=registrations), "cohort") == counts


@pytest.mark.parametrize(
    ("day", "counts"), [("2024-12-31", 0), ("2025-01-01", 1), ("2025-12-31", 1), ("2026-01-01", 0)]
)
def test_care_must_be_dated_in_the_year(tmp_path: Path, day: str, counts: int):
    assert pairs(run(tmp_path / "act", acts=[("p1", day, "ngap", "G")]), "cohort") == counts
    vaccine = [("p1", day, None, "J07BB02", 1, 600)]
    assert pairs(run(tmp_path / "delivery", acts=[], deliveries=vaccine), "cohort") == counts


def test_care_reversed_never_happened(tmp_path: Path):
    steps = run(tmp_path / "act", acts=[ACT, (*ACT[:4], -1, None)])
    assert (pairs(steps, "cohort"), pairs(steps, "seen")) == (0, 0)
    line = ("p1", "2025-05-02", None, DRUG)
    steps = run(tmp_path / "box", acts=[], deliveries=[(*line, 1, 9, "d1", "01"), (*line, -1, -9, "d1", "01")])
    assert pairs(steps, "cohort") == 0


def test_the_doctor_has_seen_whom_he_performed_an_act_for(tmp_path: Path):
    assert pairs(run(tmp_path / "mine"), "seen") == 1
    assert pairs(run(tmp_path / "other", acts=[(*ACT[:5], "d2")]), "seen") == 0
    billed_twice_then_withdrawn = [ACT, (*ACT[:4], -1, "d1"), (*ACT[:5], "d2")]
    steps = run(tmp_path / "withdrawn", acts=billed_twice_then_withdrawn)
    assert (pairs(steps, "cohort"), pairs(steps, "seen")) == (1, 0)


@pytest.mark.parametrize("right", ["ald", "c2s"])
@pytest.mark.parametrize(
    ("start", "end", "active"),
    [
        ("2025-12-31", None, 1),
        ("2026-01-01", None, 0),
        ("2010-01-01", "2025-12-31", 1),
        ("2010-01-01", "2025-12-30", 0),
    ],
)
def test_a_right_counts_when_active_on_31_december(
    tmp_path: Path, right: str, start: str, end: str | None, active: int
):
    row = {"patient_id": "p1", "from_date": start, "to_date": end} | ({"ald": 8} if right == "ald" else {})
    steps = run(tmp_path / "d", **{right: [row, row]})
    assert steps.engine.fetch(f"select {right} from cohort")[right].to_pylist() == [active]


def initiations(folder: Path, *earlier: tuple, day: date = BEFORE, prescriber: str | None = "d1") -> list[tuple]:
    """Scope rows when p1 gets the drug on `day` from `prescriber`, after the deliveries (day, prescriber, boxes)."""
    lines = [("p1", when, None, DRUG, boxes, 500, who, "03" if who == "s1" else "01") for when, who, boxes in earlier]
    steps = run(folder, deliveries=[("p1", day, None, DRUG, 1, 500, prescriber, "01"), *lines])
    found = steps.engine.fetch("select initiations, gp_initiations, tracked from scope").to_pylist()
    return [tuple(row.values()) for row in found]


@pytest.mark.parametrize(
    ("earlier", "initiated"),
    [("2025-02-27", True), ("2025-02-28", False), ("2025-08-30", False), ("2025-08-31", True)],
)
def test_another_prescriber_in_the_six_months_before_prevents_an_initiation(
    tmp_path: Path, earlier: str, initiated: bool
):
    """The specialist's own delivery initiates: alone (1, 0) when he came first and the GP did not initiate."""
    assert initiations(tmp_path / "d", (earlier, "s1", 1)) == [(1, int(initiated), initiated)]


def test_the_look_back_of_january_reaches_into_the_year_before(tmp_path: Path):
    day = date(2025, 1, 1)
    assert initiations(tmp_path / "in", (date(2024, 7, 1), "s1", 1), day=day) == []
    assert initiations(tmp_path / "out", (date(2024, 6, 30), "s1", 1), day=day) == [(1, 1, True)]


def test_the_same_prescriber_an_unknown_one_and_a_reversed_delivery_prevent_nothing(tmp_path: Path):
    assert initiations(tmp_path / "same", ("2024-08-30", "d1", 1)) == [(1, 1, True)]
    assert initiations(tmp_path / "unknown", ("2025-08-30", None, 1)) == [(1, 1, True)]
    reversed_ = [("2025-08-30", "s1", 1), ("2025-08-30", "s1", -1)]
    assert initiations(tmp_path / "reversed", *reversed_) == [(1, 1, True)]


def test_an_unknown_prescriber_initiates_nothing(tmp_path: Path):
    assert initiations(tmp_path / "d", prescriber=None) == []


def test_exactly_half_of_the_initiations_is_not_more_than_half(tmp_path: Path):
    patients = [(f"p{n}", "1950-06-15", "F") for n in (1, 2, 3)]
    who = {"p1": ("d1", "01"), "p2": ("s1", "03"), "p3": ("d2", "22")}
    lines = [(p, "2025-05-02", None, DRUG, 1, 500, *prescriber) for p, prescriber in who.items()]
    half = run(tmp_path / "half", patients=patients, deliveries=lines[:2])
    more = run(tmp_path / "more", patients=patients, deliveries=lines)
    assert half.engine.fetch("select tracked from scope")["tracked"].to_pylist() == [False]
    assert more.engine.fetch("select tracked from scope")["tracked"].to_pylist() == [True]


def test_vaccines_and_deliveries_without_a_class_are_in_nobodys_scope(tmp_path: Path):
    lines = [("p1", "2025-05-02", None, atc, 1, 500, "d1", "01") for atc in ("J07BB02", None)]
    assert pairs(run(tmp_path / "d", deliveries=lines), "scope") == 0


@pytest.mark.parametrize(
    ("day", "prescriber", "cents"),
    [
        ("2024-12-31", "d1", 1000), ("2025-01-01", "d1", 1700), ("2025-12-31", "d1", 1700), ("2026-01-01", "d1", 1000),
        ("2025-06-01", "d2", 1000), ("2025-06-01", None, 1000),
    ],
)  # fmt: skip
def test_only_his_own_prescriptions_of_the_year_are_observed(
    tmp_path: Path, day: str, prescriber: str | None, cents: int
):
    tables = village({"d1": [1000, 0], "d2": [3000, 3000]})
    tables["deliveries"].append(("d1-p01", day, None, DRUG, 1, 700, prescriber, "01"))
    store = opened(tmp_path / "d", **tables)
    reference = referenced(tmp_path / "r", store, definition())
    [row] = ratio(store, YEAR, reference, definition(), "d1").to_pylist()
    assert row["observed_cents"] == cents


def test_amounts_are_summed_net_of_reversals_even_on_another_day(tmp_path: Path):
    tables = village({"d1": [1000, 2000], "d2": [3000, 3000]})
    tables["deliveries"].append(("d1-p01", "2025-07-01", None, DRUG, -1, -500, "d1", "01"))
    store = opened(tmp_path / "d", **tables)
    reference = referenced(tmp_path / "r", store, definition())
    [row] = ratio(store, YEAR, reference, definition(), "d1").to_pylist()
    assert (row["observed_cents"], row["boxes"]) == (2500, 1)


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"specialty": "gp_mep"}, True),
        ({"specialty": "other"}, False),
        ({"active_to": "2025-12-31"}, True),
        ({"active_to": "2025-12-30"}, False),
        ({"installed_on": "2024-12-31"}, True),
        ({"installed_on": "2025-01-01"}, False),
    ],
)
def test_who_is_in_the_reference(tmp_path: Path, changes: dict, kept: bool):
    doctors = [{"doctor_id": "d1"} | changes, {"doctor_id": "d2"}]
    store = opened(tmp_path / "d", doctors=doctors, **village({"d1": [1000, 2000], "d2": [3000, 3000]}))
    reference = referenced(tmp_path / "r", store, definition())
    assert ("d1" in reference.doctors["doctor_id"].to_pylist()) == kept


@pytest.mark.parametrize(
    ("day", "patient", "prescriber", "atc", "kept"),
    [
        ("2025-12-31", "d1-p00", "d1", DRUG, True),
        ("2024-12-31", "d1-p00", "d1", DRUG, False),
        ("2025-12-31", "d1-p00", "d2", DRUG, False),
        ("2025-12-31", "d2-p00", "d1", DRUG, False),
        ("2025-12-31", "d1-p00", "d1", "J07BB02", False),
    ],
)
def test_a_doctor_must_have_prescribed_a_tracked_drug_to_one_of_his_patients_in_the_year(
    tmp_path: Path, day: str, patient: str, prescriber: str, atc: str, kept: bool
):
    tables = village({"d1": [0, 0], "d2": [3000, 3000]})
    tables["deliveries"].append((patient, day, None, atc, 1, 700, prescriber, "01"))
    reference = referenced(tmp_path / "r", opened(tmp_path / "d", **tables), definition())
    assert ("d1" in reference.doctors["doctor_id"].to_pylist()) == kept
