"""Rates of a group: what travels has no small number, and a doctor's are compared cell by cell."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.errors import UserError
from calculators.prevention import group
from calculators.prevention.group import Board

ADULTS = (17, 40, 55, 65, 75)
CELLS = group.cells(ADULTS)
counts = st.dictionaries(
    st.sampled_from([cell.key for cell in CELLS]), st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12
)


def totals(of: dict[str, tuple[int, int]], name: str = "acte") -> dict[str, int]:
    found = {}
    for cell, (done, due) in of.items():
        found |= {f"{name} {cell} eligible": done + due, f"{name} {cell} up_to_date": done}
    return found


def table(of: dict[str, tuple[int, int]]) -> pa.Table:
    return group.table_of("jeu", "0" * 16, ["acte"], totals(of), ADULTS, 7)


@given(counts)
def test_nothing_small_is_told_nor_left_by_subtraction(of: dict[str, tuple[int, int]]):
    exact, copy = table(of), group.published(table(of)).to_pylist()
    if not copy:
        assert group._small(exact.to_pylist()[0])
        return
    total, *cells = copy
    told = [row for row in cells if row["eligible"] is not None]
    for row in (total, *told):
        assert not group._small(row)
    hidden = [row for row in cells if row["eligible"] is None]
    rest = {name: total[name] - sum(row[name] for row in told) for name in ("eligible", "up_to_date")}
    assert not group._small(rest)
    assert len(hidden) != 1 or len(cells) == 1
    assert len(cells) == exact.num_rows - 1


def test_a_doctor_is_expected_at_the_rates_of_the_cells_of_his_patients():
    of = {"17-39 F": (30, 10), "75+ M ALD": (20, 60)}
    mine = Board(totals({"17-39 F": (1, 1), "75+ M ALD": (3, 3), "0-16 F": (0, 2)}), 0, 10)
    [found] = group.compare(mine, table(of), "jeu", ADULTS)
    assert (found.known, found.patients, found.doctors) == (10, 120, 7)
    assert found.rate == pytest.approx(40)
    assert found.group == pytest.approx(100 * 50 / 120)
    assert found.expected == pytest.approx(100 * (2 * 30 / 40 + 6 * 20 / 80 + 2 * 50 / 120) / 10)


def test_hidden_cells_are_taken_at_the_rate_of_all_that_is_hidden():
    of = {"17-39 F": (3, 30), "40-54 F": (30, 8), "75+ M": (50, 50)}
    copy = group.published(table(of))
    assert [row["eligible"] for row in copy.to_pylist()[1:]] == [None, None, 100]
    [found] = group.compare(Board(totals({"17-39 F": (0, 4)}), 0, 4), copy, "jeu", ADULTS)
    assert found.expected == pytest.approx(100 * 33 / 71)


def test_nobody_concerned_has_no_rate():
    [found] = group.compare(Board({}, 0, 0), table({"17-39 F": (30, 20)}), "jeu", ADULTS)
    assert (found.rate, found.expected, found.group) == (None, None, pytest.approx(60))


def test_what_was_received_is_checked(tmp_path: Path):
    file = tmp_path / "prevention.parquet"
    copy = group.published(table({"17-39 F": (30, 20), "75+ M": (11, 12)}))
    pq.write_table(copy, file)
    group.check_received(file)
    for name, value, said in (
        ("up_to_date", 5, "rien de 1 à 10"),
        ("up_to_date", 500, "rien de 1 à 10"),
        ("eligible", -3, "rien de 1 à 10"),
        ("doctors", 4, "5 au moins"),
        ("indicator", "autre", "un total par acte"),
        ("sex", None, "le sexe"),
    ):
        rows = copy.to_pylist()
        rows[-1][name] = value
        pq.write_table(pa.Table.from_pylist(rows, schema=group.SCHEMA), file)
        with pytest.raises(UserError, match=said):
            group.check_received(file)
    for wrong in (pa.table({"x": [1]}), copy.drop_columns(["hash"])):
        pq.write_table(wrong, file)
        with pytest.raises(UserError, match="n’est pas une table de taux"):
            group.check_received(file)
    file.write_bytes(b"PAR1")
    with pytest.raises(UserError, match="parquet entier"):
        group.check_received(file)


def test_age_classes_start_with_the_children():
    assert group.age_classes(ADULTS) == ["0-16", "17-39", "40-54", "55-64", "65-74", "75+"]
    assert len(CELLS) == 48
