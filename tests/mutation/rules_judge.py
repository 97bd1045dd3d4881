"""Judge a mutant of a rule file: do its examples, read through the oracle, still come out as written?"""

import tomllib
from pathlib import Path
from typing import Any

from calculators.defaults import defaults
from calculators.prevention.codes import DRUG_SYSTEMS
from calculators.prevention.indicator import Indicator, load_set
from calculators.rules import validate
from tests import oracle
from tests.prevention.test_rule_files import SETS

SECONDS = 40


def judge(file: Path, text: str) -> None:
    """Raise AssertionError, or RuleError, when the mutant is noticed."""
    indicator = validate(tomllib.loads(text), Indicator, file.name)
    set_id = file.parent.name if file.parent.name != "indicators" else defaults().prevention.set
    rules = load_set(set_id)
    lists = [list(population.ald) for population in indicator.eligible if population.ald]
    listed = {one["id"]: [one["ald"]] if "ald" in one else [] for one in SETS[set_id]["indicator"]}
    assert lists == listed.get(indicator.id, lists)
    for example in indicator.example:
        verdict = _decide(example, indicator, rules)
        for key, value in example.expect.given().items():
            assert getattr(verdict, key) == value, example.name


def _decide(example: Any, indicator: Indicator, rules: Any) -> oracle.Verdict:
    given = example.patient
    patient = oracle.Patient(given.birth_date, given.sex)
    patient.ald = [given.right | {"ald": number} for number in given.ald]
    patient.c2s = [given.right] if given.c2s else []
    for act in example.acts:
        system, code = next(rules.codes[act.codes].codes()) if act.codes else (act.system, act.code)
        if system in DRUG_SYSTEMS:
            line = {"atc": None, "cip13": None, system: code.ljust(7, "0") if system == "atc" else code}
            patient.deliveries.append(line | {"date": act.on, "boxes": act.quantity})
        else:
            line = {"system": system, "code": code, "date": act.on, "quantity": act.quantity}
            patient.acts.append(line | act.result)
    known = oracle.Known(given.covers_from, given.covers_from, given.ald_known, given.c2s_known)
    return oracle.Case(rules, patient, known, example.as_of).decide(indicator)
