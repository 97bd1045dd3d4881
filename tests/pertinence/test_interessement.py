"""What the schemes would pay with what the doctor types, and what stays unknown, by name."""

from datetime import date
from pathlib import Path

import pytest

from calculators import rows
from calculators.pertinence.interessement import Collective, PaidScheme, Switch, interessement, schemes, total
from calculators.pertinence.measure import load_measures
from calculators.practice import said
from calculators.records.facts import vocabulary
from calculators.records.store import Store, open_store
from tests import practice

pytestmark = pytest.mark.slow
PACK = "3400900000001"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A patient who begins insulin aspart with the biosimilar, in March 2025."""
    folder = practice.write(
        tmp_path / "d", patients=[("p1", "1950-03-01", "F")],
        drugs=[{"cip13": PACK, "atc": "A10AB05", "label": "", "group": "asparte", "role": "biosimilar"}],
        deliveries=[{"patient_id": "p1", "date": "2025-03-02", "cip13": PACK, "atc": "A10AB05", "prescriber_id": "d1",
                     "base_cents": 3000}],
    )  # fmt: skip
    return open_store(folder)


def paid(store: Store, scheme: str) -> dict[str, PaidScheme]:
    found = rows.read(interessement(store, load_measures(), 2025, "d1"), PaidScheme)
    return {one.line: one for one in found if one.scheme == scheme}


def test_what_is_not_typed_is_unknown_and_named(store: Store):
    one = paid(store, "biosimilaires")["asparte"]
    assert (one.count, one.unit_saving_cents, one.amount_cents) == (1, None, None)
    assert "saisissez l’économie annuelle du groupe" in one.reason
    [oam] = paid(store, "orthese_mandibulaire").values()
    assert oam.amount_cents is None
    assert "taux national" in oam.reason
    said.say(store.folder, "d1", {"oam_taux_national": "0.11"}, date(2025, 1, 1))
    [oam] = paid(store, "orthese_mandibulaire").values()
    assert oam.amount_cents is None
    assert "si vous initiez" in oam.reason


def test_a_saving_typed_is_paid_at_the_share_of_the_year(store: Store):
    said.say(store.folder, "d1", {"economie_biosimilaire.asparte": "6000"}, date(2025, 1, 1))
    found = paid(store, "biosimilaires")
    assert (found["asparte"].saving_cents, found["asparte"].share, found["asparte"].amount_cents) == (6000, 0.10, 600)
    assert {one.amount_cents for name, one in found.items() if name != "asparte"} == {0}  # of nobody, whatever it is
    assert total(list(found.values()), "biosimilaires") == (600, 600)


@pytest.mark.parametrize(
    ("rate", "concerned", "amount"), [("0.11", "true", 19066), ("0.09", "true", 0), ("0.11", "false", 0)]
)
def test_the_collective_scheme_pays_when_the_national_rate_typed_reaches_the_step(
    store: Store, rate: str, concerned: str, amount: int
):
    said.say(store.folder, "d1", {"oam_taux_national": rate, "oam_concerne": concerned}, date(2025, 6, 1))
    [oam] = paid(store, "orthese_mandibulaire").values()
    assert oam.amount_cents == amount


def test_everything_a_scheme_asks_for_can_be_typed():
    keys = vocabulary().key
    for scheme in schemes().values():
        if isinstance(scheme, Switch):
            assert {f"{scheme.savings_typed}.{group}" for group in scheme.groups} <= keys.keys()
        if isinstance(scheme, Collective):
            assert {scheme.indicator, scheme.concerned} <= keys.keys()
