"""The list one calls from: what is drawn of each patient, the states of the calls, the session of twenty."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from calculators.prevention import calling, declarations
from calculators.prevention.indicator import load_set
from dashboard import address, data
from dashboard.prevention.worklist_table import Asked
from tests.dashboard.opening import drawn, opened, words, worklist

pytestmark = pytest.mark.slow
RULES = load_set("convention_2024")


def ask(app: AppTest, **asked) -> AppTest:
    """What a click in the list asks."""
    app.session_state["liste_demande"] = Asked(**asked)
    return app.run()


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def every_page(app: AppTest) -> list[dict]:
    pages = -(-worklist(app).num_rows // 20)
    return [line for page in range(1, pages + 1) for line in drawn(ask(app, page=page))]


def test_every_patient_of_the_list_is_drawn_once_with_all_his_acts(folder: Path):
    app = opened("prevention")
    table, lines = worklist(app).to_pylist(), every_page(app)
    assert [line["id"] for line in lines] == [row["Patient"] for row in table]
    for line, row in zip(lines, table, strict=True):
        assert [act["label"] for act in line["today"]] == row["À faire aujourd’hui"]
        assert [act["label"] for act in line["later"]] == row["À faire plus tard"]
        assert all(act["when"] for act in line["today"] + line["later"])
        assert line["why"].count(". ") == 0
        assert len(line["why"].split()) <= 40


def test_each_act_says_since_when_it_is_overdue(folder: Path):
    app = opened("prevention")
    choice = app.session_state["choice"]
    due = {
        (row["patient_id"], RULES.indicator(row["indicator"]).label): row
        for row in data.prevention(choice.place, choice.doctor, choice.as_of, RULES.id).to_pylist()
        if row["status"] == "due"
    }
    for line in drawn(app):
        for act in line["today"]:
            row = due[line["id"], act["label"]]
            said = f"échu depuis le {row['due_on']:%d/%m/%Y}" if row["due_on"] else ""
            assert act["when"] == (said or ("à compléter" if row["count"] else "jamais retrouvé"))
            assert row["actionable_on"] <= choice.as_of
        for act in line["later"]:
            row = due[line["id"], act["label"]]
            assert act["when"] == (
                f"dès le {row['actionable_on']:%d/%m/%Y}" if row["actionable_on"] else "période passée"
            )


def test_a_state_is_kept_shown_and_changes_no_verdict(folder: Path):
    app = opened("prevention")
    before, first = worklist(app), drawn(app)[0]["id"]
    ask(app, state=(first, "rendez_vous"))
    [kept] = calling.read(folder).known
    assert (kept.patient_id, kept.state, kept.by) == (first, "rendez_vous", "dr-ardant")
    assert worklist(app).equals(before)
    line = drawn(app)[0]
    assert (line["state"], line["said"]) == ("rendez_vous", f"le {kept.at:%d/%m/%Y}, dr-ardant")
    assert drawn(opened("prevention"))[0]["state"] == "rendez_vous"
    app.selectbox(key="filtre_appel").set_value("rendez_vous").run()
    assert worklist(app)["Patient"].to_pylist() == [first]
    app.selectbox(key="filtre_appel").set_value("a_appeler").run()
    assert worklist(app).num_rows == before.num_rows - 1


def test_a_session_takes_the_first_twenty_to_call_and_lets_go_those_who_were(folder: Path):
    app = opened("prevention")
    listed = worklist(app)["Patient"].to_pylist()
    ask(app, state=(listed[0], "rendez_vous"))
    assert app.button(key="commencer").label == "Commencer : 20\u00a0patients"
    press(app, "commencer")
    assert worklist(app)["Patient"].to_pylist() == listed[1:21]
    ask(app, state=(listed[3], "message_laisse"))
    assert worklist(app)["Patient"].to_pylist() == [*listed[1:3], *listed[4:21]]
    assert "Séance d’appels : **19\u00a0patients** à appeler sur 20." in words(app)
    again = opened("prevention", seance=app.query_params["seance"])
    assert worklist(again).num_rows == 19
    press(app, "terminer")
    assert worklist(app)["Patient"].to_pylist() == listed
    assert worklist(opened("prevention", seance="0123456789abcdef")).num_rows == len(listed)


@pytest.mark.parametrize(("state", "kind"), [("refuse", "refus"), ("fait_ailleurs", "fait_ailleurs")])
def test_what_a_call_says_of_acts_is_declared_act_by_act_or_not_at_all(folder: Path, state: str, kind: str):
    app = opened("prevention")
    first = drawn(app)[0]
    acts = {RULES.indicator(one.id).label: one.id for one in RULES.indicators}
    ask(app, state=(first["id"], state))
    assert declarations.read(folder).known == []
    wanted = acts[first["today"][0]["label"]]
    app.session_state[f"preciser_{first['id']}_{state}"] = [wanted]
    app.run()
    if kind == "fait_ailleurs":
        press(app, "preciser_ok")
        assert "indiquez la date" in app.error[0].value
        app.date_input(key=f"preciser_le_{first['id']}").set_value(date(2026, 6, 1)).run()
    press(app, "preciser_ok")
    [said] = declarations.read(folder).known
    assert (said.patient_id, said.indicator, said.kind, said.by) == (first["id"], wanted, kind, "dr-ardant")
    app.multiselect(key="filtre_indicateurs").set_value([wanted]).run()
    assert first["id"] not in worklist(app)["Patient"].to_pylist()


def test_the_order_can_be_another(folder: Path):
    app = opened("prevention")
    app.selectbox(key="tri_liste").set_value("age").run()
    ages = worklist(app)["Âge"].to_pylist()
    assert ages == sorted(ages, reverse=True)
    app.switch_page("pages/methode.py").run()
    app.switch_page("pages/prevention.py").run()
    assert worklist(app)["Âge"].to_pylist() == ages


def test_a_call_is_kept_with_who_noted_it(folder: Path):
    app = opened("prevention")
    first, second = drawn(app)[:2]
    ask(app, state=(first["id"], "message_laisse"))
    app.text_input(key="appelant").set_value("Sophie, secrétaire").run()
    ask(app, state=(second["id"], "message_laisse"))
    known = calling.read(folder).known
    assert [(one.patient_id, one.by) for one in known] == [
        (first["id"], "dr-ardant"),
        (second["id"], "Sophie, secrétaire"),
    ]


def on_the_way(app: AppTest) -> tuple[str, str | None]:
    """The place in the list, and whom « Suivant » leads to."""
    place = next(one.value for one in app.markdown if " / " in one.value and len(one.value) < 15)
    return place, next(box.value for box in app.selectbox if box.label == "Patient")


def test_a_call_is_noted_on_the_page_of_the_patient_as_in_the_list_and_the_way_goes_on(folder: Path):
    app = opened("prevention")
    press(app, "commencer")
    listed = worklist(app)["Patient"].to_pylist()
    session, place = app.query_params["seance"], app.session_state["choice"].place.path
    app = opened("patient", seance=session, fiche=address.card(place, listed[1]))
    assert on_the_way(app) == ("**2** / 20", listed[1])
    field = app.selectbox(key=f"appel_{listed[1]}")
    assert (field.label, field.value) == ("Appel", "a_appeler")
    field.set_value("message_laisse").run()
    [kept] = calling.read(folder).known
    assert (kept.patient_id, kept.state, kept.by) == (listed[1], "message_laisse", "dr-ardant")
    assert on_the_way(app) == ("– / 19", listed[1])
    assert app.selectbox(key=f"appel_{listed[1]}").value == "message_laisse"
    assert f"le {kept.at:%d/%m/%Y}, dr-ardant" in app.selectbox(key=f"appel_{listed[1]}").help
    press(app, "suivant")
    assert on_the_way(app) == ("**2** / 19", listed[2])
    assert app.selectbox(key=f"appel_{listed[2]}").value == "a_appeler"
    assert len(calling.read(folder).known) == 1
    app.selectbox(key=f"appel_{listed[2]}").set_value("refuse").run()
    assert "refusé : quels actes ?" in words(app)
    assert declarations.read(folder).known == []
    act = next(one for one in app.get("button_group") if one.label == "Actes").options[0]
    wanted = next(one.id for one in RULES.indicators if one.label == act)
    app.session_state[f"preciser_{listed[2]}_refuse"] = [wanted]
    app.run()
    press(app, "preciser_ok")
    assert [(one.patient_id, one.indicator, one.kind) for one in declarations.read(folder).known] == [
        (listed[2], wanted, "refus")
    ]
    assert "quels actes ?" not in words(app)
    assert on_the_way(app) == ("– / 18", listed[2])
    app.selectbox(key=f"appel_{listed[2]}").set_value("fait_ailleurs").run()
    press(app, "suivant")
    assert "quels actes ?" not in words(app)
    assert [fault.message for fault in app.exception] == []
    again = opened("prevention", seance=session)
    assert worklist(again)["Patient"].to_pylist() == [one for one in listed if one not in listed[1:3]]
