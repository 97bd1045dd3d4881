"""Nothing is said after the end: no note of what an interpreter could not clear away, from the tests or the commands."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import practice
from tests.dashboard.serving.server import free_port, wait_until_healthy

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
KINDS = (
    "tests/prevention/test_bad_rules.py",  # faults found by pydantic
    "tests/forfait/test_leaving.py",  # stores in what Hypothesis draws
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    act = {"patient_id": "p1", "date": "2025-05-02", "system": "ngap", "code": "G", "performer_id": "d1"}
    return practice.write(tmp_path_factory.mktemp("silence") / "d", patients=[("p1", "1950-03-01", "F")], acts=[act])


@pytest.mark.parametrize("workers", ["2"])
def test_nothing_follows_the_summary_of_the_tests(workers: str):
    run = [sys.executable, "-m", "pytest", "-n", workers, *KINDS]
    done = subprocess.run(run, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert re.fullmatch(r"\d+ passed in .+s", done.stdout.splitlines()[-1]), done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["check"], 0, []),
        (["prevention", "--doctor", "all", "--as-of", "2026-06-30"], 0, ["Vérification"]),
        (["prevention", "--doctor", "d2", "--as-of", "2026-06-30"], 2, ["d2"]),
        (
            ["prevention", "--doctor", "all", "--as-of", "2026-06-30", "--set", "mien.toml"],
            2,
            ["Vérification", "mien.toml"],
        ),
        (
            ["forfait", "--doctor", "all", "--year", "2025", "--version", "convention_2024"],
            0,
            ["Vérification", "s’applique depuis", "un seul patient"],
        ),
        (
            ["sobriety", "--doctor", "all", "--year", "2025"],
            0,
            ["Vérification", "Référence 2025", "n’a que 1 patient"],
        ),
        (["reference", "build", "--year", "2025", "--to", "reference"], 2, ["délivrances"]),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_a_command_says_what_it_has_to_say_and_no_more(
    folder: Path, tmp_path: Path, arguments: list[str], code: int, said: list[str]
):
    (tmp_path / "mien.toml").write_text('id = "mien"\nlabel = "Mien"\nindicators = ["suivi_hba1c", "suivi_hba1c"]\n')
    words = 2 if arguments[0] == "reference" else 1
    run = [sys.executable, "-m", "dashboard", *arguments[:words], str(folder), *arguments[words:]]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == len(said), done.stderr
    assert all(word in line for word, line in zip(said, lines, strict=True)), done.stderr


def test_a_server_that_is_interrupted_says_nothing_more(folder: Path, tmp_path: Path):
    port = free_port()
    run = [sys.executable, "-m", "dashboard", str(folder), "--port", str(port), "--no-browser"]
    server = subprocess.Popen(run, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_until_healthy(server, port)
    server.send_signal(signal.SIGINT)
    said, _ = server.communicate(timeout=30)
    [opened, how_to_stop, *rest] = [line for line in said.splitlines() if line.strip()]
    assert f"http://127.0.0.1:{port}" in opened
    assert "Ctrl+C" in how_to_stop
    assert rest == ["Interrompu."]
