"""Files that wait: what each is, what a list is told to be, where they go; a failure leaves everything as it was."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from calculators.errors import UserError
from calculators.records import intake, practice, recents
from calculators.records.readers import spreadsheet
from calculators.records.readers.spreadsheet import Confidence
from calculators.records.store import open_store
from dashboard.donnees import deposit as deposits
from dashboard.donnees import in_words
from dashboard.donnees.deposit import Deposit, Step, Target
from dashboard.serving import visits
from tests import practice as small
from tests.dashboard.donnees.files import HISTORY, WRONG, Dropped, asked_list, workbook

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def nothing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(recents.platformdirs, "user_state_path", lambda _: tmp_path / "etat")
    yield
    deposits._held.clear()
    visits.end_all()


def at_once(work: Callable[[], None]) -> None:
    work()


def dropped(*files: Dropped, saved: spreadsheet.Mappings | None = None) -> Deposit:
    return deposits.drop(files, saved, at_once)


def test_each_file_is_told_by_its_kind_and_its_own_name(tmp_path: Path):
    found = dropped(HISTORY, *WRONG)
    said = {found.shown(one.sentence): one.is_read for one in found.looked.said}
    assert (found.step, found.count, said["1 historique des remboursements (CDA)."]) == (Step.WAITING, 6, True)
    wrong = [sentence for sentence, is_read in said.items() if not is_read]
    for one in WRONG[:4]:
        assert any(one.name in sentence for sentence in wrong), one.name
    assert not any(str(found.visit.path) in sentence for sentence in said)
    assert [one.columns.kind for one in found.lists] == [""]


def test_the_files_of_a_deposit_are_for_their_owner_alone_and_go_with_it():
    found = dropped(HISTORY)
    [file] = [path for path in found.visit.path.rglob("*") if path.is_file()]
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    deposits.forget()
    assert not file.exists()
    assert deposits.current() is None


def test_an_import_makes_the_folder_and_its_files_are_gone(tmp_path: Path):
    found = dropped(HISTORY, *WRONG)
    found.to(Target(tmp_path / "cabinet", "dr-ardant", DAY))
    assert (found.step, found.outcome.fault) == (Step.DONE, "")
    assert [one.name for one in found.outcome.changed.added] == ["historique.xml"]
    assert any("bizarre.xlsx" in sentence for sentence in found.outcome.left)
    assert not found.visit.path.exists()
    assert recents.recents() == [tmp_path / "cabinet"]
    assert deposits.current() is found


def test_a_failure_is_a_sentence_and_the_files_still_wait(tmp_path: Path):
    (tmp_path / "fichier").write_text("déjà là")
    found = dropped(HISTORY)
    found.to(Target(tmp_path / "fichier", "", DAY))
    assert "est un fichier" in found.outcome.fault
    assert (found.step, (tmp_path / "fichier").read_text()) == (Step.WAITING, "déjà là")
    found.to(Target(tmp_path / "cabinet", "", DAY))
    assert found.step is Step.DONE


def test_nothing_that_can_be_read_changes_nothing(tmp_path: Path):
    found = dropped(*WRONG[:2])
    assert not found.looked.is_something_read
    found.to(Target(tmp_path / "cabinet", "", DAY))
    assert found.outcome.fault
    assert not (tmp_path / "cabinet").exists()


@pytest.fixture
def tables(tmp_path: Path) -> list[Dropped]:
    """A folder of tables, its files dropped one by one."""
    small.write(
        tmp_path / "tables", patients=[("p1", "1965-03-01", "F"), ("p2", "1950-03-01", "M")],
        acts=[("p1", "2025-05-02", "ngap", "G"), ("p3", "2025-05-02", "ngap", "G")], ald=[("p1", 8)], c2s=[],
    )  # fmt: skip
    return [Dropped(file.name, file.read_bytes()) for file in sorted((tmp_path / "tables").iterdir())]


def test_the_tables_of_a_folder_dropped_one_by_one_are_one_folder(tables: list[Dropped], tmp_path: Path):
    found = dropped(*tables)
    found.to(Target(tmp_path / "cabinet", "", DAY))
    assert (found.outcome.fault, found.outcome.changed.patients) == ("", 2)
    assert [one.kind for one in practice.listed(tmp_path / "cabinet")] == ["tables"]


def test_tables_too_large_to_be_documents_are_converted_to_a_folder_of_their_own(
    tables: list[Dropped], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(intake, "STREAMED", 10)
    found = dropped(*tables)
    found.to(Target(tmp_path / "grand", "", DAY))
    assert (found.step, found.outcome.fault) == (Step.DONE, "")
    assert found.outcome.converted is not None
    assert "acts 2" in in_words.converted(found.outcome.converted)
    assert [one.number for one in found.outcome.converted.unmapped] == [1]
    assert open_store(tmp_path / "grand").rows["patients"] == 2
    assert recents.recents() == [tmp_path / "grand"]


def test_beside_other_files_or_documents_they_are_refused_in_a_sentence(
    tables: list[Dropped], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(intake, "STREAMED", 10)
    found = dropped(*tables, HISTORY)
    found.to(Target(tmp_path / "grand", "", DAY))
    assert "importez-les seules" in found.outcome.fault
    assert (found.step, (tmp_path / "grand").exists()) == (Step.WAITING, False)
    deposits.forget()
    dropped(HISTORY).to(Target(tmp_path / "cabinet", "", DAY))
    deposits.forget()
    found = dropped(*tables)
    found.to(Target(tmp_path / "cabinet", "", DAY))
    assert "importez-les seules" in found.outcome.fault


def test_a_column_that_is_asked_is_read_once_it_was_told_and_told_again_by_itself(tmp_path: Path):
    found = dropped(Dropped("export.csv", asked_list()))
    [one] = found.lists
    [column] = one.columns.asked
    assert (column.header, one.columns.header_rows, one.columns.separator) == ("Zzz", (3,), ";")
    found.tell(one.place, columns=one.columns.answered({column.position: "birth"}))
    [one] = found.lists
    assert one.columns.asked == ()
    assert found.preview(one)[0].read[column.position] == "13/06/1970"
    found.to(Target(tmp_path / "cabinet", "dr-ardant", DAY))
    assert found.outcome.changed.patients == 10
    deposits.forget()
    again = dropped(Dropped("mars.csv", asked_list()), saved=deposits.saved_of(tmp_path / "cabinet"))
    [one] = again.lists
    assert one.columns.columns[column.position].confidence is Confidence.SURE
    assert one.columns.kind == "liste_patients"


def test_a_list_whose_patients_cannot_be_told_is_left_and_may_be_given_again(tmp_path: Path):
    found = dropped(HISTORY, Dropped("export.csv", asked_list()))
    found.to(Target(tmp_path / "cabinet", "", DAY))
    [sentence] = found.outcome.left
    assert "« export.csv » : aucun patient" in sentence
    assert "« Zzz »" in sentence
    assert [one.name for one in practice.listed(tmp_path / "cabinet")] == ["historique.xml"]


def test_the_day_the_header_and_the_separator_of_a_list_can_be_said(tmp_path: Path):
    content = b"a|b|c\nNom,Prenom,Sexe,Date de naissance\nMARTIN,Jean,M,01/02/1960\nDURAND,Anne,F,03/04/1970\n"
    found = dropped(Dropped("export.csv", content))
    [one] = found.lists
    found.tell(one.place, separator=",")
    found.tell(found.lists[0].place, header_row=2)
    found.tell(found.lists[0].place, as_of=date(2026, 5, 1))
    [one] = found.lists
    assert (one.columns.separator, one.columns.header_rows, one.columns.as_of) == (",", (2,), date(2026, 5, 1))
    assert one.columns.is_dated
    found.to(Target(tmp_path / "cabinet", "dr-ardant", DAY))
    [source] = practice.listed(tmp_path / "cabinet")
    assert (source.created_on, source.lines_read, source.lines_kept, source.lines_aside) == (date(2026, 5, 1), 2, 2, 0)


def test_dates_may_be_said_to_be_american():
    found = dropped(Dropped("export.csv", "Nom;Prénom;Sexe;Date de naissance\nMARTIN;Jean;M;01/02/1960\n".encode()))
    [one] = found.lists
    birth = one.columns.columns[3]
    found.tell(one.place, columns=one.columns.dated(3, "american"))
    assert birth.form == "fr"
    assert found.preview(found.lists[0])[0].read[3] == "02/01/1960"


def test_more_files_join_those_that_wait_and_too_much_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    found, patients = dropped(HISTORY), Dropped("patients.xlsx", workbook(3))
    found.more([patients])
    assert (found.count, len(found.lists)) == (2, 1)
    found.more([HISTORY, patients])
    assert (found.count, len(found.lists)) == (2, 1), "the same again is not kept twice"
    found.more([Dropped("patients.xlsx", workbook(4))])
    assert found.count == 3
    monkeypatch.setattr(deposits, "MOST", sum(file.stat().st_size for file in found._files) / 1024 / 1024)
    found.more([HISTORY])  # there already: it adds nothing
    with pytest.raises(UserError, match="en plusieurs fois"):
        found.more([Dropped("encore.csv", b"Nom;Sexe")])
    assert (found.count, found.step) == (3, Step.WAITING)
    monkeypatch.setattr(deposits, "MOST", 0)
    with pytest.raises(UserError, match="en plusieurs fois"):
        dropped(HISTORY)
    assert deposits.current() is found


def test_one_import_at_a_time(tmp_path: Path):
    started: list[Callable[[], None]] = []
    found = deposits.drop([HISTORY], None, started.append)
    with pytest.raises(UserError, match="en cours"):
        deposits.forget()
    started.pop()()
    found.to(Target(tmp_path / "cabinet", "", DAY))
    found.to(Target(tmp_path / "autre", "", DAY))
    with pytest.raises(UserError, match="en cours"):
        dropped(HISTORY)
    [work] = started
    work()
    assert not (tmp_path / "autre").exists()
    deposits.forget()


def test_a_visit_ends_when_nobody_is_left_and_not_before(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(visits, "LEFT_SECONDS", 0)
    one, somebody = visits.begin(), visits.Keeper()
    one.kept_by(somebody)
    visits.end_left()
    assert one.path.exists()
    assert visits.of(one.path / "donnees") is one
    del somebody
    visits.end_left()
    assert visits.of(one.path) is None


def test_reasons_are_told_once_with_an_example(tmp_path: Path):
    lines = ["Nom;Prénom;Sexe;Date de naissance", "MARTIN;Jean;M;01/02/1960", ";;M;", ";;F;", "Total;2;;"]
    found = dropped(Dropped("export.csv", "\n".join(lines).encode()))
    found.to(Target(tmp_path / "cabinet", "", DAY))
    reasons = {one.reason: one for one in in_words.left(practice.listed(tmp_path / "cabinet"))}
    nobody = reasons["ni numéro, ni nom avec une date de naissance lisible"]
    assert (nobody.number, nobody.example) == (2, "export.csv, ligne 3")
    [source] = practice.listed(tmp_path / "cabinet")
    assert (source.lines_read, source.lines_kept, source.lines_aside) == (4, 1, 3)
