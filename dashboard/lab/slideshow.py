"""Slides as a PPTX: texts and tables that can be edited, charts as pictures that say what they show."""

import io
from collections.abc import Sequence
from typing import Any

from dashboard import pictures, typeset
from dashboard.charts import large
from dashboard.lab import qr
from dashboard.lab.slides import Drawn, Slide, Table

WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.7
"""Inches: 16 to 9."""
INSIDE = WIDTH - 2 * MARGIN
TITLE_ONLY = 5
"""Layout of the template that ships with the library: a title, and nothing else."""
INK, GREY = "1C2B36", "52616B"


def made(slides: Sequence[Slide], subject: str, source: str) -> bytes:
    """The file. `source` stands on each slide, with its number."""
    from pptx import Presentation  # only when asked for
    from pptx.util import Inches

    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDTH), Inches(HEIGHT)
    _drop_printer(show.part)
    about = show.core_properties
    about.title, about.author, about.language = typeset.plain(subject), "tableau-mt", "fr-FR"
    for number, slide in enumerate(slides, 1):
        page = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
        _title(page, slide.title)
        _body(page, slide)
        _text(page, [source + f"  {number} / {len(slides)}"], HEIGHT - 0.55, 0.4, 12, colour=GREY)
    file = io.BytesIO()
    show.save(file)
    return file.getvalue()


def _drop_printer(part: Any) -> None:
    """The template that ships with the library has the settings of somebody's printer."""
    for name in [name for name, one in part.rels.items() if one.reltype.endswith("/printerSettings")]:
        part.drop_rel(name)


def _title(page: Any, text: str) -> None:
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    title = page.shapes.title
    title.left, title.top, title.width, title.height = (Inches(one) for one in (MARGIN, 0.35, INSIDE, 0.95))
    title.text_frame.text = typeset.plain(text)
    title.text_frame.word_wrap = True
    [line] = title.text_frame.paragraphs
    line.alignment, line.font.size, line.font.bold = PP_ALIGN.LEFT, Pt(36 if len(text) < 60 else 28), True


def _body(page: Any, slide: Slide) -> None:
    """From top to bottom, each piece under the last one."""
    top = 1.45
    if slide.figure:
        top += _text(page, [slide.figure], top, 1.1, 54, bold=True)
    if slide.says:
        top += _text(page, slide.says, top, 0.5 * _lines(slide.says, 80), 24)
    if slide.points:
        top += _text(page, [f"• {one}" for one in slide.points], top, 0.45 * len(slide.points), 22)
    if slide.table:
        top += _table(page, slide.table, top)
    if slide.chart:
        top += _chart(page, slide.chart, top)
    if slide.link:
        top += _code(page, slide.link, top)
    if slide.note:
        _text(page, [slide.note], top + 0.05, 0.5, 14, colour=GREY)


def _lines(texts: Sequence[str], width: int) -> int:
    return sum(1 + len(text) // width for text in texts)


def _text(
    page: Any, texts: Sequence[str], top: float, height: float, size: int, bold: bool = False, colour: str = INK
) -> float:
    """A box of paragraphs; gives its height in inches."""
    from pptx.dml.color import RGBColor
    from pptx.util import Inches, Pt

    box = page.shapes.add_textbox(Inches(MARGIN), Inches(top), Inches(INSIDE), Inches(height))
    box.text_frame.word_wrap = True
    for place, text in enumerate(texts):
        line = box.text_frame.paragraphs[0] if place == 0 else box.text_frame.add_paragraph()
        for words, is_bold in typeset.runs(text):
            run = line.add_run()
            run.text, run.font.size, run.font.bold = words, Pt(size), bold or is_bold
            run.font.color.rgb = RGBColor(*bytes.fromhex(colour))  # type: ignore[no-untyped-call]
    return height + 0.1


def _table(page: Any, table: Table, top: float) -> float:
    from pptx.util import Inches, Pt

    rows, columns = len(table.rows) + 1, len(table.heads)
    height = 0.45 + 0.62 * len(table.rows)
    place = [Inches(one) for one in (MARGIN, top, INSIDE, height)]
    cells = page.shapes.add_table(rows, columns, *place).table
    told = [[(head, "") for head in table.heads], *table.rows]
    for line, row in enumerate(told):
        for column, (value, ends) in enumerate(row):
            frame = cells.cell(line, column).text_frame
            frame.text = typeset.plain(f"{value}\n{ends}" if ends else value)
            for paragraph in frame.paragraphs:
                paragraph.font.size = Pt(15)
            frame.paragraphs[0].font.bold = True
    return height + 0.1


def _chart(page: Any, chart: Drawn, top: float) -> float:
    from pptx.util import Inches

    height = HEIGHT - 0.75 - top
    file = io.BytesIO(pictures.png(large(chart.spec), chart.rows, 1_150))
    picture = page.shapes.add_picture(file, Inches(MARGIN), Inches(top), height=Inches(height))
    if picture.width > Inches(INSIDE):
        picture.height, picture.width = round(picture.height * Inches(INSIDE) / picture.width), Inches(INSIDE)
    _named(picture, chart.says.replace("*", ""))
    return height


def _code(page: Any, link: str, top: float) -> float:
    from pptx.util import Inches

    code = qr.made(link)
    if code is None:
        return _text(page, [link], top, 1.0, 12)
    picture = page.shapes.add_picture(io.BytesIO(qr.png(code)), Inches(MARGIN), Inches(top), height=Inches(3.9))
    _named(picture, "QR code du lien")
    return 3.9 + _text(page, [link], top + 3.9, 0.5, 12)


def _named(picture: Any, says: str) -> None:
    """What is read aloud of a picture."""
    picture._element.nvPicPr.cNvPr.set("descr", typeset.plain(says))
