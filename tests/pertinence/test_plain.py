"""What is not to be done again, the schemes and what drugs weigh are, row by row, what the plain definition gives."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from calculators import rows
from calculators.pertinence.avoid import ToAvoid, to_avoid
from calculators.pertinence.environment import environment
from calculators.pertinence.interessement import PaidScheme, interessement
from calculators.pertinence.measure import load_measures
from tests.pertinence import oracle, plain, worlds

pytestmark = pytest.mark.oracle
BASE, YEAR = 2024, 2025
DAYS = [date(2025, 12, 31), date(2025, 3, 1), date(2025, 8, 31), date(2024, 2, 29), date(2026, 1, 1)]
PATIENTS = 25


# a seed shrinks to nothing simpler
@settings(max_examples=min(25, settings.default.max_examples), phases=(Phase.explicit, Phase.generate))
@given(seed=st.integers(0, 10**6), as_of=st.sampled_from(DAYS))
@example(seed=1, as_of=DAYS[0])
def test_they_are_what_the_plain_definition_gives(seed: int, as_of: date):
    drawn = worlds.tables(seed, PATIENTS)
    world = oracle.World(drawn)
    with tempfile.TemporaryDirectory() as scratch:
        store = worlds.open_world(Path(scratch) / "d", drawn)
        found = rows.read(to_avoid(store, as_of), ToAvoid)
        told = sorted((one.doctor_id, one.patient_id, one.rule, one.first_on, one.last_on) for one in found)
        assert told == plain.to_avoid(world, as_of)
        for doctor in store.doctors():
            paid = rows.read(interessement(store, load_measures(), YEAR, doctor, BASE), PaidScheme)
            mine = [(one.scheme, one.line, one.count, one.saving_cents, one.amount_cents) for one in paid]
            assert mine == plain.paid(world, YEAR, BASE, doctor)
            assert all(one.reason for one in paid if one.amount_cents is None)
            weight = environment(store, YEAR, doctor)
            cents, chronic, beyond, share = plain.weighed(world, YEAR, doctor)
            assert (weight.cents, weight.chronic_boxes) == (cents, chronic)
            assert weight.surplus_boxes == pytest.approx(beyond)
            assert weight.priced_share == pytest.approx(share)


def test_the_worlds_drawn_meet_what_is_rare():
    """A test that never meets a switch, a patient who stopped or a stock would not show that they are counted."""
    met: set[str] = set()
    for seed in range(40):
        world = oracle.World(worlds.tables(seed, PATIENTS))
        met |= {rule for _, _, rule, _, _ in plain.to_avoid(world, DAYS[0])}
        for doctor in worlds.DOCTORS:
            met |= {scheme + line[:8] for scheme, line, count, _, _ in plain.paid(world, YEAR, BASE, doctor) if count}
            met |= {"stock"} if plain.weighed(world, YEAR, doctor)[2] else set()
    assert {"ipp_8_semaines", "vitamine_d", "radio_lombaire", "t3_t4", "stock", "ipppar pati", "ipppar dépe",
            "biosimilairesenoxapar", "biosimilairesetanerce"} <= met  # fmt: skip
