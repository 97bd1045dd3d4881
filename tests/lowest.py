"""The quick lane with the oldest versions that pyproject.toml admits.

    python -m tests.lowest [--python 3.12]

Makes an environment of its own, with each dependency that is named there at its lower bound, and runs there what bears
on results; style, types, contracts and locks are for the versions locked.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LANE = "not (spark or browser or oracle or slow)"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--python", default=sys.executable, help="version or path")
    with tempfile.TemporaryDirectory() as place:
        venv = Path(place) / "venv"
        uv("venv", "--quiet", "--python", asked.parse_args().python, venv)
        python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        uv("pip", "install", "--quiet", "--python", python, "--resolution", "lowest-direct", "-e", f"{ROOT}[test]")
        uv("pip", "list", "--python", python)
        lane = [python, "-m", "pytest", "-m", LANE, "--ignore", "tests/test_house.py"]
        return subprocess.run(lane, cwd=ROOT).returncode


def uv(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "uv", *map(str, arguments)], check=True)


if __name__ == "__main__":
    sys.exit(main())
