"""What changed since the last visit is what differs between two boards, and what is kept names nobody."""

import os
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from calculators.prevention import visits

MONDAY = datetime(2026, 3, 30, 8, 30)
STATUSES = ("up_to_date", "due", "unknown", "not_eligible", "excluded", "refused")
boards = some.dictionaries(
    some.tuples(some.sampled_from("pqr"), some.sampled_from(["x", "y"])), some.sampled_from(STATUSES)
)


def board(states: dict[tuple[str, str], str]) -> pa.Table:
    keys = sorted(states)
    columns = {"patient_id": [key[0] for key in keys], "indicator": [key[1] for key in keys]}
    columns["status"] = [states[key] for key in keys]
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def seen(states, at=MONDAY):
    return visits.snapshot(board(states), date(2026, 3, 1), at)


@given(boards, boards)
@pytest.mark.slow
def test_changes_are_the_acts_whose_status_is_another(was, now):
    found = visits.changes(seen(was), seen(now))
    both = {key[0] for key in was} & {key[0] for key in now}
    shared = {key[1] for key in was} & {key[1] for key in now}
    for status, acts in (("up_to_date", found.done), ("due", found.due), ("unknown", found.unknown)):
        expected = {
            key
            for key, is_ in now.items()
            if is_ == status and key[0] in both and key[1] in shared and was.get(key) != status
        }
        assert set(acts) == expected
    assert (found.came, found.left) == (
        len({key[0] for key in now} - both),
        len({key[0] for key in was} - both),
    )


def test_a_visit_is_compared_with_the_last_one_of_an_earlier_day(tmp_path):
    first, second = {("p", "x"): "due"}, {("p", "x"): "up_to_date"}
    assert visits.visited(tmp_path, "d", "s", seen(first)) is None
    assert visits.visited(tmp_path, "d", "s", seen(second, MONDAY + timedelta(hours=2))) is None
    later = MONDAY + timedelta(days=3)
    assert visits.visited(tmp_path, "d", "s", seen(first, later)).due == (("p", "x"),)
    again = visits.visited(tmp_path, "d", "s", seen(second, later + timedelta(hours=1)))
    assert (again.since.at.date(), again.done, again.due) == (MONDAY.date(), (), ())
    assert visits.visited(tmp_path, "d", "autre", seen(first, later)) is None


@pytest.mark.skipif(os.name == "nt", reason="modes of files")
def test_what_is_kept_is_for_its_owner_alone_and_small(tmp_path):
    many = {(f"patient-{n:05d}", f"acte_{k}"): "due" for n in range(1200) for k in range(16)}
    visits.visited(tmp_path, "d", "s", seen(many))
    assert (tmp_path / visits.FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / visits.FILE).stat().st_size < 60_000


@pytest.mark.parametrize("content", [b"", b"[]", b'{"d s": 1}', b"\xff", b'{"d s": {"last": {}}}'])
def test_a_damaged_file_is_a_first_visit(tmp_path, content):
    (tmp_path / visits.FILE).write_bytes(content)
    assert visits.visited(tmp_path, "d", "s", seen({("p", "x"): "due"})) is None
    assert visits.visited(tmp_path, "d", "s", seen({("p", "x"): "due"}, MONDAY + timedelta(days=1))) is not None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path):
    assert visits.visited(tmp_path / "absent", "d", "s", seen({("p", "x"): "due"})) is None
