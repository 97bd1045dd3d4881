"""Judge a mutant of a shared view: does it still give what plain sums over the canonical rows give?"""

import random
import tempfile
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path

from calculators.engine import Engine
from calculators.records import views
from calculators.records.store import Store
from tests.records import test_views as plain

SECONDS = 40


def judge(file: Path, text: str) -> None:
    """Raise AssertionError, or the engine's own error, when the mutant is noticed."""
    of_file, of_store = views.text, Store.engine
    views.text = lambda name: text if name == file.stem else of_file(name)
    Store.engine = lambda store: _named_again(of_store(store))
    try:
        for compare in _comparisons():
            compare()
    finally:
        views.text, Store.engine = of_file, of_store


def _named_again(engine: Engine) -> Engine:
    """A store names the views when it is opened."""
    views.show_care(engine)
    return engine


@cache
def _comparisons() -> list[Callable[[], object]]:
    """All that the tests of the views compare, on stores opened once."""
    folder = Path(tempfile.mkdtemp(prefix="mutation-"))
    lines = plain.drawn(random.Random(11))
    store, alds = plain.stored(folder / "lines", lines), plain.with_alds(folder / "alds")
    rights = {
        case: plain.owned(folder / f"rights-{n}", *case) for n, case in enumerate(product(plain.KNOWN, plain.RECORDED))
    }
    return [
        *(lambda net=net: plain.compared(store, lines, net) for net in plain.NETS),
        *(lambda net=net: plain.compare_amounts(store, lines, net) for net in plain.NETS[5:]),
        lambda: plain.compare_told(store),
        *(lambda case=case: plain.compare_rights(rights[case], *case) for case in rights),
        lambda: plain.compare_alds(alds),
    ]
