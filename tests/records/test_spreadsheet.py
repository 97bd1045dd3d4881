"""Lists in spreadsheets: what is told of columns, what Excel did undone, what is doubtful asked and not taken."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.records import nir
from calculators.records.readers import spreadsheet
from calculators.records.readers.shape import Document, SourceError, SourceFile
from calculators.records.readers.spreadsheet import Confidence, MappingError, UnknownListError, codes, headers, values
from tests.records import layouts

HEADER = "NIR;Nom;Prénom;Date de naissance;Sexe"
ALINE = "2840312000001;INVENTEE;Aline;12/03/1984;F"
MARC = "1550999000002;FICTIF;Marc;01/09/1955;M"
ZOE = "2190435000003;ESSAI;Zoé;25/04/2019;F"


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str, name: str = "liste.csv", encoding: str = "utf-8") -> SourceFile:
        (tmp_path / name).write_bytes(text.encode(encoding))
        return SourceFile(tmp_path / name)

    return write


def book(rows: list[list[Any]], merged: tuple[int, int, int, int] | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as made:
        sheet, days = made.add_worksheet("Patients"), made.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, days)
                else:
                    sheet.write(number, place, cell)
        if merged:
            sheet.merge_range(*merged, rows[merged[0]][merged[1]])
    return out.getvalue()


def only(source: SourceFile, **options: Any) -> Document:
    [document] = spreadsheet.read([source], **options)
    return document


def test_a_list_of_patients_is_read_whatever_its_encoding_and_separator(written):
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16", "cp850"):
        for separator in (";", ",", "\t"):
            text = "\r\n".join([HEADER, ALINE, MARC, ZOE]).replace(";", separator)
            document = only(written(text, encoding=encoding))
            assert document.kind == "liste_patients", (encoding, separator)
            assert [(p.given, p.birth, p.sex) for p in document.people] == [
                ("Aline", date(1984, 3, 12), "F"), ("Marc", date(1955, 9, 1), "M"), ("Zoé", date(2019, 4, 25), "F"),
            ]  # fmt: skip


def test_title_rows_totals_blank_lines_and_repeated_headers_are_no_patients(written):
    text = f"Patientèle du Dr Martin\nÉditée le 31/12/2025\n\n{HEADER}\n{ALINE}\n\n{HEADER}\n{MARC}\nTotal;2;;;\n"
    document = only(written(text))
    assert len(document.people) == 2
    assert document.created_on == date(2025, 12, 31)
    assert {(one.number, one.reason) for one in document.unmapped} >= {
        (1, "total ou pied de page"),
        (1, "en-tête répété"),
    }


def test_rights_contacts_and_registration_are_said_without_dates(written):
    text = (
        "Nom;Prénom;DDN;Sexe;ALD;C2S;Médecin traitant;Tél;Portable;E-mail\n"
        "INVENTEE;Aline;12/03/1984;F;8, 13;X;Dr MARTIN;199001234;+33 6 39 98 12 34;a@exemple.fr\n"
        "FICTIF;Marc;25/09/1955;M;;;Dr DURAND;;;\n"
    )
    document = only(written(text))
    aline, marc = document.tables["listed"].to_pylist()
    assert (aline["has_ald"], aline["has_c2s"], marc["has_ald"], marc["has_c2s"]) == (True, True, None, False)
    assert aline["named_doctor"] == "Dr MARTIN"
    assert (aline["doctor_id"], aline["from_date"]) == (None, None)
    assert [row["ald"] for row in document.tables["listed_ald"].to_pylist()] == [8, 13]
    assert (document.people[0].phone, document.people[0].email) == ("0639981234", "a@exemple.fr")
    assert (document.ald_known, document.c2s_known) == (False, True)


def test_two_header_rows_tell_the_patient_from_the_insured(written):
    text = ";;;Assuré;\nNom;Prénom;Né(e) le;Nom;NIR\nA;Aline;25/03/2014;B;1550999000002\nC;Marc;01/09/2012;D;2840312000001\n"
    [mapping] = spreadsheet.detect(written(text))
    assert [c.field if c.confidence is Confidence.SURE else "" for c in mapping.columns] == [
        "used_family",
        "given",
        "birth",
        "",
        "",
    ]
    assert mapping.header_rows == (1, 2)


def test_a_number_that_contradicts_the_birth_is_asked_and_not_taken(written):
    lines = [f"{number};{'ABCDEFGH'[n]};P;{n + 10}/05/2015;F" for n, number in enumerate(["1550999000002"] * 8)]
    source = written("\n".join(["N° SS;Nom;Prénom;Naissance;Sexe", *lines]))
    [mapping] = spreadsheet.detect(source)
    assert mapping.columns[0].confidence is Confidence.ASKED
    assert "assuré" in mapping.columns[0].why
    document = only(source)
    assert {p.number for p in document.people} == {""}
    assert any("à préciser" in one.reason for one in document.unmapped)


def test_a_misspelt_insured_is_not_the_patient():
    for header in (
        "NIR asuré",
        "NIR ASSURE",
        "Tel conjoint",
        "Tél.PersonneÀPrévenir",
        "Date de création",
        "Lieu de naissance",
        "NomAssuré",
    ):
        assert headers.best(header)[1] < headers.PREFIXES, header
    for header, field in (
        ("D.D.N.", "birth"),
        ("FchPat_NumSS", "nir"),
        ("Nom patient", "used_family"),
        ("Adrese", "address"),
    ):
        assert headers.best(header)[0] == field


def test_what_excel_did_is_undone_or_said(written):
    text = f"{HEADER};CP;Tel\n1,55099E+14;FICTIF;Marc;20333;M;1000;612345678\n2840312000001;INVENTEE;Aline;30753;F;1000;612345678\n"  # noqa: E501
    document = only(written(text))
    assert [p.birth for p in document.people] == [date(1955, 9, 1), date(1984, 3, 12)]
    assert [p.number for p in document.people] == ["", "2840312000001"]
    assert document.people[0].phone == "0612345678"
    assert any("détruits" in one.what for one in document.unmapped)


def test_day_numbers_from_1904_are_told_by_the_number_of_the_patient(written):
    text = f"{HEADER}\n1550999000002;FICTIF;Marc;18871;M\n2840312000001;INVENTEE;Aline;29291;F\n"
    assert [p.birth for p in only(written(text)).people] == [date(1955, 9, 1), date(1984, 3, 12)]
    [mapping] = spreadsheet.detect(written("Nom;Prénom;DDN;Sexe\nA;B;18871;F\nC;D;29291;M\n"))
    assert "1904" in next(c.why for c in mapping.columns if c.field == "birth")


def test_american_swapped_and_two_century_dates_are_asked(written):
    american = "Nom;Prénom;DDN\n" + "\n".join(f"A{n};B;0{n % 9 + 1}/2{n % 9}/1950" for n in range(6))
    swapped = "Nom;Prénom;DDN\n" + "\n".join(
        ["A;B;1950-04-03", "C;D;25/04/1950", "E;F;1951-12-01", "G;H;13/01/1960", "I;J;1950-04-03", "K;L;31/01/1950"]
    )
    unsure = "Nom;Prénom;DDN\nA;B;12/03/84\nC;D;25/04/22\nE;F;25/04/56\n"
    for text, said in ((american, "américaine"), (swapped, "interverti"), (unsure, "siècle")):
        [mapping] = spreadsheet.detect(written(text))
        assert mapping.columns[2].confidence is Confidence.ASKED
        assert said in mapping.columns[2].why
    [mapping] = spreadsheet.detect(written(swapped))
    answered = mapping.answered({2: "birth"})
    assert only(written(swapped), mapping=answered).people[0].birth == date(1950, 3, 4)


def test_a_workbook_keeps_dates_numbers_and_merged_cells(tmp_path: Path):
    rows = [
        ["NIR", "Nom", "Prénom", "Date de naissance", "Date acte", "Code acte", "Montant"],
        [284031200000112, "INVENTEE", "Aline", date(1984, 3, 12), date(2025, 5, 2), "G", 30.0],
        ["", "", "", "", date(2025, 6, 3), "qeqk004 1 0", 66.42],
    ]
    for from_1904 in (False, True):
        content = book(rows, date_1904=from_1904)
        (tmp_path / "actes.xlsx").write_bytes(content)
        document = only(SourceFile(tmp_path / "actes.xlsx"))
        assert document.people[0].birth == date(1984, 3, 12)
        [act] = document.tables["acts"].to_pylist()
        assert (act["date"], act["system"], act["code"], act["paid_cents"]) == (date(2025, 5, 2), "ngap", "G", 3000)
        assert any("ni numéro" in one.reason for one in document.unmapped)


PEOPLE = [
    ["NIR", "Nom", "Prénom", "Date de naissance", "Sexe"],
    ["2840312000001", "INVENTEE", "Aline", date(1984, 3, 12), "F"],
    ["1550999000002", "FICTIF", "Marc", date(1955, 9, 1), "M"],
]


def xls(rows: list[list[Any]]) -> bytes:
    made, out = xlwt.Workbook(), io.BytesIO()
    sheet, days = made.add_sheet("Patients"), xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell, days if isinstance(cell, date) else xlwt.Style.default_style)
    made.save(out)
    return out.getvalue()


ODS = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
SPACES = "".join(f' xmlns:{name}="{ODS.format(name)}"' for name in ("office", "table", "text"))


def ods(rows: list[list[Any]]) -> bytes:
    lines = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    sheet = f'<office:spreadsheet><table:table table:name="Patients">{lines}</table:table></office:spreadsheet>'
    content = f"<office:document-content{SPACES}><office:body>{sheet}</office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("content.xml", content)
    return out.getvalue()


def ods_cell(cell: Any) -> str:
    if isinstance(cell, date):
        said = f'office:value-type="date" office:date-value="{cell}"'
        return f"<table:table-cell {said}><text:p>{cell:%d/%m/%Y}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'


@pytest.mark.parametrize(("name", "made"), [("p.xls", xls), ("p.ods", ods), ("p.xlsx", book)])
def test_the_same_list_is_read_from_every_kind_of_workbook(tmp_path: Path, name: str, made: Callable[[list], bytes]):
    (tmp_path / name).write_bytes(made(PEOPLE))
    found = only(SourceFile(tmp_path / name))
    assert [(one.number, one.family, one.birth, one.sex) for one in found.people] == [
        ("2840312000001", "INVENTEE", date(1984, 3, 12), "F"), ("1550999000002", "FICTIF", date(1955, 9, 1), "M"),
    ]  # fmt: skip
    assert found.unmapped == ()


def test_cells_merged_over_rows_are_those_of_each_row(tmp_path: Path):
    rows = [["Nom", "Prénom", "DDN", "Date acte", "Code acte"], ["INVENTEE", "Aline", "25/03/1984", "02/05/2025", "G"]]
    rows.append(["", "", "", "13/06/2025", "GS"])
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for place in range(3):
            sheet.merge_range(1, place, 2, place, rows[1][place])
    (tmp_path / "a.xlsx").write_bytes(out.getvalue())
    assert [row["code"] for row in only(SourceFile(tmp_path / "a.xlsx")).tables["acts"].to_pylist()] == ["G", "GS"]


def test_vaccinations_and_deliveries_are_read_by_name_and_code(written):
    who = "INVENTEE;Aline;25/03/1984"
    shots = f"Nom;Prénom;DDN;Vaccin;Date d'injection;Lot;Rang\n{who};VAXIGRIPTETRA;13/10/2025;A12;1\n{who};ROR;2015;;\n{who};bidule;13/10/2025;;\n"  # noqa: E501
    document = only(written(shots, "v.csv"))
    assert [(v["atc"], v["date"], v["precision"], v["rank"]) for v in document.tables["vaccinations"].to_pylist()] == [
        ("J07BB02", date(2025, 10, 13), "day", 1), ("J07BD52", date(2015, 1, 1), "year", None),
    ]  # fmt: skip
    assert any("bidule" in one.what for one in document.unmapped)
    boxes = f"Nom;Prénom;DDN;CIP13;Date délivrance;Qté\n{who};3400930000120;13/10/2025;2\n{who};3,40093E+12;13/10/2025;1\n{who};3400930000137;25/10/2025;\n"  # noqa: E501
    document = only(written(boxes, "d.csv"))
    assert [(d["cip13"][-3:], d["boxes"]) for d in document.tables["deliveries"].to_pylist()] == [
        ("120", 2),
        ("137", 1),
    ]
    assert any("détruit" in one.reason for one in document.unmapped)


def test_results_keep_value_unit_and_comparator(written):
    text = "Nom;Prénom;DDN;Date prélèvement;Code LOINC;Résultat;Unité\nA;B;25/03/1984;13/10/2025;4548-4;< 7,1;%\n"
    source = written(text)
    [mapping] = spreadsheet.detect(source)
    document = only(source, mapping=mapping.answered({5: "value"}))
    [act] = document.tables["acts"].to_pylist()
    assert (act["system"], act["value"], act["comparator"], act["unit"]) == ("loinc", 7.1, "<", "%")


def test_a_stated_period_is_proposed_and_covers_only_once_confirmed(written):
    source = written(
        "Actes du 01/01/2025 au 31/12/2025\nNom;Prénom;DDN;Date acte;Code acte\nA;B;25/03/1984;13/10/2025;G\n"
    )
    document = only(source)
    assert (document.covered, len(document.proposed)) == ((), 1)
    from dataclasses import replace

    [mapping] = spreadsheet.detect(source)
    [covered] = only(source, mapping=replace(mapping, complete=True)).covered
    assert (covered.domain, covered.to_date) == ("acts", date(2025, 12, 31))


def test_the_insurer_s_list_says_its_indicator(written):
    text = f"{HEADER};Dépistage;Date dernier examen\n{ALINE};Col;25/06/2022\n{MARC};Colorectal;\n"
    document = only(written(text))
    assert document.kind == "liste_assurance"
    assert [(r["indicator"], r["date"]) for r in document.tables["insurer_list"].to_pylist()] == [
        ("Col", date(2022, 6, 25)), ("Colorectal", None),
    ]  # fmt: skip


def test_answers_are_kept_and_applied_to_the_next_list_of_the_same_headers(written, tmp_path: Path):
    text = "Nom;Prénom;;Sexe\nA;B;25/03/1984;F\nC;D;01/09/1955;M\n"
    source = written(text)
    with pytest.raises(MappingError, match="Deux colonnes"):
        spreadsheet.detect(source)[0].answered({2: "given"})
    with pytest.raises(MappingError, match="n’existe pas"):
        spreadsheet.detect(source)[0].answered({9: "birth"})
    [mapping] = spreadsheet.detect(source)
    assert only(source).people == ()
    spreadsheet.save_mapping(mapping.answered({2: "birth"}), tmp_path / "mapping.toml")
    assert (tmp_path / "mapping.toml").stat().st_mode & 0o777 == 0o600
    said = spreadsheet.read_mappings(tmp_path / "mapping.toml")
    assert len(only(source, mapping=said).people) == 2
    other = written("Nom;Prénom;;Sexe\nA;B;Paris;F\n", "autre.csv")
    assert spreadsheet.detect(other, said)[0].columns[2].confidence is Confidence.ASKED
    (tmp_path / "mapping.toml").write_text("list = 3")
    with pytest.raises(MappingError, match=r"mapping\.toml"):
        spreadsheet.read_mappings(tmp_path / "mapping.toml")


def test_the_preview_shows_lines_as_they_will_be_read(written):
    source = written(
        f"{HEADER}\n2 84 03 12 000 001;INVENTEE;Aline;12-03-1984;f\n1550999000002;FICTIF;Marc;31/02/1955;M\n"
        + f"{ZOE}\n" * 8
    )
    first, second, *_ = spreadsheet.preview(source, spreadsheet.detect(source)[0])
    assert first.read == ("2840312000001", "INVENTEE", "Aline", "12/03/1984", "F")
    assert second.read[3] == "illisible"


def test_lists_are_recognised_by_their_header_not_by_their_name():
    assert spreadsheet.recognise(f"{HEADER}\n{ALINE}\n".encode(), "x.bin") == "liste_patients"
    assert spreadsheet.recognise(b"bonjour\n", "liste.csv") is None
    assert spreadsheet.recognise(b"PK\x03\x04", "liste.csv") is None


def test_what_is_no_list_is_refused_with_what_is_expected(written):
    with pytest.raises(UnknownListError, match=r"liste\.csv.*en-tête") as refused:
        only(written("a;b\n1;2\n"))
    assert len(refused.value.mappings) == 1
    for content in (b"", b"PK\x03\x04abc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rien"):
        source = written("")
        source.path.write_bytes(content)
        with pytest.raises(SourceError, match=r"liste\.csv"):
            only(source)


def test_codes_are_split_completed_or_left():
    said = {"GS + MEG": 2, "QEQK004 1 0": 1, "AMI 3,5": 1, "G(S)": 0, "Suivi": 0, "QEQK004 4 0": 0, "4548-4": 1}
    for cell, number in said.items():
        assert len(codes.acts(cell, "") or ()) == number, cell
    assert codes.acts(552, "nabm") == (codes.Act("nabm", "0552"),)
    assert codes.acts(1577, "") is None


def test_dates_of_every_form_are_read_and_others_are_not():
    how = values.Dates(date(2026, 6, 30))
    for cell in (
        "03/01/2024",
        "3-1-2024",
        "2024-01-03 00:00:00",
        20240103,
        "03012024",
        "3 janv. 2024",
        "mercredi 3 janvier 2024",
        45294,
    ):
        assert values.day(cell, how) == date(2024, 1, 3), cell
    for cell in ("31/02/2024", "1950", 1950, "15 jui 2020", "12/25/2024", "", None, 35.5, "n/a"):
        assert values.day(cell, how) is None, cell


@pytest.mark.slow
def test_drawn_layouts_are_never_read_wrong_without_a_word():
    found = layouts.run(150, seed=3)
    assert found.wrong == []
    assert found.columns["juste"] >= 0.93 * sum(found.columns.values())
    assert found.values["juste"] > 50_000


NAMES = st.sampled_from(["MARTIN", "DE LA TOUR", "O'BRIEN", "LEFÈVRE", "NOËL"])
GIVEN = st.sampled_from(["Jean-Pierre", "Zoé", "Marie Louise", "François"])
BIRTHS = st.dates(date(1921, 1, 1), date(2024, 12, 31))
PATIENT = st.tuples(NAMES, GIVEN, BIRTHS, st.sampled_from("FM"))


@pytest.mark.oracle
@settings(max_examples=min(60, settings.default.max_examples))
@given(
    st.lists(PATIENT, min_size=40, max_size=60, unique=True),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["utf-8", "cp1252", "utf-16"]),
    st.booleans(),
)
def test_patients_written_are_the_patients_read(patients: list[tuple], separator: str, encoding: str, is_book: bool):
    rows = [[family, given, f"{birth:%d/%m/%Y}", sex, _number(birth, sex)] for family, given, birth, sex in patients]
    table = [["Nom", "Prénom", "Date de naissance", "Sexe", "NIR"], *rows]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(table)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "liste"
        file.write_bytes(book(table) if is_book else out.getvalue().encode(encoding))
        [mapping] = spreadsheet.detect(SourceFile(file))
        document = only(SourceFile(file))
    if mapping.asked:  # ages too close together to be births: asked, which is right
        return
    assert [(p.family, p.given, p.birth, p.sex) for p in document.people] == [tuple(patient) for patient in patients]
    assert all(nir.has_good_key(person.number) for person in document.people)


def _number(birth: date, sex: str) -> str:
    first = f"{1 if sex == 'M' else 2}{birth:%y%m}35001001"
    return first + f"{nir.key(first):02}"


@pytest.mark.oracle
@settings(max_examples=min(150, settings.default.max_examples))
@given(st.binary(max_size=400), st.sampled_from(["", "text", "book"]), st.integers(0, 4000))
def test_damaged_files_raise_source_errors_only(content: bytes, start: str, place: int):
    whole = {"": b"", "text": f"{HEADER}\n{ALINE}\n".encode(), "book": book([HEADER.split(";"), ALINE.split(";")])}[
        start
    ]
    cut = place % (len(whole) + 1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "liste"
        file.write_bytes(whole[:cut] + content + whole[cut + len(content) :])
        spreadsheet.recognise(file.read_bytes()[:65536], "liste")
        with suppress(SourceError):
            list(spreadsheet.read([SourceFile(file)]))
