"""Files that a doctor drops: good ones, lists of every spelling, and what is no document at all."""

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import xlsxwriter

from tests.records.documents import number_of
from tests.records.histories import ordinary

FAMILIES = ("MARTIN", "BERNARD", "THOMAS", "PETIT", "ROBERT", "RICHARD", "DURAND", "DUBOIS", "MOREAU", "LAURENT")
GIVEN = ("Marie", "Jean", "Louise", "Paul", "Emma", "Lucas", "Chloé", "Hugo", "Jade", "Louis")
HEADERS = ("Nom", "Prénom", "Date de naissance", "Sexe", "N° Sécurité sociale", "ALD", "C2S", "Médecin traitant")


@dataclass(frozen=True)
class Dropped:
    """A file as the browser gives it."""

    name: str
    content: bytes

    def getbuffer(self) -> memoryview:
        return memoryview(self.content)


def workbook(patients: int) -> bytes:
    """A list of patients, each with a number of his own; a third in ALD, a tenth with the C2S."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Patients")
        sheet.write_row(0, 0, HEADERS)
        for place in range(patients):
            birth, sex = date(1935, 1, 1) + timedelta(days=19 * place), "FM"[place % 2]
            family = FAMILIES[place % 10] + "".join(chr(65 + int(digit)) for digit in str(place // 10))
            sheet.write_row(place + 1, 0, (family, GIVEN[place // 3 % 10]))
            sheet.write_datetime(place + 1, 2, datetime(birth.year, birth.month, birth.day), days)
            rights = ("oui" if place % 3 == 0 else "non", "oui" if place % 10 == 0 else "non", "oui")
            sheet.write_row(place + 1, 3, (sex, number_of(birth, sex, place % 900), *rights))
    return file.getvalue()


def odd_workbook() -> bytes:
    """Cells, and nothing that says what they are."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Notes")
        sheet.write(3, 4, "rappeler le laboratoire")
    return file.getvalue()


def asked_list() -> bytes:
    """A title, then a column that only cells tell: it is asked."""
    lines = ["Cabinet de la Gare", "", "Nom;Prénom;Sexe;Zzz"]
    lines += [f"{name};{GIVEN[day % 10]};{'FM'[day % 2]};{day + 12}/06/1970" for day, name in enumerate(FAMILIES, 1)]
    return "\n".join(lines).encode("cp1252")


HISTORY = Dropped("historique.xml", ordinary().encode())
WRONG = (
    Dropped("courrier.pdf", b"%PDF-1.4\n%%EOF"),
    Dropped("casse.zip", b"PK\x03\x04" + b"x" * 50),
    Dropped("vide.csv", b""),
    Dropped("programme.exe", b"MZ" + bytes(300)),
    Dropped("bizarre.xlsx", odd_workbook()),
)
