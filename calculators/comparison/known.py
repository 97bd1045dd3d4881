"""Published references that were added on this computer: kept for their owner alone, one folder each, with their files as
they came.

A reference comes as a folder or as a zip, of which only the files of a published copy are taken, within limits; what
`reference.toml` says of their content (`checksums`) is checked before anything else is read. Its id is its year and the
start of the hash of `reference.toml`, which names all the others: the same reference added twice is there once.
"""

import hashlib
import re
import shutil
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import platformdirs

from calculators import faults, given
from calculators.aside import folder_aside
from calculators.errors import UserError
from calculators.rules import suggest

ABOUT = "reference.toml"
NEEDED = ("strata.parquet", "scope.parquet", "classes.parquet", "distribution.parquet")
RATES = "prevention.parquet"
MEASURES = "measures.parquet"
"""Files of a published reference beside `reference.toml`; measures of relevance and rates of prevention may come with
them, the rates instead of them where it says `rates_only`; it has no other."""
LARGEST_FILE = 20_000_000
"""Bytes of one of its files, unpacked: that of the country has a fortieth of them."""
ADDED = "added.toml"
"""What is written here of it: the day it was added."""
Check = Callable[[Path], object]


class UnusableCopyError(UserError):
    """What was given is no published reference; the message names the file and says what would be right."""


@dataclass(frozen=True)
class Known:
    """A reference kept here, by what its `reference.toml` says."""

    id: str
    path: Path
    year: int
    maker: str
    source: str
    synthetic: bool
    doctors: int
    patients: int
    built_on: date
    added_on: date
    rates_only: bool = False
    """Rates of prevention, and nothing to compare a ratio with."""


def shelf() -> Path:
    """Where they are kept."""
    return platformdirs.user_data_path("tableau-mt") / "references"


def known(year: int | None = None) -> list[Known]:
    """Those kept here (of a year), the latest built first. A folder that cannot be read is not among them."""
    found = [one for path in _folders() if (one := _read(path)) and year in (None, one.year)]
    return sorted(found, key=lambda one: (one.built_on, one.added_on, one.id), reverse=True)


def preferred(year: int) -> Known | None:
    """The one that real data of a year are compared with when nobody chooses: the latest built, never a fictitious one."""
    return next((one for one in of_ratios(year) if not one.synthetic), None)


def of_ratios(year: int) -> list[Known]:
    """Those of a year that a ratio can be compared with, the latest built first."""
    return [one for one in known(year) if not one.rates_only]


def named(id_: str) -> Known:
    """The one of this id, or whose id begins so. Raises UserError."""
    every = known()
    found = [one for one in every if one.id == id_] or [one for one in every if id_ and one.id.startswith(id_)]
    if len(found) == 1:
        return found[0]
    if not every:
        raise UserError(
            f"« {id_} » : aucune référence n’est gardée ici ; ajoutez-en une avec « tableau-mt reference add »."
        )
    raise UserError(f"« {id_} » ne désigne pas une référence gardée ici ; {suggest(id_, [one.id for one in every])}")


def add(source: Path, added_on: date, check: Check) -> Known:
    """Keep the reference of a folder or of a zip; `check` opens it and raises what is wrong with it (French). Raises
    UnusableCopyError; nothing is then kept."""
    shelf().mkdir(mode=0o700, parents=True, exist_ok=True)
    content = _content(source)
    about = _about(content, source)
    _check_sums(content, about, source)
    to = shelf() / f"{about['year']}-{hashlib.sha256(content[ABOUT]).hexdigest()[:8]}"
    if (there := _read(to)) is not None:
        return there
    with folder_aside(to) as aside:
        for name, data in content.items():
            (aside / name).write_bytes(data)
        check(aside)
        (aside / ADDED).write_text(f"added_on = {added_on.isoformat()}\n", encoding="utf-8")
    added = _read(to)
    if added is None:
        shutil.rmtree(to, ignore_errors=True)
        raise UnusableCopyError(f"« {source} » : {ABOUT} ne dit pas l’année, la source, la date ou les effectifs.")
    return added


def remove(id_: str) -> Known:
    """Forget a reference. Raises UserError."""
    gone = named(id_)
    shutil.rmtree(gone.path)
    return gone


def checksums(files: Mapping[str, bytes]) -> dict[str, str]:
    """By name, what `reference.toml` says of the content of the other files."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}


def _folders() -> list[Path]:
    try:
        return sorted(path for path in shelf().iterdir() if path.is_dir() and path.name[0] != ".")
    except OSError:
        return []


def _read(path: Path) -> Known | None:
    try:
        about = tomllib.loads((path / ABOUT).read_text(encoding="utf-8"))
        added = tomllib.loads((path / ADDED).read_text(encoding="utf-8"))
        counts = about["counts"]
        return Known(
            path.name, path, int(about["year"]), str(about.get("maker", "")), str(about["source"]),
            bool(about["synthetic"]), int(counts["doctors"]), int(counts["patients"]),
            _day(about["built_on"]), _day(added["added_on"]), about.get("rates_only") is True,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _day(value: object) -> date:
    if type(value) is not date:
        raise ValueError(value)
    return value


def _content(source: Path) -> dict[str, bytes]:
    """The files of a published reference, by name."""
    if not given.exists(source):
        raise UnusableCopyError(f"« {source} » n’existe pas : donnez le dossier ou le zip d’une référence publiée.")
    content = dict(_of_folder(source) if source.is_dir() else _of_zip(source))
    needed = (RATES,) if ABOUT in content and _about(content, source).get("rates_only") is True else NEEDED
    missing = [name for name in (ABOUT, *needed) if name not in content]
    if missing:
        raise UnusableCopyError(
            f"« {source} » n’est pas une référence publiée : {', '.join(missing)} y manque. Une copie à transmettre se fait "
            "par « tableau-mt reference publish »."
        )
    return content


def _of_folder(source: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(source.iterdir()):
        if path.name in (ADDED, ".DS_Store"):
            continue
        if path.is_dir() or not path.is_file():
            raise _foreign(source, path.name)
        yield _named(source, path.name, path.stat().st_size), path.read_bytes()


def _of_zip(source: Path) -> Iterator[tuple[str, bytes]]:
    """Its files, at the top of the archive or in one folder of it."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir() and "__MACOSX" not in one.filename]
            if len({PurePosixPath(one.filename).parent for one in entries}) > 1 or len(entries) > len(_ALLOWED):
                raise UnusableCopyError(
                    f"« {source} » : l’archive doit tenir les seuls fichiers d’une référence publiée, dans un dossier."
                )
            for entry in entries:
                name = _named(source, PurePosixPath(entry.filename).name, entry.file_size)
                with archive.open(entry) as file:
                    yield name, file.read(LARGEST_FILE)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as problem:
        raise UnusableCopyError(f"« {source} » n’est pas une archive zip lisible : {faults.cause(problem)}.") from None


_ALLOWED = (ABOUT, *NEEDED, RATES, MEASURES)


def _named(source: Path, name: str, size: int) -> str:
    if name not in _ALLOWED:
        raise _foreign(source, name)
    if size > LARGEST_FILE:
        raise UnusableCopyError(
            f"« {source} », {name} : {size // 1_000_000} Mo, {LARGEST_FILE // 1_000_000} au plus sont attendus."
        )
    return name


def _foreign(source: Path, name: str) -> UnusableCopyError:
    return UnusableCopyError(
        f"« {source} » contient « {name} », qu’une référence publiée n’a pas (ses fichiers : {', '.join(_ALLOWED)}). "
        "Demandez à qui l’a faite la copie de « tableau-mt reference publish »."
    )


def _about(content: Mapping[str, bytes], source: Path) -> dict[str, Any]:
    try:
        about = tomllib.loads(content[ABOUT].decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise UnusableCopyError(
            f"« {source} », {ABOUT} n’est pas un fichier TOML lisible : {faults.cause(problem)}."
        ) from None
    year = about.get("year")
    if type(year) is not int or not 2000 <= year <= 2100:
        raise UnusableCopyError(f"« {source} », {ABOUT} : year vaut « {year} », une année comme 2025 est attendue.")
    if about.get("published") is not True:
        raise UnusableCopyError(
            f"« {source} » n’est pas une copie publiée ({ABOUT} ne dit pas « published = true ») : une référence exacte "
            "tient des médecins et ne s’ajoute pas ; elle se donne à « --reference » là où elle a été construite."
        )
    return about


def _check_sums(content: Mapping[str, bytes], about: Mapping[str, Any], source: Path) -> None:
    told = about.get("checksums")
    if not isinstance(told, dict) or not told:
        raise UnusableCopyError(
            f"« {source} », {ABOUT} n’a pas les empreintes des fichiers (checksums) : refaites la copie avec une version à "
            "jour du programme."
        )
    found = checksums({name: data for name, data in content.items() if name != ABOUT})
    for name in sorted({*told, *found}):
        if not re.fullmatch(r"[0-9a-f]{64}", str(told.get(name))) or told.get(name) != found.get(name):
            raise UnusableCopyError(
                f"« {source} », {name} : le contenu n’est pas celui que {ABOUT} annonce. Le fichier a changé en chemin : "
                "demandez-le à nouveau."
            )
