"""The country that ships: who it stands for, how soon a scenario answers, and that it holds nobody."""

import time

import pytest

from calculators.catalogue import Catalogue
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait import who_gains
from calculators.forfait.claims import IndicatorRate, claims, put_to_the_test
from calculators.forfait.country import Country, open_country
from calculators.forfait.population import as_counted, price
from calculators.forfait.version import apply_changes, available_versions, load_version
from dashboard import shipped
from dashboard.lab import in_words, outcomes, tables

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def country() -> Country:
    return open_country(shipped.FORFAIT)


def test_it_stands_for_every_general_practitioner_and_is_small_and_fictitious(country):
    assert country.people.weight.sum() == 43_760
    assert country.synthetic
    assert sum(file.stat().st_size for file in shipped.FORFAIT.iterdir()) < 1.5 * MEGABYTE


def test_a_scenario_over_the_country_answers_within_300_milliseconds(country):
    old, signed = load_version("fpmt_2024"), load_version("convention_2024")
    price(country.people, as_counted(old, country.people))
    start = time.process_time()
    after = apply_changes(signed, {"socle.ald_des_80_ans": 120})
    found = outcomes.outcome(country.people, old, after, True, outcomes.told_at_first())
    assert found is not None
    in_words.spread_in_words(found)
    tables.bars_of_gains(found)
    who_gains.by_group(found.before, found.after, found.told.beyond_cents)
    assert time.process_time() - start < 0.3


@pytest.mark.parametrize("name", available_versions())
def test_an_agreement_costs_what_its_lines_add_up_to_when_the_country_was_counted_for_it(country, name):
    version = load_version(name)
    if not country.knows(version):
        with pytest.raises(UserError):
            price(country.people, version)
        return
    priced = price(country.people, as_counted(version, country.people), with_means=True)
    assert priced.cost_cents == sum(priced.by_part.values())


@pytest.mark.parametrize("name", sorted({*defaults().forfait.in_force, *defaults().forfait.drafts}))
def test_an_agreement_that_is_shown_first_costs_about_a_billion(country, name):
    version = load_version(name)
    assert country.knows(version)
    assert (
        800_000_000_00
        < price(country.people, as_counted(version, country.people), with_means=True).cost_cents
        < 1_500_000_000_00
    )


def test_recently_installed_doctors_are_in_it(country):
    years = country.people.year - country.people.doctors.installed_year
    assert country.people.weight[years <= 3].sum() > 1_000


def test_national_rates_are_those_of_the_slides_within_three_points(country):
    tested = put_to_the_test(
        next(one for one in claims() if one.test == "mean_rate"),
        country, load_version("convention_2024"), load_version("fpmt_2024"),
    )  # fmt: skip
    known = [row for row in tested.rows if isinstance(row, IndicatorRate) and row.eligible is not None]
    concerned = sum(row.eligible for row in known)
    published = sum(row.national * row.eligible for row in known) / concerned
    assert len(known) == 15
    assert abs(sum(row.validated for row in known) / concerned - published) < 0.03
    assert published == pytest.approx(tested.readings[1].value)


def test_a_group_tells_its_share_between_bounds_and_each_trait_counts_everybody(country):
    before, after = (
        price(country.people, as_counted(load_version(name), country.people)) for name in ("fpmt_2024", "option_1")
    )
    rows = who_gains.by_group(before, after, 50_000).to_pylist()
    sums: dict[str, int] = {}
    for row in rows:
        assert (row["share_losers"] is None) == (row["simulated"] < 30)
        assert row["share_losers"] is None or 0 <= row["low"] <= row["share_losers"] <= row["high"] <= 1
        sums[row["trait"]] = sums.get(row["trait"], 0) + row["doctors"]
    assert set(sums.values()) == {43_760}


def priced(country, version):
    return price(country.people, as_counted(version, country.people), with_means=True)


def test_the_constant_envelope_costs_what_the_agreement_replaces(country):
    before, after = (
        priced(country, one) for one in (load_version("fpmt_2024"), Catalogue().scenario("enveloppe_constante"))
    )
    assert abs(after.cost_cents - before.cost_cents) < 0.005 * before.cost_cents


def test_the_other_presets_do_to_the_country_what_their_names_say(country):
    signed = priced(country, load_version("convention_2024")).by_part
    found = {name: priced(country, Catalogue().scenario(name)).by_part for name in Catalogue().scenarios}
    doctors = int(country.people.weight[country.people.doctors.is_paid["year_end"]].sum())
    assert 0.9 * 43_760 < doctors < 43_760  # the others are in sector 2 without OPTAM
    assert found["garder_rosp"] == {k: v for k, v in signed.items() if k != "prevention"} | {"rosp": 536_100 * doctors}
    kept = {name: cents for name, cents in signed.items() if name != "donum"}
    assert found["garder_forfait_structure"] == kept | {"structure": 418_000 * doctors}
    assert found["prevention_a_10"] == signed | {"prevention": 2 * signed["prevention"]}
    for part in ("socle", "c2s", "prevention"):
        assert found["plus_5_pour_cent"][part] == pytest.approx(1.05 * signed[part], rel=0.002)
    assert found["plus_5_pour_cent"]["donum"] == signed["donum"]
    changed = {part for part, cents in found["ald_des_80_ans_a_120"].items() if cents > signed[part]}
    assert changed == {"socle", "majoration"}
