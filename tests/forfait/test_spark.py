"""Every step of the pay gives the same rows on DuckDB and on Spark."""

from datetime import date
from pathlib import Path

import pytest

from calculators.forfait import country, pay
from calculators.forfait.leaving import leaving
from calculators.forfait.pay import pay_lines
from calculators.forfait.population import population
from calculators.forfait.version import load_version
from tests.forfait.cases import YEAR, verdicts
from tests.forfait.test_country import judged
from tests.forfait.test_pay import folder, seen_by_d1
from tests.spark import ask_both

pytestmark = pytest.mark.spark

SIGNED = load_version("convention_2024")
SET = "convention_2024"


@pytest.mark.whole
def test_every_step_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    both = ask_both(monkeypatch)
    people = ["anne", "bruno", "claude", "denis"]
    [twice] = seen_by_d1("claude", on="2024-02-01")
    store = folder(
        tmp_path, patients=[(who, f"19{30 + 15 * n}-06-15", "F") for n, who in enumerate(people)],
        ald=[("anne", 8)], c2s=[("bruno", "2020-01-01")],
        acts=[*seen_by_d1("anne", "bruno"), twice, twice | {"quantity": -1}, *seen_by_d1("claude", on="2024-02-02")],
    )  # fmt: skip
    validated = [("d1", "anne", "vaccin_grippe"), ("d1", "claude", "vaccin_grippe")]
    assert pay_lines(store, SIGNED, YEAR, verdicts(validated)).num_rows
    assert population(store, SIGNED, YEAR, {SET: verdicts(validated)}).counts.sum() == len(people)
    assert leaving(store, SIGNED, date(2025, 12, 31), "d1").num_rows == 1
    country.tables(store, SIGNED, YEAR, {SET: judged([(*row, True) for row in validated])}, 3)
    files = {file.stem for file in Path(pay.__file__).parent.glob("*.sql")}
    assert files - {step for step, found in both.items() if found} == set()
