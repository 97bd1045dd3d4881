"""The examples of the rule files are tests.

Keys of an example: `name`, `as_of`, then

* `patient`: birth_date, sex, and at will ald = [numbers, active since birth], c2s (bool), died_on, ald_known,
  c2s_known, covers_from (first day the data are complete; by default they always were);
* `acts`: on, quantity (1), and either codes = a section of codes.toml (its first code) or system and code;
* `expect`: columns of `assess`; a column left out is not checked, "" demands a missing value.
"""

from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from calculators.prevention.assess import assess
from calculators.prevention.indicator import DRUG_SYSTEMS, Example, Indicator, IndicatorSet, available_sets, load_set
from calculators.records.store import open_store
from tests import practice

PATIENT_KEYS = {"birth_date", "sex", "ald", "c2s", "died_on", "ald_known", "c2s_known", "covers_from"}
ACT_KEYS = {"on", "quantity", "codes", "system", "code"}

OTHER_MEASURES = Path(__file__).parent / "other_measures" / "sets" / "other_measures.toml"
SETS = {Path(name).stem: name for name in (*available_sets(), str(OTHER_MEASURES))}

CASES = [
    pytest.param(name, indicator.id, position, id=f"{Path(name).stem}-{indicator.id}-{example.name}")
    for name in SETS.values()
    for indicator in load_set(name).indicators
    for position, example in enumerate(indicator.example)
]


@pytest.mark.parametrize(("set_name", "indicator", "position"), CASES)
def test_the_example_comes_out_as_written(set_name: str, indicator: str, position: int):
    example = load_set(set_name).indicator(indicator).example[position]
    row = results(set_name)[indicator, position]
    expected = {key: None if value == "" else value for key, value in example.expect.items()}
    assert {key: row[key] for key in expected} == expected


def test_examples_use_known_keys_only():
    for name in SETS.values():
        for indicator in load_set(name).indicators:
            for example in indicator.example:
                assert set(example.patient) <= PATIENT_KEYS, (indicator.id, example.name)
                assert all(set(act) <= ACT_KEYS for act in example.acts), (indicator.id, example.name)


@cache
def results(set_name: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Row of `assess` for each example of the set; examples that share a date and a cover share a folder."""
    rules = load_set(set_name)
    together: dict[Any, list[tuple[Indicator, int, Example]]] = defaultdict(list)
    for indicator in rules.indicators:
        for position, example in enumerate(indicator.example):
            together[_context(example)].append((indicator, position, example))
    found = {}
    for context, examples in together.items():
        for row in _assess(rules, context, [example for _, _, example in examples]):
            indicator, position, _ = examples[int(row["patient_id"])]
            if row["indicator"] == indicator.id:
                found[indicator.id, position] = row
    return found


def _context(example: Example) -> tuple[date, date, bool, bool]:
    patient = example.patient
    covers_from = patient.get("covers_from", date(1900, 1, 1))
    return example.as_of, covers_from, patient.get("ald_known", True), patient.get("c2s_known", True)


def _assess(
    rules: IndicatorSet, context: tuple[date, date, bool, bool], examples: list[Example]
) -> list[dict[str, Any]]:
    as_of, covers_from, ald_known, c2s_known = context
    about = practice.dataset(
        covers_from=covers_from, covers_to=max(as_of, covers_from), ald_known=ald_known, c2s_known=c2s_known
    )
    rows: dict[str, list[Any]] = {
        name: [] for name in ("patients", "registrations", "ald", "c2s", "acts", "deliveries")
    }
    for number, example in enumerate(examples):
        _add(rows, str(number), example, rules)
    with TemporaryDirectory() as folder:
        return assess(open_store(practice.write(Path(folder) / "d", about, **rows)), rules, as_of).to_pylist()


def _add(rows: dict[str, list[Any]], patient_id: str, example: Example, rules: IndicatorSet) -> None:
    patient, mine = example.patient, {"patient_id": patient_id}
    born = {"from_date": patient["birth_date"]}
    rows["patients"].append(mine | {key: patient.get(key) for key in ("birth_date", "sex", "died_on")})
    rows["registrations"].append(mine | born)
    rows["ald"] += [mine | born | {"ald": number} for number in patient.get("ald", ())]
    rows["c2s"] += [mine | born] if patient.get("c2s") else []
    for act in example.acts:
        system, code = _code(act, rules)
        line = mine | {"date": act["on"]}
        if system in DRUG_SYSTEMS:
            atc = {"atc": code.ljust(7, "0")} if system == "atc" else {"cip13": code}
            rows["deliveries"].append(line | atc | {"boxes": act.get("quantity", 1)})
        else:
            rows["acts"].append(line | {"system": system, "code": code, "quantity": act.get("quantity", 1)})


def _code(act: dict[str, Any], rules: IndicatorSet) -> tuple[str, str]:
    return (act["system"], act["code"]) if "system" in act else next(rules.codes[act["codes"]].codes())
