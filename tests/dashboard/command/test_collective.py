"""`tableau-mt collective`: what it refuses, in French; the whole of it is walked through in the README."""

import stat
from pathlib import Path

import pytest

from calculators.comparison.campaign import load_campaign, write_campaign
from dashboard.command import main
from tests.comparison.campaigns import KEYS, campaign, counts, send

START = ["collective", "start", "--year", "2025", "--holders", "urps,faculte", "--closes", "2030-01-31"]


def start(to: Path, *more: str) -> list[str]:
    invited = [] if "--invited" in more else ["--invited", "22"]
    return [*START, *invited, "--to", str(to), *more]


def test_a_campaign_is_written_with_a_key_for_each_doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "medecins.txt").write_text("".join(f"dr-{n}\n" for n in range(21)), encoding="utf-8")
    assert main(start(tmp_path / "c", "--invited", str(tmp_path / "medecins.txt"))) == 0
    said = capsys.readouterr().err
    one = load_campaign(tmp_path / "c" / "campaign.toml")
    assert (len(one.invited), one.minimum, one.rounds, one.turn) == (21, 20, (1, 2, 3), 1)
    assert "21 médecins invités, 20 au moins" in said
    lines = (tmp_path / "c" / "invitations.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(";")[0] for line in lines] == ["medecin", *(f"dr-{n}" for n in range(21))]
    assert stat.S_IMODE((tmp_path / "c" / "invitations.csv").stat().st_mode) == 0o600
    text = (tmp_path / "c" / "campaign.toml").read_text(encoding="utf-8")
    assert not [line for line in lines[1:] if line.split(";")[1] in text or line.split(";")[0] in text]
    assert main(start(tmp_path / "c")) == 2
    assert "a déjà une campagne" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--invited", "19"], "19 médecins invités"),
        (["--invited", "absent.txt"], "n’est pas un fichier lisible"),
        (["--minimum", "10"], "20 médecins au moins"),
        (["--set", "convention_2042"], "convention_2042"),
        (["--classes", "pyproject.toml"], "aucune classe ATC"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], said: str
):
    assert main(start(tmp_path / "c", *more)) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "c" / "campaign.toml").exists()


@pytest.mark.parametrize("holders", ["urps", "a,b,c", "urps,", "../a,b"])
def test_two_holders_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], holders: str):
    with pytest.raises(SystemExit):
        main([*start(tmp_path / "c"), "--holders", holders])
    assert "deux noms séparés d’une virgule" in capsys.readouterr().err


def test_prevention_alone_asks_five_doctors(tmp_path: Path):
    assert main(start(tmp_path / "c", "--only", "prevention", "--invited", "5")) == 0
    one = load_campaign(tmp_path / "c" / "campaign.toml")
    assert (one.minimum, one.rounds, one.turn, one.classes) == (5, (2,), 2, ())


def test_a_sum_says_who_answered_and_what_does_not_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]):

    one = campaign()
    write_campaign(one, tmp_path / "campaign.toml")
    for key in KEYS[:6]:
        first, _ = send(one, counts(one), tmp_path, key)
    send(one, counts(one), tmp_path, KEYS[0], 2)
    asked = ["collective", "sum", str(tmp_path / "campaign.toml"), str(tmp_path / "urps"), str(first)]
    assert main([*asked, "--to", str(tmp_path / "somme")]) == 0
    said = capsys.readouterr().err
    assert "6 médecins ont répondu, sur 8 invités" in said
    assert "Remplacée par une contribution plus récente" in said
    assert "Reçue deux fois, comptée une" in said
    assert (tmp_path / "somme" / "sum.parquet").exists()
