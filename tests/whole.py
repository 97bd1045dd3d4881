"""What the test command does in a short form is done whole with `TESTS=all`: see the README, « Long runs »."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
WHOLE = os.environ.get("TESTS") == "all"


def one_in(number: int, cases: Sequence[T]) -> Sequence[T]:
    """All the cases, or in the test command one in `number` and the last."""
    return cases if WHOLE else [*cases[:-1:number], *cases[-1:]]
