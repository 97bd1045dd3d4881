"""What few measures ask of the fictitious practices: it moves nothing else, and every story is there."""

from datetime import date

import duckdb
import pytest

from calculators.records.facts import facts
from calculators.records.store import Store, open_store
from sample_data import further
from sample_data.build import SHIPPED

pytestmark = pytest.mark.slow

NEEDED = (
    *(
        "acts.prescriber_id",
        "acts.prescriber_specialty",
        "acts.prescribed_on",
        "acts.base_cents",
        "acts.paid_cents",
        "acts.exo",
    ),
    *(
        "acts.session",
        "deliveries.exo",
        "drugs.pack_days",
        "drugs.pack_units",
        "drugs.molecules",
        "drugs.group",
        "drugs.role",
    ),
    *(
        "drugs.device",
        "devices",
        "stays.exit",
        "stays.kind",
        "stays.ghm",
        "sick_leaves.prescriber_id",
        "practice_facts",
    ),
    *("groups", "places.qpv"),
)


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(SHIPPED)


def asked(sql: str) -> list[tuple]:
    tables = {
        name: f"'{SHIPPED / name}.parquet'" for name in ("acts", "deliveries", "ald", "groups", "stays", "sick_leaves")
    }
    return duckdb.sql(sql.format(**tables)).fetchall()


def test_nothing_that_is_asked_is_lacking(store: Store):
    assert store.lacking(*NEEDED) == ()
    assert store.dataset.all_acts_of_doctor
    assert store.dataset.covers["stays"] == store.dataset.covers["acts"]


def test_every_parameter_has_a_source_and_says_what_was_not_found():
    said = further.given()
    sections = [
        one for name, one in said.items() if name != "sources" for one in (one if isinstance(one, list) else [one])
    ]
    assert all(one["source"] in said["sources"] for one in sections)
    assert sum("gap" in one for one in sections) >= 8


def test_nobody_has_care_only_drawn_here_in_a_year():
    """Cohorts are those of the rest."""
    mine = ", ".join(f"('{system}', '{code}')" for system, code in further.codes())
    assert asked(
        f"select count(*) from (select patient_id, year(date) y from {{acts}} where (system, code) in ({mine}) "
        f"except (select patient_id, year(date) from {{acts}} where (system, code) not in ({mine}) "
        "union select patient_id, year(date) from {deliveries}))"
    ) == [(0,)]


def test_what_the_doctor_does_is_on_a_day_he_sees_the_patient_anyway():
    own = "performer_id in (select distinct performer_id from {acts} where performer_id like 'M__')"
    assert asked(
        "select count(*) from (select patient_id, date, performer_id from {acts} where code in ('RDV', 'IMT', 'MPH', "
        f"'GL1', 'GL2', 'DEQP003') and {own} except "
        "select patient_id, date, performer_id from {acts} where code in ('G', 'VG'))"
    ) == [(0,)]


def test_a_practice_prescribes_glp1_to_three_patients_without_diabetes_of_nineteen():
    found = asked(
        "select count(distinct patient_id), count(distinct patient_id) filter (where patient_id not in "
        "(select patient_id from {ald} where ald = 8)) from {deliveries} "
        "where prescriber_id = 'M09' and atc like 'A10BJ%' and year(date) = 2025"
    )
    assert found == [(19, 3)]


def test_an_anticoagulant_of_the_cardiologist_guards_patients_with_ppi_and_nsaid():
    guarded = asked(
        "select p.prescriber_id, count(distinct p.patient_id) from {deliveries} p "
        "join {deliveries} n using (patient_id, date, prescriber_id) "
        "join {deliveries} g on g.patient_id = p.patient_id and g.atc = 'B01AF02' and g.date = p.date - 30 "
        "where p.atc like 'A02BC%' and n.atc like 'M01A%' and p.prescriber_id like 'M__' group by 1"
    )
    assert {"M05", "M06", "M09"} <= {doctor for doctor, _ in guarded}


def test_contracts_assistant_group_and_free_fees_are_there(store: Store):
    said, day = facts(store), (date(2025, 6, 30) - date(1970, 1, 1)).days
    assert said.on("M04", "contract", day) == "CAIM"
    assert said.on("M03", "assistant_etp", day) == "1"
    assert [row for (row,) in asked("select doctor_id from {groups} order by 1")] == ["M02", "M10", "M11"]
    above = asked("select performer_id from {acts} where paid_cents > base_cents group by 1")
    assert above == [("M02",)]


def test_stays_and_leaves_are_of_the_size_that_was_wanted():
    ((stays, recent),) = asked("select count(*), count(*) filter (where exit > date '2026-05-16') from {stays}")
    assert stays > 5000
    assert recent > 50
    ((days,),) = asked(
        "select sum(to_date - from_date + 1) from {sick_leaves} where year(from_date) = 2025 and kind = 'maladie'"
    )
    assert 3000 < days / 12 < 7000
