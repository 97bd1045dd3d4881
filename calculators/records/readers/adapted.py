"""Today's reimbursement histories as documents of a practice folder."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from calculators.records.readers import cda
from calculators.records.readers.cda import CODES, V3
from calculators.records.readers.shape import Covered, Document, Person, SourceFile

KIND = "remb"
DOMAINS = ("acts", "deliveries", "vaccinations", "biology")


def documents(sources: Sequence[SourceFile]) -> Iterator[Document]:
    """One per file, of one patient. Raises SourceError at the first that cannot be read."""
    for source in sources:
        yield _document(source)


def _document(source: SourceFile) -> Document:
    imported = cda.read([source])
    content = source.content()
    root = fromstring(content, forbid_dtd=True)
    key = imported.tables["patients"]["patient_id"][0].as_py()
    tables = {name: imported.tables[name] for name in ("acts", "deliveries")}
    about = imported.dataset
    first, last = about.covers_from, about.covers_to
    return Document(
        kind=KIND,
        name=source.name,
        title=about.title,
        source_id=hashlib.sha256(content).hexdigest(),
        people=(_person(root, key, *_birth_and_sex(imported.tables["patients"].to_pylist()[0])),),
        tables=tables,
        covered=tuple(Covered(key, domain, first, last) for domain in DOMAINS),
        created_on=about.extracted_on,
        read=imported.read,
        unmapped=tuple(imported.unmapped),
    )


def _birth_and_sex(row: dict[str, object]) -> tuple[date, str]:
    birth, sex = row["birth_date"], row["sex"]
    assert isinstance(birth, date)
    return birth, str(sex)


def _person(root: Element, key: str, birth: date, sex: str) -> Person:
    role = root.find(f"{V3}recordTarget/{V3}patientRole")
    ids = [] if role is None else [(one.get("root", ""), one.get("extension", "")) for one in role.iterfind(V3 + "id")]
    number = next((number for place, number in ids if place in CODES.patient_roots), "")
    name = None if role is None else role.find(f"{V3}patient/{V3}name")
    family, given = ["", ""] if name is None else [_text(name.find(V3 + tag)) for tag in ("family", "given")]
    return Person(key, birth, sex, number=number.replace(" ", ""), family=family, given=given)


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
