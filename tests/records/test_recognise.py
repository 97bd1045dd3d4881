"""Every file is recognised by what it holds, archives are walked, and nothing given stops the rest."""

import io
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.records import walking
from calculators.records.readers import cda, shape
from calculators.records.readers.shape import Archives
from calculators.records.recognise import KINDS, Found, batches, summary, walk
from tests.records.clinical import clinical
from tests.records.histories import drug, history, section

REMB = history([section("Médicaments", drug("3400930000001", "20250301"))]).encode()
NOT_A_DOCUMENT = b"<page/>"


def found(*paths: Path) -> list[Found]:
    archives = Archives()
    try:
        return list(walk(paths, archives))
    finally:
        archives.close()


def zipped(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def put(place: Path, members: dict[str, bytes]) -> Path:
    for name, content in members.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def parquet(**columns: list) -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.table(columns), held)
    return held.getvalue()


HPRIM = "\r\n".join(
    ["1", "NOM", "PRENOM", "", "", "75001 PARIS", "12/03/1984", "", "D1", "04/06/2025", "L|LABO", "M|DR"]
)
FHIR = {"resourceType": "Bundle", "type": "collection", "entry": []}
XLSX = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": REMB}
ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": REMB}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
BDPM = "60000001\t4900001\tplaquette\tactive\tcommercialisée\t16/03/2011\t3400930000120\toui\t65%\t4,34\t5,36\t1,02\n"
KNOWN = {
    "cda_remb": REMB, "cda_synthese": clinical("vsm").encode(), "cda_biologie": clinical("bio").encode("utf-16"),
    "cda_autre": clinical("prescription").encode(),
    "tableur": "Nom;Prénom;DDN\nMARTIN;Zoé;12/03/1984\nDURAND;Léa;01/02/1950\n".encode("cp1252"),
    "snds": b"BEN_NIR_PSA,BEN_RNG_GEM,EXE_SOI_DTD,PRS_NAT_REF\nA,1,2025-01-01,1111\n",
    "fhir": json.dumps(FHIR, indent=1).encode(), "synthea": b"DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n2025,1,x,140,Flu\n",
    "base_medicaments": BDPM.encode() * 3,
    "laboratoire": (HPRIM + "\r\nRES|HbA1c|4548-4|F|7,1|%\r\n****FIN****").encode("cp850"),
    "pdf": b"%PDF-1.7\n", "page_web": b"<!DOCTYPE html>\n<html><body><table><tr><td>1</td></tr></table></body></html>",
    "document": "Cher confrère, je vous adresse ce patient, merci.\nBien à vous.\n".encode(),
    "tables": b"patient_id,birth_date,sex\np1,1984-03-12,F\n",
}  # fmt: skip
MORE = {
    "XLSX": ("tableur", zipped(XLSX)), "ODS": ("tableur", zipped(ODS)),
    "XLS": ("tableur", OLE + "Workbook".encode("utf-16-le")), "DOC": ("document", OLE + "WordDocument".encode("utf-16-le")),
    "DOCX": ("document", zipped({"[Content_Types].xml": b"", "word/document.xml": REMB})),
    "ODT": ("document", zipped({"mimetype": b"application/vnd.oasis.opendocument.text"})),
    "tabs": ("tableur", b"NIR\tNom\tMT\n1\tA\tB\n2\tC\tD\n"), "pipes": ("tableur", b"a|b|c\n1|2|3\n4|5|6\n"),
    "UTF-16 table": ("tableur", "Nom\tPrénom\nA\tB\nC\tD\n".encode("utf-16")),
    "NDJSON": ("fhir", b'{"resourceType":"Patient","id":"1"}\n{"resourceType":"Patient","id":"2"}\n'),
    "FHIR XML": ("fhir", b'<Bundle xmlns="http://hl7.org/fhir"/>'), "JSON": (None, b'{"a": 1}'),
    "HL7": ("laboratoire", b"MSH|^~\\&|LABO|X|Y|Z|20250604||ORU^R01|1|P|2.5\rPID|1\r"),
    "HPRIM Sante": ("laboratoire", b"H|~^\\&|123|ORM|LABO\rP|1\r"), "PNG": ("document", b"\x89PNG\r\n\x1a\n" + b"\x00" * 20),
    "JPEG": ("document", b"\xff\xd8\xff\xe0\x00\x10JFIF"), "RTF": ("document", b"{\\rtf1 Bonjour}"),
    "XHTML": ("page_web", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'),
    "HTML said to be Excel": ("page_web", b"<table><tr><td>Nom</td></tr></table>"),
    "Open Medic": ("base_medicaments", b"ATC1;CIP13;L_CIP13;AGE;SEXE;BOITES;REM;BSE\nA;3400930000120;X;20;1;3;4;5\n"),
    "parquet": ("tables", parquet(patient_id=["p"], birth_date=[None], sex=["F"])),
    "SNDS parquet": ("snds", parquet(BEN_NIR_PSA=["a"], BEN_RNG_GEM=[1], EXE_SOI_DTD=["x"])),
    "other parquet": (None, parquet(a=[1])), "XML": (None, NOT_A_DOCUMENT), "nothing known": (None, bytes(range(256))),
}  # fmt: skip


def test_there_are_twenty_four_kinds_and_each_says_what_to_do():
    assert len(KINDS) == 24
    assert all(kind.label and kind.plural and len(kind.where) > 20 for kind in KINDS.values())
    assert set(cda.KINDS) <= KINDS.keys()


@pytest.mark.parametrize("kind", KNOWN)
@pytest.mark.parametrize("name", ["fichier", "x.xml", "x.txt", "x.zip"])
def test_a_kind_is_told_by_the_content_whatever_the_name(tmp_path: Path, kind: str, name: str):
    (tmp_path / name).write_bytes(KNOWN[kind])
    (one,) = found(tmp_path / name)
    assert (one.kind, one.fault) == (kind, "")


@pytest.mark.parametrize("name", MORE)
def test_every_form_of_a_kind_is_told_and_is_never_taken_apart(tmp_path: Path, name: str):
    kind, content = MORE[name]
    (tmp_path / "fichier").write_bytes(content)
    (one,) = found(tmp_path / "fichier")
    assert (one.kind, one.fault) == (kind, "")


def test_a_long_style_sheet_before_the_document_hides_nothing(tmp_path: Path):
    style = f"<x:template xmlns:x='http://www.w3.org/1999/XSL/Transform'>{'<p>style</p>' * 20_000}</x:template>"
    start, _, rest = REMB.decode().partition("?>")
    around = f"{start}?><x:stylesheet xmlns:x='http://www.w3.org/1999/XSL/Transform'>{style}{rest}</x:stylesheet>"
    (tmp_path / "d.xml").write_text(around, encoding="utf-8")
    assert [one.kind for one in found(tmp_path / "d.xml")] == ["cda_remb"]


def test_a_name_settles_what_the_content_leaves_open(tmp_path: Path):
    put(tmp_path, {"a.csv": b"NIR\n184031200000112\n", "b.txt": b"NIR\n184031200000112\n", "c.csv": b"Nom, prenom\n"})
    assert [one.kind for one in found(tmp_path)] == ["tableur", "document", "tableur"]


# --- archives


def test_archives_are_walked_within_archives_and_members_are_read(tmp_path: Path):
    inner = zipped({"IHE_XDM/SUBSET01/DOC00001.XML": REMB})
    middle = zipped({"p1/IHE_XDM.zip": inner, "p2/IHE_XDM.zip": inner})
    (tmp_path / "patients.zip").write_bytes(zipped({"mail.zip": middle, "seul.xml": REMB}))
    archives = Archives()
    met = list(walk([tmp_path / "patients.zip"], archives))
    assert [one.source.shown for one in met] == [
        "mail.zip/p1/IHE_XDM.zip/IHE_XDM/SUBSET01/DOC00001.XML",
        "mail.zip/p2/IHE_XDM.zip/IHE_XDM/SUBSET01/DOC00001.XML",
        "seul.xml",
    ]
    (batch,) = batches(met)
    assert [document.kind for document in cda.read(batch.sources)] == ["cda_remb"] * 3
    archives.close()


def test_what_an_export_holds_beside_its_documents_is_left_in_one_line(tmp_path: Path):
    export = {
        "INDEX.HTM": b"<html/>", "README.TXT": b"x", "IHE_XDM/SUBSET01/METADATA.XML": b"<x/>",
        "IHE_XDM/SUBSET01/DOC00001.XML": REMB, "IHE_XDM/SUBSET01/DOC00001.PDF": b"%PDF-1.4", "IHE_XDM/STYLE.XSL": b"<x/>",
    }  # fmt: skip
    for place in (put(tmp_path / "folder", export), tmp_path / "IHE_XDM.zip"):
        if place.suffix:
            place.write_bytes(zipped({f"x/{name}": content for name, content in export.items()}))
        met = found(place)
        assert [(one.kind, bool(one.aside)) for one in met if not one.aside] == [("cda_remb", False)]
        assert summary(met) == [
            "1 historique des remboursements (CDA).",
            "5 fichiers à côté : sommaire, notice ou copie d’une archive IHE XDM.",
        ]
    assert [one.kind for one in found(put(tmp_path / "other", {"README.TXT": b"bonjour"}))] == ["document"]


def test_what_the_system_hides_is_skipped(tmp_path: Path):
    hidden = {"._a.xml": b"\x00\x05", ".git/b.xml": REMB, "__MACOSX/c.xml": REMB, "Thumbs.db": OLE, "a.xml": REMB}
    (tmp_path / "d.zip").write_bytes(zipped(hidden))
    assert [one.source.shown for one in found(tmp_path / "d.zip")] == ["a.xml"]
    assert [one.source.path.name for one in found(put(tmp_path / "folder", hidden))] == ["a.xml"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp850", "cp1252"])
def test_names_are_readable_whoever_made_the_archive(tmp_path: Path, encoding: str):
    name = "Échographie du médecin à Orléans.xml"
    written = name.encode(encoding)
    content = zipped({"x" * len(written): REMB}).replace(b"x" * len(written), written)
    (tmp_path / "d.zip").write_bytes(content)
    (one,) = found(tmp_path / "d.zip")
    assert (one.kind, one.source.shown) == ("cda_remb", name)
    assert name in one.source.name
    assert one.source.content() == REMB


def test_an_archive_has_limits_and_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    deep = REMB
    for _ in range(6):
        deep = zipped({"d.zip" if deep is not REMB else "d.xml": deep})
    put(tmp_path, {"deep.zip": deep, "many.zip": zipped({f"{n}.xml": b"<x/>" for n in range(30)}), "z.xml": REMB,
                   "wide.zip": zipped({"a.xml": b"<" + b" " * 300_000, "b.xml": b"<"}), "vide.zip": zipped({})})  # fmt: skip
    monkeypatch.setattr(walking, "MOST", 20)
    monkeypatch.setattr(walking._Budget, "__init__", lambda self, size: self.__dict__.update(size=size, members=20))
    monkeypatch.setattr(shape, "LARGEST", 200_000)
    met = found(tmp_path)
    assert [one.kind for one in met if not one.fault] == ["cda_remb"]
    faults = " ".join(one.fault for one in met)
    for told in ("trop d’archives", "plus de 20 fichiers", "Une fois décompressée", "est vide"):
        assert told in faults


def test_what_is_inside_an_inner_archive_counts_in_the_outer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    inner = zipped({"a.xml": b"<" + b" " * 80_000})
    (tmp_path / "d.zip").write_bytes(zipped({"1.zip": inner, "2.zip": inner, "3.zip": inner}))
    monkeypatch.setattr(shape, "LARGEST", 200_000)
    assert [bool(one.fault) for one in found(tmp_path / "d.zip")] == [False, False, True]


def test_a_locked_archive_is_told_once(tmp_path: Path):
    content = bytearray(zipped({"a.xml": REMB, "b.xml": REMB}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = content.find(mark)
        while position >= 0:
            content[position + offset] |= 1
            position = content.find(mark, position + 1)
    (tmp_path / "d.zip").write_bytes(content)
    (one,) = found(tmp_path / "d.zip")
    assert "mot de passe" in one.fault


def test_one_bad_file_never_stops_the_others(tmp_path: Path):
    bad = zipped({"a.xml": REMB})
    put(tmp_path, {"a.zip": bad[:-30], "b.xml": REMB[:-40], "c.xml": b"", "d.rar": b"Rar!\x1a\x07", "e.parquet": b"PAR1x",
                   "f.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "z.xml": REMB})  # fmt: skip
    met = found(tmp_path / "absent.xml", tmp_path)
    assert [one.source.path.name for one in met if one.fault] == [
        "absent.xml", "a.zip", "c.xml", "d.rar", "e.parquet", "f.xml",
    ]  # fmt: skip
    assert [one.source.path.name for one in met if one.kind == "cda_remb"] == ["b.xml", "z.xml"]
    assert all(name in " ".join(summary(met)) for name in ("absent.xml", "a.zip", "d.rar", "f.xml"))


# --- sets and messages


def test_the_files_of_a_folder_of_tables_are_one_document(tmp_path: Path):
    patients = parquet(patient_id=["p"], birth_date=[None], sex=["F"])
    acts = parquet(patient_id=["p"], code=["x"])
    put(tmp_path, {
        "n=1/dataset.toml": b'title = "x"\ncovers_from = 2025-01-01\n', "n=1/patients.parquet": patients,
        "n=1/acts/year=2025/month=05/x.parquet": acts, "n=1/acts.parquet/_SUCCESS": b"", "n=1/declarations.jsonl": b"{}",
        "b/patients.csv": KNOWN["tables"], "snds/ER_PRS_F/flx=1/p.csv": KNOWN["snds"], "snds/IR_BEN_R.csv": KNOWN["snds"],
    })  # fmt: skip
    met = found(tmp_path)
    assert [(batch.kind, Path(batch.home).name, len(batch.sources)) for batch in batches(met)] == [
        ("tables", "b", 1), ("tables", "n=1", 3), ("snds", "snds", 2),
    ]  # fmt: skip
    assert summary(met)[:2] == ["2 dossiers de tables de tableau-mt.", "1 extraction du SNDS (tables du DCIR)."]
    assert [one.source.path.name for one in met if one.aside] == ["declarations.jsonl"]


def test_messages_are_grouped_with_the_names_the_user_gave(tmp_path: Path):
    put(
        tmp_path,
        {f"cr{n}.xml": KNOWN["cda_biologie"] for n in range(24)} | {f"releve{n}.pdf": KNOWN["pdf"] for n in range(5)},
    )
    put(tmp_path, {"ordonnance.xml": KNOWN["cda_autre"], "bruit.bin": bytes(range(256))})
    lines = summary(found(tmp_path))
    assert lines[0] == "24 comptes rendus de biologie (CDA)."
    assert lines[1].startswith(
        "1 autre document médical (CDA) (ordonnance.xml, prescription de médicaments (eP-MED)) : non lu"
    )
    assert lines[2].startswith("5 PDF (releve0.pdf ; releve1.pdf ; releve2.pdf et 2 autres) : non lus. Un PDF")
    assert lines[3:] == ["1 fichier n’est pas reconnu (bruit.bin)."]


def test_one_saved_page_is_feminine(tmp_path: Path):
    put(tmp_path, {"page.htm": KNOWN["page_web"]})
    assert " : non lue. " in summary(found(tmp_path))[0]


CONTENTS = st.sampled_from([*KNOWN.values(), *(content for _, content in MORE.values()), zipped({"a.xml": REMB})])


@pytest.mark.slow
@settings(max_examples=15 * settings.default.max_examples)
@given(CONTENTS, st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), max_size=4), st.floats(0, 1))
def test_a_damaged_file_is_recognised_or_told_never_a_crash(tmp_path_factory, content: bytes, damages, kept: float):
    for place, piece in damages:
        position = int(place * len(content))
        content = content[:position] + piece + content[position + len(piece) :]
    place = tmp_path_factory.mktemp("damaged")
    (place / "x").write_bytes(content[: int(len(content) * kept) + 1])
    (place / "y.zip").write_bytes(zipped({"x": content}))
    for one in found(place):
        assert one.kind is None or one.kind in KINDS
        assert not one.fault or "x" in one.fault or "y.zip" in one.fault
