"""Small readable worlds: doctors with a list of patients who all cost something known."""

from datetime import date
from pathlib import Path

from calculators.records.folder import Dataset
from calculators.records.store import Store, open_store
from calculators.sobriety.definition import Definition, load_definition
from calculators.sobriety.reference import Reference, build, open_reference
from tests import practice

YEAR, BUILT_ON = 2025, date(2026, 1, 15)
DRUG, OTHER_DRUG = "C09AA05", "A02BC01"


def definition(seen_over: int = 1) -> Definition:
    """The definition in force, with a threshold a village can reach."""
    real = load_definition(YEAR)
    return real.model_copy(update={"doctors": real.doctors.model_copy(update={"seen_over": seen_over})})


def village(lists: dict[str, list[int]], born: str = "1950-06-15", atc: str = DRUG, year: int = YEAR) -> dict:
    """Tables where doctor -> cents of each of his patients (0 = no delivery), all seen by him, all women of 75."""
    patients, registrations, acts, deliveries = [], [], [], []
    for doctor, amounts in lists.items():
        for number, cents in enumerate(amounts):
            patient = f"{doctor}-p{number:02d}"
            patients.append((patient, born, "F"))
            registrations.append((patient, doctor, "2010-01-01"))
            acts.append((patient, f"{year}-05-02", "ngap", "G", 1, doctor, "01"))
            if cents:
                deliveries.append((patient, f"{year}-05-02", None, atc, 1, cents, doctor, "01"))
    return {"patients": patients, "registrations": registrations, "acts": acts, "deliveries": deliveries}


def opened(folder: Path, about: Dataset | None = None, **tables: list) -> Store:
    """The store of these tables; nobody has a right unless they say so."""
    return open_store(practice.write(folder, about, **({"ald": [], "c2s": []} | tables)))


def referenced(folder: Path, store: Store, rule: Definition, year: int = YEAR) -> Reference:
    """The reference of the store itself."""
    build(store, year, rule, folder, BUILT_ON)
    return open_reference(folder)
