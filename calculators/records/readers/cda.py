"""The reimbursement history of Mon espace santé (CDA R2, template CNAM-HR, code REMB) -> canonical tables.

One document is one patient over a period. Every line of care becomes one row: a drug or a vaccine in `deliveries`
(one per dispensing), an act, an analysis or a device in `acts`. Identifiers and codes are in `cda.toml`.

Decisions:
* Patient keys are `patient-1`, `patient-2`… in the order of the national identifiers of the documents read together. A
  digest of such an identifier could be reversed by trying them all; neither it nor a name is ever written.
* Documents of one patient are joined. A line that several of them hold is the same line: the rows kept are, for each
  different line, as many as the document that has most of them. Two identical lines of one document are two lines.
* Date: day of the dispensing (`supply/performer/time`), else of the prescription (`author/time`), else `effectiveTime`;
  of an act, `effectiveTime`. The day is the one written, whatever the time zone. A line without a date is left out.
* Quantity: `quantity`; one when there is none (vaccines, acts). A part of a box is a box. The unreadable counts one.
* `cip13` has thirteen digits or is null: a UCD or a CIP7 (homeopathy) is not a CIP13; the row is kept. `atc` has seven
  characters or is null: of drugs the document gives a group of three characters only.
* Stays in hospital (GHS) have no table. A stay coded in NGAP is an act of its first day.
* Documents name no médecin traitant: all patients are on the list of one doctor `inconnu` (gp, sector 1, zone none),
  from the start of their documents (from birth when it is later), without an end. ALD and C2S are unknown.
* The record covers what is known of every patient: the latest start, the earliest end. Documents of one patient that
  leave a gap count for the last unbroken stretch.
* A professional number of twelve digits that starts with 8 is an RPPS number with its type digit: the digit is dropped.
* A birth date without a valid day is the first of the month. A sex other than F or M is written U, which `check` tells.
* A document type declaration has no place in a CDA: any is refused, and with it every entity.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

import pyarrow as pa
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from calculators import faults, rules
from calculators.records.folder import Dataset
from calculators.records.readers.shape import Imported, SourceError, SourceFile, Unmapped
from calculators.records.tables import TABLES

LABEL = "l’historique des remboursements de Mon espace santé (document CDA, .xml)"
V3 = "{urn:hl7-org:v3}"
STATEMENTS = {V3 + tag for tag in ("substanceAdministration", "supply", "procedure", "encounter", "observation")}
UNDONE = {"cancelled", "nullified", "aborted"}
DOCTOR = "inconnu"
TITLE = "Données de remboursement"
INT16 = 32_767
CIP13 = re.compile(r"[0-9]{13}")
NUMBER = re.compile(r"[+-]?[0-9]{1,9}([.][0-9]{1,9})?")
ATC = re.compile(r"[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}")


class _Drugs(rules.Frozen):
    cip: str
    ucd: str
    atc: tuple[str, ...]
    substance: str


class _Codes(rules.Rule):
    """Shape of cda.toml."""

    document: str
    patient_roots: tuple[str, ...]
    professional_root: str
    nothing: frozenset[str]
    others: dict[str, str]
    drugs: _Drugs
    acts: dict[str, str]
    stays: dict[str, str]
    specialties: dict[str, str]


CODES = rules.load(Path(__file__).with_name("cda.toml"), _Codes)
DRUG_SYSTEMS = {CODES.drugs.cip, CODES.drugs.ucd, CODES.drugs.substance, *CODES.drugs.atc}
KNOWN = DRUG_SYSTEMS | CODES.acts.keys() | CODES.stays.keys()


class _Delivery(NamedTuple):
    date: date
    cip13: str | None
    atc: str | None
    boxes: int
    prescriber_id: str | None
    prescriber_specialty: str | None


class _Act(NamedTuple):
    date: date
    system: str
    code: str
    quantity: int
    performer_id: str | None
    performer_specialty: str | None


_Line = _Delivery | _Act


class _NotTakenError(Exception):
    """A document that is well formed and not for us, or empty: told, and left aside when others are read."""


@dataclass
class _Document:
    """One parsed document, on its own."""

    identity: str
    title: str
    birth: date
    sex: str
    created: date
    start: date | None
    end: date
    lines: list[_Line] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, what: str, reason: str) -> None:
        self.notes[what, reason] += 1

    @property
    def period(self) -> tuple[date, date]:
        return self.start or min((line.date for line in self.lines), default=self.end), self.end


def understands(head: bytes) -> bool:
    """Anything that starts like XML: whether it is a CDA is told once it is parsed."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or head[:2] in (b"\xff\xfe", b"\xfe\xff")


def read(sources: Sequence[SourceFile]) -> Imported:
    """Read documents of any number of patients into one record. Raises SourceError (French)."""
    taken, left = [], []
    for source in sources:
        try:
            taken.append(_document(source))
        except _NotTakenError as reason:
            left.append(f"Le fichier « {source.name} » {reason}")
    if not taken:
        raise SourceError("\n".join(left))
    return _joined(taken, left)


def _document(source: SourceFile) -> _Document:
    root = _parse(source)
    _refuse_other_documents(root)
    document = _header(root, source)
    for section in root.iter(V3 + "section"):
        title = _text(section.find(V3 + "title")) or "Section sans titre"
        for statement in _statements(section):
            _read_statement(document, title, statement)
    if not document.read:
        raise _NotTakenError("est un historique de remboursements vide : aucune donnée n’est connue sur sa période.")
    if document.period[0] > document.period[1]:
        first, last = (f"{day:%d/%m/%Y}" for day in document.period)
        raise SourceError(
            f"Le fichier « {source.name} » couvre une période qui finit ({last}) avant de commencer ({first})."
        )
    return document


def _parse(source: SourceFile) -> Element:
    try:
        return fromstring(source.content(), forbid_dtd=True)
    except DefusedXmlException:
        raise SourceError(
            f"Le fichier « {source.name} » est refusé : il déclare un DOCTYPE ou des entités XML, ce qu’un document "
            "médical ne fait jamais et qui peut être dangereux."
        ) from None
    except (ParseError, ValueError, LookupError, RecursionError) as problem:
        raise SourceError(
            f"Le fichier « {source.name} » n’est pas un document XML entier ({faults.cause(problem)}). "
            "Exportez-le de nouveau."
        ) from None


def _refuse_other_documents(root: Element) -> None:
    if root.tag != V3 + "ClinicalDocument":
        raise _NotTakenError("n’est pas un document médical CDA (élément racine ClinicalDocument attendu).")
    code = root.find(V3 + "code")
    found = _attribute(code, "code")
    if found != CODES.document:
        name = CODES.others.get(found) or _attribute(code, "displayName") or found or "sans code"
        raise _NotTakenError(
            f"est un autre document CDA ({name}), qui n’est pas encore lu : un historique de remboursements, "
            f"de code {CODES.document}, est attendu."
        )


def _header(root: Element, source: SourceFile) -> _Document:
    role = root.find(f"{V3}recordTarget/{V3}patientRole")
    identity = _identity(role) if role is not None else ""
    birth = _month_day(_attribute(role.find(f"{V3}patient/{V3}birthTime"), "value")) if role is not None else None
    created = _day(root.find(V3 + "effectiveTime"))
    for value, missing in ((identity, "l’identifiant du patient"), (birth, "sa date de naissance")):
        if not value:
            raise SourceError(f"Le fichier « {source.name} » ne donne pas {missing} : il ne peut pas être importé.")
    times = root.findall(f"{V3}documentationOf/{V3}serviceEvent/{V3}effectiveTime")
    start = next((day for time in times if (day := _day(time.find(V3 + "low")))), None)
    end = next((day for time in times if (day := _day(time.find(V3 + "high")))), created)
    if role is None or birth is None or end is None:
        raise SourceError(f"Le fichier « {source.name} » ne dit ni sa date ni la période qu’il couvre.")
    sex = _attribute(role.find(f"{V3}patient/{V3}administrativeGenderCode"), "code")
    return _Document(identity, _title(root, role), birth, sex if sex in ("F", "M") else "U", created or end, start, end)


def _identity(role: Element) -> str:
    """National identifier when there is one, else the first identifier with the place that gave it."""
    ids = [(_attribute(one, "root"), _attribute(one, "extension").replace(" ", "")) for one in role.iterfind(V3 + "id")]
    national = [extension for root, extension in ids if root in CODES.patient_roots and extension]
    return next(iter(national), "") or next((f"{root} {extension}" for root, extension in ids if extension), "")


def _title(root: Element, role: Element) -> str:
    """Title of the document, unless it names the patient."""
    title = _text(root.find(V3 + "title"))
    person = [_text(part) for part in role.iter() if part.tag in (V3 + "family", V3 + "given")]
    person += [_attribute(one, "extension") for one in role.iterfind(V3 + "id")]
    named = any(len(word) > 1 and word.casefold() in title.casefold() for word in person)
    return title if title and not named else TITLE


def _statements(section: Element) -> Iterator[Element]:
    """Statements of a section's own entries, in order; what a statement contains belongs to it."""
    waiting = list(reversed(section.findall(V3 + "entry")))
    while waiting:
        element = waiting.pop()
        if element.tag in STATEMENTS:
            yield element
        elif element.tag != V3 + "section":
            waiting.extend(reversed(element))


def _read_statement(document: _Document, section: str, statement: Element) -> None:
    codes = [(_attribute(one, "codeSystem"), _attribute(one, "code").strip()) for one in statement.iter()]
    known = [(system, code) for system, code in codes if system in KNOWN and code]
    if not known and any(code in CODES.nothing for _, code in codes):
        return
    parts = [statement]
    if statement.tag == V3 + "substanceAdministration":
        parts = list(statement.iter(V3 + "supply")) or parts
    for part in parts:
        document.read[section] += 1
        if line := _line(document, statement, part, known):
            document.lines.append(line)


def _line(document: _Document, statement: Element, part: Element, known: list[tuple[str, str]]) -> _Line | None:
    """The row of a line, or None when it cannot be one; what is lost is noted."""
    day = _line_day(statement, part)
    if obstacle := _obstacle(statement, part, known, day):
        document.note(*obstacle)
    if obstacle or day is None:
        return None
    if known[0][0] in DRUG_SYSTEMS:
        return _delivery(document, day, part, known)
    return _act(document, day, statement, known)


def _obstacle(
    statement: Element, part: Element, known: list[tuple[str, str]], day: date | None
) -> tuple[str, str] | None:
    """What the line is, and why it gives no row."""
    if not known:
        return "Ligne sans code connu", "aucun code de médicament, d’acte ou de dispositif ; non reprise"
    if not (_happened(statement) and _happened(part)):
        return "Ligne annulée, refusée ou seulement prévue", "rien n’a été délivré ni fait ; non reprise"
    if known[0][0] in CODES.stays:
        return "Séjour hospitalier", "aucune table ne reçoit les séjours (codes GHS ou DDP) ; non repris"
    if day is None:
        return "Ligne sans date", "le jour du soin manque ou n’est pas une date ; non reprise"
    return None


def _delivery(document: _Document, day: date, supply: Element, known: list[tuple[str, str]]) -> _Delivery:
    written = dict.fromkeys(known)
    presentations = [code for system, code in written if system == CODES.drugs.cip and CIP13.fullmatch(code)]
    classes = [code for system, code in written if system in CODES.drugs.atc and ATC.fullmatch(code)]
    if len(presentations) > 1:
        document.note("Ligne à plusieurs codes CIP13", "seul le premier est repris")
    if not presentations:
        document.note("Code de médicament autre que CIP13", "code UCD, CIP7 ou absent ; la ligne est reprise sans code")
    if not classes:
        document.note("Classe ATC complète absente", "la ligne est reprise ; la classe peut venir du code CIP13")
    return _Delivery(
        day,
        next(iter(presentations), None),
        next(iter(classes), None),
        _quantity(document, supply),
        *_professional(supply.iterfind(f"{V3}author/{V3}assignedAuthor")),
    )


def _act(document: _Document, day: date, statement: Element, known: list[tuple[str, str]]) -> _Act:
    if len(set(known)) > 1:
        document.note("Ligne à plusieurs codes d’acte", "seul le premier est repris")
    system, code = CODES.acts[known[0][0]], known[0][1]
    if system == "nabm" and code.isdecimal():
        code = code.zfill(4)
    performers = statement.iterfind(f"{V3}performer/{V3}assignedEntity")
    return _Act(day, system, code, _quantity(document, statement), *_professional(performers))


def _happened(statement: Element) -> bool:
    status = _attribute(statement.find(V3 + "statusCode"), "code")
    return statement.get("moodCode", "EVN") == "EVN" and statement.get("negationInd") != "true" and status not in UNDONE


def _line_day(statement: Element, part: Element) -> date | None:
    places = (*part.iterfind(f"{V3}performer/{V3}time"), *part.iterfind(f"{V3}author/{V3}time"))
    effective = (*part.iterfind(V3 + "effectiveTime"), *statement.iterfind(V3 + "effectiveTime"))
    if part.tag != V3 + "supply":
        places = (*effective, *places)
    return next((day for place in (*places, *effective) if (day := _day(place) or _day(place.find(V3 + "low")))), None)


def _quantity(document: _Document, part: Element) -> int:
    written = _attribute(part.find(V3 + "quantity"), "value").strip()
    value = Decimal(written) if NUMBER.fullmatch(written) else None
    if value is not None and abs(value) <= INT16:
        return int(value.to_integral_value(rounding=ROUND_UP))
    if written:
        document.note("Quantité illisible", "la ligne est reprise, comptée pour 1")
    return 1


def _professional(entities: Iterator[Element]) -> tuple[str | None, str | None]:
    """Number and specialty of the first professional who has one of the two."""
    for entity in entities:
        number = next((id_ for one in entity.iterfind(V3 + "id") if (id_ := _number(one))), None)
        specialty = _specialty(_attribute(entity.find(V3 + "code"), "code"))
        if number or specialty:
            return number, specialty
    return None, None


def _number(identifier: Element) -> str | None:
    if identifier.get("root") != CODES.professional_root:
        return None
    number = _attribute(identifier, "extension").strip()
    return (number[1:] if re.fullmatch(r"8\d{11}", number) else number) or None


def _specialty(code: str) -> str | None:
    """`G15_10/SM54`: the part after the slash names the specialty, the other one the profession."""
    return next((CODES.specialties[part] for part in re.split("[/-]", code)[::-1] if part in CODES.specialties), None)


def _joined(documents: list[_Document], left: list[str]) -> Imported:
    """One record of all documents, patients in the order of their identifiers."""
    by_person: dict[str, list[_Document]] = {}
    for document in sorted(documents, key=lambda one: (one.identity, one.created)):
        by_person.setdefault(document.identity, []).append(document)
    persons = {f"patient-{number}": of_one for number, of_one in enumerate(by_person.values(), 1)}
    lines = {patient: _lines(of_one) for patient, of_one in persons.items()}
    return Imported(
        _tables(persons, lines), _dataset(documents, persons), _read(documents), _unmapped(documents, lines, left)
    )


def _lines(documents: list[_Document]) -> list[_Line]:
    """Lines of one patient: a line shared by several documents is there once."""
    kept: Counter[_Line] = Counter()
    for document in documents:
        kept |= Counter(document.lines)
    return sorted(kept.elements(), key=lambda line: (line.date, str(line)))


def _tables(persons: dict[str, list[_Document]], lines: dict[str, list[_Line]]) -> dict[str, pa.Table]:
    patients = [{"patient_id": key, "birth_date": of[-1].birth, "sex": of[-1].sex} for key, of in persons.items()]
    registrations = [
        {"patient_id": key, "doctor_id": DOCTOR, "from_date": max(min(one.period[0] for one in of), of[-1].birth)}
        for key, of in persons.items()
    ]
    doctor = {"doctor_id": DOCTOR, "specialty": "gp", "sector": "1", "zone": "none", "first_installation": False}
    rows: dict[str, list[dict[str, Any]]]
    rows = {"doctors": [doctor], "patients": patients, "registrations": registrations}
    for name, kind in (("acts", _Act), ("deliveries", _Delivery)):
        rows[name] = [
            {"patient_id": key} | line._asdict() for key, of in lines.items() for line in of if isinstance(line, kind)
        ]
    return {name: pa.Table.from_pylist(given, schema=TABLES[name].schema) for name, given in rows.items()}


def _dataset(documents: list[_Document], persons: dict[str, list[_Document]]) -> Dataset:
    stretches = [_last_stretch([one.period for one in of_one]) for of_one in persons.values()]
    first, last = max(start for start, _ in stretches), min(end for _, end in stretches)
    if first > last:
        raise SourceError(
            f"Ces documents ne couvrent aucune période commune à tous les patients (au plus tôt {first:%d/%m/%Y}, "
            f"au plus tard {last:%d/%m/%Y}) : importez-les séparément."
        )
    titles = " ; ".join(dict.fromkeys(one.title for one in documents))
    return Dataset(
        title=titles if len(documents) == 1 else f"{titles} ({len(documents)} documents)",
        synthetic=False,
        source="Mon espace santé, historique des remboursements (CDA CNAM-HR)",
        extracted_on=max(one.created for one in documents),
        covers_from=first,
        covers_to=last,
        ald_known=False,
        c2s_known=False,
    )


def _last_stretch(periods: list[tuple[date, date]]) -> tuple[date, date]:
    """The last run of days without a gap."""
    ordered = sorted(periods)
    start, end = ordered[0]
    for first, last in ordered[1:]:
        start, end = (start, max(end, last)) if (first - end).days <= 1 else (first, last)
    return start, end


def _read(documents: list[_Document]) -> dict[str, int]:
    return dict(sum((one.read for one in documents), Counter()))


def _unmapped(documents: list[_Document], lines: dict[str, list[_Line]], left: list[str]) -> list[Unmapped]:
    notes = sum((one.notes for one in documents), Counter())
    repeated = sum(len(one.lines) for one in documents) - sum(len(of_one) for of_one in lines.values())
    if repeated:
        notes["Ligne répétée", "déjà lue dans un autre document du même patient ; reprise une seule fois"] = repeated
    told = [Unmapped(what, count, reason) for (what, reason), count in sorted(notes.items())]
    return told + [Unmapped("Document", 1, sentence) for sentence in left]


def _attribute(element: Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _day(element: Element | None) -> date | None:
    """Day of an HL7 timestamp (YYYYMMDD, then anything); None when the day is not said."""
    found = re.match(r"(\d{4})(\d\d)(\d\d)", _attribute(element, "value"), re.ASCII)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _month_day(value: str) -> date | None:
    """A birth date: the day, or the first of the month when the day is not said or does not exist."""
    found = re.match(r"(\d{4})(\d\d)(\d\d)?", value, re.ASCII)
    if not found:
        return None
    for day in (int(found[3] or 1), 1):
        try:
            return date(int(found[1]), int(found[2]), day)
        except ValueError:
            continue
    return None
