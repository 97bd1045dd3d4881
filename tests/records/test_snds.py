"""The SNDS: the worked example, each trap of a true extraction, and what is written in its layout read back."""

import csv
import shutil
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.errors import UnusableFolderError
from calculators.records.folder import open_folder
from calculators.records.readers import snds
from calculators.records.readers.shape import Document, SourceError, SourceFile
from calculators.records.store import open_store
from calculators.sobriety.definition import load_definition
from calculators.sobriety.reference import build
from sample_data import dcir, generate
from tests.whole import WHOLE

pytestmark = pytest.mark.slow

KEYS = {
    "DCT_ORD_NUM": 1, "FLX_DIS_DTD": "2025-03-01", "FLX_EMT_NUM": 1, "FLX_EMT_ORD": 1, "FLX_EMT_TYP": 1,
    "FLX_TRT_DTD": "2025-02-27", "ORG_CLE_NUM": "01C731221", "PRS_ORD_NUM": 1, "REM_TYP_AFF": "a",
}  # fmt: skip
DRUG = "3400938022209"
Row = dict[str, Any]


def line(number: int, flux: str = "2025-03-01", rem: str = "a", **columns: Any) -> Row:
    """A line of care of its own."""
    plain = {
        "BEN_NIR_PSA": "A1", "BEN_RNG_GEM": 1, "EXE_SOI_DTD": "2025-02-05", "PRS_NAT_REF": 3313, "PRS_ACT_QTE": 1,
        "BSE_REM_BSE": "30.00", "CPL_MAJ_TOP": 0, "DPN_QLF": 0, "PRS_DPN_QLP": 0,
    }  # fmt: skip
    keys = KEYS | {"PRS_ORD_NUM": number, "FLX_DIS_DTD": flux, "REM_TYP_AFF": rem}
    return keys | plain | columns


def of(row: Row, **columns: Any) -> Row:
    """A code of a line of care."""
    return {name: row[name] for name in KEYS} | columns


PEOPLE = [
    {"BEN_NIR_PSA": psa, "BEN_RNG_GEM": 1, "BEN_IDT_ANO": person, "BEN_NAI_ANN": year, "BEN_NAI_MOI": "03",
     "BEN_SEX_COD": sex, "BEN_DCD_DTE": "1600-01-01", "BEN_RES_DPT": "075"}
    for psa, person, year, sex in (("A1", "P1", 1960, 2), ("A2", "P1", 1960, 2), ("C1", "P2", 2025, 1))
]  # fmt: skip
WORKED = [
    line(1, EXE_SOI_DTD="2025-02-03", PRS_NAT_REF=1111),
    line(2, EXE_SOI_DTD="2025-02-03", PRS_NAT_REF=1111, BSE_REM_BSE="5.00", CPL_MAJ_TOP=2),
    line(3, PRS_ACT_QTE=2, BSE_REM_BSE="60.00"),
    line(4, "2025-04-01", PRS_ACT_QTE=-2, BSE_REM_BSE="-60.00"),
    line(5, "2025-04-01"),
    line(5, "2025-04-01", "b", BSE_REM_BSE="0.00"),
    line(7, "2025-05-01", BEN_NIR_PSA="A2", EXE_SOI_DTD="2025-03-10", PRS_NAT_REF=3211, BSE_REM_BSE="6.75", DPN_QLF=71),
    line(8, "2025-05-01", BEN_NIR_PSA="A2", EXE_SOI_DTD="2025-03-10", PRS_NAT_REF=3211, BSE_REM_BSE="1.62"),
    line(9, "2025-05-01", EXE_SOI_DTD="2025-04-02", PRS_NAT_REF=1336, BSE_REM_BSE="66.42"),
    line(10, "2025-12-01", BEN_NIR_PSA="C1", EXE_SOI_DTD="2025-11-20", PRS_NAT_REF=1104, BSE_REM_BSE="39.00"),
]
CODES = {
    "ER_PHA_F": [
        of(row, PHA_PRS_C13=DRUG, PHA_ACT_QSN=boxes) for row, boxes in zip(WORKED[2:6], (2, -2, 1, 1), strict=True)
    ],
    "ER_BIO_F": [of(WORKED[6], BIO_PRS_IDE="1577", BIO_ACT_QSN=1), of(WORKED[7], BIO_PRS_IDE="592", BIO_ACT_QSN=1)],
    "ER_CAM_F": [of(WORKED[8], CAM_PRS_IDE="QEQK004", CAM_ACT_COD=1, CAM_TRT_PHA=0)],
}


def write(folder: Path, separator: str = ",", **tables: list[Row]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), delimiter=separator)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def worked(folder: Path, **instead: list[Row]) -> Path:
    return write(folder, **{"IR_BEN_R": PEOPLE, "ER_PRS_F": WORKED, **CODES, **instead})


def read(folder: Path) -> Document:
    (document,) = snds.read([SourceFile(path) for path in sorted(folder.rglob("*")) if path.is_file()])
    return document


def rows(document: Document, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in columns) for row in document.tables[table].to_pylist())


def acts(document: Document) -> list[tuple[Any, ...]]:
    return rows(document, "acts", "patient_id", "date", "system", "code", "quantity")


def deliveries(document: Document) -> list[tuple[Any, ...]]:
    return rows(document, "deliveries", "patient_id", "date", "cip13", "boxes", "base_cents")


def left(document: Document, reason: str) -> int:
    return sum(one.number for one in document.unmapped if reason in one.reason)


def is_the_worked_example(document: Document) -> bool:
    people = [("P1", date(1960, 3, 1), "F"), ("P2", date(2025, 3, 1), "M")]
    day = date(2025, 2, 5)
    return (
        rows(document, "patients", "patient_id", "birth_date", "sex") == people
        and acts(document)
        == [
            ("P1", date(2025, 2, 3), "prs_nat", "1111", 1),
            ("P1", date(2025, 3, 10), "nabm", "0592", 1),
            ("P1", date(2025, 4, 2), "ccam", "QEQK004", 1),
            ("P2", date(2025, 11, 20), "prs_nat", "1104", 1),
        ]
        and deliveries(document)
        == [("P1", day, DRUG, -2, -6000), ("P1", day, DRUG, 1, 3000), ("P1", day, DRUG, 2, 6000)]
    )


def test_the_worked_example_gives_its_rows_and_sets_three_lines_aside(tmp_path: Path):
    document = read(worked(tmp_path / "dcir"))
    assert is_the_worked_example(document)
    assert [left(document, reason) for reason in ("majoration", "pour information", "part de paiement")] == [1, 1, 1]
    assert sum(one.number for one in document.unmapped if one.what == "Ligne de prestation") == 3
    assert [(one.key, one.keeps_key, one.birth_precision) for one in document.people] == [
        ("P1", True, "month"), ("P2", True, "month"),
    ]  # fmt: skip


def test_hospital_claims_are_complete_for_no_period_when_months_lack(tmp_path: Path):
    document = read(worked(tmp_path / "dcir"))
    assert document.covered == ()
    assert left(document, "de juin 2025 à nov. 2025") == 6


def test_care_is_complete_from_the_month_before_the_first_flux_to_six_months_before_the_last(tmp_path: Path):
    lines = [line(n, f"2025-{n:02}-01", PRS_NAT_REF=1111) for n in range(1, 13)]
    document = read(write(tmp_path / "dcir", IR_BEN_R=PEOPLE, ER_PRS_F=lines))
    assert {(one.domain, one.from_date, one.to_date) for one in document.covered} == {
        (domain, date(2024, 12, 1), date(2025, 6, 30)) for domain in ("acts", "biology", "deliveries")
    }


def test_files_cut_by_month_and_files_that_are_not_say_the_same(tmp_path: Path):
    months = {}
    for name, lines in {"ER_PRS_F": WORKED, **CODES}.items():
        for row in lines:
            months.setdefault(f"{name}_{row['FLX_DIS_DTD'][:7].replace('-', '')}", []).append(row)
    assert is_the_worked_example(read(write(tmp_path / "months", IR_BEN_R=PEOPLE, **months)))


def test_a_file_whose_name_says_another_month_is_cut_again(tmp_path: Path):
    names = {f"{name}_2025{month}": lines for (name, lines), month in zip(
        {"ER_PRS_F": WORKED, **CODES}.items(), ("01", "02", "03", "04"), strict=True)}  # fmt: skip
    assert is_the_worked_example(read(write(tmp_path / "dcir", IR_BEN_R=PEOPLE, **names)))


def test_a_large_file_is_cut_by_month_first(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("calculators.records.readers.snds.files.MB", 1)
    assert is_the_worked_example(read(worked(tmp_path / "dcir")))


def test_other_separators_names_capitals_and_an_extraction_that_renamed_the_pseudonym(tmp_path: Path):
    def renamed(lines: list[Row]) -> list[Row]:
        return [
            {("num_enq" if name == "BEN_NIR_PSA" else name.lower()): value for name, value in row.items()}
            for row in lines
        ]

    tables = {"IR_BEN_R": PEOPLE, "ER_PRS_F": WORKED, **CODES}
    names = {f"extraction_{number}": renamed(lines) for number, lines in enumerate(tables.values())}
    assert is_the_worked_example(read(write(tmp_path / "dcir", ";", **names)))


@pytest.mark.parametrize("as_text", [True, False])
def test_parquet_in_any_type_says_the_same_as_csv(tmp_path: Path, as_text: bool):
    def typed(name: str, value: Any) -> Any:
        if as_text:
            return str(value)
        if name.endswith(("_DTD", "_DTE")):
            return date.fromisoformat(value)
        return float(value) if name.startswith(("BSE", "PRS_ACT")) else value

    (tmp_path / "dcir").mkdir()
    for table, lines in {"IR_BEN_R": PEOPLE, "ER_PRS_F": WORKED, **CODES}.items():
        given_rows = [{name: typed(name, value) for name, value in row.items()} for row in lines]
        pq.write_table(pa.Table.from_pylist(given_rows), tmp_path / "dcir" / f"{table}.parquet")
    assert is_the_worked_example(read(tmp_path / "dcir"))


@pytest.mark.parametrize("form", ["{d}/{m}/{y}", "{y}-{m}-{d} 00:00:00", "{y}{m}{d}", "{d}MAR{y}"])
def test_dates_in_other_forms_are_read(tmp_path: Path, form: str):
    lines = [
        row
        | {"EXE_SOI_DTD": form.format(y="2025", m="03", d="10"), "FLX_DIS_DTD": form.format(y="2025", m="03", d="01")}
        for row in WORKED[:1]
    ]
    document = read(write(tmp_path / "dcir", IR_BEN_R=PEOPLE, ER_PRS_F=lines))
    assert acts(document) == [("P1", date(2025, 3, 10), "prs_nat", "1111", 1)]


def test_the_same_file_under_two_names_counts_once(tmp_path: Path):
    folder = worked(tmp_path / "dcir")
    for name in ("ER_PRS_F", "ER_PHA_F", "ER_BIO_F", "ER_CAM_F"):
        shutil.copy(folder / f"{name}.csv", folder / f"{name}_copie.csv")
    document = read(folder)
    assert is_the_worked_example(document)
    assert left(document, "déjà donné") == 4


def test_lines_that_are_there_twice_count_once(tmp_path: Path):
    document = read(worked(tmp_path / "dcir", ER_PRS_F=[*WORKED, WORKED[0], WORKED[8]]))
    assert is_the_worked_example(document)
    assert left(document, "neuf mêmes clés") == 2


def test_the_amounts_of_a_line_stand_on_the_first_of_its_codes(tmp_path: Path):
    bio = [of(WORKED[7], BIO_PRS_IDE=code, BIO_ACT_QSN=1, BIO_ORD_NUM=n) for n, code in ((2, "593"), (1, "1577"))]
    document = read(worked(tmp_path / "dcir", ER_BIO_F=bio))
    biology = [row[1:] for row in rows(document, "acts", "system", "code", "base_cents") if row[0] == "nabm"]
    assert biology == [("0593", 0), ("1577", 162)]


def test_the_anaesthesia_and_the_further_phases_of_an_act_are_the_same_act(tmp_path: Path):
    lines = [line(n, PRS_NAT_REF=1321) for n in (1, 2, 3)]
    cam = [
        of(row, CAM_PRS_IDE="HHFE002", CAM_ACT_COD=activity, CAM_TRT_PHA=phase)
        for row, activity, phase in zip(lines, (1, 4, 1), (1, 1, 2), strict=True)
    ]
    document = read(write(tmp_path / "dcir", IR_BEN_R=PEOPLE, ER_PRS_F=lines, ER_CAM_F=cam))
    assert acts(document) == [("P1", date(2025, 2, 5), "ccam", "HHFE002", 1)]
    assert left(document, "activité ou phase") == 2


def test_what_a_public_hospital_bills_itself_and_what_it_retrocedes_are_left(tmp_path: Path):
    lines = [line(1, PRS_NAT_REF=1111), line(2, PRS_NAT_REF=3317), line(3, PRS_NAT_REF=1112)]
    document = read(
        write(
            tmp_path / "dcir", IR_BEN_R=PEOPLE, ER_PRS_F=lines,
            ER_ETE_F=[of(lines[0], ETE_IND_TAA=1), of(lines[2], ETE_IND_TAA=0)],
            ER_UCD_F=[of(lines[1], UCD_UCD_COD="0000009233214", UCD_DLV_NBR=3)],
        )
    )  # fmt: skip
    assert acts(document) == [("P1", date(2025, 2, 5), "prs_nat", "1112", 1)]
    assert (left(document, "hôpital public"), left(document, "rétrocession")) == (1, 1)


def test_lists_rights_and_doctors_come_with_their_persons_and_placeholders_are_no_dates(tmp_path: Path):
    doctors = [
        {"PFS_PFS_NUM": number, "STA_PFS_NUM": "75100001", "PFS_PRA_SPE": 1, "DTE_ANN_TRT": 2025, "DTE_MOI_FIN": "06",
         "CNV_CNV_COD": "3", "EXC_EFF_DSD": "1600-01-01", "PFS_COD_POS": "75011"}
        for number in ("75100001", "1100002")
    ]  # fmt: skip
    mine = {"BEN_NIR_PSA": "A2", "BEN_RNG_GEM": 1}
    document = read(
        worked(
            tmp_path / "dcir",
            DA_PRA_R=doctors,
            IR_MTT_R=[mine | {"MTT_PFS_NUM": "01100002", "MTT_DEP_DTE": "2020-01-05", "MTT_FIN_DTE": "1600-01-01"}],
            IR_IMB_R=[
                mine | {"IMB_ALD_NUM": number, "IMB_ETM_NAT": nature, "IMB_ALD_DTD": "2019-01-01",
                        "IMB_ALD_DTF": "9999-12-31", "MED_MTF_COD": "E11"}
                for number, nature in ((13, 41), (4, 12), (0, 43))
            ],
            IR_CIM_V=[{"CIM_COD": "E11", "ALD_030_COD": 8}],
            IR_ORC_R=[
                mine | {"BEN_CTA_TYP": kind, "MLL_CTA_DSD": "2024-01-01", "MLL_CTA_DSF": "2024-12-31"} for kind in (89, 3)
            ],
        )
    )  # fmt: skip
    assert rows(document, "registrations", "patient_id", "doctor_id", "from_date", "to_date") == [
        ("P1", "75100001", date(2020, 1, 5), None)
    ]
    assert rows(document, "doctors", "doctor_id", "specialty", "sector", "department", "installed_on", "active_to") == [
        ("75100001", "gp", "2", "75", None, None)
    ]
    assert rows(document, "ald", "patient_id", "ald", "to_date") == [("P1", 8, None), ("P1", 13, None)]
    assert rows(document, "c2s", "patient_id", "from_date", "to_date") == [("P1", date(2024, 1, 1), date(2024, 12, 31))]
    assert (document.ald_known, document.c2s_known) == (True, True)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"ER_PRS_F": WORKED}, "IR_BEN_R"),
        ({"IR_BEN_R": PEOPLE}, "ER_PRS_F"),
        ({"IR_BEN_R": PEOPLE, "ER_PRS_F": [{n: v for n, v in WORKED[0].items() if n != "FLX_DIS_DTD"}]}, "FLX_DIS_DTD"),
        ({"IR_BEN_R": [PEOPLE[0] | {"BEN_NAI_ANN": 0}], "ER_PRS_F": WORKED}, "naissance"),
    ],
)
def test_what_an_extraction_lacks_is_said(tmp_path: Path, tables: dict[str, list[Row]], said: str):
    with pytest.raises(SourceError, match=said):
        read(write(tmp_path / "dcir", **tables))


@given(st.data())
@settings(max_examples=min(25, settings.default.max_examples))
@pytest.mark.slow
def test_a_damaged_file_is_refused_or_read_never_a_crash(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    folder = worked(tmp_path_factory.mktemp("dcir"))
    damaged = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(damaged.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    damaged.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        document = read(folder)
    except SourceError:
        return
    assert document.kind == "snds"


def test_a_file_of_the_snds_is_recognised_by_its_columns_and_nothing_else_is(tmp_path: Path):
    folder = worked(tmp_path / "dcir")
    assert {snds.recognise(path.read_bytes(), "quelconque.txt") for path in folder.iterdir()} == {"snds"}
    assert snds.recognise(b"nom;prenom;date\n", "ER_PRS_F.csv") is None
    assert snds.recognise(b"", "ER_PRS_F.csv") is None
    assert snds.recognise(b"PAR1", "ER_PRS_F_202501.parquet") == "snds"
    assert snds.recognise(b"PAR1", "patients.parquet") is None


@pytest.fixture(scope="module")
def canonical(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two doctors of one department, a few years."""
    folder = tmp_path_factory.mktemp("canonical") / "dossier"
    generate.generate(2, 7, folder, since=date(2024, 1, 1))
    return folder


def imported(canonical: Path, to: Path, form: dcir.Form) -> snds.Converted:
    dcir.export(canonical, to / "dcir", seed=3, form=form)
    given_files = [(path, str(path)) for path in sorted((to / "dcir").iterdir())]
    told: list[float] = []
    converted = snds.convert(given_files, to / "dossier", lambda _sentence, share: told.append(share))
    assert told == sorted(told)
    assert len(told) > 2
    return converted


@cache
def netted(folder: Path, table: str, *columns: str) -> Counter[tuple[Any, ...]]:
    """Rows of a table by patient without his key (birth month and sex stand for it), reversals taken off."""
    found = open_folder(folder).files
    people = {
        row["patient_id"]: (row["birth_date"].year, row["birth_date"].month, row["sex"])
        for file in found["patients"] for row in pq.ParquetFile(file).read().to_pylist()
    }  # fmt: skip
    counted: Counter[tuple[Any, ...]] = Counter()
    for file in found[table]:
        for row in pq.ParquetFile(file).read().to_pylist():
            number = row.get("quantity", row.get("boxes", 1))
            counted[(people[row["patient_id"]], *(row[name] for name in columns))] += number
    return Counter({key: number for key, number in counted.items() if number})


@pytest.fixture(scope="module", params=["parquet", "csv"] if WHOLE else ["parquet"])
def there_and_back(
    canonical: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, snds.Converted]:
    """Where the practices were written in that form, and read again in the folder `dossier`."""
    to = tmp_path_factory.mktemp(request.param)
    return to, imported(canonical, to, request.param)


@pytest.mark.slow
def test_what_is_written_in_the_layout_of_the_dcir_is_read_back(
    canonical: Path, there_and_back: tuple[Path, snds.Converted]
):
    place, converted = there_and_back
    for table, columns in {
        "deliveries": ("date", "cip13", "atc", "prescriber_id", "prescriber_specialty"),
        "registrations": ("doctor_id", "from_date", "to_date"),
        "ald": ("ald", "from_date", "to_date"),
        "c2s": ("from_date", "to_date"),
    }.items():
        assert netted(place / "dossier", table, *columns) == netted(canonical, table, *columns), table
    letters = {("ngap", letter): ("prs_nat", str(number)) for letter, number in dcir.layout().letters.items()}
    mine = Counter[tuple[Any, ...]]()
    for (who, day, system, code, by, specialty), number in netted(
        canonical, "acts", "date", "system", "code", "performer_id", "performer_specialty"
    ).items():
        told = ("prs_nat", None) if system == "ngap" else (system, code)  # a letter of after 2020 has no nature there
        mine[(who, day, *letters.get((system, code), told), by, specialty)] += number
    assert mine == netted(place / "dossier", "acts", "date", "system", "code", "performer_id", "performer_specialty")
    assert {one.number > 0 for one in converted.unmapped if one.what == "Ligne de prestation"} == {True}


@pytest.mark.slow
@pytest.mark.parametrize("there_and_back", ["parquet"], indirect=True)
def test_a_reference_built_on_it_has_the_same_bytes(
    canonical: Path, there_and_back: tuple[Path, snds.Converted], tmp_path: Path
):
    for folder, to in ((canonical, "a"), (there_and_back[0] / "dossier", "b")):
        build(open_store(folder), 2025, load_definition(2025), tmp_path / to, date(2026, 7, 1))
    files = sorted(path.name for path in (tmp_path / "a").glob("*.parquet"))
    assert files
    assert [
        name for name in files if (tmp_path / "a" / name).read_bytes() != (tmp_path / "b" / name).read_bytes()
    ] == []


def test_a_folder_that_holds_something_is_not_written_over(tmp_path: Path):
    worked(tmp_path / "dcir")
    with pytest.raises(UnusableFolderError, match="existe déjà"):
        snds.convert([(path, path.name) for path in (tmp_path / "dcir").iterdir()], tmp_path / "dcir")
