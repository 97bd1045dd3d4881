"""An agreement before it is used: do its examples come out, and what does its file leave unsaid?"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from calculators import dates
from calculators.forfait.example import Example, ExampleDoctor, ExampleGroup
from calculators.forfait.population import Population, Priced, price
from calculators.forfait.version import OLDEST, Version
from calculators.rules import Outcome, outcome

DOCTOR = "exemple"
ENOUGH_EXAMPLES = 2


def run_examples(version: Version) -> list[Outcome]:
    """The examples of a version, in the order of the file."""
    return [
        outcome(one.name, one.expect.model_dump(exclude_unset=True), _found(version, one)) for one in version.example
    ]


def unsaid(version: Version) -> list[str]:
    """What a reader would look for in the file and not find, in French."""
    return list(_unsaid(version))


def _unsaid(version: Version) -> Iterator[str]:
    if (known := len(version.example)) < ENOUGH_EXAMPLES:
        yield f"deux exemples au moins, un patient et une liste ; il y en a {known} (tables [[example]])"
    if not any(example.patient for example in version.example):
        yield "un exemple de patient, avec sa ligne et son montant"
    if not any(example.list for example in version.example):
        yield "un exemple de liste, avec le total du médecin"
    if all(reference.basis == "hypothese" for reference in version.reference):
        yield "une référence qui ne soit pas une hypothèse"
    if version.valid_from is None:
        yield "« valid_from » : depuis quand l’accord s’applique, s’il est signé"
    if version.prevention is None and not version.means:
        yield "« prevention » ou « means » : la prévention n’est payée nulle part"


def _found(version: Version, example: Example) -> dict[str, Any]:
    groups = example.list or (ExampleGroup(patients=1, **dict(example.patient or {})),)
    priced = price(_population(version, groups, example), version, with_means=example.with_means)
    euros = {line: Decimal(int(cents)) / 100 for line, cents in zip(priced.lines, priced.cents[0], strict=True)}
    line = _base_line(priced) if example.patient else None
    return {
        "line": line,
        "amount": euros.get(("socle", line or "")),
        "c2s": euros.get(("c2s", "par_patient"), Decimal(0)),
        "total": sum(euros.values()),
    }


def _base_line(priced: Priced) -> str:
    return next(
        line
        for (part, line), patients in zip(priced.lines, priced.patients[0], strict=True)
        if part == "socle" and patients
    )


def _population(version: Version, groups: Sequence[ExampleGroup], example: Example) -> Population:
    year = version.seniority[0].year
    cells = pa.Table.from_pylist([_cell(group) for group in groups], schema=CELLS)
    doctors = pa.Table.from_pylist([_doctor(example.doctor, year)], schema=DOCTORS)
    rows = [
        {"doctor_id": DOCTOR, "indicator": name, "patients": n, "unseen": 0} for name, n in example.validated.items()
    ]
    validated = {version.indicator_set: pa.Table.from_pylist(rows, schema=VERDICTS)} if version.indicator_set else {}
    return Population.from_cells(cells, doctors, version, year, validated)


def _cell(group: ExampleGroup) -> dict[str, Any]:
    rights = {name: int(getattr(group, name)) for name in ("ald", "c2s", "seen")}
    return {"doctor_id": DOCTOR, "age": min(group.age, OLDEST), "patients": group.patients} | rights


def _doctor(given: ExampleDoctor, year: int) -> dict[str, Any]:
    first = given.installation_year
    return {
        "doctor_id": DOCTOR,
        "zone": given.zone,
        "birth_day": None if given.age is None else dates.to_day(date(year - given.age, 1, 1)),
        "installed_day": None if first is None else dates.to_day(date(year - first + 1, 1, 1)),
        "first_installation": first is not None,
    }


CELLS = pa.schema(
    [
        *(("doctor_id", pa.string()), ("age", pa.int64())),
        *((name, pa.int64()) for name in ("ald", "c2s", "seen", "patients")),
    ]
)
DOCTORS = pa.schema(
    [
        *(("doctor_id", pa.string()), ("zone", pa.string()), ("birth_day", pa.int32()), ("installed_day", pa.int32())),
        ("first_installation", pa.bool_()),
    ]
)
VERDICTS = pa.schema(
    [("doctor_id", pa.string()), ("indicator", pa.string()), ("patients", pa.int64()), ("unseen", pa.int64())]
)
