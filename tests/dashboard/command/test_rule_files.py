"""Rules of one's own on the command line: judged beside the set, found beside the data, checked before they are used."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from calculators.catalogue import in_force
from calculators.defaults import defaults
from calculators.prevention.indicator import HERE, load_set
from tests import walkthrough
from tests.dashboard.command.test_command import run, table

pytestmark = pytest.mark.slow

FILES = {Path(name).name: text for name, text in walkthrough.files().items()}
ZONA, ACCORD = FILES["vaccin_zona.toml"], FILES["accord_7.toml"]
JUDGED = ("--doctor", "all", "--as-of", "2026-06-30")
SET = load_set(defaults().prevention.set)
COMMON = (HERE / "indicators" / f"{SET.indicators[0].id}.toml").read_text(encoding="utf-8")


@pytest.fixture
def own(practices: Path, tmp_path: Path) -> Path:
    """A copy of the practices, to lay rules beside."""
    return Path(shutil.copytree(practices, tmp_path / "cabinet"))


def put(file: Path, text: str) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("given", ["beside", "by its path"])
def test_an_added_indicator_is_judged_after_the_set_and_said(own: Path, tmp_path: Path, capsys, given: str):
    assert run("prevention", own, *JUDGED) == 0
    plain = table(capsys.readouterr().out)
    if given == "beside":
        put(own / "indicators" / "vaccin_zona.toml", ZONA)
        assert run("prevention", own, *JUDGED) == 0
    else:
        assert run("prevention", own, *JUDGED, "--indicator", put(tmp_path / "vaccin_zona.toml", ZONA)) == 0
    said = capsys.readouterr()
    rows = table(said.out)
    assert [row for row in rows if row["indicator"] != "vaccin_zona"] == plain
    every = len(SET.indicators) + 1
    assert {n % every for n, row in enumerate(rows) if row["indicator"] == "vaccin_zona"} == {every - 1}
    assert "Indicateur ajouté : « Vaccin contre le zona » (vaccin_zona)" in said.err


def test_several_files_are_judged_in_the_order_given(own: Path, tmp_path: Path, capsys):
    other = put(
        tmp_path / "autre.toml",
        ZONA.replace("vaccin_zona", "autre").replace("codes.zona", "codes.x").replace('"zona"', '"x"'),
    )
    zona = put(tmp_path / "vaccin_zona.toml", ZONA)
    assert run("prevention", own, *JUDGED, "--indicator", other, "--indicator", zona) == 0
    rows = table(capsys.readouterr().out)
    assert [row["indicator"] for row in rows[: len(SET.indicators) + 2]][-2:] == ["autre", "vaccin_zona"]


@pytest.mark.parametrize("given", ["beside", "by its path"])
def test_an_id_of_the_set_is_refused(own: Path, tmp_path: Path, capsys, given: str):
    folder = own / "indicators" if given == "beside" else tmp_path
    file = put(folder / f"{SET.indicators[0].id}.toml", COMMON)
    more = [] if given == "beside" else ["--indicator", file]
    assert run("prevention", own, *JUDGED, *more) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"« {SET.indicators[0].id} » est déjà jugé avec le jeu « {SET.label} »" in said.err


def test_a_broken_indicator_beside_the_data_is_said_and_the_set_is_judged(own: Path, capsys):
    put(own / "indicators" / "vaccin_zona.toml", ZONA.replace("family", "famille"))
    assert run("prevention", own, *JUDGED) == 0
    said = capsys.readouterr()
    assert "L’indicateur « vaccin_zona » est laissé de côté." in said.err
    assert "la clé « famille » est inconnue" in said.err
    assert {row["indicator"] for row in table(said.out)} == {one.id for one in SET.indicators}
    assert run("prevention", own, *JUDGED, "--indicator", own / "absent.toml") == 2


def test_an_added_indicator_is_never_paid(own: Path, capsys):
    pay = ("forfait", own, "--doctor", "all", "--year", 2025, "--version", in_force(2026))
    assert run(*pay) == 0
    before = capsys.readouterr().out
    put(own / "indicators" / "vaccin_zona.toml", ZONA)
    assert run(*pay) == 0
    assert capsys.readouterr().out == before


def test_rules_beside_the_data_are_named_by_their_ids(own: Path, capsys):
    put(own / "indicators" / "vaccin_zona.toml", ZONA)
    put(own / "sets" / "maison.toml", 'id = "maison"\nlabel = "Maison"\nindicators = ["vaccin_zona"]\n')
    put(
        own / "versions" / "accord_7.toml",
        ACCORD.replace(f'"{SET.id}"', '"maison"').replace("vaccin_grippe", "vaccin_zona"),
    )
    put(own / "scenarios" / "plus.toml", 'base = "accord_7"\n[change]\n"prevention.amounts.vaccin_zona" = 60\n')
    assert run("prevention", own, "--doctor", "all", "--as-of", "2025-12-31", "--set", "maison") == 0
    validated = [row for row in table(capsys.readouterr().out) if row["validated"] == "true"]
    for more, cents in (((), "600"), (("--scenario", "plus"), "6000")):
        assert run("forfait", own, "--doctor", "all", "--year", 2025, "--version", "accord_7", *more) == 0
        paid = [row for row in table(capsys.readouterr().out) if row["part"] == "prevention"]
        assert {(row["patient_id"], row["line"]) for row in paid} == {
            (r["patient_id"], r["indicator"]) for r in validated
        }
        assert {row["amount_cents"] for row in paid} <= {cents}
    asked = f"{in_force(2026)},accord_7,plus"
    assert run("compare", own, "--doctor", "all", "--year", 2025, "--versions", asked) == 0
    assert {row["version"] for row in table(capsys.readouterr().out)} == set(asked.split(","))


def test_an_indicator_is_checked_alone_then_on_a_folder(own: Path, tmp_path: Path, capsys):
    file = put(tmp_path / "vaccin_zona.toml", ZONA)
    assert run("indicator", "check", file) == 0
    said = capsys.readouterr().out
    assert "Exemples : 3 sur 3 comme attendu." in said
    assert "« asked_by » : qui le demande" in said
    assert "Dossier" not in said
    assert run("indicator", "check", file, own) == 0
    shown = capsys.readouterr().out
    assert run("prevention", own, *JUDGED, "--indicator", file) == 0
    counts = Counter(row["status"] for row in table(capsys.readouterr().out) if row["indicator"] == "vaccin_zona")
    told = [line.rsplit(maxsplit=1) for line in shown.splitlines() if line.startswith("  ") and "  - " not in line]
    figures = {name.strip(): figure for name, figure in told}
    assert {name: int(figure) for name, figure in figures.items()} == {
        "concernés": counts["up_to_date"] + counts["due"] + counts["unknown"], "à jour": counts["up_to_date"],
        "à faire": counts["due"], "inconnu": counts["unknown"], "peut-être concernés": 0, "exclus": 0,
        "non concernés": counts["not_eligible"],
    }  # fmt: skip


def test_a_failing_example_is_named_with_what_came_out_and_the_code_is_1(tmp_path: Path, capsys):
    text = ZONA.replace('{ status = "up_to_date", count = 2,', '{ status = "due", count = 1,')
    assert run("indicator", "check", put(tmp_path / "vaccin_zona.toml", text)) == 1
    said = capsys.readouterr().out
    assert "Exemples : 2 sur 3 comme attendu." in said
    assert (
        "Exemple « 70 ans, deux doses à deux mois » : « status » donne « up_to_date », le fichier attend « due »"
        in said
    )
    text = ACCORD.replace("amount = 20, c2s = 8", "amount = 21, c2s = 8")
    assert run("agreement", "check", put(tmp_path / "accord_7.toml", text)) == 1
    said = capsys.readouterr().out
    assert "Exemple « 40 ans, en ALD, avec la C2S » : « amount » donne « 20 », le fichier attend « 21 »" in said


@pytest.mark.parametrize(
    ("verb", "name", "text", "told"),
    [
        ("indicator", "vaccin_zona", ZONA.replace("[[reference]]", "[[references]]"), "la clé « reference » manque"),
        ("indicator", "vaccin_zona", ZONA.replace('codes = "zona"', 'codes = "zonna"'), "code « zonna » inconnu"),
        ("indicator", "vaccin_zona", ZONA.replace("codes.zona", "codes.grippe"), "déjà définis dans « codes.toml »"),
        ("indicator", "autre", ZONA, "« id » vaut « vaccin_zona », « autre » est attendu"),
        ("agreement", "accord_7", ACCORD.replace("[[reference]]", "[[references]]"), "la clé « reference » manque"),
        ("agreement", "accord_7", ACCORD.replace("age = { min = 70 }", "age = { min = 71 }"), "aucune ligne de socle"),
        (
            "agreement",
            "accord_7",
            ACCORD.replace(f'"{SET.id}"', '"maison"'),
            "jeu d’indicateurs « maison » n’existe pas",
        ),
    ],
)
def test_an_unusable_file_is_told_and_the_code_is_2(tmp_path: Path, capsys, verb: str, name: str, text: str, told: str):
    assert run(verb, "check", put(tmp_path / f"{name}.toml", text)) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert "Traceback" not in said.err + said.out


@pytest.mark.parametrize("verb", ["indicator", "agreement", "scenario"])
@pytest.mark.parametrize(
    ("file", "told"), [("absent.toml", "« absent.toml » n’existe pas"), ("README.md", "finir par .toml")]
)
def test_a_file_that_is_not_there_or_no_rule_file_is_told(capsys, verb: str, file: str, told: str):
    assert run(verb, "check", file) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(("verb", "text"), [("indicator", ZONA), ("agreement", ACCORD)])
def test_a_file_without_examples_is_told_and_passes(tmp_path: Path, capsys, verb: str, text: str):
    name = text.split('"')[1]
    assert run(verb, "check", put(tmp_path / f"{name}.toml", text.split("[[example]]")[0])) == 0
    said = capsys.readouterr().out
    assert "Exemples : aucun." in said
    assert "deux exemples au moins" in said


def test_an_indicator_of_the_set_is_told_to_be_there_already(capsys):
    assert run("indicator", "check", HERE / "indicators" / f"{SET.indicators[0].id}.toml") == 0
    assert f"déjà dans le jeu « {SET.label} »" in capsys.readouterr().out


def test_an_agreement_is_priced_per_doctor_beside_the_one_in_force(own: Path, tmp_path: Path, capsys):
    file = put(tmp_path / "accord_7.toml", ACCORD)
    assert run("agreement", "check", file, own) == 0
    shown = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  ") and "€" in line]
    totals = []
    for version in (file, in_force(2026)):
        assert run("forfait", own, "--doctor", "all", "--year", 2025, "--version", version) == 0
        sums: Counter[str] = Counter()
        for row in table(capsys.readouterr().out):
            sums[row["doctor_id"]] += int(row["amount_cents"])
        totals.append(sums | {"total": sum(sums.values())})
    assert [words[0] for words in shown] == [*sorted(totals[0])[:-1], "total"]
    for name, *words in shown:
        cents = [int(part.replace(",", "").replace("−", "-")) for part in "".join(words).split("€")[:3]]
        new, now = (sums[name] for sums in totals)
        assert cents == [new, now, new - now]
