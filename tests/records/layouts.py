"""Lists as practices might export them, drawn at random: headers, order, encodings, separators, what Excel does to them.

    python -m tests.records.layouts --number 1200 [--seed 1] [--show]

says how many columns are mapped right without help, asked, not mapped, and silently wrong. The headers are those of forms
and of common sense, written without looking at the aliases; no export of a French practice program is public.
"""

import argparse
import csv
import io
import random
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from calculators.records import nir
from calculators.records.readers import spreadsheet
from calculators.records.readers.shape import SourceError, SourceFile
from calculators.records.readers.spreadsheet import Confidence, Mapping

LAST = date(2026, 6, 30)
DRAWN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HEADERS, EVENT_DATES, DECOYS = DRAWN["headers"], DRAWN["event_dates"], DRAWN["decoys"]
FAMILIES, GIVEN = DRAWN["families"], DRAWN["given"]
TOWNS = ["Rennes", "Saint-Étienne", "Orléans", "Bourg-en-Bresse", "Nîmes", "Le Mans", "Besançon"]
VACCINES = [("VAXIGRIPTETRA", "J07BB02"), ("Gardasil 9", "J07BM03"), ("Priorix", "J07BD52"), ("REPEVAX", "J07CA02"),
            ("Prevenar 20", "J07AL02"), ("Grippe", "J07BB"), ("Nimenrix", "J07AH08")]  # fmt: skip
DRUGS = [("3400930000120", "A10BA02", "METFORMINE 500"), ("3400930000137", "C09AA05", "RAMIPRIL 5 MG"),
         ("3400930000144", "J01CA04", "AMOXICILLINE 1 G"), ("3400930000151", "N02BE01", "PARACETAMOL 1000")]  # fmt: skip
ACTS = [("G", "Consultation"), ("GS", "Consultation spécialiste"), ("VG", "Visite"), ("QEQK004", "Mammographie"),
        ("DEQP003", "ECG"), ("COE", "Examen obligatoire"), ("MEG", "Majoration enfant")]  # fmt: skip
DATE_FORMS = (
    "dd/mm/yyyy",
    "dd-mm-yyyy",
    "dd.mm.yyyy",
    "iso",
    "iso time",
    "compact",
    "dd/mm/yy",
    "serial",
    "words",
    "american",
)
WEIGHTS = (40, 5, 5, 12, 5, 4, 5, 5, 4, 3)
MONTHS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]


@dataclass(frozen=True)
class Serial:
    """A day number, from 1900 or from 1904 as the workbook it was saved from."""

    day: date

    def number(self, from_1904: bool) -> int:
        return (self.day - (date(1904, 1, 1) if from_1904 else date(1899, 12, 30))).days


@dataclass
class Layout:
    """A file, and what is true of it: field of each column (None: none of ours), and each cell as it should be shown."""

    name: str
    content: bytes
    fields: list[str | None]
    headers: list[str]
    shown: list[list[str]]
    form: str
    kind: str


@dataclass
class _Column:
    field: str | None
    header: str
    written: list[Any]
    shown: list[str]
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Person:
    family: str
    used: str
    given: str
    birth: date
    sex: str
    nir: str
    insured: "_Person | None" = None


def draw(rng: random.Random) -> Layout:
    """One list, with its truth."""
    kind = rng.choice(["patients", "patients", "acts", "deliveries", "vaccinations", "insurer"])
    everybody = [_person(rng) for _ in range(rng.randint(12, 90))]
    people = (
        everybody if kind in ("patients", "insurer") else [rng.choice(everybody) for _ in range(rng.randint(25, 160))]
    )
    is_xlsx = rng.random() < 0.3
    columns = _identity(rng, people, is_xlsx) + _subject(rng, kind, people, is_xlsx) + _decoys(rng, people, is_xlsx)
    if rng.random() < 0.5:
        rng.shuffle(columns)
    upper = _two_rows(rng, columns)
    headers = [_dressed(rng, column) for column in columns]
    rows = [[column.written[number] for column in columns] for number in range(len(people))]
    above, below = _titles(rng, kind, len(columns)), _footer(rng, len(people), len(columns))
    lines = [*above, *([upper] if upper else []), headers, *_with_breaks(rng, rows, headers), *below]
    name, content = _workbook(rng, lines) if is_xlsx else _text(rng, lines)
    return Layout(name, content, [column.field for column in columns], headers,
                  [list(row) for row in zip(*(column.shown for column in columns), strict=True)], name, kind)  # fmt: skip


def _person(rng: random.Random, adult: bool = False) -> _Person:
    sex = rng.choice("FM")
    days = (date(2006, 1, 1) if adult else date(2026, 1, 1)) - date(1925, 1, 1)
    birth = date(1925, 1, 1) + timedelta(days=rng.randrange(days.days))
    month = f"{birth.month:02}" if rng.random() < 0.98 else "31"
    place, order = rng.choice(["35", "75", "2A", "13", "99"]), f"{rng.randint(1, 990):03}{rng.randint(1, 990):03}"
    number = f"{1 if sex == 'M' else 2}{birth.year % 100:02}{month}{place}{order}"
    number += f"{nir.key(number):02}"
    family = rng.choice(FAMILIES).replace("~", " ")
    used = rng.choice(FAMILIES).replace("~", " ") if sex == "F" and rng.random() < 0.4 else family
    insured = _person(rng, adult=True) if not adult and birth.year > 2006 else None
    return _Person(family, used, rng.choice(GIVEN[sex]), birth, sex, number, insured)


def _identity(rng: random.Random, people: list[_Person], is_xlsx: bool) -> list[_Column]:
    found: list[_Column] = []
    upper = rng.random() < 0.6
    said = (lambda text: text.upper()) if upper else (lambda text: text)
    if rng.random() < 0.75:
        found += _nir(rng, people, is_xlsx)
    if rng.random() < 0.12:
        names = [f"{p.used.upper()} {p.given}" for p in people]
        found.append(_Column("name", rng.choice(HEADERS["name"]), names, names))
    else:
        if rng.random() < 0.35:
            found.append(_plain(rng, "family", [said(p.family) for p in people]))
        found.append(_plain(rng, "used_family", [said(p.used) for p in people]))
        found.append(_plain(rng, "given", [p.given for p in people]))
    if rng.random() < 0.92:
        found.append(_dates(rng, "birth", rng.choice(HEADERS["birth"]), [p.birth for p in people], is_xlsx))
    if rng.random() < 0.7:
        found.append(_sex(rng, people))
    if rng.random() < 0.2:
        titles = [rng.choice(["M.", "M."] if p.sex == "M" else ["Mme", "Mme", "Mlle"]) for p in people]
        found.append(_Column("civility", rng.choice(HEADERS["civility"]), titles, titles))
    return found


def _plain(rng: random.Random, name: str, texts: list[str]) -> _Column:
    return _Column(name, rng.choice(HEADERS[name]), texts, list(texts))


def _nir(rng: random.Random, people: list[_Person], is_xlsx: bool) -> list[_Column]:
    """The patient's number; in some lists that of the parent for the children; in some Excel destroyed it."""
    header = rng.choice(HEADERS["nir"])
    under_parents = rng.random() < 0.3
    numbers = [p.insured.nir if p.insured and under_parents and rng.random() < 0.5 else p.nir for p in people]
    form = rng.choice(
        [
            "plain",
            "plain",
            "spaced",
            "apart",
            "thirteen",
            "quoted",
            "letter O",
            "destroyed" if rng.random() < 0.2 else "plain",
        ]
    )
    plain = ["" if rng.random() < 0.03 else number for number in numbers]
    shown = list(plain)
    if form == "apart":
        return [
            _Column("nir", header, [n[:13] for n in plain], [n[:13] for n in plain]),
            _Column("nir_key", rng.choice(HEADERS["nir_key"]), [n[13:] for n in plain], [n[13:] for n in plain]),
        ]
    if form == "thirteen":
        return [_Column("nir", header, [n[:13] for n in plain], [n[:13] for n in plain])]
    write: Callable[[str], Any] = {
        "plain": lambda n: int(n) if is_xlsx and n.isdigit() and rng.random() < 0.5 else n,
        "spaced": lambda n: f"{n[0]} {n[1:3]} {n[3:5]} {n[5:7]} {n[7:10]} {n[10:13]} {n[13:]}".strip() if n else "",
        "quoted": lambda n: f"'{n}" if n else "",
        "letter O": lambda n: n.replace("0", "O", 1),
        "destroyed": lambda n: f"{n[0]},{n[1:6]}E+14" if n else "",
    }[form]
    if form == "destroyed":
        shown = ["illisible" if n else "" for n in plain]
    return [_Column("nir", header, [write(n) for n in plain], shown)]


def _sex(rng: random.Random, people: list[_Person]) -> _Column:
    pair = rng.choice(
        [("F", "M"), ("F", "M"), ("F", "H"), ("2", "1"), ("Féminin", "Masculin"), ("Femme", "Homme"), ("f", "m")]
    )
    return _Column("sex", rng.choice(HEADERS["sex"]), [pair[p.sex == "M"] for p in people], [p.sex for p in people])


def _dates(rng: random.Random, name: str | None, header: str, days: list[date | None], is_xlsx: bool) -> _Column:
    form = rng.choices(DATE_FORMS, WEIGHTS)[0]
    if is_xlsx and rng.random() < 0.5:
        written: list[Any] = [day or "" for day in days]
    else:
        written = [_written(day, form) if day else "" for day in days]
    shown = [f"{day:%d/%m/%Y}" if day else "" for day in days]
    return _Column(name, header, written, shown)


def _written(day: date, form: str) -> Any:
    match form:
        case "iso time":
            return f"{day.isoformat()} 00:00:00"
        case "iso":
            return day.isoformat()
        case "compact":
            return f"{day:%Y%m%d}"
        case "serial":
            return Serial(day)
        case "words":
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        case "american":
            return f"{day:%m/%d/%Y}"
    return day.strftime(form.replace("dd", "%d").replace("mm", "%m").replace("yyyy", "%Y").replace("yy", "%y"))


def _recent(rng: random.Random, since: int = 2500) -> date:
    return LAST - timedelta(days=rng.randrange(1, since))


def _since_birth(rng: random.Random, person: _Person) -> date:
    return max(_recent(rng), person.birth + timedelta(days=30)) if person.birth < LAST - timedelta(days=31) else LAST


def _flags(rng: random.Random, name: str, people: list[_Person]) -> _Column:
    yes, no = rng.choice([("oui", "non"), ("O", "N"), ("X", ""), ("1", "0"), ("Oui", ""), ("VRAI", "FAUX")])
    said = [rng.random() < 0.3 for _ in people]
    return _Column(
        name,
        rng.choice(HEADERS[name]),
        [yes if one else no for one in said],
        ["oui" if one else ("non" if no else "") for one in said],
    )


def _ald(rng: random.Random, people: list[_Person]) -> _Column:
    if rng.random() < 0.5:
        return _flags(rng, "ald", people)
    said = [rng.choice(["", "", "8", "13", "30", "8, 13", "ALD 5"]) for _ in people]
    return _Column("ald", rng.choice(HEADERS["ald"]), said, [text.removeprefix("ALD ") for text in said])


def _subject(rng: random.Random, kind: str, people: list[_Person], is_xlsx: bool) -> list[_Column]:
    if kind in ("patients", "insurer"):
        return _of_patients(rng, kind, people, is_xlsx)
    days = [_since_birth(rng, p) for p in people]
    dated = _dates(rng, "date", rng.choice(EVENT_DATES[kind]), list(days), is_xlsx)
    drawn = {"acts": _acts, "vaccinations": _vaccinations, "deliveries": _deliveries}[kind]
    return [dated, *drawn(rng, len(people), is_xlsx)]


def _acts(rng: random.Random, number: int, is_xlsx: bool) -> list[_Column]:
    acts = [rng.choice(ACTS) for _ in range(number)]
    found = [_plain(rng, "act_code", [code for code, _ in acts])]
    if rng.random() < 0.5:
        found.append(_plain(rng, "act_label", [label for _, label in acts]))
    if rng.random() < 0.5:
        found.append(_money(rng, number))
    return [*found, _counts(rng, number)] if rng.random() < 0.3 else found


def _vaccinations(rng: random.Random, number: int, is_xlsx: bool) -> list[_Column]:
    drawn = [rng.choice(VACCINES) for _ in range(number)]
    found = [_Column("vaccine", rng.choice(HEADERS["vaccine"]), [n for n, _ in drawn], [a for _, a in drawn])]
    if rng.random() < 0.5:
        found.append(_plain(rng, "lot", [f"{rng.choice('ABKX')}{rng.randint(1000, 99999)}" for _ in range(number)]))
    if rng.random() < 0.3:
        found.append(_plain(rng, "rank", [str(rng.randint(1, 3)) for _ in range(number)]))
    return found


def _deliveries(rng: random.Random, number: int, is_xlsx: bool) -> list[_Column]:
    drugs = [rng.choice(DRUGS) for _ in range(number)]
    has_code = rng.random() < 0.9
    found = [_cip13(rng, [code for code, _, _ in drugs], is_xlsx)] if has_code else []
    if not has_code or rng.random() < 0.3:
        found.append(_plain(rng, "atc", [atc for _, atc, _ in drugs]))
    if rng.random() < 0.6:
        found.append(_plain(rng, "drug", [label for _, _, label in drugs]))
    if rng.random() < 0.7:
        found.append(_counts(rng, number))
    if rng.random() < 0.3:
        doctors = [f"Dr {rng.choice(FAMILIES)}".replace("~", " ") for _ in range(number)]
        found.append(_plain(rng, "prescriber", doctors))
    return found


def _cip13(rng: random.Random, codes: list[str], is_xlsx: bool) -> _Column:
    """Numbers in a workbook, texts elsewhere; now and then what the spreadsheet left of them."""
    header = rng.choice(HEADERS["cip13"])
    if rng.random() < 0.05:
        destroyed = [f"{int(code):.5E}".replace(".", ",") for code in codes]
        return _Column("cip13", header, destroyed, ["illisible"] * len(codes))
    return _Column("cip13", header, [int(code) if is_xlsx else code for code in codes], codes)


def _money(rng: random.Random, number: int) -> _Column:
    cents = [rng.choice([3000, 2650, 6042, 123450, 3000]) for _ in range(number)]
    style = rng.choice(["{0},{1:02}", "{0},{1:02} €", "{0}.{1:02}"])
    written = [
        style.format(f"{c // 100:,}".replace(",", rng.choice(["", " ", "\u00a0", "\u202f"])), c % 100) for c in cents
    ]
    return _Column("amount", rng.choice(HEADERS["amount"]), written, [str(c / 100) for c in cents])


def _counts(rng: random.Random, number: int) -> _Column:
    said = [str(rng.choice([1, 1, 1, 2, 3])) for _ in range(number)]
    return _Column("quantity", rng.choice(HEADERS["quantity"]), list(said), said)


def _of_patients(rng: random.Random, kind: str, people: list[_Person], is_xlsx: bool) -> list[_Column]:
    """Rights, contacts and addresses, each now and then."""
    drawn: list[tuple[float, Callable[[], list[_Column]]]] = [
        (0.5, lambda: [_ald(rng, people)]),
        (0.4, lambda: [_flags(rng, "c2s", people)]),
        (0.35, lambda: [_gp(rng, people)]),
        (0.4, lambda: [_seen(rng, people, is_xlsx)]),
        (0.6, lambda: [_phone(rng, "phone", len(people), is_xlsx)]),
        (0.4, lambda: [_phone(rng, "mobile", len(people), is_xlsx)]),
        (0.4, lambda: [_email(rng, people)]),
        (0.5, lambda: _address(rng, len(people), is_xlsx)),
    ]
    found = [column for share, draw_one in drawn if rng.random() < share for column in draw_one()]
    return found + _insurer(rng, len(people), is_xlsx) if kind == "insurer" else found


def _seen(rng: random.Random, people: list[_Person], is_xlsx: bool) -> _Column:
    days = [None if rng.random() < 0.1 else _since_birth(rng, p) for p in people]
    return _dates(rng, "seen", rng.choice(HEADERS["seen"]), days, is_xlsx)


def _email(rng: random.Random, people: list[_Person]) -> _Column:
    mails = [f"{p.given.lower()}.{n}@exemple.fr" for n, p in enumerate(people)]
    return _plain(rng, "email", ["" if rng.random() < 0.3 else mail for mail in mails])


def _address(rng: random.Random, number: int, is_xlsx: bool) -> list[_Column]:
    zips = [rng.choice(["35000", "01000", "75011", "06200"]) for _ in range(number)]
    return [
        _plain(rng, "address", [f"{rng.randint(1, 99)} rue des Lilas" for _ in range(number)]),
        _Column("postcode", rng.choice(HEADERS["postcode"]), [int(z) if is_xlsx else z for z in zips], zips),
        _plain(rng, "town", [rng.choice(TOWNS) for _ in range(number)]),
    ]


def _insurer(rng: random.Random, number: int, is_xlsx: bool) -> list[_Column]:
    days = [None if rng.random() < 0.4 else _recent(rng) for _ in range(number)]
    found = [
        _plain(rng, "indicator", [rng.choice(["Colorectal", "Sein", "Col de l'utérus"]) for _ in range(number)]),
        _dates(rng, "said_on", rng.choice(HEADERS["said_on"]), list(days), is_xlsx),
    ]
    said = [rng.choice(["Non réalisé", "Éligible", "À jour"]) for _ in range(number)]
    return [*found, _plain(rng, "said", said)] if rng.random() < 0.4 else found


def _gp(rng: random.Random, people: list[_Person]) -> _Column:
    header = rng.choice(HEADERS["gp"])
    style = rng.choice([["O", "N"], ["Oui", "Non"], ["1", "0"], ["Dr MARTIN", "Dr Durand"]])
    said = [rng.choice(style) for _ in people]
    return _Column("gp", header, said, said)


def _phone(rng: random.Random, name: str, number: int, is_xlsx: bool) -> _Column:
    digits = [f"0{rng.choice('16')}{rng.randint(10_000_000, 99_999_999)}" for _ in range(number)]
    said = ["" if rng.random() < 0.15 else d for d in digits]
    form = rng.choice(["plain", "spaced", "dotted", "lost", "+33"])
    write: Callable[[str], Any] = {
        "plain": lambda d: d,
        "spaced": lambda d: " ".join(d[i : i + 2] for i in range(0, 10, 2)),
        "dotted": lambda d: ".".join(d[i : i + 2] for i in range(0, 10, 2)),
        "lost": lambda d: int(d) if is_xlsx and d else d[1:],
        "+33": lambda d: f"+33 {d[1:]}" if d else "",
    }[form]
    return _Column(name, rng.choice(HEADERS[name]), [write(d) if d else "" for d in said], said)


def _decoys(rng: random.Random, people: list[_Person], is_xlsx: bool) -> list[_Column]:
    return [_decoy(rng, name, people, is_xlsx) for name in rng.sample(sorted(DECOYS), rng.choice([0, 0, 1, 2, 3, 4]))]


def _decoy(rng: random.Random, name: str, people: list[_Person], is_xlsx: bool) -> _Column:
    """A column about somebody or something else."""
    header, insured = rng.choice(DECOYS[name]), [p.insured or p for p in people]
    dated: dict[str, Callable[[_Person], date]] = {
        "birth_insured": lambda p: p.birth,
        **dict.fromkeys(("rights_end", "next"), lambda _: LAST + timedelta(days=rng.randrange(1, 700))),
        **dict.fromkeys(("created", "ald_start"), lambda _: _recent(rng, 6000)),
    }
    if name in dated:
        return _dates(rng, None, header, [dated[name](p) for p in insured], is_xlsx)
    written: dict[str, Callable[[_Person], str]] = {
        "nir_insured": lambda p: p.nir,
        "name_insured": lambda p: p.used.upper(),
        "contact_phone": lambda _: f"06{rng.randint(10_000_000, 99_999_999)}",
        "birth_place": lambda _: rng.choice(TOWNS),
        "fund": lambda _: rng.choice(["351", "011", "751"]),
        "age": lambda p: str(LAST.year - p.birth.year),
        "file": lambda p: str(1000 + people.index(p) if p in people else 0),
        **dict.fromkeys(("contact", "referring", "mother"), lambda _: _somebody(rng)),
        **dict.fromkeys(("mutual", "job", "comment"), lambda _: rng.choice(["MGEN", "Retraité", "à rappeler"])),
    }
    return _Column(None, header, [written[name](p) for p in insured], ["" for _ in people])


def _somebody(rng: random.Random) -> str:
    return f"{rng.choice(GIVEN['F'])} {rng.choice(FAMILIES)}".replace("~", " ")


def _two_rows(rng: random.Random, columns: list[_Column]) -> list[str]:
    """Headers on two rows: a group over the columns of the insured, whose own headers are then plain."""
    if rng.random() > 0.12:
        return []
    given = rng.choice([["Nom", "Prénom"], ["Nom", "N° SS"], ["NIR", "Date de naissance"]])
    size = len(columns[0].written)
    insured = _Person("X", "X", "X", date(1970, 1, 1), "F", "")
    for header in given:
        others = [_person(rng, adult=True) for _ in range(size)]
        written: list[Any] = {
            "Nom": [p.used.upper() for p in others], "Prénom": [p.given for p in others], "N° SS": [p.nir for p in others],
            "NIR": [p.nir for p in others], "Date de naissance": [f"{p.birth:%d/%m/%Y}" for p in others],
        }[header]  # fmt: skip
        columns.append(_Column(None, header, written, ["" for _ in others], {"plain": insured}))
    upper = ["Patient"] + [""] * (len(columns) - 3)
    return [*upper, rng.choice(["Assuré", "Assuré social", "Ouvrant droit"]), ""]


def _dressed(rng: random.Random, column: _Column) -> str:
    """A header as somebody typed it."""
    header = column.header
    if not column.extra and rng.random() < 0.02:
        return ""
    if rng.random() < 0.04 and len(header) > 5:
        place = rng.randrange(1, len(header) - 1)
        header = rng.choice([header[:place] + header[place + 1 :], header[:place] + header[place] + header[place:]])
    style = rng.random()
    if style < 0.1:
        header = header.upper()
    elif style < 0.18:
        header = header.replace(" ", "_").lower()
    elif style < 0.22:
        header = header + " :"
    elif style < 0.26:
        header = "".join(word[:1].upper() + word[1:] for word in header.split())
    return header


def _titles(rng: random.Random, kind: str, width: int) -> list[list[str]]:
    if rng.random() > 0.3:
        return []
    lines = [
        [f"Liste des {kind} du cabinet"],
        ["Dr MARTIN Paul, médecin généraliste"],
        [f"Édité le {LAST:%d/%m/%Y}"],
        [],
    ]
    return lines[rng.randrange(3) :]


def _footer(rng: random.Random, number: int, width: int) -> list[list[Any]]:
    if rng.random() > 0.25:
        return []
    return [[rng.choice(["Total", "TOTAL :", "Nombre de patients"]), str(number)]]


def _with_breaks(rng: random.Random, rows: list[list[Any]], headers: list[str]) -> list[list[Any]]:
    """Blank lines, and the header again on each page."""
    if rng.random() > 0.12:
        return rows
    place = rng.randrange(len(rows))
    return [*rows[:place], rng.choice([[], list(headers)]), *rows[place:]]


def _text(rng: random.Random, lines: list[list[Any]]) -> tuple[str, bytes]:
    separator = rng.choice([";", ";", ";", ",", "\t"])
    encoding = rng.choice(["utf-8", "utf-8-sig", "cp1252", "cp1252", "mac_roman", "utf-16"])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=rng.choice(["\r\n", "\n"]),
                        quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))  # fmt: skip
    from_1904 = rng.random() < 0.1
    writer.writerows([[_cell(cell, from_1904) for cell in line] for line in lines])
    text = out.getvalue().replace("\u202f", "\u00a0") if encoding in ("cp1252", "mac_roman") else out.getvalue()
    return f"liste {encoding} {separator!r}.csv", text.encode(encoding, errors="replace")


def _cell(cell: Any, from_1904: bool) -> Any:
    if isinstance(cell, Serial):
        return cell.number(from_1904)
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell


def _workbook(rng: random.Random, lines: list[list[Any]]) -> tuple[str, bytes]:
    out = io.BytesIO()
    from_1904 = rng.random() < 0.1
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": from_1904}) as book:
        sheet, days = book.add_worksheet("Liste"), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, line in enumerate(lines):
            for place, cell in enumerate(line):
                if isinstance(cell, Serial):
                    sheet.write_number(number, place, cell.number(from_1904))
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, days)
                elif cell != "":
                    sheet.write(number, place, cell)
    return f"liste{' 1904' * from_1904}.xlsx", out.getvalue()


@dataclass
class Measure:
    """Columns by what became of them, and the wrong ones by name."""

    columns: Counter[str] = field(default_factory=Counter)
    decoys: int = 0
    files: Counter[str] = field(default_factory=Counter)
    first_right: Counter[bool] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)


def measure(layout: Layout, path: Path, into: Measure) -> None:
    """Detect one list, and count."""
    file = path / layout.name
    file.write_bytes(layout.content)
    source = SourceFile(file)
    try:
        [mapping, *_] = spreadsheet.detect(source)
    except SourceError as problem:
        into.wrong.append(f"{layout.name}: {problem}")
        return
    needs_help = _count_columns(layout, mapping, into)
    _count_values(layout, source, mapping, into)
    into.files["sans aide" if not needs_help else "avec aide"] += 1


def _count_columns(layout: Layout, mapping: Mapping, into: Measure) -> bool:
    """Fate of every column; did one need help?"""
    needs_help = False
    for place, truth in enumerate(layout.fields):
        found = mapping.columns[place] if place < len(mapping.columns) else None
        said = found.field if found and found.confidence is Confidence.SURE else ""
        harmless = said and not spreadsheet_field(said)
        if truth is None:
            into.decoys += 1
            if said and not harmless:
                into.wrong.append(f"{layout.name}: decoy « {layout.headers[place]} » taken as {said}")
            continue
        if said == truth:
            into.columns["juste"] += 1
        elif said and (spreadsheet_field(said) or spreadsheet_field(truth)):
            into.columns["faux"] += 1
            into.wrong.append(f"{layout.name}: « {layout.headers[place]} » ({truth}) taken as {said}")
        elif found and found.confidence is Confidence.ASKED:
            into.columns["demandé"] += 1
            into.first_right[found.field == truth] += 1
            into.missed[truth, layout.headers[place], found.why] += 1
            needs_help = True
        else:
            into.columns["non relié"] += 1
            into.missed[truth, layout.headers[place], found.why if found else "absent"] += 1
            needs_help = True
    return needs_help


def spreadsheet_field(name: str) -> bool:
    """Is a field read, or only known?"""
    from calculators.records.readers.spreadsheet.headers import fields

    return fields()[name].taken


def _count_values(layout: Layout, source: SourceFile, mapping: Mapping, into: Measure) -> None:
    """Every cell of a column that is read must be what was written, or be said illegible."""
    lines = spreadsheet.preview(source, mapping, 10_000)
    rows = [line for line in lines if not _is_between(line.written, layout)]
    if len(rows) != len(layout.shown):
        into.wrong.append(f"{layout.name}: {len(rows)} lines for {len(layout.shown)}")
        return
    for line, truth in zip(rows, layout.shown, strict=True):
        for place, expected in enumerate(truth):
            if place < len(mapping.columns) and mapping.columns[place].is_read and layout.fields[place]:
                _count_value(layout, place, line.read[place], expected, into)


def _is_between(written: tuple[str, ...], layout: Layout) -> bool:
    first = next((text for text in written if text), "")
    headers = [" ".join(header.split()) for header in layout.headers]
    return first.startswith(("Total", "TOTAL", "Nombre de p")) or list(written)[: len(headers)] == headers


def _count_value(layout: Layout, place: int, read: str, expected: str, into: Measure) -> None:
    if read == expected or (layout.fields[place] == "gp") or read.casefold() == expected.casefold():
        into.values["juste"] += 1
    elif read == "illisible":
        into.values["illisible"] += 1
    else:
        into.values["faux"] += 1
        into.wrong.append(f"{layout.name}: « {layout.headers[place]} » {expected!r} read {read!r}")


def run(number: int, seed: int) -> Measure:
    """Draw and measure."""
    found = Measure()
    with tempfile.TemporaryDirectory() as folder:
        for one in range(number):
            measure(draw(random.Random(f"{seed}-{one}")), Path(folder), found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    found = run(asked.number, asked.seed)
    total = sum(found.columns.values())
    print(f"{asked.number} listes, {total} colonnes, {found.decoys} leurres")
    for name, many in found.columns.most_common():
        print(f"  {name} : {many} ({100 * many / total:.1f} %)")
    print(f"  fichiers sans aide : {found.files['sans aide']} / {asked.number}")
    print(f"  première proposition juste : {found.first_right[True]} / {sum(found.first_right.values())}")
    print(f"  cellules : {dict(found.values)}")
    print(f"  silencieusement faux : {len(found.wrong)}")
    for line in list(dict.fromkeys(line.partition(" read ")[0][:70] for line in found.wrong))[:40]:
        print("   ", line)
    if asked.show:
        for what, many in found.missed.most_common(60):
            print("   ", many, what)


if __name__ == "__main__":
    main()
