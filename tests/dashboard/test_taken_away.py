"""Every chart can be kept as PNG, SVG and CSV, every table as XLSX, and paper has the rows that the grid only draws."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import export, tabular
from dashboard.lab.state import VIEWS
from tests.dashboard.opening import ROOT, at_patient, at_tab, constant, opened, unfolded

pytestmark = pytest.mark.slow

DRAWING = re.compile(r"\bst\.(table|dataframe|data_editor|\w+_chart)\(")
ALLOWED = {
    "dashboard/tabular.py": {"table", "dataframe"},
    "dashboard/widgets.py": {"vega_lite_chart"},
    "dashboard/lab/presentation.py": {"vega_lite_chart"},  # on a slide; its files are offered with the slides
    "dashboard/deck.py": {"vega_lite_chart"},  # on a slide too: the chart of a page, which offers its files
    "dashboard/donnees/adding.py": {"dataframe"},  # the first lines of a file that the user has
    "dashboard/pages/methode.py": {"mermaid_chart"},  # steps of a calculation: no figure in it
}


@pytest.fixture(autouse=True)
def own_practices(monkeypatch: pytest.MonkeyPatch, practices: Path, kept_caches: None) -> None:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))


def test_what_is_drawn_is_drawn_where_its_files_are_offered():
    found: dict[str, set[str]] = {}
    for file in (ROOT / "dashboard").rglob("*.py"):
        if used := set(DRAWING.findall(re.sub(r"`[^`]*`", "", file.read_text(encoding="utf-8")))):
            found[file.relative_to(ROOT).as_posix()] = used
    assert found == ALLOWED


def shown(page: str) -> list[AppTest]:
    """A page, at each of its tabs and topics, its sections open; of the page of a patient, one who has much."""
    return [unfolded(app) for app in _at_each_tab(page)]


def _at_each_tab(page: str) -> list[AppTest]:
    if page == "forfait":
        return [at_tab(opened(page), name) for name in constant(page, "TABS")]
    if page == "sobriete":
        return [at_tab(opened(page), name, page) for name in constant(page, "TABS")]
    if page == "scenarios":
        return [opened(page).segmented_control(key="vue").set_value(view).run() for view in VIEWS]
    if page == "methode":
        field = opened(page).segmented_control[0].key
        return [opened(page).segmented_control(key=field).set_value(topic).run() for topic in constant(page, "TOPICS")]
    return [at_patient(opened(page), 3) if page == "patient" else opened(page)]


def every_chart_and_every_table_has_its_files(app: AppTest) -> None:
    """Asked of every page by test_files_in_french.py, which reads them."""
    assert [fault.message for fault in app.exception] == []
    offered = [button.proto.label for button in app.get("download_button")]
    charts = len(app.get("vega_lite_chart"))
    assert [sum(f"({kind})" in one for one in offered) for kind in ("PNG", "SVG")] == [charts, charts]
    assert sum(one == "CSV pour Excel" for one in offered) == charts
    tables = len(app.table) + len(app.dataframe)
    assert sum("XLSX" in one for one in offered) >= tables, offered


def test_a_table_of_texts_is_kept_as_numbers_with_their_unit_where_they_are():
    columns = {
        "Acte": ["Grippe", "Sein"], "Patients": ["1\u202f234", "–"], "Taux": ["12\u202f%", "7,5\u202f%"],
        "Écart": ["−1\u202f200\u00a0€", "+3\u00a0€"], "Mêlé": ["12\u202f%", "3\u00a0€"], "Quand": ["01/02/2026", ""],
        "Vide": ["–", "–"], "Code": ["1577 a", "0552"],
    }  # fmt: skip
    found = export.unprinted(columns)
    assert found.to_pydict() == {
        "Acte": ["Grippe", "Sein"], "Patients": [1234, None], "Taux (%)": [12.0, 7.5], "Écart (€)": [-1200, 3],
        "Mêlé": ["12 %", "3 €"], "Quand": ["01/02/2026", ""], "Vide": ["–", "–"], "Code": ["1577 a", "0552"],
    }  # fmt: skip


def test_a_file_says_where_it_comes_from_and_its_table_stays_one():
    rows = pa.table({"Taux": [1.5]})
    lines = list(csv.reader(io.StringIO(export.excel_csv(rows, "Source : essai.").decode("utf-8-sig")), delimiter=";"))
    assert lines == [["Taux"], ["1,5"], ["Source : essai."]]
    with zipfile.ZipFile(io.BytesIO(export.xlsx(rows, "Source : essai."))) as book:
        first, second = (book.read(f"xl/worksheets/sheet{place}.xml").decode() for place in (1, 2))
        assert "Source : essai." in book.read("xl/sharedStrings.xml").decode()
    assert ('<row r="3"' in first, '<row r="1"' in second) == (False, True)


def test_paper_has_the_first_rows_in_french_and_says_where_the_others_are():
    rows = pa.table(
        {
            "Patient": ["<b>"] * 60, "Le": [date(2026, 3, 1)] * 60, "Euros": [1234.5] * 60, "Actes": [["a", "b"]] * 60,
            "Vu": [True] * 60, "Rien": pa.nulls(60, pa.int32()),
        }
    )  # fmt: skip
    found = tabular.printed(rows)
    assert found.count("<tr>") == 1 + tabular.PRINTED
    line = "<td>&lt;b&gt;</td><td>01/03/2026</td><td>1\u202f234,50</td><td>a, b</td><td>oui</td><td></td>"
    assert line in found
    assert "10\u00a0autres lignes" in found
    assert "autre" not in tabular.printed(rows.slice(0, 50))
    assert "350\u00a0autres lignes" in tabular.printed(rows.slice(0, 50), 400)


def test_a_grid_is_read_in_french_and_euros_to_the_cent_where_there_are_cents():
    def page() -> None:
        import pyarrow as pa
        import streamlit as st

        from dashboard import tabular

        rows = pa.table(
            {"Avec (€)": [60.5, None], "Somme (€)": [1200.0, 3.0], "Taux": [0.5, 1.0], "Nom (€)": ["a", "b"],
             "Patients": [12_000, 3], "Vides": pa.array([None, None], pa.int64()), "Année": [2025, 2026],
             "Part": [0.5, 0.25], "Rang": [1200, 2]}
        )  # fmt: skip
        told = {"Part": st.column_config.NumberColumn(format="percent"), "Rang": st.column_config.NumberColumn("N°")}
        tabular.grid(rows, "Essai", "essai", offered=True, column_config=told)

    [grid] = AppTest.from_function(page, default_timeout=60).run().dataframe
    told = json.loads(grid.proto.columns)
    shown = {
        name: (one.get("label"), one["type_config"]["format"]) for name, one in told.items() if "type_config" in one
    }
    assert shown == {
        "Avec (€)": ("Avec", "euro"), "Somme (€)": (None, "localized"), "Taux": (None, "localized"),
        "Patients": (None, "localized"), "Vides": (None, "localized"), "Part": (None, "percent"),
        "Rang": ("N°", "localized"),
    }  # fmt: skip
    assert list(grid.value)[:4] == ["Avec (€)", "Somme (€)", "Taux", "Nom (€)"]
