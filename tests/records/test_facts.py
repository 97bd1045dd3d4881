"""What is said of a practice: the table, practice.toml, which wins on which day, and how a mistake is told."""

from datetime import date
from pathlib import Path

import pytest

from calculators.dates import to_day
from calculators.records.check import check
from calculators.records.facts import FILE, facts, toml
from calculators.records.store import Store, open_store
from calculators.rules import RuleError
from tests import practice

pytestmark = pytest.mark.slow


def folder(tmp_path: Path, typed: str = "", **tables) -> Path:
    path = practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")], **tables)
    if typed:
        (path / FILE).write_text(typed, encoding="utf-8")
    return path


def on(store: Store, key: str, day: str) -> str | None:
    return facts(store).on("d1", key, to_day(date.fromisoformat(day)))


def fact(key: str, value: str, first: str, last: str = "") -> str:
    end = f"to_date = {last}\n" if last else ""
    return f'[[fact]]\ndoctor_id = "d1"\nkey = "{key}"\nvalue = {value}\nfrom_date = {first}\n{end}'


def test_a_fact_holds_from_its_first_day_to_its_last(tmp_path):
    store = open_store(folder(tmp_path, practice_facts=[("d1", "optam", "true", "2025-01-01", "2025-12-31")]))
    assert [on(store, "optam", day) for day in ("2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01")] == [
        None, "true", "true", None,
    ]  # fmt: skip


def test_on_its_days_the_file_wins_over_the_table_and_a_later_start_over_an_earlier_one(tmp_path):
    rows = [("d1", "contract", "CAIM", "2020-01-01"), ("d1", "contract", "COTRAM", "2024-01-01")]
    typed = fact("contract", '"COSCOM"', "2023-01-01", "2024-06-30")
    store = open_store(folder(tmp_path, typed, practice_facts=rows))
    assert [on(store, "contract", f"{year}-06-30") for year in (2022, 2023, 2024, 2025)] == [
        "CAIM", "COSCOM", "COSCOM", "COTRAM",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"), [("true", "true"), ("0.65", "0.65"), ('"0.65"', "0.65"), ("1", "1")]
)  # fmt: skip
def test_a_value_may_be_written_as_toml_writes_it(tmp_path, value, text):
    store = open_store(folder(tmp_path, fact("donum.teleservices", value, "2026-01-01")))
    assert on(store, "donum.teleservices", "2026-06-30") == text


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """One folder whose file alone changes."""
    return folder(tmp_path_factory.mktemp("facts"), "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (fact("optan", "true", "2026-01-01"), "« optam »"),
        (fact("optam", '"oui"', "2026-01-01"), "true ou false"),
        (fact("donum.teleservices", "nan", "2026-01-01"), "une part entre 0 et 1"),
        (fact("donum.teleservices", "65", "2026-01-01"), "une part entre 0 et 1"),
        (fact("contract", '"CAMI"', "2026-01-01"), "CAIM, COSCOM"),
        (fact("contract", '"CAIM"', "2026-01-01", "2025-01-01"), "avant « from_date »"),
        (fact("optam", "true", "2026-01-01").replace("d1", "d2"), "« d2 » n’est pas dans ces données"),
        ("[[fact]]\ndoctor_id = 3", "practice.toml"),
        ("[[fact]", "n’est pas un fichier TOML lisible"),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_a_fault_of_the_file_is_a_sentence_with_what_would_be_right(sound, typed, said):
    (sound / "practice.toml").write_text(typed, encoding="utf-8")
    with pytest.raises(RuleError, match=said):
        facts(open_store(sound))
    assert any(said in problem.sentence for problem in check(sound).problems if problem.table == "practice")


def test_a_value_of_the_table_that_cannot_be_used_is_left_out_and_told_by_check(tmp_path):
    rows = [
        ("d1", "optam", "oui", "2025-01-01"),
        ("d1", "contrat", "CAIM", "2025-01-01"),
        ("d9", "sas", "true", "2025-01-01"),
        ("d1", "contract.signed_on", "2025-02-31", "2025-01-01"),
        ("d1", "contract.days", "8", "2025-01-01"),
    ]
    path = folder(tmp_path, practice_facts=rows)
    store = open_store(path)
    assert {on(store, key, "2025-06-30") for key in ("optam", "contract.signed_on", "contract.days")} == {None}
    assert {(one.rule, one.value) for one in check(path).problems} == {
        ("valeur", "oui"), ("valeur", "2025-02-31"), ("valeur", "8"), ("cle_inconnue", "contrat"), ("medecin_inconnu", "d9"),
    }  # fmt: skip


def test_what_was_paid_may_be_said_month_by_month(tmp_path):
    path = folder(
        tmp_path, fact("paid.rosp.2026-04", "536100", "2026-04-30") + fact("paid.rosp.2026-13", "1", "2026-04-30")
    )
    with pytest.raises(RuleError, match=r"« paid\.rosp\.2026-13 » est inconnue"):
        facts(open_store(path))


def test_the_text_written_is_the_text_read(tmp_path):
    said = {"donum.teleservices": "0.65", "address": 'rue "du Port"\\'}
    store = open_store(folder(tmp_path, toml(said, "d1", date(2026, 1, 1))))
    assert {key: on(store, key, "2026-01-01") for key in said} == said


def test_the_new_tables_are_in_the_store_and_their_faults_are_told(tmp_path):
    groups = [("g1", "d1", "associe", "2020-01-01"), ("g1", "d2", "colaborateur", "2020-01-01", "2019-01-01")]
    places = [("d1", "15014", "15", "zip", None, False), ("d1", "15014", "15", "zop", None, True)]
    path = folder(tmp_path, groups=groups, places=places)
    store = open_store(path)
    assert [row["role"] for row in store.engine().fetch("select role from groups").to_pylist()] == ["associe"]
    assert store.engine().fetch("select qpv from places").num_rows == 2
    assert {(one.table, one.rule) for one in check(path).problems} == {
        ("groups", "valeur"), ("groups", "periode_inversee"), ("places", "valeur"),
    }  # fmt: skip
