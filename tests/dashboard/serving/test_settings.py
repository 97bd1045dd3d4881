"""`server.toml`: who somebody is, what he may see of whom and until when, and what keeps a server from starting."""

from datetime import date
from pathlib import Path

import pytest

from calculators.errors import UserError
from dashboard.serving import settings
from dashboard.serving.settings import EVERYTHING, FIGURES, LIST, Settings

TODAY = date(2026, 11, 26)
WHOLE = """
[server]
folder = "donnees"
address = "https://tableau.exemple.fr"
listen = "10.0.0.5"
[auth]
metadata = "https://identite.exemple.fr/.well-known/openid-configuration"
client_id = "tableau"
[doctors.map]
ANS2023 = "M01"
[[delegation]]
person = "marie"
doctor = "10001234567"
rights = ["liste"]
from = 2026-11-01
to = 2026-11-26
[[delegation]]
person = "marie"
doctor = "10001234567"
rights = ["chiffres"]
from = 2026-11-26
to = 2026-12-31
[[group]]
name = "MSP"
doctors = ["M01", "M02", "M03", "M04", "10001234567"]
members = ["coordinatrice"]
[audit]
folder = "/var/lib/acces"
"""


def read(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "server.toml"
    file.write_text(text, encoding="utf-8")
    return settings.read(file)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(UserError) as why:
        read(tmp_path, text)
    return str(why.value)


@pytest.mark.parametrize(
    ("identity", "doctor"),
    [("810001234567", "10001234567"), ("ANS2023", "M01"), ("8100012345678", None), ("81000123456", None),
     ("010001234567", None), ("8１0001234567", None), ("8abcdefghijk", None), ("10001234567", None), ("", None)],
)  # fmt: skip
def test_a_doctor_is_the_rpps_number_of_the_claim_else_what_the_file_says(
    tmp_path: Path, identity: str, doctor: str | None
):
    assert read(tmp_path, WHOLE).doctor_of(identity) == doctor


def test_a_delegation_is_dated_and_gives_what_it_says_alone(tmp_path: Path):
    given = read(tmp_path, WHOLE)
    assert given.rights_of("marie", date(2026, 10, 31)) == {}
    assert given.rights_of("marie", date(2026, 11, 1)) == {"10001234567": LIST}
    assert given.rights_of("marie", TODAY) == {"10001234567": EVERYTHING}
    assert given.rights_of("marie", date(2026, 11, 27)) == {"10001234567": FIGURES}
    assert given.rights_of("marie", date(2027, 1, 1)) == {}
    assert given.rights_of("810001234567", TODAY) == {"10001234567": EVERYTHING}
    assert given.rights_of("somebody", TODAY) == {}


def test_a_group_is_seen_by_its_doctors_and_its_members(tmp_path: Path):
    given = read(tmp_path, WHOLE)
    seen = {one: [group.name for group in given.groups_of(one)] for one in ("ANS2023", "coordinatrice", "marie", "")}
    assert seen == {"ANS2023": ["MSP"], "coordinatrice": ["MSP"], "marie": [], "": []}


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"https://tableau.exemple.fr"', '"http://tableau.exemple.fr"', "https://"),
        ('"10.0.0.5"', '"partout"', "adresse IP"),
        ("to = 2026-12-31", "to = 2026-01-01", "un an au plus"),
        ("to = 2026-12-31", "to = 2028-01-01", "un an au plus"),
        ('rights = ["chiffres"]', 'rights = ["tout"]', "liste"),
        ('"M02", "M03", "M04", ', "", "group"),
        ("[audit]", "[server2]", "server2"),
    ],
)
def test_a_mistake_is_a_sentence_and_nothing_starts(tmp_path: Path, before: str, after: str, says: str):
    assert says in refused(tmp_path, WHOLE.replace(before, after))


def test_without_identities_it_stays_on_this_computer(tmp_path: Path):
    alone = '[server]\nfolder = "donnees"\n'
    assert read(tmp_path, alone).auth is None
    assert "127.0.0.1" in refused(tmp_path, alone + 'listen = "0.0.0.0"\n')
    assert "127.0.0.1" in refused(tmp_path, alone + 'address = "https://tableau.exemple.fr"\n')


def test_identities_without_traces_are_refused(tmp_path: Path):
    assert "tracés" in refused(tmp_path, WHOLE.partition("[audit]")[0])


def test_the_secret_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    auth = read(tmp_path, WHOLE).auth
    monkeypatch.setenv(settings.SECRET, "mot")
    assert auth.client_secret == "mot"
    (tmp_path / "secret").write_text("autre\n")
    assert auth.model_copy(update={"client_secret_file": tmp_path / "secret"}).client_secret == "autre"
    with pytest.raises(UserError, match="ne peut pas être lu"):
        _ = auth.model_copy(update={"client_secret_file": tmp_path / "absent"}).client_secret
