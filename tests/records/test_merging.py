"""The same act in two documents counts once; a dose is one dose; what is kept is kept as it was said."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.records.merging import merged
from calculators.records.pairing import paired
from calculators.records.tables import TABLES
from tests import practice

ACT = ("2025-05-02", "ngap", "G")
DRUG = ("2025-05-02", "3400930000001", "C10AA05")


def kept(name: str, *documents: list[tuple[Any, ...]], drugs: list[tuple[Any, ...]] = ()) -> list[dict[str, Any]]:
    """Rows kept of documents of one patient, the oldest first."""
    parts = []
    for place, rows in enumerate(documents):
        given = practice.table(name, [practice._row(name, ("n", *row)) for row in rows])
        given = given.drop_columns(["source_id"]) if "source_id" in given.column_names else given
        parts.append(given.append_column("source_id", pa.array([f"s{place}"] * len(rows), pa.string())))
    tables = {name: pa.concat_tables(parts)}
    if drugs:
        known = practice.table("drugs", [practice._row("drugs", row) for row in drugs])
        tables["drugs"] = known.append_column("source_id", pa.array(["s0"] * len(drugs), pa.string()))
    found = merged(tables, {"n": "p"}, [f"s{place}" for place in range(len(documents))])[name]
    return found.to_pylist()


@pytest.mark.parametrize(
    ("documents", "quantities"),
    [
        (([(*ACT, 1)], [(*ACT, 1)]), [1]),
        (([(*ACT, 1)], [(*ACT, 2)]), [2]),
        (([(*ACT, 1), (*ACT, 1)], [(*ACT, 1)]), [1, 1]),
        (([(*ACT, 2)], [(*ACT, 1), (*ACT, -1)]), [1, -1]),
        (([(*ACT, 1), (*ACT, -1)], [(*ACT, 5)]), [1, -1]),
        (([(*ACT, 3), (*ACT, -1)], [(*ACT, 1), (*ACT, -1)]), [1, -1]),
        (([(*ACT, 1)], [("2025-05-03", "ngap", "G", 1)]), [1, 1]),
    ],
)
def test_of_two_documents_the_one_that_gives_more_or_takes_back_is_kept(documents, quantities):
    assert [row["quantity"] for row in kept("acts", *documents)] == quantities


def test_what_a_document_lacks_is_filled_from_the_other():
    (row,) = kept("acts", [(*ACT, 1, "10001", "01")], [(*ACT, 2)])
    assert (row["quantity"], row["performer_id"], row["performer_specialty"]) == (2, "10001", "01")
    (row,) = kept("deliveries", [(*DRUG, 1, 500, "10002")], [(*DRUG, 2)])
    assert (row["boxes"], row["base_cents"], row["prescriber_id"]) == (2, 1000, "10002")


@pytest.mark.parametrize(
    ("documents", "boxes"),
    [
        (([(*DRUG, 1)], [(DRUG[0], None, "C10AA05", 2)]), [2]),
        (([(*DRUG, 1)], [(DRUG[0], "3400930000002", "C10AA05", 2)]), [1, 2]),
        (([(DRUG[0], DRUG[1], None, 1)], [(DRUG[0], None, "C10AA05", 1)]), [1]),
        (([(*DRUG, 1)], [(DRUG[0], None, None, 1)]), [1, 1]),
    ],
)
def test_a_delivery_without_its_product_is_known_by_its_class(documents, boxes):
    found = kept("deliveries", *documents, drugs=[("3400930000001", "C10AA05")])
    assert sorted(row["boxes"] for row in found) == boxes


def plain_acts(documents: list[list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """The definition, key by key: the document that takes something back, the newest of such; else the one that gives most,
    of equals the newest. What its lines lack comes from the best of the others that says it."""
    found: list[tuple[Any, ...]] = []
    for key in sorted({row[:3] for rows in documents for row in rows}):
        told = [(place, [row for row in rows if row[:3] == key]) for place, rows in enumerate(documents)]
        told = sorted(((place, rows) for place, rows in told if rows), key=lambda one: best_first(one[0], one[1]))
        (_, kept_rows), others = told[0], told[1:]
        for row in kept_rows:
            filled = [row[place] or first_said(others, place) for place in (4, 5)]
            found.append((*row[:4], *filled))
    return found


def best_first(place: int, rows: list[tuple[Any, ...]]) -> tuple[bool, int, int]:
    reversal = any(row[3] <= 0 for row in rows)
    return not reversal, 0 if reversal else -sum(row[3] for row in rows), -place


def first_said(documents: list[tuple[int, list[tuple[Any, ...]]]], place: int) -> Any:
    """Of the first document that says it, the greatest."""
    said = [[row[place] for row in rows if row[place]] for _, rows in documents]
    return next((max(values) for values in said if values), None)


LINES = st.tuples(
    st.sampled_from(["2025-05-02", "2025-05-03"]), st.just("ngap"), st.sampled_from(["G", "GS"]),
    st.sampled_from([1, 1, 2, 3, 0, -1]), st.sampled_from([None, "10001", "10002"]), st.sampled_from([None, "01"]),
)  # fmt: skip


@pytest.mark.oracle
@given(st.lists(st.lists(LINES, max_size=4), min_size=1, max_size=4))
@settings(max_examples=6 * settings.default.max_examples)
def test_the_acts_kept_are_those_of_the_definition(documents):
    found = kept("acts", *documents)
    names = ("date", "system", "code", "quantity", "performer_id", "performer_specialty")
    told = [tuple(str(row[name]) if name == "date" else row[name] for name in names) for row in found]
    assert sorted(told, key=str) == sorted(plain_acts(documents), key=str)


KNOWN = {"3400930000001": "C10AA05", "3400930000002": "A02BC01"}
PACKS = st.tuples(
    st.sampled_from(["2025-05-02", "2025-05-03"]), st.sampled_from([None, *KNOWN, "3400930000003"]),
    st.sampled_from([None, "C10AA05", "A02BC01", "A02"]), st.sampled_from([1, 1, 2, 0, -1]),
    st.sampled_from([None, 400]), st.sampled_from([None, "10001", "10002"]),
)  # fmt: skip


def plain_deliveries(documents: list[list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """As for acts; a product is its CIP13, or its class where one line of that day and class lacks the CIP13. The price of
    a box comes from the best of the others that has one."""

    def drug_class(row: tuple[Any, ...]) -> str | None:
        return max((row[2], KNOWN.get(row[1])), key=lambda one: len(one or ""))

    nameless = {(row[0], drug_class(row)) for rows in documents for row in rows if row[1] is None}

    def product(row: tuple[Any, ...]) -> tuple[str, str]:
        by_class = row[1] is None or (drug_class(row) is not None and (row[0], drug_class(row)) in nameless)
        return row[0], f"atc {drug_class(row) or ''}" if by_class else f"cip13 {row[1]}"

    found = []
    for key in sorted({product(row) for rows in documents for row in rows}):
        told = [(place, [row for row in rows if product(row) == key]) for place, rows in enumerate(documents)]
        told = sorted(((place, rows) for place, rows in told if rows), key=lambda one: best_first(one[0], one[1]))
        boxes = [price for _, rows in told[1:] if (price := price_of(rows)) is not None]
        for row in told[0][1]:
            cents = row[4] if row[4] is not None else round(boxes[0] * row[3]) if boxes else None
            found.append((*row[:4], cents, row[5] or first_said(told[1:], 5)))
    return found


def price_of(rows: list[tuple[Any, ...]]) -> float | None:
    net, said = sum(row[3] for row in rows), [row[4] for row in rows if row[4] is not None]
    return sum(said) / net if net > 0 and said else None


@pytest.mark.oracle
@given(st.lists(st.lists(PACKS, max_size=4), min_size=1, max_size=3))
@settings(max_examples=6 * settings.default.max_examples)
def test_the_deliveries_kept_are_those_of_the_definition(documents):
    found = kept("deliveries", *documents, drugs=list(KNOWN.items()))
    names = ("date", "cip13", "atc", "boxes", "base_cents", "prescriber_id")
    told = [tuple(str(row[name]) if name == "date" else row[name] for name in names) for row in found]
    assert sorted(told, key=str) == sorted(plain_deliveries(documents), key=str)


ROR = {"cip13": None, "cis": None, "atc": "J07BD52", "lot": None}


def shot(day: str, precision: str = "day", rank: int | None = None, **names: Any) -> tuple[Any, ...]:
    named = ROR | names
    return (
        day,
        precision,
        named["cip13"],
        named["cis"],
        named["atc"],
        rank,
        named["lot"],
        names.get("not_done", False),
    )


@pytest.mark.parametrize(
    ("documents", "doses"),
    [
        (([shot("2023-05-02")], [shot("2023-01-01", "year")]), ["2023-05-02"]),
        (([shot("2023-05-02")], [shot("2023-05-02", atc="J07BD")]), ["2023-05-02"]),
        (([shot("2023-05-02")], [shot("2023-05-02", atc="J07")]), ["2023-05-02", "2023-05-02"]),
        (([shot("2023-05-02"), shot("2023-06-02")], [shot("2023-01-01", "year")] * 2), ["2023-05-02", "2023-06-02"]),
        (([shot("2023-05-02")], [shot("2023-01-01", "year")] * 2), ["2023-05-02", "2023-01-01"]),
        (([shot("2023-05-02")], [shot("2024-01-01", "before", 1), shot("2024-01-01", "before", 2)]),
         ["2023-05-02", "2024-01-01"]),
        (([shot("2023-05-02", rank=2)], [shot("2024-01-01", "before", 1), shot("2024-01-01", "before", 2)]),
         ["2023-05-02", "2024-01-01"]),
        (([shot("2024-05-02")], [shot("2024-01-01", "before", 1)]), ["2024-05-02", "2024-01-01"]),
        (([shot("2023-05-02")], [shot("2023-05-02", not_done=True)]), ["2023-05-02", "2023-05-02"]),
    ],
)  # fmt: skip
def test_an_injection_told_twice_is_one_dose_in_the_more_precise_words(documents, doses):
    for order in (documents, documents[::-1]):
        assert sorted(f"{row['date']}" for row in kept("vaccinations", *order)) == sorted(doses)


def row(day: int, precision: int = 0, last: int | None = None, **names: Any) -> dict[str, Any]:
    return (
        ROR
        | {"patient": 1, "first_day": day, "last_day": day if last is None else last, "precision": precision}
        | names
    )


def delivered(day: int, **names: Any) -> dict[str, Any]:
    return {"patient": 1, "drug": 1, "product": 2, "day": day, "atc": "J07BD52", "cip13": None} | names


@pytest.mark.parametrize(
    ("doses", "deliveries", "injected", "left"),
    [
        ([row(100)], [delivered(10)], [10], set()),
        ([row(100)], [delivered(9)], [], set()),
        ([row(100)], [delivered(101)], [], set()),
        ([row(100)], [delivered(100), delivered(50)], [100], set()),
        ([row(100), row(120)], [delivered(90)], [90], set()),
        ([row(100), row(120)], [delivered(90), delivered(95)], [90, 95], set()),
        ([row(100)], [delivered(90, atc="J07AM01")], [], set()),
        ([row(100, 2, 464)], [delivered(200)], [], {0}),
        ([row(100, 3)], [delivered(20)], [], {0}),
        ([row(100, 3)], [delivered(120)], [], set()),
    ],
)
def test_a_vaccine_delivered_then_injected_is_one_dose(doses, deliveries, injected, left):
    found = paired(doses, deliveries)
    assert (sorted(found.injected["day"].to_pylist()), found.left) == (injected, left)


def test_tables_of_nobody_keep_the_newest_row_of_a_key():
    names = ["s0", "s1"]
    rows = [practice._row("doctors", {"doctor_id": "d", "department": where}) for where in ("01", "02")]
    doctors = practice.table("doctors", rows).append_column("source_id", pa.array(names))
    found = merged({"doctors": doctors}, {}, names)["doctors"].to_pylist()
    assert [(one["doctor_id"], one["department"]) for one in found] == [("d", "02")]
    assert set(found[0]) == set(TABLES["doctors"].schema.names)


def test_prescriber_day_amounts_and_exemption_are_filled_from_the_other_document():
    more = dict(zip(("date", "system", "code"), ACT, strict=True)) | {"patient_id": "n"}
    said = {"prescriber_id": "10009", "prescriber_specialty": "01", "prescribed_on": date(2025, 4, 30), "base_cents": 1500,
            "paid_cents": 1800, "exo": 42}  # fmt: skip
    rows = [practice._row("acts", more | {"quantity": 1} | said), practice._row("acts", more | {"quantity": 2})]
    table = practice.table("acts", rows).append_column("source_id", pa.array(["s0", "s1"]))
    (found,) = merged({"acts": table}, {"n": "p"}, ["s0", "s1"])["acts"].to_pylist()
    assert found["quantity"] == 2
    assert {name: found[name] for name in said} == said | {"base_cents": 3000, "paid_cents": 3600}


def test_a_document_made_before_these_columns_existed_is_merged_with_one_that_has_them():
    key = {"patient_id": "n", "date": "2025-05-02", "system": "ngap", "code": "G"}
    (row,) = [practice._row("acts", key | {"quantity": 1})]
    old = practice.table("acts", [row]).drop_columns(["prescriber_id", "base_cents", "exo", "session"])
    table = pa.concat_tables([old, old]).append_column("source_id", pa.array(["s0", "s1"]))
    (found,) = merged({"acts": table}, {"n": "p"}, ["s0", "s1"])["acts"].to_pylist()
    assert found["quantity"] == 1
    assert "prescriber_id" not in found
