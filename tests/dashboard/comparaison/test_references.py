"""The page where a reference is added, and the page where it is used, for a real doctor."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import streamlit as st

from calculators import french, peers, results
from calculators.comparison import known
from calculators.pertinence.reference import TOLD, Told, with_told
from calculators.prevention.indicator import load_set
from calculators.records.store import open_store
from calculators.sobriety.definition import load_definition
from dashboard import shipped
from dashboard.comparaison import references
from dashboard.words import plain
from tests.comparison.test_known import ADDED, changed, published, real, real_practice
from tests.dashboard.opening import opened, told, words
from tests.once import made_once

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "copie", published)


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(known, "shelf", lambda: tmp_path / "gardees")
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(real_practice(tmp_path / "d")))
    yield
    st.cache_resource.clear()


def test_a_reference_added_on_the_page_gives_a_real_doctor_his_ratio(copy: Path, tmp_path: Path):
    before = opened("sobriete")
    assert "aucune référence réelle" in words(before)
    app = opened("comparaison")
    assert "Aucune référence n’a été ajoutée" in words(app)
    app.text_input(key="chemin_reference").set_value(str(real(copy, tmp_path / "c")))
    next(button for button in app.button if button.label == "Ajouter").click().run()
    assert [fault.message for fault in app.exception] == []
    [one] = known.known()
    assert one.id in "\n".join(told(app.success))
    kept = french.plain(words(opened("comparaison")))
    assert [said for said in ("URPS d’essai", "2 813 médecins", "année 2025", "rien d’autre") if said not in kept] == []
    page = words(opened("sobriete"))
    assert "Observé / attendu" in page
    assert "Auteur : URPS d’essai" in page
    assert str(one.path) in page
    assert "Comparé à : URPS d’essai, 2 813 médecins, année 2025." in french.plain(words(opened("aujourdhui")))


def test_another_reference_is_picked_and_one_is_removed(copy: Path, tmp_path: Path):
    older = results.add_reference(real(copy, tmp_path / "a", built_on=date(2026, 1, 1), source="A"), ADDED)
    newer = results.add_reference(real(copy, tmp_path / "b", built_on=date(2026, 2, 1), source="B"), ADDED)
    app = opened("sobriete")
    assert "Faite à partir de : B" in words(app)
    app.selectbox(key="reference_ajoutee_2025").set_value(str(older.path)).run()
    assert "Faite à partir de : A" in words(app)
    page = opened("comparaison")
    page.button(key=f"retirer_{newer.id}").click().run()
    assert [one.id for one in known.known()] == [older.id]
    assert "Faite à partir de : A" in words(opened("sobriete"))


def test_a_fictitious_reference_gives_real_data_a_ratio_only_once_it_is_picked(copy: Path):
    added = results.add_reference(copy, ADDED)
    app = opened("sobriete")
    picked = app.selectbox(key="reference_ajoutee_2025")
    assert picked.value is None
    assert picked.options == [f"{added.id} · URPS d’essai, fictive"]
    said = words(app)
    assert "aucune référence réelle" in said
    assert "Observé / attendu" not in said
    assert "Ajouter une référence reçue" in [link.proto.label for link in app.get("page_link")]
    picked.select_index(0).run()
    said = words(app)
    assert "Observé / attendu" in said
    assert "données fictives" in said


def with_rates(tmp_path: Path) -> tuple[Path, pa.Table]:
    """The copy of a fictitious reference that has rates of prevention, and these rates."""
    built, copy = tmp_path / "ref", tmp_path / "copie"
    shutil.copytree(shipped.REFERENCES / "2025", built)
    asked = peers.Asked(2025, load_definition(2025).strata.age_from)
    rates = peers.rates(shipped.PRACTICES, [load_set("convention_2024")], asked, built, lambda *_: None)
    pq.write_table(rates, built / known.RATES)
    results.publish(built, copy, "URPS d’essai")
    return copy, rates


def test_the_rates_counted_on_claims_are_beside_the_doctors_own_and_found_from_his_indicators(tmp_path: Path):
    assert not [link for link in opened("indicateurs").get("page_link") if "groupe" in link.proto.label]
    copy, rates = with_rates(tmp_path)
    results.add_reference(copy, ADDED)  # fictitious: it stands beside no real rate
    page = opened("comparaison")
    assert not [table for table in page.table if "Patients du groupe" in table.value.columns]
    assert "Aucune référence réelle ajoutée n’a de taux de prévention" in words(page)
    assert not [link for link in opened("indicateurs").get("page_link") if "groupe" in link.proto.label]
    results.add_reference(real(copy, tmp_path / "c"), ADDED)
    assert [link for link in opened("indicateurs").get("page_link") if "groupe" in link.proto.label]
    page = opened("comparaison")
    assert [fault.message for fault in page.exception] == []
    [kept] = [one for one in known.known() if not one.synthetic]
    tab = next(tab for tab in page.tabs if tab.label == "Prévention")
    assert plain.text(references.who(kept)) in [text.value for text in tab.markdown]
    shown = next(table.value for table in page.table if "Patients du groupe" in table.value.columns)
    [colon] = shown[shown["Acte"] == "Dépistage du cancer colorectal"].to_dict("records")
    total = next(
        row
        for row in rates.to_pylist()
        if row["indicator"] == "depistage_cancer_colorectal" and row["age_class"] is None
    )
    assert colon["Patients du groupe"] == french.number(total["eligible"])
    assert colon["Groupe"] == french.percent(total["up_to_date"] / total["eligible"])


def test_relevance_takes_the_latest_real_reference_that_has_measures_and_says_which(copy: Path, tmp_path: Path):
    app = opened("pertinence")
    assert "Comparaison, ou « tableau-mt reference add »" in french.plain(words(app))
    assert "volontaires" in words(app)
    assert "Ajouter une référence reçue" in [link.proto.label for link in app.get("page_link")]
    built, measured = tmp_path / "ref", tmp_path / "copie"
    shutil.copytree(shipped.REFERENCES / "2025", built)
    shutil.copytree(shipped.REFERENCES / "measures" / "2025", built, dirs_exist_ok=True)
    results.publish(built, measured, "URPS d’essai")
    results.add_reference(measured, ADDED)  # fictitious
    assert "Auteur" not in words(opened("pertinence"))
    older = results.add_reference(real_measures(measured, tmp_path / "a", built_on=date(2025, 12, 1)), ADDED)
    results.add_reference(real(copy, tmp_path / "b", built_on=date(2026, 2, 1)), ADDED)  # the latest has no measures
    store = open_store(tmp_path / "d")
    assert results.measures_reference(store, 2025, shipped.REFERENCES).path == older.path
    app = opened("pertinence")
    said = french.plain(words(app))
    assert "Auteur : URPS d’essai. Construite le" in said
    assert "Aucune référence réelle" not in said
    assert "Ajouter une référence reçue" in [link.proto.label for link in app.get("page_link")]


def test_relevance_offers_the_references_that_have_measures_and_a_fictitious_one_only_once_it_is_picked(
    copy: Path, tmp_path: Path
):
    built, measured, key = tmp_path / "ref", tmp_path / "copie", "reference_des_mesures_2025"
    shutil.copytree(shipped.REFERENCES / "2025", built)
    shutil.copytree(shipped.REFERENCES / "measures" / "2025", built, dirs_exist_ok=True)
    results.publish(built, measured, "URPS d’essai")
    fictitious = results.add_reference(measured, ADDED)
    app = opened("pertinence")
    assert app.selectbox(key=key).value is None
    assert "Ajoutez celle" in words(app)
    older, newer = (
        results.add_reference(real_measures(measured, tmp_path / name, built_on=day, source=name.upper()), ADDED)
        for name, day in (("a", date(2025, 12, 1)), ("b", date(2026, 1, 1)))
    )
    results.add_reference(real(copy, tmp_path / "c", built_on=date(2026, 2, 1)), ADDED)  # without measures
    app = opened("pertinence")
    offered = app.selectbox(key=key)
    assert offered.value == str(newer.path)
    marked = {one.partition(" ")[0]: one.endswith(", fictive") for one in offered.options}
    assert marked == {newer.id: False, older.id: False, fictitious.id: True}
    app = offered.set_value(str(older.path)).run()
    assert "Construite le 1er décembre 2025" in french.plain(words(app))
    app = app.selectbox(key=key).set_value(str(fictitious.path)).run()
    assert list(app.exception) == []
    assert "Référence fictive" in words(app)


def real_measures(copy: Path, to: Path, **about: object) -> Path:
    """The copy as if of real data, its measures too."""
    measures = pq.read_table(copy / known.MEASURES)
    told = Told.model_validate_json(measures.schema.metadata[TOLD]).model_copy(
        update={"synthetic": False} | {name: about[name] for name in ("built_on",) if name in about}
    )
    return changed(
        copy, to, lambda found: found.update({"synthetic": False} | about), measures=with_told(measures, told)
    )


def test_a_wrong_folder_is_told_and_nothing_is_kept(tmp_path: Path):
    app = opened("comparaison")
    app.text_input(key="chemin_reference").set_value(str(tmp_path / "absent"))
    next(button for button in app.button if button.label == "Ajouter").click().run()
    assert "n’existe pas" in "\n".join(told(app.error))
    assert known.known() == []
