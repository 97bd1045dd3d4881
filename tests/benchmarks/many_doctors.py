"""A server of a thousand doctors: from the login to the first page, and the memory of those nobody looked at.

    python -m tests.benchmarks.many_doctors DIR [--doctors 20]

DIR: a folder of many (`tableau-mt sample --doctors 1000 --seed 1 --from 2024-01-01 --as-of 2026-06-30 --to DIR`), whose
store is built first. So many doctors come in one after the other: told are the seconds from the click on « Se connecter »
to the end of the first page, the same of a second visit, and the memory of the server before anybody came and after each.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from calculators.records.store import open_store
from tests.dashboard.serving.identity import provider, shared, sign_in
from tests.visitor import connected

SETTINGS = """
[server]
folder = "{folder}"
address = "http://127.0.0.1:{port}"
port = {port}
[auth]
metadata = "{provider}/.well-known/openid-configuration"
client_id = "tableau"
session_minutes = {minutes}
[audit]
folder = "{audit}"
[doctors.map]
"""


def measure(folder: Path, doctors: int, elsewhere: Path) -> None:
    """One line for each doctor, then the summary."""
    known = open_store(folder, held=False).doctors()
    asked = known[:: max(len(known) // doctors, 1)][:doctors]
    people = "".join(f'p{place} = "{doctor}"\n' for place, doctor in enumerate(asked))
    with provider() as identities, shared(folder, identities, elsewhere, settings=SETTINGS + people) as server:
        start, first, again = server.memory(), [], []
        print(f"{len(known)} doctors; {start:.0f} MB before anybody came", flush=True)
        for place, doctor in enumerate(asked):
            for seconds in (first, again):
                since = time.perf_counter()
                cookie = sign_in(server, f"p{place}")[2]
                with connected(server, server.address, cookie) as visitor:
                    assert visitor.open().title == "Aujourd’hui", doctor
                seconds.append(time.perf_counter() - since)
            print(f"{doctor}: {first[-1]:.2f} s, then {again[-1]:.2f} s; {server.memory():.0f} MB", flush=True)
        print(f"login to first page: median {statistics.median(first):.2f} s, longest {max(first):.2f} s")
        print(f"again {statistics.median(again):.2f} s; {(server.memory() - start) / len(asked):.1f} MB by doctor seen")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--doctors", type=int, default=20)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as elsewhere:
        measure(given.folder, given.doctors, Path(elsewhere))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
