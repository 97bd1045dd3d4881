"""`tableau-mt pertinence DIR`: the measures of every doctor, the patients behind them, or what it would pay."""

from argparse import Namespace
from collections.abc import Mapping

import pyarrow as pa

from calculators import results
from calculators.economy import paid_schemes
from calculators.given import path
from calculators.pertinence.measure import Measure, load_measure, load_measures
from calculators.pertinence.reference import MeasureReference
from calculators.records.store import Store
from calculators.results import NoReferenceError
from calculators.rules import RuleError, suggest
from dashboard import shipped
from dashboard.command.output import deliver, opened, refuse, say, waiting


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    refuse(store, "sobriety")
    measures = _measures(asked)
    with waiting("Pertinence"):
        if asked.interessement:
            return deliver(_paid(asked, store, doctor, measures), asked)
        if asked.patients:
            return deliver(results.pertinence_patients(store, measures, asked.year, doctor), asked)
        reference, why = _reference(asked, store)
        table = results.pertinence(store, measures, asked.year, doctor, reference, why)
    return deliver(table, asked)


def _paid(asked: Namespace, store: Store, doctor: str | None, measures: Mapping[str, Measure]) -> pa.Table:
    """What the intéressements would pay, doctor by doctor."""
    known = load_measures(asked.folder) | dict(measures)
    doctors = [doctor] if doctor else store.doctors()
    return pa.concat_tables([paid_schemes(store, known, asked.year, one, asked.base_year) for one in doctors])


def _measures(asked: Namespace) -> Mapping[str, Measure]:
    """Those asked for, all by default. Raises RuleError (French)."""
    known = load_measures(asked.folder)
    if not asked.measure:
        return known
    found = {}
    for name in asked.measure:
        if name.endswith(".toml"):
            one = load_measure(path(name))
        elif name in known:
            one = known[name]
        else:
            raise RuleError(f"La mesure « {name} » n’existe pas ; {suggest(name, list(known))}")
        found[one.id] = one
    return found


def _reference(asked: Namespace, store: Store) -> tuple[MeasureReference | None, str]:
    """The one given, the one in use, or why there is none."""
    try:
        found = results.measures_reference(store, asked.year, shipped.REFERENCES, asked.reference)
    except NoReferenceError as missing:
        say(str(missing))
        return None, str(missing)
    if found.synthetic and not asked.reference:
        say(f"Référence {found.year} fournie avec le programme : fictive.")
    return found, ""
