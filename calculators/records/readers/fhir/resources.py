"""Resources of a FHIR source, whatever holds them: Bundle, NDJSON, a list, one resource. No type is believed before it is
looked at: what is not of the expected form is as if it were missing."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from calculators.records.readers.shape import SourceError, SourceFile

DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
Resource = dict[str, Any]


def at(value: Any, *path: str | int) -> Any:
    """What stands at a path of names and positions, None when a step is missing or is of another type."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def text(value: Any, *path: str | int) -> str:
    """The same as stripped text; empty when it is no text."""
    found = at(value, *path)
    return found.strip() if isinstance(found, str) else ""


def each(value: Any, *path: str | int) -> list[Resource]:
    """The objects of a list at a path; an object alone is a list of one."""
    found = at(value, *path)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def number(value: Any, *path: str | int) -> float | None:
    """A finite number."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return None
    return float(found) if abs(found) < 1e15 else None


@dataclass(frozen=True)
class When:
    """A day as written, without any shift of zone; `precision` day, month or year."""

    day: date
    precision: str


def when(written: str) -> When | None:
    """Day of a FHIR date or instant; None when it is none."""
    found = DAY.match(written)
    if not found:
        return None
    try:
        day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    return When(day, "day" if found[3] else "month" if found[2] else "year")


@dataclass
class Holder:
    """The resources of one or several files that belong together."""

    sources: list[SourceFile]
    kind: str
    """`document`, another type of Bundle, or `resources`."""
    resources: list[Resource] = field(default_factory=list)
    by_reference: dict[str, Resource] = field(default_factory=dict)
    """By `Type/id`, and by full URL."""
    header: Resource = field(default_factory=dict)
    """The Composition of a document."""

    def add(self, resource: Resource, url: str = "") -> None:
        """One resource; the same one twice is one."""
        kind, identifier = text(resource, "resourceType"), text(resource, "id")
        keys = [key for key in (url, f"{kind}/{identifier}" if identifier else "") if key]
        if any(key in self.by_reference for key in keys):
            return
        self.by_reference |= dict.fromkeys(keys, resource)
        if kind == "Composition" and not self.header:
            self.header = resource
        self.resources.append(resource)

    def resolve(self, inside: Resource, reference: Any) -> Resource:
        """The resource that a reference of another one names, empty when it is not here."""
        named = text(reference, "reference")
        if named.startswith("#"):
            return next((one for one in each(inside, "contained") if text(one, "id") == named[1:]), {})
        if named in self.by_reference:
            return self.by_reference[named]
        parts = named.partition("/_history")[0].split("/")
        return self.by_reference.get("/".join(parts[-2:]), {})


def holders(sources: list[SourceFile]) -> Iterator[Holder | SourceError]:
    """One per Bundle that knows its patients; files of loose resources of one folder belong together. A file that cannot
    be read gives its error."""
    loose: dict[str, Holder] = {}
    for source in sources:
        try:
            for holder in _of_file(source):
                if holder.kind != "resources" and _knows_its_patients(holder):
                    yield holder
                else:
                    _join(loose, holder)
        except SourceError as refused:
            yield refused
    yield from loose.values()


def _knows_its_patients(holder: Holder) -> bool:
    return any(text(one, "resourceType") == "Patient" for one in holder.resources)


def _join(loose: dict[str, Holder], holder: Holder) -> None:
    source = holder.sources[0]
    together = loose.setdefault(str(source.path if source.member else source.path.parent), Holder([], "resources"))
    if source not in together.sources:
        together.sources.append(source)
    named = {id(one): key for key, one in holder.by_reference.items() if not _is_local(key)}
    for one in holder.resources:
        together.add(one, named.get(id(one), ""))


def _is_local(key: str) -> bool:
    return key.count("/") == 1 and ":" not in key


def _of_file(source: SourceFile) -> Iterator[Holder]:
    found = False
    loose = Holder([source], "resources")
    for value in _values(source):
        for one in each(value):
            if text(one, "resourceType") == "Bundle":
                found = True
                yield _bundle(source, one)
            elif text(one, "resourceType"):
                found = True
                loose.add(one)
    if not found:
        raise SourceError(f"Le fichier « {source.name} » ne contient aucune ressource FHIR (resourceType).")
    if loose.resources:
        yield loose


def _bundle(source: SourceFile, bundle: Resource) -> Holder:
    holder = Holder([source], text(bundle, "type") or "collection")
    for entry in each(bundle, "entry"):
        resource = at(entry, "resource")
        if isinstance(resource, dict) and text(resource, "resourceType"):
            holder.add(resource, text(entry, "fullUrl"))
    return holder


def _values(source: SourceFile) -> list[Any]:
    """One JSON value, or one per line. Raises SourceError."""
    content = source.content()
    try:
        written = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        written = content.decode("cp1252", errors="replace")
    try:
        return [json.loads(written)]
    except RecursionError:
        raise SourceError(f"Le fichier « {source.name} » a trop de niveaux imbriqués : il n’a pas été lu.") from None
    except ValueError:
        return _by_line(source, written)


def _by_line(source: SourceFile, written: str) -> list[Any]:
    lines = [line for line in written.split("\n") if line.strip()]
    values = []
    for row, line in enumerate(lines, 1):
        try:
            values.append(json.loads(line))
        except (ValueError, RecursionError):
            raise SourceError(
                f"Le fichier « {source.name} », ligne {row}, n’est pas du JSON lisible : il est sans doute coupé. Refaites "
                "l’export."
            ) from None
    return values
