"""What was given, file by file and in all: the kinds that are read, those that are named, and what stands in the way.

Everything goes through here first, whatever its extension, on the page and on the command line alike.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from calculators.french import number
from calculators.records.readers.shape import Archives, SourceError, SourceFile
from calculators.records.signatures import KINDS, Kind, Seen, see
from calculators.records.walking import Met, files

__all__ = ["KINDS", "Batch", "Found", "Kind", "Said", "batches", "described", "recognise", "summary", "told", "walk"]

EXAMPLES = 3
"""Names told for a kind that is not read."""
TELLING = (None, "cda_autre", "document", "laboratoire")
"""Kinds so wide that each file is said more precisely."""
OF_THE_FOLDER = "fichier du dossier de tables, sans table"
KEPT = "sources"
"""Folder of a folder of tables where it keeps what its documents said (`practice.py`)."""


@dataclass(frozen=True)
class Found:
    """One file. `kind`: id in kinds.toml, None when it is not known; `named`: what it is more precisely, in French;
    `aside`: why it is left without being a loss; `fault`: why it cannot be read. `home`: the folder of its set."""

    source: SourceFile
    kind: str | None = None
    named: str = ""
    aside: str = ""
    fault: str = ""
    home: str = ""


class Batch(NamedTuple):
    """Files for one call of a reader: those of one kind, of one folder when a folder makes one document."""

    kind: str
    home: str
    sources: tuple[SourceFile, ...]


def walk(paths: Sequence[Path], archives: Archives) -> Iterator[Found]:
    """Every file of these paths, recognised, in order; never raises for a file."""
    yield from _settled([_found(met) for met in files(paths, archives)])


def recognise(source: SourceFile) -> Found:
    """What one file is; never raises."""
    return _found(Met(source))


def _found(met: Met) -> Found:
    seen = Seen(met.kind or None, aside=met.aside, fault=met.fault)
    if seen == Seen():
        try:
            seen = see(met.source)
        except SourceError as problem:
            seen = Seen(fault=str(problem))
    home = _home(met.source, seen.named) if seen.kind and KINDS[seen.kind].set else ""
    return Found(met.source, seen.kind, seen.named, seen.aside, seen.fault, home)


def _settled(found: list[Found]) -> Iterator[Found]:
    """In a folder of tables, what is not a table belongs to the folder."""
    homes = {one.home for one in found if one.kind == "tables" and one.named == "dataset.toml"}
    for one in found:
        unknown = one.kind in (None, "document") and not one.fault
        place = PurePosixPath(_home(one.source))
        kept = place.name == KEPT and str(place.parent) in homes
        if kept or (unknown and str(place) in homes):
            yield Found(one.source, aside=OF_THE_FOLDER)
        else:
            yield one


def _home(source: SourceFile, table: str = "") -> str:
    """The folder of a set: that of the file, or the one above the folder of its table (`acts/year=2025/month=05`)."""
    own = PurePosixPath(source.member).parent if source.member else PurePosixPath(source.path.parent.as_posix())
    place = own
    while "=" in place.name:
        place = place.parent
    of_table = table and re.fullmatch(rf"{re.escape(table)}(_\d+)?(\..*)?", place.name, re.I)
    home = place.parent if of_table else own
    archive = "/".join((source.path.as_posix(), *source.within)) + "/" if source.member else ""
    return archive + str(home)


def batches(found: Iterable[Found]) -> list[Batch]:
    """Files to read, by kind and folder, in the order they were met."""
    held: dict[tuple[str, str], list[SourceFile]] = {}
    for one in found:
        if one.kind and KINDS[one.kind].read:
            held.setdefault((one.kind, one.home), []).append(one.source)
    return [Batch(kind, home, tuple(sources)) for (kind, home), sources in held.items()]


class Said(NamedTuple):
    """A sentence about files that were given, and whether these can be read; None: there is nothing in them to read."""

    sentence: str
    is_read: bool | None


def summary(found: Iterable[Found]) -> list[str]:
    """What was given, one sentence per kind, those that are read first; then what is at fault, file by file."""
    return [one.sentence for one in told(found)]


def told(found: Iterable[Found]) -> list[Said]:
    """The same, each with whether it is read."""
    given = list(found)
    kinds = [kind for kind in KINDS.values() if any(one.kind == kind.id for one in given)]
    lines = [
        Said(_of_kind(kind, [one for one in given if one.kind == kind.id]), kind.read)
        for kind in sorted(kinds, key=_read_first)
    ]
    unknown = [one for one in given if one.kind is None and not (one.aside or one.fault)]
    if unknown:
        what = "fichier n’est pas reconnu" if len(unknown) == 1 else "fichiers ne sont pas reconnus"
        lines.append(Said(f"{number(len(unknown))} {what}{_names(unknown)}.", False))
    for reason in dict.fromkeys(one.aside for one in given if one.aside):
        beside = [one for one in given if one.aside == reason]
        what = "fichiers" if len(beside) > 1 else "fichier"
        lines.append(Said(f"{number(len(beside))} {what} à côté : {reason}.", None))
    return lines + [Said(one.fault, False) for one in given if one.fault]


def described() -> str:
    """The kinds as a table in Markdown, for the README."""
    rows = [f"| `{one.id}` | {one.label} | {'lu' if one.read else 'non lu'} | {one.where} |" for one in KINDS.values()]
    return "\n".join(
        ["| Kind | French name | Read | Where to find it, or its readable version |", "|---|---|---|---|", *rows]
    )


def _read_first(kind: Kind) -> bool:
    return not kind.read


def _of_kind(kind: Kind, found: list[Found]) -> str:
    count = len({one.home for one in found}) if kind.set else len(found)
    what = f"{number(count)} {kind.label if count == 1 else kind.plural}"
    if kind.read:
        return f"{what}."
    return f"{what}{_names(found)} : non {_agreed(kind, count)}. {kind.where[0].upper()}{kind.where[1:]}."


def _agreed(kind: Kind, count: int) -> str:
    feminine = kind.id in FEMININE
    return "lu" + ("e" if feminine else "") + ("s" if count > 1 else "")


FEMININE = {"page_web"}


def _names(found: list[Found]) -> str:
    told = [_short(one) + (f", {one.named}" if one.named and one.kind in TELLING else "") for one in found[:EXAMPLES]]
    more = len(found) - EXAMPLES
    others = f" et {number(more)} autre{'s' if more > 1 else ''}" if more > 0 else ""
    return f" ({' ; '.join(told)}{others})"


def _short(one: Found) -> str:
    """The name a user gave, without the folders above it."""
    source = one.source
    return f"{source.path.name} : {source.shown or source.member}" if source.member else source.path.name
