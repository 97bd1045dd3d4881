"""Acts, diagnoses and vaccines of the sections of any document but a reimbursement history.

* Vaccines: the day, month or year that is written. Without a date, the dose exists from the day of the document on, or of
  the exam (`before`): dates are never made from ranks. What was not given is a row that says so.
* Diagnoses give `conditions` alone, never an ALD: one that may follow is proposed.
* What a section holds beside is counted, with the reason.
"""

import re
from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element

from calculators.records.readers.cda.codes import CODES, Part, part_of
from calculators.records.readers.cda.parse import (
    V3,
    Moment,
    attribute,
    coded,
    day,
    day_within,
    happened,
    moment_within,
    negated,
    says_nothing,
    statements,
    text,
    undone,
)
from calculators.records.readers.cda.people import UNKNOWN, Professional, professional
from calculators.records.readers.cda.reimbursements import ATC, CIP13, longest_class
from calculators.records.readers.cda.rows import Rows

CIS = re.compile(r"[0-9]{8}")
RANKS = range(1, 100)
LOT_LENGTH = 40


def title_of(section: Element) -> str:
    code = section.find(V3 + "code")
    return text(section.find(V3 + "title")) or attribute(code, "displayName") or "Section sans titre"


def code_of(section: Element) -> str:
    return attribute(section.find(V3 + "code"), "code")


def leave(rows: Rows, section: Element, reason: str = "") -> None:
    """Count what a section holds and the tables do not."""
    found = [one for one in statements(section) if not says_nothing(one)]
    if found:
        title = title_of(section)
        rows.read[title] += len(found)
        why = reason or CODES.left.get(code_of(section), "cette partie du document n’est pas lue")
        rows.note(title, f"{why} ; non repris", len(found))


def acts(rows: Rows, section: Element, author: Professional = UNKNOWN) -> None:
    """Procedures that were done, in a nomenclature of acts; `author` when they do not say who did them."""
    for statement in statements(section):
        if statement.tag == V3 + "procedure":
            procedure(rows, title_of(section), statement, author)


def procedure(rows: Rows, title: str, statement: Element, author: Professional) -> None:
    code = statement.find(V3 + "code")
    own = [] if code is None else [pair for pair in coded(code.iter()) if pair[1]]
    ours = [pair for pair in own if pair[0] in CODES.acts]
    if not ours and any(written in CODES.words.nothing for _, written in own):
        return
    rows.read[title] += 1
    when = next((found for one in statement.iterfind(V3 + "effectiveTime") if (found := day_within(one))), None)
    if not happened(statement):
        rows.note("Acte non fait ou seulement prévu", "rien n’a été fait ; non repris")
    elif not ours:
        rows.note("Acte sans code connu", "ni CCAM, ni NGAP, ni NABM ; non repris")
    elif when is None:
        rows.note("Acte sans date", "le jour de l’acte manque ; non repris")
    else:
        by = professional(_who(statement))
        rows.act(when, CODES.acts[ours[0][0]], ours[0][1], 1, by if by != UNKNOWN else author)


def _who(statement: Element) -> Iterator[Element]:
    yield from statement.iterfind(f"{V3}performer/{V3}assignedEntity")
    yield from statement.iterfind(f"{V3}author/{V3}assignedAuthor")


def conditions(rows: Rows, section: Element) -> None:
    """Diagnoses that were made."""
    for statement in statements(section):
        if statement.tag == V3 + "observation" and not says_nothing(statement):
            _condition(rows, title_of(section), statement)


def _condition(rows: Rows, title: str, observation: Element) -> None:
    rows.read[title] += 1
    value = observation.find(V3 + "value")
    found = next(
        (pair for pair in coded(iter(()) if value is None else value.iter()) if pair[0] in CODES.problems and pair[1]),
        None,
    )
    if not happened(observation):
        rows.note("Diagnostic écarté", "le document dit que le patient ne l’a pas ; non repris")
    elif found is None:
        rows.note("Diagnostic sans code connu", "texte libre ou code local ; non repris")
    else:
        system, code = CODES.problems[found[0]], found[1].upper()
        start, end = (day(observation.find(f"{V3}effectiveTime/{V3}{bound}")) for bound in ("low", "high"))
        label = attribute(value, "displayName") or None
        rows.add("conditions", system=system, code=code, from_date=start, to_date=end, label=label)
        _propose_ald(rows, system, code)


def _propose_ald(rows: Rows, system: str, code: str) -> None:
    if system == "cim10" and (number := CODES.ald.get(code[:3])):
        rows.proposed[f"ALD {number} possible", f"diagnostic {code} : à déclarer si le droit est ouvert"] += 1


def vaccines(rows: Rows, section: Element, by: date | None) -> None:
    """Injections. `by`: the day before which an injection without a date took place, when the document says it."""
    for statement in statements(section):
        if statement.tag == V3 + "substanceAdministration":
            _vaccine(rows, title_of(section), statement, by)


def _vaccine(rows: Rows, title: str, statement: Element, by: date | None) -> None:
    material = statement.find(f"{V3}consumable/{V3}manufacturedProduct/{V3}manufacturedMaterial")
    code = None if material is None else material.find(V3 + "code")
    codes = [pair for pair in coded(iter(()) if code is None else code.iter()) if pair[1]]
    product = _product(codes)
    if not any(product.values()) and says_nothing(statement):
        return
    rows.read[title] += 1
    if statement.get("moodCode", "EVN") != "EVN" or undone(statement):
        rows.note("Vaccin prévu ou annulé", "il n’a pas été injecté ; non repris")
    elif not any(product.values()):
        rows.note("Vaccin sans code connu", "ni CIS, ni CIP13, ni classe ATC ; non repris")
    elif product["atc"] and not product["atc"].startswith(CODES.words.vaccine_class[: len(product["atc"])]):
        rows.note("Produit qui n’est pas un vaccin", "il est écrit dans la liste des vaccins ; non repris")
    elif (when := _injected(statement) or (Moment(by, "before") if by else None)) is None:
        rows.note("Vaccin sans date", "ni la ligne ni le document ne disent leur jour ; non repris")
    else:
        _dose(rows, statement, material, when, product)


def _dose(
    rows: Rows, statement: Element, material: Element | None, when: Moment, product: dict[str, str | None]
) -> None:
    """An injection, or the line that says that there was none."""
    if negated(statement):
        rows.note("Vaccin noté comme non fait", "la ligne dit qu’il n’a pas été injecté")
    rows.add(
        "vaccinations",
        date=when.day,
        precision=when.precision,
        rank=_rank(statement),
        lot=_lot(material),
        not_done=negated(statement),
        **product,
    )


def _product(codes: list[tuple[str, str]]) -> dict[str, str | None]:
    def first(systems: frozenset[str] | set[str], form: re.Pattern[str]) -> str | None:
        return next((code for system, code in codes if system in systems and form.fullmatch(code)), None)

    return {
        "cip13": first(CODES.drugs.cip, CIP13),
        "cis": first({CODES.drugs.cis}, CIS),
        "atc": longest_class([(system, code) for system, code in codes if ATC.fullmatch(code)]),
    }


def _injected(statement: Element) -> Moment | None:
    return next((found for one in statement.iterfind(V3 + "effectiveTime") if (found := moment_within(one))), None)


def _rank(statement: Element) -> int | None:
    for observation in statement.iterfind(f"{V3}entryRelationship/{V3}observation"):
        if attribute(observation.find(V3 + "code"), "code") == CODES.words.rank:
            written = attribute(observation.find(V3 + "value"), "value").strip()
            return int(written) if written.isascii() and written.isdecimal() and int(written) in RANKS else None
    return None


def _lot(material: Element | None) -> str | None:
    lot = "" if material is None else text(material.find(V3 + "lotNumberText"))
    return lot[:LOT_LENGTH] or None


def wanted(section: Element, takes: tuple[Part, ...]) -> Part | None:
    """What the document takes of this section."""
    part = part_of(code_of(section))
    return part if part in takes else None
