"""What one person may read of a store of many doctors: the rows of his doctors' patients, and nothing of any other patient.

They are copied, once, to a database of his own: what he reads later has nobody else's rows to find, whatever is asked of it,
and is as quick as one practice. Every compact table is either of patients, of doctors, or a dictionary that names nobody's
patient; one that is not said here is not copied.
"""

from collections.abc import Mapping, Sequence

import duckdb

from calculators.engine import connect, literal, parsed
from calculators.records import views

OF_PATIENTS = (
    "patients", "patient_keys", "ald", "c2s", "act_results", "coverage", "vaccinations", "injected",
    "acts", "deliveries", "acts_to_net", "deliveries_to_net", "stays", "sick_leaves",
)  # fmt: skip
OF_DOCTORS = ("doctors", "practice_facts", "groups", "places", "registrations")
DICTIONARIES = (
    "professional_keys", "act_keys", "drug_keys", "product_keys", "vaccine_keys", "products", "product_molecules",
    "territory", "devices",
)  # fmt: skip
LARGE = ("acts", "deliveries")
"""Under a second name too, with all their columns."""
MINE = "own_patients"


def condition(table: str) -> str:
    """What a row must be to be copied; `own_doctors` and `own_patients` are there."""
    if table in OF_DOCTORS:
        return "doctor in (select doctor from own_doctors)"
    if table in OF_PATIENTS:
        return f"patient in (select patient from {MINE})"
    return "true"


def copied(sources: Mapping[str, str], doctors: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A database with the rows of these doctors (ids): their own, and those of patients who are or were on their lists.
    `sources`: SQL of each compact table as it is on disk."""
    own = connect()
    named = ", ".join(map(literal, doctors)) or "null"
    keys = f"select professional as doctor from {sources['professional_keys']} where professional_id in ({named})"
    patients = (
        f"select distinct patient from {sources['registrations']} where doctor in (select doctor from own_doctors)"
    )
    own.execute(f"create temp table own_doctors as {keys}")
    own.execute(f"create temp table {MINE} as {patients}")
    for table in (*DICTIONARIES, *OF_DOCTORS, *OF_PATIENTS):
        own.execute(f"create table {table} as select * from {sources[table]} where {condition(table)}")
    for table in LARGE:
        own.execute(f"create view {table}_in_full as select * from {table}")
    for name in views.CARE:
        own.execute(parsed(own, f"create view {name} as {views.text(name)}"))
    return own
