"""Cohort, scope, strata, observed, expected, ratio and interval equal those of the plain oracle, at every edge."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from calculators.records.store import Store
from calculators.sobriety import ratio as ratios
from calculators.sobriety.reference import Reference, UnusableReferenceError, build, open_reference
from calculators.sobriety.steps import Steps
from tests.sobriety.oracle import LIMITS, World, compare, variance
from tests.sobriety.villages import definition
from tests.sobriety.worlds import YEAR, open_world, worlds

pytestmark = pytest.mark.oracle

APPROX = {"rel": 1e-9, "abs": 1e-7}
NO_RATIO = ("too_few_seen", "self_only", "missing_strata", "nothing_expected")
FIGURES = ("expected_cents", "ratio", "se", *LIMITS, "ratio_without_self", *(f"{name}_without_self" for name in LIMITS))
every_edge = settings(max_examples=min(25, settings.default.max_examples))


@given(worlds())
@every_edge
def test_the_reference_and_every_ratio_are_those_of_the_oracle(world: World):
    with tempfile.TemporaryDirectory() as folder:
        store = open_world(Path(folder) / "d", world)
        same_steps(store, world)
        if not world.reference_doctors():
            with pytest.raises(UnusableReferenceError, match="Aucun médecin"):
                build(store, YEAR, definition(world.seen_over), Path(folder) / "r", date(2026, 1, 2))
            return
        build(store, YEAR, definition(world.seen_over), Path(folder) / "r", date(2026, 1, 2))
        reference = open_reference(Path(folder) / "r")
        same_reference(reference, world)
        same_ratios(store, reference, world)


def same_steps(store: Store, world: World) -> None:
    """Cohort, patients seen and scope, whoever the doctors are."""
    steps = Steps(store, YEAR, definition(world.seen_over))
    steps.cohort(None, look_back=True)
    steps.seen()
    steps.initiated()
    steps.scope()
    for table, wanted in (("cohort", world.faithful_ids), ("seen", world.seen)):
        found = steps.engine.fetch(
            f"select d.professional_id as doctor, p.patient_id as patient from {table} t "
            "join professional_keys d on d.professional = t.doctor join patient_keys p on p.patient = t.patient"
        )
        pairs = {(row["doctor"], row["patient"]) for row in found.to_pylist()}
        assert pairs == {(doctor, patient) for doctor in world.doctors() for patient in wanted(doctor)}
        assert found.num_rows == len(pairs)
    scope = {row["atc"]: row for row in steps.engine.fetch("select * from scope").to_pylist()}
    counts = {atc: (row["initiations"], row["gp_initiations"], row["tracked"]) for atc, row in scope.items()}
    assert counts == world.scope()


def same_reference(reference: Reference, world: World) -> None:
    assert {r["atc"]: r["tracked"] for r in reference.scope.to_pylist()} == {
        a: t for a, (*_, t) in world.scope().items()
    }
    assert reference.doctors["doctor_id"].to_pylist() == world.reference_doctors()
    expected = world.strata()
    assert {r["stratum"] for r in reference.strata.to_pylist()} == set(expected)
    for row in reference.strata.to_pylist():
        spend = expected[row["stratum"]]
        assert (row["patients"], row["sum_cents"]) == (len(spend), sum(spend))
        assert row["mean_cents"] == sum(spend) / len(spend)
        assert row["var_cents2"] == pytest.approx(float(variance(spend)), **APPROX)
    doctors = reference.doctors.to_pylist()
    for doctor in doctors:
        mine = compare(world.patients_of(doctor["doctor_id"]), world.held(), doctor["doctor_id"])
        for column, name in (("ratio", "ratio"), ("se", "chance"), ("ref_se", "ref")):
            same(doctor[column], mine[name], column)
    assert sum(d["expected_cents"] for d in doctors) == pytest.approx(sum(d["observed_cents"] for d in doctors))
    cells = reference.cells.to_pylist()
    for doctor in doctors:
        mine = [c for c in cells if c["doctor_id"] == doctor["doctor_id"]]
        assert sum(c["patients"] for c in mine) == doctor["patients"]
        assert sum(c["sum_cents"] for c in mine) == doctor["observed_cents"]


def same_ratios(store: Store, reference: Reference, world: World) -> None:
    """Every doctor has his row, whatever the strata of another."""
    rule = definition(world.seen_over)
    rows = ratios.ratio(store, YEAR, reference, rule).to_pylist()
    assert [row["doctor_id"] for row in rows] == world.doctors()
    for found in rows:
        same_ratio(found, world.ratio(found["doctor_id"]), len(reference.members))
        assert ratios.ratio(store, YEAR, reference, rule, found["doctor_id"]).to_pylist() == [found]


def same_ratio(found: dict, wanted: dict, doctors: int) -> None:
    assert (found["patients"], found["seen"], found["observed_cents"]) == (
        wanted["patients"],
        wanted["seen"],
        wanted["observed"],
    )
    assert (found["reason_code"], found["reference_doctors"]) == (wanted["reason_code"], doctors)
    assert (found["tau_basis"], found["smallest_stratum"]) == (wanted["tau_basis"], wanted["smallest_stratum"])
    for name in ("own_weight", "tau", "tau_low", "tau_high"):
        same(found[name], wanted[name], name)
    if found["reason_code"] in NO_RATIO and found["expected_cents"] is None:
        assert {found[name] for name in FIGURES} == {None}
        return
    for column, name in (("expected_cents", "expected"), *((name, name) for name in ("ratio", "se", *LIMITS))):
        same(found[column], wanted[name], column)
    for name in ("ratio", *LIMITS):
        same(found[f"{name}_without_self"], wanted["without_self"][name], f"{name}_without_self")
    if found["verdict"]:
        low, high = ((wanted["without_self"] if wanted["own_weight"] > 0.02 else wanted)[name] for name in LIMITS[2:])
        assert found["verdict"] == ("au-dessus" if low > 1 else "en dessous" if high < 1 else "compatible")


def same(found: float | None, wanted: float | None, what: str) -> None:
    assert (found is None) == (wanted is None), what
    assert found is None or found == pytest.approx(wanted, **APPROX), what
