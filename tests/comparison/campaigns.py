"""Small campaigns, and contributions to them without records."""

from datetime import date
from pathlib import Path

from calculators.comparison import shares
from calculators.comparison.campaign import Campaign, Round, key_hash
from calculators.comparison.shares import About

KEYS = [f"{place:032x}" for place in range(1, 31)]
CLOSED, AFTER = date(2026, 2, 28), date(2026, 3, 1)
HOLDERS = ("urps", "faculte")


def campaign(invited: int = 8, minimum: int = 5, indicators: int = 1, **changes: object) -> Campaign:
    """Of rates of prevention: 2 numbers by indicator and cell, and that of the doctors."""
    content = {
        "layout": 1, "id": "a" * 32, "title": "Essai", "year": 2025, "synthetic": True, "holders": HOLDERS,
        "minimum": minimum, "closes_on": CLOSED, "rounds": (2,), "priced": False,
        "invited": sorted(key_hash(key) for key in KEYS[:invited]),
        "sets": [{"id": "jeu", "hash": "0" * 16, "indicators": [f"acte_{n}" for n in range(indicators)]}],
        "cells": ["0-16 F", "17-39 F"],
    }  # fmt: skip
    return Campaign.model_validate(content | changes)


def sobriety(**changes: object) -> Campaign:
    """Of scope and strata alone: two classes, one stratum, twenty doctors."""
    strata = {"sobriety": "0" * 16, "strata": ("17-39 F",), "classes": ("A02BC01", "C09AA05"), "rounds": (1, 2, 3)}
    return campaign(30, **({"minimum": 20, "sets": (), "cells": ()} | strata | changes))


def send(
    one: Campaign, numbers: list[int], to: Path, key: str = KEYS[0], counter: int = 1, number: str = "",
    round_: Round = 2,
) -> tuple[Path, Path]:  # fmt: skip
    """Cut and write a contribution; gives both files."""
    number = number or shares.new_number()
    files = []
    for half, holder in zip(shares.split(numbers), one.holders, strict=True):
        about = About(campaign=one.hash, round=round_, holder=holder, key=key_hash(key), counter=counter, number=number)
        files.append(shares.write(half, about, to / holder))
    return files[0], files[1]


def counts(one: Campaign, eligible: int = 30, done: int = 10) -> list[int]:
    """A doctor who counts, with these numbers in each cell."""
    cells = sum(len(part.indicators) for part in one.sets) * len(one.cells)
    return [1, *[eligible, done] * cells]
