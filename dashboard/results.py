"""The three results, computed in one way for the command line and the pages. No Streamlit here."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from calculators.errors import UserError
from calculators.forfait.pay import pay_lines
from calculators.forfait.version import Version
from calculators.prevention.assess import assess
from calculators.prevention.indicator import IndicatorSet, load_set
from calculators.records.store import Store
from calculators.rules import suggest
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import count, ratio
from calculators.sobriety.reference_files import Reference, open_reference
from calculators.sobriety.strata import strata_of
from dashboard import shipped

VALIDATED = ("patient_id", "doctor_id", "indicator")


def known_doctor(store: Store, asked: str) -> str | None:
    """The doctor asked for, None for `all`. Raises UserError with the close ids."""
    if asked == "all":
        return None
    if asked not in (known := store.doctors()):
        raise UserError(f"Le médecin « {asked} » n’est pas dans « {store.folder} » ; {suggest(asked, known)}")
    return asked


def prevention(store: Store, rules: IndicatorSet, as_of: date, doctor: str | None) -> pa.Table:
    """Columns of `assess`, one row per (patient, doctor, indicator)."""
    return assess(store, rules, as_of, doctor=doctor)


def sobriety(
    store: Store, year: int, reference: Reference, doctor: str | None, accept_unknown_rights: bool = False
) -> pa.Table:
    """Columns of `ratio`, one row per doctor."""
    definition = load_definition(year)
    return ratio(store, year, reference, definition, doctor=doctor, accept_unknown_rights=accept_unknown_rights)


def reference_for(store: Store, year: int, given: Path | None = None) -> Reference:
    """The reference given, or the fictitious one for fictitious data: real spending is not compared with an invented
    one. Raises UserError."""
    if given:
        return open_reference(given)
    if not store.dataset.synthetic:
        raise UserError(
            "Ces données sont réelles et la référence fournie avec le programme est fictive : construisez la vôtre "
            "avec « tableau-mt reference build », puis indiquez-la (--reference)."
        )
    if not shipped.reference(year).is_dir():
        years = ", ".join(map(str, shipped.reference_years())) or "aucune"
        raise UserError(f"Il n’y a pas de référence fournie pour {year} (années fournies : {years}).")
    return open_reference(shipped.reference(year))


def strata(store: Store, year: int, reference: Reference, doctor: str) -> pa.Table:
    """What each stratum brings to the ratio, in the order of the definition: age_class, sex, ald, c2s, label, patients,
    observed_cents (int), expected_cents (float), reference_patients. Sums are those of `ratio`."""
    definition = load_definition(year)
    cells = {row["stratum"]: row for row in _cells(store, year, reference, doctor)}
    norms = {row["stratum"]: row for row in reference.strata.to_pylist()}
    rows = []
    for place, stratum in enumerate(strata_of(definition)):
        cell, norm = cells.get(place, {"patients": 0, "cents": 0}), norms.get(stratum.key)
        rows.append(
            {
                "age_class": stratum.age_class, "sex": stratum.sex, "ald": stratum.ald, "c2s": stratum.c2s,
                "label": stratum.label, "patients": cell["patients"], "observed_cents": cell["cents"],
                "expected_cents": cell["patients"] * (norm["mean_cents"] if norm else 0.0),
                "reference_patients": norm["patients"] if norm else 0,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows)


def _cells(store: Store, year: int, reference: Reference, doctor: str) -> list[dict[str, Any]]:
    steps = count(store, year, reference, load_definition(year), [doctor])
    rows: list[dict[str, Any]] = steps.engine.fetch("select * from cells").to_pylist()
    return rows


def forfait(store: Store, version: Version, year: int, doctor: str | None) -> pa.Table:
    """Columns of `pay_lines`; the prevention part comes from the indicators validated on 31 December of the year."""
    return pay_lines(store, version, year, _validated(store, version, year, doctor), doctor=doctor)


def _validated(store: Store, version: Version, year: int, doctor: str | None) -> pa.Table:
    if version.indicator_set is None:
        return pa.table({name: pa.array([], pa.string()) for name in VALIDATED})
    rows = assess(store, load_set(version.indicator_set), date(year, 12, 31), doctor=doctor)
    return rows.filter(pc.field("validated")).select(list(VALIDATED))
