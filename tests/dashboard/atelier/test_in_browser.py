"""A trainer and participants (two; `TESTS=all`: four), each in a browser of his own, from the code on the wall to the
closing."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from tests.dashboard.browsing import Watched, at_rest
from tests.dashboard.serving.server import ROOM, Room, room
from tests.whole import WHOLE

pytestmark = pytest.mark.browser
NAMES = ("Anne", "Élise", "Bruno", "Chloé")[: 4 if WHOLE else 2]
SECONDS = 30_000
MOST_BYTES = 2_000_000
"""Of a first visit: 5 MB were sent before files were compressed."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with room(tmp_path_factory.mktemp("ailleurs"), ahead=False) as server:
        yield server


def watched(browser: Browser, width: int = 1280) -> Watched:
    found = Watched(browser.new_context(locale="fr-FR", viewport={"width": width, "height": 800}).new_page())
    found.hosts |= {ROOM}
    return found


def come_in(one: Watched, server: Room, code: str, name: str) -> None:
    """By the QR code, which holds the code; the name is typed."""
    one.page.goto(f"{server.outside}/?code={code}")
    one.page.get_by_label("Le nom que les autres verront").fill(name)
    one.page.get_by_role("button", name="Entrer").click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Atelier", timeout=SECONDS)
    one.faults.clear()  # the door has no icon to give


def code_on_the_wall(page: Page) -> str:
    said = page.get_by_role("heading", name=re.compile("Code.:")).inner_text(timeout=SECONDS)
    return "".join(filter(str.isdigit, said))


def choose(page: Page, label: str, option: re.Pattern[str]) -> None:
    """What a participant does draws the trainer's page anew, which may fold a list that was just unfolded."""
    for _ in range(5):
        page.get_by_role("combobox", name=label).click()
        with suppress(TimeoutError):
            page.get_by_role("option", name=option).click(timeout=5000)
            return
        page.keyboard.press("Escape")
    raise AssertionError(f"no {option.pattern}")


def test_a_session_from_the_code_on_the_wall_to_the_closing(browser: Browser, server: Room):
    trainer = watched(browser, 1400)
    trainer.page.goto(server.opening)
    trainer.read("Atelier")
    code = code_on_the_wall(trainer.page)
    assert code == server.code
    expect(trainer.page.get_by_role("img", name="QR code de l’adresse de l’atelier")).to_be_visible()

    people = [watched(browser) for _ in NAMES]
    sent: list[float] = []
    wire = people[0].page.context.new_cdp_session(people[0].page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda told: sent.append(told["encodedDataLength"]))
    for one, name in zip(people, NAMES, strict=True):
        come_in(one, server, code, name)
    grid = trainer.page.get_by_test_id("stTable")
    for name in NAMES:
        expect(grid.get_by_text(name, exact=True)).to_be_visible(timeout=SECONDS)
    at_rest(trainer.page)
    for kept in ("XLSX", "CSV"):  # names are kept nowhere
        expect(trainer.page.get_by_role("button", name=kept)).to_have_count(0)
    practices = {one.page.get_by_role("combobox", name="Médecin").input_value() for one in people}
    assert len(practices) == len(NAMES)
    for absent in ("Données", "Comparaison", "Rapprochement"):
        assert people[0].page.get_by_test_id("stSidebarNav").get_by_text(absent, exact=True).count() == 0

    anne = people[0].page
    anne.get_by_role("button", name="Voir la réponse").click()
    expect(anne.get_by_text("Réponse, calculée sur ce cabinet")).to_be_visible(timeout=SECONDS)
    expect(grid.get_by_text("réponse lue")).to_be_visible(timeout=SECONDS)
    anne.get_by_text("Regarder : Prévention").click()
    people[0].read("Prévention")
    assert sum(sent) < MOST_BYTES

    choose(trainer.page, "Écran", re.compile("Cas 4"))
    trainer.page.get_by_role("button", name="Tous à cet écran").click()
    for one in people:
        expect(one.page.get_by_role("heading", name="Ce ratio est-il différent de 1")).to_be_visible(timeout=SECONDS)
    elise = people[1].page
    elise.get_by_text("Rien d’assuré : compatible avec l’attendu").click()
    expect(trainer.page.get_by_text("Avis, ce ratio est-il différent de 1")).to_be_visible(timeout=SECONDS)
    elise.reload()
    expect(elise.get_by_role("heading", name="Ce ratio est-il différent de 1")).to_be_visible(timeout=SECONDS)
    expect(elise.get_by_role("radio", name=re.compile("Rien d’assuré"))).to_be_checked()

    trainer.page.get_by_role("button", name="Remettre à zéro").click()
    expect(grid.get_by_text("réponse lue")).to_have_count(0, timeout=SECONDS)
    for one in [trainer, *people]:
        assert one.faults == []
    trainer.page.get_by_role("button", name="Fermer l’atelier").click()
    for one in people:
        expect(one.page.get_by_text("L’atelier est fermé")).to_be_visible(timeout=SECONDS)
        assert one.page.get_by_text("Médecin", exact=True).count() == 0
    anne.reload()
    expect(anne.get_by_role("heading", level=1)).to_have_text("Entrer dans l’atelier")
    for one in [trainer, *people]:
        one.page.context.close()
