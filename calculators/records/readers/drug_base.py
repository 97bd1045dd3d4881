"""Drug reference: the public drug database (BDPM), Open Medic, IR_PHA_R -> the table `drugs`, beside the data.

BDPM: `CIS_CIP_bdpm.txt` has presentations and prices, `CIS_MITM.txt` the ATC classes (not all: vaccines of the year have
none), `CIS_bdpm.txt` the names and forms. Open Medic has all classes, and a mean base per box. Where several know a
presentation, its class and its price are those of the first of BDPM, Open Medic, IR_PHA_R, then of the table that was there
before. The price is without the dispensing fee, which is not in the reimbursement base of a box. Whether a product is an
inhaler, the reference or a biosimilar of a group is told by its class and its name (`drug_base.toml`): the ANSM's list by
CIP13 is not published with these files.
"""

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from calculators import faults, rules
from calculators.aside import file_aside
from calculators.records.folder import parquet_files
from calculators.records.readers.shape import Document, SourceError, SourceFile, Unmapped
from calculators.records.tables import TABLES

KINDS = ("base_medicaments",)
SCHEMA = pa.schema([*TABLES["drugs"].schema, ("price_year", pa.int16()), ("cis", pa.string())])
ATC = re.compile(r"[A-Z](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?")
CIP13 = re.compile(r"34009\d{8}")
DAY = re.compile(r"\d\d/\d\d/(\d{4})")
YEAR = re.compile(r"20\d\d")
ORDER = ("bdpm", "open_medic", "ir_pha_r", "earlier")
PRESENTATIONS, CLASSES, NAMES, OPEN_MEDIC, IR_PHA_R = "presentations", "classes", "names", "open_medic", "ir_pha_r"
OPEN_MEDIC_COLUMNS = ("cip13", "atc5", "boites", "bse")
LARGEST_CENTS = 2**31 - 1


class _Years(rules.Frozen):
    declarations: int


class _Packs(rules.Frozen):
    inside: tuple[str, ...]
    alone: tuple[str, ...]


class _Inhaler(rules.Frozen):
    device: str
    words: tuple[str, ...]


class _Inhaled(rules.Frozen):
    classes: tuple[str, ...]


class _Biosimilars(rules.Frozen):
    """A group: names of the reference and of the biosimilars of a class."""

    group: str
    atc: str
    reference: tuple[str, ...]
    biosimilar: tuple[str, ...]

    def role(self, label: str) -> str | None:
        """Place of a product in the group, by the first words of its name."""
        if label.startswith(self.reference):
            return "reference"
        return "biosimilar" if label.startswith(self.biosimilar) else None


class _Words(rules.Frozen):
    reference: tuple[rules.Reference, ...]
    years: _Years
    packs: _Packs
    inhaler: tuple[_Inhaler, ...]
    inhaled: _Inhaled
    biosimilar: tuple[_Biosimilars, ...]


@cache
def _words() -> _Words:
    return rules.load(Path(__file__).with_name("drug_base.toml"), _Words)


@dataclass(frozen=True)
class Drug:
    """One presentation; None is unknown."""

    atc: str | None = None
    label: str | None = None
    price_cents: int | None = None
    price_year: int | None = None
    pack_units: int | None = None
    cis: str | None = None
    group: str | None = None
    role: str | None = None
    device: str | None = None
    pack_days: int | None = None
    """Of an earlier table only, as the molecules: no file read says them."""
    molecules: list[str] | None = None

    def filled_from(self, other: "Drug") -> "Drug":
        """The same, what it does not say taken from another. A price goes with its year."""
        mine = {name: value for name, value in vars(self).items() if value is not None}
        filled = replace(other, **mine)
        return filled if self.price_cents is None else replace(filled, price_year=self.price_year)

    def recognised(self, form: str) -> "Drug":
        """The same with its place in a biosimilar group and its inhaler, where class, name and form tell them."""
        label = (self.label or "").upper()
        groups = ((one.group, one.role(label)) for one in _words().biosimilar if one.atc == self.atc)
        group, role = next(((group, role) for group, role in groups if role), (self.group, self.role))
        return replace(self, group=group, role=role, device=_device(self.atc or "", f"{label} {form}") or self.device)


@dataclass
class Found:
    """What the files say, by CIP13 and by where it comes from."""

    drugs: dict[str, dict[str, Drug]] = field(default_factory=lambda: defaultdict(dict))
    classes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    lines: Counter[str] = field(default_factory=Counter)
    unusable: int = 0


class Loaded(NamedTuple):
    """What was written: presentations in all, with a class, with a price; the year of the prices; how many are kept from
    the table that was there."""

    rows: int
    with_class: int
    with_price: int
    year: int | None
    kept: int


def recognise(head: bytes, name: str) -> str | None:
    """`base_medicaments` for a file whose first lines are those of one that is read."""
    return KINDS[0] if _file_kind(head.splitlines()[:1]) else None


def read(sources: Sequence[SourceFile]) -> Iterator[Document]:
    """All these files together are one reference. Raises SourceError (French)."""
    yield reference(sources)


def reference(sources: Sequence[SourceFile], year: int | None = None) -> Document:
    """The same as one document; `year` is that of the prices, when the files do not say it."""
    found, identity = _found(sources, year), sha256(str(year or "").encode())
    for digest in sorted(sha256(b"".join(_bytes(source))).digest() for source in sources):
        identity.update(digest)
    table = _table(_merged(found))
    return Document(
        kind=KINDS[0],
        name=sources[0].name if len(sources) == 1 else f"{sources[0].path.parent} ({len(sources)} fichiers)",
        title="Référence des médicaments",
        source_id=identity.hexdigest(),
        people=(),
        tables={"drugs": table},
        read=dict(found.lines),
        unmapped=(Unmapped("Ligne", found.unusable, "sans code CIP13 lisible"),) if found.unusable else (),
    )


def load(paths: Sequence[Path], to: Path, year: int | None = None) -> Loaded:
    """Write `drugs.parquet` into the data folder `to` from files of these kinds, whole or not at all; what an earlier table
    knows and they do not is kept. `year` is that of the prices, when the files do not say it.

    Raises SourceError (French).
    """
    if not (to / "dataset.toml").is_file():
        raise SourceError(f"« {to} » n’est pas un dossier de données (il n’a pas de dataset.toml) : créez-le d’abord.")
    found = _found([SourceFile(path) for path in files_of(paths)], year)
    new = set(found.drugs)
    for cip13, drug in _earlier(to).items():
        found.drugs[cip13]["earlier"] = drug
    table = _table(_merged(found))
    try:
        with file_aside(to / "drugs.parquet") as aside:
            pq.write_table(table, aside, compression="zstd")
    except OSError as problem:
        raise SourceError(f"« {to / 'drugs.parquet'} » ne peut pas être écrit : {faults.cause(problem)}.") from None
    return counted(table, table.num_rows - len(new))


def counted(table: pa.Table, kept: int) -> Loaded:
    """What a table of drugs knows."""
    years = [value for value in table["price_year"].to_pylist() if value is not None]
    classes, prices = (table.num_rows - table[name].null_count for name in ("atc", "price_cents"))
    return Loaded(table.num_rows, classes, prices, max(years, default=None), kept)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Files to read, those of folders included. Raises SourceError (French)."""
    found = list(chain.from_iterable(sorted(path.iterdir()) if path.is_dir() else [path] for path in paths))
    if missing := [path for path in found if not path.exists()]:
        raise SourceError(f"« {missing[0]} » n’existe pas : indiquez les fichiers de la base de médicaments.")
    return [path for path in found if path.is_file() and not path.name.startswith(".")]


def _earlier(folder: Path) -> dict[str, Drug]:
    known: dict[str, Drug] = {}
    names = [one.name for one in fields(Drug)]
    for file in parquet_files(folder, "drugs"):
        try:
            rows = pq.ParquetFile(file).read().to_pylist()
        except (pa.ArrowException, OSError):
            raise SourceError(f"« {file} » ne peut pas être lu : supprimez-le, puis recommencez.") from None
        known |= {row["cip13"]: Drug(*(row.get(name) for name in names)) for row in rows if row.get("cip13")}
    return known


def _found(sources: Sequence[SourceFile], year: int | None) -> Found:
    found = Found()
    kinds = [(source, _file_kind(_first_line(source))) for source in sources]
    if unknown := [source.name for source, kind in kinds if kind is None]:
        raise SourceError(
            f"« {unknown[0]} » n’est pas une base de médicaments. Sont lus : CIS_CIP_bdpm.txt, CIS_MITM.txt et CIS_bdpm.txt "
            "de la base de données publique des médicaments, OPEN_MEDIC_AAAA.CSV, IR_PHA_R.csv."
        )
    for wanted in (CLASSES, NAMES, PRESENTATIONS, OPEN_MEDIC, IR_PHA_R):  # what presentations need comes first
        for source, kind in kinds:
            if kind == wanted:
                READ[wanted](found, source, year)
    if not found.drugs:
        raise SourceError(
            "Aucune présentation avec son CIP13 : donnez CIS_CIP_bdpm.txt (prix) avec CIS_MITM.txt (classes ATC), ou "
            "OPEN_MEDIC_AAAA.CSV."
        )
    return found


def _merged(found: Found) -> dict[str, Drug]:
    merged = {}
    for cip13, known in sorted(found.drugs.items()):
        drug = Drug()
        for origin in ORDER:
            drug = drug.filled_from(known.get(origin, Drug()))
        merged[cip13] = drug.recognised(found.forms.get(drug.cis or "", ""))
    return merged


def _device(atc: str, said: str) -> str | None:
    """What a drug is inhaled with, by the words of its name, pack and form."""
    words, said = _words(), said.lower()
    if not atc.startswith(words.inhaled.classes):
        return None
    return next((one.device for one in words.inhaler if any(word in said for word in one.words)), None)


def _table(drugs: Mapping[str, Drug]) -> pa.Table:
    return pa.Table.from_pylist([{"cip13": cip13} | vars(drug) for cip13, drug in drugs.items()], schema=SCHEMA)


def _first_line(source: SourceFile) -> list[bytes]:
    for line in _bytes(source):
        return [line]
    return []


def _bytes(source: SourceFile) -> Iterator[bytes]:
    """Lines of a file, which may be compressed; never all in memory unless it is in an archive."""
    if source.member:
        yield from source.content().splitlines(keepends=True)
        return
    try:
        with source.path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            yield from gzip.GzipFile(fileobj=stream) if packed else stream
    except (OSError, EOFError, ValueError) as problem:
        raise SourceError(f"Le fichier « {source.name} » ne peut pas être lu : {faults.cause(problem)}.") from None


def _lines(source: SourceFile) -> Iterator[str]:
    """UTF-8, else cp1252: the files of one publication differ."""
    for number, line in enumerate(_bytes(source)):
        try:
            text = line.decode("utf-8-sig" if number == 0 else "utf-8")
        except UnicodeDecodeError:
            text = line.decode("cp1252", errors="replace")
        yield text.rstrip("\r\n").replace("\0", "")


def _file_kind(lines: Sequence[bytes]) -> str | None:
    text = lines[0].decode("latin-1").removeprefix("ï»¿") if lines else ""
    cells = [cell.strip() for cell in text.split("\t")]
    if len(cells) >= 4 and re.fullmatch(r"\d{8}", cells[0]):
        if len(cells) >= 10 and CIP13.fullmatch(cells[6]):
            return PRESENTATIONS
        if ATC.fullmatch(cells[1]) and len(cells[1]) >= 3:
            return CLASSES
        return NAMES if len(cells) >= 11 and DAY.fullmatch(cells[7]) else None
    names = {name.strip(' "\r\n').lower() for name in re.split(r"[;,\t|]", text)}
    if names.issuperset(OPEN_MEDIC_COLUMNS):
        return OPEN_MEDIC
    return IR_PHA_R if "pha_cip_c13" in names else None


def _read_classes(found: Found, source: SourceFile, _year: int | None) -> None:
    for line in _lines(source):
        cells = [cell.strip() for cell in line.split("\t")]
        found.lines["CIS_MITM"] += 1
        if len(cells) > 1 and ATC.fullmatch(cells[1]):
            found.classes[cells[0]] = cells[1]


def _read_names(found: Found, source: SourceFile, _year: int | None) -> None:
    for line in _lines(source):
        cells = line.split("\t")
        found.lines["CIS_bdpm"] += 1
        if len(cells) > 1:
            found.names[cells[0].strip()] = " ".join(cells[1].split())
        if len(cells) > 2:
            found.forms[cells[0].strip()] = " ".join(cells[2].split())


def _read_presentations(found: Found, source: SourceFile, year: int | None) -> None:
    years: Counter[int] = Counter()
    drugs = {}
    for line in _lines(source):
        cells = [cell.strip() for cell in line.split("\t")]
        found.lines["CIS_CIP_bdpm"] += 1
        if len(cells) < 10 or not CIP13.fullmatch(cells[6]):
            found.unusable += 1
            continue
        if declared := DAY.fullmatch(cells[5]):
            years[int(declared[1])] += 1
        drugs[cells[6]] = _presentation(found, cells)
    vintage = year or _vintage(years, source)
    for cip13, drug in drugs.items():
        found.drugs[cip13]["bdpm"] = replace(drug, price_year=vintage if drug.price_cents is not None else None)


def _presentation(found: Found, cells: list[str]) -> Drug:
    cis, pack = cells[0], " ".join(cells[2].split())
    label = ", ".join(part for part in (found.names.get(cis, ""), pack) if part)
    return Drug(found.classes.get(cis), label or None, _cents(cells[9]), None, pack_units(pack), cis)


def _vintage(years: Counter[int], source: SourceFile) -> int | None:
    """The last year with enough declarations (a single one may be mistyped), else that of the file."""
    enough = [year for year, number in years.items() if number >= _words().years.declarations]
    if enough:
        return max(enough)
    return None if source.member else datetime.fromtimestamp(source.path.stat().st_mtime).year


def _read_open_medic(found: Found, source: SourceFile, year: int | None) -> None:
    """Sums of the base and of the boxes over all lines of a presentation: their quotient is its mean base."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    said: dict[str, tuple[str | None, str | None]] = {}
    for row in _rows(source):
        found.lines["Open Medic"] += 1
        cip13, boxes, base = row.get("cip13", ""), _boxes(row.get("boites", "")), _number(row.get("bse", ""))
        if not CIP13.fullmatch(cip13):
            found.unusable += 1
            continue
        atc = row.get("atc5", "")
        said[cip13] = (atc if ATC.fullmatch(atc) else None, row.get("l_cip13") or None)
        if boxes is not None and base is not None:
            sums[cip13][0] += base
            sums[cip13][1] += boxes
    named = YEAR.findall(source.name.rpartition("/")[2])
    vintage = year or (int(named[-1]) if named else None)
    for cip13, (known_atc, label) in said.items():
        bases, all_boxes = sums[cip13]
        price = _in_cents(bases / all_boxes) if bases > 0 and all_boxes > 0 else None
        found.drugs[cip13]["open_medic"] = Drug(known_atc, label, price, vintage if price is not None else None)


def _read_ir_pha_r(found: Found, source: SourceFile, _year: int | None) -> None:
    for row in _rows(source):
        found.lines["IR_PHA_R"] += 1
        cip13 = row.get("pha_cip_c13", "").partition(".")[0]
        if not CIP13.fullmatch(cip13):
            found.unusable += 1
            continue
        atc = row.get("pha_atc_cla") or row.get("pha_atc_c07") or ""
        found.drugs[cip13]["ir_pha_r"] = Drug(atc if ATC.fullmatch(atc) else None, row.get("pha_med_nom") or None)


READ: Mapping[str, Callable[[Found, SourceFile, int | None], None]] = {
    CLASSES: _read_classes, NAMES: _read_names, PRESENTATIONS: _read_presentations, OPEN_MEDIC: _read_open_medic,
    IR_PHA_R: _read_ir_pha_r,
}  # fmt: skip


def _rows(source: SourceFile) -> Iterator[dict[str, str]]:
    """Lines of a CSV file by column, names in lower case."""
    lines = _lines(source)
    head = next(lines, "")
    separator = max(";,\t|", key=head.count)
    names = [name.strip(' "').lower() for name in head.split(separator)]
    try:
        for cells in csv.reader(lines, delimiter=separator):
            yield {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
    except csv.Error as problem:
        raise SourceError(f"Le fichier « {source.name} » ne peut pas être lu : {faults.cause(problem)}.") from None


def _cents(text: str) -> int | None:
    """1 234,56 and 1,234,56 as the publication writes them: the last comma is the decimal one."""
    whole, _, decimals = text.replace(" ", "").replace("\u00a0", "").rpartition(",")
    value = _number(f"{whole.replace(',', '')}.{decimals}" if whole else decimals)
    return None if value is None else _in_cents(value)


def _boxes(text: str) -> Decimal | None:
    """A whole number, which may have its thousands apart: 1.000 is a thousand boxes."""
    return _number(text.replace(".", "") if re.fullmatch(r"-?\d{1,3}(\.\d{3})+", text) else text)


def _number(text: str) -> Decimal | None:
    """1.234,56 or 1234.56."""
    plain = text.replace("\u00a0", "").replace(" ", "")
    plain = plain.replace(".", "").replace(",", ".") if "," in plain else plain
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 15 else None


def _in_cents(euros: Decimal) -> int | None:
    cents = int((euros * 100).quantize(Decimal(1), ROUND_HALF_UP))
    return cents if 0 < cents <= LARGEST_CENTS else None


@cache
def _pack_forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    packs = _words().packs
    inside, alone = "|".join(packs.inside), "|".join(packs.alone)
    return (
        re.compile(rf"(?:(\d+) )?[^\d+]*? de (\d+)(?: x (\d+))? (?:{inside})(?:s|\(s\))?(?: [^\d+]*)?"),
        re.compile(rf"(\d+) (?:{alone})(?:s|\(s\))?(?:[ -].*)?"),
    )


def pack_units(label: str) -> int | None:
    """Tablets or sachets of a pack when its label says so without a doubt: `2 plaquettes de 15 comprimés` is 30."""
    inside, alone = _pack_forms()
    if found := inside.fullmatch(label):
        units = int(found[1] or 1) * int(found[2]) * int(found[3] or 1)
    elif (found := alone.fullmatch(label)) and "+" not in label:
        units = int(found[1])
    else:
        return None
    return units if 0 < units < 2**15 else None
