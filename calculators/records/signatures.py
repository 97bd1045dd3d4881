"""What a file is, from its content first; its name only settles what the content leaves open.

The kinds and the names of tables and columns that tell them are in `readers/kinds.toml`.
"""

import csv
import io
import re
import tomllib
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from calculators import rules
from calculators.records.readers.cda.parse import Announced, announced
from calculators.records.readers.shape import SourceFile
from calculators.records.tables import TABLES

HEAD = 64 * 1024
"""Bytes from which a kind is told; an XML envelope or an old Excel file may need all of them."""


class Kind(rules.Frozen):
    """One kind of file. `set`: several files of one folder make one document."""

    id: str
    label: str
    plural: str
    read: bool
    where: str
    set: bool = False


class _Columns(rules.Frozen):
    snds_tables: tuple[str, ...]
    snds_column: str
    synthea: tuple[frozenset[str], ...]
    open_medic: frozenset[str]
    canonical_keys: frozenset[str]
    canonical_tables: frozenset[str]


class _Beside(rules.Frozen):
    folder: str
    names: frozenset[str]
    suffixes: frozenset[str]


class _File(rules.Rule):
    kind: tuple[Kind, ...]
    columns: _Columns
    beside: _Beside


_FILE = rules.load(Path(__file__).parent / "readers" / "kinds.toml", _File)
KINDS = {kind.id: kind for kind in _FILE.kind}
COLUMNS, BESIDE = _FILE.columns, _FILE.beside

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
IMAGES = {
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"II*\x00": "TIFF", b"MM\x00*": "TIFF", b"BM": "BMP",
}  # fmt: skip
PACKED = {
    b"7z\xbc\xaf\x27\x1c": "7-Zip", b"Rar!": "RAR", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz",
}  # fmt: skip
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
FHIR = "http://hl7.org/fhir"
XSL = "http://www.w3.org/1999/XSL/Transform"
REGISTRY = "urn:oasis:names:tc:ebxml-regrep"
EXCEL_XML = "urn:schemas-microsoft-com:office:spreadsheet"
SEPARATORS = ";\t|,"
MAIL = re.compile(r"^(Received|Return-Path|MIME-Version|Message-ID|Delivered-To|X-[\w-]+): ", re.M | re.I)


@dataclass(frozen=True)
class Seen:
    """What a file is: `kind` of kinds.toml or None; `named`: more precisely, in French; why it is aside or at fault."""

    kind: str | None = None
    named: str = ""
    aside: str = ""
    fault: str = ""


def see(source: SourceFile) -> Seen:
    """What a file is. Raises SourceError (French) when it cannot be read at all."""
    head = source.content(HEAD)
    if not head.strip(b"\x00\r\n\t "):
        return Seen(fault=f"Le fichier « {source.name} » est vide.")
    return _binary(source, head) or _markup(source, head) or _text(source, head) or Seen()


def _file_name(source: SourceFile) -> str:
    return PurePosixPath(source.member).name if source.member else source.path.name


# --- files that start with a mark


def zip_kind(opened: zipfile.ZipFile) -> str | None:
    """Kind of a zip that is a document of an office program; None for an archive."""
    names = {info.filename.lower() for info in opened.infolist()}
    if "mimetype" in names:
        with opened.open(next(one for one in opened.namelist() if one.lower() == "mimetype")) as stream:
            return "tableur" if b"opendocument.spreadsheet" in stream.read(100) else "document"
    if "[content_types].xml" in names:
        return "tableur" if any(name.startswith("xl/") for name in names) else "document"
    return "document" if any(name.endswith(".iwa") for name in names) else None


def _binary(source: SourceFile, head: bytes) -> Seen | None:
    if b"%PDF-" in head[:1024]:
        return Seen("pdf")
    if head.startswith(OLE):
        return _ole(source.content())
    if head.startswith(b"PAR1"):
        return _parquet(source)
    if head.startswith(b"{\\rtf"):
        return Seen("document", "document RTF")
    if mark := next((mark for mark in PACKED if head.startswith(mark)), None):
        return Seen(
            fault=f"« {source.name} » est une archive {PACKED[mark]} : décompressez-la, puis donnez ses fichiers."
        )
    return _image(head)


def _ole(content: bytes) -> Seen:
    """An old document of Microsoft Office: the names of its parts tell which."""
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book\x00")):
        return Seen("tableur")
    return Seen("document", "document Word, PowerPoint ou message")


def _image(head: bytes) -> Seen | None:
    if head[128:132] == b"DICM":
        return Seen("document", "image DICOM")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Seen("document", "image WEBP")
    if head[4:8] == b"ftyp":
        return Seen("document", "image ou vidéo")
    found = next((name for mark, name in IMAGES.items() if head.startswith(mark)), None)
    return Seen("document", f"image {found}") if found and (found != "BMP" or b"\x00" in head[:16]) else None


def _parquet(source: SourceFile) -> Seen:
    try:
        schema = pq.read_schema(io.BytesIO(source.content()) if source.member else source.path)
    except (pa.ArrowException, OSError):
        return Seen(fault=f"Le fichier « {source.name} » n’est pas un fichier parquet entier.")
    return _by_columns(source, list(schema.names)) or Seen(named="fichier parquet de colonnes inconnues")


# --- XML, HTML, JSON


def _markup(source: SourceFile, head: bytes) -> Seen | None:
    start = _decoded(head[:2048]).lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<table", "<head", "<body")):
        return Seen("page_web")
    if start.startswith(("{", "[")) and not start.startswith("[covers"):
        named = '"resourcetype"' in _decoded(head).lower()
        return Seen("fhir") if named else Seen(named="fichier JSON") if start.startswith(("{", "[{")) else None
    return _xml(source, head) if start.startswith("<") else None


def _xml(source: SourceFile, head: bytes) -> Seen:
    said = announced(head)
    if said and not said.known and not said.forbidden and len(head) == HEAD:
        said = announced(source.content())
    if said is None:
        return Seen("page_web") if b"<html" in head.lower() else Seen(named="fichier XML abîmé")
    if said.forbidden:
        return _doctype(source, head)
    return _announced(said)


def _doctype(source: SourceFile, head: bytes) -> Seen:
    if b"html" in head[:1024].lower():
        return Seen("page_web")
    return Seen(
        fault=f"Le fichier « {source.name} » est refusé : il déclare un DOCTYPE ou des entités XML, ce qu’un document "
        "médical ne fait jamais et qui peut être dangereux."
    )


def _announced(said: Announced) -> Seen:
    if said.known:
        return Seen(said.known.kind, said.known.name)
    space, _, tag = said.root.rpartition("}")
    if space == FHIR:
        return Seen("fhir", "FHIR en XML")
    if tag.lower() == "html":
        return Seen("page_web")
    if space.startswith(REGISTRY) or space == XSL:
        return Seen(aside="liste de contenu ou feuille de style, sans donnée de patient")
    return Seen("tableur", "tableau Excel en XML") if space == EXCEL_XML else Seen(named="fichier XML inconnu")


# --- texts


def _decoded(content: bytes) -> str:
    for mark, encoding in BOMS.items():
        if content.startswith(mark):
            return content[: len(content) // 2 * 2].decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        whole = problem.start >= len(content) - 4
        return content[: problem.start].decode("utf-8") if whole else content.decode("cp1252", errors="replace")


def _text(source: SourceFile, head: bytes) -> Seen | None:
    text = _decoded(head)
    if "\0" in text or sum(letter < " " and letter not in "\t\r\n\x0b\x0c\x1c" for letter in text) > len(text) / 20:
        return None
    lines = [line for line in re.split(r"\r\n|\n|\r", text) if line.strip()]
    if len(head) == HEAD and len(lines) > 1:
        lines.pop()
    return (
        _laboratory(text, lines)
        or _dataset(source, text)
        or _public_drugs(lines)
        or _table(source, lines)
        or Seen("document", "courriel" if MAIL.search(text[:4096]) else "texte")
    )


def _laboratory(text: str, lines: list[str]) -> Seen | None:
    """HL7 version 2 (MSH), HPRIM Santé (H), HPRIM médecin (a dozen lines of header, then lines of results)."""
    start = text.lstrip("\x0b\ufeff \r\n")
    if start.startswith(("MSH|", "FHS|", "BHS|")):
        return Seen("laboratoire", "HL7")
    if re.match(r"H\|.{3,5}\|", start):
        return Seen("laboratoire", "HPRIM")
    if any(line.startswith(("RES|", "****LAB****", "****FIN****")) for line in lines[6:]):
        return Seen("laboratoire", "HPRIM")
    return None


def _dataset(source: SourceFile, text: str) -> Seen | None:
    """The card of a folder of tables, however its encoding was spoilt."""
    if not _file_name(source).lower().endswith(".toml"):
        return None
    try:
        found = tomllib.loads(text.lstrip("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError):
        found = {}
    card = "covers_from" in found or _file_name(source).lower() == "dataset.toml"
    return Seen("tables", "dataset.toml") if card else Seen(named="fichier de réglages (TOML)")


def _public_drugs(lines: list[str]) -> Seen | None:
    """The files of the public drug base have tabs, no header, and a code of eight digits (or a group) first."""
    rows = [line.split("\t") for line in lines[:50]]
    wide = [row for row in rows if len(row) >= 3 and re.fullmatch(r"[6]\d{7}", row[0].strip())]
    return Seen("base_medicaments", "base publique des médicaments") if len(wide) > len(rows) * 0.8 else None


def _table(source: SourceFile, lines: list[str]) -> Seen | None:
    name = _file_name(source).lower()
    separator = _separator(lines[:50], certain=name.endswith((".csv", ".tsv", ".tab")))
    if separator is None or not lines:
        return None
    header = next(csv.reader(lines[:1], delimiter=separator))
    return _by_columns(source, [cell.strip().strip('"\ufeff') for cell in header]) or Seen("tableur")


def _separator(lines: list[str], certain: bool) -> str | None:
    """The one that cuts most lines in one number of fields; prose has no such number."""
    best: tuple[float, int, str] | None = None
    for separator in SEPARATORS if lines else "":
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        except csv.Error:
            continue
        width, times = max(widths.items(), key=lambda found: (found[0] > 1, found[1]))
        share = times / max(1, sum(widths.values()))
        enough = share >= (0.5 if certain else 0.8) and (certain or len(lines) > 1)
        if width > 1 and enough and (certain or separator != "," or width > 2):
            best = max(best or (share, width, separator), (share, width, separator))
    return best[2] if best else ";" if certain else None


def _by_columns(source: SourceFile, header: list[str]) -> Seen | None:
    """Tables of the SNDS, of Synthea, of the public drug files, of this program: by the names of their columns."""
    upper, found = {name.upper() for name in header}, set(header)
    inside = source.member or "/".join(source.path.parts[-4:])
    places = [re.sub(r"\..*$", "", part) for part in PurePosixPath(inside).parts]
    shaped = sum(bool(re.fullmatch(COLUMNS.snds_column, name)) for name in upper)
    known = any(place.upper().startswith(COLUMNS.snds_tables) for place in places)
    if shaped >= 2 and shaped >= len(upper) * (0.3 if known else 0.6):
        return Seen("snds", _snds_table(places))
    if upper >= COLUMNS.open_medic:
        return Seen("base_medicaments", "Open Medic")
    if any(found >= columns for columns in COLUMNS.synthea):
        return Seen("synthea", places[-1])
    return _canonical({name.lower() for name in header}, [place.lower() for place in places])


def _snds_table(places: list[str]) -> str:
    """Its file is named after it, or a folder is."""
    longest = sorted(COLUMNS.snds_tables, key=len, reverse=True)
    named = (table for place in reversed(places) for table in longest if place.upper().startswith(table))
    return next(named, "")


def _canonical(found: set[str], places: list[str]) -> Seen | None:
    named = [place for place in places if place in TABLES or place in COLUMNS.canonical_tables]
    if named and found & COLUMNS.canonical_keys:
        return Seen("tables", named[-1])
    for table in TABLES.values():
        needed = {column.name for column in table.columns if not column.nullable}
        if found >= needed and (table.name in places or len(found & {one.name for one in table.columns}) > 2):
            return Seen("tables", table.name)
    return None
