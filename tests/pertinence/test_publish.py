"""The measures that travel: no number of one to ten patients, whatever the strata are, and nothing lost in the sums."""

from hypothesis import given
from hypothesis import strategies as st

from calculators.pertinence.publish import held_as_one

ROWS = st.dictionaries(st.integers(0, 39), st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=12)


@given(drawn=ROWS, of_patients=st.booleans())
def test_no_group_told_is_of_one_to_ten_patients_and_together_they_are_all(
    drawn: dict[int, tuple[int, float]], of_patients: bool
):
    rows = [
        {"stratum": stratum, "patients": n, "denominator": n, "numerator": round(n * share), "squares": 0}
        for stratum, (n, share) in sorted(drawn.items())
    ]
    groups = held_as_one(rows, of_patients)
    for group in groups:
        patients, counted = (sum(row[name] for row in group) for name in ("patients", "numerator"))
        assert patients >= 11
        assert counted == 0 or counted >= 11
        assert not of_patients or patients == counted or patients - counted >= 11
    if groups:
        assert sorted(row["stratum"] for group in groups for row in group) == sorted(drawn)
        assert all(group == sorted(group, key=lambda row: row["stratum"]) for group in groups)
    else:
        total, counted = (sum(row[name] for row in rows) for name in ("patients", "numerator"))
        assert total < 11 or 0 < counted < 11 or (of_patients and 0 < total - counted < 11)


def test_a_small_stratum_joins_the_nearest_age_of_its_sex_and_rights():
    rows = [{"stratum": stratum, "patients": n, "denominator": n, "numerator": 0, "squares": 0}
            for stratum, n in ((0, 40), (8, 3), (12, 40), (24, 40))]  # fmt: skip
    assert [[row["stratum"] for row in group] for group in held_as_one(rows, of_patients=True)] == [[0, 8], [12], [24]]
