"""A practice folder grows: whatever was imported, imported again, withdrawn or interrupted, it is what its documents say."""

import random
import stat
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.errors import UnusableFolderError, UserError
from calculators.prevention import declarations
from calculators.prevention.assess import assess
from calculators.prevention.declarations import Declaration
from calculators.prevention.indicator import load_set
from calculators.records import identities, practice, sources
from calculators.records.readers.shape import SourceError
from calculators.records.store import open_store
from tests import practice as small
from tests.records.documents import child, document, person

pytestmark = pytest.mark.slow

AS_OF = date(2026, 1, 31)
CATALOGUE = load_set("convention_2024")
ADULT = person("Martin", "Jean", date(1955, 9, 1), "M")
OTHER = person("Durand", "Anne", date(1955, 9, 1), "F")


def table(folder: Path, name: str) -> list[dict]:
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


def key_of(folder: Path, birth: date, sex: str) -> str:
    (found,) = [
        row["patient_id"] for row in table(folder, "patients") if (row["birth_date"], row["sex"]) == (birth, sex)
    ]
    return found


def declare(folder: Path, patient: str, indicator: str = "depistage_cancer_colorectal") -> None:
    said = Declaration(patient_id=patient, indicator=indicator, kind="refus", by="d1", at=datetime(2026, 1, 15, 10))
    declarations.declare(folder, said)


def declared(folder: Path) -> list[str]:
    return [one.patient_id for one in declarations.read(folder).known]


def test_the_second_patient_is_added_and_declarations_stay(tmp_path: Path):
    practice.add(tmp_path / "d", [document("b", OTHER)])
    anne = key_of(tmp_path / "d", OTHER.birth, "F")
    declare(tmp_path / "d", anne)
    changed = practice.add(tmp_path / "d", [document("a", ADULT)])
    assert changed.patients == 2
    assert key_of(tmp_path / "d", OTHER.birth, "F") == anne
    assert declared(tmp_path / "d") == [anne]


def test_the_same_document_again_changes_nothing(tmp_path: Path):
    first = document("a", ADULT, acts=[("2025-04-02", "ngap", "G")])
    practice.add(tmp_path / "d", [first])
    before = {file.name: file.read_bytes() for file in (tmp_path / "d").iterdir() if file.is_file()}
    changed = practice.add(tmp_path / "d", [first])
    assert (changed.added, len(changed.known)) == ((), 1)
    assert {file.name: file.read_bytes() for file in (tmp_path / "d").iterdir() if file.is_file()} == before


def test_what_names_people_is_for_the_owner_alone_and_holds_no_number(tmp_path: Path):
    practice.add(tmp_path / "d", [document("a", ADULT)])
    files = [file for file in (tmp_path / "d").rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600} or sys.platform == "win32"
    number = ADULT.number
    for file in files:
        text = str(pq.read_table(file).to_pylist()) if file.suffix == ".parquet" else file.read_text(errors="ignore")
        assert number not in text
        assert number[:13] not in text
    assert "MARTIN" not in str(table(tmp_path / "d", "patients")).upper()


def test_numbers_have_another_digest_in_another_folder(tmp_path: Path):
    for name in ("d", "e"):
        practice.add(tmp_path / name, [document("a", ADULT)])
    digests = [identities.read(tmp_path / name)[0].number for name in ("d", "e")]
    assert all(digests)
    assert digests[0] != digests[1]


def test_a_baby_beside_an_adult_makes_nobody_unknown(tmp_path: Path):
    adult = document("a", ADULT, period=("2020-01-01", "2025-12-31"), acts=[("2025-11-01", "ngap", "G")])
    baby = document("b", child("Martin", "Léo", date(2025, 6, 12), "M"), period=("2025-06-12", "2025-12-31"))
    practice.add(tmp_path / "seul", [adult])
    practice.add(tmp_path / "deux", [adult, baby])
    alone, together = (board(tmp_path / name) for name in ("seul", "deux"))
    assert alone[ADULT.birth, "M"] == together[ADULT.birth, "M"]
    assert together[ADULT.birth, "M"]["depistage_cancer_colorectal"] == "due"


def test_a_document_beside_a_list_whose_rights_are_known_makes_nobody_unknown(tmp_path: Path):
    people = [("p1", "1950-03-01", "F"), ("p2", "1960-01-01", "M")]
    folder = small.write(tmp_path / "d", patients=people, ald=[("p1", 8)], c2s=[("p2",)], acts=[], deliveries=[])
    before = board(folder)
    practice.add(folder, [document("a", ADULT)])
    after = board(folder)
    assert {one: after[one] for one in before} == before
    assert after[ADULT.birth, "M"]["suivi_hba1c"] == "unknown"


def board(folder: Path, doctor: str | None = None) -> dict[tuple[date, str], dict[str, str]]:
    """Status of each indicator, by birth and sex, as the doctor judges it."""
    people = {row["patient_id"]: (row["birth_date"], row["sex"]) for row in table(folder, "patients")}
    held = declarations.holding(declarations.read(folder).known, AS_OF)
    rows = declarations.judged(assess(open_store(folder), CATALOGUE, AS_OF, doctor), held).to_pylist()
    found: dict[tuple[date, str], dict[str, str]] = {}
    for row in rows:
        found.setdefault(people[row["patient_id"]], {})[row["indicator"]] = row["status"]
    return found


def test_a_withdrawn_source_leaves_no_line_and_comes_back_with_its_key(tmp_path: Path):
    folder, secret = tmp_path / "d", document("b", OTHER, acts=[("2025-05-05", "ngap", "SECRET")])
    practice.add(folder, [document("a", ADULT), secret])
    anne = key_of(folder, OTHER.birth, "F")
    declare(folder, anne)
    changed = practice.remove(folder, secret.source_id[:10])
    assert (changed.patients, len(changed.removed)) == (1, 1)
    for file in [*folder.glob("*.parquet"), *(folder / "sources").glob("*.parquet")]:
        assert "SECRET" not in str(pq.read_table(file).to_pylist())
        assert "Durand" not in str(pq.read_table(file).to_pylist())
    practice.add(folder, [secret])
    assert key_of(folder, OTHER.birth, "F") == anne
    assert declared(folder) == [anne]


def test_the_last_source_or_an_unknown_one_is_not_withdrawn(tmp_path: Path):
    practice.add(tmp_path / "d", [document("a", ADULT)])
    with pytest.raises(UserError, match="forget"):
        practice.remove(tmp_path / "d", document("a", ADULT).source_id)
    with pytest.raises(UserError, match="aucune source"):
        practice.remove(tmp_path / "d", "zzz")


def test_a_newer_version_supersedes_whatever_the_order_and_the_earlier_speaks_again(tmp_path: Path):
    old = replace(document("v1", ADULT, acts=[("2025-01-01", "ngap", "OLD")]), set_id="s", version=1)
    new = replace(document("v2", ADULT, acts=[("2025-01-02", "ngap", "NEW")]), set_id="s", version=2)
    for order in ((old, new), (new, old)):
        folder = tmp_path / order[0].name
        for one in order:
            practice.add(folder, [one])
        assert [row["code"] for row in table(folder, "acts")] == ["NEW"]
        assert [one.superseded_by for one in practice.listed(folder) if one.name == "v1"] == [new.source_id]
        practice.remove(folder, new.source_id)
        assert [row["code"] for row in table(folder, "acts")] == ["OLD"]


def test_a_document_that_says_it_replaces_another_does_so_and_keeps_its_key(tmp_path: Path):
    wrong = replace(document("w", person("Martn", "Jean", date(1955, 9, 2), "M")), document_id="1.2.3")
    right = replace(document("r", OTHER), replaces=("1.2.3",), set_id="other")
    practice.add(tmp_path / "d", [wrong])
    key = key_of(tmp_path / "d", date(1955, 9, 2), "M")
    practice.add(tmp_path / "d", [right])
    assert [(row["patient_id"], row["birth_date"]) for row in table(tmp_path / "d", "patients")] == [(key, OTHER.birth)]


def test_two_patients_found_to_be_one_keep_both_declarations(tmp_path: Path):
    named = replace(ADULT, number="")
    numbered = replace(ADULT, family="", given="")
    folder = tmp_path / "d"
    practice.add(folder, [document("name", named), document("number", numbered)])
    keys = {row["patient_id"] for row in table(folder, "patients")}
    assert len(keys) == 2
    for key, indicator in zip(sorted(keys), ("depistage_cancer_colorectal", "vaccin_grippe"), strict=True):
        declare(folder, key, indicator)
    bridge = document("both", ADULT)
    practice.add(folder, [bridge])
    (shown,) = [row["patient_id"] for row in table(folder, "patients")]
    assert shown in keys
    assert declared(folder) == [shown, shown]
    practice.remove(folder, bridge.source_id)
    assert {row["patient_id"] for row in table(folder, "patients")} == keys
    assert set(declared(folder)) == keys


def test_an_earlier_folder_keeps_its_keys_and_knows_its_documents_again(tmp_path: Path):
    acts = [(f"2025-{month:02}-03", "ngap", "G") for month in range(1, 11)]
    rows = [("patient-1", *act) for act in acts]
    people = [("patient-1", "1955-09-01", "M"), ("patient-2", "1960-01-01", "F")]
    about = small.dataset(covers_from=date(2023, 1, 1), covers_to=date(2025, 12, 31), ald_known=False)
    folder = small.write(tmp_path / "d", about, patients=people, acts=rows)
    declare(folder, "patient-1")
    practice.add(folder, [document("a", ADULT, acts=acts), document("b", OTHER)])
    assert {row["patient_id"] for row in table(folder, "patients")} >= {"patient-1", "patient-2"}
    assert len(table(folder, "patients")) == 3
    assert len(table(folder, "acts")) == 10
    assert identities.read(folder)[0].family == "Martin"
    assert {row["domain"] for row in table(folder, "coverage") if row["patient_id"] == "patient-2"} == {
        "acts", "biology"
    }  # fmt: skip
    changed = practice.add(
        folder, [document("c", person("Petit", "Zoé", date(1960, 1, 1), "F"), acts=[("2025-01-01", "ngap", "X")])]
    )
    assert "peut-être" in changed.maybe[0]
    assert changed.patients == 4


def test_a_folder_changed_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    practice.add(tmp_path / "d", [document("a", ADULT)])
    monkeypatch.setattr(practice, "open_store", lambda *_, **__: (tmp_path / "d" / "dataset.toml").touch())
    with pytest.raises(UserError, match="entre-temps"):
        practice.add(tmp_path / "d", [document("b", OTHER)])


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("à moi")
    with pytest.raises(UnusableFolderError, match="autre chose"):
        practice.add(tmp_path, [document("a", ADULT)])
    with pytest.raises(SourceError, match="Aucun document"):
        practice.add(tmp_path / "d", [])


def test_replacing_says_what_goes_and_leaves_what_the_doctor_said(tmp_path: Path):
    folder = tmp_path / "d"
    practice.add(folder, [document("a", ADULT)])
    declare(folder, key_of(folder, ADULT.birth, "M"))
    assert practice.goes(folder).startswith("1 source et 1 patient s’en vont ; 1 déclaration reste")
    changed = practice.add(folder, [document("b", OTHER)], instead=True)
    assert (changed.patients, [one.name for one in changed.removed]) == (1, ["a"])
    assert len(declared(folder)) == 1


def test_patients_of_documents_that_name_no_doctor_are_on_the_list_of_the_doctor_given(tmp_path: Path):
    practice.add(tmp_path / "d", [document("a", ADULT)], doctor="10001")
    practice.add(tmp_path / "d", [document("b", OTHER)])
    assert {row["doctor_id"] for row in table(tmp_path / "d", "registrations")} == {"10001"}
    assert [row["doctor_id"] for row in table(tmp_path / "d", "doctors")] == ["10001"]


def test_one_opaque_key_of_two_patients_is_refused_and_the_rest_taken(tmp_path: Path):
    kept = replace(ADULT, key="K1", number="", family="", given="", keeps_key=True)
    other = replace(kept, birth=date(1970, 1, 1))
    practice.add(tmp_path / "d", [document("a", kept)])
    changed = practice.add(tmp_path / "d", [document("x", other), document("b", OTHER)])
    assert [one.name for one in changed.added] == ["b"]
    assert "« K1 »" in changed.left[0]
    assert "K1" in {row["patient_id"] for row in table(tmp_path / "d", "patients")}


def test_a_key_that_is_the_patient_s_number_is_no_key(tmp_path: Path):
    practice.add(tmp_path / "d", [document("a", replace(ADULT, key=ADULT.number, keeps_key=True))])
    assert ADULT.number[:13] not in str(table(tmp_path / "d", "patients"))


FAMILIES = (("Martin", "Jean"), ("Martin", "Léa"), ("Durand", "Marie-Louise"))


def drawn(rng: random.Random, name: str) -> practice.Document:
    family, given_name = rng.choice(FAMILIES)
    birth, sex = rng.choice(((date(1955, 9, 1), "M"), (date(1955, 9, 1), "F"), (date(1990, 3, 1), "F")))
    someone = person(family, given_name, birth, sex)
    someone = rng.choice((someone, replace(someone, number=""), replace(someone, family="", given="")))
    days = [f"2025-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}" for _ in range(3)]
    acts = [(rng.choice(days), *rng.choice((("ngap", "G"), ("nabm", "1577"), ("ccam", "QEQK004")))) for _ in range(3)]
    made = document(
        name, someone, acts=acts, period=rng.choice((None, ("2023-01-01", "2025-12-31"), ("2024-06-01", "2025-06-30")))
    )
    return replace(
        made, set_id=rng.choice(("", "", "s1")), version=rng.randint(1, 3), created_on=date(2026, 1, rng.randint(1, 9))
    )


@pytest.mark.slow
@settings(max_examples=min(50, settings.default.max_examples) // 2, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_sequence_gives_the_board_of_one_import_of_what_is_left(
    tmp_path_factory: pytest.TempPathFactory, seed: int
):
    rng, folder = random.Random(seed), tmp_path_factory.mktemp("suite") / "d"
    every = [drawn(rng, f"doc{place}") for place in range(6)]
    there: dict[str, practice.Document] = {}
    said: set[str] = set()
    for _ in range(9):
        action = rng.random()
        if action < 0.65 or len(there) < 2:
            chosen = rng.sample(every, rng.randint(1, 2))
            practice.add(folder, chosen)
            there |= {one.source_id: one for one in chosen}
        elif action < 0.85:
            gone = rng.choice(sorted(there))
            practice.remove(folder, gone)
            del there[gone]
        else:
            key = rng.choice(sorted(row["patient_id"] for row in table(folder, "patients")))
            declare(folder, key)
            said.add(key)
    shown = [*there.values()]
    rng.shuffle(shown)
    once = folder.with_name("une-fois")
    practice.add(once, shown)
    assert groups(folder) == groups(once)
    for name in ("acts", "coverage", "registrations"):
        assert anonymous(folder, name) == anonymous(once, name), name
    (folder / declarations.FILE).unlink(missing_ok=True)
    assert statuses(folder) == statuses(once)


def groups(folder: Path) -> set[frozenset[str]]:
    """Which documents are of one patient."""
    found: dict[str, set[str]] = {}
    for one in sources.read(folder):
        for key in one.patient_ids:
            found.setdefault(key, set()).add(one.source_id)
    return {frozenset(ids) for ids in found.values()}


def names_of(folder: Path) -> dict[str, str]:
    """Each key by the documents it stands for now."""
    found: dict[str, list[str]] = {}
    for one in sources.read(folder):
        for key in one.patient_ids:
            found.setdefault(key, []).append(one.name)
    return {key: "+".join(sorted(names)) for key, names in found.items()}


def anonymous(folder: Path, name: str) -> list[str]:
    names = names_of(folder)
    return sorted(str(row | {"patient_id": names[row["patient_id"]]}) for row in table(folder, name))


def statuses(folder: Path) -> list[tuple[str, str, str]]:
    names = names_of(folder)
    rows = assess(open_store(folder), CATALOGUE, AS_OF).to_pylist()
    return sorted((names[row["patient_id"]], row["indicator"], row["status"]) for row in rows)
