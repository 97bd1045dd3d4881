"""Documents made by hand: say what matters, the rest is ordinary.

document("a", person("Martin", "Jean", date(1955, 9, 1), "M"), acts=[("2025-04-02", "ngap", "G")])
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from calculators.records.readers.shape import Covered, Document, Person
from tests import practice

NOW = date(2026, 1, 10)
DOMAINS = ("acts", "deliveries", "vaccinations", "biology")
KEY = "patient"


def number_of(birth: date, sex: str, order: int = 1) -> str:
    """A number of this birth and sex, with its key."""
    digits = f"{'1' if sex == 'M' else '2'}{birth:%y%m}99351{order:03}"
    return digits + f"{97 - int(digits) % 97:02}"


def person(family: str, given: str, birth: date, sex: str, **more: Any) -> Person:
    """Somebody with a number of his own; who has the same name, birth and sex has the same."""
    order = int(hashlib.sha256(f"{family}{given}".encode()).hexdigest(), 16) % 900
    number = more.pop("number", number_of(birth, sex, order))
    return Person(more.pop("key", KEY), birth, sex, number=number, family=family, given=given, **more)


def child(family: str, given: str, birth: date, sex: str, parent: str = "") -> Person:
    """A child, under the number of a parent."""
    return person(family, given, birth, sex, number=parent or number_of(date(1980, 2, 3), "F"))


def document(
    name: str,
    *people: Person,
    period: tuple[str, str] | None = ("2023-01-01", "2025-12-31"),
    created: date = NOW,
    kind: str = "remb",
    **tables: Iterable[Sequence[Any]],
) -> Document:
    """A document of these people; rows of its tables are of the first of them, without his key."""
    key = people[0].key
    rows = {table: [practice._row(table, (key, *row)) for row in given] for table, given in tables.items()}
    covered = [
        Covered(one.key, domain, *map(date.fromisoformat, period)) for one in people for domain in DOMAINS if period
    ]
    return Document(
        kind=kind,
        name=name,
        title=f"Document {name}",
        source_id=hashlib.sha256(f"{name}{people}{rows}{period}{created}".encode()).hexdigest(),
        people=people,
        tables={table: practice.table(table, given) for table, given in rows.items()},
        covered=tuple(covered),
        created_on=created,
        read={"Soins": sum(map(len, rows.values()))},
    )
