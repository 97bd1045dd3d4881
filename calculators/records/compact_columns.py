"""Columns of the compact tables, so that one of which the folder tells nothing costs nothing: no step runs for it, no file
is read. The tests compare them with what the steps give."""

from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.engine import SQL_TYPES

TYPES = {"number": pa.int32(), "text": pa.string(), "real": pa.float64(), "flag": pa.bool_(), "small": pa.int8()}
COLUMNS = {
    "patient_keys": "patient patient_id:text",
    "professional_keys": "professional professional_id:text",
    "act_keys": "act system:text code:text",
    "drug_keys": "drug atc:text",
    "product_keys": "product cip13:text",
    "patients": "patient birth_day sex:text died_day ald_known c2s_known",
    "doctors": "doctor birth_day specialty:text sector:text department:text zone:text installed_day "
    "first_installation:flag active_to_day",
    "registrations": "patient doctor from_day to_day",
    "ald": "patient ald from_day to_day",
    "c2s": "patient from_day to_day",
    "act_results": "patient act day value:real unit:text comparator:text",
    "practice_facts": "doctor key:text value:text from_day to_day",
    "groups": "group_id:text doctor role:text from_day to_day",
    "places": "doctor commune:text department:text zone_gp:text zone_specialist:text qpv:flag",
    "coverage": "patient care from_day to_day",
    "vaccine_keys": "vaccine cip13:text cis:text atc:text",
    "vaccinations": "patient vaccine day first_day last_day precision",
    "products": "product drug pack_days pack_units biosimilar_group:text role:text device:text",
    "product_molecules": "product atc:text",
    "devices": "code:text label:text kind:text units",
    "stays": "patient entry_day exit_day kind:text ghm:text",
    "sick_leaves": "patient prescriber from_day to_day kind:text extension part_time",
    "territory": "area:text indicator:text period:text value:real unit:text source:text read_day",
    "acts": "patient act day quantity performer performer_specialty with_reversal:small prescriber "
    "prescriber_specialty prescribed_day base_cents paid_cents exo session:text",
    "deliveries": "patient drug product day boxes base_cents prescriber prescriber_specialty with_reversal:small "
    "from_reference:small prescribed_day exo",
    "acts_to_net": "patient act day quantity performer",
    "deliveries_to_net": "patient drug product day boxes prescriber prescriber_specialty",
    "injected": "patient drug product day",
}
"""A column is a number where nothing else is said."""


def schema(table: str) -> pa.Schema:
    """Of the table as it is on disk."""
    return pa.schema([(name, TYPES[kind]) for name, kind in _columns(table)])


@cache
def empty_file(table: str) -> bytes:
    """A parquet file of the table, without a row."""
    written = pa.BufferOutputStream()
    pq.write_table(schema(table).empty_table(), written)
    return bytes(written.getvalue())


def declared(table: str, *wanted: str) -> str:
    """Names and types of the wanted columns, of all when none is named, as a table is created with."""
    return ", ".join(f'"{one.name}" {SQL_TYPES[one.type]}' for one in schema(table) if not wanted or one.name in wanted)


def _columns(table: str) -> list[tuple[str, str]]:
    said = (column.partition(":") for column in COLUMNS[table].split())
    return [(name, kind or "number") for name, _, kind in said]
