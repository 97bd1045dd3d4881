"""What every subject asks of the compact tables, each definition written once: acts and deliveries that happened, rights
on a day.

Reversals are netted on a key, and each calculator has its own: there is one view per key. Nearly all days have no
reversal, and the store says which: their lines are taken as they are, in the order of the store, and only the few others
are added up.

The views of care are there under their names wherever the compact tables are. Those of rights depend on a day: they are
put in front of each step that reads them.
"""

from calculators.engine import Engine, sql_text
from calculators.steps import header

PACKAGE = "calculators.records.views"
CARE = (
    *("acts_done", "acts_done_by_performer", "deliveries_done", "drugs_delivered", "products_delivered"),
    *("acts_prescribed", "drugs_prescribed", "products_prescribed"),
)
RIGHTS = ("ald_on_day", "rights_on_day", "rights_on_days")
"""In the order in which one reads another."""


def text(name: str) -> str:
    """Text of a view."""
    return sql_text(PACKAGE, name)


def show_care(engine: Engine) -> None:
    """Name the views of care, over the acts and deliveries that the engine sees now."""
    for name in CARE:
        engine.define(name, text(name))


def with_rights(step: str) -> str:
    """The text of a step, with the views of rights that it reads in front; `Store.rights_on` gives their parameters."""
    read = set(header(step).reads)
    for name in reversed(RIGHTS):
        if name in read:
            read |= set(header(text(name)).reads)
    front = ",\n".join(f"{name} as (\n{text(name)})" for name in RIGHTS if name in read)
    return f"with {front}\n{step}" if front else step
