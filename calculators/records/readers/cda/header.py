"""What a document says of itself: patient, versions, period, people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element

from calculators.records.readers.cda.codes import CODES, Known, known
from calculators.records.readers.cda.parse import V3, attribute, day, day_within, text
from calculators.records.readers.cda.people import Professional, ids, national, person, professional
from calculators.records.readers.shape import Person, SourceError


@dataclass(frozen=True)
class Header:
    """The header of one document. `identity`: national number, else a local one with the place that gave it."""

    known: Known
    person: Person
    identity: str
    test: bool
    """Is the patient's number one kept for tests?"""
    title: str
    created: date | None
    document_id: str
    set_id: str
    version: int
    replaces: tuple[str, ...]
    start: date | None
    """First day of the period, or of the service, that the document is about."""
    end: date | None
    author: Professional
    treating: tuple[str, ...]
    """Each médecin traitant it names, in words."""


def header(root: Element, name: str) -> Header:
    """Raises SourceError (French) when it does not say whose document it is."""
    role = root.find(f"{V3}recordTarget/{V3}patientRole")
    whose = None if role is None else person(role)
    identity = "" if role is None else _identity(role)
    if role is None or whose is None or not (identity or whose.family):
        raise SourceError(f"Le fichier « {name} » ne donne pas l’identifiant du patient : il ne peut pas être importé.")
    times = root.findall(f"{V3}documentationOf/{V3}serviceEvent/{V3}effectiveTime")
    return Header(
        known=_known(root),
        person=whose,
        identity=identity,
        test=national(role)[0] in CODES.identity.test,
        title=_title(root, role),
        created=day(root.find(V3 + "effectiveTime")),
        document_id=_key(root.find(V3 + "id")),
        set_id=_key(root.find(V3 + "setId")),
        version=_version(root),
        replaces=tuple(_replaced(root)),
        start=next((found for time in times if (found := day(time.find(V3 + "low")) or day(time))), None),
        end=next((found for time in times if (found := day(time.find(V3 + "high")))), None),
        author=professional(root.iterfind(f"{V3}author/{V3}assignedAuthor")),
        treating=tuple(_treating(root)),
    )


def _known(root: Element) -> Known:
    code = root.find(V3 + "code")
    templates = [attribute(one, "root") for one in root.iterfind(V3 + "templateId")]
    return known(templates, attribute(code, "code"), attribute(code, "displayName"))


def _identity(role: Element) -> str:
    return national(role)[1] or next((f"{root} {extension}" for root, extension in ids(role) if extension), "")


def _key(identifier: Element | None) -> str:
    """Root and extension together: either may hold the whole of an identifier."""
    return " ".join(filter(None, (attribute(identifier, "root"), attribute(identifier, "extension"))))


def _version(root: Element) -> int:
    written = attribute(root.find(V3 + "versionNumber"), "value").strip()
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 7 else 0


def _replaced(root: Element) -> Iterator[str]:
    for related in root.iterfind(V3 + "relatedDocument"):
        if attribute(related, "typeCode") == "RPLC":
            yield from filter(None, map(_key, related.iterfind(f"{V3}parentDocument/{V3}id")))


def _title(root: Element, role: Element) -> str:
    """Title of the document, unless it names the patient."""
    title = text(root.find(V3 + "title"))
    named = [text(part) for part in role.iter() if part.tag in (V3 + "family", V3 + "given")]
    named += [extension for _, extension in ids(role)]
    words = {word for name in named for word in (name, *name.split()) if len(word) > 2}
    return title if title and not any(word.casefold() in title.casefold() for word in words) else ""


def _treating(root: Element) -> Iterator[str]:
    for participant in root.iterfind(V3 + "participant"):
        if attribute(participant.find(V3 + "functionCode"), "code") == CODES.professional.treating:
            entity = participant.find(V3 + "associatedEntity")
            name = None if entity is None else entity.find(f"{V3}associatedPerson/{V3}name")
            number = professional(participant.iterfind(V3 + "associatedEntity")).number
            parts = [] if name is None else [text(name.find(V3 + tag)) for tag in ("suffix", "given", "family")]
            yield " ".join(filter(None, (*parts, f"(n° {number})" if number else ""))) or "sans nom"


def sampled_on(root: Element) -> date | None:
    """Day of the sampling, from the participant who made it."""
    for participant in root.iterfind(V3 + "participant"):
        if attribute(participant.find(V3 + "functionCode"), "code") == CODES.professional.sampler and (
            found := day_within(participant.find(V3 + "time"))
        ):
            return found
    return None


def ordered_by(root: Element) -> Professional:
    """The professional who asked for what the document reports."""
    return professional(
        entity
        for participant in root.iterfind(V3 + "participant")
        if attribute(participant, "typeCode") == "REF"
        for entity in participant.iterfind(V3 + "associatedEntity")
    )


def served_by(root: Element) -> Professional:
    return professional(root.iterfind(f"{V3}documentationOf/{V3}serviceEvent/{V3}performer/{V3}assignedEntity"))
