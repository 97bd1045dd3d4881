"""The list of calls: its order, its filters, what a secretary receives, what patients are written. Never an amount."""

import csv
import io
import re
import tomllib
import zipfile
from dataclasses import asdict
from datetime import date, datetime
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from calculators import french
from calculators.prevention import declarations, sender, worklist
from calculators.prevention.declarations import Declaration
from calculators.prevention.indicator import available_sets, load_set
from calculators.prevention.sender import Sender
from calculators.prevention.worklist import Call
from calculators.records import identities
from calculators.records.folder import open_folder
from calculators.records.identities import Identity
from dashboard import address, data, export, shipped
from dashboard.prevention import in_words, letters, messages, tables
from dashboard.prevention.history import NO_STAYS, stays
from dashboard.prevention.messages import Reader
from dashboard.words import labels
from tests import practice
from tests.dashboard import opening
from tests.dashboard.opening import at_patient, opened, words

pytestmark = pytest.mark.slow

DAY = "2026-06-30"
RULES = load_set("convention_2024")
NAMES = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SICK = re.compile(
    r"diab|rein|rénal|cancer|maladie|ALD\b|asthme|bronch|HbA1c|grippe|covid|HPV|papillom|sein|col\b|côlon|frottis|mammo",
    re.I,
)


@pytest.fixture(autouse=True)
def own_practices(monkeypatch: pytest.MonkeyPatch, practices: Path, kept_caches: None) -> None:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))


def shown(app: AppTest):
    return opening.worklist(app).to_pandas()


def asked(app: AppTest) -> list[Call]:
    choice = app.session_state["choice"]
    return data.calls(choice.place, choice.doctor, choice.as_of, RULES.id, ())


def test_the_list_follows_the_order_of_the_calls_and_says_it():
    app = opened("prevention")
    rows = [asdict(call) for call in asked(app) if call.now_ids]
    assert shown(app)["Patient"].tolist() == [row["patient_id"] for row in sorted(rows, key=worklist.order)]
    assert in_words.ORDER in words(app)


def test_a_patient_counts_once_with_all_that_is_due():
    app = opened("prevention")
    app.selectbox(key="filtre_etat").set_value("all").run()
    table = shown(app)
    assert table["Patient"].is_unique
    assert len(table) == 160
    assert max(len(gaps) for gaps in table["À faire aujourd’hui"]) > 1


@pytest.mark.parametrize(
    ("key", "value", "day", "keeps"),
    [
        ("filtre_contact", "vaccination", DAY, lambda call: "vaccination" in call.contacts),
        ("filtre_contact", "prelevement", DAY, lambda call: "prelevement" in call.contacts),
        ("filtre_etat", "gap_ids", DAY, lambda call: call.gap_ids),
        ("filtre_etat", "unknown_ids", "2019-06-30", lambda call: call.unknown_ids),
        ("filtre_vu", "recent", DAY, lambda call: call.now_ids and call.last_seen_on >= date(2026, 3, 30)),
        (
            "filtre_vu",
            "leaving",
            "2022-10-28",
            lambda call: (
                call.now_ids and call.last_seen_on and date(2020, 10, 29) <= call.last_seen_on <= date(2021, 2, 28)
            ),
        ),
        ("filtre_vu", "never", "2022-12-31", lambda call: call.now_ids and call.last_seen_on is None),
    ],
)
def test_each_filter_keeps_what_it_says(key, value, day, keeps):
    app = opened("prevention", date=day)
    app.selectbox(key=key).set_value(value).run()
    expected = [call.patient_id for call in asked(app) if keeps(call)]
    assert shown(app)["Patient"].tolist() == expected
    assert 0 < len(expected) < 160


def test_age_and_ald_filter_together():
    app = opened("prevention")
    app.slider(key="filtre_age").set_value((70, 75)).run()
    app.toggle(key="filtre_ald").set_value(True).run()
    table = shown(app)
    assert len(table)
    assert table["Âge"].between(70, 75).all()
    assert (table["ALD"] != "").all()


@pytest.mark.parametrize(
    ("ages", "said"),
    [((0, 110), ""), ((70, 110), "à partir de 70 ans"), ((0, 40), "jusqu’à 40 ans"), ((70, 75), "de 70 à 75 ans")],
)
def test_a_filter_that_the_closed_panel_hides_is_said_beside_the_list(ages, said):
    app = opened("prevention")
    app.slider(key="filtre_age").set_value(ages).run()
    captions = [caption.value.replace("\u00a0", " ") for caption in app.caption]
    assert [caption for caption in captions if "Autres filtres" in caption] == (
        [f"Seulement : {said} (« Autres filtres, ordre »)."] if said else []
    )
    app.toggle(key="filtre_ald").set_value(True).run()
    app.selectbox(key="filtre_vu").set_value("never").run()
    everything = f"Seulement : {said + ', ' if said else ''}jamais vu et en ALD (« Autres filtres, ordre »)."
    assert everything in [caption.value.replace("\u00a0", " ") for caption in app.caption]


def test_no_euro_is_on_the_board_nor_in_what_leaves_it():
    for page in ("prevention", "indicateurs"):
        assert not re.search("€|euro", words(opened(page)), re.I)
    app = opened("prevention")
    assert not re.search("€|euro", export.excel_csv(tables.calls_table(asked(app), RULES)).decode("utf-8-sig"), re.I)
    assert not re.search("€|euro", messages.TEMPLATES.read_text(encoding="utf-8"), re.I)


def test_the_only_euros_beside_a_patient_are_those_of_his_care():
    whole = words(at_patient(opened("patient")))
    said = [line for line in whole.splitlines() if re.search("€|euro", line, re.I)]
    assert said
    assert all(re.fullmatch(r"[\d\u202f]+\u00a0€", line) for line in said), said
    assert not re.search(r"forfait|\bpayé", whole, re.I)
    assert NO_STAYS in whole


def test_his_stays_are_told_by_what_they_were_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TABLEAU_MT_DOSSIER", raising=False)
    app = opened("patient", dossier=str(shipped.PRACTICES), date=DAY)
    app = at_patient(app, next(box for box in app.selectbox if box.label == "Patient").options.index("M01-0031"))
    choice = app.session_state["choice"]
    told = stays(data.stays(choice.place, "M01-0031", choice.as_of))
    shown = next(table.value for table in app.table if "Séjour" in table.value.columns)
    assert {name: list(shown[name]) for name in told} == told
    assert "rein et voies urinaires, médecine (11M041)" in told["Motif"]


def test_every_contact_and_every_state_has_french_words():
    for name in available_sets():
        rules = load_set(name)
        for indicator in rules.indicators:
            assert in_words.contact(indicator.contact or indicator.id, rules)
            assert indicator.contact is None or indicator.contact in labels.CONTACT
            assert indicator.state in labels.STATE


def test_the_csv_opens_in_a_french_spreadsheet():
    table = tables.calls_table(asked(opened("prevention")), RULES)
    rows = list(csv.reader(io.StringIO(export.excel_csv(table).decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == tables.CALLS.names
    assert len(rows) == table.num_rows + 1
    assert {len(row) for row in rows} == {len(tables.CALLS)}


def sheet(content: bytes) -> tuple[list[list[str]], ElementTree.Element]:
    """Cells of the first sheet as text, and its XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = [
            "".join(part.text or "" for part in one.iter(f"{NAMES}t"))
            for one in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        page = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in page.iter(f"{NAMES}row"):
        cells = []
        for cell in row:
            value = cell.find(f"{NAMES}v")
            text = "" if value is None else value.text or ""
            cells.append(strings[int(text)] if cell.get("t") == "s" else text)
        rows.append(cells)
    return rows, page


HOSTILE = ["=1+1", "+33600000000", "-2", "@SUM(A1)", "{=A1}", "http://exemple.fr", "0123", "1,5", "\t=1", "é’« »"]


def test_the_workbook_holds_text_as_text_and_days_as_days():
    table = pa.table(
        {
            "Texte": HOSTILE,
            "Liste": [["=1", "deux"]] * len(HOSTILE),
            "Jour": pa.array([date(2026, 2, 28)] * len(HOSTILE), pa.date32()),
            "Nombre": pa.array(range(len(HOSTILE)), pa.int32()),
        }
    )
    rows, page = sheet(export.xlsx(table))
    assert rows[0] == ["Texte", "Liste", "Jour", "Nombre"]
    assert [row[0] for row in rows[1:]] == HOSTILE
    assert rows[1][1:] == ["=1 ; deux", str((date(2026, 2, 28) - date(1899, 12, 30)).days), "0"]
    assert page.find(f".//{NAMES}f") is None
    assert page.find(f".//{NAMES}hyperlink") is None
    assert page.find(f".//{NAMES}pane").get("state") == "frozen"
    assert all(float(column.get("width")) > 5 for column in page.iter(f"{NAMES}col"))


@given(some.lists(some.text(min_size=1, max_size=20), min_size=1, max_size=5))
def test_any_text_comes_out_of_the_workbook_as_it_went_in(texts: list[str]):
    clean = [re.sub(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]|_x", "", text).strip() or "x" for text in texts]
    rows, page = sheet(export.xlsx(pa.table({"Texte": clean})))
    assert [row[0] for row in rows[1:]] == clean
    assert page.find(f".//{NAMES}f") is None


def test_an_empty_list_still_makes_a_workbook():
    assert sheet(export.xlsx(tables.CALLS.empty_table()))[0] == [tables.CALLS.names]


def test_every_contact_has_its_letter_and_its_text_without_any_diagnosis():
    templates = tomllib.loads(messages.TEMPLATES.read_text(encoding="utf-8"))
    assert set(templates) == {*labels.CONTACT, messages.OTHER}
    for contact, child in product(templates, (False, True)):
        text = messages.template(contact, child)
        assert not SICK.search(text.letter + text.sms), contact
        assert messages.length(messages.signed(text.sms, "Dr Marie-Christine Delacroix-Beaumont")).endswith(
            "1\u00a0SMS par patient"
        ), contact
        assert "'" not in text.letter
        assert ("enfant" in text.letter) >= child, contact
        assert ("votre enfant" in text.letter + text.sms) <= child, contact
    assert messages.template("inconnu") == messages.template(messages.OTHER)


@pytest.mark.parametrize(
    ("text", "sent"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 307, 3), ("ê" * 70, 1), ("ê" * 71, 2), ("l’" + "a" * 69, 2)],
)
def test_a_text_is_counted_as_the_network_counts_it(text: str, sent: int):
    assert f" {sent}\u00a0SMS" in messages.length(text)


WRITTEN = {False: "Bonjour <b>", True: "Votre enfant"}
READERS = [Reader("P1", 40, "F"), Reader("<script>", 71, "M"), Reader("P3", 17, "M"), Reader("P4", 30, "")]


def test_the_letters_have_one_page_per_patient_for_his_sex_and_age_signed_and_nothing_that_runs():
    signed = Sender(name="Dr <i>Claire", address="12 rue des Lilas\n44000 Nantes")
    printed = messages.letters(WRITTEN, READERS, signed, date(2026, 11, 1)).decode("utf-8")
    pages = [page.split("</article>")[0] for page in printed.split("<article>")[1:]]
    assert ["Madame P1" in pages[0], "Monsieur &lt;script&gt;" in pages[1], "Aux parents de P3" in pages[2]] == [
        True
    ] * 3
    assert [re.search(r"</p>(.*),\n", page)[1] for page in pages] == [
        "Madame",
        "Monsieur",
        "Madame, Monsieur",
        "Madame, Monsieur",
    ]
    assert ["Votre enfant" in page for page in pages] == [False, False, True, False]
    assert all(page.count("Dr &lt;i&gt;Claire") == 2 and "12 rue des Lilas\n44000 Nantes" in page for page in pages)
    assert "<script>" not in printed
    assert "1er\u00a0novembre 2026" in printed
    assert "break-after: page" in printed


def test_who_signs_is_kept_beside_ones_own_data_for_the_owner_alone(tmp_path: Path):
    assert sender.senders(tmp_path) == {}
    sender.keep(tmp_path, "M01", Sender(name="Dr A", address="ici"))
    sender.keep(tmp_path, "M02", Sender(name="Dr B"))
    assert sender.senders(tmp_path) == {"M01": Sender(name="Dr A", address="ici"), "M02": Sender(name="Dr B")}
    assert (tmp_path / sender.FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / sender.FILE).write_text("[" * 9_000)
    assert sender.senders(tmp_path) == {}


def test_patients_are_written_to_by_contact_with_a_text_one_can_change():
    app = opened("prevention")
    app.session_state[letters.OPEN] = True
    app.run()
    box = app.selectbox(key="ecrire_pour")
    calls = [call for call in asked(app) if call.now_ids]
    counted = {
        name: sum(name in call.contacts for call in calls) for name in {n for call in calls for n in call.contacts}
    }
    assert [re.sub(r"\D", "", option) for option in box.options] == [
        str(n) for n in sorted(counted.values(), reverse=True)
    ]
    contact = box.value
    assert app.text_input(key="signe_dr-ardant").value == ""
    assert app.text_area(key=f"lettre_{contact}").value.endswith("Bien cordialement,")
    app.text_area(key=f"sms_{contact}").set_value("ê" * 80).run()
    assert any("2\u00a0SMS par patient" in caption.value for caption in app.caption)
    for is_open in (False, True):
        app.session_state[letters.OPEN] = is_open
        app.run()
    assert app.text_area(key=f"sms_{contact}").value == "ê" * 80
    assert [fault.message for fault in app.exception] == []


@pytest.mark.parametrize("doctor", ["dr-ardant", "dr-boyer", "dr-caumont"])
def test_a_number_on_a_card_is_that_of_the_rows_behind_it_and_of_the_letters(doctor: str):
    opening = opened("aujourdhui", medecin=doctor, date=DAY)
    choice = opening.session_state["choice"]
    board = data.judged(choice.place, doctor, choice.as_of, RULES.id, ())
    cards = worklist.actions(board, RULES, choice.as_of)
    assert cards
    for card in cards:
        assert in_words.action(card) in words(opening)
        behind = opened("prevention", medecin=doctor, date=DAY, indicateur=card.indicator.id)
        assert len(shown(behind)) == card.patients
        behind.session_state[letters.OPEN] = True
        behind.run()
        named = {
            option.split(" — ")[0]: re.sub(r"\D", "", option.split(" — ")[1])
            for option in behind.selectbox(key="ecrire_pour").options
        }
        assert named[in_words.contact(card.indicator.contact, RULES)] == str(card.patients)
        assert behind.selectbox(key="ecrire_pour").value == card.indicator.contact


@pytest.mark.parametrize("wanted", [(), ("vaccin_grippe",), ("depistage_cancer_sein",)])
def test_the_first_column_names_what_can_be_done_today_and_the_days_are_those_of_the_first_named(wanted):
    calls = asked(opened("prevention"))
    table = tables.calls_table(calls, RULES, wanted).to_pylist()
    ids = {one.label: one.id for one in RULES.indicators}
    for call, row in zip(calls, table, strict=True):
        now, later = ([ids[label] for label in row[name]] for name in ("À faire aujourd’hui", "À faire plus tard"))
        assert set(now) == set(call.now_ids)
        assert set(now) | set(later) == set(call.gap_ids)
        days = dict(zip(call.gap_ids, call.gap_days, strict=True))
        assert row["Échu depuis (jours)"] == next((days[name] for name in now + later), None)
        assert set(now[: len(set(now) & set(wanted))]) == set(now) & set(wanted)


def test_the_messages_are_one_line_each_signed_to_those_who_have_a_mobile():
    readers = [
        Reader("P1", 40, "F", "06 39 98 00 01"),
        Reader("<script>", 71, "M", "+33 7 00 00 00 00"),
        Reader("P3", 17, "M", "0639980002"),
        Reader("P4", 80, "M", "02 61 91 00 00"),
        Reader("P5", 80, "F"),
        Reader("P6", 80, "F", "poste 0612"),
    ]
    table = messages.texts({False: " Bonjour ", True: "Votre enfant"}, readers, "Dr A")
    assert table.to_pylist() == [
        {"Patient": "P1", "Message": "Bonjour Dr A", "Téléphone": "06 39 98 00 01"},
        {"Patient": "<script>", "Message": "Bonjour Dr A", "Téléphone": "+33 7 00 00 00 00"},
        {"Patient": "P3", "Message": "Votre enfant Dr A", "Téléphone": "0639980002"},
    ]


def written(app: AppTest) -> set[str]:
    """What can be taken away of the panel."""
    offered = [one.proto.label for one in app.get("download_button")]
    return {one for one in offered if re.match("Imprimer|Exporter les SMS", one)}


@pytest.fixture
def some_named(folder: Path) -> tuple[Path, dict[str, str]]:
    """A practice of one's own that names all but every fifth patient; their phones by key: mobile, landline, none."""
    keys = pq.read_table(open_folder(folder).files["patients"][0])["patient_id"].to_pylist()
    phones = {key: ("06 39 98 12 34", "02 61 91 12 34", "")[n % 3] for n, key in enumerate(keys) if n % 5}
    identities.write(folder, [Identity(key, family="Aubépine", phone=one) for key, one in phones.items()], b"s" * 32)
    return folder, phones


def test_nothing_is_printed_without_names_of_patients_nor_somebody_who_signs(some_named):
    app = opened("prevention")
    app.session_state[letters.OPEN] = True
    app.run()
    assert app.toggle(key="lettres_noms").value is app.toggle(key="noms").value is False
    assert written(app) == set()
    for said in (in_words.no_names(known=True, shown=False), in_words.NO_SIGNATURE, in_words.NO_ADDRESS):
        assert said in words(app)
    app.toggle(key="lettres_noms").set_value(True).run()
    assert app.toggle(key="noms").value is True
    assert in_words.no_names(known=True, shown=False) not in words(app)
    app.text_area(key="adresse_dr-ardant").set_value("12 rue des Lilas").run()
    app.text_input(key="signe_dr-ardant").set_value("dr-ardant").run()
    assert in_words.NO_ADDRESS not in words(app)
    assert in_words.NO_SIGNATURE in words(app)
    assert written(app) == set()
    app.text_input(key="signe_dr-ardant").set_value("Dr Claire Ardant").run()
    assert in_words.NO_SIGNATURE not in words(app)
    calls = [call for call in asked(app) if app.selectbox(key="ecrire_pour").value in call.contacts]
    phones = [some_named[1].get(call.patient_id) for call in calls]
    named, mobiles = sum(one is not None for one in phones), sum((one or "").startswith("06") for one in phones)
    assert written(app) == {f"Imprimer les {named}\u00a0lettres", f"Exporter les SMS ({mobiles}\u00a0patients, CSV)"}
    fixed = sum((one or "").startswith("02") for one in phones)
    assert in_words.without_mobile(named - mobiles, fixed) in words(app)
    assert in_words.unnamed(len(calls) - named) in words(app)
    app.text_input(key="signe_dr-ardant").set_value(" ").run()
    assert in_words.NO_SIGNATURE in words(app)
    assert written(app) == set()
    assert [fault.message for fault in app.exception] == []
    app.toggle(key="noms").set_value(False).run()
    assert app.toggle(key="lettres_noms").value is False


def test_a_folder_without_names_says_that_it_has_none():
    app = opened("prevention")
    app.session_state[letters.OPEN] = True
    app.run()
    assert in_words.no_names(known=False, shown=False) in words(app)
    assert written(app) == set()


def groups_due(app: AppTest) -> dict[str, list[str]]:
    """What the page of the patient has to do, by heading: the bold labels under it."""
    found: dict[str, list[str]] = {}
    heading = ""
    folded = {one.value for part in app.expander for one in part.markdown}
    for one in (one for one in app.markdown if one.value not in folded):
        if one.value.startswith("####"):
            heading = one.value.lstrip("#◯?● ")
        elif (said := re.match(r"\*\*(.+?)\*\*", one.value)) and heading.startswith(("À faire", "Plus tard", "Réglés")):
            found.setdefault(heading.partition(" (")[0], []).append(said[1])
            assert heading.endswith(")")
    return found


def test_what_cannot_be_done_yet_comes_after_what_can_be_today_with_its_day(folder: Path):
    app = opened("prevention")
    line = next(one for one in opening.drawn(app) if len(one["today"]) > 1 and one["later"])
    choice = app.session_state["choice"]
    page = opened("patient", fiche=address.card(choice.place.path, line["id"]))
    today, later = ([act["label"] for act in line[name]] for name in ("today", "later"))
    found = groups_due(page)
    assert {name: set(acts) for name, acts in found.items()} == {
        "À faire aujourd’hui": set(today), "Plus tard": set(later),
    }  # fmt: skip
    assert f"À faire aujourd’hui ({len(today)})" in words(page)
    for act in line["later"]:
        assert next(one.value for one in page.markdown if one.value.startswith(f"**{act['label']}**")).count(
            act["when"]
        )
    refused = next(one.id for one in RULES.indicators if one.label == today[0])
    declarations.declare(
        folder,
        Declaration(patient_id=line["id"], indicator=refused, kind="refus", by="x", at=datetime(2026, 11, 1, 9)),
    )
    again = groups_due(opened("patient", fiche=address.card(choice.place.path, line["id"])))
    assert again["Réglés d’après vous"] == [today[0]]
    assert again["À faire aujourd’hui"] == [one for one in found["À faire aujourd’hui"] if one != today[0]]


@pytest.mark.parametrize(("day", "told"), [("2026-02-10", True), ("2026-06-30", False)])
@pytest.mark.parametrize("page", ["prevention", "aujourdhui"])
def test_in_season_the_board_says_that_a_dose_of_today_may_not_be_paid(page, day, told):
    assert ("peut n’être payée aucune année" in words(opened(page, date=day))) == told


def test_an_act_that_does_not_count_is_told_on_the_list_and_on_the_page_of_the_patient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    found = practice.write(
        tmp_path / "cabinet",
        patients=[("p1", "1962-03-01", "F")],
        acts=[("p1", "2026-03-21", "ccam", "QEQK001"), ("p1", "2026-05-05", "ngap", "G")],
    )
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(found))
    breast = RULES.indicator("depistage_cancer_sein").label
    [line] = opening.drawn(opened("prevention", date=DAY, indicateur="depistage_cancer_sein"))
    assert line["why"].endswith("; mammographie du 21 mars 2026, hors dépistage organisé : ne compte pas.")
    tag = next(act["when"] for act in line["today"] if act["label"] == breast)
    assert french.plain(tag) == "celui du 21/03/2026 ne compte pas"
    said = next(
        one.value for one in at_patient(opened("patient", date=DAY)).markdown if one.value.startswith(f"**{breast}**")
    )
    assert "Mammographie du 21 mars 2026, hors dépistage organisé : ne compte pas." in said
    assert "Aucun acte" not in said
