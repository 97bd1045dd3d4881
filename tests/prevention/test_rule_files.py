"""What every rule file of prevention must say, and the codes that may be counted.

What was published is copied by hand into a golden file beside what it checks: `sets/<id>.golden` for a set, `codes.golden`
for the common codes. A set without one is held to the format alone.
"""

import re
import tomllib
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from calculators.defaults import defaults
from calculators.prevention.campaign import load_campaigns
from calculators.prevention.check import run_examples
from calculators.prevention.codes import SYSTEMS, load_codes
from calculators.prevention.indicator import (
    HERE,
    MOST_PAID,
    Indicator,
    available_sets,
    load_indicator,
    load_set,
)


def golden(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


SETS = {path.stem: golden(path) for path in sorted((HERE / "sets").glob("*.golden"))}
COUNTED = golden(HERE / "codes.golden")

SHAPES = {
    "nabm": r"\d{4}",
    "ccam": r"[A-Z]{4}\d{3}",
    "ngap": r"[A-Z]{2}[A-Z0-9]",
    "prs_nat": r"\d{4}",
    "loinc": r"\d{1,7}-\d",
    "atc": r"[A-Z]\d\d([A-Z]([A-Z](\d\d)?)?)?",
    "cip13": r"34009\d{8}",
}

CODES = load_codes(HERE / "codes.toml")
PUBLISHED = {(name, one.id): one for name in SETS for one in load_set(name).indicators}
EVERY_FILE = pytest.mark.parametrize("indicator", PUBLISHED.values(), ids=["-".join(key) for key in PUBLISHED])
EVERY_SECTION = pytest.mark.parametrize("section", sorted(CODES))
EVERY_SET = pytest.mark.parametrize("name", SETS)
IN_A_SET = {one.id for name in available_sets() for one in load_set(name).indicators}
ALONE = [path for path in sorted((HERE / "indicators").rglob("*.toml")) if path.stem not in IN_A_SET]


@EVERY_SET
def test_a_set_says_what_its_golden_file_says(name: str):
    loaded, written = load_set(name), SETS[name]
    found = [(one.id, one.national_rate) for one in loaded.indicators]
    assert found == [(one["id"], one.get("rate")) for one in written["indicator"]]
    assert loaded.age_on == written["age_on"]
    assert len(loaded.paid) == written["paid"] <= MOST_PAID
    assert loaded.reference


@EVERY_SET
def test_the_ald_lists_are_those_of_the_source(name: str):
    found = {
        indicator.id: [list(population.ald) for population in indicator.eligible if population.ald]
        for indicator in load_set(name).indicators
    }
    listed = {one["id"]: [one["ald"]] for one in SETS[name]["indicator"] if "ald" in one}
    assert {id_: lists for id_, lists in found.items() if lists} == listed


def test_the_set_of_the_agreement_in_force_has_one_and_pays_as_many_as_were_promised():
    assert SETS[defaults().prevention.set]["paid"] == MOST_PAID


@EVERY_SET
def test_ids_and_labels_are_told_apart(name: str):
    indicators = load_set(name).indicators
    assert repeated(indicator.id for indicator in indicators) == []
    assert repeated(indicator.label for indicator in indicators) == []


@EVERY_SET
def test_the_acts_of_an_indicator_are_not_those_of_another(name: str):
    owners = Counter(
        code
        for indicator in load_set(name).indicators
        for code in {c for p in indicator.eligible for need in indicator.requirements(p) for c in need.codes}
    )
    assert [code for code, times in owners.items() if times > 1] == SETS[name]["shared_codes"]


@pytest.mark.parametrize("name", [name for name, written in SETS.items() if "differs" in written])
def test_only_what_a_text_words_differently_is_written_twice(name: str):
    written = SETS[name]["differs"]
    signed, other = load_set(written["from"]), load_set(name)
    known = {one.id: one for one in signed.indicators}
    differ = [two.id for two in other.indicators if two.id in known and two != known[two.id]]
    assert differ == written["indicators"]
    assert [two.id for two in other.indicators if two.id not in known] == written["alone"]
    for id_ in differ:
        one, two = signed.indicator(id_), other.indicator(id_)
        assert (one.eligible, one.done) != (two.eligible, two.done), id_
        assert (two.state, one.state) == ("propose", "en_vigueur")
        assert two.valid_from < one.valid_from


def test_an_indicator_that_no_set_names_loads_and_its_examples_come_out():
    for path in ALONE:
        indicator = load_indicator(path)
        alone = load_set(defaults().prevention.set).alone(indicator, path.name)
        assert [one for one in run_examples(alone)[indicator.id] if not one.passed] == [], path.stem


@EVERY_FILE
def test_criteria_and_requirements_have_their_own_label(indicator: Indicator):
    assert repeated(entry.label for entry in (*indicator.eligible, *indicator.excluded)) == []
    for population in indicator.eligible:
        assert repeated(need.label for need in indicator.requirements(population)) == []


@EVERY_FILE
def test_an_indicator_says_why_who_asks_and_what_claims_do_not_show(indicator: Indicator):
    assert indicator.why
    assert indicator.beyond_claims
    assert indicator.asked_by


@EVERY_FILE
def test_a_hypothesis_comes_with_the_open_points_it_stands_for(indicator: Indicator):
    assert any(reference.basis == "hypothese" for reference in indicator.reference)
    assert any(parameter.basis == "hypothese" for parameter in indicator.parameter)
    assert repeated(parameter.name for parameter in indicator.parameter) == []
    assert all(parameter.chosen != parameter.alternative for parameter in indicator.parameter)


@EVERY_FILE
def test_the_examples_show_every_outcome(indicator: Indicator):
    assert len(indicator.example) >= 4
    assert repeated(example.name for example in indicator.example) == []
    seen = {example.expect.status for example in indicator.example}
    wanted = {"up_to_date", "due", "not_eligible", "unknown"} | (
        {"excluded"} if any(not one.possible for one in indicator.excluded) else set()
    )
    assert seen == wanted


@EVERY_FILE
def test_the_examples_are_set_while_the_rule_holds(indicator: Indicator):
    assert all(indicator.valid_from <= example.as_of for example in indicator.example)


@EVERY_FILE
def test_the_examples_name_labels_of_their_file(indicator: Indicator):
    populations = {"", *(population.label for population in indicator.eligible)}
    exclusions = {"", *(criteria.label for criteria in indicator.excluded)}
    needs = {need.label for population in indicator.eligible for need in indicator.requirements(population)}
    for example in indicator.example:
        assert (example.expect.population or "") in populations, example.name
        assert (example.expect.excluded_by or "") in exclusions, example.name
        assert set(example.expect.missing or ()) <= needs, example.name


@EVERY_FILE
def test_what_is_shown_is_typeset_in_french(indicator: Indicator):
    shown = [indicator.label, indicator.why, indicator.beyond_claims, *(e.name for e in indicator.example)]
    shown += [entry.label for entry in (*indicator.eligible, *indicator.excluded)]
    shown += [need.label for population in indicator.eligible for need in indicator.requirements(population)]
    shown += [text for p in indicator.parameter for text in (p.name, p.chosen, p.alternative)]
    assert [text for text in shown if "'" in text or '"' in text or text != text.strip()] == []


def test_every_section_of_codes_is_accounted_for():
    assert sorted(CODES) == sorted(COUNTED)


@EVERY_SECTION
def test_the_codes_counted_are_those_published(section: str):
    listed, written = list(CODES[section].codes()), COUNTED[section]
    expected = {(system, code) for system in SYSTEMS for code in written.get(system, ())}
    if "products" in written:
        products = {pair for pair in listed if pair[0] == "cip13"}
        assert len(products) == written["products"]
        expected |= products
    assert repeated(listed) == []
    assert set(listed) == expected


@EVERY_SECTION
def test_every_code_is_well_formed_and_has_its_label(section: str):
    listed = list(CODES[section].codes())
    assert [pair for pair in listed if not re.fullmatch(SHAPES[pair[0]], pair[1])] == []
    assert [code for system, code in listed if system == "cip13" and not checks(code)] == []
    assert set(CODES[section].names) == {code for _, code in listed}
    assert all(CODES[section].names.values())


@EVERY_SECTION
def test_codes_have_a_source_and_our_choices_a_note(section: str):
    assert any(reference.basis != "hypothese" for reference in CODES[section].reference)
    if any(reference.basis == "hypothese" for reference in CODES[section].reference):
        assert CODES[section].note


def test_a_code_belongs_to_one_section_but_the_ratio_of_two_measures():
    albumin, creatinine = (set(COUNTED[name]["loinc"]) for name in ("albuminurie", "creatininurie"))
    shared = set(repeated(pair for code_list in CODES.values() for pair in code_list.codes()))
    assert shared == {("loinc", code) for code in albumin & creatinine}
    assert len(shared) == 8


CLOSINGS = ["2023-03-31", "2024-01-31", "2025-02-28", "2026-02-28"]


@pytest.mark.parametrize(
    ("vaccine", "openings", "supposed"),
    [
        ("grippe", ["2022-10-18", "2023-10-17", "2024-10-15", "2025-10-14"], [2024]),
        ("covid", ["2022-10-03", "2023-10-02", "2024-10-15", "2025-10-14"], [2022, 2023, 2024, 2025]),
    ],
)
def test_each_vaccine_has_its_own_campaigns(vaccine: str, openings: list[str], supposed: list[int]):
    calendar = load_campaigns().of(vaccine)
    assert [one.opens.isoformat() for one in calendar.published.values()] == openings
    assert [one.closes.isoformat() for one in calendar.published.values()] == CLOSINGS
    assert [year for year, one in calendar.published.items() if one.supposed] == supposed
    every_year = [calendar.of_year(year) for year in range(2015, 2040)]
    for campaign, following in pairwise(every_year):
        assert campaign.opens < campaign.closes < following.opens - timedelta(days=180)
    supposition = calendar.of_year(2026)
    assert supposition.supposed
    assert (supposition.opens.isoformat(), supposition.closes.isoformat()) == ("2026-10-15", "2027-01-31")


def test_a_window_that_names_no_vaccine_means_the_flu_campaign():
    assert load_campaigns().of().vaccine == "grippe"


def repeated(items) -> list:
    return [item for item, times in Counter(items).items() if times > 1]


def checks(cip13: str) -> bool:
    """The last digit is the control digit of an EAN-13."""
    digits = [int(digit) for digit in cip13]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
