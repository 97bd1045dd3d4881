"""`tableau-mt pertinence DIR`: the measures of every doctor, the patients behind them, or what it would pay."""

from argparse import Namespace
from collections.abc import Mapping

import pyarrow as pa

from calculators import french, results
from calculators.catalogue import Catalogue
from calculators.given import path
from calculators.pertinence.example import run_all
from calculators.pertinence.interessement import interessement
from calculators.pertinence.measure import Measure, load_measure, load_measures
from calculators.pertinence.reference import MeasureReference
from calculators.records.store import Store
from calculators.results import NoReferenceError
from dashboard import shipped
from dashboard.command import rule_report
from dashboard.command.output import deliver, opened, refuse, say, usable_measures, waiting
from dashboard.pertinence import in_words


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
    known = Catalogue(asked.folder).measures | dict(measures)
    doctors = [doctor] if doctor else store.doctors()
    return pa.concat_tables([interessement(store, known, asked.year, one, asked.base_year) for one in doctors])


def _measures(asked: Namespace) -> Mapping[str, Measure]:
    """Those asked for, all by default; an example of one that does not ship is run, and told when it fails. Raises RuleError
    (French)."""
    found = _asked_for(asked)
    added = [one for name, one in found.items() if name not in load_measures()]
    for line in rule_report.otherwise(run_all(added)):
        say(line)
    return found


def _asked_for(asked: Namespace) -> Mapping[str, Measure]:
    if not asked.measure:
        return usable_measures(asked.folder)
    known = Catalogue(asked.folder)
    found = [load_measure(path(name)) if name.endswith(".toml") else known.measure(name) for name in asked.measure]
    return {one.id: one for one in found}


def _reference(asked: Namespace, store: Store) -> tuple[MeasureReference | None, str]:
    """The one given, the one in use, or why there is none."""
    try:
        found = results.measures_reference(store, asked.year, shipped.REFERENCES, asked.reference)
    except NoReferenceError as missing:
        say(str(missing))
        return None, str(missing)
    if store.dataset.synthetic and not asked.reference:
        say(f"Référence {found.year} fournie avec le programme : fictive.")
    else:
        say(french.plain(f"{in_words.provenance(found)} Gardée dans {found.path}."))
    return found, ""
