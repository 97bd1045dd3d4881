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
