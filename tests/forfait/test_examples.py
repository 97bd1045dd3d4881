"""The examples of the agreements come out, and a second time from canonical rows, patient by patient."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calculators.defaults import defaults
from calculators.forfait.check import run_examples, unsaid
from calculators.forfait.example import Example
from calculators.forfait.pay import pay_lines, total_cents
from calculators.forfait.version import Version, available_versions, load_version, parse
from calculators.records.store import open_store
from calculators.rules import RuleError
from tests import practice
from tests.forfait import cases, oracle
from tests.forfait.cases import verdicts

ENOUGH = 2
EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{example.name}")
    for name in available_versions()
    for example in load_version(name).example
]
YEAR = 2026


@pytest.mark.parametrize("name", available_versions())
def test_the_examples_of_an_agreement_come_out_as_written(name: str):
    outcomes = run_examples(load_version(name))
    assert [one.differences for one in outcomes] == [{}] * len(outcomes)


@pytest.mark.parametrize(("name", "example"), [case for case in EXAMPLES if case.values[1].patient])
def test_the_line_of_a_patient_is_the_one_the_slow_reading_finds(name: str, example: Example):
    content, patient = cases.agreement(name), example.patient
    assert patient is not None
    facts = {"age": patient.age, "ald": patient.ald, "c2s": patient.c2s, "seen": patient.seen}
    key, line = oracle.base_line(content, facts)
    assert (key, oracle.exact(line["amount"])) == (example.expect.line, example.expect.amount)
    paid = oracle.c2s_line(content, YEAR, "d", "p", facts)
    if example.expect.c2s is not None:
        assert sum(row[4] for row in paid) == example.expect.c2s * 100


@pytest.mark.parametrize(("name", "example"), [case for case in EXAMPLES if case.values[1].list])
@pytest.mark.slow
def test_the_total_of_a_list_is_that_of_its_patients_one_by_one(name: str, example: Example, tmp_path: Path):
    version = load_version(name)
    store = open_store(practice.write(tmp_path / "d", **rows(version, example)))
    people = store.rows["patients"]
    validated = [("d1", f"p{n % people:05}", one) for one, times in example.validated.items() for n in range(times)]
    lines = pay_lines(store, version, YEAR, verdicts(validated), "d1", with_means=example.with_means)
    assert total_cents(lines) == example.expect.total * 100


def rows(version: Version, example: Example) -> dict[str, Any]:
    """The list of an example as canonical rows: everyone born on 1 January, rights and acts on the days that count."""
    patients = list(members(example))
    seen = version.list_day(YEAR).isoformat()
    year = version.age_year(YEAR)
    first = example.doctor.installation_year
    doctor = {"doctor_id": "d1", "zone": example.doctor.zone, "first_installation": first is not None}
    if first is not None:
        doctor["installed_on"] = f"{YEAR - first + 1}-01-01"
    if example.doctor.age is not None:
        doctor["birth_date"] = f"{YEAR - example.doctor.age}-01-01"
    return {
        "doctors": [doctor],
        "patients": [(who, f"{year - one.age}-01-01", "F") for who, one in patients],
        "ald": [(who, 8, "1900-01-01") for who, one in patients if one.ald],
        "c2s": [(who, "1900-01-01") for who, one in patients if one.c2s],
        "acts": [(who, seen, "ngap", "G", 1, "d1") for who, one in patients if one.seen],
    }


def members(example: Example) -> Iterator[tuple[str, Any]]:
    every = (group for group in example.list for _ in range(group.patients))
    return ((f"p{number:05}", group) for number, group in enumerate(every))


@pytest.mark.parametrize("name", available_versions())
def test_an_agreement_that_shipped_with_examples_keeps_a_patient_and_a_list(name: str):
    version = load_version(name)
    if version.example:
        assert len(version.example) >= ENOUGH
        assert [line for line in unsaid(version) if "exemple" in line] == []


def altered(**changes: Any) -> Version:
    content = cases.agreement(defaults().forfait.in_force[-1])
    return parse(content | changes, "essai.toml")


PATIENT = {"name": "un patient", "patient": {"age": 40}, "expect": {"line": "de_7_a_74_ans", "amount": 5}}
LIST = {"name": "une liste", "list": [{"patients": 3, "age": 40}], "expect": {"total": 15}}


def test_an_example_that_fails_says_what_was_expected_and_what_came_out():
    wrong = PATIENT | {"expect": {"line": "non_vu", "amount": 6, "c2s": 0}}
    first, second = run_examples(altered(example=[wrong, LIST | {"expect": {"total": 15.01}}]))
    assert {key: tuple(map(str, pair)) for key, pair in first.differences.items()} == {
        "line": ("non_vu", "de_7_a_74_ans"), "amount": ("6", "5"),
    }  # fmt: skip
    assert {key: tuple(map(str, pair)) for key, pair in second.differences.items()} == {"total": ("15.01", "15")}


@pytest.mark.parametrize(
    "example",
    [
        PATIENT | {"list": LIST["list"]},
        {"name": "personne", "expect": {"total": 0}},
        PATIENT | {"expect": {"line": "de_7_a_74_ans"}},
        PATIENT | {"doctor": {"zone": "zip"}},
        LIST | {"expect": {"total": 15, "line": "de_7_a_74_ans"}},
    ],
)
def test_an_example_asks_one_question(example: dict[str, Any]):
    with pytest.raises(RuleError, match=r"« example\.0 » : (un exemple a|avec) « "):
        altered(example=[example])


def test_what_a_file_leaves_unsaid_is_told():
    said = unsaid(altered(example=[], valid_from=None))
    assert any("il y en a 0" in line for line in said)
    assert any("valid_from" in line for line in said)
    assert "un exemple de liste, avec le total du médecin" in unsaid(altered(example=[PATIENT, PATIENT]))
    hypothesis = [{"title": "essai", "date": "2026-01-01", "basis": "hypothese"}]
    assert "une référence qui ne soit pas une hypothèse" in unsaid(altered(reference=hypothesis))
