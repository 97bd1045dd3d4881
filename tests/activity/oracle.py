"""The same measures from the canonical rows, slowly and in plain Python."""

from collections import defaultdict
from datetime import date

Row = dict[str, object]


def after(as_of: date) -> date:
    """The day before the twelve months."""
    try:
        return as_of.replace(year=as_of.year - 1)
    except ValueError:
        return date(as_of.year - 1, 2, 28)


def done(acts: list[Row], doctor: str, as_of: date, kinds: dict[str, tuple[str, ...]]) -> dict[str, float]:
    """Acts by kind and the active file, from lines {patient_id, date, system, code, quantity, performer_id}."""
    left: dict[tuple[object, ...], int] = defaultdict(int)
    for act in acts:
        if act["performer_id"] == doctor and after(as_of) < act["date"] <= as_of:
            left[act["patient_id"], act["system"], act["code"], act["date"]] += act["quantity"]
    kept = [key for key, quantity in left.items() if quantity > 0]
    found = dict.fromkeys([*kinds, "autre"], 0.0)
    for _, system, code, _ in kept:
        kind = next((one for one, codes in kinds.items() if system == "ngap" and code in codes), "autre")
        found[kind] += 1
    return found | {"acts": float(len(kept)), "active_file": float(len({key[0] for key in kept}))}


def listed(people: list[tuple[date, list[int] | None, bool | None]], as_of: date, firsts: tuple[int, ...]) -> dict:
    """Of (birth, ALD or None, C2S or None) on a list: its size, by age, shares with a right."""
    found: dict[str, float | None] = {"listed": float(len(people))} | {f"age_{first}": 0.0 for first in firsts}
    for birth, _, _ in people:
        age = as_of.year - birth.year - ((as_of.month, as_of.day) < (birth.month, birth.day))
        found[f"age_{max(first for first in firsts if first <= age)}"] += 1
    for name, known in (
        ("ald_share", [bool(ald) for _, ald, _ in people if ald is not None]),
        ("c2s_share", [c2s for _, _, c2s in people if c2s is not None]),
    ):
        found[name] = 100 * sum(known) / len(known) if known else None
    return found


Person = tuple[str, int, str | None, bool | None, bool | None]
"""doctor_id, first age of the class, sex, ALD, C2S."""


def expected(
    people: dict[str, Person], acts: list[Row], doctor: str, others: list[str], as_of: date, wanted: str
) -> tuple[float, float]:
    """What a doctor did for his own list, patient by patient, and what the others would have done: acts of a kind (« acts »:
    of every kind; « active_file »: patients seen) per patient alike in all that is known of the whole list."""
    own = {name: one for name, one in people.items() if one[0] == doctor}
    known = [trait for trait in (3, 4) if all(one[trait] is not None for one in own.values())]

    def alike(one: Person) -> tuple[object, ...]:
        return (one[1], one[2], *(one[trait] for trait in known))

    def done_for(name: str) -> float:
        """By the doctor of his list."""
        mine = [row for row in acts if row["patient_id"] == name and row["performer_id"] == people[name][0]]
        kinds = {"consultation": ("G",), "visite": ("VG",), "teleconsultation": ("TCG",)}
        found = done(mine, people[name][0], as_of, kinds)
        return found[wanted]

    value = total = 0.0
    for name, one in own.items():
        peers = [other for other, its in people.items() if its[0] in others and alike(its) == alike(one)]
        if one[2] is not None and peers:
            value += done_for(name)
            total += sum(map(done_for, peers)) / len(peers)
    return value, total
