"""The representative's journey, in a real browser and from what he sees: scenario, link, slides."""

import io
import os
import re
import signal
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pptx import Presentation

from dashboard.lab import slides
from tests import practice
from tests.dashboard.browsing import Watched, at_rest, downloaded, one_tab, open_folder, settled
from tests.dashboard.serving.server import Server

pytestmark = pytest.mark.browser
SECONDS = 60_000
FIGURES = "[data-testid=stMetricValue], [data-testid=stTable] td, table.chiffres td, [data-testid=stMarkdown] p"


@pytest.fixture(scope="module")
def tab(tab: Watched, server: Server) -> Watched:
    """A projector."""
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.address)
    return tab


def to_the_lab(watched: Watched, server: Server) -> Page:
    """By the menu, from the first page."""
    watched.page.goto(server.address)
    watched.read("Aujourd’hui")
    watched.page.get_by_test_id("stSidebarNav").get_by_text("Scénarios", exact=True).click()
    watched.read("Scénarios")
    return watched.page


def see(page: Page, view: str) -> None:
    """One of the views of the lab."""
    page.get_by_role("radiogroup", name="Voir").get_by_text(view, exact=True).click()
    settled(page)


def download(page: Page, button: str) -> bytes:
    """The file behind a button."""
    return downloaded(page, page.get_by_role("button", name=button, exact=True).first).path().read_bytes()


def figures(page: Page) -> list[str]:
    """Every figure on the page, as it is read; what the banner says of the data is no figure of the lab."""
    settled(page)
    return [said for said in page.locator(FIGURES).all_inner_texts() if re.search(r"\d.*[€%]", said)]


def cells(page: Page) -> list[str]:
    """Figures of the table of the six agreements, once it is whole."""
    expect(page.locator("table.chiffres tbody tr")).to_have_count(6, timeout=SECONDS)
    settled(page)
    return page.locator("table.chiffres td").all_inner_texts()


def type_in(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    settled(page)


def test_a_link_shows_the_same_figures_in_another_browser(server: Server, watched: Watched, browser: Browser):
    page = to_the_lab(watched, server)
    page.get_by_text("Par patient", exact=True).click()
    type_in(page, "80 ans et plus, en ALD", "120,5")
    page.get_by_text("Avec ROSP, structure et DONUM").click()
    settled(page)
    see(page, "Pays")
    type_in(page, "Gagner ou perdre : plus de (€/an)", "750")
    expect(page.get_by_text(re.compile("perdent plus de 750"))).to_be_visible(timeout=SECONDS)
    page.get_by_role("button", name="Copier le lien").click()
    expect(page.get_by_text("Lien copié")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert "lien=1." in address
    page.get_by_role("button", name="QR code").click()
    expect(page.get_by_role("img", name="QR code du lien")).to_be_visible()
    page.keyboard.press("Escape")
    here = figures(page)
    assert re.search(r"M€.*%", here[0])
    with one_tab(browser, server) as other:
        other.page.goto(address)
        other.read("Scénarios")
        expect(other.page.get_by_text(re.compile("perdent plus de 750"))).to_be_visible(timeout=SECONDS)
        assert figures(other.page) == here
        other.page.get_by_text("Par patient · 1 modifié").click()
        expect(other.page.get_by_label("80 ans et plus, en ALD", exact=True)).to_have_value("120,5")
        other.page.goto(address[:-7])
        expect(other.page.get_by_text(re.compile("incomplet ou abîmé"))).to_be_visible(timeout=SECONDS)
        other.page.get_by_role("button", name="Continuer sans ce lien").click()
        expect(other.page.get_by_text(re.compile("incomplet ou abîmé"))).to_have_count(0, timeout=SECONDS)
        other.read("Scénarios")


def test_the_agreements_are_on_one_screen_and_anybody_finds_himself(server: Server, watched: Watched):
    page = to_the_lab(watched, server)
    see(page, "Accords")
    rows = page.locator("table.chiffres tbody tr")
    expect(rows).to_have_count(6)
    for name in ("FPMT 2023", "14 mars, option 1", "FMT signé"):
        expect(rows.filter(has_text=name)).to_have_count(1)
    signed = rows.filter(has_text="FMT signé").inner_text()
    assert re.search(r"M€.*€.*%", signed, re.DOTALL)
    expect(page.get_by_text("médecins simulés : ce que leur nombre laisse ouvert")).to_be_visible()
    last = rows.last.bounding_box()
    assert last
    assert last["y"] + last["height"] <= 720  # all of them, before anybody scrolls
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    below = page.get_by_label("Comparé à").bounding_box()
    assert below
    assert below["y"] > last["y"] + last["height"]
    size = page.locator("table.chiffres td span").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 18
    type_in(page, "Gagner ou perdre : plus de (€/an)", "2 000,5")
    expect(page.get_by_role("columnheader", name=re.compile("Perdent plus de 2.001"))).to_be_visible(timeout=SECONDS)
    assert rows.filter(has_text="FMT signé").inner_text() != signed
    expect(page.get_by_role("heading", name="Deux accords en détail")).to_be_visible()
    expect(page.get_by_text("D’où ils viennent")).to_be_visible(timeout=SECONDS)
    see(page, "Et moi ?")
    expect(page.get_by_role("columnheader", name="Payé par an")).to_be_visible(timeout=SECONDS)
    first = cells(page)
    type_in(page, "Mes patients", "1 600")
    expect(page.locator("table.chiffres td").first).not_to_have_text(first[0], timeout=SECONDS)
    here = cells(page)
    type_in(page, "dont en ALD", "douze")
    expect(page.get_by_text("« douze » n’est pas un nombre")).to_be_visible()
    assert cells(page) == here
    type_in(page, "dont en ALD", "1700")
    expect(page.get_by_text(re.compile("1.700 patients en ALD sur une liste de 1.600"))).to_be_visible(timeout=SECONDS)
    type_in(page, "dont en ALD", "400")
    expect(page.get_by_text(re.compile(r"FMT signé\s: autour de"))).to_be_visible(timeout=SECONDS)
    there = cells(page)
    assert (len(there), there == here) == (len(here), False)
    an_indicator_and_its_variant_are_side_by_side(page)


def an_indicator_and_its_variant_are_side_by_side(page: Page) -> None:
    see(page, "Variantes")
    expect(page.locator("table.chiffres tbody tr")).to_have_count(2, timeout=SECONDS)
    for said in ("L’original dit", "La variante dit"):
        expect(page.get_by_text(said)).to_be_visible()
    moved = page.get_by_text(re.compile(r"patients? de cette liste change")).inner_text()
    many = int(re.match(r"\d+", re.sub(r"\s", "", moved))[0])
    changed = page.get_by_test_id("stTable").last.locator("tbody tr td:last-child").all_inner_texts()
    assert sum(int(re.sub(r"\D", "", one)) for one in changed) == many
    assert download(page, "Exporter (XLSX)").startswith(b"PK")


def test_a_scenario_is_typed_undone_and_presented_from_the_button(server: Server, watched: Watched):
    page = to_the_lab(watched, server)
    page.get_by_text("Par patient", exact=True).click()
    amount = page.get_by_label("80 ans et plus, en ALD", exact=True)
    amount.fill("120,5")
    amount.press("Enter")
    expect(page.get_by_text("Par patient · 1 modifié")).to_be_visible()
    expect(amount).to_be_visible()  # the section stays open
    name = page.get_by_role("button", name="Garder la ROSP, sans prévention").locator("p")
    assert name.evaluate("one => one.scrollWidth <= one.clientWidth && getComputedStyle(one).whiteSpace === 'normal'")
    amount.fill("1,2,3")
    amount.press("Enter")
    expect(page.get_by_text("Valeur gardée : 120,5.")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("Par patient · 1 modifié")).to_have_count(0)
    page.get_by_role("button", name="Rétablir").click()
    expect(page.get_by_text("Par patient · 1 modifié")).to_be_visible()
    at_rest(page)
    see(page, "Partager")
    taken = {suffix: download(page, f"Diapositives ({suffix.upper()})") for suffix in ("pdf", "pptx")}
    present = page.get_by_role("button", name=re.compile("^Présenter"))
    expect(present).to_be_visible(timeout=20_000)
    present.click()
    slide = page.get_by_role("heading", level=1)  # hidden slides are not in the tree that is read aloud
    expect(page.get_by_role("heading", level=1, name="Le scénario")).to_be_visible(timeout=20_000)
    expect(slide).to_have_count(1)
    expect(page.get_by_text("120,50")).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("img", name="QR code du lien")).to_be_visible()
    page.keyboard.press("Home")
    for key, title in (("ArrowRight", "Ce que cela coûte"), ("r", "Ce que cela coûte"), ("c", "Ce que cela coûte"),
                       ("PageDown", "Pour un médecin, en moyenne"), ("ArrowLeft", "Ce que cela coûte")):  # fmt: skip
        page.keyboard.press(key)
        expect(slide).to_have_text(title)
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Ce que cela coûte")).to_be_visible(timeout=20_000)
    expect(slide).to_have_count(1)
    page.context.set_offline(True)
    page.keyboard.press("End")
    expect(slide).to_have_text("Ce qui est supposé")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("est celle de l’ordinateur qui l’ouvre")).to_be_visible()
    page.context.set_offline(False)
    page.keyboard.press("Home")
    titles = []
    for place in range(len(slides.NAMES)):
        expect(page.get_by_text(f"{place + 1} / {len(slides.NAMES)}")).to_be_visible()
        titles.append(slide.inner_text())
        page.keyboard.press("ArrowRight")
    assert titles == [one.shapes.title.text for one in Presentation(io.BytesIO(taken["pptx"])).slides]
    assert taken["pdf"].startswith(b"%PDF-")
    assert f"/Type/Pages/Count {len(titles)}".encode() in taken["pdf"]
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1, name="Scénarios")).to_be_visible(timeout=20_000)
    expect(slide).to_have_count(1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven doctors in the Nord, two in Ain."""
    doctors = [f"m{number}" for number in range(9)]
    patients = [f"{doctor}-{rank}" for doctor in doctors for rank in range(4)]
    return practice.write(
        tmp_path / "plusieurs",
        practice.dataset(title="Neuf médecins", covers_from=date(2018, 1, 1)),
        doctors=[
            {"doctor_id": one, "birth_date": date(1970, 1, 1), "department": "59" if place < 7 else "01"}
            for place, one in enumerate(doctors)
        ],
        patients=[(one, "1940-01-01" if one.endswith("0") else "1980-01-01", "F") for one in patients],
        registrations=[(one, one.split("-")[0], "2019-01-01") for one in patients],
        acts=[(one, "2025-05-05", "ngap", "G", 1, one.split("-")[0], "01") for one in patients],
    )


def test_the_doctors_of_a_folder_are_compared_by_department(server: Server, watched: Watched, folder: Path):
    watched.page.goto(server.address)
    watched.read("Aujourd’hui")
    open_folder(watched, str(folder))
    page = watched.page
    expect(page.get_by_role("combobox", name="Médecin")).to_have_value("m0", timeout=SECONDS)
    page.get_by_test_id("stSidebarNav").get_by_text("Scénarios", exact=True).click()
    watched.read("Scénarios")
    for view in ("Qui perd", "Accords"):  # where one looks for them
        see(page, view)
        page.get_by_role("button", name="Par département", exact=True).click()
        expect(page.get_by_role("radio", name="Par département")).to_be_checked(timeout=SECONDS)
    expect(page.get_by_text("Département 59 (7)")).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("Non montrés, faute de 5 médecins dans le dossier : 01 (2).")).to_be_visible()
    table = download(page, "Exporter (XLSX)")
    assert table.startswith(b"PK")
    watched.read("Scénarios")


def test_the_pay_of_a_doctor_is_taken_away_as_two_pages_images_and_sheets(server: Server, watched: Watched):
    page = watched.page
    page.goto(server.address)
    watched.read("Aujourd’hui")
    page.get_by_test_id("stSidebarNav").get_by_text("Forfait", exact=True).click()
    watched.read("Forfait médecin traitant")
    page.get_by_text("Les chiffres de ce graphique, et l’enregistrer").first.click()
    for button, start in (
        ("Image (PNG)", b"\x89PNG"),
        ("Image (SVG)", b"<svg"),
        ("XLSX", b"PK"),
        ("CSV pour Excel", b"\xef"),
    ):
        assert download(page, button).startswith(start)
    page.get_by_role("button", name="Imprimer").click()
    expect(page.get_by_role("button", name="Bilan de deux pages (PDF)")).to_be_visible(timeout=SECONDS)
    assert b"/Type/Pages/Count 2/" in download(page, "Bilan de deux pages (PDF)")
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    for hidden in ("stSidebar", "stHeader"):
        expect(page.get_by_test_id(hidden)).to_be_hidden()
    expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    tables = page.locator("[data-testid=stTable] table")
    assert {one.evaluate("one => getComputedStyle(one).display") for one in tables.all()} == {
        "table"
    }  # cut in two sheets
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 3
    assert watched.faults == []


def test_slides_are_put_in_order_with_the_keyboard_and_shown_so_and_without_the_program_too(
    server: Server, watched: Watched
):
    page = to_the_lab(watched, server)
    see(page, "Partager")
    order = page.get_by_text(re.compile(r"^1\. "))
    at_first = re.split(r"\s*; ", order.inner_text())
    names = [one.split(". ", 1)[1] for one in at_first]
    assert [one.split(".")[0] for one in at_first] == [str(place + 1) for place in range(len(names))]
    earlier, later = (page.get_by_role("button", name=name, exact=True) for name in ("Plus tôt", "Plus tard"))
    expect(earlier).to_be_disabled()
    later.focus()
    for place in (1, 2):  # the same key twice: the field stays where it is
        page.keyboard.press("Enter")
        expect(order).to_have_text(re.compile(rf"{place + 1}\. {re.escape(names[0])}"), timeout=SECONDS)
        settled(page)
    field = page.get_by_role("combobox", name="Écran à déplacer")
    field.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=names[-1], exact=True).wait_for()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(field).to_have_value(names[-1])
    settled(page)
    expect(later).to_be_disabled()
    earlier.focus()
    page.keyboard.press("Enter")
    expect(order).to_have_text(re.compile(rf"{len(names) - 1}\. {re.escape(names[-1])}"), timeout=SECONDS)
    settled(page)
    wanted = [*names[1:3], names[0], *names[3:-2], names[-1], names[-2]]
    assert [one.split(". ", 1)[1] for one in re.split(r"\s*; ", order.inner_text())] == wanted
    page.reload()
    watched.read("Scénarios")
    expect(order).to_have_text(re.compile(rf"^1\. {re.escape(wanted[0])}"))
    shown = Presentation(io.BytesIO(download(page, "Diapositives (PPTX)")))
    assert [one.shapes.title.text for one in shown.slides] == wanted
    page.get_by_role("button", name=re.compile("^Présenter")).click()
    expect(page.get_by_role("heading", level=1, name=wanted[0])).to_be_visible(timeout=20_000)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text(wanted[1])
    settled(page)
    os.kill(server.pid, signal.SIGTERM)  # the last test of the module: the others want it
    a_lost_program_is_a_line_under_the_slide(page, wanted)


def a_lost_program_is_a_line_under_the_slide(page: Page, titles: list[str]) -> None:
    line = page.get_by_text("Le programme ne répond plus", exact=False).locator("visible=true")
    expect(line).to_have_count(1, timeout=SECONDS)
    place = line.bounding_box()
    assert place
    assert place["y"] > 690
    assert place["height"] < 30
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1, name=titles[2])).to_be_visible()
    page.get_by_role("button", name="Précédent").click()
    expect(page.get_by_role("heading", level=1, name=titles[1])).to_be_visible()
