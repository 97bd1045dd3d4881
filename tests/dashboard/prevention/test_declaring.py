"""What the doctor says stands beside the record, takes the patient off the calls, and never changes the data."""

import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from calculators.prevention import declarations
from calculators.prevention.declarations import Declaration
from dashboard import address, command, data, export, shipped
from dashboard.prevention import declaring
from tests import practice
from tests.dashboard.opening import opened, told, words, worklist

pytestmark = pytest.mark.slow


def first_call(app: AppTest) -> tuple[str, str]:
    """The first patient to call and the first act he can have today."""
    choice = app.session_state["choice"]
    call = data.calls(choice.place, choice.doctor, choice.as_of, "convention_2024", ())[0]
    return call.patient_id, call.now_ids[0]


def fields(app: AppTest, start: str, patient: str, indicator: str):
    """The widget of the form about that act, whatever was declared before."""
    kinds = (*app.radio, *app.date_input, *app.text_input)
    return next(one for one in kinds if (one.key or "").startswith(f"{start}_{patient}_{indicator}_"))


def save(app: AppTest, patient: str, indicator: str) -> AppTest:
    form = next(one for one in app.button if f"declarer_{patient}_{indicator}_" in (one.proto.form_id or ""))
    return form.click().run()


def on_patient(app: AppTest, patient: str) -> AppTest:
    app.session_state["patient"] = patient
    return app.switch_page("pages/patient.py").run()


def declared(kind: str, reason: str = "", on: date | None = None) -> tuple[AppTest, str, str]:
    """Open the first patient to call and say one thing of his first act."""
    app = opened("prevention")
    patient, indicator = first_call(app)
    on_patient(app, patient)
    fields(app, "quoi", patient, indicator).set_value(kind)
    if on:
        fields(app, "le", patient, indicator).set_value(on)
    fields(app, "raison", patient, indicator).set_value(reason)
    save(app, patient, indicator)
    return app, patient, indicator


def listed(app: AppTest, state: str = "now_ids", indicator: str | None = None) -> list[str]:
    app.switch_page("pages/prevention.py").run()
    app.selectbox(key="filtre_etat").set_value(state).run()
    app.multiselect(key="filtre_indicateurs").set_value([indicator] if indicator else []).run()
    return worklist(app)["Patient"].to_pylist()


def test_a_refusal_is_kept_shown_and_off_the_calls(folder: Path):
    app, patient, indicator = declared("refus", "préfère attendre")
    kept = [json.loads(line) for line in (folder / declarations.FILE).read_text(encoding="utf-8").splitlines()]
    assert [(one["patient_id"], one["indicator"], one["kind"], one["by"]) for one in kept] == [
        (patient, indicator, "refus", "dr-ardant")
    ]
    text = words(app)
    assert "**Vous** : Refusé par le patient : préfère attendre" in text
    assert "Compté ainsi : refusé." in text
    assert "À faire" in text
    assert patient not in listed(app, indicator=indicator)
    assert listed(app, "declined_ids", indicator) == [patient]


def test_done_elsewhere_makes_the_act_up_to_date_for_the_doctor_only(folder: Path):
    app, patient, indicator = declared("fait_ailleurs", on=date(2026, 6, 1))
    text = words(app)
    assert "Fait ailleurs le 1er juin 2026" in text.replace("\u00a0", " ")
    assert "Compté ainsi : à jour." in text
    assert patient not in listed(app, "gap_ids", indicator)


def test_the_count_of_an_action_follows_what_the_doctor_says(folder: Path):
    def largest(app: AppTest) -> tuple[str, int]:
        link = next(link for link in app.get("page_link") if "Voir" in link.proto.label)
        return re.search(r"indicateur=(\w+)", link.proto.query_string)[1], int(re.search(r"\d+", link.proto.label)[0])

    app = opened("aujourdhui")
    indicator, before = largest(app)
    patient = listed(app, indicator=indicator)[0]
    app.switch_page("pages/patient.py").run()
    on_patient(app, patient)
    fields(app, "quoi", patient, indicator).set_value("refus")
    save(app, patient, indicator)
    app.switch_page("pages/aujourdhui.py").run()
    assert largest(app) == (indicator, before - 1)
    assert len(listed(app, indicator=indicator)) == before - 1


@pytest.mark.parametrize(
    ("kind", "cause"), [("non_applicable", "pourquoi l’acte ne s’applique pas"), ("fait_ailleurs", "la date de l’acte")]
)
def test_what_is_incomplete_is_refused_with_the_reason(folder: Path, kind: str, cause: str):
    app, *_ = declared(kind)
    assert cause in app.error[0].value
    assert not (folder / declarations.FILE).exists()


def test_a_declaration_can_be_taken_back_without_losing_a_line(folder: Path):
    app, patient, indicator = declared("non_applicable", "amputation")
    fields(app, "quoi", patient, indicator).set_value("retrait")
    save(app, patient, indicator)
    assert "**Vous**" not in words(app)
    assert [one.kind for one in declarations.read(folder).known] == ["non_applicable", "retrait"]
    assert listed(app)[0] == patient


def test_declarations_change_neither_the_data_nor_the_command(folder: Path, capsys: pytest.CaptureFixture[str]):
    def printed() -> str:
        assert command.main(["prevention", str(folder), "--doctor", "dr-ardant", "--as-of", "2026-06-30"]) == 0
        return capsys.readouterr().out

    before, files = printed(), {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    declared("refus")
    assert printed() == before
    assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == files


def test_a_folder_that_cannot_be_written_keeps_them_for_this_person_until_the_server_stops(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(declaring.os, "access", lambda *_: False)
    app, patient, indicator = declared("refus")
    assert not (folder / declarations.FILE).exists()
    assert "jusqu’à l’arrêt du programme seulement" in words(app)
    assert "**Vous** : Refusé" in words(app)
    assert listed(app, "declined_ids", indicator) == [patient]
    assert "**Vous** : Refusé" in words(on_patient(opened("aujourdhui"), patient))  # as after a refresh
    monkeypatch.setattr(address, "_person", lambda: "une autre")
    assert "**Vous**" not in words(on_patient(opened("aujourdhui"), patient))


def test_the_shipped_sample_and_an_imported_file_are_never_written_to(folder: Path):
    here = data.place(folder)
    assert declaring.is_kept(here)
    assert not declaring.is_kept(data.Place(str(folder), "", uploaded=True))
    assert not declaring.is_kept(data.Place(str(shipped.PRACTICES), ""))


def test_writing_a_declaration_does_not_open_the_data_again(folder: Path):
    before = data.place(folder)
    (folder / declarations.FILE).write_text("", encoding="utf-8")
    assert data.place(folder) == before


def test_the_declarations_can_be_exported(folder: Path):
    app, patient, _ = declared("non_applicable", "=amputation")
    known = declaring.table(declarations.read(folder).known, {})
    row = known.to_pylist()[0]
    assert (row["Patient"], row["Déclaration"], row["Déclaré par"]) == (
        patient,
        "Ne s’applique pas parce que",
        "dr-ardant",
    )
    assert "'=amputation" in export.excel_csv(known).decode("utf-8-sig")
    assert any("1\u00a0déclaration" in group.label for group in app.expander)


def test_a_damaged_line_is_a_sentence_on_the_page(folder: Path):
    (folder / declarations.FILE).write_text("pas du json\n", encoding="utf-8")
    app = opened("prevention")
    assert [fault.message for fault in app.exception] == []
    assert "1\u00a0ligne illisible dans « declarations.jsonl » (1)" in told(app.warning)[0]


@pytest.mark.parametrize(
    ("kind", "heading", "counted", "says"),
    [
        (None, "Inconnu (", None, "une exclusion est possible"),
        ("non_applicable", "Réglés d’après vous (1)", "Non applicable", "votre déclaration le tranche"),
        ("concerne", "À faire aujourd’hui (", "À faire", "À faire (femmes de 50 à 74 ans)"),
    ],
)
def test_a_doubtful_exclusion_that_the_doctor_settled_is_no_longer_among_what_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str | None, heading: str, counted: str | None, says: str
):
    operated = [("p1", "2015-04-11", "ccam", "QEFA019"), ("p1", "2016-09-20", "ccam", "QEFA005")]
    where = practice.write(tmp_path / "d", patients=[("p1", "1962-03-01", "F")], acts=operated)
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(where))
    if kind:
        at = datetime(2026, 7, 1, 9)
        one = Declaration(
            patient_id="p1", indicator="depistage_cancer_sein", kind=kind, reason="bilatérale", by="d1", at=at
        )
        declarations.declare(where, one)
    app = on_patient(opened("prevention", date="2026-06-30"), "p1")
    under, found, said = "", "", ""
    for text in (one.value for one in app.markdown):
        if text.startswith("####"):
            under = text
        elif text.startswith("**Dépistage du cancer du sein**"):
            found, said = under, text
    assert heading in found, found
    assert says in " ".join([said, *told(app.caption)])
    if counted:
        assert f"Compté ainsi : {counted.lower()}" in said
