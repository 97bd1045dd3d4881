"""The care of a patient by name: netted, counted over twelve months, told apart by who did it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from calculators import rows
from calculators.dates import add_months
from calculators.records import history
from calculators.records.history import Line
from calculators.records.store import open_store
from calculators.records.tables import TABLES
from dashboard.words import care
from tests import practice

AS_OF = date(2026, 3, 31)
ACT = Line("acte", AS_OF, "ngap", "G", None, 1, None, None, None, "d1", 1, None)
BOX = Line("delivrance", AS_OF, "atc", "N02BE01", "3400930183113", 1, None, None, None, "d1", 1, 200)


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    folder = practice.write(
        tmp_path_factory.mktemp("soins") / "d",
        patients=[("anne", "1965-05-05", "F"), ("bob", "1970-01-01", "M")],
        acts=[
            ("anne", "2026-03-31", "ngap", "G", 1, "d1", "01"), ("anne", "2025-03-31", "ngap", "TCG", 1, "d1", "01"),
            ("anne", "2025-04-01", "ngap", "VG", 1, "d1", "01"), ("anne", "2026-01-05", "ngap", "CS", 1, "s1", "03"),
            ("anne", "2026-01-06", "ngap", "AMK", 1, "k1", "26"), ("anne", "2026-01-07", "ngap", "G", 1, "d1", "01"),
            ("anne", "2026-01-07", "ngap", "G", -1, "d1", "01"), ("anne", "2026-02-01", "nabm", "1577"),
            ("anne", "2026-04-01", "ngap", "G", 1, "d1", "01"), ("bob", "2026-03-01", "ngap", "G", 1, "d1", "01"),
        ],
        deliveries=[
            ("anne", "2026-02-01", "3400930183113", "C10AA05", 3, 904, "s1", "03"),
            ("anne", "2026-02-01", "3400930183113", "C10AA05", -1, -300, "s1", "03"),
            ("anne", "2025-02-01", None, "N02BE01", 2, None, "d1", "01"),
        ],
    )  # fmt: skip
    return history.net(rows.read(history.history(open_store(folder), "anne", AS_OF), Line))


def test_the_year_counts_what_was_done_in_its_twelve_months(lines):
    now, before = (history.year(lines, AS_OF, back) for back in (0, 1))
    assert now == history.Year(1, 1, 0, 1, 1, 1, 2, 604)
    assert before == history.Year(0, 0, 1, 0, 0, 0, 2, None)


def test_drugs_are_by_class_with_both_years_and_who_prescribed_them(lines):
    statin, pain = history.drugs(lines, AS_OF)
    assert (statin.code, statin.boxes, statin.boxes_before, statin.cents, statin.specialty) == ("C10AA05", 2, 0, 604, 3)
    assert (pain.code, pain.boxes, pain.boxes_before, pain.cents, pain.last_on) == (
        "N02BE01",
        0,
        2,
        None,
        date(2025, 2, 1),
    )


def test_contacts_tell_the_doctor_from_the_others(lines):
    found = {(one.kind, one.specialty, one.mine): one.times for one in history.contacts(lines, "d1", AS_OF)}
    assert found["consultation", "médecine générale", True] == 1
    assert found["visite", "médecine générale", True] == 1
    assert found["consultation", "cardiologie", False] == 1
    assert found["acte", "kinésithérapie", False] == 1
    assert history.contacts(lines, "d1", AS_OF)[0].mine


def test_an_act_whose_result_is_known_is_told_by_its_result():
    test = replace(ACT, system="loinc", code="4548-4")
    value = replace(test, kind="resultat", value=7.2, unit="%", professional=None)
    assert history.net([test, value]) == [value]
    assert history.results(history.net([test, value])) == [value]
    assert history.net([test, replace(value, date=date(2026, 3, 30))]) != [value]


@given(some.lists(some.tuples(some.integers(-3, 3).filter(bool), some.none() | some.integers(0, 500)), max_size=5))
def test_a_day_keeps_what_its_lines_leave(told):
    same = [replace(BOX, quantity=quantity, base_cents=cents) for quantity, cents in told]
    left = sum(quantity for quantity, _ in told)
    kept = history.net(same)
    assert [line.quantity for line in kept] == ([left] if left > 0 else [])
    known = [cents for _, cents in told if cents is not None]
    assert [line.base_cents for line in kept] == ([sum(known) if known else None] if left > 0 else [])


@given(some.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_the_twelve_months_follow_one_another_without_a_gap(as_of):
    assert history.year_of(as_of, 1)[1] == history.year_of(as_of)[0]
    assert history.year_of(as_of)[0] == add_months(as_of, -12)


def test_every_letter_is_of_one_kind_and_every_specialty_has_its_name():
    letters = [letter for kind in history.words().visit.values() for letter in kind]
    assert len(letters) == len({*letters})
    assert {history.PHYSIO, history.PHARMACIST, history.GP} <= {*history.words().specialty.values()}
    assert history.specialty(None) == history.specialty(999) == ""
    assert history.kind_of_visit("ngap", "VG") == "visite"
    assert history.kind_of_visit("ccam", "VG") is None


def test_stays_are_the_latest_first_and_those_not_over_have_no_end(tmp_path):
    folder = practice.write(
        tmp_path / "d", patients=[("anne", "1965-05-05", "F"), ("bob", "1970-01-01", "M")],
        stays=[
            ("anne", "2025-06-01", "2025-06-08", "mco", "05M092"), ("anne", "2026-03-30", "2026-04-02", "ssr"),
            ("anne", "2026-03-31", None, None), ("anne", "2026-04-01", "2026-04-01", "urgence"),
            ("bob", "2026-01-01", "2026-01-02", "mco"),
        ],
    )  # fmt: skip
    found = history.stays(open_store(folder), "anne", AS_OF)
    assert [(one.entry.isoformat(), one.nights, one.kind, one.ghm) for one in found] == [
        ("2026-03-31", None, None, None), ("2026-03-30", None, "ssr", None), ("2025-06-01", 7, "mco", "05M092"),
    ]  # fmt: skip
    assert [care.stay(one.kind) for one in found] == ["Séjour", "Soins de suite et de réadaptation", "Hospitalisation"]
    assert [care.stay_group(ghm) for ghm in (None, "05M092", "99X1")] == [
        "non dit", "appareil circulatoire, médecine (05M092)", "groupe 99X1",
    ]  # fmt: skip


def test_every_kind_of_stay_of_the_records_has_its_name():
    kind = next(one for one in TABLES["stays"].columns if one.name == "kind")
    assert set(history.words().stay) == set(kind.values)
