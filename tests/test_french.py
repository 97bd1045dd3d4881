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
