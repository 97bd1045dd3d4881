"""The copy of a reference that travels: nothing in it is about fewer than eleven patients or about one doctor.

* `strata.parquet`: a stratum of few patients is held as one with others (`merged`); its rows carry the patients, mean and
  variance of all of them, and `merged_with` names the others. The cap of a stratum is a patient's own spend: it is given
  only where as many patients lie above it as a stratum needs.
* `scope.parquet`, `classes.parquet` (strata held as one under the first of them): numbers of few patients are null.
* `distribution.parquet` in place of `doctors.parquet`: one row, doctors, tau, tau_basis, tau_low, tau_high, then the
  centiles of the ratio (p5, p10, …), null where too few doctors lie on one side. No `cells.parquet`.
* `reference.toml` says that it is a copy, `published = true`, who made it (`maker`), and the SHA-256 of each other file
  (`checksums`): whoever receives it can tell that nothing changed on the way (`received.py`).

How few is few: `[published]` of the definition. Refused: too few doctors or patients, a copy of a copy, a folder that holds
an exact reference or something else.
"""

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators.aside import folder_aside
from calculators.masking import hidden_parts
from calculators.sobriety.definition import Definition
from calculators.sobriety.definition import Published as Limits
from calculators.sobriety.norms import MERGED_WITH, SEPARATOR
from calculators.sobriety.ratio import check_definition
from calculators.sobriety.reference_files import (
    COLUMNS,
    DISTRIBUTION,
    Reference,
    UnusableReferenceError,
    centile_column,
    is_published,
    open_reference,
    refuse_foreign_folder,
    toml_of,
)
from calculators.sobriety.strata import Stratum, strata_of

USAGE = "copie à transmettre"
Row = dict[str, Any]
Group = list[int]


def publish(
    source: Path, to: Path, definition: Definition, maker: str = "", beside: Mapping[str, pa.Table] | None = None
) -> Reference:
    """Write the copy of the exact reference `source` into the folder `to`, replacing an earlier copy; gives it opened.
    `maker`: who answers for it; `beside`: other tables it takes along, by name.

    Raises UnusableReferenceError, OtherDefinitionError (French).
    """
    reference, limits = open_reference(source), definition.published
    check_definition(reference, definition)
    _refuse(reference, to, limits)
    tables = _tables(reference, definition)
    with folder_aside(to) as aside:
        for name, table in (tables | dict(beside or {})).items():
            pq.write_table(table, aside / f"{name}.parquet", compression="zstd")
        sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(aside.iterdir())}
        (aside / "reference.toml").write_text(_about(reference, tables, maker, sums), encoding="utf-8")
    return open_reference(to)


def _refuse(reference: Reference, to: Path, limits: Limits) -> None:
    if not reference.private:
        raise UnusableReferenceError(f"« {reference.path} » est déjà une copie publiée : publiez la référence exacte.")
    if reference.size < limits.doctors_from:
        raise UnusableReferenceError(
            f"La référence « {reference.path} » est faite de {reference.size} médecins : une copie n’est publiée qu’à "
            f"partir de {limits.doctors_from}. Publiez une référence plus large."
        )
    refuse_foreign_folder(to)
    if to.exists() and any(to.iterdir()) and not is_published(to):
        raise UnusableReferenceError(
            f"« {to} » contient une référence exacte, qu’une copie remplacerait. Choisissez un dossier vide ou nouveau."
        )


def _tables(reference: Reference, definition: Definition) -> dict[str, pa.Table]:
    rows, limits = list(reference.by_stratum.rows.values()), definition.published
    known = {stratum.key: stratum for stratum in strata_of(definition)}
    groups = merged([known[row["stratum"]] for row in rows], [row["patients"] for row in rows], limits.patients_from)
    if groups is None:
        raise UnusableReferenceError(
            f"La référence « {reference.path} » a moins de {limits.patients_from} patients : elle ne peut pas être publiée."
        )
    return {
        "strata": _strata(rows, groups, definition),
        "scope": _scope(reference.scope, limits.patients_from),
        "classes": _classes(
            reference.classes, [[rows[place]["stratum"] for place in group] for group in groups], limits.patients_from
        ),
        "distribution": _distribution(reference, definition),
    }


def merged(strata: Sequence[Stratum], patients: Sequence[int], least: int) -> list[Group] | None:
    """Which strata (places, in the order of the file) are held as one so that none has fewer than `least` patients; None
    when all together have fewer.

    The smallest group joins the next younger age class of its sex, ALD and C2S (the youngest: the next older); when its
    ages are one, all of the other C2S; then all of the other ALD; then all of the other sex.
    """
    ages = {age: rank for rank, age in enumerate(dict.fromkeys(stratum.age_class for stratum in strata))}
    groups = [[place] for place in range(len(strata))]
    while small := [group for group in groups if _sum(patients, group) < least]:
        smallest = min(small, key=lambda group: (_sum(patients, group), group[0]))
        others = [group for group in groups if group is not smallest]
        joining = _neighbours(smallest, others, strata, ages)
        if not joining:
            return None
        one = sorted(place for group in (smallest, *joining) for place in group)
        groups = [group for group in others if group not in joining] + [one]
    return sorted(groups)


def _sum(patients: Sequence[int], group: Group) -> int:
    return sum(patients[place] for place in group)


def _neighbours(
    group: Group, others: Sequence[Group], strata: Sequence[Stratum], ages: dict[str, int]
) -> Sequence[Group]:
    """Whole groups that this one joins next."""

    def rank(place: int) -> int:
        return ages[strata[place].age_class]

    lines = {strata[place].line for place in group}
    near = [other for other in others if {strata[place].line for place in other} == lines] if len(lines) == 1 else []
    if near:
        youngest = min(map(rank, group))
        younger = [other for other in near if max(map(rank, other)) < youngest]
        return [max(younger, key=lambda other: max(map(rank, other)))] if younger else [
            min(near, key=lambda other: min(map(rank, other)))
        ]  # fmt: skip
    for wider in _wider(lines):
        if joining := [other for other in others if any(strata[place].line in wider for place in other)]:
            return joining
    return []


def _wider(lines: set[tuple[str, bool, bool]]) -> Iterator[set[tuple[str, bool, bool]]]:
    """The same lines with either C2S, then with either ALD too, then of either sex."""
    both = (False, True)
    c2s = {(sex, ald, any_c2s) for sex, ald, _ in lines for any_c2s in both}
    ald = {(sex, any_ald, c2s) for sex, _, c2s in c2s for any_ald in both}
    yield from (c2s, ald, {(any_sex, ald, c2s) for _, ald, c2s in ald for any_sex in ("F", "M")})


def _strata(rows: Sequence[Row], groups: Sequence[Group], definition: Definition) -> pa.Table:
    of = {place: group for group in groups for place in group}
    shown = [_stratum(rows, place, of[place], definition) for place in range(len(rows))]
    return pa.Table.from_pylist(shown, schema=pa.schema(COLUMNS["strata"] | {MERGED_WITH: pa.string()}))


def _stratum(rows: Sequence[Row], place: int, group: Group, definition: Definition) -> Row:
    """The row of a stratum: its own, or that of all the strata that are one with it."""
    row, members = rows[place], [rows[one] for one in group]
    beyond = row["patients"] * (1000 - definition.cap.per_mille) // 1000
    if len(group) > 1 or beyond < definition.published.patients_from:
        row = row | {"cap_cents": None, "capped_mean_cents": None}
    if len(group) == 1:
        return row | {MERGED_WITH: None}
    patients, cents = sum(one["patients"] for one in members), sum(one["sum_cents"] for one in members)
    boxes = [one["mean_boxes"] * one["patients"] for one in members]
    return row | {
        "patients": patients, "sum_cents": cents, "mean_cents": cents / patients,
        "var_cents2": _variance(members, [one["sum_cents"] for one in members], "var_cents2"),
        "mean_boxes": sum(boxes) / patients, "var_boxes2": _variance(members, boxes, "var_boxes2"),
        MERGED_WITH: SEPARATOR.join(one["stratum"] for one in members if one is not rows[place]),
    }  # fmt: skip


def _variance(members: Sequence[Row], sums: Sequence[float], name: str) -> float:
    """Of all their patients, from the variance and the sum of each."""
    n = [one["patients"] for one in members]
    squares = sum(one[name] * (k - 1) + total**2 / k for one, k, total in zip(members, n, sums, strict=True))
    return (squares - sum(sums) ** 2 / sum(n)) / (sum(n) - 1)


def _scope(scope: pa.Table, least: int) -> pa.Table:
    """Nothing of few initiations, by anybody, by general practitioners or, by subtraction, by the others."""
    told = []
    for row in scope.to_pylist():
        few, gp = 0 < row["initiations"] < least, row["gp_initiations"]
        hidden = few or any(hidden_parts([gp, row["initiations"] - gp], least))
        told.append(
            row | {"initiations": None if few else row["initiations"], "gp_initiations": None if hidden else gp}
        )
    return pa.Table.from_pylist(told, schema=scope.schema)


def _classes(classes: pa.Table, groups: Sequence[Sequence[str]], least: int) -> pa.Table:
    """By strata held as one; nothing of a class that few patients had there, nor where their number is not known; nor, where
    that is so of one class of a stratum, of the next one: what the stratum spent on it would be the rest."""
    first = {key: group[0] for group in groups for key in group}
    named = _replaced(classes, "stratum", pa.array([first[key] for key in classes["stratum"].to_pylist()]))
    sums = [(name, "sum", pc.ScalarAggregateOptions(skip_nulls=False)) for name in ("sum_cents", "boxes", "patients")]
    table = named.group_by(["stratum", "atc"], use_threads=False).aggregate(sums)
    table = table.rename_columns([name.removesuffix("_sum") for name in table.column_names])
    known = _told_of(table, least)
    for name in ("sum_cents", "boxes", "patients"):
        table = _replaced(table, name, pc.if_else(known, table[name], None))
    few = pc.and_(pc.greater(table["boxes"], 0), pc.less(table["boxes"], least))
    table = _replaced(table, "boxes", pc.if_else(few, None, table["boxes"]))
    return table.select(list(COLUMNS["classes"])).cast(pa.schema(COLUMNS["classes"])).combine_chunks()


def _replaced(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


def _told_of(classes: pa.Table, least: int) -> pa.Array:
    """Which rows of the classes of strata may be told."""
    told, of_stratum = [False] * classes.num_rows, defaultdict(list)
    for place, row in enumerate(classes.select(["stratum", "patients"]).to_pylist()):
        of_stratum[row["stratum"]].append((place, row["patients"]))
    for line in of_stratum.values():
        known = [(place, patients) for place, patients in line if patients is not None]
        hidden = hidden_parts([patients for _, patients in known] + [1] * (len(line) - len(known)), least)
        for (place, _), hide in zip(known, hidden, strict=False):
            told[place] = not hide
    return pa.array(told)


def _distribution(reference: Reference, definition: Definition) -> pa.Table:
    ratios, spread = reference.doctors["ratio"].drop_null().to_numpy(), reference.spread(definition)
    row: Row = {
        "doctors": reference.size, "tau": spread.tau, "tau_basis": spread.basis, "tau_low": spread.low,
        "tau_high": spread.high,
    }  # fmt: skip
    beside = definition.published.doctors_beside
    for centile in definition.published.centiles:
        told = len(ratios) * min(centile, 100 - centile) >= 100 * beside
        row[centile_column(centile)] = float(np.quantile(ratios, centile / 100)) if told else None
    centiles = {centile_column(centile): pa.float64() for centile in definition.published.centiles}
    return pa.Table.from_pylist([row], schema=pa.schema(DISTRIBUTION | centiles))


def _about(reference: Reference, tables: dict[str, pa.Table], maker: str, sums: dict[str, str]) -> str:
    """The text of `reference.toml`: what the exact one says, but for what only it holds."""
    about = tomllib.loads((reference.path / "reference.toml").read_text(encoding="utf-8"))
    counts = about.pop("counts") | {name: table.num_rows for name, table in tables.items() if name in COLUMNS}
    told = {name: counts[name] for name in COUNTED if name in counts}
    definition = about.pop("definition")
    told_of = about | {"usage": USAGE, "published": True} | ({"maker": maker} if maker else {})
    return toml_of(told_of, definition=definition, counts=told, checksums=sums)


COUNTED = ("strata", "scope", "doctors", "classes", "tracked_classes", "patients", "observed_cents")
"""Of the counts of the exact reference, those that the copy repeats."""
