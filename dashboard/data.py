"""What the pages ask: the only place with st.cache_*. Results are read-only and shared; nobody changes them.

A folder of this computer is shared by all sessions. An uploaded file is not: its results live and die with its session.
A folder that changed on disk has another stamp, thus other cache entries.
"""

import functools
import os
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pyarrow as pa
import streamlit as st

from calculators.errors import UnusableFolderError, UserError
from calculators.forfait import stake
from calculators.forfait.version import Version, available_versions, load_version
from calculators.prevention.indicator import IndicatorSet, available_sets, load_set
from calculators.records.folder import Dataset
from calculators.records.readers import import_sources
from calculators.records.store import Store, open_store
from calculators.sobriety.openings import DoctorYear
from calculators.sobriety.reference_files import Reference, open_reference
from dashboard import board, results, shipped

P = ParamSpec("P")
T = TypeVar("T")
PREFERRED_SET = "convention_2024"


@dataclass(frozen=True)
class Place:
    """A data folder as it is now: its path, its stamp, and whether it was uploaded in this session."""

    path: str
    stamp: str
    uploaded: bool = False


Asked = Callable[Concatenate[Place, P], T]


def _remembered(compute: Asked[P, T]) -> Asked[P, T]:
    """Compute once: for all sessions, or for this one alone when the data were uploaded in it."""
    shared = st.cache_resource(max_entries=64, show_spinner=False)(compute)
    own = st.cache_resource(max_entries=32, show_spinner=False, scope="session")(compute)

    @functools.wraps(compute)
    def ask(place: Place, *args: P.args, **kwargs: P.kwargs) -> T:
        return (own if place.uploaded else shared)(place, *args, **kwargs)

    return ask


def default_folder() -> Path:
    """The folder the command was started with, else the sample practices."""
    return Path(os.environ.get("TABLEAU_MT_DOSSIER", shipped.PRACTICES))


def place(folder: Path, uploaded: bool = False) -> Place:
    """The folder as it is now. Raises UnusableFolderError (French) when there is none, or when it is on a network:
    a link must not make this computer log on to another one."""
    if str(folder).startswith(("\\\\", "//")):
        raise UnusableFolderError(f"« {folder} » est sur un réseau : copiez le dossier sur cet ordinateur.")
    if not (folder / "dataset.toml").is_file():
        raise UnusableFolderError(
            f"« {folder} » n’est pas un dossier de données : indiquez un dossier qui contient dataset.toml "
            "(« tableau-mt import » ou « tableau-mt sample » en écrivent un), ou videz le champ pour revenir au départ."
        )
    files = [(p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(folder.iterdir()) if p.name[0] != "."]
    return Place(str(folder.resolve()), str(hash(tuple(files))), uploaded)


def import_file(content: bytes, name: str, into: tempfile.TemporaryDirectory[str]) -> Place:
    """Convert an uploaded file into a data folder that disappears with the session. Raises UserError (French)."""
    source = Path(into.name) / (Path(name).name or "document.xml")
    source.write_bytes(content)
    try:
        import_sources([source], Path(into.name) / "donnees")
    finally:
        source.unlink()
    return place(Path(into.name) / "donnees", uploaded=True)


@_remembered
def store(place: Place) -> Store:
    return open_store(Path(place.path))


def dataset(place: Place) -> Dataset:
    return store(place).dataset


def is_sample(place: Place) -> bool:
    return Path(place.path) == shipped.PRACTICES


@_remembered
def doctors(place: Place) -> list[str]:
    return store(place).doctors()


@st.cache_resource(show_spinner=False)
def stories() -> dict[str, dict[str, Any]]:
    """Name and story of each sample practice, by doctor."""
    if not shipped.STORIES.exists():
        return {}
    return {one["id"]: one for one in tomllib.loads(shipped.STORIES.read_text(encoding="utf-8"))["practice"]}


@st.cache_resource(show_spinner=False)
def set_names() -> list[str]:
    return available_sets()


@st.cache_resource(max_entries=16, show_spinner=False)
def indicator_set(name: str) -> IndicatorSet:
    return load_set(name)


@st.cache_resource(max_entries=32, show_spinner=False)
def version(name: str) -> Version:
    return load_version(name)


def versions() -> list[Version]:
    return [version(name) for name in available_versions()]


@_remembered
def roster(place: Place, doctor: str, as_of: date) -> pa.Table:
    return board.roster(store(place), doctor, as_of)


@_remembered
def prevention(place: Place, doctor: str, as_of: date, set_name: str) -> pa.Table:
    return results.prevention(store(place), indicator_set(set_name), as_of, doctor)


@_remembered
def gaps(place: Place, doctor: str, as_of: date, set_name: str) -> pa.Table:
    verdicts = prevention(place, doctor, as_of, set_name)
    return board.gaps(verdicts, roster(place, doctor, as_of), indicator_set(set_name))


@_remembered
def tally(place: Place, doctor: str, as_of: date, set_name: str) -> pa.Table:
    return board.tally(prevention(place, doctor, as_of, set_name), indicator_set(set_name))


@_remembered
def care(place: Place, patient: str, as_of: date) -> pa.Table:
    return board.care(store(place), patient, as_of)


@_remembered
def sobriety(
    place: Place, doctor: str, year: int, reference: str | None = None, accept_unknown: bool = False
) -> dict[str, Any]:
    """The row of `ratio` for one doctor. Raises UserError when there is no reference to compare with."""
    found = results.reference_for(store(place), year, Path(reference) if reference else None)
    row: dict[str, Any] = results.sobriety(store(place), year, found, doctor, accept_unknown).to_pylist()[0]
    return row


@_remembered
def opened(place: Place, doctor: str, year: int, reference: str | None = None) -> DoctorYear:
    found = results.reference_for(store(place), year, Path(reference) if reference else None)
    return results.opened(store(place), year, found, doctor)


@_remembered
def forfait(place: Place, doctor: str, year: int, version_name: str) -> pa.Table:
    return results.forfait(store(place), version(version_name), year, doctor)


@_remembered
def at_stake(place: Place, doctor: str, year: int, version_name: str) -> pa.Table:
    return stake.at_stake(store(place), version(version_name), year, doctor)


def sobriety_years(place: Place) -> list[int]:
    """Complete years of the data that have a reference, latest first; all complete years for real data."""
    about = dataset(place)
    last = (
        about.covers_to.year if (about.covers_to.month, about.covers_to.day) == (12, 31) else about.covers_to.year - 1
    )
    complete = list(range(last, max(about.covers_from.year, last - 5), -1))
    known = [year for year in complete if not about.synthetic or year in shipped.reference_years()]
    return known or complete[:1] or [last]


@st.cache_resource(max_entries=4, show_spinner=False)
def shipped_reference(year: int) -> Reference | None:
    """The fictitious reference of a year, if one is shipped."""
    return open_reference(shipped.reference(year)) if shipped.reference(year).is_dir() else None


def version_in_force(year: int) -> str:
    """The agreement in force, or the latest one."""
    known = versions()
    for one in reversed(known):
        starts, ends = one.valid_from, one.valid_to
        if starts and starts.year <= year and (ends is None or ends.year >= year):
            return one.id
    return known[-1].id


def warm_up() -> None:
    """Open the default folder and compute its first screen; a folder at fault is for the page to tell."""
    try:
        here = place(default_folder())
        doctor, as_of = doctors(here)[0], dataset(here).covers_to
        gaps(here, doctor, as_of, PREFERRED_SET)
        tally(here, doctor, as_of, PREFERRED_SET)
        forfait(here, doctor, as_of.year, version_in_force(as_of.year))
        sobriety(here, doctor, sobriety_years(here)[0])
    except (UserError, IndexError):
        return
