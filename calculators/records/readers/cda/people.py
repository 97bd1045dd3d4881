"""The patient and the professionals a document names."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from xml.etree.ElementTree import Element

from calculators.records.readers.cda.codes import CODES
from calculators.records.readers.cda.parse import V3, attribute, text
from calculators.records.readers.shape import Person

PATIENT = "patient"
"""Key of the one patient of a document."""
NUMBER = re.compile(r"[1-478]\d{4}[0-9AB]{2}\d{6}(\d\d)?", re.ASCII)
BIRTH = re.compile(r"(\d{4})(\d\d)?(\d\d)?", re.ASCII)
USED_FOR_PHONES = ("MC", "HP", "H", "HV")
"""Kinds of telephone, best first: mobile, home."""


class Birth(NamedTuple):
    """A day of birth, conventional where it is not known: first of the month or of the year, 31 December when neither the
    day nor the month is known (convention of the national register)."""

    day: date
    precision: str


def person(role: Element) -> Person:
    """Who a patientRole is."""
    patient = role.find(V3 + "patient")
    born = birth(attribute(None if patient is None else patient.find(V3 + "birthTime"), "value"))
    sex = attribute(None if patient is None else patient.find(V3 + "administrativeGenderCode"), "code")
    families, givens = (_names(patient, tag) for tag in ("family", "given"))
    family = families.get("BR") or families.get("") or families.get("CL") or families.get("SP") or ""
    used = families.get("CL") or families.get("SP") or (families.get("") if families.get("BR") else "") or ""
    return Person(
        key=PATIENT,
        birth=born.day if born else None,
        sex=sex if sex in ("F", "M") else "U",
        birth_precision=born.precision if born else "day",
        number=_number_of(role),
        family=family,
        given=givens.get("") or givens.get("BR") or givens.get("CL") or "",
        used_family=used if used != family else "",
        phone=_phone(role),
        email=_email(role),
    )


def _names(patient: Element | None, tag: str) -> dict[str, str]:
    """Qualifier -> names, in order, spaces between them."""
    found: dict[str, list[str]] = {}
    for name in () if patient is None else patient.iterfind(V3 + "name"):
        for part in name.iterfind(V3 + tag):
            for qualifier in part.get("qualifier", "").split() or [""]:
                found.setdefault(qualifier, []).append(text(part))
    return {qualifier: " ".join(dict.fromkeys(filter(None, parts))) for qualifier, parts in found.items()}


def ids(role: Element) -> list[tuple[str, str]]:
    """(root, extension without spaces) of the identifiers."""
    return [(attribute(one, "root"), "".join(attribute(one, "extension").split())) for one in role.iterfind(V3 + "id")]


def national(role: Element) -> tuple[str, str]:
    """(root, number) of the best national identifier, as written; empty when there is none."""
    held = ids(role)
    return next(
        ((root, number) for wanted in CODES.identity.national for root, number in held if root == wanted and number),
        ("", ""),
    )


def _number_of(role: Element) -> str:
    number = national(role)[1].upper()
    return number if NUMBER.fullmatch(number) else ""


def _phone(role: Element) -> str:
    phones = {
        use: value.partition(":")[2].strip()
        for one in reversed(role.findall(V3 + "telecom"))
        if (value := attribute(one, "value").strip()).lower().startswith("tel:")
        for use in attribute(one, "use").split() or [""]
    }
    return next((phones[use] for use in (*USED_FOR_PHONES, *phones) if phones.get(use)), "")


def _email(role: Element) -> str:
    """The address of the national messaging is the patient's number: it is never taken."""
    written = (attribute(one, "value").strip() for one in role.iterfind(V3 + "telecom"))
    addresses = (value.partition(":")[2].strip() for value in written if value.lower().startswith("mailto:"))
    return next((one for one in addresses if not one.lower().endswith(CODES.identity.private_mail)), "")


def birth(written: str) -> Birth | None:
    """Day of birth. A month that does not exist (00, 13 and more: unknown in the registers) keeps the year."""
    found = BIRTH.match(written.strip())
    if not found:
        return None
    year, month, rest = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if 1 <= month <= 12:
        known, first = _date(year, month, rest), _date(year, month, 1)
        return Birth(known, "day") if known else Birth(first, "month") if first else None
    conventional = _date(year, 1, rest) or _date(year, 12, 31)
    return Birth(conventional, "year") if conventional else None


def _date(year: int, month: int, rest: int) -> date | None:
    try:
        return date(year, month, rest)
    except ValueError:
        return None


class Professional(NamedTuple):
    """Number (RPPS where it can be told) and two-digit specialty; either may be unknown."""

    number: str | None
    specialty: str | None


UNKNOWN = Professional(None, None)


def professional(entities: Iterable[Element]) -> Professional:
    """The first professional who has a number or a specialty."""
    for entity in entities:
        number = next((id_ for one in entity.iterfind(V3 + "id") if (id_ := _professional_number(one))), None)
        specialty = _specialty(attribute(entity.find(V3 + "code"), "code"))
        if number or specialty:
            return Professional(number, specialty)
    return UNKNOWN


def _professional_number(identifier: Element) -> str | None:
    """A number of twelve digits that starts with 8 is an RPPS number with its type digit: the digit is dropped."""
    if identifier.get("root") != CODES.professional.root:
        return None
    number = attribute(identifier, "extension").strip()
    return (number[1:] if re.fullmatch(r"8\d{11}", number) else number) or None


def _specialty(code: str) -> str | None:
    """`G15_10/SM54`: the part after the slash names the specialty, the other one the profession."""
    return next((CODES.specialties[part] for part in re.split("[/-]", code)[::-1] if part in CODES.specialties), None)
