"""What is doubtful month by month: counted again row by row, and judged at the edges of each threshold."""

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.french import plain as plain_text
from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records import check_rules, examined
from calculators.records.check import check
from calculators.records.check_rules import Suspicion
from calculators.records.doubts import DoubtfulError, doubts, refuse, sentences, why_not, without
from calculators.records.store import Store, open_store
from calculators.sobriety import coverage
from dashboard import shipped
from sample_data.generate import generate
from tests import practice

pytestmark = pytest.mark.slow

PAUL = ("paul", "1960-07-15", "M")
CIPS = ("3400930000007", "3400930000014")
PRICES = {CIPS[0]: 1000, CIPS[1]: 200}
MONTHS = ("2025-01", "2025-02", "2025-03", "2025-04")


def store_of(tmp_path: Path, about=None, **tables) -> Store:
    return open_store(practice.write(tmp_path / "d", about, patients=[PAUL], **tables))


def acts(month: str, lines: int, copies: int = 0) -> list[tuple]:
    """Lines of a month, of which so many repeat the first one."""
    own = [("paul", f"{month}-{n % 28 + 1:02}", "nabm", f"{n:04}") for n in range(lines - copies)]
    return own + own[:1] * copies


def found(store: Store) -> set[tuple[str, str, str]]:
    return {(one.suspicion, one.table, one.period) for one in doubts(store)}


@pytest.mark.parametrize(
    ("lines", "copies", "doubtful"),
    [(30, 7, True), (30, 6, False), (29, 28, False), (100, 20, False), (100, 21, True)],
)
def test_more_than_a_fifth_of_at_least_thirty_lines_repeated_is_doubtful(tmp_path, lines, copies, doubtful):
    store = store_of(tmp_path, acts=acts("2025-03", lines, copies))
    assert found(store) == ({(Suspicion.COPIES, "acts", "2025-03")} if doubtful else set())


def test_lines_that_differ_in_one_column_alone_repeat_nothing(tmp_path: Path):
    rows = [("paul", "2025-03-01", CIPS[0], "C09AA05", 1, 700, "d1", f"{n:02}") for n in range(40)]
    assert found(store_of(tmp_path, deliveries=rows)) == set()
    results = [("paul", "2025-03-01", "loinc", "4548-4", 1, None, None, float(n), "%") for n in range(40)]
    assert found(store_of(tmp_path, acts=results)) == set()
    assert found(store_of(tmp_path, acts=results[:1] * 40)) == {(Suspicion.COPIES, "acts", "2025-03")}


@pytest.mark.parametrize(("cents", "doubtful"), [(50, False), (49, True), (20_000, False), (20_001, True)])
def test_the_median_of_prices_is_doubtful_beyond_twenty_times_or_a_twentieth(tmp_path, cents, doubtful):
    rows = [("paul", f"2025-03-{n % 28 + 1:02}", CIPS[0], "C09AA05", 1, cents, f"x{n}") for n in range(30)]
    store = store_of(tmp_path, deliveries=rows, drugs=[(CIPS[0], "C09AA05", None, 1000)])
    assert bool(why_not(store, "sobriety", 2025)) is doubtful
    assert not why_not(store, "sobriety", 2024)
    fewer = store_of(tmp_path, deliveries=rows[:29], drugs=[(CIPS[0], "C09AA05", None, 1000)])
    assert not why_not(fewer, "sobriety", 2025)


@pytest.mark.parametrize(("opposite", "doubtful"), [(1, False), (2, True)])
def test_amounts_of_a_sign_other_than_the_boxes_are_doubtful_beyond_one_in_a_hundred(tmp_path, opposite, doubtful):
    rows = [("paul", "2025-03-01", CIPS[0], "C09AA05", 1, -700 if n < opposite else 700, f"x{n}") for n in range(100)]
    assert bool(why_not(store_of(tmp_path, deliveries=rows), "sobriety", 2025)) is doubtful


@pytest.mark.parametrize(("strangers", "doubtful"), [(1, False), (2, True)])
def test_more_than_one_line_in_twenty_set_aside_stops_what_reads_the_table(tmp_path, strangers, doubtful):
    rows = acts("2025-03", 20 - strangers) + [("inconnu", "2025-03-01", "nabm", "0001")] * strangers
    store = store_of(tmp_path, acts=rows)
    assert [bool(why_not(store, result)) for result in ("prevention", "sobriety", "forfait")] == [doubtful] * 3
    if doubtful:
        with pytest.raises(DoubtfulError, match="Actes : 10 % des lignes sont laissées de côté"):
            refuse(store, "prevention")
        refuse(store.accepting_doubts(), "prevention")


def test_a_table_that_a_result_does_not_read_does_not_stop_it(tmp_path: Path):
    store = store_of(tmp_path, places=[("d1",), (None,)], acts=acts("2025-03", 1))
    assert why_not(store, "forfait")
    assert not why_not(store, "prevention")


def test_two_files_of_equal_rows_in_any_order_are_told_by_name(tmp_path: Path):
    folder = practice.write(tmp_path / "d", patients=[PAUL], acts=acts("2025-03", 3))
    rows = pq.read_table(folder / "acts.parquet")
    (folder / "acts.parquet").unlink()
    (folder / "acts").mkdir()
    pq.write_table(rows, folder / "acts" / "a.parquet")
    pq.write_table(rows.take([2, 0, 1]), folder / "acts" / "b.parquet")
    pq.write_table(rows.take([2, 0, 0]), folder / "acts" / "c.parquet")
    store = open_store(folder)
    assert found(store) == {(Suspicion.EQUAL_FILES, "acts", "")}
    assert "« acts/a.parquet » et « acts/b.parquet »" in why_not(store, "sobriety", 2025)
    assert not why_not(store, "sobriety", 2024)
    assert not why_not(store, "prevention")


def test_a_month_without_a_line_between_two_months_of_thirty_is_not_covered(tmp_path: Path):
    store = store_of(tmp_path, acts=acts("2025-01", 30) + acts("2025-03", 30), deliveries=[("paul", "2025-02-01")])
    assert found(store) == {(Suspicion.MISSING_MONTH, "acts", "2025-02")}
    assert date(2025, 3, 1) == date.fromordinal(date(1970, 1, 1).toordinal() + store.covered_from("acts"))
    assert "aucune ligne en février 2025" in str(coverage.unknown(store, 2025))
    assert coverage.unknown(store, 2024) is None
    assert coverage.unknown(store.accepting_doubts(), 2025) is None
    assert coverage.nearest_year(store, 2025) == 2024
    fewer = store_of(tmp_path, acts=acts("2025-01", 30) + acts("2025-03", 29))
    assert found(fewer) == set()


def test_a_missing_month_leaves_unknown_what_only_that_month_could_settle(tmp_path: Path):
    rows = [one for month in ("2025-01", "2025-03") for one in acts(month, 30)]
    woman = ("anne", "1980-02-01", "F")
    given_ = {"patients": [PAUL, woman], "acts": rows, "deliveries": []}
    about = practice.dataset(covers_from=date(2010, 1, 1))
    covers = [
        (who, domain, "2010-01-01", "2026-06-30") for who in ("paul", "anne") for domain in ("acts", "deliveries")
    ]
    for more in ({}, {"coverage": covers}):
        store = open_store(practice.write(tmp_path / f"d{len(more)}", about, **given_, **more))
        hole, whole = (statuses(one) for one in (store, store.accepting_doubts()))
        assert hole["anne"]["depistage_cancer_col"] == "unknown"
        assert whole["anne"]["depistage_cancer_col"] == "due"


def statuses(store: Store) -> dict[str, dict[str, str]]:
    rows = assess(store, load_set("convention_2024"), date(2026, 6, 30)).to_pylist()
    return {who: {r["indicator"]: r["status"] for r in rows if r["patient_id"] == who} for who in ("paul", "anne")}


def test_doubts_of_several_months_are_one_sentence(tmp_path: Path):
    store = store_of(tmp_path, acts=acts("2025-03", 30, 10) + acts("2025-04", 40, 20))
    (said,) = sentences(doubts(store))
    assert said.startswith("Actes, mars 2025 (et 1 autre période) : 33 % des lignes")
    told = check(store.folder)
    assert [(p.rule, p.value) for p in told.problems] == [(Suspicion.COPIES, "2025-03"), (Suspicion.COPIES, "2025-04")]
    assert not told.is_clean
    assert "Actes, avril 2025" in told.to_text()


def test_what_was_found_is_kept_until_the_content_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = store_of(tmp_path, acts=acts("2025-03", 3))
    asked = count()
    monkeypatch.setattr(examined, "check", lambda folder, examples, store: (next(asked), check(folder, examples))[1])
    first = examined.examined(store)
    assert first == examined.examined(store)
    assert next(asked) == 1
    assert plain_text(first.sentence()) == "Vérification : rien d’anormal dans 6 lignes lues."
    about = practice.dataset(extracted_on=date(2024, 1, 1), covers_to=date(2024, 1, 1))
    practice.write(store.folder, about, patients=[PAUL], acts=acts("2025-03", 3))
    again = examined.examined(open_store(store.folder))
    assert again.errors == 3
    assert plain_text(again.sentence()).startswith("Vérification : 3 erreurs dans 6 lignes lues.")


def test_a_kept_report_that_is_damaged_is_made_again(tmp_path: Path):
    store = store_of(tmp_path, acts=acts("2025-03", 3))
    first = examined.examined(store)
    for damage in ("", "{", "[]", '{"content": 3}'):
        (store.place / examined.KEPT).write_text(damage)
        assert examined.examined(store) == first


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), max_size=4))
def test_what_is_left_of_a_period_is_its_days_without_those_of_the_holes(given_holes: list[tuple[int, int]]):
    holes = [(first, first + more) for first, more in given_holes]
    left = [day for first, last in without((3, 25), holes) for day in range(first, last + 1)]
    gone = {day for first, last in holes for day in range(first, last + 1)}
    assert left == [day for day in range(3, 26) if day not in gone]


DELIVERED = st.tuples(
    st.sampled_from(MONTHS),
    st.sampled_from([0, 1, 29, 30, 31]),
    st.sampled_from([0, 0, 5, 6, 7]),
    st.sampled_from([10, 49, 50, 51, 1000, 20_000, 20_100]),
    st.integers(0, 2),
)


def rows_of(drawn: Sequence[tuple]) -> list[tuple]:
    """Deliveries: lines of a month, copies among them, cents of a box, lines of contrary sign."""
    made: list[tuple] = []
    for month, lines, copies, cents, opposite in drawn:
        own = [
            (
                "paul",
                f"{month}-01",
                CIPS[n % 2],
                "C09AA05",
                1 if n % 3 else -2,
                None if n % 7 == 6 else cents * PRICES[CIPS[n % 2]] // 1000,
                f"{len(made)}-{n}",
            )
            for n in range(lines - min(copies, lines))
        ]
        own = [(*r[:5], r[5] and r[5] * (r[4] if n >= opposite else -r[4]), r[6]) for n, r in enumerate(own)]
        made += own + own[:1] * (lines - len(own))
    return made


def plain(rows: Sequence[tuple], priced: bool) -> set[tuple[str, str, str]]:
    """The same from the rows, one by one."""
    told: set[tuple[str, str, str]] = set()
    by_month: dict[str, list[tuple]] = {month: [r for r in rows if r[1][:7] == month] for month in MONTHS}
    for before, month, after in zip(MONTHS, MONTHS[1:], MONTHS[2:], strict=False):
        if not by_month[month] and min(len(by_month[before]), len(by_month[after])) >= 30:
            told.add((Suspicion.MISSING_MONTH, "deliveries", month))
    for month, met in by_month.items():
        copies = sum(n - 1 for n in Counter(met).values())
        if len(met) >= 30 and copies * 5 > len(met):
            told.add((Suspicion.COPIES, "deliveries", month))
    for period, met in {**by_month, "2025": list(rows)}.items():
        known = [r for r in met if r[5] is not None]
        ratios = [abs(r[5] / r[4]) / PRICES[r[2]] for r in known]
        if priced and len(ratios) >= 30 and not 1 / 20 <= statistics.median(ratios) <= 20:
            told.add((Suspicion.PRICE, "deliveries", period))
        if period == "2025" and known:
            if sum(r[5] * r[4] < 0 for r in known) * 100 > len(known):
                told.add((Suspicion.OPPOSITE, "deliveries", period))
            few = not (priced and len(ratios) >= 30)
            if few and len(known) >= 30 and statistics.median(abs(r[5] / r[4]) for r in known) < 30:
                told.add((Suspicion.SMALL, "deliveries", period))
    return told


@pytest.mark.oracle
@settings(max_examples=min(40, settings.default.max_examples))
@given(st.lists(DELIVERED, max_size=4, unique_by=lambda one: one[0]), st.booleans())
def test_doubts_are_those_of_a_reading_row_by_row(drawn: list[tuple], priced: bool):
    rows = rows_of(drawn)
    drugs = {"drugs": [(cip, "C09AA05", None, cents) for cip, cents in PRICES.items()]} if priced else {}
    with TemporaryDirectory() as place:
        store = open_store(practice.write(Path(place) / "d", patients=[PAUL], deliveries=rows, **drugs))
        assert found(store) == plain(rows, priced)


def test_every_threshold_says_how_sure_it_is():
    known = check_rules.catalogue()
    assert {getattr(known.threshold, name).basis for name in type(known.threshold).model_fields} == {"hypothese"}
    assert {table for tables in known.reads.values() for table in tables} <= set(known.names)


def test_fictitious_practices_give_no_alarm(tmp_path: Path):
    generate(2, 5, tmp_path / "d")
    for folder in (tmp_path / "d", shipped.PRACTICES):
        store = open_store(folder)
        assert doubts(store) == ()
        assert examined.examined(store).errors == 0
