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
