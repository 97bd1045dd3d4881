"""The wheel is the whole program: installed alone in a fresh environment, it serves its pages from an empty folder."""

import contextlib
import os
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.serving.server import ADDRESS, free_port, wait_until_healthy
from tests.test_house import ROOMS, ROOT, tracked

pytestmark = pytest.mark.slow
SETTINGS = "dashboard/config.toml"


def uv(*arguments: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "uv", *map(str, arguments)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--out-dir", to)
    return next(to.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Iterator[Path]:
    """Folder of the commands of an environment that holds the wheel and what it asks for; on the disk of this one, whose
    files are linked rather than copied."""
    with tempfile.TemporaryDirectory(prefix=".wheel-", dir=sys.prefix) as place:
        uv("venv", "--quiet", "--clear", "--python", sys.executable, place)
        uv("pip", "install", "--quiet", "--python", place, "-c", ROOT / "requirements.lock", wheel)
        compiled_already(next(Path(place).rglob("site-packages")))
        yield Path(place) / ("Scripts" if os.name == "nt" else "bin")


def compiled_already(packages: Path) -> None:
    """What these tests have compiled of the same files is not compiled anew, which took longer than to serve a page; Python
    compiles all the same a file that is not the very same."""
    ours = Path(sysconfig.get_path("purelib"))
    for one in ours.rglob("__pycache__/*.pyc"):
        there = packages / one.relative_to(ours)
        if there.parent.parent.is_dir() and not there.exists():
            there.parent.mkdir(exist_ok=True)
            with contextlib.suppress(OSError):  # on another disk
                there.hardlink_to(one)


def test_everything_tracked_is_in_the_wheel_and_nothing_else(wheel: Path):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {path.relative_to(ROOT).as_posix() for path in tracked()}
    assert held == {name for name in ours if name.split("/")[0] in ROOMS} | {SETTINGS}


def test_the_settings_of_the_wheel_are_those_of_the_tree(wheel: Path):
    held = zipfile.ZipFile(wheel).read(SETTINGS).decode("utf-8")
    assert tomllib.loads(held) == tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_the_installed_command_serves_the_first_page_from_an_empty_folder(installed: Path, tmp_path: Path):
    port = free_port()
    bare = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [installed / "tableau-mt", "serve", "--no-browser", "--port", str(port)]
    here, said = tmp_path / "vide", tmp_path / "dit.txt"
    here.mkdir()
    with said.open("w") as errors:
        server = subprocess.Popen(command, cwd=here, env=bare, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        wait_until_healthy(server, port)
        opening = ADDRESS.search(said.read_text(encoding="utf-8"))
        assert opening
        request = urllib.request.Request(opening[1], headers={"Accept": "text/html"})
        with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(request, timeout=10) as answer:
            assert '<html lang="fr"' in answer.read().decode()
    finally:
        server.terminate()
        server.wait(20)
    assert list(here.iterdir()) == []


RUN = """
import os
from dashboard import launch, shipped
from streamlit.testing.v1 import AppTest
os.environ["TABLEAU_MT_DOSSIER"] = str(shipped.PRACTICES)
app = AppTest.from_file(str(launch.HERE / "app.py"), default_timeout=60).run()
print(launch.settings()["theme.light.primaryColor"], len(app.exception) + len(app.error), app.title[0].value)
"""


def test_the_installed_program_has_its_settings_its_rules_and_its_data(installed: Path, tmp_path: Path):
    done = subprocess.run([installed / "python", "-I", "-c", RUN], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["#12507b", "0", "Aujourd’hui"], done.stderr
