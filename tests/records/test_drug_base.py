"""The drug reference: what is read of BDPM, Open Medic and IR_PHA_R, and what it fills."""

import gzip
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.records.prices import Prices, prices_of
from calculators.records.readers import drug_base
from calculators.records.readers.drug_base import pack_units
from calculators.records.readers.shape import SourceError, SourceFile
from calculators.records.store import open_store
from dashboard.command import main
from tests import practice

A, B, C = "3400930000120", "3400930000137", "3400930000144"


def presentation(cip13: str, price: str, cis: str = "60000001", pack: str = "plaquette(s) de 30 comprimé(s)") -> str:
    cells = [cis, "4900001", pack, "Présentation active", "Déclaration de commercialisation", "16/03/2011", cip13, "oui",
             "65%", price, "", "1,02", ""]  # fmt: skip
    return "\t".join(cells)


def base(folder: Path, *presentations: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "CIS_CIP_bdpm.txt").write_text("\n".join(presentations) + "\n", encoding="utf-8")
    (folder / "CIS_MITM.txt").write_bytes("60000001\tC10AA05\tSTATINE 10 mg, comprimé\thttp\r\n".encode("cp1252"))
    name = "60000001\tSTATINE 10 mg, comprimé\tcomprimé\torale\tA\tN\tC\t07/07/1997\t\t\tLABO\tNon\r\n"
    (folder / "CIS_bdpm.txt").write_bytes(name.encode("cp1252"))
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One patient, four deliveries: with an amount and a class, with neither, without a known price, taken back."""
    lines = [
        {"patient_id": "p", "date": f"2025-01-0{day}", "cip13": cip13, "atc": atc, "boxes": boxes, "base_cents": cents}
        for day, cip13, atc, boxes, cents in (
            (1, A, "C10AA07", 1, 999), (2, A, None, 2, None), (3, C, None, 1, None), (4, A, None, -1, None),
        )
    ]  # fmt: skip
    return practice.write(tmp_path / "data", patients=[("p", "1950-01-01", "F")], deliveries=lines)


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["cip13"]: row for row in pq.read_table(folder / "drugs.parquet").to_pylist()}


def test_a_presentation_has_its_class_name_pack_and_price_without_the_fee(tmp_path: Path, data: Path):
    loaded = drug_base.load([base(tmp_path / "bdpm", presentation(A, "4,34"))], data, 2026)
    assert loaded == (1, 1, 1, 2026, 0)
    assert rows(data)[A] == {
        "cip13": A, "atc": "C10AA05", "label": "STATINE 10 mg, comprimé, plaquette(s) de 30 comprimé(s)",
        "price_cents": 434, "price_year": 2026, "pack_units": 30, "cis": "60000001", "group": None, "role": None,
        "device": None, "pack_days": None, "molecules": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("atc", "name", "form", "pack", "found"),
    [
        ("B01AB05", "LOVENOX 4 000 UI, solution injectable", "solution", "6 seringues", ("ÉNOXAPARINE", "reference", None)),
        ("B01AB05", "INHIXA 4 000 UI, solution injectable", "solution", "6 seringues", ("ÉNOXAPARINE", "biosimilar", None)),
        ("A10AB05", "FIASP 100 unités/mL", "solution injectable", "5 stylos", (None, None, None)),
        ("C10AA05", "LOVENOX", "comprimé", "30 comprimés", (None, None, None)),
        ("R03AC02", "VENTOLINE 100 microgrammes/dose", "suspension pour inhalation", "1 flacon(s) pressurisé(s) aluminium",
         (None, None, "pmdi")),
        ("R03AK07", "SYMBICORT TURBUHALER", "poudre pour inhalation", "1 inhalateur", (None, None, "dpi")),
        ("R03BB04", "SPIRIVA RESPIMAT 2,5 microgrammes/dose", "solution", "1 cartouche", (None, None, "smi")),
        ("R03AC02", "VENTOLINE 5 mg/2,5 ml", "solution pour inhalation par nébuliseur", "20 récipients", (None, None, None)),
        ("A02BC01", "SPRAY", "suspension pour inhalation", "1 flacon pressurisé", (None, None, None)),
    ],
)  # fmt: skip
def test_a_name_and_a_form_tell_the_place_in_a_biosimilar_group_and_the_inhaler(
    tmp_path: Path, data: Path, atc: str, name: str, form: str, pack: str, found: tuple[str | None, ...]
):
    folder = base(tmp_path / "bdpm", presentation(A, "4,34", pack=pack))
    (folder / "CIS_MITM.txt").write_bytes(f"60000001\t{atc}\t{name}\thttp\r\n".encode("cp1252"))
    line = f"60000001\t{name}\t{form}\torale\tA\tN\tC\t07/07/1997\t\t\tLABO\tNon\r\n"
    (folder / "CIS_bdpm.txt").write_bytes(line.encode("cp1252"))
    drug_base.load([folder], data, 2026)
    assert tuple(rows(data)[A][column] for column in ("group", "role", "device")) == found


def test_what_an_earlier_table_says_of_packs_is_kept(tmp_path: Path, data: Path):
    earlier = practice.table(
        "drugs", [practice._row("drugs", {"cip13": A, "pack_days": 90, "molecules": ["C10AA05", "C10AX09"]})]
    )
    pq.write_table(earlier, data / "drugs.parquet")
    drug_base.load([base(tmp_path / "bdpm", presentation(A, "4,34"))], data, 2026)
    assert (rows(data)[A]["pack_days"], rows(data)[A]["molecules"]) == (90, ["C10AA05", "C10AX09"])


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("4,34", 434),
        ("6,548,20", 654820),
        ("12,1,466,29", 12146629),
        ("1 466,29", 146629),
        ("", None),
        ("0,00", None),
        ("x", None),
    ],
)
def test_prices_as_the_publication_writes_them(tmp_path: Path, data: Path, written: str, cents: int | None):
    drug_base.load([base(tmp_path / "bdpm", presentation(A, written))], data, 2026)
    assert (rows(data)[A]["price_cents"], rows(data)[A]["price_year"]) == (cents, 2026 if cents else None)


@pytest.mark.parametrize(
    ("label", "units"),
    [
        ("plaquette(s) PVC PVDC aluminium de 30 comprimé(s)", 30),
        ("3 plaquette(s) PVC PVDC aluminium de 10 capsule(s)", 30),
        ("plaquettes PVC polyamide de 30 x 1 capsules (conditionnement unitaire)", 30),
        ("30 sachet(s)-dose(s) papier aluminium polyéthylène de 153,45 mg", 30),
        ("1 flacon(s) en verre de 5 ml", None),
        ("3 plaquette(s) de 21 comprimé(s) - 3 plaquette(s) de 7 comprimé(s)", None),
        ("14 plaquettes aluminium de 8 comprimés (emballage multiple : 2 x 56)", None),
        ("1 plaquette(s) PVC de 21 comprimés blancs + 7 comprimés verts", None),
    ],
)
def test_a_pack_is_counted_when_its_label_says_so_without_a_doubt(label: str, units: int | None):
    assert pack_units(label) == units


def test_the_year_of_prices_is_the_last_with_enough_declarations(tmp_path: Path, data: Path):
    lines = [presentation(f"34009300{n:05}", "1,00").replace("16/03/2011", "01/02/2024") for n in range(12)]
    lines.append(presentation(A, "1,00").replace("16/03/2011", "29/11/2924"))
    assert drug_base.load([base(tmp_path / "bdpm", *lines)], data).year == 2024


def open_medic(folder: Path, packed: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    text = (
        "ATC1;l_ATC1;ATC5;L_ATC5;CIP13;l_cip13;age;BOITES;REM;BSE\r\n"
        f"C;x;C10AA08;x;{A};STATINE 10MG CPR 30;20;1.000;x;1.234,56\r\n"
        f"C;x;C10AA08;x;{A};STATINE 10MG CPR 30;60;1.000;x;1.000,00\r\n"
        f"J;x;J07BB02;antigène;{C};VACCIN;60;10;x;113,00\r\n"
        "J;x;J07BB02;x;;SANS CODE;60;10;x;113,00\r\n"
    ).encode("latin-1")
    file = folder / ("OPEN_MEDIC_2025.CSV.gz" if packed else "OPEN_MEDIC_2025.CSV")
    file.write_bytes(gzip.compress(text) if packed else text)
    return file


@pytest.mark.parametrize("packed", [False, True])
def test_open_medic_has_every_class_and_a_mean_base(tmp_path: Path, data: Path, packed: bool):
    drug_base.load([open_medic(tmp_path, packed)], data)
    found = rows(data)
    assert [found[A][name] for name in ("atc", "price_cents", "price_year")] == ["C10AA08", 112, 2025]
    assert [found[C][name] for name in ("atc", "price_cents")] == ["J07BB02", 1130]


def test_what_bdpm_says_comes_first_and_open_medic_fills_it(tmp_path: Path, data: Path):
    folder = base(tmp_path / "bdpm", presentation(A, "4,34"), presentation(C, "", cis="60000009"))
    open_medic(folder)
    drug_base.load([folder], data, 2026)
    found = rows(data)
    assert [found[A][name] for name in ("atc", "price_cents", "price_year")] == ["C10AA05", 434, 2026]
    assert [found[C][name] for name in ("atc", "price_cents", "pack_units")] == ["J07BB02", 1130, 30]


def test_a_second_load_fills_the_first_and_the_same_load_changes_nothing(tmp_path: Path, data: Path):
    folder = base(tmp_path / "bdpm", presentation(A, ""), presentation(B, "2,00"))
    drug_base.load([folder], data, 2026)
    first = rows(data)
    assert drug_base.load([folder], data, 2026).kept == 0
    assert rows(data) == first
    assert drug_base.load([open_medic(tmp_path)], data).kept == 1
    found = rows(data)
    assert (found[A]["price_cents"], found[A]["price_year"], found[A]["cis"]) == (112, 2025, "60000001")
    assert (found[B]["price_cents"], found[B]["price_year"]) == (200, 2026)


def test_the_store_fills_classes_and_amounts_and_tells_the_share(tmp_path: Path, data: Path):
    drug_base.load([base(tmp_path / "bdpm", presentation(A, "4,34"))], data, 2026)
    store = open_store(data)
    filled = store.engine().fetch(
        "select k.atc, d.boxes, d.base_cents, d.from_reference from deliveries d left join drug_keys k on k.drug = d.drug "
        "order by day"
    )
    assert [tuple(row.values()) for row in filled.to_pylist()] == [
        ("C10AA07", 1, 999, 0), ("C10AA05", 2, 868, 1), (None, 1, None, None), ("C10AA05", -1, -434, 1),
    ]  # fmt: skip
    found = prices_of(store)
    assert found == Prices(1, 2, 1, 2026, 2026)
    assert found.share == 0.75
    assert found.sentence() == (
        "Montants connus pour 75\u202f% des lignes de délivrance, dont 67\u202f% aux prix de la base de médicaments de 2026."
    )
    assert prices_of(store, first=20_000_000).share is None


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        (Prices(3, 0, 0, None, None), ""),
        (Prices(0, 0, 0, None, None), ""),
        (Prices(0, 0, 2, None, None), "Aucune délivrance"),
        (Prices(0, 2, 0, 2025, 2026), "prix de la base de médicaments de 2025 à 2026."),
        (Prices(0, 2, 0, None, None), "d’une année non dite."),
        (Prices(1, 0, 1, None, None), "Montants connus pour 50\u202f% des lignes de délivrance."),
    ],
)
def test_what_stands_beside_an_amount(prices: Prices, said: str):
    assert said in prices.sentence()
    assert bool(said) == bool(prices.sentence())


@pytest.mark.slow
def test_the_command_loads_a_base_and_says_what_it_knows(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
):
    folder = base(tmp_path / "bdpm", presentation(A, "4,34"), presentation(B, "", cis="1"))
    assert main(["drugs", "load", str(folder), "--to", str(data), "--year", "2026"]) == 0
    said = capsys.readouterr().err
    assert "Présentations : 2 (avec classe ATC : 1 ; avec prix de 2026 : 1)" in said
    assert "75 %" in said
    assert main(["drugs", "load", str(tmp_path / "rien"), "--to", str(data)]) == 2
    assert "n’existe pas" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe", b"nom;prenom\n", b"PK\x03\x04", b"60000001\tC10AA05\tX\thttp\n"]
)
def test_what_is_no_drug_base_is_refused(tmp_path: Path, data: Path, content: bytes):
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(SourceError):
        drug_base.load([tmp_path / "x.txt"], data)
    assert not (data / "drugs.parquet").exists()


def test_it_is_written_only_beside_data(tmp_path: Path):
    with pytest.raises(SourceError, match=r"dataset\.toml"):
        drug_base.load([base(tmp_path / "bdpm", presentation(A, "1,00"))], tmp_path)


def test_its_files_are_recognised_by_their_first_line(tmp_path: Path):
    folder = base(tmp_path / "bdpm", presentation(A, "1,00"))
    open_medic(folder)
    assert {drug_base.recognise(file.read_bytes(), "x.bin") for file in folder.iterdir()} == {"base_medicaments"}
    assert drug_base.recognise(b"60000001\tnom\tprenom\tx\n", "CIS_CIP_bdpm.txt") is None


def test_as_a_document_it_has_no_patient(tmp_path: Path):
    folder = base(tmp_path / "bdpm", presentation(A, "1,00"), "abc\tdef")
    (document,) = drug_base.read([SourceFile(path) for path in sorted(folder.iterdir())])
    assert document.people == ()
    assert document.tables["drugs"]["cip13"].to_pylist() == [A]
    assert [str(one) for one in document.unmapped] == ["Ligne (1) : sans code CIP13 lisible"]


@given(st.binary(max_size=400))
def test_a_damaged_file_never_crashes(tmp_path_factory: pytest.TempPathFactory, noise: bytes):
    folder = base(tmp_path_factory.mktemp("x") / "bdpm", presentation(A, "1,00"))
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes()[: len(noise) * 3] + noise)
    try:
        (document,) = drug_base.read([SourceFile(path) for path in sorted(folder.iterdir())])
    except SourceError:
        return
    assert document.kind == "base_medicaments"
