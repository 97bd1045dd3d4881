"""What every rule file of prevention must say, and the codes that may be counted.

The lists below repeat the published codes on purpose: a code added to `codes.toml` by mistake, or lost from it, is seen
here. Where only a prefix or an old presentation is counted, the reason is in the `note` of `codes.toml`.
"""

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from calculators.prevention.campaign import load_campaigns
from calculators.prevention.indicator import HERE, MOST_PAID, Indicator, available_sets, load_codes, load_set
from calculators.rules import load

IN_ORDER = [
    "vaccin_grippe",
    "vaccin_covid",
    "vaccin_pneumocoque",
    "vaccin_ror",
    "vaccin_meningocoque_c",
    "vaccin_hpv",
    "depistage_cancer_colorectal",
    "depistage_cancer_sein",
    "depistage_cancer_col",
    "depistage_diabete",
    "depistage_mrc",
    "suivi_hba1c",
    "examen_enfant_j8_m9",
    "examen_enfant_m24",
    "examen_bucco_dentaire",
]
NATIONAL_RATES = [55, 43, 11, 86, 98, 25, 36, 65, 55, 70, 15, 78, 90, 90, 28]

COUNTED = {
    "grippe": "prs_nat 3331 atc J07BB",
    "covid": "atc J07BN",
    "pneumo_20": "cip13 3400930247853",
    "pneumo_23": "atc J07AL01 cip13 3400930044384 3400935528001 3400932434824",
    "ror": "prs_nat 3332 atc J07BD52 J07BD54 cip13 3400935137340 3400937327848 3400937328210",
    "meningocoque_c": "atc J07AH07 J07AH02 cip13 3400930017609 3400936277397 3400937082259 3400938150100",
    "meningocoque_acwy": "atc J07AH08 cip13 3400921702903 3400922253930 3400930244210 3400922253701",
    "hpv_vaccin": (
        "atc J07BM01 J07BM02 J07BM03 cip13 3400930056202 3400938164237 3400937713306 3400937713016 3400937714365"
    ),
    "test_immunologique_colorectal": "prs_nat 9434 9311",
    "coloscopie": "ccam HHFE001 HHFE002 HHFE004 HHFE005 HHFE006 HHQE002 HHQE004 HHQE005 HJQE001 HHQK484 HHQH365",
    "mammographie_depistage": "ccam QEQK004",
    "mammographie_individuelle": "ccam QEQK001",
    "mastectomie_totale": "ccam QEFA003 QEFA005 QEFA007 QEFA010 QEFA012 QEFA013 QEFA015 QEFA019 QEFA020",
    "cytologie_col": "nabm 0013 ccam JKQX015 JKQX027 JKQX147 JKQX261 JKQX347 JKQX426",
    "test_hpv": "nabm 0024 4127",
    "hysterectomie_totale": (
        "ccam JKFC003 JKFC005 JKFA002 JKFA004 JKFA005 JKFA006 JKFA007 JKFA013 JKFA015 JKFA018 JKFA020 JKFA021 JKFA023"
        " JKFA025 JKFA026 JKFA027 JKFA028"
    ),
    "glycemie": "nabm 0552",
    "albuminurie": "nabm 1133",
    "creatininurie": "nabm 0627",
    "creatininemie": "nabm 0592 0593",
    "hba1c": "nabm 1577",
    "fructosamine": "nabm 1576",
    "certificat_enfant": "ngap COE prs_nat 1104",
    "bucco_dentaire": "ngap BDA BDB BDC BDD BDE BDP BR2 BR4 BRP prs_nat 9421 9422 9423 9436",
    "bronchodilatateurs": "atc R03AC R03AK R03AL R03BB",
    "antidiabetiques": "atc A10",
}
PRODUCTS_KNOWN_BY_ATC = {"grippe": 17, "covid": 22}
"""Sections whose presentations (CIP13) are counted here rather than listed: the ATC prefix holds them all."""

ALDS = {
    "vaccin_grippe": [1, 2, *range(5, 11), *range(12, 17), *range(18, 23), 24, 25, 27, 28, 30],
    "vaccin_covid": [1, 2, 3, *range(5, 11), *range(12, 17), *range(18, 23), *range(23, 26), 27, 28, 30],
    "vaccin_pneumocoque": [2, 3, *range(5, 10), 14, 19, 21, 22, 24, 25, 27, 28, 30],
    "depistage_diabete": [1, 3, 5, 12, 13],
    "depistage_mrc": [1, 3, 5, 8, 12, 13],
    "suivi_hba1c": [8],
}
"""Printed as ranges by the source ("5 à 10"), or supposed where no list was published."""

SHAPES = {
    "nabm": r"\d{4}",
    "ccam": r"[A-Z]{4}\d{3}",
    "ngap": r"[A-Z]{2}[A-Z0-9]",
    "prs_nat": r"\d{4}",
    "atc": r"[A-Z]\d\d([A-Z]([A-Z](\d\d)?)?)?",
    "cip13": r"34009\d{8}",
}

CODES = load_codes(HERE / "codes.toml")
FILES = sorted((HERE / "indicators").rglob("*.toml"))
EVERY_FILE = pytest.mark.parametrize(
    "indicator", [load(path, Indicator) for path in FILES], ids=[p.stem for p in FILES]
)
EVERY_SECTION = pytest.mark.parametrize("section", sorted(CODES))
EVERY_SET = pytest.mark.parametrize("name", available_sets())


@EVERY_SET
def test_a_set_holds_the_fifteen_indicators_in_the_order_of_the_slides(name: str):
    loaded = load_set(name)
    assert [indicator.id for indicator in loaded.indicators] == IN_ORDER
    assert [indicator.national_rate for indicator in loaded.indicators] == NATIONAL_RATES
    assert loaded.age_on == "year_end"
    assert loaded.reference


def test_the_fifteen_that_were_promised_are_the_most_a_set_pays():
    assert max(len(load_set(name).paid) for name in available_sets()) == MOST_PAID


@EVERY_SET
def test_ids_and_labels_are_told_apart(name: str):
    indicators = load_set(name).indicators
    assert repeated(indicator.id for indicator in indicators) == []
    assert repeated(indicator.label for indicator in indicators) == []


@EVERY_SET
def test_the_ald_lists_are_those_of_the_source(name: str):
    found = {
        indicator.id: [list(population.ald) for population in indicator.eligible if population.ald]
        for indicator in load_set(name).indicators
    }
    assert {id_: lists for id_, lists in found.items() if lists} == {id_: [ald] for id_, ald in ALDS.items()}


@EVERY_SET
def test_the_acts_of_an_indicator_are_not_those_of_another(name: str):
    """But the certificate, asked for at two ages."""
    owners = Counter(
        code
        for indicator in load_set(name).indicators
        for code in {c for p in indicator.eligible for need in indicator.requirements(p) for c in need.codes}
    )
    assert [code for code, times in owners.items() if times > 1] == ["certificat_enfant"]


def test_only_what_the_slides_word_differently_is_written_twice():
    signed, slides = (load_set(name) for name in ("convention_2024", "proposition_2024_03_14"))
    differ = [one.id for one, other in zip(signed.indicators, slides.indicators, strict=True) if one != other]
    assert differ == [*IN_ORDER[:5], "examen_bucco_dentaire"]
    for id_ in differ:
        one, other = signed.indicator(id_), slides.indicator(id_)
        assert (one.eligible, one.done) != (other.eligible, other.done), id_
        assert (other.state, one.state) == ("propose", "en_vigueur")
        assert other.valid_from < one.valid_from


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
    seen = {example.expect["status"] for example in indicator.example}
    wanted = {"up_to_date", "due", "not_eligible", "unknown"} | ({"excluded"} if indicator.excluded else set())
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
        assert example.expect.get("population", "") in populations, example.name
        assert example.expect.get("excluded_by", "") in exclusions, example.name
        assert set(example.expect.get("missing", ())) <= needs, example.name


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
    listed, expected = list(CODES[section].codes()), published(section)
    if section in PRODUCTS_KNOWN_BY_ATC:
        products = {pair for pair in listed if pair[0] == "cip13"}
        assert len(products) == PRODUCTS_KNOWN_BY_ATC[section]
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


def test_a_code_belongs_to_one_section():
    assert repeated(pair for code_list in CODES.values() for pair in code_list.codes()) == []


def test_campaigns_open_in_autumn_and_close_before_the_next():
    campaigns = load_campaigns()
    published_ones = campaigns.campaign
    assert [c.opens.isoformat() for c in published_ones] == ["2022-10-18", "2023-10-17", "2024-10-15", "2025-10-14"]
    assert [c.closes.isoformat() for c in published_ones] == ["2023-01-31", "2024-01-31", "2025-02-28", "2026-01-31"]
    every_year = [campaigns.of_year(year) for year in range(2015, 2040)]
    for campaign, following in pairwise(every_year):
        assert campaign.opens < campaign.closes < following.opens - timedelta(days=200)
    assert (campaigns.of_year(2026).opens.isoformat(), campaigns.of_year(2026).closes.isoformat()) == (
        "2026-10-15",
        "2027-01-31",
    )


def repeated(items) -> list:
    return [item for item, times in Counter(items).items() if times > 1]


def published(section: str) -> set[tuple[str, str]]:
    pairs, system = set(), ""
    for word in COUNTED[section].split():
        if word in SHAPES:
            system = word
        else:
            pairs.add((system, word))
    return pairs


def checks(cip13: str) -> bool:
    """The last digit is the control digit of an EAN-13."""
    digits = [int(digit) for digit in cip13]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
