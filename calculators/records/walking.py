"""Every file that was given: folders and archives are gone through, archives inside archives too, within limits.

* What the system hides (`.`, `._`, `__MACOSX`) is skipped. What an IHE XDM export holds beside its documents (summary,
  notice, list of contents, style sheets, copies as PDF) is left aside.
* A spreadsheet or a text is a zip too: it is a file, never taken apart.
* Names of members that an archive keeps without saying their letters are made readable.
* A file or an archive that cannot be opened is told with its reason; the others go on.
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from calculators import faults
from calculators.records.readers import shape
from calculators.records.readers.shape import UNREADABLE, Archives, SourceError, SourceFile
from calculators.records.signatures import BESIDE, zip_kind

DEEPEST = 4
"""Archives inside one another."""
MOST = 20_000
"""Members of one archive, those of the archives inside it included."""
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
UTF8, LOCKED = 0x800, 0x1
"""Bits of a member's flags."""
HIDDEN = ("__MACOSX", "Thumbs.db", "desktop.ini", "_SUCCESS", "_metadata", "_common_metadata")
FRENCH = "éèêëàâäçîïôöùûüœÉÈÊÀÂÇÎÔ’°«»"
XDM = "sommaire, notice ou copie d’une archive IHE XDM"


@dataclass(frozen=True)
class Met:
    """One file, and whether it is aside or at fault (French). `kind`: already known by what a zip holds."""

    source: SourceFile
    kind: str = ""
    aside: str = ""
    fault: str = ""


@dataclass
class _Budget:
    """What one archive may still hold."""

    size: int
    members: int = MOST


def files(paths: Sequence[Path], archives: Archives) -> Iterator[Met]:
    """Each file of these paths, in order."""
    for path in paths:
        if not path.exists():
            yield Met(
                SourceFile(path), fault=f"« {path} » n’existe pas. Indiquez un fichier, une archive zip ou un dossier."
            )
        elif path.is_dir():
            yield from _of_folder(path, archives)
        else:
            yield from _of_file(path, archives)


def _of_folder(folder: Path, archives: Archives) -> Iterator[Met]:
    found = sorted(file for file in folder.rglob("*") if _shown(file.relative_to(folder).parts) and file.is_file())
    beside = _beside([PurePosixPath(*file.relative_to(folder).parts) for file in found])
    for file in found:
        if PurePosixPath(*file.relative_to(folder).parts) in beside:
            yield Met(SourceFile(file), aside=XDM)
        else:
            yield from _of_file(file, archives)


def _of_file(path: Path, archives: Archives) -> Iterator[Met]:
    return _of_source(SourceFile(path, archives=archives), _Budget(shape.LARGEST))


def _of_source(source: SourceFile, budget: _Budget) -> Iterator[Met]:
    """A file as it is, or what it holds."""
    try:
        start = source.content(4)
    except SourceError as problem:
        yield Met(source, fault=str(problem))
        return
    if start in ZIP:
        yield from _of_zip(source, budget)
    else:
        yield Met(source)


def _of_zip(source: SourceFile, budget: _Budget) -> Iterator[Met]:
    """A zip: a document of an office program, or an archive whose members are met in turn."""
    chain = (*source.within, source.member) if source.member else ()
    try:
        opened = source.archives.of(source.path, chain)
        kind = zip_kind(opened)
        members = [] if kind else [info for info in opened.infolist() if _is_file(info)]
    except UNREADABLE as problem:
        yield Met(source, fault=f"L’archive « {source.name} » ne peut pas être lue : {faults.cause(problem)}.")
        return
    if kind:
        yield Met(source, kind=kind)
    elif refusal := _refusal(source, members, budget, len(chain)):
        yield Met(source, fault=refusal)
    else:
        yield from _of_members(source, chain, members, budget)


def _is_file(info: zipfile.ZipInfo) -> bool:
    return not info.is_dir() and _shown(PurePosixPath(info.filename).parts)


def _shown(parts: tuple[str, ...]) -> bool:
    return not any(part.startswith(".") or part in HIDDEN for part in parts)


def _refusal(source: SourceFile, members: list[zipfile.ZipInfo], budget: _Budget, depth: int) -> str:
    """Why an archive is not gone through; what it holds is taken from the budget."""
    budget.members -= len(members)
    budget.size -= sum(info.file_size for info in members)
    if depth >= DEEPEST:
        return f"L’archive « {source.name} » est dans trop d’archives l’une dans l’autre : donnez-la à part."
    if budget.members < 0:
        return f"L’archive « {source.name} » contient plus de {MOST} fichiers : donnez-les en plusieurs fois."
    if budget.size < 0:
        return f"Une fois décompressée, l’archive « {source.name} » {shape.TOO_LARGE}"
    if members and all(info.flag_bits & LOCKED for info in members):
        return (
            f"L’archive « {source.name} » est protégée par un mot de passe : ouvrez-la, puis donnez les fichiers "
            "qu’elle contient."
        )
    return "" if members else f"L’archive « {source.name} » est vide."


def _of_members(
    source: SourceFile, chain: tuple[str, ...], members: list[zipfile.ZipInfo], budget: _Budget
) -> Iterator[Met]:
    beside = _beside([PurePosixPath(info.filename) for info in members])
    place = f"{source.shown or source.member}/" if source.member else ""
    for info in sorted(members, key=lambda one: one.filename):
        member = replace(source, member=info.filename, within=chain, shown=place + readable(info))
        if PurePosixPath(info.filename) in beside:
            yield Met(member, aside=XDM)
        else:
            yield from _of_source(member, budget)


def _beside(found: list[PurePosixPath]) -> set[PurePosixPath]:
    """Files of IHE XDM exports that are not documents: in the folder of the export, or next to it."""
    roots = {
        path.parents[len(path.parts) - 1 - place]
        for path in found
        for place, part in enumerate(path.parts[:-1])
        if part.upper() == BESIDE.folder
    }
    return {path for path in found if any(_is_beside(path, root) for root in roots)}


def _is_beside(path: PurePosixPath, root: PurePosixPath) -> bool:
    inside = path.is_relative_to(root) and (
        path.parent == root or path.relative_to(root).parts[0].upper() == BESIDE.folder
    )
    return inside and (path.name.upper() in BESIDE.names or path.suffix.upper() in BESIDE.suffixes)


def readable(info: zipfile.ZipInfo) -> str:
    """Name of a member. Without the mark that says UTF-8, it may be UTF-8 all the same (macOS), or the letters of DOS or of
    Windows: the one that gives French letters."""
    if info.flag_bits & UTF8 or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        written = [raw.decode(encoding, errors="replace") for encoding in ("cp850", "cp1252")]
        return max(written, key=lambda name: sum(letter in FRENCH for letter in name))
