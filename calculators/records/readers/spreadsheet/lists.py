"""Lines of a list as canonical rows, by parts: memory grows with the people, not with the lines."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

import pyarrow as pa

from calculators.french import short_day
from calculators.records.readers.shape import Covered, Document, SourceError, SourceFile, Unmapped
from calculators.records.readers.spreadsheet import codes, content, detect, headers, people, values
from calculators.records.readers.spreadsheet.mapping import ColumnMapping, Confidence, Mapping
from calculators.records.readers.spreadsheet.sheets import Cell, Row, Sheet
from calculators.records.readers.spreadsheet.vaccines import vaccine
from calculators.records.tables import TABLES

PART = 20_000
"""Lines held at a time."""
TEXT, DAY, FLAG = pa.string(), pa.date32(), pa.bool_()
LISTED = pa.schema(
    [
        ("patient_id", TEXT), ("doctor_id", TEXT), ("from_date", DAY), ("named_doctor", TEXT), ("is_registered", FLAG),
        ("has_ald", FLAG), ("has_c2s", FLAG), ("seen_on", DAY), ("died_on", DAY),
    ]
)  # fmt: skip
"""Who is on a list that has no dates of registration: `doctor_id` and `from_date` are null, for the practice folder to say
(the doctor of the practice, the day of the list). Null flags: the list does not say."""
LISTED_ALD = pa.schema([("patient_id", TEXT), ("ald", pa.int8())])
"""Numbers of long illnesses that a list gives, without their dates."""
INSURER = pa.schema([("patient_id", TEXT), ("indicator", TEXT), ("said", TEXT), ("date", DAY)])
"""What the insurer says of a patient and an indicator, as written; day of the last exam it knows."""
VACCINATIONS = pa.schema(
    [
        ("patient_id", TEXT), ("date", DAY), ("precision", TEXT), ("cip13", TEXT), ("cis", TEXT), ("atc", TEXT),
        ("rank", pa.int16()), ("lot", TEXT), ("not_done", FLAG),
    ]
)  # fmt: skip
ACTS = TABLES["acts"].schema
DELIVERIES = TABLES["deliveries"].schema
SCHEMAS = {
    "listed": LISTED, "listed_ald": LISTED_ALD, "insurer_list": INSURER, "vaccinations": VACCINATIONS, "acts": ACTS,
    "deliveries": DELIVERIES,
}  # fmt: skip
DOMAINS = {"liste_actes": "acts", "liste_delivrances": "deliveries", "liste_vaccinations": "vaccinations"}
RESULT = re.compile(r"(<=|>=|<|>|≤|≥)?\s*(-?[\d\s]+(?:[.,]\d+)?)")
NO_PATIENT = "ni numéro, ni nom avec une date de naissance lisible"
NO_DATE = "date absente ou illisible"
FUTURE = "date postérieure à la liste"
LONGEST_EXAMPLE = 40
"""Characters of a cell that are told."""


@dataclass
class _Reading:
    """A list while it is read."""

    mapping: Mapping
    people: people.People
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    made: dict[str, list[pa.RecordBatch]] = field(default_factory=dict)
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Lines by what they are and why they are not taken."""
    examples: dict[tuple[str, str], str] = field(default_factory=dict)
    """The first line of each, and what it says there."""
    number: int = 0
    """Of the line that is being read, from 1."""
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)
    read: int = 0
    kept: int = 0
    silent: Counter[str] = field(default_factory=Counter)
    """Patients by right of which the list says nothing."""

    def how(self, name: str) -> values.Dates:
        """How the dates of a field are written."""
        column = self.mapping.column(name)
        form = column.form if column else ""
        return values.Dates(
            self.people.births.as_of, american=form == "american", from_1904=self.mapping.from_1904,
            birth=name == "birth", swapped=form == "intervertis",
        )  # fmt: skip

    def leave(self, reason: str, cell: Cell = None, what: str = "ligne") -> None:
        """The line, or what it names, is not taken."""
        said = f" : « {values.text(cell)[:LONGEST_EXAMPLE]} »" if cell is not None else ""
        self.aside[what, reason] += 1
        self.examples.setdefault((what, reason), f"ligne {self.number}{said}")

    def add(self, table: str, row: dict[str, Any]) -> None:
        self.rows.setdefault(table, []).append(row)

    def flush(self) -> None:
        """Rows become columns."""
        for table, rows in self.rows.items():
            self.made.setdefault(table, []).extend(pa.Table.from_pylist(rows, schema=SCHEMAS[table]).to_batches())
        self.rows.clear()

    def tables(self) -> dict[str, pa.Table]:
        return {name: pa.Table.from_batches(batches, schema=SCHEMAS[name]) for name, batches in self.made.items()}


Line = dict[str, Cell]
"""Cells of a line by field."""


def read_list(sheet: Sheet, mapping: Mapping, source: SourceFile, source_id: str, file_day: date) -> Document:
    """A sheet whose columns are known. Raises SourceError (French) when its text breaks off."""
    limit = max(mapping.as_of, file_day)
    reading = _Reading(mapping, people.People(values.Dates(limit)))
    reading.people.births = reading.how("birth")
    places = {one.field: one.position for one in mapping.columns if one.confidence is Confidence.SURE and one.field}
    take = _TAKERS.get(mapping.kind, _take_patient)
    marks = _marks(sheet, mapping, places)
    try:
        for part in _parts(_lines(sheet, mapping, reading)):
            _take_part(part, places, reading, take, marks)
            reading.flush()
    except (csv.Error, UnicodeError):
        raise SourceError(
            f"Le fichier « {source.name} » s’interrompt après la ligne {mapping.first_row + reading.read} : un guillemet "
            "est ouvert et jamais fermé, ou la fin est abîmée. Enregistrez-le de nouveau depuis le tableur."
        ) from None
    _listed(reading)
    return _document(reading, source, source_id)


def _lines(sheet: Sheet, mapping: Mapping, reading: _Reading) -> Iterator[tuple[int, Row]]:
    """Numbered lines of data: neither blank, nor a total, nor the header printed again on each page."""
    header = [column.header for column in mapping.columns]
    for number, row in enumerate(sheet.rows(), 1):
        if number < mapping.first_row or detect.is_blank(row):
            continue
        reading.read += 1
        reading.number = number
        if detect.is_total(row):
            reading.leave("total ou pied de page")
        elif detect.is_header(row, header):
            reading.leave("en-tête répété")
        else:
            yield number, row


def _parts(lines: Iterator[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    while part := list(islice(lines, PART)):
        yield part


def _take_part(
    part: list[tuple[int, Row]],
    places: dict[str, int],
    reading: _Reading,
    take: Callable[..., None],
    marks: dict[str, bool],
) -> None:
    width = max(places.values(), default=0) + 1
    for _, row in part:
        if len(row) < width:
            row += [None] * (width - len(row))
    who = [places.get(name) for name in people.FIELDS]
    for reading.number, row in part:
        key = reading.people.key(tuple(row[place] if place is not None else None for place in who))
        if key is None:
            reading.leave(NO_PATIENT)
            continue
        line = {name: row[place] for name, place in places.items()}
        take(reading, key, line, marks)


def _marks(sheet: Sheet, mapping: Mapping, places: dict[str, int]) -> dict[str, bool]:
    """Fields in which nothing means no: the sign beside it is a cross, a tick or 1, alone."""
    found: dict[str, bool] = {}
    for name in ("ald", "c2s", "gp"):
        if name in places:
            said = set()
            for row in islice(sheet.rows(), mapping.first_row - 1, None):
                cell = row[places[name]] if places[name] < len(row) else None
                if cell is not None and not detect.is_total(row):
                    said.add(values.text(cell).lower())
                if len(said) > 3:
                    break
            found[name] = len(said) == 1 and said <= values.MARKS
    return found


def _yes(reading: _Reading, line: Line, name: str, marks: dict[str, bool]) -> bool | None:
    cell = line.get(name)
    if cell is None:
        return False if marks.get(name) else None
    return values.flag(cell)


def _take_patient(reading: _Reading, key: str, line: Line, marks: dict[str, bool]) -> None:
    if key in reading.listed and reading.mapping.kind == "liste_patients":
        reading.leave("patient déjà dans la liste")
    row = reading.listed.setdefault(key, {"patient_id": key, "alds": ()})
    numbers = values.alds(line["ald"]) if line.get("ald") is not None and not _is_flags(reading) else None
    said = {
        "named_doctor": None if values.flag(line.get("gp")) is not None else values.text(line.get("gp")) or None,
        "is_registered": _yes(reading, line, "gp", marks),
        "has_ald": True if numbers else _yes(reading, line, "ald", marks),
        "has_c2s": _yes(reading, line, "c2s", marks),
        "seen_on": values.day(line.get("seen"), reading.how("seen")),
        "died_on": values.day(line.get("died_on"), reading.how("died_on")),
    }
    row |= {name: value for name, value in said.items() if value is not None}
    row["alds"] = tuple(dict.fromkeys((*row["alds"], *(numbers or ()))))
    reading.kept += 1


def _is_flags(reading: _Reading) -> bool:
    """0 and 1 are no numbers of illnesses in a column that has nothing else."""
    column = reading.mapping.column("ald")
    return bool(column and column.form == "oui/non")


def _listed(reading: _Reading) -> None:
    """Who is listed, once each, however many lines name him."""
    for key, row in reading.listed.items():
        for ald in row.pop("alds"):
            reading.add("listed_ald", {"patient_id": key, "ald": ald})
        reading.silent.update(name for name in ("has_ald", "has_c2s") if row.get(name) is None)
        reading.add("listed", row)
    reading.flush()


def _take_insurer(reading: _Reading, key: str, line: Line, marks: dict[str, bool]) -> None:
    _take_patient(reading, key, line, marks)
    indicator = values.text(line.get("indicator"))
    if not indicator:
        reading.leave("indicateur absent")
        return
    day = values.day(line.get("said_on"), reading.how("said_on"))
    reading.add(
        "insurer_list",
        {"patient_id": key, "indicator": indicator, "said": values.text(line.get("said")) or None, "date": day},
    )


def _event_day(reading: _Reading, line: Line) -> date | None:
    """The day of the care, or None once the line is set aside."""
    day = values.day(line.get("date"), reading.how("date"))
    if day is None or day > reading.people.births.as_of:
        reading.leave(NO_DATE if day is None else FUTURE, line.get("date"))
        return None
    return day


def _take_act(reading: _Reading, key: str, line: Line, _: dict[str, bool]) -> None:
    column = reading.mapping.column("act_code")
    said = codes.system(line.get("system")) or codes.digits_of(column.header if column else "")
    acts = codes.acts(line["act_code"], said) if line.get("act_code") is not None else None
    if acts is None:
        reading.leave("acte sans code reconnu (le libellé seul ne suffit pas)", line.get("act_code"))
        return
    if (day := _event_day(reading, line)) is None:
        return
    quantity = values.count(line.get("quantity"))
    if quantity == 0:
        reading.leave("quantité nulle")
        return
    value, comparator = _result(line.get("value"))
    for place, act in enumerate(acts):
        reading.add(
            "acts",
            {
                "patient_id": key, "date": day, "system": act.system, "code": act.code, "quantity": quantity or 1,
                "performer_id": values.professional(line.get("performer")),
                "prescriber_id": values.professional(line.get("prescriber")), "value": value, "comparator": comparator,
                "unit": values.text(line.get("unit")) or None if value is not None else None,
                "base_cents": None if place or len(acts) > 1 else values.cents(line.get("base")),
                "paid_cents": None if place or len(acts) > 1 else values.cents(line.get("amount")),
            },
        )  # fmt: skip
    reading.kept += 1


def _result(cell: Cell) -> tuple[float | None, str | None]:
    """« < 1,0 » is 1.0 and « < »; a result in words has no value."""
    found = RESULT.fullmatch(values.text(cell).replace("\u00a0", " ").strip())
    if not found or (value := values.number(found[2])) is None:
        return None, None
    return value, {"≤": "<=", "≥": ">="}.get(found[1] or "", found[1])


def _take_delivery(reading: _Reading, key: str, line: Line, _: dict[str, bool]) -> None:
    cip13, atc = values.cip13(line.get("cip13")), values.atc(line.get("atc"))
    if values.is_destroyed(line.get("cip13")):
        reading.leave("code CIP13 détruit par le tableur (3,40093E+12)", line.get("cip13"))
        cip13 = None
        if not atc:
            return
    elif not cip13 and not atc:
        reading.leave("médicament sans code CIP13 ni classe ATC")
        return
    if (day := _event_day(reading, line)) is None:
        return
    boxes = values.count(line.get("quantity"))
    if boxes == 0:
        reading.leave("quantité nulle")
        return
    reading.add(
        "deliveries",
        {
            "patient_id": key, "date": day, "cip13": cip13, "atc": atc, "boxes": boxes or 1,
            "base_cents": values.cents(line.get("base")), "prescriber_id": values.professional(line.get("prescriber")),
        },
    )  # fmt: skip
    reading.kept += 1


def _take_vaccination(reading: _Reading, key: str, line: Line, _: dict[str, bool]) -> None:
    cip13, found = values.cip13(line.get("cip13")), vaccine(line.get("vaccine"))
    atc = values.atc(line.get("atc")) or (found.atc if found else None)
    if not atc and not cip13:
        reading.leave("nom de vaccin inconnu", what=f"vaccin « {values.text(line.get('vaccine'))[:LONGEST_EXAMPLE]} »")
        return
    dated = values.partial_day(line.get("date"), reading.how("date"))
    if dated is None or dated[0] > reading.people.births.as_of:
        reading.leave(NO_DATE if dated is None else FUTURE, line.get("date"))
        return
    reading.add(
        "vaccinations",
        {
            "patient_id": key, "date": dated[0], "precision": dated[1], "cip13": cip13, "atc": atc,
            "cis": found.cis if found else None, "rank": content.rank(line.get("rank")),
            "lot": values.text(line.get("lot")) or None, "not_done": False,
        },
    )  # fmt: skip
    reading.kept += 1


_TAKERS: dict[str, Callable[[_Reading, str, Line, dict[str, bool]], None]] = {
    "liste_patients": _take_patient,
    "liste_assurance": _take_insurer,
    "liste_actes": _take_act,
    "liste_delivrances": _take_delivery,
    "liste_vaccinations": _take_vaccination,
}


def _document(reading: _Reading, source: SourceFile, source_id: str) -> Document:
    mapping = reading.mapping
    label = next((kind.label for kind in headers.kinds() if kind.kind == mapping.kind), "liste")
    found = tuple(reading.people.found.values())
    listed = mapping.kind in ("liste_patients", "liste_assurance")
    return Document(
        kind=mapping.kind,
        name=source.name,
        title=f"{label} datée du {short_day(mapping.as_of)}",
        source_id=source_id,
        people=found,
        tables=reading.tables(),
        covered=_covered(mapping, found),
        created_on=mapping.as_of,
        read={"lignes": reading.read},
        kept=reading.kept,
        unmapped=tuple(_unmapped(reading)),
        proposed=tuple(_proposed(mapping)),
        ald_known=listed and mapping.column("ald") is not None and not reading.silent["has_ald"],
        c2s_known=listed and mapping.column("c2s") is not None and not reading.silent["has_c2s"],
    )


def _covered(mapping: Mapping, found: Sequence[Any]) -> tuple[Covered, ...]:
    """Only where the user says that the list is complete: acts of one practice are not all acts of its patients."""
    if not mapping.complete or not mapping.period or mapping.kind not in DOMAINS:
        return ()
    domain = DOMAINS[mapping.kind]
    return tuple(Covered(one.key, domain, mapping.period.first, mapping.period.last) for one in found)


def _unmapped(reading: _Reading) -> Iterator[Unmapped]:
    for (what, reason), number in reading.aside.most_common():
        yield Unmapped(what, number, reason, reading.examples[what, reason])
    for what, number in reading.people.doubts.most_common():
        why = "signalé ; le reste de la ligne est lu quand un autre élément désigne le patient"
        yield Unmapped(what, number, why, aside=False)
    for column in reading.mapping.columns:
        named = f"colonne « {column.header or column.position + 1} »"
        if column.confidence is Confidence.ASKED:
            yield Unmapped(named, reading.read, f"à préciser : {column.why}", aside=False)
        elif not column.is_read and column.why != "colonne vide":
            yield Unmapped(named, reading.read, "non utilisée", aside=False)


def _proposed(mapping: Mapping) -> Iterator[Unmapped]:
    if mapping.period and not mapping.complete and mapping.kind in DOMAINS:
        said = f"{short_day(mapping.period.first)} au {short_day(mapping.period.last)}"
        yield Unmapped(f"période du {said}", 1, "à confirmer si la liste y est complète pour ces patients")


def shown(column: ColumnMapping, cell: Cell, mapping: Mapping, latest: date) -> str:
    """A cell as it will be read, in French; « illisible » when it cannot be."""
    if cell is None:
        return ""
    kind = headers.fields()[column.field].content
    if kind in ("birth", "past", "event"):
        how = _Reading(mapping, people.People(values.Dates(latest))).how(column.field)
        dated = values.partial_day(cell, how) if kind == "event" else None
        day = dated[0] if dated else values.day(cell, how)
        return short_day(day) if day else UNREADABLE
    reading = values.flag if column.form == "oui/non" else _SHOWN.get(kind)
    if reading is None:
        return values.text(cell)
    found = reading(cell)
    return UNREADABLE if found is None else _in_words(found)


UNREADABLE = "illisible"
_SHOWN: dict[str, Callable[[Cell], object]] = {
    "nir": values.number_of,
    "sex": values.sex,
    "flag": values.flag,
    "phone": values.phone,
    "email": values.email,
    "cip13": values.cip13,
    "atc": values.atc,
    "count": values.count,
    "money": values.number,
    "ald": lambda cell: values.alds(cell) or values.flag(cell),
    "vaccine": lambda cell: (found := vaccine(cell)) and found.atc,
    "act_code": lambda cell: codes.acts(cell, "nabm"),
}


def _in_words(found: object) -> str:
    match found:
        case bool():
            return "oui" if found else "non"
        case tuple():
            return ", ".join(one.code if isinstance(one, codes.Act) else str(one) for one in found)
    return str(found)
