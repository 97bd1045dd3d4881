"""The views every subject shares, against a plain sum over the canonical rows, on lines drawn to collide."""

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest

from calculators import dates
from calculators.engine import Engine
from calculators.records.store import Store, open_store
from calculators.records.views import with_rights
from tests import practice

DAY = date(2025, 6, 30)
PATIENTS = [f"p{n:03}" for n in range(300)]
Row = dict[str, Any]


def drawn(rng: random.Random) -> dict[str, list[Row]]:
    """Up to six lines of acts and of deliveries for each patient, on two days, with two or three values of each key."""
    days = (DAY, DAY + timedelta(days=1))
    more = random.Random(rng.random())
    tables: dict[str, list[Row]] = {"acts": [], "deliveries": []}
    for patient in PATIENTS:
        for _ in range(rng.randrange(7)):
            tables["acts"].append({
                "patient_id": patient, "date": rng.choice(days), "system": "ngap", "code": rng.choice(("G", "V")),
                "quantity": rng.choice((-2, -1, 0, 1, 1, 1, 2)), "performer_id": rng.choice(("d1", "d2", None)),
                "prescriber_id": more.choice(("d1", "d3", None)), "prescriber_specialty": more.choice(("01", "07", None)),
                "base_cents": more.choice((2500, 300, None)), "paid_cents": more.choice((3000, None)),
                "exo": more.choice((0, 42, None)),
            })  # fmt: skip
            tables["deliveries"].append({
                "patient_id": patient, "date": rng.choice(days), "boxes": rng.choice((-2, -1, 0, 1, 1, 1, 2)),
                "cip13": rng.choice(("3400930247853", "3400930000001", None)),
                "atc": rng.choice(("J07AL02", "C09AA05", None)), "prescriber_id": rng.choice(("d1", "d2", None)),
                "prescriber_specialty": rng.choice(("01", "03", None)), "base_cents": more.choice((120, 480, None)),
                "exo": more.choice((41, 42, None)),
            })  # fmt: skip
    return tables


@pytest.fixture(scope="module")
def lines() -> dict[str, list[Row]]:
    return drawn(random.Random(11))


@pytest.fixture(scope="module")
def store(lines, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return stored(tmp_path_factory.mktemp("views") / "d", lines)


def stored(folder: Path, lines: dict[str, list[Row]]) -> Store:
    return open_store(practice.write(folder, patients=[(patient, "1950-01-01", "F") for patient in PATIENTS], **lines))


class Net(NamedTuple):
    """A view, the rows it nets, and its key: columns of the view beside those of the canonical table."""

    view: str
    table: str
    key: dict[str, str]

    @property
    def amount(self) -> str:
        return "quantity" if self.table == "acts" else "boxes"

    def of(self, row: Row) -> tuple:
        return tuple(row[name] for name in self.key.values())


ACT = {"patient": "patient_id", "act": "code", "day": "date"}
DRUG, PRODUCT = (
    {"patient": "patient_id", kind: code, "day": "date"} for kind, code in (("drug", "atc"), ("product", "cip13"))
)
NETS = (
    Net("acts_done", "acts", ACT),
    Net("acts_done_by_performer", "acts", ACT | {"performer": "performer_id"}),
    Net("deliveries_done", "deliveries", DRUG | {"prescriber": "prescriber_id"}),
    Net("drugs_delivered", "deliveries", DRUG),
    Net("products_delivered", "deliveries", PRODUCT),
    Net("acts_prescribed", "acts", ACT | {"prescriber": "prescriber_id"}),
    Net("drugs_prescribed", "deliveries", DRUG | {"prescriber": "prescriber_id"}),
    Net("products_prescribed", "deliveries", PRODUCT | {"drug": "atc", "prescriber": "prescriber_id"}),
)
TOLD = {"specialty": "prescriber_specialty", "quantity": "quantity", "boxes": "boxes", "base_cents": "base_cents",
        "paid_cents": "paid_cents", "exo": "exo"}  # fmt: skip
"""What the views of what was prescribed tell beside their keys, and where from."""


def expected(net: Net, rows: list[Row]) -> list[tuple]:
    """Each line of a day without reversal; on the others, once each key that adds up to more than nothing."""
    reversed_on = {(row["patient_id"], row["date"]) for row in rows if row[net.amount] <= 0}
    plain = [net.of(row) for row in rows if (row["patient_id"], row["date"]) not in reversed_on]
    sums: dict[tuple, int] = defaultdict(int)
    for row in rows:
        if (row["patient_id"], row["date"]) in reversed_on:
            sums[net.of(row)] += row[net.amount]
    return sorted([*plain, *(key for key, total in sums.items() if total > 0)], key=repr)


def in_words(engine: Engine, view: str, *key: str) -> list[tuple]:
    """Rows of a view by the ids and dates of the canonical tables."""
    names = {
        "patient": ("patient_keys", "patient", "patient_id"), "act": ("act_keys", "act", "code"),
        "performer": ("professional_keys", "professional", "professional_id"),
        "prescriber": ("professional_keys", "professional", "professional_id"),
        "drug": ("drug_keys", "drug", "atc"), "product": ("product_keys", "product", "cip13"),
    }  # fmt: skip
    words = {
        column: {row[number]: row[word] for row in engine.fetch(f"select * from {name}").to_pylist()}
        for column, (name, number, word) in names.items()
        if column in key
    } | {"day": {dates.to_day(day): day for day in (DAY, DAY + timedelta(days=1))}}
    rows = engine.fetch(f"select {', '.join(key)} from {view}").to_pylist()
    return [tuple(words[column].get(row[column]) if column in words else row[column] for column in key) for row in rows]


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.view)
def test_what_happened_is_what_adds_up_on_the_key_of_the_view(store, lines, net: Net):
    found = compared(store, lines, net)
    assert 100 < len(set(found)) < len({net.of(row) for row in lines[net.table]})  # some were taken back


def compared(store: Store, lines: dict[str, list[Row]], net: Net) -> list[tuple]:
    found = sorted(in_words(store.engine(), net.view, *net.key), key=repr)
    assert found == expected(net, lines[net.table])
    return found


@pytest.mark.parametrize("net", NETS[5:], ids=lambda net: net.view)
def test_amounts_of_what_was_prescribed_add_up_and_the_rest_is_what_the_lines_agree_on(store, lines, net: Net):
    compare_amounts(store, lines, net)


def compare_amounts(store: Store, lines: dict[str, list[Row]], net: Net) -> None:
    told = [name for name in TOLD if name in store.engine().fetch(f"select * from {net.view} limit 0").column_names]
    found = in_words(store.engine(), net.view, *net.key, *told)
    rows, groups = lines[net.table], defaultdict(list)
    reversed_on = {(row["patient_id"], row["date"]) for row in rows if row[net.amount] <= 0}
    for place, row in enumerate(rows):
        is_alone = (row["patient_id"], row["date"]) not in reversed_on
        groups[net.of(row), place if is_alone else -1].append(row)
    kept = [key + _told(group, told) for (key, _), group in groups.items() if sum(one[net.amount] for one in group) > 0]
    assert sorted(map(repr, found)) == sorted(map(repr, kept))
    assert any(None in row[len(net.key) :] for row in kept)


def _told(group: list[Row], names: list[str]) -> tuple:
    """Sums of what all tell; of the rest the one value there is, if there is one."""
    values = {name: [row[TOLD[name]] for row in group if row[TOLD[name]] is not None] for name in names}
    return tuple(
        (sum(met) if len(met) == len(group) else None) if name not in ("specialty", "exo")
        else (int(met[0]) if len(set(met)) == 1 else None)
        for name, met in values.items()
    )  # fmt: skip


def test_who_did_what_is_told_on_days_without_a_reversal_only(store):
    compare_told(store)


def compare_told(store: Store) -> None:
    for view, told in (("acts_done", "performer"), ("deliveries_done", "specialty")):
        days = f"select patient, day from {view.split('_')[0]}_to_net"
        rest = f"select count({told}) as n, count(*) as every from {view} v"
        with_reversal, without = (
            store.engine()
            .fetch(f"{rest} {kind} join ({days}) r on r.patient = v.patient and r.day = v.day")
            .to_pylist()[0]
            for kind in ("semi", "anti")
        )
        assert with_reversal["every"] > with_reversal["n"] == 0
        assert without["every"] > without["n"] > 0
    kinds = "select with_reversal, count(*) as n from acts_done_by_performer v {} group by with_reversal"
    for kind, which in (("semi", 1), ("anti", 0)):
        of_days = "join acts_to_net r on r.patient = v.patient and r.day = v.day"
        found = store.engine().fetch(kinds.format(f"{kind} {of_days}")).to_pylist()
        assert [(row["with_reversal"], row["n"] > 0) for row in found] == [(which, True)]


def test_the_lines_to_net_are_those_of_the_days_with_a_reversal_and_no_other(store):
    for name in ("acts", "deliveries"):
        to_net = store.engine().fetch(f"select * from {name}_to_net")
        columns = ", ".join(to_net.column_names)
        marked = store.engine().fetch(f"select {columns} from {name} where with_reversal = 1")
        assert sorted(map(repr, to_net.to_pylist())) == sorted(map(repr, marked.to_pylist()))
        assert 0 < to_net.num_rows < store.rows[name]


PERIODS = [
    (start, end)
    for start, end in product((None, -1, 0, 1), (None, -1, 0, 1))
    if start is None or end is None or start <= end + 1
]
"""First and last day around DAY, before and after included; none: long ago, still."""


def period(start: int | None, end: int | None) -> Row:
    return {
        "from_date": date(2010, 1, 1) if start is None else DAY + timedelta(days=start),
        "to_date": None if end is None else DAY + timedelta(days=end),
    }


def is_active(given: Row) -> bool:
    return given["from_date"] <= DAY and (given["to_date"] is None or given["to_date"] >= DAY)


RECORDED = [("ald", "c2s"), ("ald",), ("c2s",), ()]
KNOWN = list(product((True, False), repeat=2))
OWNERS = [f"p{n}" for n in range(len(PERIODS) + 1)]
"""One for each period, and one without any."""


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("recorded", RECORDED)
@pytest.mark.slow
def test_a_right_is_had_not_had_or_not_known(tmp_path: Path, known: tuple, recorded: tuple):
    """A missing table knows nobody's right, whatever the data set says of itself."""
    compare_rights(owned(tmp_path / "d", known, recorded), known, recorded)


def owned(folder: Path, known: tuple, recorded: tuple) -> Store:
    """Patients with a period each of the rights recorded: ALD in this order, C2S in the other."""
    order = {"ald": PERIODS, "c2s": PERIODS[::-1]}
    rows = {name: [{"patient_id": p} | period(*when) | ({"ald": 8} if name == "ald" else {})
                   for p, when in zip(OWNERS, order[name], strict=False)] for name in recorded}  # fmt: skip
    about = practice.dataset(ald_known=known[0], c2s_known=known[1])
    return open_store(practice.write(folder, about, patients=[(p, "1950-01-01", "F") for p in OWNERS], **rows))


RIGHTS = (
    "-- in: {0}, patient_keys\n-- out: patient_id, ald, c2s: the rights, by id\n"
    "select k.patient_id, r.ald, r.c2s from {0} r join patient_keys k on k.patient = r.patient where {1}"
)


def compare_rights(store: Store, known: tuple, recorded: tuple) -> None:
    day = dates.to_day(DAY)
    engine = store.engine()
    engine.view("days", pa.table({"day": pa.array([day, day + 4000], pa.int32())}))
    one, several = (
        sorted(engine.fetch(with_rights(sql), store.rights_on(day)).to_pylist(), key=lambda row: row["patient_id"])
        for sql in (RIGHTS.format("rights_on_day", "1 = 1"), RIGHTS.format("rights_on_days", f"r.day = {day}"))
    )
    assert one == several
    found = one
    active = [is_active(period(*when)) for when in PERIODS]
    had = {"ald": [*active, False], "c2s": [*active[::-1], False]}
    without = {name: 0 if is_known and name in recorded else None for name, is_known in zip(had, known, strict=True)}
    assert sorted(found, key=lambda row: row["patient_id"]) == sorted(
        (
            {"patient_id": owner}
            | {name: 1 if had[name][n] and name in recorded else without[name] for name in ("ald", "c2s")}
            for n, owner in enumerate(OWNERS)
        ),
        key=lambda row: row["patient_id"],
    )


def test_every_ald_active_on_the_day_is_there_with_its_number(tmp_path: Path):
    compare_alds(with_alds(tmp_path / "d"))


ALDS = [{"patient_id": "p1", "ald": n} | period(*when) for n, when in enumerate(PERIODS, start=1)]


def with_alds(folder: Path) -> Store:
    return open_store(practice.write(folder, patients=[("p1", "1950-01-01", "F")], ald=ALDS))


def compare_alds(store: Store) -> None:
    sql = "-- in: ald_on_day\n-- out: ald: numbers\nselect ald from ald_on_day"
    found = store.engine().fetch(with_rights(sql), store.rights_on(dates.to_day(DAY)))["ald"].to_pylist()
    assert sorted(found) == [row["ald"] for row in ALDS if is_active(row)]
