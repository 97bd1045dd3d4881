"""Who each line of a list is about."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from calculators.records import nir
from calculators.records.readers.shape import Person
from calculators.records.readers.spreadsheet import folded, values
from calculators.records.readers.spreadsheet.sheets import Cell

FIELDS = (
    "nir",
    "nir_key",
    "family",
    "used_family",
    "given",
    "name",
    "birth",
    "sex",
    "civility",
    "phone",
    "mobile",
    "email",
)
"""What tells a person, in the order in which lines give it."""
IDENTITY = 9
"""How many of these tell one person from another."""
NEE = re.compile(r"(.+?)[ (,]+(?:née?|nee|ne|ép\.?|epouse|épouse)\s+(.+?)\)?", re.I)
MARRIED = re.compile(r"[ (,](?:ép\.?|epouse|épouse)\s", re.I)
Said = tuple[Cell, ...]


@dataclass
class People:
    """The people of one list, keyed in the order in which they are met."""

    births: values.Dates
    found: dict[str, Person] = field(default_factory=dict)
    doubts: Counter[str] = field(default_factory=Counter)
    _lines: dict[Said, str | None] = field(default_factory=dict)
    _known: dict[tuple[object, ...], str] = field(default_factory=dict)

    def key(self, said: Said) -> str | None:
        """Key of whom a line (`said`: in the order of `FIELDS`) is about; None: a name without a birth is anybody's."""
        if said not in self._lines:
            self._lines[said] = self._met(said)
        return self._lines[said]

    def _met(self, said: Said) -> str | None:
        person = self._person(said)
        if person is None:
            return None
        alike = (person.number[:13], folded.name(person.family), folded.name(person.given), person.birth, person.sex)
        if alike not in self._known:
            key = f"l{len(self._known) + 1}"
            self._known[alike] = key
            self.found[key] = _keyed(person, key)
        else:
            key = self._known[alike]
            self.found[key] = _completed(self.found[key], person)
        return key

    def _person(self, said: Said) -> Person | None:
        said_number, key, family, used, given, name, birth, sex, civility, phone, mobile, email = said
        number = self._number(said_number, key)
        if name is not None and (family is None and used is None):
            used, given = _apart(values.text(name))
        birth_name, used_name = _names(values.text(family), values.text(used))
        born = self._birth(birth)
        if not number and not (birth_name and born):
            return None
        return Person(
            key="",
            birth=born,
            sex=self._sex(sex, civility, number, born),
            number=number,
            family=birth_name,
            given=values.text(given),
            used_family=used_name,
            phone=values.phone(mobile) or values.phone(phone) or "",
            email=values.email(email) or "",
        )

    def _birth(self, cell: Cell) -> date | None:
        born = values.day(cell, self.births)
        if cell is not None and (born is None or born > self.births.as_of):
            self.doubts["dates de naissance illisibles"] += 1
            return None
        return born

    def _number(self, said: Cell, key: Cell) -> str:
        if said is None:
            return ""
        number = values.number_of(said)
        if number is None:
            what = "détruits par le tableur" if values.is_destroyed(said) else "illisibles"
            self.doubts[f"numéros de sécurité sociale {what}"] += 1
            return ""
        if len(number) == 13 and (written := values.count(key)) is not None and 1 <= written <= 97:
            number += f"{written:02}"
        if len(number) == 15 and not nir.has_good_key(number):
            self.doubts["numéros de sécurité sociale dont la clé est douteuse"] += 1
        return number

    def _sex(self, sex: Cell, civility: Cell, number: str, born: date | None) -> str:
        """What the column says, else the title, else the number when it is that of whoever was born that day."""
        said = values.sex(sex) or values.civility(civility)
        if said in ("F", "M"):
            return said
        return nir.sex_of(number) if number and nir.agrees(number, born) else "U"


def _keyed(person: Person, key: str) -> Person:
    return Person(**{**vars(person), "key": key})


def _completed(kept: Person, other: Person) -> Person:
    """What another line adds of the same person."""
    missing = {name: value for name, value in vars(other).items() if value and not getattr(kept, name)}
    longer = {"number": other.number} if len(other.number) > len(kept.number) else {}
    return Person(**{**vars(kept), **missing, **longer, "key": kept.key}) if missing or longer else kept


def _names(family: str, used: str) -> tuple[str, str]:
    """Name of birth, name used when it differs. « DUPONT née MARTIN » says both."""
    if not family and (found := NEE.fullmatch(used)):
        first, second = found[1].strip(), found[2].strip()
        return (first, second) if MARRIED.search(used) else (second, first)
    if not family:
        return used, ""
    return family, used if folded.name(used) != folded.name(family) else ""


def _apart(name: str) -> tuple[str, str]:
    """« DUPONT Jean-Pierre », « Dupont, Jean »: family and given names; all is the family name when it cannot be told."""
    if "," in name:
        family, _, given = name.partition(",")
        return family.strip(), given.strip()
    words = name.split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    others = [word for word in words if word not in capitals]
    if capitals and others and (words[: len(capitals)] == capitals or words[-len(capitals) :] == capitals):
        return " ".join(capitals), " ".join(others)
    return (words[0], words[1]) if len(words) == 2 else (name, "")


def cells(columns: Sequence[Sequence[Cell] | None], row: int) -> Said:
    """What one line says of its person."""
    return tuple(column[row] if column is not None else None for column in columns)
