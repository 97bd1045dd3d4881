"""What the insurer shows, typed in: the page checks it, lays it beside the record and gives it an interval."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from calculators import french
from calculators.prevention.rates import Rate
from dashboard.comparaison import insurer, prevention
from tests.comparison.test_known import real_practice
from tests.dashboard.opening import opened, told, words

pytestmark = pytest.mark.slow

OBSERVED = sum(9000 + 100 * n for n in range(101)) / 100


@pytest.fixture(autouse=True)
def own_practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(real_practice(tmp_path / "d")))
    yield
    st.cache_resource.clear()


def typed(app: AppTest, year: int, observed: str, expected: str, ratio: str) -> AppTest:
    for name, value in (("observe", observed), ("attendu", expected), ("ratio", ratio)):
        app.text_input(key=f"assurance_{name}_{year}_texte").set_value(value)
    return app.run()


def test_the_typed_ratio_gets_an_interval_and_stands_beside_the_record():
    app = opened("comparaison")
    assert "Tapez au moins l’observé" in words(app)
    app = typed(app, 2025, f"{OBSERVED:.2f}".replace(".", ","), "14000", "1,01")
    assert [fault.message for fault in app.exception] == []
    said = french.plain(words(app))
    assert "Ratio de **1,01**, entre 0,97 et 1,05 à 95 %" in said
    assert "Le hasard des patients peut expliquer seul son écart à 1" in said
    assert "101 patients fidèles" in said
    assert "(0 %)" in said or "(+0 %)" in said
    assert insurer.MARK in said
    app = typed(app, 2024, "15000", "10000", "1,5")
    assert "De 2024 à 2025" in french.plain(words(app))


def test_figures_that_do_not_go_together_are_refused():
    app = typed(opened("comparaison"), 2025, "14000", "14000", "1,5")
    assert "l’observé divisé par l’attendu fait 1,00" in "\n".join(told(app.error))


def test_a_rate_of_the_insurer_stands_beside_ones_own_with_its_interval():
    mine = Rate("acte", "Acte", "f", True, 60, 40, 0, 0, 60.0, None)
    said = french.plain(prevention.beside(mine, 62.0, 45.0))
    assert "60 % (60 patients à jour sur 100), entre 50 % et 69 % à 95 %".replace("60 % (", "60 %** (") in said
    assert "affiche 62 % pour vous, dans cet intervalle" in said
    assert "Vos confrères sont à 45 % selon elle : le hasard seul ne l’explique pas" in said
    assert prevention.wilson(0, 10)[0] == pytest.approx(0)
    assert prevention.wilson(10, 10)[1] == pytest.approx(1)
