"""A reader who does what the README says, and nothing else, sees what it shows: on the command line and on the pages. The
second round of the volunteers is played by `python -m tests.walkthrough --check`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests import walkthrough
from tests.dashboard.opening import drawn, opened, unfolded, words

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder, once the commands have printed what the README says they print."""
    return walkthrough.played(walkthrough.RULE, tmp_path_factory.mktemp("clone"), opened=True) / "cabinet"


@pytest.fixture
def on_screen(cabinet: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(cabinet))
    yield
    st.cache_resource.clear()


def shown(page: str) -> AppTest:
    app = opened(page)
    assert [fault.message for fault in app.exception] == []
    assert [fault.value for fault in app.error] == []
    assert [said.value for said in app.warning] == []
    return app


def test_it_writes_two_files_and_runs_every_command(cabinet: Path):
    assert [Path(name).name for name in walkthrough.files()] == ["vaccin_zona.toml", "accord_7.toml"]
    assert sorted(path.name for path in cabinet.parent.glob("*.csv")) == ["ecarts.csv", "etat.csv", "forfait.csv"]


@pytest.mark.usefixtures("on_screen")
def test_the_board_shows_the_indicator_marked_as_added():
    app = shown("prevention")
    assert "Vaccin contre le zona (ajouté)" in app.multiselect(key="filtre_indicateurs").options
    app.multiselect(key="filtre_indicateurs").set_value(["vaccin_zona"]).run()
    listed = drawn(app)
    assert len(listed) > 0
    assert all("Vaccin contre le zona (ajouté)" in [act["label"] for act in line["today"]] for line in listed)
    assert "Vaccin contre le zona (ajouté)" in words(shown("indicateurs"))


@pytest.mark.usefixtures("on_screen")
def test_the_pay_page_offers_the_agreement_and_pays_it():
    app = shown("forfait")
    picked = next(box for box in app.selectbox if box.label == "Accord")
    assert "Accord 7, pour essayer" in picked.options
    picked.set_value("accord_7").run()
    assert list(app.exception) == []
    assert "15 à 69 ans, en ALD" in words(app)
    assert "Vaccin contre le zona" not in words(app)


@pytest.mark.usefixtures("on_screen")
def test_the_lab_and_the_statements_take_the_agreement_with_its_own_ages():
    app = shown("scenarios")
    app.selectbox(key="compare_a").set_value("accord_7").run()
    assert list(app.exception) == []
    app = shown("affirmations")
    unfolded(app.selectbox(key="accord_affirme").set_value("accord_7").run())
    assert list(app.exception) == []
    ages = {age for table in app.dataframe if "Âge" in table.value.columns for age in table.value["Âge"]}
    assert ages == {"moins de 15 ans", "15 à 69 ans", "70 ans et plus"}


@pytest.mark.whole
def test_twenty_two_doctors_are_invited_contribute_and_are_summed(tmp_path: Path):
    folder = walkthrough.played(walkthrough.GROUP, tmp_path, until="--round 2")
    assert len(list((folder / "tour1" / "urps").iterdir())) == 22
    assert (folder / "perimetre" / "campaign-2.toml").is_file()
    assert not (folder / "tour2").exists()


def test_a_measure_is_one_file_beside_the_data(tmp_path: Path):
    folder = walkthrough.played(walkthrough.MEASURE, tmp_path, opened=True)
    assert [Path(name).name for name in walkthrough.files(walkthrough.MEASURE)] == ["benzodiazepines_65.toml"]
    assert (folder / "mesure.csv").is_file()
