"""Words and figures as a French reader expects them."""

import pytest

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
    assert french.plain(french.signed_about_millions(cents)) == ("+" if cents > 0 else "") + said


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
