"""Rows of care of one practice -> canonical tables: acts and deliveries with what is drawn beside them, stays, leaves."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from calculators.dates import OPEN_END
from sample_data import further, lines
from sample_data.model import Array, Model

if TYPE_CHECKING:
    from sample_data.generate import Practice

Words = Sequence[str | None]


def of_care(given: Model, one: "Practice", ids: pa.Array) -> Iterator[tuple[str, pa.Table]]:
    """Names and tables. `ids`: patient ids by number."""
    professionals, specialties = lines.professionals(given, one.doctor.doctor_id)
    who = pa.array(professionals, pa.string())
    if one.more:
        yield "stays", _stays(one.more.stays, ids)
        yield "sick_leaves", _leaves(one.more.leaves, ids, who)
    yield "acts", _acts(given, one, ids, who, specialties)
    yield "deliveries", _deliveries(given, one, ids, who, specialties)


def _acts(given: Model, one: "Practice", ids: pa.Array, who: pa.Array, specialties: Words) -> pa.Table:
    plain = {name: one.acts[name] for name in ("patient", "day", "act", "by")}
    codes = [*given.acts, *further.codes()]
    if not one.more:
        return pa.table(
            _act_columns(plain | {"quantity": np.ones(len(plain["day"]), np.int64)}, codes, ids, who, specialties)
        )
    added = one.more.acts | {"act": one.more.acts["act"] + len(given.acts)}
    drawn = plain | one.more.claims
    rows = {name: np.concatenate([drawn[name], added[name]]) for name in further.ACT_COLUMNS}
    sessions = pa.array(["1"]).take(pa.array(np.zeros(len(rows["day"]), np.int32), mask=rows["session"] == 0))
    return pa.table(_act_columns(rows, codes, ids, who, specialties) | {
        "prescriber_id": who.take(pa.array(rows["prescriber"])),
        "prescriber_specialty": words(specialties, rows["prescriber"]), "prescribed_on": days(rows["prescribed"]),
        "base_cents": pa.array(rows["base"], pa.int32()), "paid_cents": pa.array(rows["paid"], pa.int32()),
        "exo": pa.array(rows["exo"], pa.int16()), "session": sessions,
    })  # fmt: skip


def _act_columns(rows: dict[str, Array], codes: Sequence[tuple[str, str]], ids: pa.Array, who: pa.Array, specialties: Words
                 ) -> dict[str, pa.Array]:  # fmt: skip
    return {
        "patient_id": ids.take(pa.array(rows["patient"])), "date": days(rows["day"]),
        "system": words([system for system, _ in codes], rows["act"]),
        "code": words([code for _, code in codes], rows["act"]),
        "quantity": pa.array(rows["quantity"], pa.int16()),
        "performer_id": who.take(pa.array(rows["by"])), "performer_specialty": words(specialties, rows["by"]),
    }  # fmt: skip


def _deliveries(given: Model, one: "Practice", ids: pa.Array, who: pa.Array, specialties: Words) -> pa.Table:
    rows, packs = one.deliveries, further.packs()
    if one.more:
        added = one.more.deliveries | {"product": one.more.deliveries["product"] + len(given.atc)}
        rows = {name: np.concatenate([rows[name], added[name]]) for name in rows}
    atc, cip13 = [*given.atc, *(pack[0] for pack in packs)], [*given.cip13, *(pack[1] for pack in packs)]
    cents = np.concatenate([given.cents, np.array([pack[2] for pack in packs])])
    columns = {
        "patient_id": ids.take(pa.array(rows["patient"])), "date": days(rows["day"]),
        "cip13": words(cip13, rows["product"]), "atc": words(atc, rows["product"]),
        "boxes": pa.array(rows["boxes"], pa.int16()),
        "base_cents": pa.array(rows["boxes"] * cents[rows["product"]], pa.int32()),
        "prescriber_id": who.take(pa.array(rows["by"])), "prescriber_specialty": words(specialties, rows["by"]),
    }  # fmt: skip
    if one.more:
        without = np.full(len(rows["day"]) - len(one.more.exo), further.given()["claims"]["exo_without"])
        columns["exo"] = pa.array(np.concatenate([one.more.exo, without]), pa.int16())
    return pa.table(columns)


def _stays(rows: dict[str, Array], ids: pa.Array) -> pa.Table:
    said = further.given()["stays"]
    groups: list[str | None] = [*said["ghm"], None]
    kinds: list[str] = list(said["kinds"])
    return pa.table({
        "patient_id": ids.take(pa.array(rows["patient"])), "entry": days(rows["entry"]), "exit": days(rows["exit"]),
        "kind": words(kinds, rows["kind"]), "ghm": words(groups, rows["ghm"]),
    })  # fmt: skip


def _leaves(rows: dict[str, Array], ids: pa.Array, who: pa.Array) -> pa.Table:
    kinds = list(further.given()["leaves"]["kinds"])
    return pa.table({
        "patient_id": ids.take(pa.array(rows["patient"])),
        "prescriber_id": who.take(pa.array(np.full(len(rows["from"]), lines.OWN))),
        "from_date": days(rows["from"]), "to_date": days(rows["to"]), "kind": words(kinds, rows["kind"]),
        "extension": pa.array(rows["extension"]), "part_time": pa.array(rows["part"]),
    })  # fmt: skip


def words(known: Words, rows: Array) -> pa.Array:
    """Words by number. Written as they are, without spelling out each line; the file holds plain text columns."""
    distinct = sorted({word for word in known if word is not None})
    place = np.array([-1 if word is None else distinct.index(word) for word in known], dtype=np.int32)[rows]
    return pa.DictionaryArray.from_arrays(pa.array(place, mask=place < 0), pa.array(distinct, pa.string()))


def days(numbers: Array) -> pa.Array:
    """Dates; the open end, and what is not known, are null."""
    unknown = (numbers >= OPEN_END) | (numbers == further.NONE)
    return pa.array(np.where(unknown, 0, numbers).astype(np.int32), mask=unknown).cast(pa.date32())
