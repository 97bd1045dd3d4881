"""Whom to call first, and why in this order."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from calculators import rows
from calculators.prevention.indicator import load_set
from calculators.prevention.worklist import Call, actions, falling_due, keep, worklist
from calculators.records.roster import ROSTER

AS_OF = date(2025, 12, 1)
RULES = load_set("convention_2024")
GRIPPE, COVID, PNEUMO = "vaccin_grippe", "vaccin_covid", "vaccin_pneumocoque"
SEIN, HBA1C = "depistage_cancer_sein", "suivi_hba1c"
BOARD = pa.schema(
    [(name, pa.string()) for name in ("patient_id", "indicator", "status")]
    + [(name, pa.date32()) for name in ("last_on", "due_on", "actionable_on")]
)


def listed(*verdicts, **patients):
    """A worklist from (patient, indicator, status, last_on, due_on, actionable_on) and facts on patients."""
    rows = [dict(zip(BOARD.names, verdict, strict=True)) for verdict in verdicts]
    names = list(dict.fromkeys(row["patient_id"] for row in rows))
    facts = {"age": 70, "sex": "F", "ald": [], "ald_known": True}
    roster = [facts | {"patient_id": name} | patients.get(name, {}) for name in names]
    board, people = pa.Table.from_pylist(rows, schema=BOARD), pa.Table.from_pylist(roster, schema=ROSTER)
    return worklist(board, people, RULES, AS_OF)


def due(patient, indicator, last=None, lapsed=None, can=AS_OF):
    return (patient, indicator, "due", last, lapsed, can)


def order(table):
    return table["patient_id"].to_pylist()


def left(table, **filters):
    """Patients that `keep` leaves of a worklist."""
    return [call.patient_id for call in keep(rows.read(table, Call), **filters)]


def test_first_the_patient_for_whom_one_contact_settles_most():
    table = listed(due("anne", SEIN), due("anne", HBA1C), due("zoe", GRIPPE), due("zoe", COVID))
    assert order(table) == ["zoe", "anne"]
    assert table.to_pylist()[0]["contact"] == "vaccination"
    assert table["together"].to_pylist() == [2, 1]


def test_an_act_that_cannot_be_done_yet_does_not_count_in_a_contact():
    later = AS_OF + timedelta(days=1)
    table = listed(due("anne", GRIPPE, can=later), due("anne", COVID, can=later), due("zoe", SEIN))
    assert order(table) == ["zoe", "anne"]
    assert table["together"].to_pylist() == [1, 0]


def test_then_the_one_never_done_then_the_one_that_lapsed_longest_ago():
    old, recent = date(2024, 1, 1), date(2025, 11, 1)
    table = listed(
        due("anne", SEIN, date(2023, 1, 1), recent), due("berthe", SEIN, date(2022, 1, 1), old), due("claire", SEIN)
    )
    assert order(table) == ["claire", "berthe", "anne"]
    assert table["overdue_days"].to_pylist() == [None, (AS_OF - old).days, 30]


def test_then_the_one_with_an_ald_then_the_oldest():
    table = listed(
        due("anne", SEIN),
        due("berthe", SEIN),
        due("claire", SEIN),
        anne={"age": 60},
        berthe={"age": 74},
        claire={"ald": [8]},
    )
    assert order(table) == ["claire", "berthe", "anne"]


def test_a_patient_up_to_date_comes_last_with_his_next_date():
    table = listed(("anne", SEIN, "up_to_date", AS_OF, date(2027, 1, 1), None), due("zoe", SEIN))
    assert order(table) == ["zoe", "anne"]
    assert table["next_on"].to_pylist() == [None, date(2027, 1, 1)]


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({}, ["zoe", "anne", "berthe"]),
        ({"indicators": [SEIN]}, ["anne"]),
        ({"contact": "vaccination"}, ["zoe"]),
        ({"ages": (70, 80)}, ["zoe", "anne"]),
        ({"ald": True}, ["berthe"]),
        ({"never_seen": True}, ["anne", "berthe"]),
        ({"seen": (date(2025, 11, 30), AS_OF)}, []),
        ({"seen": (date(2025, 11, 29), AS_OF)}, ["zoe"]),
    ],
)
def test_filters_keep_the_order(filters, kept):
    table = listed(
        *(due("zoe", GRIPPE), due("zoe", COVID), due("anne", SEIN), due("berthe", HBA1C, AS_OF, AS_OF)),
        zoe={"last_seen_on": date(2025, 11, 29)},
        berthe={"ald": [8], "age": 81},
    )
    assert left(table, **filters) == kept


def test_what_falls_due_is_counted_within_the_days():
    rows = [("anne", SEIN, "up_to_date", None, AS_OF + timedelta(days=days), None) for days in (91, 92, 365, 366)]
    table = falling_due(
        pa.Table.from_pylist([dict(zip(BOARD.names, r, strict=True)) for r in rows], schema=BOARD), RULES, AS_OF
    )
    counted = {row["days"]: row["patients"] for row in table.to_pylist() if row["indicator"] == SEIN}
    assert counted == {91: 1, 182: 2, 365: 3}


def board(*verdicts):
    return pa.Table.from_pylist([dict(zip(BOARD.names, verdict, strict=True)) for verdict in verdicts], schema=BOARD)


def test_what_is_declined_is_listed_apart_and_not_to_call_for():
    table = listed(
        ("anne", SEIN, "refused", None, None, AS_OF), ("anne", GRIPPE, "not_applicable", None, None, AS_OF),
        due("zoe", SEIN),
    )  # fmt: skip
    assert order(table) == ["zoe", "anne"]
    anne = table.to_pylist()[1]
    assert (anne["due"], anne["together"], anne["gap_ids"], anne["declined_ids"]) == (0, 0, [], [SEIN, GRIPPE])


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"among": "gap_ids"}, ["anne", "zoe"]),
        ({"among": "now_ids"}, ["anne"]),
        ({"among": "now_ids", "indicators": [COVID]}, ["anne"]),
        ({"among": "now_ids", "indicators": [GRIPPE]}, []),
        ({"among": "gap_ids", "indicators": [GRIPPE]}, ["zoe"]),
        ({"among": "unknown_ids"}, ["berthe"]),
        ({"among": "declined_ids"}, ["claire"]),
        ({"among": "declined_ids", "indicators": [GRIPPE]}, []),
    ],
)
def test_a_filter_says_among_which_acts_it_looks(filters, kept):
    later = AS_OF + timedelta(days=1)
    table = listed(
        due("anne", COVID), due("zoe", GRIPPE, can=later),
        ("berthe", GRIPPE, "unknown", None, None, AS_OF), ("claire", COVID, "refused", None, None, AS_OF),
    )  # fmt: skip
    assert left(table, **filters) == kept


def test_the_actions_of_the_day_count_what_can_be_done_today_family_by_family():
    later = AS_OF + timedelta(days=1)
    rows = [due(name, GRIPPE, can=later) for name in ("anne", "zoe", "berthe")]
    rows += [due("anne", COVID), due("zoe", COVID), due("anne", SEIN, can=None), due("anne", HBA1C)]
    rows += [("berthe", COVID, "refused", None, None, AS_OF), ("claire", HBA1C, "up_to_date", AS_OF, None, None)]
    found = [(action.indicator.id, action.patients) for action in actions(board(*rows), RULES, AS_OF)]
    assert found == [(COVID, 2), (HBA1C, 1)]


def test_nothing_to_do_today_gives_no_action():
    assert actions(board(due("anne", GRIPPE, can=AS_OF + timedelta(days=1))), RULES, AS_OF) == []


def test_a_patient_with_nothing_to_do_comes_after_one_whose_act_must_wait():
    later = AS_OF + timedelta(days=30)
    table = listed(
        ("anne", SEIN, "up_to_date", AS_OF, date(2027, 1, 1), None),
        due("zoe", GRIPPE, AS_OF, AS_OF, can=later),
        anne={"ald": [8], "age": 90},
    )
    assert order(table) == ["zoe", "anne"]


def test_no_lapse_and_a_lapse_today_weigh_the_same():
    table = listed(due("anne", SEIN, AS_OF, AS_OF), due("zoe", SEIN, AS_OF, None), zoe={"age": 71})
    assert order(table) == ["zoe", "anne"]


def test_several_gaps_give_the_oldest_lapse_the_first_possible_day_and_the_fullest_contact():
    old, recent, soon, later = date(2024, 1, 1), date(2025, 11, 1), AS_OF + timedelta(days=3), AS_OF + timedelta(days=9)
    table = listed(
        *(due("anne", SEIN, recent, recent), due("anne", GRIPPE, old, old, can=later), due("anne", COVID, old, old)),
        *(due("anne", HBA1C, recent, recent, can=soon), due("anne", PNEUMO, old, old)),
        ("anne", "depistage_diabete", "up_to_date", AS_OF, date(2027, 5, 1), None),
        ("anne", "depistage_mrc", "up_to_date", AS_OF, date(2026, 5, 1), None),
    )
    row = table.to_pylist()[0]
    assert (row["overdue_days"], row["actionable_on"], row["next_on"]) == ((AS_OF - old).days, AS_OF, date(2026, 5, 1))
    assert (row["contact"], row["together"]) == ("vaccination", 2)


@pytest.mark.parametrize(("ages", "kept"), [((70, 70), 1), ((60, 69), 0), ((71, 80), 0)])
def test_both_ends_of_an_age_range_are_in_it(ages, kept):
    assert len(left(listed(due("anne", SEIN)), ages=ages)) == kept


@pytest.mark.parametrize(("first", "last", "kept"), [(0, 0, 1), (1, 5, 0), (-5, -1, 0)])
def test_both_days_of_a_contact_range_are_in_it(first, last, kept):
    seen = date(2025, 6, 1)
    table = listed(due("anne", SEIN), anne={"last_seen_on": seen})
    assert len(left(table, seen=(seen + timedelta(days=first), seen + timedelta(days=last)))) == kept


def test_a_lapse_of_yesterday_comes_before_no_lapse():
    yesterday = AS_OF - timedelta(days=1)
    table = listed(due("anne", SEIN, yesterday, yesterday), due("zoe", SEIN, AS_OF, None), zoe={"age": 71})
    assert order(table) == ["anne", "zoe"]


def test_an_action_is_the_act_due_even_when_the_others_of_its_family_concern_nobody():
    rows = [dict(zip(BOARD.names, due("anne", SEIN), strict=True))]
    found = actions(pa.Table.from_pylist(rows, schema=BOARD), RULES, AS_OF)
    assert [(action.indicator.id, action.patients) for action in found] == [(SEIN, 1)]


def test_what_cannot_be_done_today_does_not_push_a_patient_forward():
    later, old = AS_OF + timedelta(days=1), date(2020, 1, 1)
    table = listed(
        *(due("anne", SEIN, old, date(2025, 11, 1)), due("anne", GRIPPE, can=later)),
        *(due("berthe", SEIN, old, date(2025, 10, 1)), due("claire", SEIN, old, date(2025, 11, 2))),
        *(due("claire", HBA1C, old, date(2021, 1, 1), later),),
    )
    assert order(table) == ["berthe", "anne", "claire"]
    assert table["overdue_days"].to_pylist() == [61, 30, 29]
    assert table["never"].to_pylist() == [0, 0, 0]


def test_each_act_due_has_its_own_days_the_one_that_lapsed_longest_ago_first():
    (anne,) = listed(
        *(due("anne", SEIN), due("anne", HBA1C, AS_OF, AS_OF - timedelta(days=5))),
        due("anne", GRIPPE, AS_OF, AS_OF - timedelta(days=90)),
    ).to_pylist()
    assert anne["gap_ids"] == [GRIPPE, HBA1C, SEIN]
    assert anne["gap_days"] == [90, 5, None]


def test_every_contact_that_settles_something_is_known_the_one_that_settles_most_first():
    table = listed(due("anne", SEIN), due("anne", GRIPPE), due("anne", COVID), due("zoe", SEIN))
    assert table["contacts"].to_pylist() == [["vaccination", "depistage"], ["depistage"]]
    assert left(table, contact="depistage") == ["anne", "zoe"]
    assert left(table, contact="vaccination") == ["anne"]
    assert left(table, contact="prelevement") == []
