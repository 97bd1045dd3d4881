"""The doctor on Monday morning, in a real browser: whom to call, one patient after the other, and back."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.dashboard.browsing import Watched, downloaded, first_action
from tests.dashboard.serving.server import Server

pytestmark = pytest.mark.browser
SECONDS = 60_000
GROUP = "Fiche pour le groupe de pairs (PDF)"


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def lines(page: Page) -> Locator:
    return page.locator("tbody tr[data-id]")


def the_list(server: Server, watched: Watched) -> Page:
    """*Prévention*, by the menu, as one who has just come in."""
    watched.page.goto(server.address)
    watched.arrived("Aujourd’hui")
    watched.page.get_by_test_id("stSidebarNav").get_by_text("Prévention", exact=True).click()
    watched.arrived("Prévention")
    return watched.page


def heading(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_text(re.compile(r"^[\d\s]+patients? sur"))


def test_from_a_card_to_the_calls_and_from_patient_to_patient(server: Server, watched: Watched):
    page = watched.page
    page.goto(server.address)
    watched.arrived("Aujourd’hui")
    card = first_action(page)
    behind = number(card.inner_text())
    card.click()
    watched.arrived("Prévention")
    expect(heading(page)).to_contain_text(re.compile(r"^" + r"\s?".join(str(behind)) + r"\s"))
    expect(lines(page)).to_have_count(20)
    assert page.locator("li").evaluate_all("acts => acts.every(one => one.scrollWidth <= one.clientWidth + 1)")
    listed = [line.get_attribute("data-id") for line in lines(page).all()]
    page.get_by_test_id("stSidebar").get_by_text("Afficher les noms").click()
    expect(lines(page).first).to_contain_text(re.compile(r"0\d( \d\d){4}"), timeout=SECONDS)
    name = lines(page).nth(1).locator(".who").inner_text()
    lines(page).nth(1).focus()
    page.keyboard.press("Enter")
    watched.arrived(name)
    where = page.get_by_test_id("stMain").get_by_text(re.compile(r"^\d+ / "))
    expect(where).to_have_text(re.compile(r"^2 / "))
    assert not any(one and one in page.url for one in (listed[1], name.split()[0]))
    second = page.url
    page.keyboard.press("ArrowRight")
    expect(where).to_have_text(re.compile(r"^3 / "), timeout=SECONDS)
    expect(page).not_to_have_url(second)
    page.reload()
    watched.arrived("Patient")
    expect(where).to_have_text(re.compile(r"^3 / "))
    page.go_back()
    expect(where).to_have_text(re.compile(r"^2 / "), timeout=SECONDS)
    page.go_forward()
    expect(where).to_have_text(re.compile(r"^3 / "), timeout=SECONDS)
    page.get_by_role("button", name="Liste").click()
    watched.arrived("Prévention")
    expect(heading(page)).to_contain_text(re.compile(r"^" + r"\s?".join(str(behind)) + r"\s"))
    expect(lines(page)).to_have_count(20)
    assert [line.get_attribute("data-id") for line in lines(page).all()] == listed


def five_patients_are_in_sight(page: Page) -> None:
    """Each with his name, his age, and the sentence that says why."""
    assert page.locator("thead").bounding_box()["y"] < 230
    for rank in range(5):
        for part in (".who", ".why", "select"):
            box = lines(page).nth(rank).locator(part).bounding_box()
            assert box["y"] + box["height"] <= 720, (rank, part)


def test_names_that_a_refresh_has_hidden_are_one_click_away_and_it_is_said_why(server: Server, watched: Watched):
    page = the_list(server, watched)
    phone, why = re.compile(r"0\d( \d\d){4}"), page.get_by_text("Noms masqués")
    expect(lines(page)).to_have_count(20)
    five_patients_are_in_sight(page)
    page.reload()
    watched.arrived("Prévention")
    expect(why).to_have_count(0)  # they had not been shown
    page.get_by_test_id("stSidebar").get_by_text("Afficher les noms").click()
    expect(lines(page).first).to_contain_text(phone, timeout=SECONDS)
    page.wait_for_url(re.compile("noms=oui"))
    page.reload()
    watched.arrived("Prévention")
    expect(why).to_be_visible()
    expect(lines(page).first).not_to_contain_text(phone)
    page.reload()
    watched.arrived("Prévention")
    expect(why).to_be_visible()  # and again
    page.get_by_test_id("stMain").get_by_role("button", name="Afficher les noms").click()
    expect(lines(page).first).to_contain_text(phone, timeout=SECONDS)
    expect(why).to_have_count(0)
    page.get_by_test_id("stSidebar").get_by_text("Afficher les noms").click()
    page.wait_for_function("!location.search.includes('noms=oui')")
    page.reload()
    watched.arrived("Prévention")
    expect(why).to_have_count(0)


def test_the_filters_outlive_the_menu_a_refresh_the_back_button_and_a_shared_link(
    server: Server, watched: Watched, browser: Browser
):
    page = the_list(server, watched)
    everyone = number(heading(page).inner_text().split("patient")[0])
    page.get_by_text("Autres filtres, ordre").click()
    page.get_by_text("En ALD", exact=True).click()
    page.wait_for_url(re.compile("ald=oui"))
    expect(page.get_by_text("Seulement : en ALD")).to_be_visible()
    found = heading(page).inner_text()
    assert number(found.split("patient")[0]) < everyone
    for menu in ("Indicateurs", "Prévention"):
        page.get_by_test_id("stSidebarNav").get_by_text(menu, exact=True).click()
        watched.arrived(menu)
    expect(heading(page)).to_have_text(found)
    page.wait_for_function("location.search.includes('ald=oui')")
    page.go_back()  # one step, although the menu opened a bare address that was completed then
    watched.arrived("Indicateurs")
    page.go_forward()
    watched.arrived("Prévention")
    expect(heading(page)).to_have_text(found)
    page.reload()
    watched.arrived("Prévention")
    expect(heading(page)).to_have_text(found)
    lines(page).first.locator(".who").click()
    watched.arrived("Patient")
    link = page.url
    page.go_back()
    watched.arrived("Prévention")
    expect(heading(page)).to_have_text(found)
    page.get_by_role("button", name="Suivants").click()
    page.wait_for_url(re.compile("page=2"))
    expect(page.get_by_text(re.compile("^21 à 40 sur"))).to_be_visible()
    page.go_back()
    expect(page.get_by_text(re.compile("^1 à 20 sur"))).to_be_visible(timeout=SECONDS)
    shared, patient = page.url, re.sub("fiche=[0-9a-f]+", "fiche=0123456789abcdef", link)
    assert patient != link
    other = browser.new_context(locale="fr-FR")
    other.add_cookies([server.cookie])
    elsewhere = Watched(other.new_page())
    elsewhere.page.goto(shared)
    elsewhere.arrived("Prévention")
    expect(heading(elsewhere.page)).to_have_text(found)
    elsewhere.page.goto(patient)
    elsewhere.arrived("Prévention")
    expect(elsewhere.page.get_by_text("n’est plus connu ici")).to_be_visible()
    expect(heading(elsewhere.page)).to_have_text(found)
    other.close()


def taken_away(page: Page, button: str, name: str) -> None:
    """A PDF, and how it is named."""
    given = downloaded(page, page.get_by_role("button", name=button))
    assert re.fullmatch(name, given.suggested_filename)
    assert given.path().read_bytes().startswith(b"%PDF-")


def test_he_leaves_with_pages_and_a_bar_opens_its_patients_and_a_class_its_patients_and_their_deliveries(
    server: Server, watched: Watched
):
    page, peers = watched.page, r"groupe-de-pairs-[\d-]+\.pdf"
    page.goto(server.address)
    watched.arrived("Aujourd’hui")
    page.get_by_test_id("stMain").get_by_role("button", name="Imprimer").click()
    taken_away(page, "Bilan de deux pages (PDF)", r"bilan-M01-.*\.pdf")
    taken_away(page, GROUP, peers)
    page.keyboard.press("Escape")
    page.get_by_test_id("stSidebarNav").get_by_text("Indicateurs", exact=True).click()
    watched.arrived("Indicateurs")
    taken_away(page, GROUP, peers)
    expect(page.get_by_text("avec la liste de ce jour-là").first).to_be_visible(
        timeout=SECONDS
    )  # months, without a button
    bar = page.locator("svg .mark-rect path").nth(2)
    bar.hover()
    patients = number(re.search(r"Patients\D*([\d\s]+)", page.locator("#vg-tooltip-element").inner_text())[1])
    bar.click()
    watched.arrived("Prévention")
    assert number(heading(page).inner_text().split("patient")[0]) == patients
    page.go_back()
    watched.arrived("Indicateurs")
    page.get_by_test_id("stSidebarNav").get_by_text("Sobriété", exact=True).click()
    watched.arrived("Sobriété des prescriptions")
    page.get_by_text("classe de médicaments", exact=True).click()
    page.wait_for_url(re.compile("ecart=classe"))
    page.locator("[class*=st-key-ecarts_] .mark-rect path").first.click()
    page.wait_for_url(re.compile(r"classe=[A-Z]\d\d"))
    atc = re.search(r"classe=([A-Z]\w+)", page.url)[1]
    way = page.locator("[data-testid=stPageLink] a", has_text="dans la liste")
    listed = number(re.search(r"Voir ([\d\s]+)patient", way.inner_text())[1])
    page.locator("[data-testid=stPageLink] a", has_text="boîte").first.click()
    watched.arrived("Patient")
    expect(page.get_by_text(re.compile(f", {atc}$")).first).to_be_visible()
    expect(
        page.get_by_text(re.compile(rf"^\d+ / {listed}$"))
    ).to_be_visible()  # from one to the next of those of the class
    page.go_back()
    watched.arrived("Sobriété des prescriptions")
    expect(page.get_by_text(re.compile(f"de .*, {atc}, ")).first).to_be_visible()
    for by, what, named in (("groupe", "groupe de patients", "groupe="), ("patient", "patient", "patient-ouvert=")):
        page.get_by_role("radiogroup", name="Par").get_by_text(what, exact=True).click()
        watched.arrived("Sobriété des prescriptions")
        page.locator(f"[class*=st-key-ecarts_{by}] .mark-rect path").first.click()
        page.wait_for_url(re.compile(named))
    expect(page.get_by_text("Voir ses délivrances, une à une")).to_be_visible()


def test_a_session_of_calls_lets_go_of_those_who_were_called(server: Server, watched: Watched):
    page = the_list(server, watched)
    page.get_by_text("Écrire aux patients de cette liste").click()
    asked = page.get_by_role("button", name=re.compile("Imprimer .* lettres"))
    expect(page.get_by_text("Activez « Nommer les patients »")).to_be_visible(timeout=SECONDS)
    expect(asked).to_have_count(0)
    page.get_by_text("Nommer les patients", exact=True).click()
    expect(page.get_by_text("Activez « Nommer les patients »")).to_have_count(0, timeout=SECONDS)
    expect(page.get_by_role("switch", name="Afficher les noms")).to_be_checked()
    page.get_by_label("Adresse et téléphone du cabinet").fill("12 rue des Lilas")
    page.get_by_label("Adresse et téléphone du cabinet").press("Tab")
    expect(page.get_by_text("Indiquez l’adresse du cabinet")).to_have_count(0, timeout=SECONDS)
    length = page.get_by_text("Avec votre nom à la fin")
    before = length.inner_text()
    page.get_by_label("Signé par").fill("Dr Claire Ardant, médecin")
    page.get_by_label("Signé par").press("Tab")
    expect(length).not_to_have_text(before, timeout=SECONDS)
    watched.arrived("Prévention")
    printed = downloaded(page, asked).path().read_text(encoding="utf-8")
    assert printed.count("<article>") == number(asked.inner_text().split("Imprimer")[1])
    assert printed.count("Dr Claire Ardant, médecin") == 2 * printed.count("<article>")
    assert printed.count("12 rue des Lilas") == printed.count("<article>")
    assert "M01-" not in printed
    page.get_by_text("Écrire aux patients de cette liste").click()
    page.get_by_role("button", name=re.compile("Commencer.: 20.patients")).click()
    expect(page.get_by_text(re.compile("Séance d’appels.: 20.patients à appeler sur 20"))).to_be_visible(
        timeout=SECONDS
    )
    first = lines(page).first.get_attribute("data-id")
    lines(page).first.locator("select").select_option("Rendez-vous")
    expect(lines(page)).to_have_count(19, timeout=SECONDS)
    lines(page).first.locator("select").select_option("Refusé")
    expect(page.get_by_text("refusé : quels actes ?")).to_be_visible(timeout=SECONDS)
    page.locator(".st-key-preciser").locator("[data-variant=pills]").first.click()
    declare = page.get_by_role("button", name="Déclarer ces actes")
    expect(declare).to_be_enabled(timeout=SECONDS)
    declare.click()
    expect(page.get_by_text("quels actes ?")).to_have_count(0, timeout=SECONDS)
    expect(lines(page)).to_have_count(18)
    lines(page).first.locator(".who").click()
    watched.arrived(re.compile("."))
    where = page.get_by_test_id("stMain").get_by_text(re.compile(r"^(\d+|–) / "))
    expect(where).to_have_text(re.compile("^1 / 18"), timeout=SECONDS)
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("combobox", name="Appel").click()
    page.get_by_role("option", name="Refusé").click()
    expect(where).to_have_text(re.compile("^– / 17"), timeout=SECONDS)
    expect(page.get_by_text("refusé : quels actes ?")).to_be_visible(timeout=SECONDS)
    page.locator(".st-key-preciser").locator("[data-variant=pills]").first.click()
    declare = page.get_by_role("button", name="Déclarer ces actes")
    expect(declare).to_be_enabled(timeout=SECONDS)
    declare.click()
    expect(page.get_by_text("Réglés d’après vous (1)")).to_be_visible(timeout=SECONDS)
    watched.arrived(name)
    page.get_by_role("button", name="Suivant").click()
    expect(where).to_have_text(re.compile("^1 / 17"), timeout=SECONDS)
    expect(page.get_by_role("heading", level=1)).not_to_have_text(name)
    page.get_by_role("button", name="Liste").click()
    watched.arrived("Prévention")
    expect(lines(page)).to_have_count(17)
    page.get_by_role("button", name="Terminer la séance").click()
    expect(page.locator(f"tr[data-id='{first}'] select")).to_have_value("rendez_vous", timeout=SECONDS)
