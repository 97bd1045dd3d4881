"""The verification of large data, in a process of its own: what it takes of memory goes with it, and pages do not wait.

`python -m dashboard.serving.verifying DIR` is that process; what it finds is kept beside the store.
"""

import atexit
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from calculators.errors import UserError
from calculators.records.examined import examined
from calculators.records.store import open_store

LESS_URGENT = 10
"""By how much it lets the pages pass (`nice`)."""


def apart(folder: Path) -> None:
    """Verify a folder, and wait for it; it ends with this program. What it cannot do, the page that asks does."""
    with suppress(OSError):
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        atexit.register(process.kill)
        process.wait()
        atexit.unregister(process.kill)


def main() -> None:
    if hasattr(os, "nice"):
        os.nice(LESS_URGENT)
    with suppress(UserError):  # told by the page that opens the folder
        examined(open_store(Path(sys.argv[1]), held=False))


if __name__ == "__main__":
    main()
