"""The first page of one’s own data says what changed since the last visit; one switch goes to fictitious data and back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from calculators.prevention import visits
from dashboard import data, shipped
from tests.dashboard.opening import opened, words, worklist

pytestmark = pytest.mark.slow
SET = "convention_2024"

SHOWN = ("primary", "secondary")
"""Which data are on screen."""


@pytest.fixture
def folder(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, and no folder opened before."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "etat"))
    return folder


def links(app: AppTest) -> dict[str, str]:
    return {
        link.proto.label: link.proto.query_string for link in app.get("page_link") if "depuis" not in link.proto.label
    }


def test_each_number_of_what_changed_opens_its_patients(folder: Path):
    app = opened("aujourdhui")
    assert "Depuis votre visite" not in words(app)
    choice = app.session_state["choice"]
    board = data.judged(choice.place, choice.doctor, choice.as_of, SET, ())
    earlier = visits.snapshot(board, choice.as_of, datetime.now() - timedelta(days=2))
    now = {patient: said for patient, said in earlier.states.items() if "a" in said}
    changed = dict(earlier.states) | {patient: now[patient].replace("a", "f", 1) for patient in list(now)[:3]}
    (folder / visits.FILE).unlink()
    visits.visited(folder, choice.doctor, SET, earlier.model_copy(update={"states": changed}))
    again = opened("aujourdhui")
    assert "**3\u00a0actes devenus à faire**" in words(again)
    query = next(query for label, query in links(again).items() if label.startswith("Voir 3\u00a0patients"))
    number = dict(pair.split("=") for pair in query.split("&"))["choix"]
    listed = opened("prevention", choix=number, montrer="tous")
    assert set(worklist(listed)["Patient"].to_pylist()) == set(list(now)[:3])
    assert "Seulement : actes devenus à faire depuis le" in words(listed)
    listed.button(key="tous").click().run()
    assert worklist(listed).num_rows == 160


def test_fictitious_data_keep_nothing_between_visits(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shipped, "PRACTICES", folder)
    opened("aujourdhui")
    assert not (folder / visits.FILE).exists()


def test_one_switch_goes_from_mine_to_the_fictitious_ones_and_back(folder: Path):
    app = opened("aujourdhui")
    assert (app.button(key="voir_miennes").proto.type, app.button(key="voir_fictives").proto.type) == SHOWN
    app.button(key="voir_fictives").click().run()
    assert (app.button(key="voir_fictives").proto.type, app.button(key="voir_miennes").proto.type) == SHOWN
    assert app.session_state["choice"].place.path == str(shipped.PRACTICES)
    assert app.query_params["dossier"]
    app.button(key="voir_miennes").click().run()
    assert app.session_state["choice"].place.path == str(folder)
    assert [fault.message for fault in app.exception] == []


def test_without_any_of_ones_own_the_switch_leads_to_where_they_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(shipped.PRACTICES))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "etat"))
    app = opened("prevention")
    app.button(key="voir_miennes").click().run()
    assert [title.value for title in app.title] == ["Données"]
    assert app.button(key="voir_fictives").proto.type == "primary"
