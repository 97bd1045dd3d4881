"""The rates beside the country's and the peers', over time; a rule set at fault is left aside and named."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from calculators import french, rows
from calculators.catalogue import SHIPPED
from calculators.defaults import defaults
from calculators.prevention import rates
from calculators.prevention.assess import assess
from calculators.prevention.indicator import HERE, MOST_PAID, available_sets, load_set
from calculators.records.store import open_store
from dashboard import data, shipped
from dashboard.prevention import in_words, tables
from tests.dashboard.opening import MORAL, opened, told, unfolded, words, worklist
from tests.prevention.test_rates import monthly

pytestmark = pytest.mark.slow

RULES = load_set("convention_2024")


@pytest.fixture(autouse=True)
def own_peers(monkeypatch: pytest.MonkeyPatch, practices: Path, tmp_path: Path, kept_caches: None) -> Iterator[None]:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))
    monkeypatch.setattr(shipped, "PREVENTION_PEERS", tmp_path / "prevention_peers.parquet")
    yield
    data._peers.clear()


def table_with(app: AppTest, column: str):
    return next(table.value for table in app.table if column in table.value.columns)


def peers(doctors: int) -> None:
    """Peers assessed on two days; those of the end of the year, twice as many, must not count in June."""
    rows = [
        {"doctor_id": f"pair-{n}", "indicator": one.id, "up_to_date": 10 * n, "due": 100 - 10 * n, "as_of": day}
        for day, many in ((date(2026, 6, 30), doctors), (date(2025, 12, 31), 2 * doctors))
        for n in range(1, many + 1)
        for one in RULES.indicators
    ]
    pq.write_table(pa.Table.from_pylist(rows), shipped.PREVENTION_PEERS)


def test_the_rates_are_those_of_the_record(practices: Path):
    shown = table_with(opened("indicateurs"), "Votre taux")
    board = assess(open_store(practices), RULES, date(2026, 6, 30), "dr-ardant")
    for row, said in zip(rates.rates(board, RULES).to_pylist(), shown.to_dict("records"), strict=True):
        assert said["Indicateur"] == row["label"]
        assert said["Votre taux"] == ("–" if row["rate"] is None else f"{int(row['rate'] + 0.5)}\u202f%")
        assert said["Pays"] == ("–" if row["national_rate"] is None else f"{row['national_rate']:.0f}\u202f%")


def test_four_peers_are_hidden_and_five_are_shown():
    assert "Les pairs ne sont pas montrés" in words(opened("indicateurs"))
    peers(4)
    app = opened("indicateurs")
    assert "Les pairs ne sont pas montrés" in words(app)
    assert not any("Pairs" in name for name in table_with(app, "Votre taux").columns)
    peers(5)
    data._peers.clear()
    app = opened("indicateurs")
    column = table_with(app, "Votre taux")["Pairs : médiane (quartiles)"]
    assert set(column) == {"30\u202f% (20 à 40)"}
    assert f"5\u00a0médecins fictifs, sans nom, au {french.day(date(2026, 6, 30))}" in words(app)
    assert "pair-1" not in words(app)


def test_real_data_are_not_compared_with_fictitious_peers(record: Path):
    peers(9)
    assert "Les pairs ne sont pas montrés" in words(opened("indicateurs", dossier=str(record)))


def test_each_indicator_says_who_asks_for_it_its_state_and_whether_it_is_paid():
    shown = table_with(opened("indicateurs"), "Demandé par")
    assert shown["Indicateur"].tolist() == [one.label for one in RULES.indicators]
    assert set(shown["Demandé par"]) == {"Assurance maladie"}
    assert "Haute Autorité de santé" in set(shown["Recommandé par"])
    assert set(shown["État"]) == {"en vigueur"}
    proposed = tables.origins(load_set("proposition_2024_03_14"))
    assert "proposé" in proposed["État"]


def test_an_unpaid_indicator_is_shown_as_such():
    unpaid = RULES.indicators[0].id
    shown = tables.origins(RULES.model_copy(update={"unpaid": (unpaid,)}))
    assert shown["Rémunéré"] == ["non", *["oui"] * (len(RULES.indicators) - 1)]


@pytest.mark.parametrize(("more", "warned"), [(0, False), (1, True)])
def test_more_paid_than_were_promised_is_a_warning(folder: Path, more: int, warned: bool):
    """Indicators of the set; one that is only added beside it is not paid, and does not count."""
    names = [f"essai_{n}" for n in range(MOST_PAID + more)]
    for name in [*names, "en_plus"]:
        text = (HERE / "indicators" / "suivi_hba1c.toml").read_text(encoding="utf-8")
        text = text.replace('id = "suivi_hba1c"', f'id = "{name}"')
        write(folder / "indicators" / f"{name}.toml", text)
    listed = ", ".join(f'"{name}"' for name in names)
    write(folder / "sets" / "large.toml", f'id = "large"\nlabel = "Large"\nindicators = [{listed}]\n')
    app = opened("indicateurs")
    app.selectbox(key="jeu").set_value("large").run()
    assert any(f"rémunère {MOST_PAID + 1} indicateurs" in one.value for one in app.warning) == warned


@pytest.mark.usefixtures("every_month")
def test_the_months_of_every_indicator_are_there_at_once_and_one_may_be_seen_large(practices: Path):
    app = unfolded(opened("indicateurs"))
    table = monthly(open_store(practices), date(2026, 6, 30), "dr-ardant")
    small = {
        row["Indicateur"]: row
        for grid in app.dataframe
        if "Douze mois" in grid.value
        for row in grid.value.to_dict("records")
    }
    for one in RULES.indicators:
        known = [row["rate"] for row in table.to_pylist() if row["indicator"] == one.id and row["rate"] is not None]
        assert (one.label in small) == bool(known)
        if known:
            assert list(small[one.label]["Douze mois"]) == [round(rate, 1) for rate in known]
            assert small[one.label]["À la fin"] == f"{int(known[-1] + 0.5)}\u202f%"
    charts = len(app.get("vega_lite_chart"))
    app.selectbox(key="mois_grand").set_value("depistage_cancer_colorectal").run()
    mine = rows.read(table.filter(pc.field("indicator") == "depistage_cancer_colorectal"), rates.MonthRate)
    assert in_words.monthly(mine) in words(app)
    app.selectbox(key="mois_duree").set_value(24).run()
    assert len(app.get("vega_lite_chart")) == charts - 1
    app.button(key="mois_calculer").click().run()
    assert len(app.get("vega_lite_chart")) == charts


@pytest.mark.parametrize("state", ["due", "unknown", "up_to_date"])
def test_a_figure_opens_to_its_patients(practices: Path, state: str):
    app = opened("indicateurs", date="2020-12-31" if state == "unknown" else "2026-06-30")
    as_of = app.session_state["choice"].as_of
    counted = rates.rates(assess(open_store(practices), RULES, as_of, "dr-ardant"), RULES).to_pylist()
    most = max(counted, key=lambda row: row[state])
    app.selectbox(key="mois_indicateur").set_value(most["indicator"]).run()
    app.segmented_control(key="patients_etat").set_value(state).run()
    app.button(key="voir_patients").click().run()
    assert [title.value for title in app.title] == ["Prévention"]
    assert worklist(app).num_rows == most[state] > 0


def test_what_falls_due_is_counted_over_three_six_and_twelve_months():
    shown = table_with(opened("indicateurs"), "Dans 3 mois")
    assert list(shown.columns) == ["Indicateur", "Dans 3 mois", "Dans 6 mois", "Dans 12 mois"]
    for row in shown.to_dict("records"):
        three, six, twelve = (int(row[f"Dans {n} mois"]) for n in (3, 6, 12))
        assert three <= six <= twelve
        assert twelve


def test_the_page_says_what_a_high_rate_means_without_judging():
    text = words(opened("indicateurs"))
    assert "Un taux plus haut dit plus de patients à jour" in text
    assert not MORAL.search(text)
    assert any("extraites le" in line for line in text.splitlines())


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def own_sets(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with rule sets of its own: one that loads, one that does not."""
    own = tmp_path_factory.mktemp("jeux") / "cabinet"
    shutil.copytree(practices, own)
    good = 'id = "maison"\nlabel = "Jeu de la maison"\nindicators = ["suivi_hba1c"]\n'
    write(own / "sets" / "maison.toml", good)
    write(own / "sets" / "abime.toml", good.replace("label", "libelle"))
    return own


@pytest.fixture
def beside(own_sets: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(own_sets))
    return own_sets


@pytest.mark.parametrize("page", ["aujourdhui", "prevention", "indicateurs", "patient", "methode", "forfait"])
def test_a_broken_set_is_named_with_its_reason_and_the_others_are_offered(beside: Path, page: str):
    app = opened(page)
    assert [fault.message for fault in app.exception] == []
    assert [fault.value for fault in app.error] == []
    warned = next(said for said in told(app.warning) if "abime" in said)
    assert "la clé « libelle » est inconnue ; vouliez-vous dire « label »" in warned
    offered = [box.options for box in app.selectbox if box.label == "Indicateurs de"]
    assert all("Jeu de la maison" in options for options in offered)


def test_a_set_beside_the_data_is_judged_like_the_others(beside: Path):
    app = opened("indicateurs")
    app.selectbox(key="jeu").set_value("maison").run()
    assert table_with(app, "Votre taux")["Indicateur"].tolist() == [RULES.indicator("suivi_hba1c").label]


@pytest.mark.usefixtures("bare_caches")
@pytest.mark.parametrize("page", ["aujourdhui", "prevention", "indicateurs", "patient"])
def test_the_agreement_in_force_may_itself_be_broken(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    in_force = defaults().prevention.set
    shutil.copytree(HERE / "sets", tmp_path / "sets")
    write(tmp_path / "sets" / f"{in_force}.toml", f'id = "{in_force}"\n')
    monkeypatch.setitem(SHIPPED, "sets", tmp_path / "sets")
    app = opened(page)
    assert [fault.message for fault in app.exception] == []
    assert [fault.value for fault in app.error] == []
    assert any(in_force in said and "« label » manque" in said for said in told(app.warning))
    offered = next((box.options for box in app.selectbox if box.label == "Indicateurs de"), [])
    assert len(offered) in (0, len(available_sets()) - 1)


@pytest.mark.usefixtures("bare_caches")
def test_no_set_at_all_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(SHIPPED, "sets", tmp_path / "sets")
    app = opened("prevention")
    assert [fault.message for fault in app.exception] == []
    assert re.search("Aucun jeu d’indicateurs", app.error[0].value)


def rate(up_to_date: int, due: int, unknown: int) -> rates.Rate:
    known = up_to_date + due
    share = 100 * up_to_date / known if known else None
    return rates.Rate("i", "Vaccin", "vaccination", True, up_to_date, due, unknown, 4, share, None)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((40, 60, 20), (120, 40, 60, 20, 40.0)),
        ((40, 60, 3), (103, None, 60, None, None)),
        ((3, 60, 20), (83, None, 60, None, None)),
        ((40, 60, 0), (100, 40, 60, 0, 40.0)),
        ((4, 0, 0), (None, None, 0, 0, None)),
        ((0, 0, 0), (0, 0, 0, 0, None)),
    ],
)
def test_what_leaves_for_the_group_has_no_small_number_nor_what_tells_it(counts, shown):
    """The least of the others goes with a single small one, whose rate goes with both."""
    [row] = tables.for_the_group([rate(*counts)]).to_pylist()
    assert row == dict(zip(tables.GROUP.names, ("Vaccin", *shown), strict=True))


@pytest.mark.parametrize(("counts", "told"), [((44, 309, 0), "12"), ((45, 309, 0), "13"), ((44, 309, 3), "–")])
def test_the_sheet_for_the_group_gives_the_rate_of_the_other_pages_rounded_once(counts, told):
    """44 of 353 is 12,46 %: neither 12,5 nor 13."""
    [(_, sheet)] = tables.grouped([rate(*counts)]).rows
    [(_, mine)] = tables.reported([rate(*counts)]).rows
    assert sheet[-1].removesuffix("\u202f%") == told
    assert sheet[-1] in (mine[-1], tables.NONE)


def test_the_page_of_indicators_offers_the_copy_for_the_group():
    page = opened("indicateurs")
    assert "Exporter pour le groupe" in {button.proto.label for button in page.get("download_button")}
