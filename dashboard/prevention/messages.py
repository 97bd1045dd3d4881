"""Letters and text messages to patients: texts by contact, one printable page per patient, one line per message."""

import functools
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from calculators import french
from calculators.prevention.sender import Sender
from calculators.records.readers.spreadsheet import values
from calculators.rules import Frozen, Rule, load
from dashboard.templates import render

TEMPLATES = Path(__file__).with_name("messages.toml")
MOBILE = Path(__file__).with_name("mobile.toml")


OTHER = "autre"


COMMON = set("@£$¥èéùìòÇ\nØøÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
             "abcdefghijklmnopqrstuvwxyzäöñüà\r^{}[]~\\|€")  # fmt: skip
"""Alphabet of a text message of 160 characters; with any other, a message holds 70."""


TITLE = {"F": "Madame ", "M": "Monsieur "}
OF_AGE = 18
"""Under this age, in years, one writes to the parents."""


@dataclass(frozen=True)
class Reader:
    """Who is written to. `who`: his name; `phone` as the record says it, empty when it does not."""

    who: str
    age: int
    sex: str
    phone: str = ""

    @property
    def is_child(self) -> bool:
        return self.age < OF_AGE

    @property
    def has_mobile(self) -> bool:
        """Can a text message reach him?"""
        return (values.phone(self.phone) or "").startswith(_mobile().begins)


class _Mobile(Rule):
    """Shape of mobile.toml."""

    begins: tuple[str, ...]


@functools.cache
def _mobile() -> _Mobile:
    return load(MOBILE, _Mobile)


@dataclass(frozen=True)
class Texts:
    """A letter and a text message, without greeting nor signature."""

    letter: str
    sms: str


class Template(Frozen):
    """Those of a contact, to the patient or to his parents."""

    letter: str
    sms: str
    child: "Template | None" = None


@functools.cache
def templates() -> dict[str, Template]:
    """By contact; `autre` for any other."""
    given = tomllib.loads(TEMPLATES.read_text(encoding="utf-8"))
    return {contact: Template.model_validate(one) for contact, one in given.items()}


def template(contact: str, child: bool = False) -> Texts:
    """What is written for a contact, to the patient or to the parents of a `child`."""
    found = templates().get(contact, templates()[OTHER])
    if child and found.child:
        found = found.child
    return Texts(found.letter.strip(), found.sms.strip())


def greeting(reader: Reader) -> str:
    if reader.is_child:
        return "Madame, Monsieur,"
    return TITLE.get(reader.sex, "Madame, Monsieur ").strip() + ","


def addressed(reader: Reader) -> str:
    """Whom it is for, above the letter."""
    if reader.is_child:
        return f"Aux parents de {reader.who}"
    return TITLE.get(reader.sex, "") + reader.who


def letters(written: Mapping[bool, str], readers: Sequence[Reader], sender: Sender, on: date) -> bytes:
    """An HTML document to print, one page per patient. `written`: the text to patients (False) and to parents (True)."""
    pages = [(addressed(one), greeting(one), written[one.is_child].strip()) for one in readers]
    return render("prevention/letters.html", pages=pages, name=sender.name, address=sender.address.strip(), on=on)


def texts(written: Mapping[bool, str], readers: Sequence[Reader], name: str) -> pa.Table:
    """One row per message, signed, for those whom one can reach: who has no mobile number has no row."""
    reached = [one for one in readers if one.has_mobile]
    columns = {
        "Patient": [one.who for one in reached],
        "Message": [signed(written[one.is_child], name) for one in reached],
        "Téléphone": [one.phone for one in reached],
    }
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


def signed(sms: str, name: str) -> str:
    return f"{sms.strip()} {name.strip()}".strip()


def length(text: str) -> str:
    """« 118 caractères, 1 SMS par patient »."""
    size, whole, part = (len(text), 160, 153) if set(text) <= COMMON else (len(text), 70, 67)
    sent = 1 if size <= whole else math.ceil(size / part)
    return f"{french.count(size, 'caractère')}, {sent}{french.NBSP}SMS par patient"
