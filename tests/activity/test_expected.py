"""What is expected for a list is what the plain definition says, and is what is done where everybody does the same."""

import random
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from calculators.activity.expected import CELLS, LISTED, by_cell, names, standardised
from calculators.activity.measure import settings
from calculators.records.store import open_store
from tests import practice
from tests.activity import oracle

AS_OF = date(2025, 6, 30)
DOCTORS = [f"d{rank}" for rank in range(1, 8)]
Drawn = tuple[Path, dict[str, oracle.Person], list[oracle.Row]]


def drawn(folder: Path, seed: int, rights: bool) -> Drawn:
    """Seven lists, some patients alone of their kind, acts for one's own and for others' patients."""
    draw = random.Random(seed)
    people: dict[str, oracle.Person] = {}
    tables: dict[str, list] = {name: [] for name in ("patients", "registrations", "ald", "c2s", "acts")}
    for rank in range(70):
        name, doctor, age = f"p{rank:02}", draw.choice(DOCTORS), draw.choice(settings().ages[:3])
        sex, ald, c2s = draw.choice("FM"), draw.random() < 0.3, draw.random() < 0.2
        people[name] = (doctor, age, sex, ald if rights else None, c2s)
        tables["patients"].append((name, AS_OF - timedelta(days=366 * age + 40), sex))
        tables["registrations"].append((name, doctor))
        tables["ald"] += [(name, 8)] * (ald and rights)
        tables["c2s"] += [(name,)] * c2s
        for _ in range(draw.randrange(5)):
            tables["acts"].append({
                "patient_id": name, "date": AS_OF - timedelta(days=draw.choice((0, 1, 200, 364, 365, 366))),
                "system": "ngap", "code": draw.choice(("G", "VG", "TCG", "K")), "quantity": 1,
                "performer_id": draw.choice((doctor, doctor, draw.choice(DOCTORS))),
            })  # fmt: skip
    about = practice.dataset(ald_known=rights)
    return practice.write(folder, about, **tables), people, tables["acts"]


@pytest.mark.parametrize("seed", range(4))
def test_it_is_that_of_the_plain_definition(seed: int, tmp_path: Path):
    folder, people, acts = drawn(tmp_path / "d", seed, rights=seed % 2 == 0)
    store = open_store(folder)
    found = standardised(by_cell(store, ["d1"], AS_OF), by_cell(store, DOCTORS, AS_OF), "d1")
    assert found is not None
    assert found.by == (("age", "sex", "ald", "c2s") if seed % 2 == 0 else ("age", "sex", "c2s"))
    assert found.doctors == 6
    assert found.patients + found.left_out == sum(one[0] == "d1" for one in people.values())
    for row in found.rows:
        plain = oracle.expected(people, acts, "d1", DOCTORS[1:], AS_OF, row.measure)
        assert (row.value, row.expected) == pytest.approx(plain)
        of_others = [
            oracle.expected(people, acts, one, [two for two in DOCTORS[1:] if two != one], AS_OF, row.measure)
            for one in DOCTORS[1:]
        ]
        ratios = [value / total for value, total in of_others if total]
        assert (row.low, row.high) == pytest.approx((min(ratios), max(ratios)) if ratios else (None, None))


def table(rows: list[tuple[str, int, str | None, str, int]]) -> pa.Table:
    columns = ("doctor_id", "age", "sex", "measure", "value")
    told = [dict(zip(columns, row, strict=True)) | {"ald": False, "c2s": None} for row in rows]
    return pa.Table.from_pylist(told, schema=CELLS)


@pytest.mark.parametrize("seed", range(20))
def test_where_all_do_as_much_for_patients_alike_everybody_does_what_is_expected(seed: int):
    draw = random.Random(seed)
    each = {(age, sex): draw.randrange(1, 9) for age in settings().ages for sex in "FM"}
    rows = [
        (doctor, *cell, measure, patients * (1 if measure == LISTED else times))
        for doctor in DOCTORS
        for cell, times in each.items()
        if (patients := draw.randrange(4))
        for measure in (LISTED, "consultation")
    ]
    found = standardised(table([row for row in rows if row[0] == "d1"]), table(rows), "d1")
    assert found is not None
    by_name = {row.measure: row for row in found.rows}
    assert list(by_name) == names()
    for name in ("acts", "consultation"):
        assert (by_name[name].ratio, by_name[name].low, by_name[name].high) == pytest.approx((1, 1, 1))
    assert (by_name["visite"].expected, by_name["visite"].ratio, by_name["visite"].low) == (0, None, None)


def test_nothing_is_expected_of_fewer_than_five_others_nor_for_patients_unlike_theirs():
    rows = [(doctor, 40, "F", LISTED, 10) for doctor in DOCTORS]
    mine = table([("me", 40, "F", LISTED, 3), ("me", 80, "F", LISTED, 2), ("me", 40, None, LISTED, 1)])
    assert standardised(mine, table(rows[:4]), "me") is None
    found = standardised(mine, table(rows), "me")
    assert found is not None
    assert (found.patients, found.left_out, found.by) == (3, 3, ("age", "sex", "ald"))
    assert standardised(table([("me", 80, "F", LISTED, 2)]), table(rows), "me") is None
