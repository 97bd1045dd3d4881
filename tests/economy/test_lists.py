"""Who is on a list for a long consultation, and until when: the worked examples, the edges, and the plain definition."""

from collections import Counter
from datetime import date, timedelta

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings

from calculators import economy
from calculators.dates import age_on, from_day, to_day
from calculators.errors import UserError
from calculators.practice import lists as on_lists
from calculators.practice.list_rules import list_rules, with_variants
from calculators.practice.lists import quarter
from calculators.prevention.noting import Noted
from calculators.records.store import Store, open_store
from dashboard import shipped
from tests import practice
from tests.economy import oracle
from tests.economy.cabinets import AS_OF, DOCTORS, World, in_a_folder, opened, worlds

pytestmark = pytest.mark.slow

LONG = ("GL1", "GL2", "IMT", "VL")
LIST_DAY = date(2025, 12, 31)


@pytest.fixture(scope="module")
def sample() -> Store:
    return open_store(shipped.PRACTICES)


def rows(table):
    return {(row["patient_id"], row["list"], row["since"], row["until"]) for row in table.to_pylist()}


@pytest.mark.oracle
@given(worlds())
@settings(max_examples=min(40, settings.default.max_examples))
def test_the_lists_are_those_of_the_plain_definition(world: World):
    with in_a_folder() as folder:
        store = opened(folder, world)
        rules = {code: rule for code, rule in list_rules().items() if code in LONG}
        for doctor in DOCTORS:
            assert rows(on_lists.as_table(on_lists.found(store, rules, AS_OF, doctor))) == oracle.lists(
                world, doctor, AS_OF
            )


def one_patient(tmp_path, birth="1941-06-01", **tables) -> Store:
    return open_store(practice.write(tmp_path / "d", patients=[("p1", birth, "F")], **tables))


def found(store: Store, day: date, name: str):
    return [(one["since"], one["until"]) for one in economy.lists(store, day, "d1", [name]).to_pylist()]


def test_a_discharge_on_1_march_can_be_billed_until_15_april(tmp_path):
    stay = {"patient_id": "p1", "entry": "2026-02-20", "exit": "2026-03-01", "kind": "mco"}
    store = one_patient(tmp_path, stays=[stay])
    window = [(date(2026, 3, 1), date(2026, 4, 15))]
    assert found(store, date(2026, 3, 1), "GL1") == found(store, date(2026, 4, 15), "GL1") == window
    assert found(store, date(2026, 4, 16), "GL1") == found(store, date(2026, 2, 28), "GL1") == []


def test_the_civil_quarters_begin_and_end():
    assert quarter(date(2026, 3, 31)) == (date(2026, 1, 1), date(2026, 3, 31))
    assert quarter(date(2026, 4, 1)) == (date(2026, 4, 1), date(2026, 6, 30))
    assert quarter(date(2028, 12, 31)) == (date(2028, 10, 1), date(2028, 12, 31))


def test_a_visit_of_the_quarter_leaves_the_list_until_the_next(tmp_path):
    visit = {"patient_id": "p1", "date": "2026-02-03", "system": "prs_nat", "code": "1214", "performer_id": "d1"}
    store = one_patient(tmp_path, ald=[("p1", 15)], acts=[visit])
    assert found(store, date(2026, 3, 31), "VL") == []
    assert found(store, date(2026, 4, 1), "VL") == [(date(2026, 4, 1), date(2026, 6, 30))]


def test_a_new_patient_with_an_ald_is_listed_for_twelve_months(tmp_path):
    registered = [{"patient_id": "p1", "doctor_id": "d1", "from_date": "2025-03-31"}]
    store = one_patient(tmp_path, ald=[("p1", 8)], registrations=registered)
    assert found(store, date(2026, 3, 31), "IMT") == [(date(2025, 3, 31), date(2026, 3, 31))]
    assert found(store, date(2026, 4, 1), "IMT") == []


def said(code: str, value: str, day: date) -> Noted:
    return Noted(patient_id="p1", code=code, value=value, on=day, by="d1", at=f"{day}T10:00:00")


def test_a_file_said_to_be_filled_opens_its_lists_and_the_act_closes_them(tmp_path):
    billed = {"patient_id": "p1", "date": "2026-05-02", "system": "ngap", "code": "GL3", "performer_id": "d1"}
    store, notes = one_patient(tmp_path, acts=[billed]), [said("apa", "dossier", date(2026, 4, 20))]

    def listed(day: date) -> list[str]:
        return economy.lists(store, day, "d1", ["GL3", "MPH"], notes=notes)["list"].to_pylist()

    assert listed(date(2026, 4, 19)) == []
    assert listed(date(2026, 4, 20)) == ["GL3", "MPH"]
    assert listed(date(2026, 5, 2)) == ["MPH"]


def test_tobacco_is_asked_again_after_two_years_and_after_one_to_who_smokes(tmp_path):
    store, day = one_patient(tmp_path, acts=[]), date(2024, 3, 1)

    def due(value: str, on: date) -> bool:
        notes = [said("tabac", value, day)]
        return economy.lists(store, on, "d1", ["tabac_statut"], notes=notes).num_rows == 1

    assert not due("jamais", date(2026, 2, 28))
    assert due("jamais", date(2026, 3, 1))
    assert not due("fumeur", date(2025, 2, 28))
    assert due("fumeur", date(2025, 3, 1))


def test_what_nothing_pays_is_marked_unpaid_and_the_others_paid(tmp_path):
    table = economy.lists(one_patient(tmp_path, acts=[]), AS_OF, "d1")
    assert {(row["paid"], row["amount_cents"] > 0) for row in table.to_pylist()} == {(False, False)}
    young = economy.lists(one_patient(tmp_path / "x", "1978-01-01", acts=[]), AS_OF, "d1", ["RDV"]).to_pylist()
    assert [(row["paid"], row["amount_cents"]) for row in young] == [(True, 3000)]
    assert [(row["since"], row["until"]) for row in young] == [(date(2023, 1, 1), date(2028, 12, 31))]


@pytest.mark.parametrize(("variants", "patients"), [((), 30), (("des_80_ans",), 34)])
def test_the_first_practice_has_thirty_long_treatments_past_eighty(sample, variants, patients):
    rules = {"GL2": with_variants(list_rules(), variants)["GL2"]}
    assert len(on_lists.found(sample, rules, LIST_DAY, "M01")) == patients


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variants", "bands"),
    [((), {"18 à 25": 54, "45 à 50": 74, "60 à 65": 127, "70 à 75": 173}),
     (("lettre_2022",), {"20 à 25": 44, "40 à 45": 75, "60 à 65": 127})],
)  # fmt: skip
def test_the_key_ages_of_the_first_practice(sample, variants, bands):
    """So many in a band; those who had the appointment in it, found by a query of its own, are not called."""
    table = economy.lists(sample, LIST_DAY, "M01", ["RDV"], variants)
    listed = Counter(row["reason"].removesuffix(" ans") for row in table.to_pylist())
    rows = sample.engine().fetch(
        "select k.patient_id, p.birth_day from registrations r join patients p on p.patient = r.patient "
        "join patient_keys k on k.patient = r.patient join professional_keys d on d.professional = r.doctor "
        f"where d.professional_id = 'M01' and r.from_day <= {to_day(LIST_DAY)} and r.to_day >= {to_day(LIST_DAY)} "
        f"and p.died_day > {to_day(LIST_DAY)}"
    )
    births = {row["patient_id"]: from_day(row["birth_day"]) for row in rows.to_pylist()}
    had = sample.engine().fetch(
        "select k.patient_id, a.day from acts a join act_keys c on c.act = a.act "
        "join patient_keys k on k.patient = a.patient "
        f"where c.code = 'RDV' and a.quantity > 0 and a.day <= {to_day(LIST_DAY)}"
    )
    ages_had = {(row["patient_id"], age_on(births[row["patient_id"]], from_day(row["day"])))
                for row in had.to_pylist() if row["patient_id"] in births}  # fmt: skip
    for band, number in bands.items():
        first, last = (int(age) for age in band.split(" à "))
        inside = {one for one, birth in births.items() if first <= age_on(birth, LIST_DAY) <= last}
        called = {one for one in inside if not any((one, age) in ages_had for age in range(first, last + 1))}
        assert (len(inside), len(called)) == (number, listed[band])


def test_rows_are_sorted_by_the_last_day_and_those_without_come_last(sample):
    table = economy.lists(sample, LIST_DAY, "M01", ["VL", "IMT", "RDV"])
    untils = table["until"].to_pylist()
    assert untils == sorted(untils)
    assert pc.all(pc.equal(table["paid"], True)).as_py()


def test_a_row_that_ends_before_its_code_begins_is_not_paid(tmp_path):
    """The code begins on 1 January 2026: a stay that ended 45 days before is settled too late by one day."""
    opens = list_rules()["GL1"].valid_from
    stays = [
        {"patient_id": "p1", "entry": "2025-10-01", "exit": str(opens - timedelta(days=ago)), "kind": "mco"}
        for ago in (46, 45)
    ]
    for stay, paid in zip(stays, (False, True), strict=True):
        store = open_store(practice.write(tmp_path / str(paid), patients=[("p1", "1941-06-01", "F")], stays=[stay]))
        (row,) = economy.lists(store, date(2025, 12, 20), "d1", ["GL1"]).to_pylist()
        assert (row["until"] >= opens, row["paid"], row["amount_cents"]) == (paid, paid, 6000 * paid)
        assert "à partir du 1er janvier 2026" in row["reason"]


def test_long_treatments_of_2025_are_listed_without_the_amount_of_a_code_of_2026(sample):
    for day, paid in ((LIST_DAY, False), (LIST_DAY + timedelta(days=1), True)):
        table = economy.lists(sample, day, "M01", ["GL2"])
        assert table.num_rows
        assert {*zip(table["paid"].to_pylist(), table["amount_cents"].to_pylist(), strict=True)} == {
            (paid, 6000 * paid)
        }


@pytest.mark.parametrize(
    ("only", "variants", "said_"), [(["GL9"], [], "liste « GL9 »"), ([], ["des_70_ans"], "variante « des_70_ans »")]
)
def test_a_name_that_does_not_exist_is_a_sentence(tmp_path, only, variants, said_):
    with pytest.raises(UserError, match=said_):
        economy.lists(one_patient(tmp_path), AS_OF, "d1", only, variants)


def test_the_variants_told_are_all_that_are_accepted(tmp_path):
    with pytest.raises(UserError) as refused:
        economy.lists(one_patient(tmp_path), AS_OF, "d1", [], ["xyz"])
    told = str(refused.value).rstrip(".").partition("possibles : ")[2].split(", ")
    assert "lettre_2022" in told
    for name in told:
        economy.lists(one_patient(tmp_path / name), AS_OF, "d1", ["GL3", "RDV"], [name])
