"""Lines of a reimbursement history (REMB): each becomes one row, or is told.

* Date: day of the dispensing (`supply/performer/time`), else of the prescription (`author/time`), else `effectiveTime`;
  of an act, `effectiveTime`; of a stay, its first day. The day is the one written, whatever the time zone.
* Quantity: `quantity`; one when there is none (vaccines, acts). A part of a box is a box. The unreadable counts one, and so
  does what is dispensed by the unit.
* `cip13` has thirteen digits or is null: a UCD or a CIP7 (homeopathy) is not a CIP13; the row is kept.
* `atc` has three to seven characters. A group of less than five says nothing that the CIP13 beside it does not say
  better: it is left to the drug reference.
* A stay coded in NGAP is an act of its first day. A GHS is not a GHM: the stay is kept without a group.
* A line after the end of the period is kept and told.
"""

import re
from datetime import date
from decimal import ROUND_UP, Decimal
from xml.etree.ElementTree import Element

from calculators.records.readers.cda.codes import CODES, DRUG_SYSTEMS, KNOWN
from calculators.records.readers.cda.parse import (
    V3,
    attribute,
    coded,
    day,
    happened,
    says_nothing,
    statements,
    text,
)
from calculators.records.readers.cda.people import professional
from calculators.records.readers.cda.rows import Rows

INT16 = 32_767
CIP13 = re.compile(r"[0-9]{13}")
NUMBER = re.compile(r"[+-]?[0-9]{1,9}([.][0-9]{1,9})?")
ATC = re.compile(r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)")
WHOLE_ATC, ENOUGH_ATC = 7, 5

Codes = list[tuple[str, str]]


def read(rows: Rows, root: Element) -> None:
    """Every section of the document."""
    for section in root.iter(V3 + "section"):
        title = text(section.find(V3 + "title")) or "Section sans titre"
        for statement in statements(section):
            _read_statement(rows, title, statement)


def _read_statement(rows: Rows, section: str, statement: Element) -> None:
    codes = [(system, code) for system, code in coded(statement.iter()) if system in KNOWN and code]
    if not codes and says_nothing(statement):
        return
    parts = [statement]
    if statement.tag == V3 + "substanceAdministration":
        parts = list(statement.iter(V3 + "supply")) or parts
    for part in parts:
        rows.read[section] += 1
        _read_line(rows, statement, part, codes)


def _read_line(rows: Rows, statement: Element, part: Element, codes: Codes) -> None:
    """The row of a line, or why it gives none."""
    when = _line_day(statement, part)
    if obstacle := _obstacle(statement, part, codes, when):
        rows.note(*obstacle)
    elif when is not None:
        system = codes[0][0]
        if system in DRUG_SYSTEMS:
            _delivery(rows, when, statement, part, codes)
        elif system in CODES.stays:
            _stay(rows, when, statement, system)
        else:
            act(rows, when, statement, codes)


def _obstacle(statement: Element, part: Element, codes: Codes, when: date | None) -> tuple[str, str] | None:
    """What the line is, and why it gives no row."""
    if not codes:
        return "Ligne sans code connu", "aucun code de médicament, d’acte ou de dispositif ; non reprise"
    if not (happened(statement) and happened(part)):
        return "Ligne annulée, refusée ou seulement prévue", "rien n’a été délivré ni fait ; non reprise"
    if when is None:
        return "Ligne sans date", "le jour du soin manque ou n’est pas une date ; non reprise"
    return None


def _line_day(statement: Element, part: Element) -> date | None:
    places = (*part.iterfind(f"{V3}performer/{V3}time"), *part.iterfind(f"{V3}author/{V3}time"))
    effective = (*part.iterfind(V3 + "effectiveTime"), *statement.iterfind(V3 + "effectiveTime"))
    if part.tag != V3 + "supply":
        places = (*effective, *places)
    return next((found for place in (*places, *effective) if (found := _from(place))), None)


def _from(place: Element) -> date | None:
    """The day, or the first of an interval."""
    return day(place) or day(place.find(V3 + "low"))


def _prescribed(supply: Element, when: date) -> date | None:
    """Day of the prescription: the author of a dispensing is the prescriber."""
    found = next((found for one in supply.iterfind(f"{V3}author/{V3}time") if (found := day(one))), None)
    return found if found and found <= when else None


def _delivery(rows: Rows, when: date, statement: Element, supply: Element, codes: Codes) -> None:
    """A dispensing; its prescriber is its author."""
    cip13 = cip13_of(rows, codes)
    rows.add(
        "deliveries",
        date=when,
        cip13=cip13,
        atc=_class_of(rows, codes, cip13),
        boxes=_boxes(rows, statement, supply),
        prescribed_on=_prescribed(supply, when),
        **_prescriber(supply),
    )


def _boxes(rows: Rows, statement: Element, supply: Element) -> int:
    """What is taken out of its box is counted in units: the line is worth one box."""
    for observation in statement.iter(V3 + "observation"):
        code, value = observation.find(V3 + "code"), observation.find(V3 + "value")
        if attribute(code, "code") == CODES.words.unpacked and attribute(value, "value") == "true":
            rows.note(
                "Médicament délivré à l’unité", "la quantité n’est pas en boîtes ; la ligne compte pour une boîte"
            )
            return 1
    return quantity(rows, supply)


def _prescriber(supply: Element) -> dict[str, str | None]:
    found = professional(supply.iterfind(f"{V3}author/{V3}assignedAuthor"))
    return {"prescriber_id": found.number, "prescriber_specialty": found.specialty}


def cip13_of(rows: Rows, codes: Codes) -> str | None:
    found = list(dict.fromkeys(code for system, code in codes if system in CODES.drugs.cip and CIP13.fullmatch(code)))
    if len(found) > 1:
        rows.note("Ligne à plusieurs codes CIP13", "seul le premier est repris")
    if not found:
        rows.note("Code de médicament autre que CIP13", "code UCD, CIP7 ou absent ; la ligne est reprise sans code")
    return next(iter(found), None)


def longest_class(codes: Codes) -> str | None:
    """The most precise ATC class of a product."""
    classes = [code for system, code in codes if system in CODES.drugs.atc and ATC.fullmatch(code)]
    return max(classes, key=len, default=None)


def _class_of(rows: Rows, codes: Codes, cip13: str | None) -> str | None:
    found = longest_class(codes)
    if found is None or len(found) < WHOLE_ATC:
        rows.note("Classe ATC complète absente", "la ligne est reprise ; la classe peut venir du code CIP13")
    return None if found and cip13 and len(found) < ENOUGH_ATC else found


def _stay(rows: Rows, when: date, encounter: Element, system: str) -> None:
    end = next((found for one in encounter.iterfind(f"{V3}effectiveTime/{V3}high") if (found := day(one))), None)
    if end and end < when:
        rows.note("Séjour qui finit avant de commencer", "la date de fin n’est pas reprise")
        end = None
    rows.add("stays", entry=when, exit=end, kind=CODES.stays[system] or None)


def act(rows: Rows, when: date, statement: Element, codes: Codes) -> None:
    """An act or a device, with who did it."""
    ours = list(dict.fromkeys(pair for pair in codes if pair[0] in CODES.acts))
    if len(set(codes)) > 1:
        rows.note("Ligne à plusieurs codes d’acte", "seul le premier est repris")
    system, code = ours[0]
    performers = statement.iterfind(f"{V3}performer/{V3}assignedEntity")
    rows.act(when, CODES.acts[system], code, quantity(rows, statement), professional(performers))


def quantity(rows: Rows, part: Element) -> int:
    written = attribute(part.find(V3 + "quantity"), "value").strip()
    value = Decimal(written) if NUMBER.fullmatch(written) else None
    if value is not None and abs(value) <= INT16:
        return int(value.to_integral_value(rounding=ROUND_UP))
    if written:
        rows.note("Quantité illisible", "la ligne est reprise, comptée pour 1")
    return 1


def tell_late_lines(rows: Rows, end: date) -> None:
    """Lines of care after the last day the document says it covers."""
    if late := sum(one > end for one in rows.days()):
        rows.note("Ligne datée après la période du document", "la ligne est gardée telle qu’elle est écrite", late)
