"""Products dispensed by a pharmacy (eDISP): deliveries on the day of the header.

* The stamp of the author of a line is that of the prescription. Prescriber: author of the prescription item.
* Boxes when the unit is the box, or when there is none; else one, which is told.
* Nested administrations are doses and prescriptions, not deliveries.
"""

from datetime import date
from xml.etree.ElementTree import Element

from calculators.records.readers.cda.codes import CODES
from calculators.records.readers.cda.parse import V3, attribute, coded, day, happened, says_nothing, statements
from calculators.records.readers.cda.people import professional
from calculators.records.readers.cda.reimbursements import cip13_of, longest_class, quantity
from calculators.records.readers.cda.rows import Rows
from calculators.records.readers.cda.sections import leave, title_of


def read(rows: Rows, section: Element, when: date | None) -> None:
    """`when`: the day of the dispensing, which the header says."""
    if when is None:
        leave(rows, section, "le document ne dit pas le jour de la dispensation")
        return
    for statement in statements(section):
        if statement.tag == V3 + "supply" and not says_nothing(statement):
            _supply(rows, title_of(section), statement, when)


def _supply(rows: Rows, title: str, supply: Element, when: date) -> None:
    rows.read[title] += 1
    if not happened(supply):
        rows.note("Ligne annulée, refusée ou seulement prévue", "rien n’a été délivré ; non reprise")
        return
    product = supply.find(V3 + "product")
    codes = [pair for pair in coded(iter(()) if product is None else product.iter()) if pair[1]]
    authors = list(supply.iterfind(f"{V3}entryRelationship/{V3}substanceAdministration/{V3}author"))
    prescriber = professional(one for author in authors for one in author.iterfind(V3 + "assignedAuthor"))
    prescribed = next((found for author in authors if (found := day(author.find(V3 + "time")))), None)
    rows.add(
        "deliveries",
        date=when,
        cip13=cip13_of(rows, codes),
        atc=longest_class(codes),
        boxes=_boxes(rows, supply),
        prescriber_id=prescriber.number,
        prescriber_specialty=prescriber.specialty,
        prescribed_on=prescribed if prescribed and prescribed <= when else None,
    )


def _boxes(rows: Rows, supply: Element) -> int:
    unit = attribute(supply.find(V3 + "quantity"), "unit").strip()
    if unit in ("", "1", CODES.words.box):
        return quantity(rows, supply)
    rows.note("Quantité qui n’est pas en boîtes", "conditionnement écrit autrement ; la ligne compte pour une boîte")
    return 1
