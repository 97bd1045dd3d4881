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
from calculators.sobriety import coverage
from calculators.sobriety.change import change
from calculators.sobriety.definition import load_definition
from calculators.sobriety.openings import DoctorYear, open_doctor
from calculators.sobriety.ratio import ratio
from calculators.sobriety.reference_files import Reference, open_reference
from dashboard import shipped

VALIDATED = ("patient_id", "doctor_id", "indicator")


def known_doctor(store: Store, asked: str) -> str | None:
    """The doctor asked for, None for `all`. Raises UserError with the close ids."""
    if asked == "all":
        return None
    if asked not in (known := store.doctors()):
        raise UserError(f"Le médecin « {asked} » n’est pas dans « {store.folder} » ; {suggest(asked, known)}")
    return asked


def prevention(
    store: Store, rules: IndicatorSet, as_of: date, doctor: str | None, declared: pa.Table | None = None
) -> pa.Table:
    """Columns of `assess`, one row per (patient, doctor, indicator). `declared`: acts done elsewhere, says the doctor."""
    return assess(store, rules, as_of, doctor=doctor, declared=declared)


def sobriety(
    store: Store,
    year: int,
    reference: Reference,
    doctor: str | None,
    accept_unknown_rights: bool = False,
    accept_other_year: bool = False,
) -> pa.Table:
    """Columns of `ratio`, one row per doctor."""
    return ratio(store, year, reference, load_definition(year), doctor, accept_unknown_rights, accept_other_year)


def change_of(before: DoctorYear, now: DoctorYear) -> dict[str, Any]:
    """The row of `change`."""
    row: dict[str, Any] = change(before, now).to_pylist()[0]
    return row


def department(store: Store, doctor: str) -> str | None:
    """Where the doctor practises, if the data say so."""
    found = store.engine().fetch(
        "select d.department from doctors d join professional_keys k on k.professional = d.doctor "
        "where k.professional_id = :doctor",
        {"doctor": doctor},
    )
    place: str | None = found["department"][0].as_py() if found.num_rows else None
    return place


def reference_for(store: Store, year: int, given: Path | None = None) -> Reference:
    """The reference given, or the fictitious one for fictitious data: real spending is not compared with an invented
    one. Raises UserError."""
    if given:
        return open_reference(given)
    if not store.dataset.synthetic:
        raise UserError(
            coverage.problem(store, year)  # no reference would help
            or "Ces données sont réelles et la référence fournie avec le programme est fictive : construisez la vôtre "
            "avec « tableau-mt reference build », puis indiquez son dossier (page Sobriété, ou --reference)."
        )
    if not shipped.reference(year).is_dir():
        years = ", ".join(map(str, shipped.reference_years())) or "aucune"
        raise UserError(f"Il n’y a pas de référence fournie pour {year} (années fournies : {years}).")
    return open_reference(shipped.reference(year))


def opened(store: Store, year: int, reference: Reference, doctor: str) -> DoctorYear:
    """One doctor's year, to be opened by stratum, class and patient."""
    return open_doctor(store, year, reference, load_definition(year), doctor)


def forfait(store: Store, version: Version, year: int, doctor: str | None) -> pa.Table:
    """Columns of `pay_lines`; the prevention part comes from the indicators validated on 31 December of the year."""
    return pay_lines(store, version, year, validated(store, version, year, doctor), doctor=doctor)


def validated(store: Store, version: Version, year: int, doctor: str | None) -> pa.Table:
    """patient_id, doctor_id, indicator validated on 31 December of the year; none when the version pays none."""
    if version.indicator_set is None:
        return validated_of(None)
    return validated_of(at_year_end(store, load_set(version.indicator_set), year, doctor))


def at_year_end(store: Store, rules: IndicatorSet, year: int, doctor: str | None) -> pa.Table:
    """The verdicts an agreement pays on, those of 31 December: columns of `assess`."""
    return assess(store, rules, date(year, 12, 31), doctor=doctor)


def validated_of(verdicts: pa.Table | None) -> pa.Table:
    """patient_id, doctor_id, indicator of those validated; none when an agreement pays no indicator."""
    if verdicts is None:
        return pa.table({name: pa.array([], pa.string()) for name in VALIDATED})
    return verdicts.filter(pc.field("validated")).select(list(VALIDATED))
