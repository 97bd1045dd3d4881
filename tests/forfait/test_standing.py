"""Who is paid and for what part of the year: sector, OPTAM, end of practice, contracts, places, collaborators."""

from datetime import date

import pytest

from calculators.forfait import donum
from calculators.forfait.pay import pay_lines, total_cents
from calculators.forfait.version import apply_changes, available_versions, load_version
from calculators.records.facts import FILE
from calculators.records.store import open_store
from tests import practice
from tests.forfait.cases import YEAR, verdicts
from tests.forfait.test_pay import NONE, folder, seen_by_d1

pytestmark = pytest.mark.slow

SIGNED, OLD = load_version("convention_2024"), load_version("fpmt_2024")
ONE = [("p1", "1970-01-11", "F")]
SEVEN = [(f"p{number}", "1970-01-11", "F") for number in range(7)]


def practice_of(tmp_path, people=ONE, **doctor):
    tables = {
        name: doctor.pop(name) for name in ("practice_facts", "groups", "places", "acts", "c2s") if name in doctor
    }
    return folder(tmp_path, patients=people, doctors=[{"doctor_id": "d1"} | doctor], **tables)


def rows(store, version=SIGNED, validated=NONE, year=YEAR, **more):
    return pay_lines(store, version, year, validated, **more).to_pylist()


@pytest.mark.parametrize("name", available_versions())
@pytest.mark.parametrize("doctor", [{"sector": "2"}, {"active_to": "2023-06-30"}], ids=["sector 2", "gone in 2023"])
def test_who_is_not_paid_has_one_row_that_says_why(tmp_path, name, doctor):
    store = practice_of(tmp_path, **doctor)
    validated = verdicts([("d1", "p1", "vaccin_grippe")])
    [row] = rows(store, load_version(name), validated, with_means=True)
    assert (row["patient_id"], row["part"], row["line"], row["amount_cents"]) == (None, "socle", "non_paye", 0)
    assert (row["due_on"], row["basis"]) == (None, "presse")
    assert ("secteur 2 sans OPTAM" if "sector" in doctor else "exercice terminé") in row["label"]


def test_sector_2_is_paid_as_if_in_optam_when_the_rule_is_changed(tmp_path):
    store = practice_of(tmp_path, sector="2")
    as_if = apply_changes(SIGNED, {"who.sector_2": True})
    assert total_cents(pay_lines(store, as_if, YEAR, NONE)) == 500
    assert total_cents(pay_lines(practice_of(tmp_path / "o", sector="2_optam"), SIGNED, YEAR, NONE)) == 500


@pytest.mark.parametrize(
    ("name", "sector", "facts", "paid"),
    [
        ("convention_2024", "2", [("true", "2025-12-31", None)], True),
        ("convention_2024", "2", [("true", "2026-01-01", None)], False),
        ("fpmt_2024", "2", [("true", "2026-01-01", None)], True),
        ("fpmt_2024", "2", [("true", "2026-01-01", "2026-12-30")], False),
        ("convention_2024", "2_optam", [("true", "2026-01-01", None)], False),  # in OPTAM since: not on the day read
        ("convention_2024", "2_optam", [("false", "2026-01-01", None)], True),
        ("convention_2024", "2_optam", [("false", "2020-01-01", "2025-12-31")], False),
        ("convention_2024", "1", [("false", "2020-01-01", None)], True),
    ],
)
def test_optam_is_read_on_the_day_of_the_agreement(tmp_path, name, sector, facts, paid):
    said = [("d1", "optam", *fact) for fact in facts]
    store = practice_of(tmp_path, sector=sector, practice_facts=said)
    assert (total_cents(pay_lines(store, load_version(name), YEAR, NONE)) > 0) == paid


@pytest.mark.parametrize(
    ("last", "instalments"),
    [
        ("2025-12-31", 0), ("2026-03-31", 0), ("2026-04-01", 1), ("2026-05-31", 1), ("2026-06-01", 2), ("2026-08-31", 2),
        ("2026-09-01", 3), ("2026-10-31", 3), ("2026-11-01", 4), ("2026-12-30", 4),
    ],
)  # fmt: skip
def test_who_leaves_within_the_year_keeps_the_base_of_the_instalments_due_and_nothing_else(tmp_path, last, instalments):
    store = practice_of(tmp_path, active_to=last, zone="zip", c2s=[("p1",)])
    version = apply_changes(SIGNED, {"socle.de_7_a_74_ans": 5.06})
    found = rows(store, version, verdicts([("d1", "p1", "vaccin_grippe")]))
    assert [(row["part"], row["amount_cents"]) for row in found] == [("socle", (506 * instalments + 2) // 4)]


def test_who_practises_on_31_december_is_paid_the_whole_year(tmp_path):
    store = practice_of(tmp_path, active_to="2026-12-31", zone="zip", c2s=[("p1",)])
    found = rows(store, validated=verdicts([("d1", "p1", "vaccin_grippe")]))
    assert [(row["part"], row["amount_cents"]) for row in found] == [
        ("socle", 500), ("majoration", 50), ("c2s", 1000), ("prevention", 500),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "quarters"),
    [("2026-01-01", 1), ("2026-03-31", 1), ("2026-04-01", 2), ("2026-09-30", 3), ("2026-12-30", 4)],
)
def test_under_the_old_scheme_every_quarter_begun_is_due_on_the_list_of_the_year_before(tmp_path, last, quarters):
    registrations = [("p1", "d1", "2010-01-01", "2025-12-31"), ("p2", "d1", "2026-01-01")]
    people = [("p1", "1970-01-11", "F"), ("p2", "1970-01-11", "F")]
    doctor = {"doctor_id": "d1", "active_to": last}
    store = folder(tmp_path, patients=people, registrations=registrations, doctors=[doctor], c2s=[("p1",), ("p2",)])
    found = {row["part"]: (row["patient_id"], row["amount_cents"]) for row in rows(store, OLD, with_means=True)}
    assert found["socle"] == ("p1", 125 * quarters)
    assert found["c2s"] == (None, (465 * quarters + 2) // 4)  # 500 x 93 %, then the quarters
    assert found["rosp"] == (None, (536_100 * quarters + 2) // 4)


def test_the_old_scheme_pays_the_list_of_the_end_of_the_year(tmp_path):
    registrations = [("p1", "d1", "2010-01-01", "2026-06-30"), ("p2", "d1", "2026-12-31")]
    people = [("p1", "1970-01-11", "F"), ("p2", "1970-01-11", "F")]
    store = folder(tmp_path, patients=people, registrations=registrations)
    assert [row["patient_id"] for row in rows(store, OLD)] == ["p2"]
    earlier = apply_changes(OLD, OLD.open_point[0].alternative[0].change)
    assert [row["patient_id"] for row in rows(store, earlier)] == ["p1"]


@pytest.mark.parametrize(
    ("contract", "last", "lines"),
    [
        ("CAIM", None, ["age_67"]), ("COSCOM", None, ["age_67"]), ("COTRAM", "2025-12-31", ["age_67"]),
        ("COTRAM", "2025-12-30", ["zip", "age_67"]), ("CSTM", None, ["zip", "age_67"]),
    ],
)  # fmt: skip
def test_a_contract_held_on_the_day_read_takes_the_majoration_of_the_zone(tmp_path, contract, last, lines):
    said = [("d1", "contract", contract, "2020-01-01", last)]
    store = practice_of(tmp_path, zone="zip", birth_date="1950-01-01", practice_facts=said)
    assert [row["line"] for row in rows(store) if row["part"] == "majoration"] == lines


def test_practice_toml_says_the_contract_too(tmp_path):
    path = practice.write(tmp_path / "d", patients=ONE, doctors=[{"doctor_id": "d1", "zone": "zip"}])
    (path / FILE).write_text('[[fact]]\ndoctor_id = "d1"\nkey = "contract"\nvalue = "CAIM"\nfrom_date = 2025-12-31\n')
    assert [row["line"] for row in rows(open_store(path))] == ["de_7_a_74_ans"]


@pytest.mark.parametrize(
    ("zone", "places", "majoration", "aid"),
    [
        ("none", [("zac", True)], ["qpv"], ["installation_zac"]),
        ("none", [("zip", True)], ["zip"], ["installation_zip"]),
        ("none", [("zac", False), ("zip", False)], ["zip"], ["installation_zip"]),
        ("none", [("none", True), ("none", False)], ["qpv"], []),
        ("zip", [("none", False)], [], []),
        ("qpv", [], ["qpv"], []),
        ("zip", [(None, None)], [], []),
    ],
)
def test_the_places_replace_the_zone_and_one_of_them_is_enough(tmp_path, zone, places, majoration, aid):
    held = [{"doctor_id": "d1", "zone_gp": one, "qpv": qpv} for one, qpv in places]
    doctor = {"zone": zone, "installed_on": "2026-01-01", "first_installation": True}
    version = apply_changes(SIGNED, {f"majoration.premiere_installation_annee_{n}": 0 for n in (1, 2)} | {
        "cumul.premiere_installation": "adds"})  # fmt: skip
    found = rows(practice_of(tmp_path, places=held, **doctor), version, with_means=True)
    assert [row["line"] for row in found if row["part"] == "majoration" and row["amount_cents"]] == majoration
    assert [row["line"] for row in found if row["part"] == "aide"] == aid


def test_the_aid_is_not_for_installations_before_the_agreement(tmp_path):
    doctor = {"zone": "zip", "installed_on": "2025-12-31", "first_installation": True}
    store = practice_of(tmp_path, **doctor)
    assert not [row for row in rows(store, year=2025, with_means=True) if row["part"] == "aide"]


@pytest.mark.parametrize(
    ("reading", "installed", "expected"),
    [
        ("calendar_year", "2025-09-02", {"premiere_installation_annee_2": 150}),
        ("first_paid_year", "2025-09-02", {"premiere_installation_annee_1": 250}),
        ("first_paid_year", "2024-09-02", {"premiere_installation_annee_2": 150}),
        ("first_paid_year", "2026-01-01", {"zip": 50}),  # its first list is that of 31 December 2026
        ("twelve_months", "2025-09-02", {"premiere_installation_annee_1": 167, "premiere_installation_annee_2": 50}),
        ("twelve_months", "2024-12-31", {"premiere_installation_annee_2": 138, "zip": 4}),  # 11 months, then one
        ("twelve_months", "2024-01-01", {"zip": 50}),
        ("twelve_months", "2026-12-31", {"premiere_installation_annee_1": 21, "zip": 46}),
    ],
)
def test_the_first_year_of_an_installation_has_three_readings(tmp_path, reading, installed, expected):
    store = practice_of(tmp_path, zone="zip", installed_on=installed, first_installation=True)
    found = rows(store, apply_changes(SIGNED, {"installation.first_year": reading}))
    assert {row["line"]: row["amount_cents"] for row in found if row["part"] == "majoration"} == expected


@pytest.mark.parametrize(
    ("groups", "seen"),
    [
        ([("g1", "d1", "associe", "2020-01-01"), ("g1", "d2", "collaborateur", "2025-06-01", "2025-06-01")], True),
        ([("g1", "d1", "associe", "2020-01-01"), ("g1", "d2", "collaborateur", "2025-06-02")], False),
        ([("g1", "d1", "associe", "2020-01-01", "2025-05-31"), ("g1", "d2", "collaborateur", "2020-01-01")], False),
        ([("g1", "d1", "associe", "2020-01-01"), ("g1", "d2", "associe", "2020-01-01")], False),
        ([("g1", "d1", "associe", "2020-01-01"), ("g2", "d2", "collaborateur", "2020-01-01")], False),
    ],
)
def test_an_act_of_the_collaborator_counts_when_both_are_of_the_group_that_day(tmp_path, groups, seen):
    acts = [row | {"performer_id": "d2"} for row in seen_by_d1("p1", on="2025-06-01")]
    store = practice_of(tmp_path, acts=acts, groups=groups)
    assert rows(store)[0]["line"] == ("de_7_a_74_ans" if seen else "non_vu")
    alone = apply_changes(SIGNED, {"seen.by": "doctor_alone"})
    assert rows(store, alone)[0]["line"] == "non_vu"


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ({}, None),
        ({"dpi_segur_lap": "true", "sesam_add8_app_cv": "true", "teleservices": "0.60", "dmp_ordonnance": "0.30"}, 340),
        ({"dpi_segur_lap": "true", "sesam_add8_app_cv": "true", "teleservices": "0.59", "dmp_ordonnance": "true"}, 0),
        ({"dmp_ordonnance": "true"}, 0),
        (dict.fromkeys(donum.dotation().item, "true"), 420),
    ],
)  # fmt: skip
def test_donum_pays_the_items_had_else_a_share_of_the_ceiling(tmp_path, said, points):
    facts = [("d1", f"donum.{item}", value, "2026-01-01") for item, value in said.items()]
    store = practice_of(tmp_path, practice_facts=facts)
    for name in ("convention_2024", "option_1", "option_2", "proposition_2024_02_08"):
        [row] = [row for row in rows(store, load_version(name), with_means=True) if row["part"] == "donum"]
        assert row["amount_cents"] == (147_000 if points is None else points * 700), name
        assert ("50\u202f% du plafond" if points is None else f"{points} points sur 420") in row["label"], name
        assert (row["basis"] == "hypothese") == (points is None or name != "convention_2024"), name


def test_the_shares_of_use_to_reach_rise_in_2028(tmp_path):
    said = {"dpi_segur_lap": "true", "sesam_add8_app_cv": "true", "teleservices": "0.79"}
    facts = [("d1", f"donum.{item}", value, "2026-01-01") for item, value in said.items()]
    store = practice_of(tmp_path, practice_facts=facts)
    for year, cents in ((2026, 196_000), (2027, 196_000), (2028, 0)):
        [row] = [row for row in rows(store, year=year, with_means=True) if row["part"] == "donum"]
        assert row["amount_cents"] == cents


def test_the_amount_of_donum_follows_a_scenario_that_changes_the_ceiling(tmp_path):
    facts = [("d1", f"donum.{item}", "true", "2026-01-01")
             for item in ("dpi_segur_lap", "sesam_add8_app_cv", "teleservices")]  # fmt: skip
    other = apply_changes(SIGNED, {"means.donum": 4200})
    [row] = [row for row in rows(practice_of(tmp_path, practice_facts=facts), other, with_means=True)
             if row["part"] == "donum"]  # fmt: skip
    assert row["amount_cents"] == 280_000


def test_rounding_is_line_by_line_for_who_leaves(tmp_path):
    store = practice_of(tmp_path, people=SEVEN, active_to=date(2026, 5, 31))
    version = apply_changes(SIGNED, {"socle.de_7_a_74_ans": 5.02})
    assert {row["amount_cents"] for row in rows(store, version)} == {126}  # 502 / 4 = 125.5, half up, each of the seven
