"""The program as it is started, except that it computes nothing before it is asked for.

What it counts ahead is a minute of processor, and what it is warm with another second; the same in every server of the
tests, and most of it is asked for in none.
"""

import sys

from dashboard.command import main
from dashboard.serving import memory
from dashboard.serving.ahead import Ahead


def prepare() -> None:
    """Before `main`."""
    memory.settle()  # before anything loads pyarrow
    from dashboard import data
    from dashboard.prevention import charts as prevention_charts
    from dashboard.sobriety import charts as sobriety_charts

    Ahead.start = lambda _self: None
    data.warm_up = lambda: None
    prevention_charts.BUILT = sobriety_charts.BUILT = ()


if __name__ == "__main__":
    prepare()
    sys.exit(main())
