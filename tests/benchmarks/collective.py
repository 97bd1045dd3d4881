"""How long it takes a practice to contribute, and a holder to sum: `python -m tests.benchmarks.collective [contributions]`.

A contribution of each round by one of the sample practices, then so many contributions of the second round, drawn, read,
checked and summed. Processor time beside elapsed time: the machine may be busy.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from calculators import collecting
from calculators.catalogue import Catalogue
from calculators.comparison import shares, sums
from calculators.comparison.campaign import Campaign, Round, key_hash
from calculators.comparison.shares import About
from calculators.defaults import defaults
from calculators.records.atc import names
from calculators.records.store import open_store
from dashboard import shipped

CLOSED, AFTER, YEAR = date(2026, 2, 28), date(2026, 3, 1), 2025
HOLDERS = ("a", "b")


def timed(what: str, run: Callable[[], object]) -> None:
    began, used = time.perf_counter(), time.process_time()
    run()
    print(f"{what}: {time.perf_counter() - began:.2f} s elapsed, {time.process_time() - used:.2f} s of processor")


def campaign(invited: int) -> Campaign:
    keys = [key_hash(f"{place:032x}") for place in range(invited)]
    rules = [Catalogue().sets[defaults().prevention.set]]
    return collecting.start("Mesure", YEAR, HOLDERS, CLOSED, keys, list(names().name), rules, True)


def sent(one: Campaign, to: Path) -> None:
    """A contribution of each invited doctor, for the first holder."""
    numbers = [1, *([0] * (one.size(2) - 1))]
    for key in one.invited:
        half, _ = shares.split(numbers)
        about = About(campaign=one.hash, round=2, holder="a", key=key, counter=1, number=shares.new_number())
        shares.write(half, about, to)


def contributing(one: Campaign, round_: Round, to: Path) -> None:
    store = open_store(shipped.PRACTICES)
    doctor = store.doctors()[0]
    found = collecting.tell(store, one, round_, doctor, Catalogue())
    for half, holder in zip(shares.split(found.numbers), HOLDERS, strict=True):
        about = About(
            campaign=one.hash, round=round_, holder=holder, key=one.invited[0], counter=1, number=shares.new_number()
        )
        shares.write(half, about, to / holder)


def main(contributions: int = 3000) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        sums.platformdirs.user_state_path = lambda _: place / "state"  # type: ignore[assignment,misc]
        first = campaign(contributions)
        second = first.model_copy(update={"after": first.hash, "tracked": first.classes})
        timed("one practice contributes to round 1", lambda: contributing(first, 1, place / "1"))
        timed("one practice contributes to round 2", lambda: contributing(second, 2, place / "2"))
        timed(f"{contributions} contributions of {second.size(2)} numbers written", lambda: sent(second, place / "3"))

        def summed() -> None:
            received = sums.receive(second, 2, sums.files_in([place / "3"]))
            sums.release(second, 2, received, place / "sum", AFTER)

        timed(f"{contributions} contributions checked and summed", summed)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
