"""The list, the rights and the cover: what the definition says, on the day before, the day and the day after."""

from datetime import date, timedelta

import pyarrow.compute as pc
import pytest

from calculators.engine import DuckEngine
from calculators.errors import UserError
from calculators.prevention.assess import assess, assess_blocks, statuses
from calculators.prevention.indicator import load_set
from calculators.records.store import open_store
from dashboard import shipped
from tests import practice
from tests.prevention.test_oracle import EVERY_WINDOW

AS_OF = date(2026, 3, 31)
RULES = load_set("convention_2024")
SEIN, HBA1C, GRIPPE, PNEUMO = "depistage_cancer_sein", "suivi_hba1c", "vaccin_grippe", "vaccin_pneumocoque"
ANNE = ("anne", "1965-05-05", "F")


def verdicts(folder, as_of=AS_OF, indicator=SEIN, **options):
    rows = assess(open_store(folder), RULES, as_of, **options).to_pylist()
    return [row for row in rows if row["indicator"] == indicator]


def test_every_patient_of_the_list_has_one_row_per_indicator_in_the_order_of_the_set(tmp_path):
    rows = assess(open_store(practice.write(tmp_path / "d", patients=[ANNE])), RULES, AS_OF)
    assert rows["indicator"].to_pylist() == [indicator.id for indicator in RULES.indicators]


def test_a_patient_with_two_doctors_is_on_both_lists_and_on_each_once(tmp_path):
    registrations = [("anne", "d1"), ("anne", "d2"), ("anne", "d2", "2020-01-01")]
    folder = practice.write(tmp_path / "d", patients=[ANNE], registrations=registrations)
    assert [row["doctor_id"] for row in verdicts(folder)] == ["d1", "d2"]
    assert [row["doctor_id"] for row in verdicts(folder, doctor="d2")] == ["d2"]


@pytest.mark.parametrize(("last_day", "listed"), [("2026-03-30", 0), ("2026-03-31", 1), ("2026-04-01", 1)])
def test_a_registration_holds_until_its_last_day_included(tmp_path, last_day, listed):
    registrations = [("anne", "d1", "2020-01-01", last_day)]
    folder = practice.write(tmp_path / "d", patients=[ANNE], registrations=registrations)
    assert len(verdicts(folder)) == listed


def test_a_registration_that_ends_before_it_starts_is_never_active(tmp_path):
    registrations = [("anne", "d1", "2026-03-31", "2026-03-30")]
    folder = practice.write(tmp_path / "d", patients=[ANNE], registrations=registrations)
    assert verdicts(folder) == []


@pytest.mark.parametrize(("died_on", "listed"), [("2026-03-31", 0), ("2026-04-01", 1)])
def test_the_dead_leave_the_list_on_the_day_of_their_death(tmp_path, died_on, listed):
    folder = practice.write(tmp_path / "d", patients=[(*ANNE, died_on)])
    assert len(verdicts(folder)) == listed


@pytest.mark.parametrize(
    ("ald_known", "ald", "status"),
    [
        (True, [], "not_eligible"),
        (False, [], "unknown"),
        (False, [("anne", 12)], "unknown"),
        (False, [("anne", 8)], "due"),
        (True, [("anne", 8, "2010-01-01", "2026-03-30")], "not_eligible"),
        (False, [("anne", 8, "2010-01-01", "2026-03-30")], "unknown"),
        (True, [("anne", 8, "2010-01-01", "2026-03-31")], "due"),
    ],
)
@pytest.mark.slow
def test_an_ald_that_is_not_recorded_is_unknown_even_beside_other_rows(tmp_path, ald_known, ald, status):
    folder = practice.write(
        tmp_path / "d",
        practice.dataset(ald_known=ald_known),
        patients=[ANNE],
        ald=ald,
        acts=[("anne", "2020-01-01", "ngap", "G")],
    )
    (row,) = verdicts(folder, indicator=HBA1C)
    assert row["status"] == status
    assert row["unknown_because"] == ("ald" if status == "unknown" else None)


def test_without_an_ald_table_the_ald_is_unknown_whatever_the_dataset_says(tmp_path):
    (row,) = verdicts(practice.write(tmp_path / "d", patients=[ANNE]), indicator=HBA1C)
    assert row["status"] == "unknown"


def test_without_a_table_of_acts_nothing_is_covered(tmp_path):
    (row,) = verdicts(practice.write(tmp_path / "d", patients=[ANNE]))
    assert (row["status"], row["unknown_because"], row["actionable_on"]) == ("unknown", "couverture", AS_OF)


@pytest.mark.parametrize(("covers_from", "status"), [("2024-04-01", "due"), ("2024-04-02", "unknown")])
def test_acts_and_deliveries_may_be_covered_from_different_days(tmp_path, covers_from, status):
    covers = {"acts": {"from": covers_from, "to": "2026-06-30"}}
    folder = practice.write(
        tmp_path / "d", practice.dataset(covers=covers), patients=[ANNE], acts=[("anne", "2025-01-01", "ngap", "G")]
    )
    assert verdicts(folder)[0]["status"] == status


def test_what_was_found_is_believed_even_where_the_data_are_not_complete(tmp_path):
    about = practice.dataset(covers_from=date(2026, 1, 1))
    folder = practice.write(tmp_path / "d", about, patients=[ANNE], acts=[("anne", "2024-04-01", "ccam", "QEQK004")])
    (row,) = verdicts(folder)
    assert (row["status"], row["due_on"], row["validated"]) == ("up_to_date", date(2026, 4, 1), True)


def test_a_reversed_act_is_no_act_and_another_code_of_the_day_still_is(tmp_path):
    acts = [("anne", "2025-01-01", "nabm", "1577", 1), ("anne", "2025-01-01", "nabm", "1577", -1)]
    folder = practice.write(tmp_path / "d", patients=[ANNE], ald=[("anne", 8)], acts=acts)
    assert verdicts(folder, indicator=HBA1C)[0]["last_on"] is None


def test_a_class_and_a_product_are_netted_apart(tmp_path):
    deliveries = [("anne", "2025-01-01", "3400930247853", "J07AL02", 1), ("anne", "2025-01-01", None, "J07AL02", -1)]
    folder = practice.write(tmp_path / "d", patients=[ANNE], ald=[("anne", 14)], deliveries=deliveries)
    (row,) = verdicts(folder, indicator=PNEUMO)
    assert row["status"] == "up_to_date"  # the product was delivered once; only its class nets to zero


def test_an_act_after_the_day_does_not_exist(tmp_path):
    tomorrow = AS_OF + timedelta(days=1)
    folder = practice.write(tmp_path / "d", patients=[ANNE], acts=[("anne", tomorrow, "ccam", "QEQK004")])
    assert verdicts(folder)[0]["last_on"] is None


@pytest.mark.parametrize("acts", [["2025-01-31"], ["2024-02-29"], ["2024-03-31", "2025-08-31"]])
@pytest.mark.slow
def test_due_on_is_the_first_day_no_longer_up_to_date(tmp_path, acts):
    folder = practice.write(tmp_path / "d", patients=[ANNE], acts=[("anne", day, "ccam", "QEQK004") for day in acts])
    as_of = date.fromisoformat(acts[-1])
    due_on = verdicts(folder, as_of)[0]["due_on"]
    assert verdicts(folder, due_on - timedelta(days=1))[0]["status"] == "up_to_date"
    (lapsed,) = verdicts(folder, due_on)
    assert (lapsed["status"], lapsed["due_on"]) == ("due", due_on)


def test_an_unknown_doctor_is_named(tmp_path):
    folder = practice.write(tmp_path / "d", patients=[ANNE])
    with pytest.raises(UserError, match="absent"):
        assess(open_store(folder), RULES, AS_OF, doctor="absent")


def test_an_empty_practice_gives_an_empty_board(tmp_path):
    folder = practice.write(tmp_path / "d", patients=[], registrations=[], doctors=[("d1",)])
    assert assess(open_store(folder), RULES, AS_OF).num_rows == 0


@pytest.mark.parametrize("block", [3, 4])
@pytest.mark.slow
def test_patients_taken_in_blocks_give_the_same_board(tmp_path, monkeypatch, block):
    people = [(f"p{n}", f"{1930 + 9 * n}-05-05", "FM"[n % 2]) for n in range(8)]
    registrations = [(f"p{n}", f"d{(n * 3) % 4}") for n in range(8)]
    acts = [(f"p{n}", "2025-05-05", "ccam", "QEQK004") for n in range(0, 8, 2)]
    store = open_store(practice.write(tmp_path / "d", patients=people, registrations=registrations, acts=acts))
    whole = assess(store, RULES, AS_OF)
    monkeypatch.setattr("calculators.prevention.assess.BLOCK", block)
    assert assess(store, RULES, AS_OF).equals(whole)
    mine = whole.filter(pc.field("doctor_id") == "d3")
    assert mine["patient_id"].to_pylist()[0] != "p0"
    assert assess(store.of(["d3"]), RULES, AS_OF).equals(mine)
    assert len(list(assess_blocks(store, RULES, AS_OF, "d3"))) == 1


def test_an_act_that_does_not_count_starts_no_chain(tmp_path):
    """The day before `exists_since`, then a month later: one act counts, the requirement of two was never met."""
    rules = load_set(EVERY_WINDOW)
    acts = [("anne", day, "nabm", "0001") for day in ("2022-05-31", "2022-06-30")]
    folder = practice.write(tmp_path / "d", patients=[("anne", "1970-05-05", "F")], acts=acts)
    rows = assess(open_store(folder), rules, date(2025, 1, 1)).to_pylist()
    (row,) = [row for row in rows if row["indicator"] == "aged_twice"]
    assert (row["status"], row["due_on"], row["last_on"]) == ("due", None, date(2022, 6, 30))


@pytest.mark.parametrize(("second", "status"), [("2025-05-31", "up_to_date"), ("2025-05-30", "due")])
def test_two_acts_just_far_enough_apart_are_two(tmp_path, second, status):
    rules = load_set(EVERY_WINDOW)
    deliveries = [("anne", day, "3400930000001", None) for day in ("2025-05-01", second)]
    folder = practice.write(tmp_path / "d", patients=[("anne", "1970-05-05", "F")], deliveries=deliveries)
    rows = assess(open_store(folder), rules, date(2026, 1, 1)).to_pylist()
    assert [row["status"] for row in rows if row["indicator"] == "spaced"] == [status]


def verdict_of(folder, acts, *done):
    """The only row of Anne under these requirements alone."""
    rules = load_set(EVERY_WINDOW)
    one = rules.indicator("yearly")
    base = {"label": "essai", "codes": "test_a", "window": {"kind": "rolling", "months": 12}}
    needs = tuple(one.done[0].model_validate(base | need) for need in done)
    alone = rules.model_copy(update={"indicators": (one.model_copy(update={"excluded": (), "done": needs}),)})
    practice.write(folder, patients=[ANNE], acts=[("anne", day, system, code) for day, system, code in acts])
    return assess(open_store(folder), alone, AS_OF).to_pylist()[0]


@pytest.mark.parametrize(("second", "found"), [("2026-01-02", 1), ("2026-01-03", 2)])
def test_the_shortest_interval_counts_too(tmp_path, second, found):
    acts = [(day, "nabm", "0001") for day in ("2026-01-01", second)]
    assert verdict_of(tmp_path / "d", acts, {"count": 2, "min_interval_days": 2})["count"] == found


def test_of_two_alternatives_that_lapsed_the_last_to_lapse_tells_since_when(tmp_path):
    acts = [("2024-01-10", "nabm", "0001"), ("2023-06-01", "ngap", "XY")]
    longer = {"codes": "test_b", "window": {"kind": "rolling", "months": 24}, "group": "g"}
    assert verdict_of(tmp_path / "d", acts, {"group": "g"}, longer)["due_on"] == date(2025, 6, 1)


@pytest.mark.slow
def test_of_two_alternatives_the_first_that_can_be_done_tells_from_when(tmp_path):
    season = {"codes": "test_b", "window": {"kind": "campaign"}, "group": "g"}
    for number, done in enumerate([({"group": "g"}, season), (season, {"group": "g"})]):
        assert verdict_of(tmp_path / str(number), [], *done)["actionable_on"] == AS_OF
    assert verdict_of(tmp_path / "saison", [], season)["actionable_on"] > AS_OF


@pytest.mark.slow
@pytest.mark.parametrize("doctor", ["M01", None])
def test_the_statuses_alone_are_those_of_the_whole_answers(doctor: str | None):
    store, rules = open_store(shipped.PRACTICES), load_set("convention_2024")
    whole = assess(store, rules, date(2025, 12, 31), doctor).to_pylist()
    found = [row for block in statuses(store, rules, date(2025, 12, 31), doctor) for row in block.to_pylist()]
    tables = {
        (name, key): dict(zip(*(store.engine().fetch(f"select {key}, {key}_id as id from {name}")[one].to_pylist()
                                for one in (key, "id")), strict=True))
        for name, key in (("patient_keys", "patient"), ("professional_keys", "professional"))
    }  # fmt: skip
    patients, doctors = tables.values()
    alone = sorted((doctors[row["doctor"]], patients[row["patient"]], row["indicator"], row["status"]) for row in found)
    wanted = [tuple(row[name] for name in ("doctor_id", "patient_id", "indicator", "status")) for row in whole]
    assert alone == sorted(row for row in wanted if row[-1] != "not_eligible")
    assert {row[-1] for row in alone} >= {"excluded", "up_to_date", "due"}


def test_statuses_alone_are_found_without_what_no_rule_reads(monkeypatch):
    """No drug where no rule names one, no results where the record has none, and nothing that says more than a status."""
    made, step = [], DuckEngine.step
    monkeypatch.setattr(DuckEngine, "step", lambda self, name, *what: (made.append(name), step(self, name, *what))[1])
    rules = RULES.model_copy(update={"indicators": tuple(one for one in RULES.indicators if one.id == SEIN)})
    assert sum(block.num_rows for block in statuses(open_store(shipped.PRACTICES), rules, AS_OF, "M01")) > 0
    assert "cohort" in made
    assert {"furthest", "counter_drugs", "counter_products", "counter_tests"}.isdisjoint(made)
