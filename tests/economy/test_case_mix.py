"""The variant by case mix counts the patients of every doctor at once: the same as board by board, in less time."""

from collections import Counter
from datetime import date

import pytest

from calculators import economy, results
from calculators.catalogue import Catalogue
from calculators.defaults import defaults
from calculators.practice import envelope
from calculators.prevention.assess import statuses
from calculators.records.store import Store, open_store
from dashboard import shipped

pytestmark = pytest.mark.slow
YEAR, DAY = 2025, date(2025, 12, 31)


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(shipped.PRACTICES)


def test_the_status_of_each_is_that_of_his_board(store: Store):
    known = Catalogue(store.folder)
    version = known.version(defaults().forfait.in_force[-1])
    rules = known.set_of(version)
    assert rules is not None
    names = ["patient_id", "doctor_id", "indicator", "status"]
    boards = [results.at_year_end(store, rules, YEAR, one, version.campaign) for one in store.doctors()]
    wanted = Counter(
        tuple(row.values())
        for board in boards
        for row in board.select(names).to_pylist()
        if row["status"] != "not_eligible"
    )
    blocks = statuses(store, rules.only_paid(), DAY, reading=version.campaign)
    found = [block.select(names).to_pylist() for block in blocks]
    assert Counter(tuple(row.values()) for block in found for row in block) == wanted
    assert len(set(wanted.values())) == 1


def test_the_cells_are_those_of_the_boards(store: Store):
    strata = envelope.strata(store, None, DAY)
    found = economy.mixed(store, YEAR)
    sizes: Counter[tuple[str, str, str]] = Counter()
    done: Counter[tuple[str, str, str]] = Counter()
    for one in store.doctors():
        for row in economy._verdicts(store, YEAR, one)[1].to_pylist():
            if row["status"] in ("up_to_date", "due"):
                cell = row["indicator"], one, strata[one, row["patient_id"]]
                sizes[cell] += 1
                done[cell] += row["status"] == "up_to_date"
    assert {
        (name, *key): tuple(cell) for name, cells in found.cells.items() for key, cell in cells.items()
    } == {cell: (size, done[cell]) for cell, size in sizes.items()}  # fmt: skip


def test_nobody_s_board_is_judged_for_it(store: Store, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(economy, "assess", lambda *_given, **_named: asked.append(_given))
    monkeypatch.setattr(results, "assess", lambda *_given, **_named: asked.append(_given))
    assert economy.case_mix(store, YEAR, "M01").num_rows
    assert asked == []


@pytest.mark.parametrize("indicator", ["vaccin_grippe", "depistage_cancer_colorectal", "suivi_hba1c"])
def test_an_indicator_judged_alone_shows_the_patients_and_the_acts_of_the_board(store: Store, indicator: str):
    board = economy._verdicts(store, YEAR, "M07")[1]
    alone = economy.concerned(store, YEAR, "M07", indicator)
    assert alone == economy.concerned(store, YEAR, "M07", indicator, board)
    assert any(one.acts for one in alone)
