"""Records drawn at the edges: days around both ends of the twelve months, lines taken back, ages at each class."""

import random
from datetime import date, timedelta
from pathlib import Path

from calculators.activity.measure import settings
from calculators.dates import add_months
from tests import practice
from tests.activity import oracle

CODES = (("ngap", "G"), ("ngap", "VG"), ("ngap", "TCG"), ("ngap", "K"), ("ccam", "DEQP003"), ("nabm", "G"))
Drawn = tuple[Path, list[oracle.Row], list[tuple[date, list[int] | None, bool | None]]]


def records(folder: Path, seed: int, as_of: date, rights: bool) -> Drawn:
    """A folder of two doctors, its lines of acts, and the people of the list of the first."""
    draw = random.Random(seed)
    first = oracle.after(as_of)
    days = [first, first + timedelta(days=1), as_of, as_of + timedelta(days=1), as_of - timedelta(days=40)]
    people, tables = [], {"patients": [], "registrations": [], "ald": [], "c2s": [], "acts": []}
    for rank in range(30):
        patient, age = f"p{rank:02}", draw.choice(settings().ages)
        birth = add_months(as_of, -12 * age) + timedelta(days=draw.choice((-1, 0, -200)) if age else -3)
        own = draw.random() < 0.7
        tables["patients"].append((patient, birth, draw.choice("FM")))
        tables["registrations"].append((patient, "d1" if own else "d2"))
        ald = [8] if draw.random() < 0.4 else []
        c2s = draw.random() < 0.3
        tables["ald"] += [(patient, number) for number in ald]
        tables["c2s"] += [(patient,)] * c2s
        if own:
            people.append((birth, ald or ([] if rights else None), c2s or (False if rights else None)))
        for _ in range(draw.randrange(6)):
            system, code = draw.choice(CODES)
            tables["acts"].append({
                "patient_id": patient, "date": draw.choice(days), "system": system, "code": code,
                "quantity": draw.choice((-1, 1, 1, 1, 2)), "performer_id": draw.choice(("d1", "d1", "d2", None)),
            })  # fmt: skip
    about = practice.dataset(ald_known=rights, c2s_known=rights, covers_from=date(1900, 1, 1))
    return practice.write(folder, about, **tables), tables["acts"], people
