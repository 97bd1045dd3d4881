"""The measures of a reference as they travel: nothing in them is about one to ten patients, or about one doctor.

`measures.parquet`: measure, strata (those held as one, by number), stratum (the first of them), patients, denominator,
numerator, squares (0: not told). Its metadata have what a reference without doctors says, with φ and τ of each measure,
computed before strata were held as one.

Strata are held as one first until each has enough patients, then, whole ones together, until a numerator is nothing or
enough; where patients are counted, those who are not counted too. So the difference of any two sums told is of enough
patients. A measure that is still small when all its strata are one is not told.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.errors import UserError
from calculators.masking import LEAST_SHOWN, hidden_parts
from calculators.pertinence.measure import Measure
from calculators.pertinence.reference import (
    SUMS,
    MeasureReference,
    Told,
    UnusableMeasuresError,
    open_measures,
    with_told,
)

SCHEMA = pa.schema(
    [("measure", pa.string()), ("strata", pa.string()), ("stratum", pa.int64()), *((name, pa.int64()) for name in SUMS)]
)
MOST_ROWS, MOST_BYTES = 200_000, 20_000_000
LINES = 8
"""Strata of one age class: sex, ALD, C2S."""
SMALL = "Trop peu de patients pour être dite."
Row = dict[str, Any]
Group = list[Row]


def published(reference: MeasureReference, measures: dict[str, Measure], maker: str = "") -> pa.Table:
    """The table that travels. `measures`: as they were counted. Raises UnusableMeasuresError (French) for a copy."""
    if reference.told and reference.told.published:
        raise UnusableMeasuresError(f"« {reference.path} » est déjà une copie publiée.")
    rows, small = list[Row](), dict[str, str]()
    for name in reference.measures:
        groups = held_as_one(_rows(reference, name), _is_of_patients(measures.get(name)))
        rows += [_row(name, group) for group in groups]
        small |= {} if groups else {name: SMALL}
    kept = sorted({row["measure"] for row in rows})
    told = Told(
        year=reference.year, source=reference.source, synthetic=reference.synthetic, built_on=reference.built_on,
        doctors=reference.size, patients=reference.patients, hash={name: reference.hashes[name] for name in kept},
        not_measured=dict(reference.not_measured) | small, maker=maker, published=True,
        phi={name: _strata(reference, name).phi for name in kept}, tau={name: reference.tau(name) for name in kept},
    )  # fmt: skip
    return with_told(pa.Table.from_pylist(rows, schema=SCHEMA), told)


def _strata(reference: MeasureReference, name: str) -> Any:
    return reference.strata(name)


def _is_of_patients(measure: Measure | None) -> bool:
    """Is its numerator a number of patients? Of one that is not at hand, as if it were."""
    return measure is None or measure.numerator.count in ("patients", "rows")


def _rows(reference: MeasureReference, name: str) -> list[Row]:
    strata = _strata(reference, name)
    columns = [getattr(strata, column).astype(int).tolist() for column in ("stratum", *SUMS)]
    rows = [dict(zip(("stratum", *SUMS), row, strict=True)) for row in zip(*columns, strict=True)]
    return [row for row in rows if row["patients"] or row["numerator"]]


def held_as_one(rows: Sequence[Row], of_patients: bool) -> list[Group]:
    """Strata together; none where all of them are too few."""
    groups = _joined([[row] for row in rows], lambda group: _sum(group, "patients") >= LEAST_SHOWN)
    return _joined(groups, lambda group: not _is_small(group, of_patients))


def _is_small(group: Group, of_patients: bool) -> bool:
    counted, size = _sum(group, "numerator"), _sum(group, "denominator")
    parts = [counted, max(size - counted, 0)] if of_patients else [counted]
    return any(hidden_parts(parts)) or 0 < size < LEAST_SHOWN


def _joined(groups: list[Group], is_told: Callable[[Group], bool]) -> list[Group]:
    """The smallest group that cannot be told joins its nearest, until all can."""
    groups = list(groups)
    while small := [group for group in groups if not is_told(group)]:
        one = min(small, key=lambda group: (_sum(group, "patients"), group[0]["stratum"]))
        others = [group for group in groups if group is not one]
        if not others:
            return []
        near = min(others, key=lambda other: (*_distance(one, other), other[0]["stratum"]))
        both = sorted((*one, *near), key=lambda row: row["stratum"])
        groups = [group for group in others if group is not near] + [both]
    return sorted(groups, key=lambda group: group[0]["stratum"])


def _distance(one: Group, other: Group) -> tuple[int, int]:
    """Of rights and sex, then of age."""
    pairs = [(a["stratum"], b["stratum"]) for a in one for b in other]
    flags = min(((a % LINES) ^ (b % LINES)).bit_count() for a, b in pairs)
    return flags, min(abs(a // LINES - b // LINES) for a, b in pairs)


def _sum(group: Group, name: str) -> int:
    return sum(row[name] for row in group)


def _row(measure: str, group: Group) -> Row:
    sums = {name: _sum(group, name) for name in SUMS} | {"squares": 0}
    strata = [row["stratum"] for row in group]
    return {"measure": measure, "strata": " ".join(map(str, strata)), "stratum": strata[0]} | sums


def check_received(file: Path, measures: dict[str, Measure]) -> None:
    """Raises UserError (French) when what was received is not what a published copy is."""
    try:
        about = pq.read_metadata(file)
        unpacked = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))
        fits = pq.read_schema(file).remove_metadata().equals(SCHEMA)
    except (pa.ArrowException, OSError):
        raise UserError(f"« {file.name} » n’est pas un fichier parquet entier.") from None
    if about.num_rows > MOST_ROWS or unpacked > MOST_BYTES or not fits:
        raise UserError(f"« {file.name} » n’est pas une table de mesures publiées : ses colonnes sont autres.")
    reference = open_measures(file.parent)
    if reference.told is None or not reference.told.published:
        raise UserError(f"« {file.name} » n’est pas une copie publiée de mesures.")
    for row in pq.read_table(file).to_pylist():
        if fault := _fault(row, reference.told, _is_of_patients(measures.get(row["measure"]))):
            raise UserError(f"{file.name}, mesure « {row['measure']} », strates {row['strata']} : {fault}")


def _fault(row: Row, told: Told, of_patients: bool) -> str:
    numbers = [row[name] for name in SUMS]
    if None in numbers or not all(0 <= one < 2**53 for one in numbers):
        return f"{numbers} ; des nombres positifs sont attendus."
    if row["patients"] < LEAST_SHOWN or _is_small([row], of_patients):
        return f"{numbers} ; rien de 1 à {LEAST_SHOWN - 1} patients n’est attendu d’une copie publiée."
    if not 1 <= told.phi.get(row["measure"], 0) < 1e9 or not 0 <= told.tau.get(row["measure"], -1) < 10:
        return "φ et τ sont attendus."
    return ""
