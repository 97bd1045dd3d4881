"""Populations as counts, two versions side by side, and what moves the result."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.errors import UserError
from calculators.forfait import compare
from calculators.forfait.pay import pay_lines, total_cents
from calculators.forfait.population import Population, population, price
from calculators.forfait.sensitivity import indicator_levels, tornado
from calculators.forfait.version import apply_changes, available_versions, load_version, on_advances
from tests.forfait import cases
from tests.forfait.cases import YEAR, verdicts
from tests.forfait.test_pay import folder, readings, seen_by_d1

SIGNED, OLD = load_version("convention_2024"), on_advances(load_version("fpmt_2024"))


def counted(store, version, verdicts_table):
    name = version.indicator_set
    return population(store, version, YEAR, {name: verdicts_table} if name else {})


@pytest.mark.oracle
@settings(max_examples=min(15, settings.default.max_examples))
@given(case=cases.cases(), reading=st.sampled_from(list(readings())), with_means=st.booleans())
def test_a_population_of_counts_is_paid_as_its_patients_one_by_one(case, reading, with_means):
    store = case.store()
    version = apply_changes(load_version(reading[0]), reading[1])
    listed = {row["doctor_id"] for row in pay_lines(store, version, YEAR, verdicts([])).to_pylist()}
    kept = verdicts([row for row in case.validated if row[0] in listed])
    priced = price(counted(store, version, kept), version, with_means=with_means)
    one_by_one = pay_lines(store, version, YEAR, kept, with_means=with_means)
    sums = one_by_one.group_by(["doctor_id", "part", "line"]).aggregate([("amount_cents", "sum")]).to_pylist()
    expected = {(r["doctor_id"], r["part"], r["line"]): r["amount_cents_sum"] for r in sums if r["amount_cents_sum"]}
    found = {(r["doctor_id"], r["part"], r["line"]): r["amount_cents"] for r in priced.table().to_pylist()}
    assert {key: cents for key, cents in found.items() if cents} == expected
    assert priced.cost_cents == total_cents(one_by_one)


def three_doctors():
    """Cells of three doctors, the second standing for ten."""
    cells = pa.Table.from_pylist(
        [
            {"doctor_id": "jeune", "age": 30, "ald": 0, "c2s": 0, "seen": 0, "patients": 800},
            {"doctor_id": "rural", "age": 82, "ald": 1, "c2s": 0, "seen": 1, "patients": 100},
            {"doctor_id": "rural", "age": 40, "ald": 0, "c2s": 1, "seen": 1, "patients": 500},
            {"doctor_id": "ville", "age": 3, "ald": 0, "c2s": 0, "seen": None, "patients": 10},
        ]
    )
    doctors = pa.table(
        {
            "doctor_id": ["jeune", "rural", "ville"],
            "zone": ["none", "zip", "none"],
            "birth_day": pa.array([None, None, None], pa.int32()),
            "installed_day": pa.array([None, None, None], pa.int32()),
            "first_installation": [False, False, False],
            "weight": [1, 10, 1],
        }
    )
    verdicts_counted = pa.table(
        {"doctor_id": ["rural"], "indicator": ["vaccin_grippe"], "patients": [60], "unseen": [0]}
    )
    return Population.from_cells(cells, doctors, SIGNED, YEAR, {"convention_2024": verdicts_counted})


def test_a_weighted_doctor_counts_for_those_it_stands_for():
    people = three_doctors()
    before, after = price(people, OLD), price(people, SIGNED)
    assert before.totals.tolist() == [400_000, 700_000 + 250_000 + 725_167, 6_000]  # 500/600 - 7 % of 9 500 euros
    assert after.totals.tolist() == [400_000, int(1_250_000 * 1.1) + 500_000 + 30_000, 15_000]
    assert after.cost_cents == 400_000 + 10 * 1_905_000 + 15_000
    found = compare.distribution(before, after, 0)
    assert (found.doctors, found.losers, found.gainers) == (12, 0, 11)
    assert found.total_cents == 10 * (1_905_000 - 1_675_167) + 9_000
    assert (found.percentiles[5], found.percentiles[10], found.percentiles[50]) == (0, 9_000, 229_833)


def test_the_difference_line_by_line_sums_to_the_difference():
    people = three_doctors()
    before, after = price(people, OLD), price(people, SIGNED)
    lines = compare.by_line(before, after)
    assert sum(lines["difference_cents"].to_pylist()) == compare.distribution(before, after, 0).total_cents
    (grippe,) = [row for row in lines.to_pylist() if row["line"] == "vaccin_grippe"]
    assert (grippe["patients_before"], grippe["patients_after"], grippe["after_cents"]) == (0, 600, 300_000)


def test_no_change_is_the_same_pay():
    people = three_doctors()
    found = compare.distribution(price(people, SIGNED), price(people, apply_changes(SIGNED, {})), 0)
    assert (found.total_cents, found.losers, found.gainers) == (0, 0, 0)


@pytest.mark.parametrize(
    ("beyond", "losers", "gainers"), [(8_999, 0, 11), (9_000, 0, 10), (229_832, 0, 10), (229_833, 0, 0)]
)
def test_nobody_gains_or_loses_until_beyond_the_sum_chosen(beyond, losers, gainers):
    people = three_doctors()
    before, after = price(people, OLD), price(people, SIGNED)
    found = compare.distribution(before, after, beyond)
    back = compare.distribution(after, before, beyond)
    assert (found.losers, found.gainers, found.beyond_cents) == (losers, gainers, beyond)
    assert (back.losers, back.gainers) == (gainers, losers)


def test_a_share_of_three_simulated_doctors_is_not_told():
    people = three_doctors()
    found = compare.distribution(price(people, OLD), price(people, SIGNED), 0).lose
    assert (found.simulated, found.value, found.low, found.high) == (3, None, None, None)


def test_a_constant_envelope_costs_what_it_should():
    people = three_doctors()
    target = price(people, OLD).cost_cents
    scaled = compare.scale_to_cost(people, SIGNED, target)
    assert scaled.scale.socle == scaled.scale.c2s < Decimal(1)
    assert abs(price(people, scaled).cost_cents - target) < 10_000  # half a cent for each of 12 000 lines, at most


def test_a_population_is_refused_when_the_version_reads_lists_otherwise():
    with pytest.raises(UserError, match="lit la liste autrement"):
        price(three_doctors(), apply_changes(SIGNED, {"calendar.list_on": "year_end"}))
    with pytest.raises(UserError, match="proposition_2024_03_14"):
        price(three_doctors(), load_version("option_2"))


@pytest.mark.slow
def test_the_tornado_puts_first_the_open_point_that_moves_most(tmp_path):
    people = [(f"p{number}", "1946-06-01", "F") for number in range(3)]
    store = folder(
        tmp_path, patients=people, c2s=[("p1",)], ald=[("p1", 8)], acts=seen_by_d1("p0"),
        doctors=[{"doctor_id": "d1", "zone": "zip", "birth_date": "1950-01-01"}],
    )  # fmt: skip
    done = verdicts([("d1", "p2", "vaccin_grippe")])
    read = {"open_on_year_end": done, "calendar_year": done, "until_close": verdicts([])}
    rows = tornado(store, SIGNED, YEAR, lambda version: read[version.campaign], "d1").to_pylist()
    assert [(row["point"], row["amount_cents"]) for row in rows] == [
        ("jour_de_la_liste", 18_400),  # acts are not yet complete on that day: nobody is known as unseen any more
        ("jour_de_l_age", -4_800),  # at 79 the patient seen is worth 15 euros, not 55
        ("c2s_non_vu", 1_000),
        ("majorations_ensemble", -650),
        ("dose_de_janvier", -500),  # until_close
        ("prevention_non_vu", -500),
        ("dose_de_janvier", 0),  # calendar_year
        ("premiere_annee", 0),
        ("premiere_annee", 0),
        ("premiere_installation", 0),
        ("qui_compte_comme_vu", 0),
        ("qui_compte_comme_vu", 0),
    ]


def test_one_more_point_of_an_indicator_is_one_percent_of_the_eligible():
    eligible = pa.table({"indicator": ["vaccin_grippe", "vaccin_ror", "a_moi"], "eligible": [250, 20, 10],
                         "validated": [100, 20, 5]})  # fmt: skip
    rows = indicator_levels(SIGNED, eligible).to_pylist()
    grippe, ror, own = (list(row.values())[3:] for row in rows)
    assert grippe == [50_000, 68_750, 81_250, 1_250]
    assert ror == [10_000, 8_600, 10_000, 100]
    assert own == [2_500, None, None, 50]


def test_thousands_of_doctors_are_priced_exactly():
    random = np.random.default_rng(1)
    doctors, profiles = 2_000, np.array([(age, ald, 0, 1) for age in range(0, 100, 5) for ald in (0, 1)])
    counts = random.integers(0, 60, (doctors, len(profiles)))
    cells = pa.table(
        {
            "doctor_id": np.repeat([f"m{number}" for number in range(doctors)], len(profiles)),
            **{
                name: np.tile(profiles[:, column], doctors) for column, name in enumerate(("age", "ald", "c2s", "seen"))
            },
            "patients": counts.ravel(),
        }
    )
    nobody = pa.nulls(doctors, pa.int32())
    table = pa.table(
        {"doctor_id": [f"m{n}" for n in range(doctors)], "zone": ["none"] * doctors, "birth_day": nobody,
         "installed_day": nobody, "first_installation": [False] * doctors}
    )  # fmt: skip
    for name in available_versions():
        version = load_version(name)
        people = Population.from_cells(cells, table, version, YEAR)
        unit = version.tariff.cents[profiles[:, 0], profiles[:, 1], 0, 1]
        assert (price(people, version, prevention=False).totals == counts @ unit).all()
