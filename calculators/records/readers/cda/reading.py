"""One CDA document -> a `Document`."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element

from calculators.records.readers.cda import dispensing, reimbursements, results, sections
from calculators.records.readers.cda.codes import CODES, OTHER, Part
from calculators.records.readers.cda.header import Header, header, ordered_by, sampled_on, served_by
from calculators.records.readers.cda.parse import V3, coded, day, open_document, undone
from calculators.records.readers.cda.people import PATIENT, UNKNOWN, professional
from calculators.records.readers.cda.rows import Rows, told
from calculators.records.readers.shape import Covered, Document, SourceError, SourceFile

COVERED = ("acts", "deliveries", "biology", "stays")
"""Domains that a reimbursement history knows wholly on its period."""


@dataclass(frozen=True)
class Reading:
    """A document as it was read, before it is given a shape: what the tests and the join of histories look at."""

    source: SourceFile
    header: Header
    rows: Rows
    source_id: str

    @property
    def document(self) -> Document:
        head = self.header
        return Document(
            kind=head.known.kind,
            name=self.source.name,
            title=head.title or head.known.name[:1].upper() + head.known.name[1:],
            source_id=self.source_id,
            people=(head.person,),
            tables=self.rows.as_tables(),
            covered=self._covered(),
            created_on=head.created,
            document_id=head.document_id,
            set_id=head.set_id,
            version=head.version,
            replaces=head.replaces,
            read=dict(self.rows.read),
            unmapped=told(self.rows.notes),
            proposed=told(self.rows.proposed),
            synthetic=head.test,
        )

    def _covered(self) -> tuple[Covered, ...]:
        start, end = self.header.start, self.header.end
        if "reimbursements" not in self.header.known.takes or start is None or end is None:
            return ()
        return tuple(Covered(PATIENT, domain, start, end) for domain in COVERED)


def reading(source: SourceFile) -> Reading:
    """Raises SourceError (French) when the document cannot be read, or does not say whose it is."""
    content = source.content()
    opened = open_document(content, source.name)
    head = header(opened.root, source.name)
    rows = Rows()
    _tell(rows, head, opened.guessed, opened.others)
    if "reimbursements" in head.known.takes:
        _reimbursements(rows, opened.root, head, source.name)
    else:
        _clinical(rows, opened.root, head)
    return Reading(source, head, rows, hashlib.sha256(content).hexdigest())


def _tell(rows: Rows, head: Header, guessed: bool, others: int) -> None:
    """What is to be known of the document as a whole."""
    if guessed:
        rows.note("Encodage du fichier", "il n’est pas celui qu’il annonce ; les accents sont à vérifier")
    if others:
        rows.note("Autre document dans la même enveloppe", "seul le premier est lu", others)
    if head.person.birth is None:
        rows.note("Date de naissance absente", "le patient ne peut être rapproché que par son numéro")
    elif head.person.birth_precision == "year":
        rows.note("Date de naissance incomplète", "seule l’année est sûre ; le jour et le mois sont conventionnels")
    elif head.person.birth_precision == "month":
        rows.note("Date de naissance incomplète", "le jour n’est pas connu ; le premier du mois est pris")
    for words in dict.fromkeys(head.treating):
        rows.proposed["Médecin traitant nommé par le document", f"{words} : à confirmer, aucune inscription"] += 1
    if head.known.kind == OTHER:
        rows.note("Document non lu", f"{head.known.name} : rien n’en est repris")


def _reimbursements(rows: Rows, root: Element, head: Header, name: str) -> None:
    reimbursements.read(rows, root)
    if head.start and head.end and head.start > head.end:
        raise SourceError(
            f"Le fichier « {name} » couvre une période qui finit ({head.end:%d/%m/%Y}) avant de commencer "
            f"({head.start:%d/%m/%Y})."
        )
    if head.start is None or head.end is None:
        rows.note("Période du document absente", "rien n’est dit couvert : ce qui n’y est pas reste inconnu")
    else:
        reimbursements.tell_late_lines(rows, head.end)


def _clinical(rows: Rows, root: Element, head: Header) -> None:
    """Positive evidence only: such a document covers no period."""
    for part, read in WHOLE.items():
        if part in head.known.takes:
            read(rows, root, head)
    for section in root.iter(V3 + "section"):
        _section(rows, section, root, head)
    if not rows.read and root.find(f"{V3}component/{V3}nonXMLBody") is not None:
        rows.note("Document sans contenu structuré", "un PDF ou une image dans une enveloppe : rien n’en est repris")
    _once(rows)
    _tell_before_birth(rows, head)


def _section(rows: Rows, section: Element, root: Element, head: Header) -> None:
    part = sections.wanted(section, head.known.takes)
    if part == "vaccines":
        sections.vaccines(rows, section, _day_of(head))
    elif part == "conditions":
        sections.conditions(rows, section)
    elif part == "acts":
        sections.acts(rows, section, served_by(root) if "event" in head.known.takes else UNKNOWN)
    elif part == "dispensing":
        dispensing.read(rows, section, _day_of(head))
    elif "results" in head.known.takes and results.holds_results(section):
        results.read(rows, section, _defaults(root, head))
    else:
        sections.leave(rows, section)


def _day_of(head: Header) -> date | None:
    """Day of what the document reports, else of the document."""
    return head.start or head.created


def _defaults(root: Element, head: Header) -> results.Defaults:
    return results.Defaults(sampled_on(root), _day_of(head), served_by(root), ordered_by(root))


def _exam(rows: Rows, root: Element, head: Header) -> None:
    """The certificate is the proof of the exam, unless it is dated before the birth."""
    rows.read["Examen"] += 1
    when = head.start or head.created
    if when is None:
        rows.note("Examen sans date", "non repris")
    elif head.person.birth and when < head.person.birth:
        rows.note("Examen daté d’avant la naissance", "l’une des deux dates est fausse ; non repris")
    else:
        by = head.author if head.author != UNKNOWN else served_by(root)
        rows.act(when, CODES.words.exam.system, CODES.words.exam.code, 1, by)


def _event(rows: Rows, root: Element, head: Header) -> None:
    """Acts that the header says were done, in a nomenclature of acts; those the body repeats are one."""
    for event in root.iterfind(f"{V3}documentationOf/{V3}serviceEvent"):
        code = event.find(V3 + "code")
        ours = [] if code is None else [pair for pair in coded(code.iter()) if pair[0] in CODES.acts and pair[1]]
        if not ours or undone(event) or event.get("moodCode", "EVN") != "EVN":
            continue
        rows.read["Acte documenté"] += 1
        when = next((one for time in event.iterfind(V3 + "effectiveTime") if (one := _start(time))), head.start)
        if when is None:
            rows.note("Acte sans date", "le jour de l’acte manque ; non repris")
        else:
            own = professional(event.iterfind(f"{V3}performer/{V3}assignedEntity"))
            by = own if own != UNKNOWN else served_by(root)
            rows.act(when, CODES.acts[ours[0][0]], ours[0][1], 1, by, ordered_by(root))


def _start(time: Element) -> date | None:
    return day(time) or day(time.find(V3 + "low"))


def _stay(rows: Rows, root: Element, _: Header) -> None:
    """The stay that the letter closes; its first day is needed."""
    time = root.find(f"{V3}componentOf/{V3}encompassingEncounter/{V3}effectiveTime")
    start, end = (None if time is None else day(time.find(V3 + bound)) for bound in ("low", "high"))
    rows.read["Séjour"] += 1
    if start is None:
        rows.note("Séjour sans date d’entrée", "non repris")
    else:
        rows.add("stays", entry=start, exit=end if end and end >= start else None, kind=None)


WHOLE: dict[Part, Callable[[Rows, Element, Header], None]] = {"exam": _exam, "event": _event, "stay": _stay}
"""What is read of the header."""


def _tell_before_birth(rows: Rows, head: Header) -> None:
    """Doses written before the birth are kept: the error may be anywhere."""
    birth = head.person.birth
    early = sum(
        not row["not_done"] and row["precision"] != "before" and row["date"] < birth
        for row in rows.tables["vaccinations"]
        if birth
    )
    if early:
        rows.note(
            "Vaccin daté d’avant la naissance", "la ligne est gardée telle qu’elle est écrite ; à vérifier", early
        )


def _once(rows: Rows) -> None:
    """One act a day and code: the header and the body, or two sections, tell the same one."""
    seen: Counter[tuple[date, str, str]] = Counter()
    kept = []
    for row in rows.tables["acts"]:
        key = row["date"], row["system"], row["code"]
        seen[key] += 1
        if seen[key] == 1 or row["system"] == "loinc":
            kept.append(row)
    if repeated := len(rows.tables["acts"]) - len(kept):
        rows.note("Acte dit deux fois par le document", "il compte une fois", repeated)
    rows.tables["acts"] = kept
