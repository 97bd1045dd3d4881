"""Judge a mutant of a rule file: do its examples, read through the oracle, still come out as written?"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from calculators.prevention.indicator import DRUG_SYSTEMS, Indicator, load_set
from calculators.rules import validate
from tests import oracle
from tests.prevention.test_rule_files import ALDS

SECONDS = 40


def judge(file: Path, text: str) -> None:
    """Raise AssertionError, or RuleError, when the mutant is noticed."""
    indicator = validate(tomllib.loads(text), Indicator, file.name)
    set_id = file.parent.name if file.parent.name != "indicators" else "convention_2024"
    rules = load_set(set_id)
    lists = [list(population.ald) for population in indicator.eligible if population.ald]
    assert lists == ([ALDS[indicator.id]] if indicator.id in ALDS else [])
    for example in indicator.example:
        verdict = _decide(example, indicator, rules)
        for key, value in example.expect.items():
            assert getattr(verdict, key) == (None if value == "" else value), example.name


def _decide(example: Any, indicator: Indicator, rules: Any) -> oracle.Verdict:
    given = example.patient
    born = {"from_date": given["birth_date"], "to_date": None}
    patient = oracle.Patient(given["birth_date"], given["sex"])
    patient.ald = [born | {"ald": number} for number in given.get("ald", ())]
    patient.c2s = [born] if given.get("c2s") else []
    for act in example.acts:
        system, code = (act["system"], act["code"]) if "system" in act else next(rules.codes[act["codes"]].codes())
        if system in DRUG_SYSTEMS:
            line = {"atc": None, "cip13": None, system: code.ljust(7, "0") if system == "atc" else code}
            patient.deliveries.append(line | {"date": act["on"], "boxes": act.get("quantity", 1)})
        else:
            line = {"system": system, "code": code}
            patient.acts.append(line | {"date": act["on"], "quantity": act.get("quantity", 1)})
    start = given.get("covers_from", date(1900, 1, 1))
    known = oracle.Known(start, start, given.get("ald_known", True), given.get("c2s_known", True))
    return oracle.Case(rules, patient, known, example.as_of).decide(indicator)
