"""A published reference as it is received, from anybody: is it what a published copy is, and nothing a copy may not hold?

Everything is looked at before a ratio is computed from it: sizes, strata and what they are merged with, numbers of patients
from eleven on, sums and means that belong together, finite variances, a spread between doctors that can be.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.sobriety.definition import Definition, Published, load_definition
from calculators.sobriety.norms import MERGED_WITH, SEPARATOR
from calculators.sobriety.ratio import check_definition
from calculators.sobriety.reference_files import ASSUMED, ESTIMATED, Reference, UnusableReferenceError, open_reference
from calculators.sobriety.strata import strata_of

MOST_ROWS = 200_000
"""Rows of one of its tables: 40 strata by all ATC classes there are make a fifth of them."""
GREATEST = 2**53
"""Counts and sums of cents below this are told exactly; those of the country are far below."""
WIDEST_TAU = 3.0
Row = dict[str, Any]


def open_received(path: Path) -> Reference:
    """Open a published copy that was received. Raises UnusableReferenceError or OtherDefinitionError (French)."""
    for file in sorted(path.glob("*.parquet")):
        _check_size(file)
    reference = open_reference(path)
    if not reference.published:
        raise UnusableReferenceError(f"« {path} » n’est pas une copie publiée.")
    definition = load_definition(reference.year)
    check_definition(reference, definition)
    for fault in _faults(reference, definition):
        raise UnusableReferenceError(f"La référence reçue ne peut pas être utilisée. {fault}")
    return reference


def _check_size(file: Path) -> None:
    try:
        about = pq.read_metadata(file)
    except (pa.ArrowException, OSError):
        raise UnusableReferenceError(f"Le fichier « {file.name} » n’est pas un fichier parquet entier.") from None
    unpacked = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))
    if about.num_rows > MOST_ROWS or about.num_columns > 40 or unpacked > 100_000_000:
        raise UnusableReferenceError(
            f"Le fichier « {file.name} » a {about.num_rows} lignes et {about.num_columns} colonnes : {MOST_ROWS} et 40 au "
            "plus sont attendues."
        )


def _faults(reference: Reference, definition: Definition) -> Iterator[str]:
    yield from _of_distribution(reference, definition.published)
    yield from _of_strata(reference, definition)
    yield from _of_scope(reference.scope, definition.published.patients_from)
    yield from _of_classes(reference, definition.published.patients_from)


def _of_distribution(reference: Reference, limits: Published) -> Iterator[str]:
    assert reference.distribution is not None
    rows = reference.distribution.to_pylist()
    if len(rows) != 1:
        yield f"distribution.parquet a {len(rows)} lignes, une est attendue."
        return
    doctors, tau = rows[0]["doctors"], rows[0]["tau"]
    if doctors is None or not limits.doctors_from <= doctors < GREATEST:
        yield f"distribution.parquet, doctors : {doctors} ; {limits.doctors_from} médecins au moins sont attendus."
    if tau is None or not 0 <= tau <= WIDEST_TAU or rows[0]["tau_basis"] not in (ESTIMATED, ASSUMED):
        yield f"distribution.parquet, tau : {tau} ({rows[0]['tau_basis']}) ; un nombre de 0 à {WIDEST_TAU:g} est attendu."
    for name, value in rows[0].items():
        if isinstance(value, float) and not math.isfinite(value):
            yield f"distribution.parquet, {name} : {value} n’est pas un nombre."


def _of_strata(reference: Reference, definition: Definition) -> Iterator[str]:
    rows = reference.strata.to_pylist()
    expected = {one.key: (one.age_class, one.sex, one.ald, one.c2s) for one in strata_of(definition)}
    keys = [row["stratum"] for row in rows]
    if not rows or len(set(keys)) < len(keys) or not set(keys) <= set(expected):
        yield f"strata.parquet : une ligne par strate est attendue, parmi « {next(iter(expected))} », …"
        return
    for row in rows:
        where = f"strata.parquet, strate « {row['stratum']} »"
        if (row["age_class"], row["sex"], row["ald"], row["c2s"]) != expected[row["stratum"]]:
            yield f"{where} : l’âge, le sexe, l’ALD ou la C2S ne sont pas ceux de la strate."
        yield from (f"{where}, {fault}" for fault in _of_stratum(row, definition.published.patients_from))
        others = set((row[MERGED_WITH] or "").split(SEPARATOR)) - {""}
        if row["stratum"] in others or not others <= set(keys):
            yield f"{where}, {MERGED_WITH} : « {row[MERGED_WITH]} » ; les autres strates jointes sont attendues."


def _of_stratum(row: Row, least: int) -> Iterator[str]:
    patients, cents = row["patients"], row["sum_cents"]
    if patients is None or not least <= patients < GREATEST:
        yield f"patients : {patients} ; {least} patients au moins sont attendus."
        return
    if cents is None or not 0 <= cents < GREATEST:
        yield f"sum_cents : {cents} ; un montant positif est attendu."
        return
    if row["mean_cents"] is None or not math.isclose(row["mean_cents"], cents / patients, rel_tol=1e-9):
        yield f"mean_cents : {row['mean_cents']} ; {cents / patients:.2f} est attendu (sum_cents / patients)."
    for name in ("var_cents2", "mean_boxes", "var_boxes2"):
        if row[name] is None or not 0 <= row[name] < math.inf:
            yield f"{name} : {row[name]} ; un nombre positif est attendu."


def _of_scope(scope: pa.Table, least: int) -> Iterator[str]:
    for row in scope.to_pylist():
        where, told = f"scope.parquet, classe « {row['atc']} »", (row["initiations"], row["gp_initiations"])
        if row["atc"] is None or row["tracked"] is None:
            yield f"{where} : une classe ATC, suivie ou non, est attendue."
        if any(n is not None and (0 < n < least or not 0 <= n < GREATEST) for n in told):
            yield f"{where} : {told} patients ; rien de moins de {least} n’est attendu d’une copie publiée."


def _of_classes(reference: Reference, least: int) -> Iterator[str]:
    keys = set(reference.strata["stratum"].to_pylist())
    for row in reference.classes.to_pylist():
        where = f"classes.parquet, strate « {row['stratum']} », classe « {row['atc']} »"
        if row["stratum"] not in keys or row["atc"] is None:
            yield f"{where} : une strate de strata.parquet et une classe ATC sont attendues."
        if any(row[name] is not None and 0 < row[name] < least for name in ("patients", "boxes")):
            yield f"{where} : rien de moins de {least} n’est attendu d’une copie publiée."
