"""What each line is worth and to whom: against the plain oracle, and rule by rule."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.errors import UserError
from calculators.forfait.instalments import payment_calendar
from calculators.forfait.pay import SCHEMA, pay_lines, total_cents
from calculators.forfait.stake import at_stake
from calculators.forfait.version import apply_changes, available_versions, load_version
from calculators.records.store import open_store
from tests import practice
from tests.forfait import cases, oracle
from tests.forfait.cases import LIST_DAY, YEAR, verdicts

pytestmark = pytest.mark.slow

NONE = verdicts([])
DEFINED = ("doctor_id", "patient_id", "part", "line", "amount_cents", "due_on", "basis")


def readings():
    """Every version as it is, and under each alternative of each of its open points."""
    for name in available_versions():
        yield name, {}
        for point in load_version(name).open_point:
            for alternative in point.alternative:
                yield name, alternative.change


def tuples(table):
    return sorted((tuple(row[name] for name in DEFINED) for row in table.to_pylist()), key=str)


def folder(tmp_path, **tables):
    return open_store(practice.write(tmp_path / "d", **tables))


def seen_by_d1(*patients, on="2025-06-01"):
    return [{"patient_id": who, "date": on, "system": "ngap", "code": "G", "performer_id": "d1"} for who in patients]


@pytest.mark.oracle
@settings(max_examples=min(20, settings.default.max_examples))
@given(case=cases.cases(), chosen=st.data())
def test_the_pay_is_the_one_of_the_plain_oracle(case, chosen):
    store = case.store()
    for name, changes in chosen.draw(st.lists(st.sampled_from(list(readings())), min_size=6, max_size=6)):
        version = apply_changes(load_version(name), changes)
        expected = oracle.pay(
            case.tables, case.about, cases.changed(cases.agreement(name), changes), YEAR, case.validated
        )
        assert tuples(pay_lines(store, version, YEAR, case.verdicts())) == expected


@pytest.mark.oracle
@settings(max_examples=min(10, settings.default.max_examples))
@given(case=cases.cases(), random=st.randoms())
def test_the_order_of_rows_is_irrelevant_and_one_doctor_is_a_part_of_all(case, random):
    version = load_version("convention_2024")
    store = case.store()
    every = pay_lines(store, version, YEAR, case.verdicts())
    for rows in case.tables.values():
        random.shuffle(rows)
    random.shuffle(case.validated)
    assert pay_lines(case.store(), version, YEAR, case.verdicts()).equals(every)
    of_one = pay_lines(store, version, YEAR, case.verdicts(), "d2")
    assert of_one.to_pylist() == [row for row in every.to_pylist() if row["doctor_id"] == "d2"]


@pytest.mark.oracle
@settings(max_examples=min(10, settings.default.max_examples))
@given(case=cases.cases(), name=st.sampled_from(available_versions()))
def test_adding_a_patient_never_lowers_the_base(case, name):
    version = load_version(name)
    for doctor in case.tables["doctors"]:
        doctor |= {"sector": "1", "active_to": None}
    before = pay_lines(case.store(), version, YEAR, NONE, "d1")
    case.tables["patients"] += cases.full(
        "patients", [{"patient_id": "p99", "birth_date": date(1945, 12, 31), "sex": "M"}]
    )
    start = date(2010, 1, 1)
    arrival = [{"patient_id": "p99", "doctor_id": "d1", "from_date": start}]
    case.tables["registrations"] += cases.full("registrations", arrival)
    after = pay_lines(case.store(), version, YEAR, NONE, "d1")
    assert base(after) > base(before)


def base(lines):
    return sum(row["amount_cents"] for row in lines.to_pylist() if row["part"] == "socle")


def test_the_columns_are_those_of_the_definition_then_ours(tmp_path):
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")])
    lines = pay_lines(store, load_version("convention_2024"), YEAR, NONE, "d1")
    assert tuple(lines.column_names[: len(DEFINED)]) == DEFINED
    assert lines.schema == SCHEMA
    assert lines.to_pylist() == [
        {
            "doctor_id": "d1", "patient_id": "p1", "part": "socle", "line": "de_7_a_74_ans", "amount_cents": 500,
            "due_on": date(2026, 4, 1), "basis": "presse", "label": "7 à 74 ans, sans ALD", "rate": None,
            "state": "acquis",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("birth", "line"),
    [
        ("1946-12-31", "des_80_ans"), ("1947-01-01", "de_75_a_79_ans"), ("1951-12-31", "de_75_a_79_ans"),
        ("1952-01-01", "de_7_a_74_ans"), ("2019-12-31", "de_7_a_74_ans"), ("2020-01-01", "de_2_a_6_ans"),
        ("2020-02-29", "de_2_a_6_ans"), ("2024-12-31", "de_2_a_6_ans"), ("2025-01-01", "moins_de_2_ans"),
        ("1900-01-01", "des_80_ans"),
    ],
)  # fmt: skip
def test_the_age_is_the_one_of_31_december_of_the_year_paid(tmp_path, birth, line):
    store = folder(tmp_path, patients=[("p1", birth, "F")])
    assert [row["line"] for row in pay_lines(store, load_version("convention_2024"), YEAR, NONE).to_pylist()] == [line]


@pytest.mark.parametrize(
    ("on", "quantity", "expected"),
    [
        ("2023-12-31", 1, "non_vu"), ("2024-01-01", 1, "de_7_a_74_ans"), ("2024-02-29", 1, "de_7_a_74_ans"),
        ("2025-12-31", 1, "de_7_a_74_ans"), ("2026-01-01", 1, "non_vu"), ("2025-06-01", 0, "non_vu"),
        ("2025-06-01", -1, "non_vu"),
    ],
)  # fmt: skip
def test_seen_is_an_act_of_the_doctor_in_the_24_months_up_to_the_list_day(tmp_path, on, quantity, expected):
    acts = [row | {"quantity": quantity} for row in seen_by_d1("p1", on=on)]
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")], acts=acts)
    lines = pay_lines(store, load_version("convention_2024"), YEAR, NONE)
    assert lines["line"].to_pylist() == [expected]


def test_an_act_and_its_reversal_are_no_act_but_another_day_is(tmp_path):
    acts = seen_by_d1("p1", "p2") + [row | {"quantity": -1} for row in seen_by_d1("p1", "p2")]
    acts += seen_by_d1("p2", on="2025-06-02")
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F"), ("p2", "1970-01-11", "F")], acts=acts)
    lines = pay_lines(store, load_version("convention_2024"), YEAR, NONE)
    assert {row["patient_id"]: row["line"] for row in lines.to_pylist()} == {"p1": "non_vu", "p2": "de_7_a_74_ans"}


def test_nobody_is_unseen_when_no_act_says_who_performed_it(tmp_path):
    act = {"patient_id": "p1", "date": "2025-06-01", "system": "ngap", "code": "G"}
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F"), ("p2", "1970-01-11", "F")], acts=[act])
    lines = pay_lines(store, load_version("convention_2024"), YEAR, NONE)
    assert set(lines["line"].to_pylist()) == {"de_7_a_74_ans"}
    stake = at_stake(store, load_version("convention_2024"), YEAR).to_pylist()
    assert [(row["what"], row["patients"], row["amount_cents"]) for row in stake] == [
        ("ald", 2, 2 * 5000), ("c2s", 2, 2 * 1000), ("seen", 2, 0),
    ]  # fmt: skip


def test_c2s_of_an_unseen_patient_is_paid_only_where_no_line_replaces_his(tmp_path):
    people = [("p1", "1970-01-11", "F"), ("p2", "1970-01-11", "F")]
    store = folder(tmp_path, patients=people, acts=seen_by_d1("p1"), c2s=[("p1",), ("p2",)])
    paid = {
        name: [row["patient_id"] for row in pay_lines(store, load_version(name), YEAR, NONE).to_pylist()
               if row["line"] == "par_patient"]
        for name in ("proposition_2024_02_08", "option_1", "option_2", "convention_2024")
    }  # fmt: skip
    both = ["p1", "p2"]
    expected = {"proposition_2024_02_08": both, "option_1": both, "option_2": ["p1"], "convention_2024": ["p1"]}
    assert paid == expected


def test_under_option_1_an_unseen_patient_is_paid_normally_or_not_at_all(tmp_path):
    store = folder(tmp_path, patients=[("p1", "1940-01-11", "F"), ("p2", "1940-01-11", "F")], acts=seen_by_d1("p1"))
    version = load_version("option_1")
    (point,) = [point for point in version.open_point if point.id == "non_vu"]
    assert total_cents(pay_lines(store, version, YEAR, NONE)) == 11_000
    other = apply_changes(version, point.alternative[0].change)
    assert [row["amount_cents"] for row in pay_lines(store, other, YEAR, NONE).to_pylist()] == [5_500, 0]


@pytest.mark.parametrize(
    ("name", "birth", "paid"),
    [
        ("convention_2024", "1959-12-31", True), ("convention_2024", "1960-01-01", False),
        ("option_1", "1959-12-31", False), ("option_1", "1958-12-31", True), ("convention_2024", None, False),
    ],
)  # fmt: skip
def test_67_years_are_completed_on_31_december_and_plus_de_67_ans_means_68(tmp_path, name, birth, paid):
    doctors = [{"doctor_id": "d1", "birth_date": birth}]
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")], doctors=doctors)
    lines = pay_lines(store, load_version(name), YEAR, NONE).to_pylist()
    assert any(row["line"] == "age_67" for row in lines) == paid


@pytest.mark.parametrize(
    ("name", "zone", "installed", "lines"),
    [
        ("convention_2024", "zip", "2026-12-31", {"premiere_installation_annee_1": 250}),
        ("convention_2024", "qpv", "2026-01-01", {"premiere_installation_annee_1": 250}),
        ("convention_2024", "zip", "2025-12-31", {"premiere_installation_annee_2": 150}),
        ("convention_2024", "qpv", "2024-12-31", {"qpv": 50}),
        ("convention_2024", "zac", "2026-01-01", {}),
        ("option_2", "zip", "2025-01-01", {"premiere_installation_annee_2": 150}),
        ("option_2", "qpv", "2020-01-01", {}),
    ],
)
def test_the_first_years_of_a_first_installation_replace_the_zone(tmp_path, name, zone, installed, lines):
    doctor = {"doctor_id": "d1", "zone": zone, "installed_on": installed, "first_installation": True}
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")], doctors=[doctor])
    rows = pay_lines(store, load_version(name), YEAR, NONE).to_pylist()
    assert {row["line"]: row["amount_cents"] for row in rows if row["part"] == "majoration"} == lines


def test_zone_and_age_add_up_or_the_greater_stands_alone(tmp_path):
    doctors = [{"doctor_id": "d1", "zone": "zip", "birth_date": "1950-01-01"}]
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")], doctors=doctors)
    version = load_version("convention_2024")
    for rule, total in (("sum", 600), ("greatest", 550)):
        chosen = apply_changes(version, {"cumul.majorations": rule})
        assert total_cents(pay_lines(store, chosen, YEAR, NONE)) == total


def test_a_majoration_is_rounded_once_from_the_whole_base(tmp_path):
    doctors = [{"doctor_id": "d1", "zone": "zip"}]
    people = [(f"p{number}", "1970-01-11", "F") for number in range(3)]
    store = folder(tmp_path, patients=people, doctors=doctors)
    version = apply_changes(load_version("convention_2024"), {"socle.de_7_a_74_ans": 5.05, "majoration.zip": 0.1})
    (line,) = [row for row in pay_lines(store, version, YEAR, NONE).to_pylist() if row["part"] == "majoration"]
    assert line["amount_cents"] == 152  # 1 515 cents x 10 %, half up; three times 50.5 would give 153
    assert line["rate"] == pytest.approx(0.1)


def test_the_old_c2s_supplement_pays_the_share_beyond_seven_percent(tmp_path):
    people = [(f"p{number:02}", "1970-01-11", "F") for number in range(20)]
    for with_c2s, expected in ((1, []), (2, [300])):
        store = folder(tmp_path / str(with_c2s), patients=people, c2s=[(who,) for who, *_ in people[:with_c2s]])
        lines = pay_lines(store, load_version("fpmt_2024"), 2025, NONE).to_pylist()
        assert [row["amount_cents"] for row in lines if row["part"] == "c2s"] == expected  # 100 euros x (10 % - 7 %)


def test_a_validated_indicator_is_paid_once_whoever_performed_the_act(tmp_path):
    store = folder(tmp_path, patients=[("p1", "1950-01-11", "F")], acts=seen_by_d1("inconnu"))
    verdict = ("d1", "p1", "vaccin_grippe")
    lines = pay_lines(store, load_version("convention_2024"), YEAR, verdicts([verdict, verdict])).to_pylist()
    (paid,) = [row for row in lines if row["part"] == "prevention"]
    assert (paid["line"], paid["amount_cents"], paid["due_on"]) == ("vaccin_grippe", 500, date(2027, 4, 1))
    assert not [row for row in pay_lines(store, load_version("fpmt_2024"), YEAR, verdicts([verdict])).to_pylist()
                if row["part"] == "prevention"]  # fmt: skip


def test_means_appear_when_asked_for_and_give_way_to_what_was_entered(tmp_path):
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")])
    version = load_version("fpmt_2024")
    assert total_cents(pay_lines(store, version, 2025, NONE, "d1")) == 500
    assert total_cents(pay_lines(store, version, 2025, NONE, "d1", with_means=True)) == 500 + 536_100 + 418_000
    entered = pay_lines(store, version, 2025, NONE, "d1", entered={"rosp": 123_456, "donum": 1})
    assert total_cents(entered) == 500 + 123_456 + 418_000
    assert {row["part"]: row["basis"] for row in entered.to_pylist()} == {
        "socle": "presse", "rosp": "hypothese", "structure": "presse",
    }  # fmt: skip
    with pytest.raises(UserError, match="précisez lequel"):
        pay_lines(store, version, 2025, NONE, entered={"rosp": 1})
    with pytest.raises(UserError, match="« rosp »"):
        pay_lines(store, version, 2025, NONE, "d1", entered={"rospp": 1})


def test_the_installation_aid_is_paid_within_three_months_when_asked_for(tmp_path):
    doctor = {"doctor_id": "d1", "zone": "zac", "installed_on": "2026-11-30", "first_installation": True}
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")], doctors=[doctor])
    lines = pay_lines(store, load_version("convention_2024"), YEAR, NONE, with_means=True).to_pylist()
    assert [(row["line"], row["amount_cents"], row["due_on"]) for row in lines if row["part"] == "aide"] == [
        ("installation_zac", 500_000, date(2027, 2, 1))
    ]


@pytest.mark.oracle
@settings(max_examples=min(8, settings.default.max_examples))
@given(case=cases.cases(), name=st.sampled_from(available_versions()), odd=st.integers(1, 99))
def test_the_calendar_sums_to_the_lines_to_the_cent(case, name, odd):
    version = load_version(name)
    version = apply_changes(version, {f"socle.{line}": 5 + odd / 100 for line in version.socle})
    lines = pay_lines(case.store(), version, YEAR, case.verdicts(), with_means=True)
    calendar = payment_calendar(lines, version)
    for doctor in ("d1", "d2"):
        paid = [row["amount_cents"] for row in calendar.to_pylist() if row["doctor_id"] == doctor]
        assert sum(paid) == sum(row["amount_cents"] for row in lines.to_pylist() if row["doctor_id"] == doctor)


def test_a_sum_of_floats_is_the_amount_it_looks_like():
    version = apply_changes(load_version("convention_2024"), {"socle.de_7_a_74_ans": 5 + 81 / 100})
    assert version == apply_changes(load_version("convention_2024"), {"socle.de_7_a_74_ans": "5.81"})


def test_the_base_is_paid_in_four_instalments(tmp_path):
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")])
    version = apply_changes(load_version("convention_2024"), {"socle.de_7_a_74_ans": 5.03})
    calendar = payment_calendar(pay_lines(store, version, YEAR, NONE), version).to_pylist()
    assert [(row["due_on"].month, row["amount_cents"]) for row in calendar] == [(4, 125), (6, 125), (9, 125), (11, 128)]


@pytest.mark.oracle
@settings(max_examples=min(15, settings.default.max_examples))
@given(case=cases.cases(), name=st.sampled_from(available_versions()))
def test_the_stake_is_the_pay_with_the_answer_turned_over(case, name):
    store, version, content = case.store(), load_version(name), cases.agreement(name)
    stake = {(row["doctor_id"], row["what"]): row for row in at_stake(store, version, YEAR).to_pylist()}
    known = oracle.the_list(case.tables, case.about, content, YEAR)
    for (doctor, what), row in stake.items():
        mine = {key: facts for key, facts in known.items() if key[0] == doctor}
        assert row["patients"] == sum(facts[what] is None for facts in mine.values())
        turned = {key: facts | ({what: what != "seen"} if facts[what] is None else {}) for key, facts in mine.items()}
        assert row["amount_cents"] == worth(case, content, turned) - worth(case, content, mine)


def worth(case, content, known):
    facts = oracle.Facts(case.tables.get("practice_facts", []), [])
    return sum(
        row[4]
        for doctor in {doctor for doctor, _ in known}
        if not oracle.why_unpaid(case.tables, facts, content, YEAR, doctor)
        for row in oracle.paid_rows(case.tables, facts, content, YEAR, doctor, known, [], [])
    )


def test_a_patient_who_dies_or_leaves_on_the_list_day(tmp_path):
    people = [("mort", "1970-01-11", "F", LIST_DAY.isoformat()), ("parti", "1970-01-11", "F")]
    registrations = [("mort", "d1", "2010-01-01"), ("parti", "d1", "2010-01-01", LIST_DAY.isoformat())]
    store = folder(tmp_path, patients=people, registrations=registrations)
    lines = pay_lines(store, load_version("convention_2024"), YEAR, NONE)
    assert lines["patient_id"].to_pylist() == ["parti"]


def test_an_unknown_doctor_is_told_who_is_there(tmp_path):
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")])
    with pytest.raises(UserError, match="« d1 »"):
        pay_lines(store, load_version("convention_2024"), YEAR, NONE, "d11")
