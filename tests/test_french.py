"""Words and figures as a French reader expects them."""

import pytest
from hypothesis import given
from hypothesis import strategies as hypo

from calculators import french


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (0, 1, "moins de 2 ans"), (0, 0, "moins de 1 an"), (2, 6, "2 à 6 ans"), (7, 7, "7 ans"), (1, 1, "1 an"),
        (80, None, "80 ans et plus"), (0, None, "tous les âges"),
    ],
)  # fmt: skip
def test_ages_are_said_as_the_agreements_say_them(first, last, said):
    assert french.ages(first, last) == said


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0, 0.0), (1297.4, 1300.0), (94.49, 94.0), (0.1449, 0.14), (-3.25, -3.3), (9.95, 10.0), (99.5, 100.0), (85, 85.0)],
)
def test_two_figures_are_kept_halves_away_from_zero(value, rounded):
    assert french.two_figures(value) == rounded


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (129_740_000_000, "1 300 M€"),
        (-9_449_000_000, "−94 M€"),
        (325_000_000, "3,3 M€"),
        (14_490_000, "0,14 M€"),
        (0, "0 M€"),
    ],
)
def test_an_amount_of_the_country_is_said_to_two_figures(cents, said):
    assert french.plain(french.about_millions(cents)) == said


@pytest.mark.parametrize(
    ("low", "value", "high", "said"),
    [
        (1_110, 1_127.4, 1_140, ("1 110", "1 130", "1 140")),
        (1_080, 1_130.6, 1_181.2, ("1 080", "1 130", "1 180")),
        (43.6, 47.9, 52.2, ("44", "48", "52")),
        (-1_603, -1_556, -1_509, ("−1 600", "−1 560", "−1 510")),
        (0.31, 0.35, 0.39, ("0,31", "0,35", "0,39")),
        (1_127.4, 1_127.4, 1_127.4, ("1 130", "1 130", "1 130")),
        (0, 0, 0, ("0", "0", "0")),
    ],
)  # fmt: skip
def test_a_value_and_its_interval_are_told_to_the_digit_the_interval_justifies(low, value, high, said):
    place = french.last_place(low, high)
    assert tuple(french.plain(french.at_place(one, place)) for one in (low, value, high)) == said


@given(
    value=hypo.floats(-1e6, 1e6, allow_nan=False),
    half=hypo.floats(1e-3, 1e5, allow_nan=False),
)
def test_a_value_in_the_middle_of_its_interval_never_reads_as_an_end(value, half):
    place = french.last_place(value - half, value + half)
    low, middle, high = (french.at_place(one, place) for one in (value - half, value, value + half))
    assert low != middle != high


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Vaccin contre la grippe", "vaccin contre la grippe"),
        ("HbA1c du patient diabétique", "HbA1c du patient diabétique"),
        ("HPV", "HPV"),
        ("L’infection traitée", "l’infection traitée"),
        ("L’IPP", "L’IPP"),
        ("", ""),
    ],
)
def test_a_label_inside_a_sentence_loses_its_capital_and_no_other(label, inside):
    assert french.lower_first(label) == inside


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-2.5, 0, "−3"), (2.4999, 0, "2"), (0.125, 2, "0,13"),
        (100 * 0.285, 0, "29"), (100 * 0.575, 0, "58"), (1_234_567.5, 0, "1 234 568"), (-0.4, 0, "0"),
    ],
)  # fmt: skip
def test_a_half_goes_away_from_zero_however_it_was_computed(value, decimals, said):
    assert french.plain(french.number(value, decimals)) == said
    if not decimals:
        assert french.whole(value) == int(said.replace(" ", "").replace("−", "-"))


def test_a_rate_of_a_half_is_told_one_way_in_every_percent():
    assert french.percent(28.5 / 100) == french.percent(0.285) == f"29{french.THIN}%"
    rates = [french.percent(rate / 100) for rate in (0.5, 1.5, 2.5, 12.5, 28.5, 57.5)]
    assert rates == [f"{said}{french.THIN}%" for said in (1, 2, 3, 13, 29, 58)]


@pytest.mark.parametrize(
    ("before", "after", "apart"),
    [(10_049, 20_051, True), (10_000, 20_000, False), (10_050, 20_050, False), (3_783_349, 4_745_651, True)],
)
def test_amounts_that_do_not_subtract_as_they_are_written_are_said_to_be_rounded(before, after, apart):
    written = [french.read_number(french.euros(cents)) for cents in (before, after, after - before)]
    assert (written[1] - written[0] != written[2]) == apart
    assert bool(french.rounded_apart([(0, 0), (before, after)])) == apart


@given(before=hypo.integers(-(10**9), 10**9), after=hypo.integers(-(10**9), 10**9))
def test_the_sentence_is_there_exactly_when_a_subtraction_of_what_is_written_is_not_what_is_written(before, after):
    written = [french.read_number(french.euros(cents)) for cents in (before, after, after - before)]
    assert bool(french.rounded_apart([(before, after)])) == (written[1] - written[0] != written[2])
