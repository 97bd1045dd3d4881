"""The rates of prevention of all the doctors of a folder: those of each doctor's board added up, whatever the cut."""

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from calculators import collecting, peers
from calculators.errors import UserError
from calculators.peers import Asked
from calculators.prevention import group
from calculators.prevention.indicator import load_set
from calculators.records import folder as folders
from calculators.records.store import Store, open_store
from calculators.records.tables import TABLES
from dashboard.command import main
from dashboard.shipped import PRACTICES, REFERENCES

pytestmark = pytest.mark.slow

RULES = load_set("convention_2024")
ASKED = Asked(2025, (17, 40, 55, 65, 75))
DEPARTMENTS = ("13", "2A", "84")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped practices, a quarter of the patients of each of the twelve doctors."""
    return _written(tmp_path_factory.mktemp("whole"), [("", 4, 0)])


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, the tables of the patients cut by department: a doctor has patients in each."""
    return _written(
        tmp_path_factory.mktemp("cut"), [(f"department={name}", 12, 4 * n) for n, name in enumerate(DEPARTMENTS)]
    )


def _written(to: Path, places: Sequence[tuple[str, int, int]]) -> Path:
    """The tables of the shipped practices, at each place those of the patients whose number has this remainder."""
    for name, files in folders.list_folder(PRACTICES).files.items():
        if files:
            table = pa.concat_tables([pq.read_table(file, partitioning=None) for file in files])
            for place, divisor, rest in places if TABLES[name].of_patients else [("", 1, 0)]:
                (to / name / place).mkdir(parents=True)
                rows = table.filter(pc.equal(_remainder(table, divisor), rest)) if divisor > 1 else table
                pq.write_table(rows, to / name / place / "a.parquet")
    (to / "dataset.toml").write_bytes((PRACTICES / "dataset.toml").read_bytes())
    return to


def _remainder(table: pa.Table, divisor: int) -> pa.Array:
    numbers = pc.cast(pc.utf8_slice_codeunits(table["patient_id"], -3), pa.int32())
    return pc.subtract(numbers, pc.multiply(pc.divide(numbers, divisor), divisor))


def one_by_one(store: Store) -> tuple[Counter[str], int]:
    """Each doctor's own board, added."""
    totals: Counter[str] = Counter()
    counted = 0
    for doctor in store.doctors():
        mine = group.board(store, RULES, date(ASKED.year, 12, 31), doctor, ASKED.adults)
        totals.update(mine.counts)
        counted += mine.known > 0
    return +totals, counted


def unheard(_sentence: str, _share: float) -> None:
    pass


def test_the_rates_are_the_boards_of_all_the_doctors_added_whatever_the_cut(whole: Path, cut: Path, tmp_path: Path):
    totals, doctors = one_by_one(open_store(whole))
    ids = [one.id for one in RULES.own]
    wanted = group.table_of(RULES.id, group.set_hash(RULES), ids, totals, ASKED.adults, doctors)
    assert doctors >= 12
    for folder in (whole, cut):
        assert peers.rates(folder, [RULES], ASKED, tmp_path / folder.name, unheard).equals(wanted)


def test_a_department_that_was_counted_is_not_counted_again(cut: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    once = peers.rates(cut, [RULES], ASKED, tmp_path / "ref", unheard)
    monkeypatch.setattr(group, "counted", lambda *_: pytest.fail("counted again"))
    assert peers.rates(cut, [RULES], ASKED, tmp_path / "ref", unheard).equals(once)


def test_rates_of_fewer_than_five_doctors_are_refused(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers, "LEAST_PEERS", 50)
    with pytest.raises(UserError, match="ne se donnent pas : 50 au moins sont attendus"):
        peers.rates(whole, [RULES], ASKED, tmp_path / "ref", unheard)


def test_a_reference_built_with_a_set_is_published_with_its_rates(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    built, copy = tmp_path / "ref", tmp_path / "copy"
    asked = ["--year", "2025", "--to", str(built), "--set", RULES.id]
    assert main(["reference", "build", str(PRACTICES), *asked]) == 0, capsys.readouterr().err
    exact = group.read(built / f"{collecting.RATES}.parquet")
    assert (built / f"{collecting.RATES}.parquet").stat().st_mode & 0o777 == 0o600
    assert set(exact["set"].to_pylist()) == {RULES.id}
    assert main(["reference", "publish", str(built), "--to", str(copy)]) == 2
    assert "médecins" in capsys.readouterr().err  # twelve make no ratio; the rates travel with a larger reference
    larger = tmp_path / "larger"
    shutil.copytree(REFERENCES / "2025", larger)
    shutil.copy(built / f"{collecting.RATES}.parquet", larger)
    assert main(["reference", "publish", str(larger), "--to", str(copy)]) == 0, capsys.readouterr().err
    group.check_received(copy / f"{collecting.RATES}.parquet")
