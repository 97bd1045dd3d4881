"""A server of many doctors, with a real identity provider: who comes in, what each sees, how it ends, what is traced."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from calculators.records import own_rows
from calculators.records.store import Store, open_store
from dashboard.serving import audit
from tests import isolation
from tests.dashboard.serving.identity import SAMPLE, Shared, answer, provider, shared, sign_in
from tests.dashboard.serving.test_gate import UPGRADE
from tests.visitor import Visitor, connected
from tests.whole import one_in

pytestmark = pytest.mark.slow
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def identities() -> Iterator[str]:
    with provider() as one:
        yield one


@pytest.fixture(scope="module")
def server(identities: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared(SAMPLE, identities, tmp_path_factory.mktemp("serveur"), ahead=False) as server:
        yield server


def traced(server: Shared) -> list[dict[str, str]]:
    return [json.loads(line) for file in audit.files(server.audit) for line in file.read_text("utf-8").splitlines()]


def menu(visitor: Visitor) -> set[str]:
    visitor.open()
    return set(visitor.pages) - {""}


def test_without_coming_in_there_is_a_way_to_do_so_and_nothing_else(server: Shared):
    status, headers, _, page = answer(server.address, "/prevention?medecin=M04", **PAGE)
    assert (status, headers["cache-control"]) == (403, "no-store")
    assert b"/connexion?vers=%2Fprevention%3Fmedecin%3DM04" in page
    for path in ("/static/js/index.js", "/media/abc.csv", "/_stcore/host-config", "/_stcore/metrics"):
        assert answer(server.address, path, Accept="*/*")[0] == 403
    assert answer(server.address, "/_stcore/health")[0] == 200
    assert answer(server.address, "/_stcore/health", Host="evil.example")[0] == 421
    origin = {"Origin": server.address}
    assert (
        answer(server.address, "/_stcore/stream", **{k.replace("-", "_"): v for k, v in (UPGRADE | origin).items()})[0]
        == 403
    )


def test_one_comes_back_to_the_page_asked_for_and_another_doctor_s_link_shows_one_s_own(server: Shared):
    status, headers, cookie, _ = sign_in(server, "ana", "/prevention?medecin=M04")
    assert (status, headers["location"]) == (303, "/prevention?medecin=M04")
    with connected(server, server.address, cookie) as visitor:
        shown = visitor.open("prevention", "medecin=M04")
        [doctor] = [one for one in shown.all("selectbox") if one.label == "Médecin"]
        assert [one.partition(" ")[0] for one in doctor.options] == ["M03"]
        assert any("M04" in one.body for one in shown.all("alert"))


def test_a_foreign_page_or_a_stale_attempt_gives_no_session(server: Shared):
    status, _, cookies, page = answer(server.address, "/oauth2callback?code=x&state=y", **PAGE)
    assert (status, cookies) == (403, {})
    assert "n’a pas abouti".encode() in page
    _, _, cookies, _ = answer(server.address, "/connexion?vers=/")
    held = [f"{name}={value}" for name, value in cookies.items()]
    assert answer(server.address, "/oauth2callback?code=x&state=y", held)[0] == 403
    _, headers, _, _ = answer(server.address, "/connexion?vers=//evil.example")
    assert "evil" not in headers["location"]


def test_nobody_s_doctor_comes_no_further_than_a_sentence_and_a_trace(server: Shared):
    for who in ("inconnu", "old", "away"):
        status, _, cookie, page = sign_in(server, who)
        assert (status, cookie) == (403, "")
        assert "aucun médecin".encode() in page
        assert traced(server)[-1]["who"] == who
        assert (traced(server)[-1]["action"], traced(server)[-1]["result"]) == ("refus", "refusé")


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        ("ana", {"prevention", "indicateurs", "patient", "sobriete", "forfait", "scenarios", "affirmations", "methode",
                 "chiffres", "groupe", "revenu", "listes", "decisions", "enveloppe", "regles", "activite", "pertinence"}),
        ("sec", {"prevention", "patient", "affirmations", "methode"}),
        ("fin", {"affirmations", "methode", "chiffres"}),
        ("cpts", {"groupe"}),
    ],
)  # fmt: skip
def test_the_menu_is_what_the_doctor_lets_one_see(server: Shared, who: str, pages: set[str]):
    with connected(server, server.address, sign_in(server, who)[2]) as visitor:
        assert menu(visitor) >= pages
        assert menu(visitor) <= pages | {"accueil"}
        asked = one_in(4, isolation.PAGES) if who == "ana" else isolation.PAGES  # test_pages.py opens all that she may
        for page in asked:  # those that are not in the menu are not run either
            shown = visitor.open(page)
            assert not shown.all("exception")
            if who in ("fin", "cpts"):
                assert (
                    isolation.KEY.search(b"".join(one.SerializeToString() for one in shown.elements.values())) is None
                )


def test_the_group_shows_five_doctors_together_and_no_small_count(server: Shared):
    with connected(server, server.address, sign_in(server, "cpts")[2]) as visitor:
        shown = visitor.open("groupe")
        assert shown.title == "Groupe"
        assert any("5\xa0médecins" in one.body for one in shown.all("markdown"))


def test_leaving_ends_every_tab_and_what_was_made_for_it(server: Shared):
    cookie = sign_in(server, "ana")[2]
    with connected(server, server.address, cookie) as visitor, connected(server, server.address, cookie) as other:
        assert visitor.open("prevention").title == "Prévention"
        assert other.open("sobriete").title
        status, headers, cookies, _ = answer(server.address, "/deconnexion", [cookie])
        assert (status, cookies["tableau_mt_session"]) == (303, "")
        assert headers["location"].startswith(f"{server.provider}/oauth2/end_session?")
        shown = other._until_finished()  # drawn anew by the server, without a click
        assert ["session est terminée" in one.body for one in shown.all("alert")] == [True]
        visitor._until_finished()
        with pytest.raises(ConnectionClosed):
            visitor.open("prevention")
    assert answer(server.address, "/prevention", [cookie], **PAGE)[0] == 403
    with pytest.raises(InvalidStatus), connected(server, server.address, cookie):
        pass


def test_a_session_ends_at_its_time(identities: str, tmp_path: Path):
    with shared(SAMPLE, identities, tmp_path, minutes=0.1, ahead=False) as server:
        cookie = sign_in(server, "ana")[2]
        with connected(server, server.address, cookie) as visitor:
            assert visitor.open("methode").title == "Méthode"
            assert "terminée" in visitor._until_finished().all("alert")[0].body
        assert answer(server.address, "/", [cookie], **PAGE)[0] == 403


def test_who_looked_at_whose_list_is_written_down_without_any_value(server: Shared):
    with connected(server, server.address, sign_in(server, "bob")[2]) as visitor:
        visitor.open("prevention")
    said = [one for one in traced(server) if one["who"] == "bob"][-2:]
    assert [(one["action"], one["doctor"], one["what"]) for one in said] == [
        ("connexion", "", ""), ("consultation", "M04", "prevention"),
    ]  # fmt: skip
    assert audit.check(server.audit).fault == ""


def test_at_random_no_row_of_another_is_ever_sent(server: Shared):
    found = isolation.campaign(server, requests=60, seed=5)
    assert found.faults == []
    assert found.requests == 60
    assert found.rows > 500


def strangers(store: Store, doctor: str) -> set[bytes]:
    """Patients that a person's own copy holds who were never on his doctor's list."""
    held = store.engine().fetch("select patient_id from patient_keys")["patient_id"].to_pylist()
    return {key.encode() for key in held} - isolation.own_keys(doctor)


@pytest.mark.parametrize(
    ("where", "what", "broken"),
    [(own_rows, "condition", lambda _table: "true"), (Store, "of", lambda self, _doctors: self)],
    ids=["the filter of rows", "the person is not given"],
)
def test_rows_that_are_not_filtered_are_caught(
    monkeypatch: pytest.MonkeyPatch, where: object, what: str, broken: object
):
    """On a server so broken each page still refuses who is not delegated: no request would tell."""
    whole = open_store(SAMPLE, held=False)
    assert strangers(whole.of(["M03"]), "M03") == set()
    monkeypatch.setattr(where, what, broken)
    assert strangers(whole.of(["M03"]), "M03")
