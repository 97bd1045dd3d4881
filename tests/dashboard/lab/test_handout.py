"""Slides as files: what the screen says, its source and its day on each, nothing outside the page, nothing that runs."""

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import typst
from pptx import Presentation
from pptx.util import Inches

from calculators.forfait.version import load_version
from dashboard import pictures, typeset
from dashboard.lab import charts, handout, outcomes, slides, slideshow, tables
from dashboard.lab.drafts import Draft
from dashboard.lab.slides import Drawn, Slide, Subject, Table

pytestmark = pytest.mark.slow

SIGNED, OLD = load_version("convention_2024"), load_version("fpmt_2024")
HOSTILE = "**gras** #panic() \\ $x$ @a <b> \x07\x00 [c] “d” `e`"
ROWS = pa.table(
    {"start": [-1000.0, 0.0], "end": [0.0, 1000.0], "doctors": [500, 1500], "side": [charts.LOSE, charts.GAIN]}
)
EVERY = [
    Slide("Un titre " + HOSTILE, "1\u202f100 M€", (HOSTILE, "Une phrase, **en gras**."), (HOSTILE,)),
    Slide("Un graphique", chart=Drawn("gains", charts.gains(), ROWS, "Ce qu’il dit", tables.GAINS_TOLD)),
    Slide("Une table", table=Table(["Accord", "Coût"], [[("A", ""), ("1 M€", "1 à 2")]] * 7), note="Une note."),
    Slide("Un lien", link="http://127.0.0.1:8501/scenarios?lien=1.abc"),
    Slide("Un lien trop long", link="http://127.0.0.1:8501/scenarios?lien=1." + "a" * 900),
]
DAY = date(2026, 11, 26)


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch) -> Subject:
    """Of no country; the slides are those above."""
    monkeypatch.setattr(handout, "slides", lambda asked, subject: EVERY)
    return Subject(Draft("convention_2024"), SIGNED, SIGNED, OLD, OLD, {}, None, None, outcomes.told_at_first())


def test_a_slide_show_says_what_the_slides_say_within_the_page(subject: Subject):
    show = Presentation(io.BytesIO(handout.pptx([], subject, DAY)))
    assert (show.slide_width, show.slide_height) == (Inches(slideshow.WIDTH), Inches(slideshow.HEIGHT))
    for number, (page, slide) in enumerate(zip(show.slides, EVERY, strict=True), 1):
        said = "\n".join(shape.text_frame.text for shape in page.shapes if shape.has_text_frame)
        assert page.shapes.title.text == typeset.plain(slide.title)
        wanted = [slide.figure, slide.note, slide.link, *slide.says, *slide.points]
        assert [one for one in wanted if typeset.plain(one).replace("**", "") not in said] == []
        assert "calculé le 26\u00a0novembre 2026" in said
        assert f"{number} / {len(EVERY)}" in said
        for shape in page.shapes:
            assert min(shape.left, shape.top) >= 0
            assert shape.left + shape.width <= show.slide_width
            assert shape.top + shape.height <= show.slide_height
    drawn = [shape for page in show.slides for shape in page.shapes if shape.shape_type == 13]
    assert [one._element.nvPicPr.cNvPr.get("descr") for one in drawn] == ["Ce qu’il dit", "QR code du lien"]
    assert any("copiez le lien" in shape.text_frame.text for shape in show.slides[4].shapes if shape.has_text_frame)


def test_a_slide_show_asks_nothing_outside_and_runs_nothing(subject: Subject):
    with zipfile.ZipFile(io.BytesIO(handout.pptx([], subject, DAY))) as file:
        names = file.namelist()
        links = "".join(file.read(name).decode() for name in names if name.endswith(".rels"))
    assert "External" not in links
    assert not [name for name in names if re.search(r"vba|\.bin|embeddings|activeX", name)]


def test_a_text_is_never_typst_and_the_file_is_accessible(subject: Subject, monkeypatch: pytest.MonkeyPatch):
    made = handout.pdf([], subject, DAY)
    assert made.startswith(b"%PDF-")
    assert f"/Type/Pages/Count {len(EVERY)}".encode() in made
    assert b"pdfuaid" in made
    assert not re.search(rb"/JavaScript|/JS |/Launch|/EmbeddedFile|/URI", made)
    given = {}
    monkeypatch.setattr(typst, "compile", lambda told, **_: given.update(told) or b"")
    handout.pdf([], subject, DAY)
    told = json.loads(given["content.json"])
    assert told["slides"][0]["says"][0][0] == ["gras", True]
    assert "\x07" not in given["content.json"].decode()
    assert told["source"].startswith("Source : tableau-mt, accords tels qu’ils sont écrits ; calculé le 26")


def test_the_charts_of_the_slides_are_images_and_figures_with_their_source(subject: Subject):
    with zipfile.ZipFile(io.BytesIO(handout.charts([], subject, DAY))) as file:
        assert file.namelist() == ["02-gains.png", "02-gains.svg", "02-gains.csv"]
        assert file.read("02-gains.png").startswith(b"\x89PNG")
        assert "Source : tableau-mt" in file.read("02-gains.svg").decode()
        lines = file.read("02-gains.csv").decode("utf-8-sig").splitlines()
    assert lines[:2] == ["De (€);À (€);Médecins;Côté", f"-1000;0;500;{charts.LOSE}"]
    assert lines[-1].strip('"').startswith("Source : tableau-mt")


def test_a_chart_as_a_file_has_french_numbers_and_its_source():
    drawn = pictures.svg(charts.gains(), ROWS, 900, "Source : essai.")
    assert "1\u202f000" in drawn
    assert "−1\u202f000" in drawn
    assert "Source : essai." in drawn
    assert "1,000" not in drawn
    assert pictures.png(charts.gains(), ROWS, 900).startswith(b"\x89PNG")


def test_the_shipped_fonts_have_every_sign_of_our_sentences():
    text = "".join(path.read_text(encoding="utf-8") for path in Path(slides.__file__).parent.rglob("*.py"))
    signs = sorted({one for one in text if ord(one) > 126} | set("\u202f\u00a0−€’«»…–°²œŒ"))
    asked = "".join(f"#{json.dumps(one, ensure_ascii=False)} " for one in signs)
    source = '#set text(font: "Source Sans Pro", fallback: false)\n' + asked
    source = '#set document(title: "essai")\n' + source
    fonts = {"font_paths": [str(pictures.FONTS)], "ignore_system_fonts": True}
    assert typst.compile(source.encode(), **fonts, pdf_standards=["ua-1"]).startswith(b"%PDF-")
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typst.compile((source + "漢").encode(), **fonts, pdf_standards=["ua-1"])


def test_a_sign_that_no_font_draws_does_not_stop_the_file(subject: Subject, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(handout, "slides", lambda asked, subject: [Slide("漢")])
    made = handout.pdf([], subject, DAY)
    assert (made.startswith(b"%PDF-"), b"pdfuaid" in made) == (True, False)
