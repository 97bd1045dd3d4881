"""What one person may read of a store: exactly the rows that a plain reading of the tables gives his doctors."""

from datetime import date
from itertools import combinations

import pytest

from calculators.errors import UserError
from calculators.records import own_rows
from calculators.records.roster import roster
from calculators.records.store import COMPACT_TABLES, Store, open_store
from calculators.records.views import CARE
from dashboard import shipped

pytestmark = pytest.mark.slow
SOME = [(), ("M03",), ("M03", "M08"), ("M99",), ("M'; drop", "M08")]


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(shipped.PRACTICES, held=False)


def patients_of(store: Store, doctors: tuple[str, ...]) -> set[int]:
    keys = {store.known_doctors[one].key for one in doctors if one in store.known_doctors}
    rows = store.engine().fetch("select patient, doctor from registrations").to_pylist()
    return {row["patient"] for row in rows if row["doctor"] in keys}


def test_every_compact_table_is_of_patients_of_doctors_or_a_dictionary():
    kinds = (own_rows.OF_PATIENTS, own_rows.OF_DOCTORS, own_rows.DICTIONARIES)
    assert sorted(name for kind in kinds for name in kind) == sorted(COMPACT_TABLES)
    assert all(not set(one) & set(other) for one, other in combinations(kinds, 2))


@pytest.mark.parametrize("doctors", SOME)
def test_tables_and_views_hold_his_patients_and_nobody_else(store: Store, doctors: tuple[str, ...]):
    mine, engine = patients_of(store, doctors), store.of(doctors).engine()
    assert bool(mine) == bool({"M03", "M08"} & set(doctors))
    for table in (*own_rows.OF_PATIENTS, *CARE):
        count = f"select patient, count(*) as n from {table} group by patient"
        whole = {row["patient"]: row["n"] for row in store.engine().fetch(count).to_pylist()}
        found = {row["patient"]: row["n"] for row in engine.fetch(count).to_pylist()}
        assert found == {patient: n for patient, n in whole.items() if patient in mine}, table
    assert store.of(doctors).doctors() == sorted(set(doctors) & set(store.doctors()))


def test_his_list_is_the_same_as_ever_and_another_s_cannot_be_asked_for(store: Store):
    mine = store.of(["M08"])
    assert roster(mine, "M08", date(2026, 6, 30)).equals(roster(store, "M08", date(2026, 6, 30)))
    assert roster(mine, "M03", date(2026, 6, 30)).num_rows == 0
    assert mine.rows["patients"] == len(patients_of(store, ("M08",))) < store.rows["patients"]
    with pytest.raises(UserError, match="M03"):
        mine.doctor_key("M03")
    with pytest.raises(AssertionError):
        mine.files_of("acts")
