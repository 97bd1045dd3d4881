"""Ages, birthdays and months: the odd cases, decided once."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators import dates, french
from calculators.prevention.campaign import load_campaigns
from tests import oracle


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2025-08-31", 6, "2026-02-28"),
        ("1969-12-31", 2, "1970-02-28"),
    ],
)
def test_months_keep_the_day_or_clamp_to_the_end_of_the_month(start, months, end):
    assert dates.add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("birth", "years", "day"),
    [
        ("2000-02-29", 1, "2001-03-01"),
        ("2000-02-29", 4, "2004-02-29"),
        ("2000-02-28", 1, "2001-02-28"),
        ("2000-03-01", 0, "2000-03-01"),
    ],
)
def test_a_birthday_of_29_february_is_1_march_in_common_years(birth, years, day):
    assert dates.birthday(date.fromisoformat(birth), years) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("birth", "when", "age"),
    [
        ("2000-02-29", "2025-02-28", 24),
        ("2000-02-29", "2025-03-01", 25),
        ("2000-02-29", "2024-02-28", 23),
        ("2000-02-29", "2024-02-29", 24),
        ("1960-12-31", "2025-12-30", 64),
        ("1960-12-31", "2025-12-31", 65),
        ("2025-06-01", "2025-06-01", 0),
    ],
)
def test_an_age_is_the_number_of_completed_years(birth, when, age):
    assert dates.age_on(date.fromisoformat(birth), date.fromisoformat(when)) == age
    assert dates.ages_on([dates.to_day(date.fromisoformat(birth))], date.fromisoformat(when)).tolist() == [age]


@given(st.dates(date(1890, 1, 1), date(2030, 12, 31)), st.integers(-600, 600))
def test_months_agree_with_the_oracle(start, months):
    assert dates.add_months(start, months) == oracle.add_months(start, months)


@given(st.dates(date(1890, 1, 1), date(2030, 12, 31)), st.integers(0, 110))
def test_birthdays_agree_with_the_oracle(birth, years):
    assert dates.birthday(birth, years) == oracle.birthday(birth, years)


@given(
    st.lists(st.dates(date(1890, 1, 1), date(2030, 12, 31)), min_size=1), st.dates(date(2031, 1, 1), date(2040, 12, 31))
)
def test_ages_of_many_agree_with_the_oracle_one_by_one(births, when):
    days = [dates.to_day(birth) for birth in births]
    assert dates.ages_on(days, when).tolist() == [oracle.age_on(birth, when) for birth in births]


@given(st.lists(st.dates(date(1890, 1, 1), date(2030, 12, 31))), st.integers(0, 60))
def test_an_array_is_shifted_as_its_days_are(births, months):
    days = np.array([dates.to_day(birth) for birth in births], dtype=np.int32)
    assert dates.shift_months(days, months).tolist() == [dates.to_day(dates.add_months(b, months)) for b in births]


@given(st.dates())
def test_a_day_comes_back(when):
    assert dates.from_day(dates.to_day(when)) == when
    assert dates.year_of([dates.to_day(when)]).tolist() == [when.year]


def test_days_count_from_1970_and_periods_without_end_from_the_last_day():
    assert dates.to_day(date(1970, 1, 2)) == 1
    assert dates.from_day(dates.OPEN_END) == date.max


@pytest.mark.parametrize(
    ("when", "words"), [(date(2026, 3, 1), "1er mars 2026"), (date(2025, 12, 14), "14 décembre 2025")]
)
def test_a_date_in_french(when, words):
    assert french.plain_day(when) == words


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)), st.sampled_from((None, "grippe", "covid")))
def test_campaigns_agree_with_the_oracle(when, vaccine):
    calendar = load_campaigns().of(vaccine)
    opens, closes = oracle.campaign_before(when, vaccine)
    assert (calendar.current(when).opens, calendar.current(when).closes) == (opens, closes)
    assert calendar.following(when).opens == oracle.next_opening(when, vaccine)
    assert calendar.is_open(when) == (opens <= when <= closes)


@pytest.mark.parametrize("day", ["2025-10-13", "2025-10-14", "2026-02-28", "2026-03-01"])
def test_a_campaign_is_open_from_its_first_to_its_last_day(day):
    when = date.fromisoformat(day)
    assert load_campaigns().of("grippe").is_open(when) == (date(2025, 10, 14) <= when <= date(2026, 2, 28))


@pytest.mark.parametrize(
    ("day", "late"),
    [
        *(("2025-10-14", False), ("2025-12-31", False), ("2026-01-01", True), ("2026-02-28", True)),
        *(("2026-03-01", False), ("2024-02-29", True), ("2023-03-31", True), ("2023-04-01", False)),
    ],
)
def test_the_end_of_a_season_comes_after_the_31_december_it_began_before(day, late):
    """That of 2023-24 closed on 31 January and that of 2022-23 on 31 March."""
    assert load_campaigns().of("grippe").is_late(date.fromisoformat(day)) == late
