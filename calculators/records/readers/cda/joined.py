"""Reimbursement histories of any number of patients -> one record (`Imported`).

* Patient keys are `patient-1`, `patient-2`… in the order of the national identifiers of the documents read together. A
  digest of such an identifier could be reversed by trying them all; neither it nor a name is ever written.
* Documents of one patient are joined. A line that several of them hold is the same line: the rows kept are, for each
  different line, as many as the document that has most of them. Two identical lines of one document are two lines.
* Stays have no table in such a record, nor has a class of fewer than seven characters.
* Documents name no médecin traitant: all patients are on the list of one doctor `inconnu` (gp, sector 1, zone none),
  from the start of their documents (from birth when it is later), without an end. ALD and C2S are unknown.
* The record covers what is known of every patient: the latest start, the earliest end. Documents of one patient that
  leave a gap count for the last unbroken stretch.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from calculators.records.folder import Dataset
from calculators.records.readers.cda.codes import CODES
from calculators.records.readers.cda.header import Header
from calculators.records.readers.cda.reading import Reading, reading
from calculators.records.readers.cda.reimbursements import WHOLE_ATC
from calculators.records.readers.shape import Imported, SourceError, SourceFile, Unmapped
from calculators.records.tables import TABLES

LABEL = "l’historique des remboursements de Mon espace santé (document CDA, .xml)"
DOCTOR = "inconnu"
TITLE = "Données de remboursement"
LINES = ("acts", "deliveries")

_Line = tuple[str, tuple[tuple[str, Any], ...]]


class _NotTakenError(Exception):
    """A document that is well formed and not for us, or empty: told, and left aside when others are read."""


class _History:
    """One history: its lines as values that can be compared, its period."""

    def __init__(self, read: Reading, birth: date, end: date) -> None:
        self.read, self.birth, self.end = read, birth, end
        self.lines = [line for table in LINES for line in _lines_of(read, table)]
        self.created = read.header.created or end

    @property
    def period(self) -> tuple[date, date]:
        days = [dict(values)["date"] for _, values in self.lines]
        return self.read.header.start or min(days, default=self.end), self.end


def understands(head: bytes) -> bool:
    """Anything that starts like XML: whether it is a CDA is told once it is parsed."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or head[:2] in (b"\xff\xfe", b"\xfe\xff")


def read(sources: Sequence[SourceFile]) -> Imported:
    """Read documents of any number of patients into one record. Raises SourceError (French)."""
    taken, left = [], []
    for source in sources:
        try:
            taken.append(_history(source))
        except _NotTakenError as reason:
            left.append(f"Le fichier « {source.name} » {reason}")
    if not taken:
        raise SourceError("\n".join(left))
    return _joined(taken, left)


def _history(source: SourceFile) -> _History:
    one = _reading(source)
    head = one.header
    end = head.end or head.created
    if not head.identity:
        raise SourceError(
            f"Le fichier « {source.name} » ne donne pas l’identifiant du patient : il ne peut pas être importé."
        )
    if head.person.birth is None or head.person.birth_precision == "year":
        raise SourceError(
            f"Le fichier « {source.name} » ne donne pas sa date de naissance : il ne peut pas être importé."
        )
    if end is None:
        raise SourceError(f"Le fichier « {source.name} » ne dit ni sa date ni la période qu’il couvre.")
    if not one.rows.read:
        raise _NotTakenError("est un historique de remboursements vide : aucune donnée n’est connue sur sa période.")
    history = _History(one, head.person.birth, end)
    if history.period[0] > end:
        first, last = (f"{day:%d/%m/%Y}" for day in history.period)
        raise SourceError(
            f"Le fichier « {source.name} » couvre une période qui finit ({last}) avant de commencer ({first})."
        )
    return history


def _reading(source: SourceFile) -> Reading:
    try:
        one = reading(source)
    except SourceError as problem:
        if "ClinicalDocument" in str(problem):
            raise _NotTakenError(
                "n’est pas un document médical CDA (élément racine ClinicalDocument attendu)."
            ) from None
        raise
    if "reimbursements" not in one.header.known.takes:
        expected = next(code for known in CODES.document if "reimbursements" in known.takes for code in known.codes)
        raise _NotTakenError(
            f"est un autre document CDA ({one.header.known.name}), qui n’est pas encore lu : un historique de "
            f"remboursements, de code {expected}, est attendu."
        )
    return one


def _lines_of(read: Reading, table: str) -> list[_Line]:
    """Rows with the columns of the canonical table alone, without their patient."""
    names = [name for name in TABLES[table].schema.names if name != "patient_id"]
    rows = ({name: row.get(name) for name in names} for row in read.rows.tables[table])
    return [(table, tuple((row | _whole_class(row)).items())) for row in rows]


def _whole_class(row: dict[str, Any]) -> dict[str, Any]:
    return {"atc": None} if len(row.get("atc") or "") not in (0, WHOLE_ATC) else {}


def _joined(histories: list[_History], left: list[str]) -> Imported:
    """One record of all documents, patients in the order of their identifiers."""
    by_person: dict[str, list[_History]] = {}
    for one in sorted(histories, key=lambda one: (one.read.header.identity, one.created)):
        by_person.setdefault(one.read.header.identity, []).append(one)
    persons = {f"patient-{number}": of_one for number, of_one in enumerate(by_person.values(), 1)}
    lines = {patient: _shared(of_one) for patient, of_one in persons.items()}
    read = sum((one.read.rows.read for one in histories), Counter[str]())
    return Imported(
        _tables(persons, lines), _dataset(histories, persons), dict(read), _unmapped(histories, lines, left)
    )


def _shared(histories: list[_History]) -> list[_Line]:
    """Lines of one patient: a line shared by several documents is there once."""
    kept: Counter[_Line] = Counter()
    for one in histories:
        kept |= Counter(one.lines)
    return sorted(kept.elements(), key=lambda line: (dict(line[1])["date"], str(line)))


def _tables(persons: dict[str, list[_History]], lines: dict[str, list[_Line]]) -> dict[str, pa.Table]:
    heads: dict[str, Header] = {key: of[-1].read.header for key, of in persons.items()}
    patients = [
        {"patient_id": key, "birth_date": of[-1].birth, "sex": heads[key].person.sex} for key, of in persons.items()
    ]
    registrations = [
        {"patient_id": key, "doctor_id": DOCTOR, "from_date": max(min(one.period[0] for one in of), of[-1].birth)}
        for key, of in persons.items()
    ]
    doctor = {"doctor_id": DOCTOR, "specialty": "gp", "sector": "1", "zone": "none", "first_installation": False}
    rows: dict[str, list[dict[str, Any]]]
    rows = {"doctors": [doctor], "patients": patients, "registrations": registrations}
    for name in LINES:
        rows[name] = [
            {"patient_id": key} | dict(values) for key, of in lines.items() for table, values in of if table == name
        ]
    return {name: pa.Table.from_pylist(given, schema=TABLES[name].schema) for name, given in rows.items()}


def _dataset(histories: list[_History], persons: dict[str, list[_History]]) -> Dataset:
    stretches = [_last_stretch([one.period for one in of_one]) for of_one in persons.values()]
    first, last = max(start for start, _ in stretches), min(end for _, end in stretches)
    if first > last:
        raise SourceError(
            f"Ces documents ne couvrent aucune période commune à tous les patients (au plus tôt {first:%d/%m/%Y}, "
            f"au plus tard {last:%d/%m/%Y}) : importez-les séparément."
        )
    titles = " ; ".join(dict.fromkeys(one.read.header.title or TITLE for one in histories))
    return Dataset(
        title=titles if len(histories) == 1 else f"{titles} ({len(histories)} documents)",
        synthetic=False,
        source="Mon espace santé, historique des remboursements (CDA CNAM-HR)",
        extracted_on=max(one.created for one in histories),
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


def _unmapped(histories: list[_History], lines: dict[str, list[_Line]], left: list[str]) -> list[Unmapped]:
    notes = sum((one.read.rows.notes for one in histories), Counter[tuple[str, str]]())
    if stays := sum(len(one.read.rows.tables["stays"]) for one in histories):
        notes["Séjour hospitalier", "aucune table ne reçoit les séjours (codes GHS ou DDP) ; non repris"] = stays
    repeated = sum(len(one.lines) for one in histories) - sum(len(of_one) for of_one in lines.values())
    if repeated:
        notes["Ligne répétée", "déjà lue dans un autre document du même patient ; reprise une seule fois"] = repeated
    told = [Unmapped(what, count, reason) for (what, reason), count in sorted(notes.items())]
    return told + [Unmapped("Document", 1, sentence) for sentence in left]
