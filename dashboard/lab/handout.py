"""Slides to take away: PDF and PPTX, each with its source, its day and its number; their charts as images and figures."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dashboard import export, pictures, typeset
from dashboard.charts import large
from dashboard.lab import in_words, qr, slideshow
from dashboard.lab.slides import Slide, Subject, slides

WIDTH = 1_150
"""Pixels of a chart."""


def pdf(asked: Sequence[str], subject: Subject, day: date) -> bytes:
    drawn: dict[str, str] = {}
    told = [_page(place, slide, drawn) for place, slide in enumerate(slides(asked, subject))]
    content = {
        "title": f"{subject.base.label} : scénario",
        "source": in_words.source(subject.country, day),
        "slides": told,
    }
    return typeset.pdf("lab/slides.typ", content, drawn)


def pptx(asked: Sequence[str], subject: Subject, day: date) -> bytes:
    return slideshow.made(
        [_told(slide) for slide in slides(asked, subject)], subject.base.label, in_words.source(subject.country, day)
    )


def charts(asked: Sequence[str], subject: Subject, day: date) -> bytes:
    """A zip of the charts of the slides: image, image in points and figures of each, with the source."""
    source, packed = in_words.source(subject.country, day), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for place, slide in enumerate(slides(asked, subject), 1):
            if one := slide.chart:
                name = f"{place:02}-{one.name}"
                files.writestr(f"{name}.png", pictures.png(one.spec, one.rows, WIDTH, source))
                files.writestr(f"{name}.svg", pictures.svg(one.spec, one.rows, WIDTH, source))
                files.writestr(f"{name}.csv", export.excel_csv(one.figures, source))
    return packed.getvalue()


def _told(slide: Slide) -> Slide:
    """With what stands in place of a code that would be too fine."""
    fine = not slide.link or qr.made(slide.link)
    return slide if fine else replace(slide, says=(*slide.says, in_words.too_long(slide.link)))


def _page(place: int, slide: Slide, drawn: dict[str, str]) -> dict[str, Any]:
    """What the template reads of a slide; its pictures go in `drawn`."""
    chart = code = None
    if slide.chart:
        chart = f"chart-{place}.svg"
        drawn[chart] = pictures.svg(large(slide.chart.spec), slide.chart.rows, WIDTH)
    if slide.link and (made := qr.made(slide.link)):
        code = f"code-{place}.svg"
        drawn[code] = qr.svg(made)
    return {
        "title": typeset.plain(slide.title), "figure": slide.figure,
        "says": [typeset.runs(one) for one in _told(slide).says],
        "points": [typeset.runs(one) for one in slide.points], "chart": chart, "code": code, "link": slide.link,
        "alt": slide.chart.says.replace("*", "") if slide.chart else "", "note": slide.note,
        "table": {"heads": slide.table.heads, "rows": slide.table.rows} if slide.table else None,
    }  # fmt: skip
