"""Rules as tables: the constants of each window, at their edges."""

from datetime import date

import pytest

from calculators.dates import to_day
from calculators.prevention.campaign import load_campaigns
from calculators.prevention.indicator import load_set
from calculators.prevention.rule_tables import NEVER, RESULT_DAYS, compile_rules, counter_table, shifts
from calculators.records.store import CARES
from tests.prevention.test_oracle import EVERY_WINDOW


def compiled(as_of: date, **requirement):
    """The tables of one requirement."""
    rules = load_set(EVERY_WINDOW)
    one = rules.indicator("yearly")
    need = one.done[0].model_validate(one.done[0].model_dump(by_alias=True) | requirement)
    return compile_rules(
        rules.model_copy(update={"indicators": (one.model_copy(update={"done": (need,)}),)}), as_of, load_campaigns()
    )


@pytest.mark.parametrize(
    ("window", "as_of", "cover_day"),
    [
        ({"kind": "calendar_year"}, date(2026, 3, 5), date(2026, 1, 1)),
        ({"kind": "rolling", "months": 6}, date(2025, 8, 31), date(2025, 3, 1)),
        ({"kind": "campaign"}, date(2026, 3, 5), date(2025, 10, 14)),
        ({"kind": "since_date", "date": date(2023, 2, 3)}, date(2026, 3, 5), date(2023, 2, 3)),
    ],
)
def test_the_data_must_cover_a_window_from_its_first_day(window, as_of, cover_day):
    table = counter_table(compiled(as_of, window=window), dict.fromkeys(CARES, 0))
    assert table["cover_day"].to_pylist()[0] == to_day(cover_day)


@pytest.mark.parametrize(("days", "spaced"), [(None, False), (1, False), (2, True), (28, True)])
def test_acts_two_days_apart_are_already_an_interval(days, spaced):
    assert compiled(date(2026, 3, 5), min_interval_days=days).has_order == spaced


def test_criteria_that_count_the_same_share_a_counter_and_requirements_never_do():
    """What a doctor declares done for one indicator must not count for another."""
    rules = load_set("convention_2024")
    counters = compile_rules(rules, date(2026, 3, 5), load_campaigns()).counters
    entries = [entry for one in rules.indicators for entry in (*one.eligible, *one.excluded)]
    criteria = [counter for counter in counters if counter.kind == "criterion"]
    assert 0 < len(criteria) == len(set(criteria)) < len([entry for entry in entries if entry.recorded])
    needs = [need for one in rules.indicators for need in (*one.done, *(n for p in one.eligible for n in p.done))]
    assert len(counters) - len(criteria) == len(needs)


def test_a_criterion_reads_its_window_and_a_requirement_the_whole_record():
    counters = compile_rules(load_set("convention_2024"), date(2025, 8, 31), load_campaigns()).counters
    year_back = to_day(date(2024, 9, 1)) - RESULT_DAYS
    assert year_back in {counter.useful_from for counter in counters if counter.kind == "criterion"}
    assert {counter.useful_from for counter in counters if counter.kind == "requirement"} == {NEVER}


def test_an_age_of_zero_years_is_the_day_of_birth():
    window = {"kind": "between_ages", "from": {"years": 0}, "to": {"years": 2}}
    assert shifts(compiled(date(2026, 3, 5), window=window)) == [("years", 0), ("years", 2)]


def test_only_what_is_required_lengthens_the_chains():
    """A criterion counts its acts and never lapses, however many it asks for."""
    rules = load_set(EVERY_WINDOW)
    history = rules.model_copy(update={"indicators": (rules.indicator("history"),)})
    tables = compile_rules(history, date(2026, 3, 5), load_campaigns())
    assert sorted(counter.required for counter in tables.counters) == [1, 1, 2]
    assert tables.longest_chain == 1
