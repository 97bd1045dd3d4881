"""The page of the pay: its range, its months, the other agreements, what is assumed, what one more point is worth."""

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from calculators import results, rows
from calculators.forfait.instalments import Instalment, payment_calendar
from calculators.forfait.leaving import SoonUnseen
from calculators.forfait.pay import pay_lines, total_cents
from calculators.forfait.version import load_version
from calculators.records.store import open_store
from dashboard.forfait import in_words, tables
from dashboard.words import pay_lines as pay_lines_in_words
from tests.dashboard.opening import opened, words

SIGNED, OLD = load_version("convention_2024"), load_version("fpmt_2024")
DOCTOR = "dr-ardant"


@pytest.fixture(autouse=True)
def own_practices(monkeypatch: pytest.MonkeyPatch, practices: Path, kept_caches: None) -> None:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))


def cents(text: str) -> int:
    return round(100 * float(re.sub(r"[^\d,−]", "", text).replace(",", ".").replace("−", "-")))


def lines(practices: Path, version=SIGNED, **entered: int) -> pa.Table:
    store = open_store(practices)
    done = results.validated(store, version, 2026, DOCTOR)
    return pay_lines(store, version, 2026, done, DOCTOR, with_means=True, entered=entered)


def table(app, column: str):
    return next(one.value for one in app.table if column in one.value.columns)


def test_the_three_assumptions_on_the_indicators_are_named_and_today_is_the_total():
    app = opened("forfait")
    shown = table(app, "Hypothèse")
    assert shown["Hypothèse"].tolist() == ["Ce qui est acquis", "Taux nationaux", "Cibles"]
    assert shown["Total de l’année"][0] == app.metric[0].value


def test_the_steps_of_the_waterfall_end_at_the_total():
    steps = tables.waterfall({"socle": 1_000_00, "c2s": 50_05}).to_pylist()
    assert [(row["start"], row["end"]) for row in steps] == [(0, 1000), (1000, 1050.05), (0, 1050.05)]


def test_the_months_sum_to_what_is_paid_in_all_to_the_cent(practices: Path):
    given = lines(practices)
    drawn = tables.months(rows.read(payment_calendar(given, SIGNED), Instalment)).to_pylist()
    assert sum(round(100 * row["euros"]) for row in drawn) == total_cents(given)
    assert drawn[0]["month"] == "avr. 2026"
    assert drawn[-1]["month"] == "avr. 2027"


def test_what_moved_line_by_line_sums_to_the_difference_of_the_totals(practices: Path):
    before, after = lines(practices, OLD), lines(practices)
    found = tables.moved(results.across({OLD.id: before, SIGNED.id: after}), (OLD, SIGNED), {})
    gap = total_cents(after) - total_cents(before)
    exported = pay_lines_in_words.exported(found)
    assert (
        sum(round(100 * row["Écart (€)"]) for row in exported.to_pylist()) == sum(one.gap_cents for one in found) == gap
    )
    printed = pay_lines_in_words.printed(found)
    assert sum(cents(text) for text in printed["Écart"][:-1]) == cents(printed["Écart"][-1]) == gap
    assert printed["Ligne"].count("indicateurs de prévention validés") == 1


def test_what_the_doctor_was_really_paid_takes_the_place_of_the_means(practices: Path):
    app = opened("forfait")
    app.number_input(key="saisi_rosp").set_value(7000).run()
    shown = table(app, "Accord").set_index("Accord")
    assert cents(shown.loc[OLD.label, "ROSP"]) == 7_000_00
    assert cents(shown.loc[OLD.label, "Forfait structure"]) == 4_180_00
    assert cents(re.sub(r"\*", "", shown.loc[OLD.label, "Total"])) == total_cents(lines(practices, OLD, rosp=7_000_00))


def test_every_open_point_has_its_default_its_other_reading_and_the_euros_it_moves():
    shown = table(opened("forfait"), "Point ouvert")
    assert set(shown["Point ouvert"]) == {point.label for point in SIGNED.open_point}
    assert [abs(cents(text)) for text in shown["Ce qu’elle change"]] == sorted(
        (abs(cents(text)) for text in shown["Ce qu’elle change"]), reverse=True
    )


def test_patients_soon_not_seen_are_a_number_and_nobody_is_named():
    said = words(opened("forfait"))
    assert "20 à 24 mois" in said
    assert not re.search(r"\bard-\d{3}\b", said)


def test_when_last_contacts_are_not_known_it_is_said():
    assert "ne disent pas" in in_words.unseen_in_words(None)
    assert in_words.unseen_in_words([]).startswith("Aucun patient")


def test_the_sentence_on_patients_soon_not_seen_counts_what_falls_before_the_next_list():
    months = [SoonUnseen(date(2026, 8, 1), True, 2, 10_000), SoonUnseen(date(2027, 1, 1), False, 1, 5_000)]
    said = in_words.unseen_in_words(months)
    assert "**3\u00a0patients**" in said
    assert "août 2026 : 2, janv. 2027 : 1" in said
    assert "perd 100\u00a0€" in said


def test_one_more_point_is_worth_a_hundredth_of_the_patients_concerned():
    app = opened("forfait")
    shown = table(app, "Un point de plus (€)")
    for row in shown.to_dict("records"):
        patients = int(re.sub(r"\D", "", row["Patients concernés"]))
        assert cents(row["Un point de plus (€)"]) == 5 * patients
