"""The steps of the economy of a practice give the same rows on DuckDB and on Spark, each with some."""

from datetime import date
from pathlib import Path

import pytest

from calculators import economy
from calculators.practice import acts, behind, capitation
from calculators.practice.limits import limits
from calculators.records.store import open_store
from tests import practice
from tests.spark import ask_both

pytestmark = pytest.mark.spark
STEPS = {file.stem for file in Path(acts.__file__).parent.glob("*.sql")}
AS_OF = date(2026, 3, 31)


def records(path: Path) -> Path:
    """One old patient with all that a step looks at, one of another doctor's list, one of none."""
    own = {"performer_id": "d1", "performer_specialty": "01"}
    done = [
        *(("p1", day, "ngap", code) for day, code in (("2026-02-02", "G"), ("2026-03-02", "TCG"), ("2026-01-05", "VL"))),
        ("p2", "2026-02-02", "ngap", "G"), ("p3", "2026-02-02", "ngap", "G"), ("p1", "2026-02-02", "ccam", "GLQP012"),
    ]  # fmt: skip
    rows = [
        dict(zip(("patient_id", "date", "system", "code"), one, strict=True))
        | own
        | {"base_cents": 3000, "paid_cents": 4000, "session": "1"}
        for one in done
    ]
    rows.append(rows[0] | {"performer_id": "d3", "session": None})
    molecules = [f"C0{place // 10}AA{place % 10:02}" for place in range(10)]
    packs = [("p1", f"2026-0{month}-03", atc) for atc in molecules for month in (1, 2, 3)]
    return practice.write(
        path,
        patients=[("p1", "1940-01-01", "F"), ("p2", "1960-01-01", "M"), ("p3", "1970-01-01", "F")],
        registrations=[{"patient_id": "p1", "doctor_id": "d1"}, {"patient_id": "p2", "doctor_id": "d2"}],
        doctors=[{"doctor_id": "d1", "sector": "2_optam"}, {"doctor_id": "d2"}],
        practice_facts=[("d1", "optam", "true", "2020-01-01")],
        acts=rows,
        deliveries=[{"patient_id": who, "date": day, "atc": atc, "boxes": 1} for who, day, atc in packs],
        ald=[("p1", 15)],
        stays=[{"patient_id": "p1", "entry": "2026-03-01", "exit": "2026-03-10", "kind": "mco"}],
    )


@pytest.mark.whole
def test_every_step_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    both = ask_both(monkeypatch)
    store = open_store(records(tmp_path / "d"))
    assert economy.lists(store, AS_OF, "d1", ["GL1", "GL2", "IMT", "VL"]).num_rows
    assert economy.fees_cents(store, 2026, "d1")
    assert limits(store, 2026, "d1", []).num_rows
    assert behind.income(store, 2026, "d1").num_rows
    assert capitation.groups(store, 2026, "d1")
    assert economy.mixed(store, 2026).cells
    assert both["judged"]
    assert {step for step in STEPS if not both.get(step)} == set()
