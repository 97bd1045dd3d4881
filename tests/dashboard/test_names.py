"""Names of patients are on the screen of their doctor while he asks for them, and nowhere else."""

import shutil
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from calculators.records import identities, practice
from calculators.records.folder import dataset_toml, open_folder
from calculators.records.identities import Identity
from tests.dashboard.opening import at_patient, drawn, opened, told, words
from tests.records.documents import document, person

pytestmark = pytest.mark.slow

NAME = "AUBÉPINE Rosalie"
PHONE = "06 39 98 12 34"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, practices: Path) -> Path:
    """The small practices, with the name of every patient."""
    to = tmp_path_factory.mktemp("noms") / "d"
    shutil.copytree(practices, to)
    keys = open_folder(to).files["patients"]
    who = [
        Identity(row["patient_id"], family="Aubépine", given="Rosalie", phone=PHONE)
        for row in pq.read_table(keys[0]).to_pylist()
    ]
    identities.write(to, who, b"s" * 32)
    return to


@pytest.fixture
def own(named: Path, tmp_path: Path) -> Path:
    """The same as one's own data."""
    to = tmp_path / "siennes"
    shutil.copytree(named, to)
    about = open_folder(to).dataset.model_copy(update={"synthetic": False})
    (to / "dataset.toml").write_text(dataset_toml(about), encoding="utf-8")
    return to


def test_names_of_fictitious_patients_are_shown_when_asked_for(named: Path):
    app = at_patient(opened("patient", dossier=str(named)))
    assert app.toggle(key="noms").value is False
    assert [one.value for one in app.title] == ["Patient"]
    assert NAME not in words(app)
    app.toggle(key="noms").set_value(True).run()
    assert [one.value for one in app.title] == [NAME]
    assert PHONE in words(app)
    app.switch_page("pages/prevention.py").run()
    assert {(line["who"], line["phone"]) for line in drawn(app)} == {(NAME, PHONE)}
    assert not any(word in str(value) for value in app.query_params.values() for word in NAME.split())


def test_names_of_one_s_own_patients_are_shown_until_told_otherwise(own: Path):
    app = opened("prevention", dossier=str(own))
    assert app.toggle(key="noms").value is True
    assert drawn(app)[0]["who"] == NAME
    app.toggle(key="noms").set_value(False).run()
    assert drawn(app)[0]["who"] == drawn(app)[0]["id"] != NAME
    assert drawn(app)[0]["phone"] == ""
    app.switch_page("pages/patient.py").run()
    assert [one.value for one in app.title] == ["Patient"]


def test_a_folder_without_names_has_nothing_to_show(practices: Path):
    app = opened("prevention", dossier=str(practices))
    assert [toggle for toggle in app.toggle if toggle.key == "noms"] == []


def test_names_are_in_no_export(own: Path, monkeypatch: pytest.MonkeyPatch):
    written = []
    monkeypatch.setattr(
        "dashboard.widgets.export_buttons",
        lambda table, *_, **__: written.append(table() if callable(table) else table),
    )
    app = opened("prevention", dossier=str(own))
    assert drawn(app)[0]["who"] == NAME
    assert written
    text = str([table.to_pydict() for table in written])
    assert not any(word in text for word in ("AUBÉPINE", "Aubépine", "Rosalie", PHONE))


def test_a_name_like_markdown_is_shown_as_it_is(tmp_path: Path):
    practice.add(tmp_path / "d", [document("a", person("[a](b)", "Jean", date(1955, 9, 1), "M"))])
    app = opened("patient", dossier=str(tmp_path / "d"))
    assert app.toggle(key="noms").value is True
    assert told(app.title) == ["[A](B) Jean"]
    assert app.title[0].value != "[A](B) Jean"
