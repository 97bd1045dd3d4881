"""The five commands of the economy of a practice: columns, filters, and what a mistake gets."""

import csv
import io
from pathlib import Path

import pytest

from tests.dashboard.command.test_command import run, table

pytestmark = pytest.mark.slow
COLUMNS = {
    "income": [
        "doctor_id",
        "year",
        "block",
        "line",
        "quantity",
        "unit_cents",
        "amount_cents",
        "basis",
        "due_on",
        "reason",
    ],
    "limits": ["doctor_id", "rule", "numerator", "denominator", "value", "limit", "reason"],
    "decide": ["doctor_id", "year", "decision", "branch", "month", "stratum", "amount_cents", "basis", "reason"],
    "envelope": ["doctor_id", "indicator", "eligible", "unknown", "validated", "amount_cents", "one_point_cents"],
}
LISTS = ["doctor_id", "patient_id", "list", "since", "until", "reason", "amount_cents", "paid", "basis"]


def header(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("name", COLUMNS)
def test_a_command_gives_its_columns_for_one_doctor_or_for_all(practices: Path, capsys, name: str):
    assert run(name, practices, "--year", 2025, "--doctor", "dr-boyer") == 0
    out = capsys.readouterr().out
    assert header(out) == COLUMNS[name]
    assert {row["doctor_id"] for row in table(out)} <= {"dr-boyer"}
    assert run(name, practices, "--year", 2025) == 0
    assert len(table(capsys.readouterr().out)) >= len(table(out))


@pytest.mark.parametrize(
    ("option", "columns"),
    [
        (("income", "--what-if"), COLUMNS["income"]),
        (("income", "--paid"), ["doctor_id", "part", "month", "computed_cents", "paid_cents", "difference_cents", "reason"]),
        (("envelope", "--case-mix"), ["doctor_id", "indicator", "eligible", "validated", "expected", "flat_cents",
                                      "case_mix_cents", "difference_cents"]),
    ],
)  # fmt: skip
def test_another_table_is_asked_for_by_an_option(practices: Path, capsys, option, columns):
    name, flag = option
    assert run(name, practices, "--year", 2025, flag) == 0
    assert header(capsys.readouterr().out) == columns


def test_two_tables_at_once_are_refused(practices: Path, capsys):
    assert run("income", practices, "--year", 2025, "--what-if", "--paid") == 2
    assert "deux tables" in capsys.readouterr().err


def test_the_lists_of_a_day_or_one_of_them(practices: Path, capsys):
    assert run("lists", practices, "--as-of", "2026-06-30", "--doctor", "dr-ardant") == 0
    every = table(capsys.readouterr().out)
    assert list(every[0]) == LISTS
    assert run("lists", practices, "--as-of", "2026-06-30", "--doctor", "dr-ardant", "--list", "RDV") == 0
    mine = table(capsys.readouterr().out)
    assert mine == [row for row in every if row["list"] == "RDV"]
    assert {row["paid"] for row in mine} <= {"true"}


def test_an_unknown_list_is_told_with_those_that_exist(practices: Path, capsys):
    assert run("lists", practices, "--as-of", "2026-06-30", "--list", "GL4") == 2
    assert "GL1" in capsys.readouterr().err


def test_only_the_decisions_asked_for_are_given(practices: Path, capsys):
    assert run("decide", practices, "--year", 2025, "--capitation") == 0
    assert {row["decision"] for row in table(capsys.readouterr().out)} == {"capitation"}
    assert run("decide", practices, "--year", 2025, "--contract", "--assistant") == 0
    assert {row["decision"] for row in table(capsys.readouterr().out)} == {"contrat", "assistant"}
