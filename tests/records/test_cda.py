"""The reimbursement history of Mon espace santé: every line becomes a row, or is told."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calculators.records import intake, practice
from calculators.records.check import check
from calculators.records.readers import cda
from calculators.records.readers.shape import Document, SourceError, SourceFile
from calculators.records.store import open_store
from tests.records.histories import CCAM, NGAP, act, drug, history, ordinary, section, stay, supply, vaccine

ONE_DRUG = section("Médicaments", drug("3400930000001", "20250301"))


def read(tmp_path: Path, content: str) -> Document:
    (tmp_path / "d.xml").write_text(content, encoding="utf-8")
    [document] = cda.read([SourceFile(tmp_path / "d.xml")])
    return document


def rows(imported: Document, table: str, *columns: str) -> list[tuple]:
    found = imported.tables[table].to_pylist() if table in imported.tables else []
    return [tuple(row[column] for column in columns) for row in found]


def deliveries(tmp_path: Path, *statements: str) -> list[tuple]:
    imported = read(tmp_path, history([section("Médicaments", *statements)]))
    return rows(imported, "deliveries", "date", "cip13", "atc", "boxes")


def folder(tmp_path: Path, content: str) -> Path:
    """The practice folder made of one document."""
    practice.add(tmp_path / "dossier", [read(tmp_path, content)])
    return tmp_path / "dossier"


def told(imported: Document) -> dict[str, int]:
    return {one.what: one.number for one in imported.unmapped}


def test_every_line_becomes_a_row_of_its_table(tmp_path: Path):
    imported = read(tmp_path, ordinary())
    assert rows(imported, "deliveries", "date", "cip13", "atc", "boxes", "base_cents", "prescriber_id") == [
        (date(2025, 3, 1), "3400930000001", None, 1, None, "10100997245"),
        (date(2025, 3, 2), None, "C10", 4, None, "10100997245"),
        (date(2025, 4, 10), "3400932857241", "J07AM01", 1, None, "10100997245"),
    ]
    assert sorted(
        rows(imported, "acts", "date", "system", "code", "quantity", "performer_id", "performer_specialty")
    ) == [
        (date(2025, 3, 11), "ngap", "G", 1, "10100997245", "01"),
        (date(2025, 4, 30), "ccam", "QEQK004", 1, "10000441302", "06"),
        (date(2025, 5, 15), "nabm", "0552", 1, None, None),
        (date(2025, 5, 28), "lpp", "1397790", 2, None, None),
    ]
    assert imported.read == {
        "Médicaments": 2, "Vaccinations": 1, "Dispositifs médicaux": 1, "Hospitalisations": 1,
        "Soins médicaux et dentaires": 1, "Radiologie": 1, "Biologie": 1,
    }  # fmt: skip
    assert len(rows(imported, "stays", "entry")) == 1
    assert told(imported) == {
        "Code de médicament autre que CIP13": 1, "Classe ATC complète absente": 2,
    }  # fmt: skip


def test_a_history_covers_the_period_of_the_document_and_knows_no_right(tmp_path: Path):
    document = read(tmp_path, ordinary())
    assert {one[2:] for one in document.covered} == {(date(2025, 1, 1), date(2025, 6, 30))}
    assert document.created_on == date(2025, 7, 1)
    assert (document.ald_known, document.c2s_known, document.synthetic) == (False, False, True)
    assert [(one.birth, one.sex) for one in document.people] == [(date(1979, 3, 28), "F")]


@pytest.mark.slow
def test_what_is_written_opens_as_a_store_and_is_clean(tmp_path: Path):
    to = folder(tmp_path, ordinary())
    assert open_store(to).rows["deliveries"] == 3
    told = {(one.rule, one.severity) for one in check(to).problems}
    assert told == {("classe_courte", "information"), ("cle_cip13", "information")}


def test_names_and_numbers_are_in_the_files_of_identities_alone(tmp_path: Path):
    to = folder(tmp_path, ordinary().replace("Données de remboursement", "Remboursements de Dominique PAT-TROIS"))
    names = ("identities", "people")
    tables = [pq.read_table(file) for file in to.rglob("*.parquet") if file.stem not in names]
    written = "".join(str(table.to_pylist()) for table in tables) + (to / "dataset.toml").read_text()
    assert "3400930000001" in written
    for identity in ("279035121518989", "PAT-TROIS", "DOMINIQUE", "Dominique"):
        assert identity not in written
    held = "".join(str(pq.read_table(file).to_pylist()) for file in to.rglob("*.parquet"))
    assert "279035121518989" not in held


def test_without_a_period_nothing_is_covered_and_the_list_starts_the_day_of_the_document(tmp_path: Path):
    to = folder(tmp_path, history([ONE_DRUG], period=None))
    assert pq.read_table(to / "coverage.parquet").num_rows == 0
    assert pq.read_table(to / "registrations.parquet")["from_date"].to_pylist() == [date(2025, 7, 1)]


def test_a_child_born_within_the_period_is_registered_from_birth(tmp_path: Path):
    to = folder(tmp_path, history([ONE_DRUG], birth="20250215"))
    assert pq.read_table(to / "registrations.parquet")["from_date"].to_pylist() == [date(2025, 2, 15)]


@pytest.mark.parametrize(
    ("written", "birth"),
    [("19790328", date(1979, 3, 28)), ("197903281200", date(1979, 3, 28)), ("197903", date(1979, 3, 1)),
     ("19790300", date(1979, 3, 1)), ("19790231", date(1979, 2, 1))],
)  # fmt: skip
def test_a_birth_without_a_valid_day_is_the_first_of_the_month(tmp_path: Path, written: str, birth: date):
    assert [one.birth for one in read(tmp_path, history([ONE_DRUG], birth=written)).people] == [birth]


@pytest.mark.slow
def test_a_line_before_birth_or_an_unknown_sex_is_kept_for_check_to_tell(tmp_path: Path):
    to = folder(tmp_path, history([ONE_DRUG], birth="20250401", sex="UN"))
    told = {(p.table, p.rule, p.value) for p in check(to).problems if p.severity == "erreur"}
    assert told == {("deliveries", "avant_la_naissance", "2025-03-01"), ("patients", "valeur", "U")}


def test_the_day_is_that_of_the_dispensing_else_of_the_prescription(tmp_path: Path):
    found = deliveries(
        tmp_path,
        drug(supplies=supply("20250301", prescribed="20250228235959-0500")),
        drug(supplies=supply("", prescribed="20250302000000+0100")),
    )
    assert [day for day, *_ in found] == [date(2025, 3, 1), date(2025, 3, 2)]


def test_a_line_without_a_day_is_told_and_not_taken(tmp_path: Path):
    imported = read(
        tmp_path, history([section("Médicaments", drug("3400930000001", "20250230", "202503", "20250301"))])
    )
    assert rows(imported, "deliveries", "date") == [(date(2025, 3, 1),)]
    assert told(imported)["Ligne sans date"] == 2
    assert imported.read == {"Médicaments": 3}


@pytest.mark.parametrize(
    ("written", "boxes", "is_told"),
    [("1", 1, False), ("", 1, False), ("4.0", 4, False), ("-2", -2, False), ("0.5", 1, False), ("32767", 32767, False),
     ("32768", 1, True), ("deux", 1, True), ("NaN", 1, True), ("1e999999999", 1, True)],
)  # fmt: skip
def test_the_quantity_is_a_number_of_boxes(tmp_path: Path, written: str, boxes: int, is_told: bool):
    imported = read(tmp_path, history([section("Médicaments", drug("3400930000001", "20250301", boxes=written))]))
    assert rows(imported, "deliveries", "boxes") == [(boxes,)]
    assert ("Quantité illisible" in told(imported)) is is_told


def test_only_thirteen_digits_are_a_cip13(tmp_path: Path):
    found = deliveries(tmp_path, drug("3567322", "20250301"), drug("3400930000001", "20250302", group="C10AA07"))
    assert [row[1:3] for row in found] == [(None, "C10"), ("3400930000001", "C10AA07")]


@pytest.mark.parametrize(
    "line",
    [
        vaccine("3400932857241", "J07AM01", "20250410", about='negationInd="true"'),
        drug(supplies=supply("20250301", mood="RQO")),
        drug("3400930000001", "20250301").replace("completed", "cancelled"),
    ],
    ids=["refusé", "prescrit", "annulé"],
)
def test_what_was_not_given_is_told_and_not_taken(tmp_path: Path, line: str):
    imported = read(tmp_path, history([section("Médicaments", line), ONE_DRUG]))
    assert len(imported.tables["deliveries"]) == 1
    assert told(imported)["Ligne annulée, refusée ou seulement prévue"] == 1


def test_a_line_without_a_known_code_is_told(tmp_path: Path):
    imported = read(tmp_path, history([section("Actes", act("1.2.3", "X", "20250301")), ONE_DRUG]))
    assert rows(imported, "acts", "code") == []
    assert told(imported)["Ligne sans code connu"] == 1


def test_two_identical_lines_of_one_document_are_two_lines(tmp_path: Path):
    assert len(deliveries(tmp_path, drug("3400930000001", "20250301"), drug("3400930000001", "20250301"))) == 2


def test_a_stay_coded_in_ngap_is_an_act_of_its_first_day(tmp_path: Path):
    imported = read(tmp_path, history([section("Hospitalisations", stay("FPU", NGAP, "20250312"))]))
    assert rows(imported, "acts", "date", "system", "code") == [(date(2025, 3, 12), "ngap", "FPU")]


@pytest.mark.parametrize(
    ("number", "specialty", "found"),
    [
        ("10100997245", "G15_10/SM54", ("10100997245", "01")),
        ("810100997245", "G15_10/SM26", ("10100997245", "01")),
        ("697121458706", "G15_10-SM53", ("697121458706", "22")),
        ("", "G15_40", (None, "19")),
        ("10100997245", "G15_10/SM99", ("10100997245", None)),
        ("10100997245", "", ("10100997245", None)),
    ],
)
def test_a_professional_keeps_a_number_and_a_specialty_that_is_certain(tmp_path: Path, number, specialty, found):
    imported = read(tmp_path, history([section("Actes", act(CCAM, "BJQP002", "20250301", number, specialty))]))
    assert rows(imported, "acts", "performer_id", "performer_specialty") == [found]


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
REFUSED = {
    "pas du XML": ("nom;prénom;ddn", "non lu"),
    "XML tronqué": (history([ONE_DRUG])[:-40], "n’est pas un document XML entier"),
    "autre XML": ("<page/>", "n’est pas reconnu"),
    "codage inconnu": ("<?xml version='1.0' encoding='klingon'?><a/>", "n’est pas reconnu"),
    "autre CDA": (history([ONE_DRUG], code="34133-9"), "non lu"),
    "période inversée": (history([ONE_DRUG], period=("20250701", "20250630")), "avant de commencer"),
    "bombe d’entités": (BOMB, "DOCTYPE"),
    "entité extérieure": (OUTSIDE, "DOCTYPE"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_that_cannot_be_used_is_refused_in_words(tmp_path: Path, name: str):
    document, sentence = REFUSED[name]
    (tmp_path / "d.xml").write_text(document, encoding="utf-8")
    taken = intake.take([tmp_path / "d.xml"])
    told = "\n".join([*taken.said, *taken.left])
    assert taken.documents == ()
    assert sentence in told
    assert "d.xml" in told
    assert "279035121518989" not in told


def test_a_very_deep_document_is_only_slow_to_nest(tmp_path: Path):
    deep = "<organizer>" * 50_000 + drug("3400930000001", "20250301") + "</organizer>" * 50_000
    assert len(deliveries(tmp_path, deep)) == 1


VALID = ordinary().encode()
PIECES = st.sampled_from(
    [b"", b"<", b">", b'"', b"\xff", b"\x00", b"&x;", b"REMB", b"-", b"99999999999999999999", b"<supply/>", b"<entry>",
     b"1.2.250.1.215.200.3.1", b'nullFlavor="UNK"', b"20250230", b"00010101", b"99991231", b"1e9"]
)  # fmt: skip
MUTATION = st.tuples(st.integers(0, len(VALID)), st.integers(0, 40), PIECES)
VALUES = sorted({piece for piece in VALID.replace(b"'", b'"').split(b'"')[1::2] if len(piece) < 40})


@pytest.mark.slow
@settings(max_examples=min(25, settings.default.max_examples))
@given(st.lists(MUTATION, min_size=1, max_size=3), st.booleans())
@example([(300, len(VALID), b"")], False)
def test_a_damaged_document_gives_a_record_or_a_sentence_never_a_crash(mutations, truncated: bool):
    content = VALID
    for position, length, piece in mutations:
        content = content[:position] + piece + (b"" if truncated else content[position + length :])
    _import(content)


@pytest.mark.slow
@settings(max_examples=min(8, settings.default.max_examples))
@given(st.lists(st.tuples(st.sampled_from(VALUES), PIECES | st.sampled_from(VALUES)), min_size=1, max_size=4))
@example([(b"19790328", b"99991231")])
@example([(b"20250701120000+0100", b"00010101"), (b"19790328", b"00010101")])
def test_a_well_formed_document_with_strange_values_never_crashes(replaced):
    content = VALID
    for old, new in replaced:
        content = content.replace(b'"' + old + b'"', b'"' + new.replace(b'"', b"") + b'"')
    _import(content)


def _import(content: bytes) -> None:
    with TemporaryDirectory() as place:
        file, to = Path(place) / "d.xml", Path(place) / "dossier"
        file.write_bytes(content)
        taken = intake.take([file])
        assert taken.said or taken.left
        try:
            practice.add(to, taken.documents)
        except SourceError:
            assert not to.exists()
            return
        check(to)
